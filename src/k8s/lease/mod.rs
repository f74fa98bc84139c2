//! A lease: at most one holder at a time, as client-go's leader election does it.
//! Source: client-go `tools/leaderelection/leaderelection.go`, v1.33.

mod record;

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Cluster, Error, Object, ObjectRef, WriteOptions};
use crate::base::names::Namespace;
use record::{Decision, Record};

/// How a lease is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where the Lease object is.
    pub namespace: Namespace,
    /// Its name.
    pub name: String,
    /// Who we are: must be new with every process start.
    pub identity: String,
    /// Others may take the lease when it was not renewed for this long; whole seconds, at least 1.
    pub duration: Duration,
    /// We give up when we could not renew for this long; shorter than `duration`.
    pub renew_deadline: Duration,
    /// Between two tries.
    pub retry_period: Duration,
}

impl Settings {
    /// 15 s, renewed for 10, retried every 2: client-go's defaults.
    #[must_use]
    pub fn new(namespace: Namespace, name: impl Into<String>, identity: impl Into<String>) -> Self {
        Settings {
            namespace,
            name: name.into(),
            identity: identity.into(),
            duration: Duration::from_secs(15),
            renew_deadline: Duration::from_secs(10),
            retry_period: Duration::from_secs(2),
        }
    }
    fn target(&self) -> ObjectRef {
        ObjectRef::new("coordination.k8s.io/v1", "Lease", &self.name).in_namespace(self.namespace.as_str())
    }
}

/// Who holds a lease, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Empty: nobody.
    pub identity: String,
    /// How often it changed hands.
    pub transitions: i64,
    /// RFC 3339, by the holder's clock.
    pub renewed: String,
}

/// How the keeping of a lease ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// We were asked to stop, and gave it back.
    Released,
    /// Somebody else has it, or it could not be renewed in time; the text says which.
    Lost(String),
}

/// A lease that is ours, as long as [`Held::keep`] runs.
pub struct Held {
    cluster: Cluster,
    settings: Settings,
    live: Object,
    transitions: i64,
    renewed: Instant,
    lost: CancellationToken,
}

/// Reads who holds the lease; `None` where there is no such object.
///
/// # Errors
/// The request's.
pub async fn holder(cluster: &Cluster, settings: &Settings) -> Result<Option<Holder>, Error> {
    let live = cluster.get(&settings.target()).await?;
    Ok(live.map(|live| Record::of(&live).into_holder()))
}

/// Waits until the lease is ours; `None` when cancelled before. Transient errors and lost races are tried again.
///
/// # Errors
/// What retrying does not help: missing rights, no Lease API.
pub async fn acquire(
    cluster: &Cluster,
    settings: &Settings,
    cancel: &CancellationToken,
) -> Result<Option<Held>, Error> {
    let mut watch = Watch::default();
    loop {
        let attempt = attempt(cluster, settings, &mut watch);
        let outcome = tokio::select! {
            () = cancel.cancelled() => return Ok(None),
            outcome = attempt => outcome,
        };
        match outcome {
            Ok(Some(held)) => return Ok(Some(held)),
            Ok(None) => {}
            Err(error) if error.is_transient() || error.is_conflict() || error.is_already_exists() => {
                tracing::debug!(lease = settings.name, %error, "lease not acquired yet");
            }
            Err(error) => return Err(error),
        }
        tokio::select! {
            () = cancel.cancelled() => return Ok(None),
            () = tokio::time::sleep(settings.retry_period) => {}
        }
    }
}

/// What a candidate saw, and since when by its own monotonic clock: clocks of other machines are not trusted.
#[derive(Default)]
struct Watch {
    seen: Option<(Record, Instant)>,
}

impl Watch {
    /// How long the record has stood still.
    fn unchanged_for(&mut self, record: &Record) -> Duration {
        match &self.seen {
            Some((seen, since)) if seen == record => since.elapsed(),
            _ => {
                self.seen = Some((record.clone(), Instant::now()));
                Duration::ZERO
            }
        }
    }
}

async fn attempt(cluster: &Cluster, settings: &Settings, watch: &mut Watch) -> Result<Option<Held>, Error> {
    let started = Instant::now();
    let now = jiff::Timestamp::now();
    let live = cluster.get(&settings.target()).await?;
    let current = live.as_ref().map(Record::of);
    let unchanged_for = current.as_ref().map(|record| watch.unchanged_for(record));
    let next = match record::decide(
        current.as_ref(),
        unchanged_for.unwrap_or_default(),
        &settings.identity,
    ) {
        Decision::Wait => return Ok(None),
        Decision::Take { transitions } => Record::taken(settings, transitions, now),
    };
    let live = match live {
        None => {
            cluster
                .create(&next.new_object(settings), &WriteOptions::default())
                .await?
        }
        Some(live) => {
            cluster
                .replace(&next.written_into(&live), &WriteOptions::default())
                .await?
        }
    };
    tracing::info!(
        lease = settings.name,
        identity = settings.identity,
        transitions = next.transitions,
        "lease acquired"
    );
    Ok(Some(Held {
        cluster: cluster.clone(),
        settings: settings.clone(),
        live,
        transitions: next.transitions,
        renewed: started,
        lost: CancellationToken::new(),
    }))
}

/// A lease that nobody renews is as good as lost: also when `keep` ends or is dropped.
impl Drop for Held {
    fn drop(&mut self) {
        self.lost.cancel();
    }
}

impl Held {
    /// How often the lease changed hands, this time included: grows with every new holder.
    #[must_use]
    pub fn transitions(&self) -> i64 {
        self.transitions
    }
    /// Cancelled when the lease is no longer ours: whoever writes in its name must stop then.
    #[must_use]
    pub fn lost(&self) -> CancellationToken {
        self.lost.clone()
    }
    /// Renews until asked to stop, then gives the lease back. Ends early when it is lost. [`Held::lost`] is
    /// cancelled in both cases.
    pub async fn keep(mut self, stop: &CancellationToken) -> Ended {
        loop {
            tokio::select! {
                () = stop.cancelled() => {
                    self.release().await;
                    return Ended::Released;
                }
                () = tokio::time::sleep(self.settings.retry_period) => {}
            }
            let Err(reason) = self.renew_in_time().await else {
                continue;
            };
            tracing::warn!(lease = self.settings.name, reason, "lease lost");
            return Ended::Lost(reason);
        }
    }

    /// Tries until it is renewed, is somebody else's, or the deadline has passed.
    async fn renew_in_time(&mut self) -> Result<(), String> {
        let deadline = self.renewed + self.settings.renew_deadline;
        let mut last_error = String::from("no answer");
        loop {
            match tokio::time::timeout_at(deadline, self.renew()).await {
                Ok(Ok(None)) => return Ok(()),
                Ok(Ok(Some(other))) => return Err(format!("taken by {other}")),
                Ok(Err(error)) => last_error = error.to_string(),
                Err(_) => {}
            }
            if Instant::now() + self.settings.retry_period >= deadline {
                let seconds = self.settings.renew_deadline.as_secs_f32();
                return Err(format!("not renewed for {seconds} s: {last_error}"));
            }
            tokio::time::sleep(self.settings.retry_period).await;
        }
    }

    /// Writes the time; gives the other holder, where there is one.
    async fn renew(&mut self) -> Result<Option<String>, Error> {
        let started = Instant::now();
        let renewed = Record::of(&self.live).renewed(jiff::Timestamp::now());
        let written = self
            .cluster
            .replace(&renewed.written_into(&self.live), &WriteOptions::default())
            .await;
        match written {
            Ok(live) => {
                (self.live, self.renewed) = (live, started);
                Ok(None)
            }
            Err(error) if error.is_conflict() || error.is_not_found() => self.look_again(error).await,
            Err(error) => Err(error),
        }
    }

    /// Somebody wrote in between (or our own answer got lost): it is still ours if it names us.
    async fn look_again(&mut self, conflict: Error) -> Result<Option<String>, Error> {
        let Some(live) = self.cluster.get(&self.settings.target()).await? else {
            return Ok(Some("nobody: the Lease object was deleted".to_owned()));
        };
        let record = Record::of(&live);
        if record.identity != self.settings.identity {
            return Ok(Some(format!("`{}`", record.identity)));
        }
        self.live = live;
        Err(conflict)
    }

    /// Best effort: without it, others wait for the lease to run out.
    async fn release(&mut self) {
        let free = Record::of(&self.live).released(jiff::Timestamp::now());
        let options = WriteOptions::default();
        let object = free.written_into(&self.live);
        let written = self.cluster.replace(&object, &options);
        match tokio::time::timeout(self.settings.renew_deadline, written).await {
            Ok(Ok(_)) => tracing::info!(lease = self.settings.name, "lease released"),
            Ok(Err(error)) => tracing::warn!(lease = self.settings.name, %error, "lease not released"),
            Err(_) => tracing::warn!(lease = self.settings.name, "lease not released in time"),
        }
    }
}
