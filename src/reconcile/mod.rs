//! One sync: observe, graph, plan (pure), policy (pure), execute, state, status.

pub mod digest;
pub mod graph;
pub mod inputs;
pub mod plan;
pub mod policy;
pub mod retry;
pub mod state;
pub mod status;

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::base::names::Namespace;
use crate::helm::render::World;
use crate::k8s::Cluster;
use crate::release::Holder;
use crate::source::git::Snapshot;

pub use status::{ComponentState, ComponentStatus, Phase, Status};

/// What a reconciler is made of.
#[derive(Clone)]
pub struct Settings {
    /// The API server.
    pub cluster: Cluster,
    /// The namespace, of the daemon and of the releases.
    pub namespace: Namespace,
    /// For renders.
    pub world: World,
    /// Who we are.
    pub holder: Holder,
}

/// Does syncs, one at a time, and shows its status. Cheap to clone.
#[derive(Clone)]
pub struct Reconciler {}

/// Why a sync was asked for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The daemon started.
    Start,
    /// The timer.
    Poll,
    /// A push webhook.
    Push,
    /// `POST /api/v1/resync`, or a CLI.
    Resync,
    /// A file in a watched checkout changed.
    FileChange,
    /// A failed component is due again.
    Retry,
}

/// A sync that somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The id of the run, which may have been promised to the caller already (`POST /api/v1/resync`).
    pub run: String,
    /// Why.
    pub reason: Reason,
}

/// How a sync ended; its exit code is in the doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Ended {
    /// Nothing to do.
    NoChange,
    /// Everything that was due was done.
    Succeeded,
    /// Policy forbids it, or the commit is broken: nothing was changed.
    Blocked,
    /// Some components failed.
    Failed,
    /// A newer commit or shutdown stopped it.
    Superseded,
}

/// An error that kept a sync from being tried at all (API server gone, state unreadable).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The API server's.
    #[error("{doing}: {source}")]
    Cluster {
        /// What was being done.
        doing: String,
        /// The cause.
        source: crate::k8s::Error,
    },
    /// The state ConfigMap cannot be read.
    #[error(
        "ConfigMap deploy-manager-state: {0}; if no other version of this program needs it, delete it: it is rebuilt from the release records"
    )]
    State(String),
    /// Somebody else wrote the state in between.
    #[error("ConfigMap deploy-manager-state was changed by another deploy-manager: this one no longer leads")]
    NotLeader,
}

impl Reconciler {
    /// Reads the recorded state; touches nothing.
    ///
    /// # Errors
    /// The API server's.
    pub async fn open(settings: Settings) -> Result<Reconciler, Error> {
        todo!("{}", settings.namespace)
    }
    /// The status, now and whenever it changes.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<Arc<Status>> {
        todo!()
    }
    /// Says that a fetch began or failed (nothing of the cluster changes; the status shows it).
    pub fn note_fetch(&self, outcome: Result<(), String>) {
        todo!("{outcome:?}")
    }
    /// Says that this commit is newer than what a sync at work is syncing: call it before cancelling, so that what is
    /// given up says `superseded by <commit>`.
    pub fn note_newer_commit(&self, commit_id: &str) {
        todo!("{commit_id}")
    }
    /// One sync to this snapshot.
    ///
    /// # Errors
    /// See [`Error`]; what went wrong with components is in the status.
    pub async fn sync(
        &self,
        snapshot: &Snapshot,
        order: &Order,
        cancel: &CancellationToken,
    ) -> Result<Ended, Error> {
        todo!("{} {order:?} {}", snapshot.commit.id, cancel.is_cancelled())
    }
    /// When a failed component wants its next try.
    #[must_use]
    pub fn next_retry(&self) -> Option<jiff::Timestamp> {
        todo!()
    }
}
