//! `POST /webhook`: pushes from the Git server.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{ApiError, Doors, api};
use crate::reconcile::Reason;
use crate::triggers::webhook::{Event, MAX_BODY_BYTES, is_signed, parse};

/// Who names the event: GitHub, and those that do as GitHub does.
const EVENT_HEADERS: [&str; 4] = [
    "x-github-event",
    "x-forgejo-event",
    "x-gitea-event",
    "x-gogs-event",
];
/// The HMAC over the body.
const SIGNATURE_HEADER: &str = "x-hub-signature-256";

/// Verified, then parsed: nothing of an unsigned body is looked at.
pub(super) async fn receive(
    State(doors): State<Doors>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let Some(secret) = &doors.settings.webhook_secret else {
        return Err(
            ApiError::new(StatusCode::NOT_FOUND, "webhook-off", "no webhook secret is set")
                .hint("start the daemon with `--webhook-secret-file`"),
        );
    };
    let body = body.map_err(|rejection| too_large(&rejection))?;
    if !is_signed(
        secret,
        &body,
        text(&headers, SIGNATURE_HEADER).unwrap_or_default(),
    ) {
        return Err(ApiError::new(
            StatusCode::UNAUTHORIZED,
            "bad-signature",
            "the signature does not match the body",
        )
        .hint(
            "give the Git server the same secret as `--webhook-secret-file` and let it sign with SHA-256",
        ));
    }
    let kind = EVENT_HEADERS.iter().find_map(|name| text(&headers, name));
    let event = parse(kind, &body)
        .map_err(|message| ApiError::new(StatusCode::BAD_REQUEST, "bad-payload", message))?;
    answer(&doors, event).await
}

async fn answer(doors: &Doors, event: Event) -> Result<Response, ApiError> {
    let push = match event {
        Event::Ping => return Ok(Json(json!({"pong": true})).into_response()),
        Event::Other(_) => return Ok(StatusCode::NO_CONTENT.into_response()),
        Event::Push(push) if !push.moves(&doors.settings.followed) => {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        Event::Push(push) => push,
    };
    tracing::info!(reference = push.reference, commit = push.after, "push received");
    let is_leader = doors.leadership.borrow().is_ours;
    // A replica that does not lead has no sync to begin: it writes the wish down for the leader.
    let (run, coalesced) = if is_leader {
        let placed = doors.queue.wish(Reason::Push);
        (placed.run, placed.is_coalesced)
    } else {
        api::ask(doors).await?
    };
    let answer = json!({"run": run, "commit": push.after, "coalesced": coalesced});
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn too_large(rejection: &BytesRejection) -> ApiError {
    let message = format!("the body could not be read, or has more than {MAX_BODY_BYTES} bytes");
    ApiError::new(rejection.status(), "bad-body", message)
}
