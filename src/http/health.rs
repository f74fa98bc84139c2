//! Alive, and ready.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;

use super::Doors;

/// What must have happened once before the daemon is ready. Cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    missing: Arc<Mutex<BTreeSet<&'static str>>>,
}

impl Readiness {
    /// Waits for these.
    #[must_use]
    pub fn waiting_for(steps: &[&'static str]) -> Self {
        Readiness {
            missing: Arc::new(Mutex::new(steps.iter().copied().collect())),
        }
    }
    /// One has happened.
    pub fn done(&self, step: &'static str) {
        self.missing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(step);
    }
    /// What has not happened yet.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        self.missing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .copied()
            .collect()
    }
}

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// Everything has happened once; else what is missing.
pub(super) async fn ready(State(doors): State<Doors>) -> (StatusCode, String) {
    let missing = doors.readiness.missing();
    if missing.is_empty() {
        return (StatusCode::OK, "ok\n".to_owned());
    }
    (
        StatusCode::SERVICE_UNAVAILABLE,
        format!("waiting for: {}\n", missing.join(", ")),
    )
}
