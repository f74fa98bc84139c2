//! The queue of wishes: level-triggered. At most one sync is due at a time; further wishes join it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::reconcile::{Order, Reason};

/// Wishes for a sync. Cheap to clone; all clones are one queue. Bounded by nature: it holds one order and a count per
/// reason.
#[derive(Clone, Default)]
pub struct Queue {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    due: Option<Due>,
    counts: Counts,
}

/// A sync that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The run's id, and of all reasons the one that says most.
    pub order: Order,
    /// Wishes that this sync answers, by reason.
    pub wishes: BTreeMap<&'static str, u64>,
}

/// Wishes since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By reason.
    pub wishes: BTreeMap<&'static str, u64>,
    /// Those that joined a sync that was due already.
    pub coalesced: u64,
}

/// What became of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The run that will answer it.
    pub run: String,
    /// Did it join a sync that was due already?
    pub is_coalesced: bool,
}

impl Queue {
    /// An empty queue.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Asks for a sync.
    pub fn wish(&self, reason: Reason) -> Placed {
        self.place(reason, None)
    }
    /// Asks for a sync whose run has been promised to somebody.
    pub fn wish_for_run(&self, reason: Reason, run: String) -> Placed {
        self.place(reason, Some(run))
    }
    /// Is a sync due?
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.lock().due.is_some()
    }
    /// Waits until a sync is due, and leaves it in the queue. May be dropped at any time.
    pub async fn due(&self) {
        loop {
            let changed = self.inner.changed.notified();
            if self.is_due() {
                return;
            }
            changed.await;
        }
    }
    /// Takes the sync that is due.
    #[must_use]
    pub fn take(&self) -> Option<Due> {
        self.lock().due.take()
    }
    /// Wishes since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.lock().counts.clone()
    }

    fn place(&self, reason: Reason, promised: Option<String>) -> Placed {
        let mut state = self.lock();
        let name = name(&reason);
        *state.counts.wishes.entry(name).or_default() += 1;
        let is_coalesced = state.due.is_some();
        state.counts.coalesced += u64::from(is_coalesced);
        let due = state.due.get_or_insert_with(|| Due {
            order: Order {
                run: new_run_id(),
                reason: reason.clone(),
            },
            wishes: BTreeMap::new(),
        });
        *due.wishes.entry(name).or_default() += 1;
        if rank(&reason) > rank(&due.order.reason) {
            due.order.reason = reason;
        }
        if let Some(run) = promised {
            due.order.run = run;
        }
        let run = due.order.run.clone();
        drop(state);
        // Stored for the one who is about to wait, and given to all who wait.
        self.inner.changed.notify_waiters();
        Placed { run, is_coalesced }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A poisoned queue is still a queue: every change above is complete at each step.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A new run's id: short enough to read out, random enough for a namespace's lifetime.
#[must_use]
pub fn new_run_id() -> String {
    let mut id = uuid::Uuid::new_v4().simple().to_string();
    id.truncate(RUN_ID_DIGITS);
    id
}

/// 48 bits.
const RUN_ID_DIGITS: usize = 12;

/// A reason's name in metrics and logs.
#[must_use]
pub fn name(reason: &Reason) -> &'static str {
    match reason {
        Reason::Start => "start",
        Reason::Poll => "poll",
        Reason::Push => "push",
        Reason::Resync => "resync",
        Reason::FileChange => "file-change",
        Reason::Retry => "retry",
    }
}

/// Which of several reasons says most: a person's before an event's before a timer's.
fn rank(reason: &Reason) -> u8 {
    match reason {
        Reason::Resync => 5,
        Reason::Push => 4,
        Reason::FileChange => 3,
        Reason::Retry => 2,
        Reason::Start => 1,
        Reason::Poll => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn wishes_join_the_sync_that_is_due() {
        let queue = Queue::new();
        let first = queue.wish(Reason::Poll);
        let second = queue.wish(Reason::Push);
        let third = queue.wish(Reason::Poll);
        assert_eq!(
            [first.is_coalesced, second.is_coalesced, third.is_coalesced],
            [false, true, true]
        );
        assert!(second.run == first.run && third.run == first.run);
        let due = queue.take().unwrap();
        assert_eq!(
            due.order,
            Order {
                run: first.run,
                reason: Reason::Push
            }
        );
        assert_eq!(due.wishes, BTreeMap::from([("poll", 2), ("push", 1)]));
        assert_eq!(queue.take(), None);
        let counts = queue.counts();
        assert_eq!((counts.coalesced, counts.wishes["poll"]), (2, 2));
    }

    #[test]
    fn a_promised_run_is_kept() {
        let queue = Queue::new();
        queue.wish(Reason::Poll);
        assert_eq!(queue.wish_for_run(Reason::Resync, "r1".to_owned()).run, "r1");
        queue.wish(Reason::Push);
        assert_eq!(
            queue.take().unwrap().order,
            Order {
                run: "r1".to_owned(),
                reason: Reason::Resync
            }
        );
    }

    #[test]
    fn a_wish_after_the_take_is_a_new_sync() {
        let queue = Queue::new();
        let first = queue.wish(Reason::Push);
        let _ = queue.take();
        let second = queue.wish(Reason::Push);
        assert!(!second.is_coalesced && second.run != first.run);
    }

    #[tokio::test]
    async fn waiting_ends_with_the_first_wish_and_takes_nothing() {
        let queue = Queue::new();
        let waiting = tokio::spawn({
            let queue = queue.clone();
            async move { queue.due().await }
        });
        tokio::task::yield_now().await;
        queue.wish(Reason::Push);
        tokio::time::timeout(Duration::from_secs(5), waiting)
            .await
            .unwrap()
            .unwrap();
        assert!(queue.is_due());
        // Due already: no waiting at all.
        tokio::time::timeout(Duration::from_secs(5), queue.due())
            .await
            .unwrap();
    }
}
