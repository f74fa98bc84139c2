//! The timer.

use std::time::Duration;

use super::Queue;
use crate::reconcile::Reason;

/// How often to look at the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Between two looks, before jitter. Zero: never.
    pub interval: Duration,
}

/// A look comes up to this share of the interval later: daemons of many namespaces that started together drift apart.
const JITTER: f64 = 0.1;

/// Wishes for a sync at every interval, until dropped.
pub async fn run(settings: Settings, queue: Queue) {
    loop {
        match delay(settings, rand::random::<f64>()) {
            Some(delay) => tokio::time::sleep(delay).await,
            None => std::future::pending().await,
        }
        queue.wish(Reason::Poll);
    }
}

/// `chance` is in 0..1.
fn delay(settings: Settings, chance: f64) -> Option<Duration> {
    (!settings.interval.is_zero()).then(|| settings.interval.mul_f64(1.0 + JITTER * chance.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_after_the_interval_and_a_little_more() {
        let settings = |seconds| Settings {
            interval: Duration::from_secs(seconds),
        };
        assert_eq!(delay(settings(60), 0.0), Some(Duration::from_secs(60)));
        assert_eq!(delay(settings(60), 1.0), Some(Duration::from_secs(66)));
        assert_eq!(delay(settings(0), 0.5), None);
    }

    #[tokio::test]
    async fn every_interval_brings_a_wish() {
        let queue = Queue::new();
        let interval = Duration::from_millis(1);
        let poll = tokio::spawn(run(Settings { interval }, queue.clone()));
        for _ in 0..3 {
            tokio::time::timeout(Duration::from_secs(5), queue.due())
                .await
                .unwrap();
            assert_eq!(queue.take().unwrap().order.reason, Reason::Poll);
        }
        poll.abort();
    }
}
