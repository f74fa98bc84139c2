//! One sync: observe, graph, plan (pure), policy (pure), execute, state, status.

mod assess;
mod board;
pub mod desired;
mod digest;
mod execute;
mod fault;
pub mod graph;
pub mod hooks;
pub mod inputs;
mod lookups;
pub mod offline;
pub mod plan;
mod planning;
pub mod policy;
pub mod recorded;
pub mod rendering;
pub mod retry;
mod scene;
mod show;
pub mod state;
pub mod status;
mod stored;
mod sync;
mod turn;

use std::sync::{Arc, OnceLock};

use arc_swap::{ArcSwap, ArcSwapOption};
use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, info_span};

use crate::base::names::Namespace;
use crate::helm::render::World;
use crate::k8s::Cluster;
use crate::release::Holder;
use crate::source::git::Snapshot;
use board::Board;
use state::Store;
use sync::{Memory, Sync};
use turn::{Cancel, GivenUp};

pub use status::{ComponentState, ComponentStatus, Phase, Status};

/// How much of a commit's id is shown.
const SHORT_ID_LENGTH: usize = 12;

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
pub struct Reconciler {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    store: Store,
    board: Board,
    /// Held during a sync: the turnstile.
    memory: tokio::sync::Mutex<Memory>,
    /// Why the sync at work is given up, once it is.
    given_up: ArcSwap<OnceLock<String>>,
    next_retry: ArcSwapOption<Timestamp>,
}

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
    /// The release records cannot be listed.
    #[error("listing releases: {0}")]
    Releases(String),
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
        let store = Store::open(settings.cluster.clone(), settings.namespace.clone()).await?;
        let recorded = store.recorded().await;
        let board = Board::new(&settings.namespace, &recorded, settings.world.now);
        let inner = Inner {
            settings,
            store,
            board,
            memory: tokio::sync::Mutex::default(),
            given_up: ArcSwap::default(),
            next_retry: ArcSwapOption::new(retry::first(&recorded).map(Arc::new)),
        };
        Ok(Reconciler {
            inner: Arc::new(inner),
        })
    }
    /// The status, now and whenever it changes.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<Arc<Status>> {
        self.inner.board.watch()
    }
    /// Says that a fetch began or failed (nothing of the cluster changes; the status shows it).
    pub fn note_fetch(&self, outcome: Result<(), String>) {
        self.inner.board.change(|status| {
            if status.phase == Phase::Idle && outcome.is_ok() {
                status.phase = Phase::Fetching;
            }
            if outcome.is_err() && status.phase == Phase::Fetching {
                status.phase = Phase::Idle;
            }
            status.fetch_error = outcome.err();
        });
    }
    /// Says that this commit is newer than what a sync at work is syncing: call it before cancelling, so that what is
    /// given up says `superseded by <commit>`.
    pub fn note_newer_commit(&self, commit_id: &str) {
        let short: String = commit_id.chars().take(SHORT_ID_LENGTH).collect();
        // A reason that is there already stays: the first newer commit is what gives the sync up.
        let _ = self.inner.given_up.load().set(format!("superseded by {short}"));
    }
    /// One sync to this snapshot. A second call waits for the first. Dropping it is as good as a crash: the next sync
    /// goes on from there.
    ///
    /// # Errors
    /// See [`Error`]; what went wrong with components is in the status.
    pub async fn sync(
        &self,
        snapshot: &Snapshot,
        order: &Order,
        cancel: &CancellationToken,
    ) -> Result<Ended, Error> {
        let inner = &*self.inner;
        let mut memory = inner.memory.lock().await;
        let given_up = GivenUp::default();
        inner.given_up.store(Arc::clone(&given_up));
        let span = info_span!("sync", run = order.run, commit = %snapshot.commit.id, reason = ?order.reason);
        inner.board.begin(order, &snapshot.commit);
        let sync = Sync {
            settings: &inner.settings,
            store: &inner.store,
            board: &inner.board,
            order,
            cancel: Cancel {
                token: cancel,
                reason: &given_up,
            },
        };
        let ended = sync.to(snapshot, &mut memory).instrument(span).await;
        let recorded = inner.store.recorded().await;
        inner.next_retry.store(retry::first(&recorded).map(Arc::new));
        match &ended {
            Ok(ended) => inner.board.end(Ok(*ended)),
            Err(error) => inner.board.end(Err(&error.to_string())),
        }
        ended
    }
    /// When a failed component wants its next try.
    #[must_use]
    pub fn next_retry(&self) -> Option<Timestamp> {
        self.inner.next_retry.load().as_deref().copied()
    }
}
