//! `/api/v1`: status, history, resync.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;

use super::{ApiError, Doors, auth};
use crate::base::names::ReleaseName;
use crate::reconcile::{Reason, Status};
use crate::release::Summary;
use crate::triggers::queue::new_run_id;
use crate::triggers::requests::Resync;

/// The document of `/api/v1/status`: what the sync knows, and who answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusDocument {
    version: &'static str,
    leader: Option<String>,
    is_leader: bool,
    #[serde(flatten)]
    status: Arc<Status>,
}

/// `GET /api/v1/status`
pub(super) async fn status(State(doors): State<Doors>) -> Json<StatusDocument> {
    let leadership = doors.leadership.borrow().clone();
    Json(StatusDocument {
        version: env!("CARGO_PKG_VERSION"),
        leader: leadership.leader,
        is_leader: leadership.is_ours,
        status: Arc::clone(&doors.status.borrow()),
    })
}

/// `GET /api/v1/history/{release}`
pub(super) async fn history(
    State(doors): State<Doors>,
    Path(release): Path<String>,
) -> Result<Json<Vec<Summary>>, ApiError> {
    let name: ReleaseName = release
        .parse()
        .map_err(|error| ApiError::new(StatusCode::BAD_REQUEST, "invalid-name", format!("{error}")))?;
    let history = doors.backend.history(name).await.map_err(unavailable)?;
    if history.is_empty() {
        let message = format!("there is no release `{release}` in this namespace");
        return Err(ApiError::new(StatusCode::NOT_FOUND, "no-release", message));
    }
    Ok(Json(history))
}

/// The answer to a resync.
#[derive(Serialize)]
pub(super) struct ResyncAnswer {
    run: String,
    commit: Option<String>,
    coalesced: bool,
}

/// `POST /api/v1/resync`: written down first, then answered.
pub(super) async fn resync(
    State(doors): State<Doors>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<ResyncAnswer>), ApiError> {
    auth::require_operator(&headers, &doors.settings.api_token)?;
    let (run, coalesced) = ask(&doors).await?;
    let commit = doors
        .status
        .borrow()
        .commit
        .as_ref()
        .map(|commit| commit.id.clone());
    Ok((
        StatusCode::ACCEPTED,
        Json(ResyncAnswer {
            run,
            commit,
            coalesced,
        }),
    ))
}

/// Writes a resync down and, where we lead, begins it; elsewhere the leader finds it.
pub(super) async fn ask(doors: &Doors) -> Result<(String, bool), ApiError> {
    let resync = Resync {
        run: new_run_id(),
        requested: jiff::Timestamp::now().to_string(),
    };
    let accepted = doors.backend.ask_resync(resync).await.map_err(unavailable)?;
    if doors.leadership.borrow().is_ours {
        doors.queue.wish_for_run(Reason::Resync, accepted.run.clone());
    }
    tracing::info!(
        run = accepted.run,
        coalesced = accepted.is_coalesced,
        "resync requested"
    );
    Ok((accepted.run, accepted.is_coalesced))
}

fn unavailable(message: String) -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "api-server-unavailable", message)
        .hint("nothing was begun; ask again")
}
