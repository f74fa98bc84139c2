//! Who leads: only the holder of the lease syncs. Others stand by, and answer requests by writing them down.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::requests::Store;
use super::source::Source;
use super::syncing::{Loop, fetch_delay};
use crate::http::{Leadership, Metrics, Readiness};
use crate::k8s::lease::{self, Held};
use crate::reconcile::{Error, Reason, Reconciler, Settings, Status};
use crate::triggers::Queue;

/// The Lease's name.
pub const LEASE: &str = "deploy-manager";
/// Steps of readiness.
pub const FIRST_FETCH: &str = "first fetch";
/// Steps of readiness.
pub const LEASE_KNOWN: &str = "lease";
/// How often the leader looks for requests that other replicas wrote down.
const REQUESTS_INTERVAL: Duration = Duration::from_secs(5);

/// What it takes to lead.
pub struct Candidate {
    /// For the reconciler; the lease's transitions are filled in.
    pub settings: Settings,
    /// How the lease is held.
    pub lease: lease::Settings,
    /// Where commits come from.
    pub source: Source,
    /// Where wishes come from.
    pub queue: Queue,
    /// Promised resyncs.
    pub requests: Store,
    /// Numbers.
    pub metrics: Arc<Metrics>,
    /// What everybody sees.
    pub status: watch::Sender<Arc<Status>>,
    /// Who leads.
    pub leadership: watch::Sender<Leadership>,
    /// First fetch and lease.
    pub readiness: Readiness,
    /// Stop at the next step boundary.
    pub stop: CancellationToken,
}

impl Candidate {
    /// Fetches once, then leads whenever it can, until stopped.
    ///
    /// # Errors
    /// What retrying does not help: missing rights, unreadable state.
    pub async fn run(self) -> anyhow::Result<()> {
        if !self.first_fetch().await {
            return Ok(());
        }
        self.readiness.done(FIRST_FETCH);
        while !self.stop.is_cancelled() {
            let Some(held) = self.acquire().await? else { break };
            self.lead(held).await?;
        }
        Ok(())
    }

    /// Proves address and credentials before anything else is touched. `false`: stopped before it worked.
    async fn first_fetch(&self) -> bool {
        let mut failures = 0;
        loop {
            let fetched = tokio::select! {
                () = self.stop.cancelled() => return false,
                fetched = self.source.snapshot() => fetched,
            };
            let Err(error) = fetched else {
                self.status
                    .send_modify(|status| Arc::make_mut(status).fetch_error = None);
                return true;
            };
            warn!(%error, failures, "the repository cannot be read");
            self.status
                .send_modify(|status| Arc::make_mut(status).fetch_error = Some(error.to_string()));
            tokio::select! {
                () = self.stop.cancelled() => return false,
                () = self.queue.due() => drop(self.queue.take()),
                () = tokio::time::sleep(fetch_delay(failures)) => {}
            }
            failures += 1;
        }
    }

    /// Waits for the lease, and shows who has it meanwhile.
    async fn acquire(&self) -> anyhow::Result<Option<Held>> {
        let cluster = &self.settings.cluster;
        let acquired = tokio::select! {
            acquired = lease::acquire(cluster, &self.lease, &self.stop) => acquired,
            () = self.watch_holder() => return Ok(None),
        };
        acquired.with_context(|| format!("taking Lease {}/{LEASE}", self.lease.namespace))
    }

    async fn watch_holder(&self) {
        loop {
            if let Ok(Some(holder)) = lease::holder(&self.settings.cluster, &self.lease).await {
                self.readiness.done(LEASE_KNOWN);
                self.show_leader(Some(holder.identity), false);
            }
            tokio::time::sleep(self.lease.retry_period).await;
        }
    }

    fn show_leader(&self, leader: Option<String>, is_ours: bool) {
        self.leadership.send_if_modified(|seen| {
            let now = Leadership {
                leader: leader.filter(|name| !name.is_empty()),
                is_ours,
            };
            let is_new = *seen != now;
            if is_new {
                info!(
                    leader = now.leader.as_deref().unwrap_or("nobody"),
                    "the leader changed"
                );
                *seen = now;
            }
            is_new
        });
    }

    async fn lead(&self, held: Held) -> anyhow::Result<()> {
        self.readiness.done(LEASE_KNOWN);
        let lost = held.lost();
        let mut settings = self.settings.clone();
        settings.holder.lease_transitions = held.transitions();
        let done = CancellationToken::new();
        let work = async {
            let outcome = tokio::select! {
                outcome = self.work(settings, &lost) => outcome,
                () = lost.cancelled() => Ok(()),
            };
            done.cancel();
            outcome
        };
        let (ended, outcome) = tokio::join!(held.keep(&done), work);
        if let lease::Ended::Lost(reason) = &ended {
            warn!(
                reason,
                "no longer the leader: the sync at work was dropped, the next leader goes on from there"
            );
        }
        self.show_leader(None, false);
        self.status.send_modify(|status| {
            *status = Arc::new(Status {
                namespace: status.namespace.clone(),
                ..Status::default()
            });
        });
        outcome
    }

    async fn work(&self, settings: Settings, lost: &CancellationToken) -> anyhow::Result<()> {
        let reconciler = match open(settings, &self.stop).await? {
            Some(reconciler) => reconciler,
            None => return Ok(()),
        };
        self.show_leader(Some(self.lease.identity.clone()), true);
        self.wish_for_what_was_left().await;
        let syncing = Loop {
            source: &self.source,
            queue: &self.queue,
            reconciler: &reconciler,
            requests: &self.requests,
            metrics: &self.metrics,
            stop: &self.stop,
        };
        tokio::select! {
            ended = syncing.run() => match ended {
                Err(error @ Error::NotLeader) => {
                    warn!(%error, "giving the lease back");
                    Ok(())
                }
                other => other.map_err(Into::into),
            },
            () = forward(reconciler.status(), &self.status) => Ok(()),
            () = self.look_for_requests() => Ok(()),
            () = lost.cancelled() => Ok(()),
        }
    }

    /// The start is a reason of its own; a request that a former leader did not finish keeps its run.
    async fn wish_for_what_was_left(&self) {
        match self.requests.read().await {
            Ok(requests) => match requests.next() {
                Some(resync) => drop(self.queue.wish_for_run(Reason::Resync, resync.run)),
                None => drop(self.queue.wish(Reason::Start)),
            },
            Err(error) => {
                warn!(%error, "reading requests of the former leader");
                self.queue.wish(Reason::Start);
            }
        }
    }

    async fn look_for_requests(&self) {
        loop {
            tokio::time::sleep(REQUESTS_INTERVAL).await;
            let waiting = self
                .requests
                .read()
                .await
                .ok()
                .and_then(|requests| requests.waiting());
            if let Some(resync) = waiting {
                self.queue.wish_for_run(Reason::Resync, resync.run);
            }
        }
    }
}

/// Reads the recorded state, patiently: a leader that exits because the API server is away helps nobody.
async fn open(settings: Settings, stop: &CancellationToken) -> anyhow::Result<Option<Reconciler>> {
    let mut failures = 0;
    loop {
        let error = match Reconciler::open(settings.clone()).await {
            Ok(reconciler) => return Ok(Some(reconciler)),
            Err(Error::Cluster { doing, source }) if source.is_transient() => format!("{doing}: {source}"),
            Err(error) => return Err(error.into()),
        };
        warn!(error, "the recorded state cannot be read yet");
        tokio::select! {
            () = stop.cancelled() => return Ok(None),
            () = tokio::time::sleep(fetch_delay(failures)) => failures += 1,
        }
    }
}

/// Shows everybody what the reconciler knows.
async fn forward(mut from: watch::Receiver<Arc<Status>>, to: &watch::Sender<Arc<Status>>) {
    loop {
        let status = Arc::clone(&from.borrow_and_update());
        to.send_replace(status);
        if from.changed().await.is_err() {
            return;
        }
    }
}
