//! The HTTP side: requests in, answers out.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value as Json;
use tokio::sync::watch::{Receiver, Sender};
use tokio_util::sync::CancellationToken;

use super::call::Call;
use super::discovery::{self, aggregated_version};
use super::failure::Failure;
use super::inspect::{Harm, Inspection, Seen};
use super::objects::{self, Reply};
use super::openapi;
use super::route::{Route, route};
use super::state::State;
use super::watch;

/// The largest body that is read: what etcd takes, and some.
const MAX_BODY: usize = 8 << 20;

/// What requests, watches and behaviours share.
#[derive(Debug)]
pub(super) struct Server {
    state: Mutex<State>,
    inspection: Mutex<Inspection>,
    newest: Sender<u64>,
    pub(super) address: SocketAddr,
    /// How long until workloads are ready and Jobs are done.
    pub(super) delay: Duration,
    pub(super) stop: CancellationToken,
}

impl Server {
    pub(super) fn new(address: SocketAddr, delay: Duration) -> Server {
        Server {
            state: Mutex::new(State::new()),
            inspection: Mutex::new(Inspection::default()),
            newest: Sender::new(0),
            address,
            delay,
            stop: CancellationToken::new(),
        }
    }
    /// Works on the state, and wakes whoever waits for changes.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.version;
        let result = work(&mut state);
        if state.version != before {
            self.newest.send_replace(state.version);
        }
        result
    }
    /// Tells when the newest resource version changes.
    pub(super) fn changes(&self) -> Receiver<u64> {
        self.newest.subscribe()
    }
    pub(super) fn inspection(&self) -> MutexGuard<'_, Inspection> {
        self.inspection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All paths: which kinds there are changes while it runs, so that routing is our own.
pub(super) fn router(server: Arc<Server>) -> Router {
    Router::new().fallback(answer).with_state(server)
}

async fn answer(Shared(server): Shared<Arc<Server>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let (method, path) = (head.method.to_string(), head.uri.path().to_owned());
    let harm = server.inspection().harm(&method, &path);
    if let Some(Harm::Delay(time)) = harm {
        tokio::time::sleep(time).await;
    }
    let response = match (harm, to_bytes(body, MAX_BODY).await) {
        (Some(Harm::Status(code)), _) => harmed(code),
        (_, Err(_)) => failed(&Failure::new(
            413,
            "RequestEntityTooLarge",
            "the body of the request is too large",
        )),
        (harm, Ok(body)) => {
            let call = Call::new(head.method, &head.uri, &head.headers, body);
            let response = dispatch(&server, &call);
            if let Some(Harm::AnswerLost(code)) = harm {
                harmed(code)
            } else {
                response
            }
        }
    };
    let seen = Seen {
        method,
        path,
        query: head.uri.query().unwrap_or_default().to_owned(),
        status: response.status().as_u16(),
    };
    server.inspection().record(seen);
    response
}

fn dispatch(server: &Arc<Server>, call: &Call) -> Response {
    match server.with(|state| reply(state, server.address, call)) {
        Ok(Reply::Json(code, object)) => json_response(code, &object),
        Ok(Reply::Text(code, text)) => respond(code, "text/plain; charset=utf-8", text.into()),
        Ok(Reply::Protobuf(kind, bytes)) => respond(200, kind, bytes.into()),
        Ok(Reply::Aggregated(version, object)) => {
            let kind = format!("application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList");
            respond(200, &kind, object.to_string().into())
        }
        Ok(Reply::Watch(request)) => {
            let events = watch::events(Arc::clone(server), request);
            respond(200, "application/json", Body::from_stream(events))
        }
        Err(failure) => failed(&failure),
    }
}

fn reply(state: &mut State, address: SocketAddr, call: &Call) -> Result<Reply, Failure> {
    let is_read = matches!(call.method.as_str(), "GET" | "HEAD");
    let ok = |object| Ok(Reply::Json(200, object));
    let found = |object: Option<Json>| {
        object
            .map(|object| Reply::Json(200, object))
            .ok_or_else(Failure::no_such_path)
    };
    let aggregated = aggregated_version(&call.accept);
    match route(&call.path) {
        Route::Objects(place) => objects::handle(state, &place, call),
        _ if !is_read => Err(Failure::not_allowed()),
        Route::Root => ok(objects::root(state)),
        Route::Version => ok(discovery::version()),
        Route::Health => Ok(Reply::Text(200, "ok".to_owned())),
        Route::CoreVersions => match aggregated {
            Some(version) => Ok(Reply::Aggregated(
                version,
                discovery::aggregated(&state.kinds, true, version),
            )),
            None => ok(discovery::core_versions(&address.to_string())),
        },
        Route::Groups => match aggregated {
            Some(version) => Ok(Reply::Aggregated(
                version,
                discovery::aggregated(&state.kinds, false, version),
            )),
            None => ok(discovery::groups(&state.kinds)),
        },
        Route::Group(name) => found(discovery::group(&state.kinds, &name)),
        Route::Resources(group, version) => found(discovery::resources(&state.kinds, &group, &version)),
        Route::OpenApiV2 if call.accept.contains("protobuf") => {
            Ok(Reply::Protobuf(openapi::V2_PROTOBUF, openapi::v2_protobuf()))
        }
        Route::OpenApiV2 => ok(openapi::v2_json()),
        Route::OpenApiV3 => ok(openapi::v3_index(&state.kinds, state.version)),
        Route::OpenApiV3Of(group, version) => found(openapi::v3(&state.kinds, &group, &version)),
        Route::Unknown => Err(Failure::no_such_path()),
    }
}

fn respond(code: u16, kind: &str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(kind) = HeaderValue::from_str(kind) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response.into_response()
}

fn json_response(code: u16, object: &Json) -> Response {
    respond(code, "application/json", object.to_string().into())
}

fn failed(failure: &Failure) -> Response {
    json_response(failure.code, &failure.status())
}

fn harmed(code: u16) -> Response {
    let reason = match code {
        409 => "Conflict",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "InternalError",
    };
    failed(&Failure::new(
        code,
        reason,
        "the sandbox was asked to fail this request",
    ))
}

/// Serves until stopped.
pub(super) async fn serve(server: Arc<Server>, listener: tokio::net::TcpListener) {
    let stop = server.stop.clone();
    let served = axum::serve(listener, router(server)).with_graceful_shutdown(stop.cancelled_owned());
    if let Err(error) = served.await {
        tracing::error!(%error, "the sandbox stopped serving");
    }
}
