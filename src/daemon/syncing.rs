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

/// Wishes taken during a sync that it does not answer. What is taken stays here until the repository has been asked: the
/// sync may end in between, and a push must not be lost.
#[derive(Debug, Default, PartialEq, Eq)]
struct Unanswered {
    /// The run that was promised to somebody.
    promised: Option<String>,
    /// Why the repository is being asked.
    event: Option<Reason>,
}

impl Unanswered {
    fn take(&mut self, order: Order) {
        if order.reason == Reason::Resync {
            self.promised = Some(order.run);
        } else {
            self.event = Some(order.reason);
        }
    }
    /// Back into the queue, for a sync of their own.
    fn wish_again(self, queue: &Queue) {
        if let Some(reason) = self.event {
            queue.wish(reason);
        }
        if let Some(run) = self.promised {
            queue.wish_for_run(Reason::Resync, run);
        }
    }
}

/// After a sync, before a failed component's next try: its time may have come while policy blocked it.
const MIN_RETRY: Duration = Duration::from_secs(10);

/// Fetches and syncs that could not be tried, in a row, and when the next is due.
#[derive(Default)]
struct Pace {
    failures: u32,
    next: Option<Instant>,
    last_sync: Option<Instant>,
}

impl Pace {
    fn failed(&mut self, now: Instant) {
        self.next = Some(now + fetch_delay(self.failures));
        self.failures = self.failures.saturating_add(1);
    }
    fn succeeded(&mut self, now: Instant) {
        *self = Pace {
            last_sync: Some(now),
            ..Pace::default()
        };
    }
    /// When the timer rings next, if a component wants its next try after `retry`.
    fn timer(&self, retry: Option<Duration>, now: Instant) -> Option<Instant> {
        let earliest = self.last_sync.map_or(now, |last| last + MIN_RETRY);
        let retry = retry.map(|wait| (now + wait).max(earliest));
        [self.next, retry].into_iter().flatten().min()
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
        let mut pace = Pace::default();
        loop {
            let next = self.next_timer(&pace);
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Ok(()),
                () = self.queue.due() => {}
                () = sleep_until(next) => {
                    pace.next = None;
                    self.queue.wish(Reason::Retry);
                }
            }
            let Some(due) = self.queue.take() else { continue };
            self.answer(due, &mut pace).await?;
        }
    }

    /// One wish. Requests that it answers are taken off the list when it has ended.
    async fn answer(&self, due: Due, pace: &mut Pace) -> Result<(), Error> {
        self.note_requests(Requests::begin).await;
        self.reconciler.note_fetch(Ok(()));
        let snapshot = tokio::select! {
            () = self.stop.cancelled() => return Ok(()),
            snapshot = self.source.snapshot() => snapshot,
        };
        let snapshot = match snapshot {
            Ok(snapshot) => snapshot,
            Err(error) => {
                warn!(%error, failures = pace.failures, "the repository cannot be read");
                self.reconciler.note_fetch(Err(error.to_string()));
                pace.failed(Instant::now());
                return Ok(());
            }
        };
        let ended = self.sync(&snapshot, &due.order).await;
        match ended {
            Ok(Ended::Superseded) => pace.succeeded(Instant::now()),
            Ok(_) => {
                pace.succeeded(Instant::now());
                self.note_requests(Requests::finish).await;
            }
            Err(Error::NotLeader) => return Err(Error::NotLeader),
            Err(_) => pace.failed(Instant::now()),
        }
        Ok(())
    }

    async fn sync(&self, snapshot: &Snapshot, order: &Order) -> Result<Ended, Error> {
        let started = Instant::now();
        let commit = &snapshot.commit.id;
        let cancel = self.stop.child_token();
        let mut unanswered = Unanswered::default();
        let ended = {
            let sync = self.reconciler.sync(snapshot, order, &cancel);
            tokio::pin!(sync);
            tokio::select! {
                ended = &mut sync => ended,
                newer = self.newer_than(commit, &mut unanswered) => {
                    info!(commit, newer, "a newer commit is there: giving up this sync");
                    self.reconciler.note_newer_commit(&newer);
                    cancel.cancel();
                    sync.await
                }
            }
        };
        unanswered.wish_again(self.queue);
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
    async fn newer_than(&self, commit: &str, unanswered: &mut Unanswered) -> String {
        loop {
            self.queue.due().await;
            let Some(due) = self.queue.take() else { continue };
            unanswered.take(due.order);
            match self.source.newest().await {
                Ok(newest) if newest != commit => return newest,
                Ok(_) => unanswered.event = None,
                Err(error) => {
                    warn!(%error, "the repository cannot be read");
                    self.reconciler.note_fetch(Err(error.to_string()));
                }
            }
        }
    }

    fn next_timer(&self, pace: &Pace) -> Option<Instant> {
        let wait =
            |at: Timestamp| Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default();
        pace.timer(self.reconciler.next_retry().map(wait), Instant::now())
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
    fn a_wish_taken_during_a_sync_is_made_again_unless_it_was_answered() {
        let order = |reason: Reason| Order {
            run: "r1".into(),
            reason,
        };
        let wished = |orders: &[Reason], is_answered: bool| {
            let queue = Queue::new();
            let mut unanswered = Unanswered::default();
            orders
                .iter()
                .for_each(|reason| unanswered.take(order(reason.clone())));
            if is_answered {
                unanswered.event = None;
            }
            unanswered.wish_again(&queue);
            queue.take().map(|due| (due.order.reason, due.order.run == "r1"))
        };
        for (orders, is_answered, expected) in [
            (vec![], false, None),
            (vec![Reason::Push], false, Some((Reason::Push, false))),
            (vec![Reason::Push], true, None),
            (vec![Reason::Resync], true, Some((Reason::Resync, true))),
            (
                vec![Reason::Push, Reason::Resync],
                false,
                Some((Reason::Resync, true)),
            ),
            (
                vec![Reason::Resync, Reason::Poll],
                true,
                Some((Reason::Resync, true)),
            ),
        ] {
            assert_eq!(wished(&orders, is_answered), expected, "{orders:?} {is_answered}");
        }
    }

    #[test]
    fn failed_fetches_are_tried_after_2_4_8_and_at_most_60_s() {
        let delays: Vec<u64> = (0..7).map(|failures| fetch_delay(failures).as_secs()).collect();
        assert_eq!(delays, [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(fetch_delay(u32::MAX), MAX_FETCH_RETRY);
    }

    #[test]
    fn the_timer_rings_for_whoever_is_first_and_never_in_a_circle() {
        let now = Instant::now();
        let seconds = Duration::from_secs;
        let mut pace = Pace::default();
        assert_eq!(pace.timer(None, now), None);
        assert_eq!(pace.timer(Some(seconds(30)), now), Some(now + seconds(30)));
        pace.failed(now);
        assert_eq!(pace.timer(Some(seconds(30)), now), Some(now + seconds(2)));
        pace.succeeded(now);
        // Overdue, and the sync that just ended did not try: not at once again.
        assert_eq!(pace.timer(Some(seconds(0)), now), Some(now + MIN_RETRY));
        assert_eq!(pace.timer(Some(seconds(30)), now), Some(now + seconds(30)));
    }
}
