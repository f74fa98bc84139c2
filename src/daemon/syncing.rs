//! The loop of the leader: wish → fetch → read → sync, one at a time, given up where something newer comes.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::requests::Store;
use super::source::Source;
use crate::http::Metrics;
use crate::reconcile::{Ended, Error, Order, Reason, Reconciler};
use crate::source::git::Snapshot;
use crate::triggers::Queue;
use crate::triggers::queue::Due;
use crate::triggers::requests::Requests;

/// After the first failed fetch; doubled with each further one.
const FIRST_FETCH_RETRY: Duration = Duration::from_secs(2);
/// Between fetches that fail.
const MAX_FETCH_RETRY: Duration = Duration::from_secs(60);

/// What the loop works with.
pub struct Loop<'a> {
    /// Where commits come from.
    pub source: &'a Source,
    /// Where wishes come from.
    pub queue: &'a Queue,
    /// Who does the syncs.
    pub reconciler: &'a Reconciler,
    /// Promised resyncs.
    pub requests: &'a Store,
    /// Numbers.
    pub metrics: &'a Metrics,
    /// Stop at the next step boundary.
    pub stop: &'a CancellationToken,
}

/// Fetches that failed in a row, and when the next is due.
#[derive(Default)]
struct Fetches {
    failures: u32,
    next: Option<Instant>,
}

impl Fetches {
    fn failed(&mut self, now: Instant) {
        self.next = Some(now + fetch_delay(self.failures));
        self.failures = self.failures.saturating_add(1);
    }
}

/// After this many failures before.
pub(super) fn fetch_delay(failures: u32) -> Duration {
    FIRST_FETCH_RETRY
        .saturating_mul(2_u32.saturating_pow(failures))
        .min(MAX_FETCH_RETRY)
}

impl Loop<'_> {
    /// Runs until it is stopped, or this process is found not to lead any more.
    ///
    /// # Errors
    /// [`Error::NotLeader`].
    pub async fn run(&self) -> Result<(), Error> {
        let mut fetches = Fetches::default();
        loop {
            let next = self.next_timer(&fetches);
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Ok(()),
                () = self.queue.due() => {}
                () = sleep_until(next) => {
                    fetches.next = None;
                    self.queue.wish(Reason::Retry);
                }
            }
            let Some(due) = self.queue.take() else { continue };
            self.answer(due, &mut fetches).await?;
        }
    }

    /// One wish. Requests that it answers are taken off the list when it has ended.
    async fn answer(&self, due: Due, fetches: &mut Fetches) -> Result<(), Error> {
        self.note_requests(Requests::begin).await;
        self.reconciler.note_fetch(Ok(()));
        let snapshot = match self.source.snapshot().await {
            Ok(snapshot) => snapshot,
            Err(error) => {
                warn!(%error, failures = fetches.failures, "the repository cannot be read");
                self.reconciler.note_fetch(Err(error.to_string()));
                fetches.failed(Instant::now());
                return Ok(());
            }
        };
        *fetches = Fetches::default();
        let ended = self.sync(&snapshot, &due.order).await;
        match ended {
            Ok(Ended::Superseded) => {}
            Err(Error::NotLeader) => return Err(Error::NotLeader),
            Err(_) => fetches.failed(Instant::now()),
            Ok(_) => self.note_requests(Requests::finish).await,
        }
        Ok(())
    }

    async fn sync(&self, snapshot: &Snapshot, order: &Order) -> Result<Ended, Error> {
        let started = Instant::now();
        let commit = &snapshot.commit.id;
        let cancel = self.stop.child_token();
        let mut promised = None;
        let ended = {
            let sync = self.reconciler.sync(snapshot, order, &cancel);
            tokio::pin!(sync);
            tokio::select! {
                ended = &mut sync => ended,
                newer = self.newer_than(commit, &mut promised) => {
                    info!(commit, newer, "a newer commit is there: giving up this sync");
                    self.reconciler.note_newer_commit(&newer);
                    cancel.cancel();
                    self.queue.wish(Reason::Push);
                    sync.await
                }
            }
        };
        if let Some(run) = promised {
            self.queue.wish_for_run(Reason::Resync, run);
        }
        self.metrics
            .sync_ended(ended.as_ref().ok().copied(), started.elapsed(), Timestamp::now());
        let seconds = started.elapsed().as_secs_f32();
        match &ended {
            Ok(Ended::NoChange) => tracing::debug!(run = order.run, commit, seconds, "sync ended: no change"),
            Ok(outcome) => info!(run = order.run, commit, ?outcome, seconds, "sync ended"),
            Err(error) => warn!(run = order.run, commit, %error, seconds, "sync could not be tried"),
        }
        ended
    }

    /// Looks at the repository with every wish that comes, until there is a newer commit. Where there is none, events are
    /// answered by the sync at work; a promised resync wants a sync of its own afterwards.
    async fn newer_than(&self, commit: &str, promised: &mut Option<String>) -> String {
        loop {
            self.queue.due().await;
            let Some(due) = self.queue.take() else { continue };
            if due.order.reason == Reason::Resync {
                *promised = Some(due.order.run);
            }
            match self.source.newest().await {
                Ok(newest) if newest != commit => return newest,
                Ok(_) => {}
                Err(error) => {
                    warn!(%error, "the repository cannot be read");
                    self.reconciler.note_fetch(Err(error.to_string()));
                }
            }
        }
    }

    fn next_timer(&self, fetches: &Fetches) -> Option<Instant> {
        let retry = self.reconciler.next_retry().map(|at| {
            let wait = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default();
            Instant::now() + wait
        });
        [fetches.next, retry].into_iter().flatten().min()
    }

    /// Not written down is not lost: the request is then answered once more.
    async fn note_requests(&self, mut change: impl FnMut(&mut Requests) -> bool) {
        let noted = self
            .requests
            .change(|requests| change(requests).then_some(()))
            .await;
        if let Err(error) = noted {
            warn!(%error, "requests cannot be updated; they will be answered once more");
        }
    }
}

async fn sleep_until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_fetches_are_tried_after_2_4_8_and_at_most_60_s() {
        let delays: Vec<u64> = (0..7).map(|failures| fetch_delay(failures).as_secs()).collect();
        assert_eq!(delays, [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(fetch_delay(u32::MAX), MAX_FETCH_RETRY);
    }
}
