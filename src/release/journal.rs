//! The journal: who is at work on a release, and how far. Every step first writes it with its resourceVersion, so that
//! whoever was thought dead loses everything but the one request in flight.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Context, Error, Holder};
use crate::k8s::{DeleteOptions, Object, ObjectRef, WriteOptions, objects};

const SCHEMA: &str = "deploy-manager/v1";

/// What the journal says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) release: String,
    /// `install`, `upgrade` ….
    pub(super) verb: String,
    /// The revision that is written; 0 before it is known.
    pub(super) revision: i64,
    /// The phase that is about to begin; `finished` when nobody is at work.
    pub(super) step: String,
    pub(super) holder: Holder,
    /// The Helm hook that was created and not yet seen to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hook: Option<InFlight>,
    /// RFC 3339.
    pub(super) updated: String,
}

/// One exact object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InFlight {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) namespace: Option<String>,
    pub(super) name: String,
    pub(super) uid: String,
}

const FINISHED: &str = "finished";

impl Entry {
    pub(super) fn is_finished(&self) -> bool {
        self.step == FINISHED
    }
}

/// A journal that is ours until somebody else writes it.
pub(super) struct Journal {
    ctx: Context,
    entry: Entry,
    live: Object,
    stays_open: bool,
}

fn target(ctx: &Context, release: &str) -> ObjectRef {
    let name = format!("deploy-manager-journal-{release}");
    ObjectRef::new("v1", "ConfigMap", name).in_namespace(ctx.namespace.as_str())
}

/// Reads the journal of a release. One that cannot be understood counts as none: then a pending record is not ours to
/// take over.
pub(super) async fn read(ctx: &Context, release: &str) -> Result<Option<(Entry, Object)>, Error> {
    let live = ctx.cluster.get(&target(ctx, release)).await;
    let live = live.map_err(Error::doing(|| {
        format!("reading the journal of release {release}")
    }))?;
    let Some(live) = live else {
        return Ok(None);
    };
    match serde_json::from_str(objects::text(&live, "/data/journal")) {
        Ok(entry) => Ok(Some((entry, live))),
        Err(error) => {
            tracing::warn!(release, %error, "the journal is not readable and counts as absent");
            Ok(None)
        }
    }
}

/// Deletes the journal of a release that is gone.
pub(super) async fn delete(ctx: &Context, release: &str) -> Result<(), Error> {
    let deleted = ctx
        .cluster
        .delete(&target(ctx, release), &DeleteOptions::default())
        .await;
    deleted.map_err(Error::doing(|| {
        format!("deleting the journal of release {release}")
    }))?;
    Ok(())
}

impl Journal {
    /// Takes the journal, if nobody is at work, or `dead` is the one who was. Gives the last entry.
    pub(super) async fn open(
        ctx: &Context,
        release: &str,
        verb: &str,
        dead: Option<&Holder>,
    ) -> Result<(Journal, Option<Entry>), Error> {
        let found = read(ctx, release).await?;
        let left = found.as_ref().map(|(entry, _)| entry.clone());
        if let Some(entry) = &left
            && !entry.is_finished()
            && dead != Some(&entry.holder)
        {
            let holder = entry.holder.clone();
            return Err(Error::Busy { holder });
        }
        let entry = Entry {
            release: release.to_owned(),
            verb: verb.to_owned(),
            revision: 0,
            step: "preparing".to_owned(),
            holder: ctx.holder.clone(),
            // Until it is seen to have ended.
            hook: left.as_ref().and_then(|entry| entry.hook.clone()),
            updated: (ctx.now)().to_string(),
        };
        let object = object(&target(ctx, release), &entry);
        let options = WriteOptions::default();
        let written = match found {
            None => write_new(ctx, &object).await,
            Some((_, live)) => ctx.cluster.replace(&guarded(object, &live), &options).await,
        };
        let live = written.map_err(|error| match error.is_not_found() {
            // There is no such namespace: Helm learns it from its record.
            true => Error::Helm(format!("create: failed to create: {error}")),
            false => Error::doing(|| format!("opening the journal of release {release}"))(error),
        })?;
        let journal = Journal {
            ctx: ctx.clone(),
            entry,
            live,
            stays_open: false,
        };
        Ok((journal, left))
    }

    /// Says that a phase begins.
    pub(super) async fn step(&mut self, step: &str) -> Result<(), Error> {
        step.clone_into(&mut self.entry.step);
        self.write().await
    }
    /// Says which revision is written.
    pub(super) async fn revision(&mut self, revision: i64) -> Result<(), Error> {
        self.entry.revision = revision;
        self.step("record").await
    }
    /// Says which hook object runs, or that none does. The latter is written with the next step.
    pub(super) async fn hook(&mut self, hook: InFlight) -> Result<(), Error> {
        self.entry.hook = Some(hook);
        self.write().await
    }
    /// The hook has ended; written with the next step.
    pub(super) fn hook_ended(&mut self) {
        self.entry.hook = None;
    }
    /// The next one shall settle what we could not.
    pub(super) fn keep_open(&mut self) {
        self.stays_open = true;
    }
    /// Nobody is at work any more. Best effort: an open journal of a verb that has ended delays nobody but the next verb,
    /// which takes it over.
    pub(super) async fn close<T>(mut self, result: &Result<T, Error>) {
        if self.stays_open || matches!(result, Err(Error::TakenOver { .. })) {
            return;
        }
        if let Err(error) = self.step(FINISHED).await {
            tracing::warn!(release = self.entry.release, %error, "the journal could not be closed");
        }
    }

    async fn write(&mut self) -> Result<(), Error> {
        self.entry.updated = (self.ctx.now)().to_string();
        let release = self.entry.release.clone();
        let object = guarded(object(&target(&self.ctx, &release), &self.entry), &self.live);
        match self.ctx.cluster.replace(&object, &WriteOptions::default()).await {
            Ok(live) => {
                self.live = live;
                Ok(())
            }
            Err(error) if error.is_conflict() => self.look_again().await,
            Err(error) => Err(Error::doing(|| {
                format!("writing the journal of release {release}")
            })(error)),
        }
    }

    /// Somebody wrote in between, unless it was ourselves, whose answer got lost.
    async fn look_again(&mut self) -> Result<(), Error> {
        match read(&self.ctx, &self.entry.release).await? {
            Some((entry, live)) if entry == self.entry => {
                self.live = live;
                Ok(())
            }
            Some((entry, _)) => Err(Error::TakenOver { holder: entry.holder }),
            None => Err(Error::TakenOver {
                holder: Holder::default(),
            }),
        }
    }
}

/// An unreadable journal is in the way of a new one: it is replaced.
async fn write_new(ctx: &Context, object: &Object) -> Result<Object, crate::k8s::Error> {
    let options = WriteOptions::default();
    match ctx.cluster.create(object, &options).await {
        Err(error) if error.is_already_exists() => {
            let live = ctx.cluster.get(&ObjectRef::of(object)).await?;
            let is_journal =
                |live: &Object| serde_json::from_str::<Entry>(objects::text(live, "/data/journal")).is_ok();
            match live {
                Some(live) if !is_journal(&live) => {
                    ctx.cluster
                        .replace(&guarded(object.clone(), &live), &options)
                        .await
                }
                _ => Err(error),
            }
        }
        answer => answer,
    }
}

fn object(target: &ObjectRef, entry: &Entry) -> Object {
    let mut object = target.stub();
    object["metadata"]["labels"] = json!({"app.kubernetes.io/managed-by": "deploy-manager"});
    let text = serde_json::to_string(entry).unwrap_or_default();
    object["data"] = json!({"schema": SCHEMA, "journal": text});
    object
}

fn guarded(mut object: Object, live: &Object) -> Object {
    object["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"].clone();
    object
}
