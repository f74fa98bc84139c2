//! What the daemon knows about itself: one document for the API, the dashboard, metrics and the CLI.

use serde::{Deserialize, Serialize};

use super::{Ended, Reason};
use crate::source::git::Commit;

/// The document of `/api/v1/status`. Times are RFC 3339.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Status {
    /// `metadata.name` of the cluster, once a commit was read.
    pub cluster: String,
    /// Namespace.
    pub namespace: String,
    /// Where a sync stands.
    pub phase: Phase,
    /// The run at work or last done.
    pub run: Option<Run>,
    /// The newest commit seen.
    pub commit: Option<Commit>,
    /// The last commit fully synced.
    pub synced_commit: Option<String>,
    /// When that was.
    pub synced_at: Option<String>,
    /// The last fetch error, while it lasts.
    pub fetch_error: Option<String>,
    /// Problems of the commit (each a [`crate::base::report::Problem`] shown) or of policy; nothing was changed.
    pub blocked: Vec<String>,
    /// Components in name order.
    pub components: Vec<ComponentStatus>,
    /// Syncs since the start, by how they ended: `Succeeded` → 3.
    pub syncs: std::collections::BTreeMap<String, u64>,
}

/// Where a sync stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    #[default]
    #[allow(missing_docs)]
    Idle,
    #[allow(missing_docs)]
    Fetching,
    #[allow(missing_docs)]
    Planning,
    #[allow(missing_docs)]
    Executing,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Its id.
    pub id: String,
    /// Why.
    pub reason: Reason,
    /// Start.
    pub started: String,
    /// End.
    pub ended: Option<String>,
    /// How it ended.
    pub outcome: Option<Ended>,
}

/// One component.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComponentStatus {
    /// Name.
    pub name: String,
    /// Release.
    pub release: String,
    /// State.
    pub state: ComponentState,
    /// For people: why it is in this state, what runs now, the error.
    pub message: String,
    /// Pins of the last successful deploy, empty before.
    pub helm_version: String,
    #[allow(missing_docs)]
    pub chart_version: String,
    #[allow(missing_docs)]
    pub version: String,
    /// Revision of the release.
    pub revision: Option<i64>,
    /// Last change of state.
    pub since: String,
    /// Tries that failed in a row.
    pub failures: u32,
    /// The log of the last hook that failed.
    pub log: Option<String>,
}

/// State of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ComponentState {
    /// Not looked at yet.
    Unknown,
    /// Waits for its dependencies or its turn.
    Waiting,
    /// Hooks or Helm verb at work.
    Running,
    /// As the last commit wants it.
    Ready,
    /// Its last deploy failed.
    Failed,
    /// A dependency failed, or policy forbids the change.
    Blocked,
    /// Gone from cluster.yaml, still in the namespace.
    Orphaned,
}
