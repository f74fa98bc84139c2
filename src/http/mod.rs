//! axum: API, Git webhooks, status page, `/metrics`, health. The router is apart from serving it, so that tests call it.

mod api;
mod auth;
mod connections;
mod error;
mod guard;
mod health;
pub mod metrics;
mod page;
#[cfg(test)]
mod tests;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};
use futures::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

pub use error::ApiError;
pub use health::Readiness;
pub use metrics::Metrics;

use crate::base::names::ReleaseName;
use crate::base::secret::Secret;
use crate::reconcile::Status;
use crate::release::Summary;
use crate::triggers::Queue;
use crate::triggers::requests::{Accepted, Resync};
use crate::triggers::webhook::{MAX_BODY_BYTES, Revision};

/// For one request, reading its body included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// What the routes need from the rest of the daemon. Cheap to clone.
#[derive(Clone)]
pub struct Doors {
    /// What is known.
    pub status: watch::Receiver<Arc<Status>>,
    /// Who leads.
    pub leadership: watch::Receiver<Leadership>,
    /// What is still waited for.
    pub readiness: Readiness,
    /// Where wishes go.
    pub queue: Queue,
    /// What needs the API server.
    pub backend: Arc<dyn Backend>,
    /// Numbers.
    pub metrics: Arc<Metrics>,
    /// Secrets and what is followed.
    pub settings: Arc<Settings>,
}

/// Settings of the routes.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The bearer token of operators.
    pub api_token: Secret,
    /// The webhook's secret; without one there is no webhook.
    pub webhook_secret: Option<Secret>,
    /// What pushes must move.
    pub followed: Revision,
}

/// Who leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leadership {
    /// The leader's identity, once known.
    pub leader: Option<String>,
    /// Is it this process?
    pub is_ours: bool,
}

/// What needs the API server: the daemon does it.
pub trait Backend: Send + Sync {
    /// Writes a resync down, so that it survives a crash. The error is for people.
    fn ask_resync(&self, resync: Resync) -> BoxFuture<'_, Result<Accepted, String>>;
    /// All revisions of a release, oldest first; empty where there is none. The error is for people.
    fn history(&self, release: ReleaseName) -> BoxFuture<'_, Result<Vec<Summary>, String>>;
}

/// All routes.
pub fn router(doors: Doors) -> Router {
    let posts = Router::new()
        .route("/api/v1/resync", post(api::resync))
        .route("/api/v1/webhook/github", post(webhook::receive))
        .route("/webhook", post(webhook::receive))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(
            guard::Rate::default(),
            guard::slow_down,
        ));
    Router::new()
        .route("/", get(page::show))
        .route("/style.css", get(page::style))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .route("/api/v1/status", get(api::status))
        .route("/api/v1/history/{release}", get(api::history))
        .merge(posts)
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            REQUEST_TIMEOUT,
        ))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(middleware::from_fn_with_state(
            guard::Crowd::default(),
            guard::turn_away,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&doors.metrics),
            metrics::count,
        ))
        .layer(middleware::from_fn(guard::security_headers))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(doors)
}

/// Method and path only: queries and headers may carry secrets.
fn span<B>(request: &axum::http::Request<B>) -> tracing::Span {
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
}

/// For requests in flight, once stopped: a client that never finishes does not hold the daemon.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves until stopped, then lets requests in flight finish.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let too_late = {
        let stop = stop.clone();
        async move {
            stop.cancelled().await;
            tokio::time::sleep(DRAIN_TIMEOUT).await;
        }
    };
    tokio::select! {
        () = connections::serve_until(listener, router, connections::HEAD_TIMEOUT, stop) => {}
        () = too_late => {}
    }
}
