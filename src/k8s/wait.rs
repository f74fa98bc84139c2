//! Waiting: for objects to become ready, to run to their end, or to be gone.

use std::fmt;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, StreamExt};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::readiness::{self, Readiness};
use super::{Cluster, Error, Object, ObjectRef, logs};

/// Between two looks: short at first, then Helm's 2 s.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Objects looked at at once.
const CONCURRENCY: usize = 8;
/// Lines of a crashing container that the report shows.
const LOG_LINES: u32 = 10;
/// Pods whose reasons the report of one object shows.
const PODS_SHOWN: usize = 3;

/// One object that did not get there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotReady {
    /// Which.
    pub object: ObjectRef,
    /// Why not, with the reasons of its pods and the end of a crashing container's log.
    pub why: String,
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.object, self.why)
    }
}

/// Why a wait ended without success.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// We were asked to stop.
    #[error("given up waiting")]
    Cancelled,
    /// The time ran out.
    #[error("not ready after {} s: {}", timeout.as_secs(), listed(unready))]
    TimedOut {
        /// The time given.
        timeout: Duration,
        /// What was missing.
        unready: Vec<NotReady>,
    },
    /// Something failed for good.
    #[error("{}", listed(failed))]
    Failed {
        /// What.
        failed: Vec<NotReady>,
    },
    /// The API server's refusal.
    #[error("reading {object}: {source}")]
    Cluster {
        /// What was read: `Job ns/name`.
        object: String,
        /// Why not.
        source: Error,
    },
}

fn listed(objects: &[NotReady]) -> String {
    let texts: Vec<String> = objects.iter().map(NotReady::to_string).collect();
    texts.join("; ")
}

/// Waits until all objects are ready by Helm 3's rules, looking at all of them once more at the end. Kinds that are never
/// waited for cost no request.
///
/// # Errors
/// See [`WaitError`].
pub async fn until_ready(
    cluster: &Cluster,
    objects: &[Object],
    jobs: bool,
    timeout: Duration,
    cancel: &CancellationToken,
) -> Result<(), WaitError> {
    let all: Vec<ObjectRef> = objects
        .iter()
        .filter(|object| readiness::is_waited_for(object, jobs))
        .map(ObjectRef::of)
        .collect();
    let mut missing = all.clone();
    let mut pace = Pace::new(timeout);
    loop {
        let unready = unready(cluster, &missing, jobs).await?;
        if unready.is_empty() && missing.len() == all.len() {
            return Ok(());
        }
        missing = match unready.is_empty() {
            true => all.clone(), // All were ready once: are they still?
            false => unready.iter().map(|(object, _)| ObjectRef::of(object)).collect(),
        };
        if !unready.is_empty() && !pace.rest(cancel).await? {
            let unready = described(cluster, &unready).await;
            return Err(WaitError::TimedOut { timeout, unready });
        }
    }
}

type Unready = Vec<(Object, String)>;

async fn unready(cluster: &Cluster, targets: &[ObjectRef], jobs: bool) -> Result<Unready, WaitError> {
    // Boxed at once: the compiler cannot see that a stream of closures over references may cross threads.
    let looks: Vec<BoxFuture<'_, _>> = targets.iter().map(|at| look(cluster, at, jobs).boxed()).collect();
    let answers: Vec<_> = stream::iter(looks).buffered(CONCURRENCY).collect().await;
    let (mut waiting, mut failed) = (Vec::new(), Vec::new());
    for answer in answers {
        match answer? {
            (_, Readiness::Ready) => {}
            (object, Readiness::Waiting(why)) => waiting.push((object, why)),
            (object, Readiness::Failed(why)) => failed.push((object, why)),
        }
    }
    if failed.is_empty() {
        return Ok(waiting);
    }
    let failed = described(cluster, &failed).await;
    Err(WaitError::Failed { failed })
}

async fn look(cluster: &Cluster, target: &ObjectRef, jobs: bool) -> Result<(Object, Readiness), WaitError> {
    let object = match patient(target, cluster.get(target).await)? {
        Ok(Some(object)) => object,
        Ok(None) => {
            let failed = vec![not_ready(target, "it is gone: somebody deleted it")];
            return Err(WaitError::Failed { failed });
        }
        Err(why) => return Ok((target.stub(), Readiness::Waiting(why))),
    };
    let others = match readiness::related(&object) {
        Some(related) => patient(target, cluster.list(&related.kind, &related.selector).await)?,
        None => Ok(Vec::new()),
    };
    let answer = match others {
        Ok(others) => readiness::readiness(&object, &others, jobs),
        Err(why) => Readiness::Waiting(why),
    };
    Ok((object, answer))
}

/// A server that is away for a moment does not end a wait: it becomes the reason for waiting on.
fn patient<T>(target: &ObjectRef, answer: Result<T, Error>) -> Result<Result<T, String>, WaitError> {
    match answer {
        Ok(found) => Ok(Ok(found)),
        Err(error) if error.is_transient() => Ok(Err(format!("it cannot be read: {error}"))),
        Err(source) => Err(WaitError::Cluster {
            object: target.to_string(),
            source,
        }),
    }
}

fn not_ready(object: &ObjectRef, why: impl Into<String>) -> NotReady {
    NotReady {
        object: object.clone(),
        why: why.into(),
    }
}

/// Waits until a Job or Pod has run to its end, and gives it as it then is; `None` where it was deleted meanwhile. Other
/// kinds are done at once.
///
/// # Errors
/// See [`WaitError`]; [`WaitError::Failed`] says Helm's `job x failed: …`.
pub async fn until_finished(
    cluster: &Cluster,
    target: &ObjectRef,
    timeout: Duration,
    cancel: &CancellationToken,
) -> Result<Option<Object>, WaitError> {
    let mut pace = Pace::new(timeout);
    loop {
        let (object, answer) = match patient(target, cluster.get(target).await)? {
            Ok(None) => return Ok(None),
            Ok(Some(object)) => {
                let answer = readiness::finished(&object);
                (object, answer)
            }
            Err(why) => (target.stub(), Readiness::Waiting(why)),
        };
        match answer {
            Readiness::Ready => return Ok(Some(object)),
            Readiness::Failed(why) => {
                let failed = vec![not_ready(target, why)];
                return Err(WaitError::Failed { failed });
            }
            Readiness::Waiting(why) => {
                if !pace.rest(cancel).await? {
                    let unready = described(cluster, &[(object, why)]).await;
                    return Err(WaitError::TimedOut { timeout, unready });
                }
            }
        }
    }
}

/// Waits until an object is gone; one with another uid under its name counts as gone.
///
/// # Errors
/// See [`WaitError`].
pub async fn until_gone(
    cluster: &Cluster,
    target: &ObjectRef,
    uid: Option<&str>,
    timeout: Duration,
    cancel: &CancellationToken,
) -> Result<(), WaitError> {
    let mut pace = Pace::new(timeout);
    loop {
        let why = match patient(target, cluster.get(target).await)? {
            Ok(None) => return Ok(()),
            Ok(Some(live)) if uid.is_some_and(|uid| super::objects::uid(&live) != uid) => return Ok(()),
            Ok(Some(_)) => "it still exists; a finalizer may hold it".to_owned(),
            Err(why) => why,
        };
        if !pace.rest(cancel).await? {
            let unready = vec![not_ready(target, why)];
            return Err(WaitError::TimedOut { timeout, unready });
        }
    }
}

/// Adds what the pods say. Best effort: the reason itself is already known.
async fn described(cluster: &Cluster, unready: &[(Object, String)]) -> Vec<NotReady> {
    let mut described = Vec::new();
    for (object, why) in unready {
        let reasons = pod_reasons(cluster, object).await.unwrap_or_default();
        let texts: Vec<String> = std::iter::once(why.clone()).chain(reasons).collect();
        described.push(NotReady {
            object: ObjectRef::of(object),
            why: texts.join("; "),
        });
    }
    described
}

async fn pod_reasons(cluster: &Cluster, object: &Object) -> Result<Vec<String>, Error> {
    let mut reasons = Vec::new();
    for pod in logs::pods_of(cluster, object).await? {
        let Some(why) = readiness::explain(&pod) else {
            continue;
        };
        let target = ObjectRef::of(&pod);
        let mut reason = format!("pod {}: {why}", target.name);
        if let Some(container) = readiness::is_crashing(&pod) {
            let log = cluster
                .pod_log(&target, Some(container), LOG_LINES)
                .await
                .unwrap_or_default();
            if !log.trim().is_empty() {
                reason = format!("{reason}; its log ends: {}", log.trim());
            }
        }
        reasons.push(reason);
        if reasons.len() == PODS_SHOWN {
            break;
        }
    }
    Ok(reasons)
}

/// Pauses between looks, within a deadline.
struct Pace {
    deadline: Instant,
    pause: Duration,
}

impl Pace {
    fn new(timeout: Duration) -> Self {
        Pace {
            deadline: Instant::now() + timeout,
            pause: FIRST_PAUSE,
        }
    }
    /// Rests; `false` where the time is over.
    async fn rest(&mut self, cancel: &CancellationToken) -> Result<bool, WaitError> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        let pause = self.pause.min(left);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        tokio::select! {
            () = cancel.cancelled() => Err(WaitError::Cancelled),
            () = tokio::time::sleep(pause) => Ok(true),
        }
    }
}
