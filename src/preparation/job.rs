//! The `job` hook: a Kubernetes Job, run to its end, picked up after a crash.

use tokio_util::sync::CancellationToken;

use super::manifest::{self, Planned};
use super::{Context, Error, Outcome, Target, kept, labels, output};
use crate::k8s::objects::{annotation, text};
use crate::k8s::readiness::{Readiness, finished};
use crate::k8s::{self, DeleteOptions, Object, ObjectRef, WaitError, WriteOptions, logs, wait};
use crate::spec::Hook;

/// Lines of each container's log that are read; outputs are in the last one.
const LOG_LINES: u32 = 500;

/// Runs a Job to its end, and keeps what it gave.
///
/// # Errors
/// See [`Error`].
pub async fn run(
    ctx: &Context,
    target: Target<'_>,
    hook: &Hook,
    path: &str,
    cancel: &CancellationToken,
) -> Result<Outcome, Error> {
    let is_init = is_init(target, hook);
    let planned = manifest::plan(ctx, target, hook, path, if is_init { "" } else { &ctx.run })?;
    let known = list(ctx, target, hook).await?;
    let (mine, others) = divide(known, &planned, &ctx.run, is_init);
    let job = match mine {
        Some(job) => job,
        None => start(ctx, hook, &planned, &others, cancel).await?,
    };
    let log = wait_for(ctx, hook, &job, cancel).await?;
    let (outputs, log) = output::split(&log);
    if is_init {
        kept::write(ctx, target.component, hook, &planned.digest, &outputs).await?;
    }
    forget(ctx, &others).await;
    Ok(Outcome { outputs, log })
}

fn is_init(target: Target<'_>, hook: &Hook) -> bool {
    let component = target.cluster.components.get(target.component);
    component.is_some_and(|component| component.init.iter().any(|known| known.name == hook.name))
}

async fn list(ctx: &Context, target: Target<'_>, hook: &Hook) -> Result<Vec<Object>, Error> {
    let jobs = ObjectRef::new("batch/v1", "Job", "").in_namespace(ctx.namespace.as_str());
    let selector = labels::selector(target.component, hook);
    let found = ctx.cluster.list(&jobs, &selector).await;
    found.map_err(|error| Error::cluster(hook, "listing its Jobs", error))
}

/// The Job that is this hook's content, running or done, and all others of the hook. A failed one is not picked up, and
/// a finished one of a pre-processing hook only within its run: these run each time.
fn divide(known: Vec<Object>, planned: &Planned, run: &str, is_init: bool) -> (Option<Object>, Vec<Object>) {
    let is_mine = |job: &Object| {
        let is_same = annotation(job, labels::DIGEST) == Some(planned.digest.as_str());
        let is_going = !text(job, "/metadata/deletionTimestamp").is_empty();
        let counts = match finished(job) {
            Readiness::Waiting(_) => true,
            Readiness::Ready => is_init || annotation(job, labels::RUN) == Some(run),
            Readiness::Failed(_) => false,
        };
        is_same && !is_going && counts
    };
    let (mut mine, mut others): (Vec<Object>, Vec<Object>) = known.into_iter().partition(is_mine);
    let first = if mine.is_empty() {
        None
    } else {
        Some(mine.remove(0))
    };
    others.append(&mut mine);
    (first, others)
}

/// Clears away former Jobs that still run, or stand in the way by their name, and creates the new one.
async fn start(
    ctx: &Context,
    hook: &Hook,
    planned: &Planned,
    others: &[Object],
    cancel: &CancellationToken,
) -> Result<Object, Error> {
    let name = text(&planned.object, "/metadata/name");
    for job in others {
        let is_in_way = text(job, "/metadata/name") == name || matches!(finished(job), Readiness::Waiting(_));
        if is_in_way {
            remove(ctx, hook, job, cancel).await?;
        }
    }
    let created = ctx
        .cluster
        .create(&planned.object, &WriteOptions::default())
        .await;
    created.map_err(|error| {
        let doing = match error.is_already_exists() {
            true => format!("creating Job {name}, whose name is taken by one without our labels"),
            false => format!("creating Job {name}"),
        };
        Error::cluster(hook, doing, error)
    })
}

async fn remove(ctx: &Context, hook: &Hook, job: &Object, cancel: &CancellationToken) -> Result<(), Error> {
    let target = ObjectRef::of(job);
    let uid = k8s::objects::uid(job);
    let options = delete_options(uid);
    let deleted = ctx.cluster.delete(&target, &options).await;
    deleted.map_err(|error| Error::cluster(hook, format!("deleting the former {target}"), error))?;
    let gone = wait::until_gone(&ctx.cluster, &target, Some(uid), hook.timeout, cancel).await;
    gone.map_err(|error| failure(hook, error, String::new()))
}

fn delete_options(uid: &str) -> DeleteOptions {
    DeleteOptions {
        uid: Some(uid.to_owned()).filter(|uid| !uid.is_empty()),
        ..DeleteOptions::default()
    }
}

/// Waits for the end; gives the log.
async fn wait_for(
    ctx: &Context,
    hook: &Hook,
    job: &Object,
    cancel: &CancellationToken,
) -> Result<String, Error> {
    let target = ObjectRef::of(job);
    match wait::until_finished(&ctx.cluster, &target, hook.timeout, cancel).await {
        Ok(Some(done)) => {
            let log = logs::of(&ctx.cluster, &done, LOG_LINES).await;
            log.map_err(|error| Error::cluster(hook, format!("reading the log of {target}"), error))
        }
        Ok(None) => Err(Error::failed(
            hook,
            format!("{target} was deleted while it ran"),
            String::new(),
        )),
        Err(WaitError::Cancelled) => Err(failure(hook, WaitError::Cancelled, String::new())),
        Err(error) => {
            // The log explains a failure; that it cannot be read must not hide it.
            let log = logs::of(&ctx.cluster, job, LOG_LINES).await.unwrap_or_default();
            Err(failure(hook, error, output::split(&log).1))
        }
    }
}

fn failure(hook: &Hook, error: WaitError, log: String) -> Error {
    match error {
        WaitError::Cancelled => Error::Cancelled {
            hook: hook.name.clone(),
        },
        WaitError::Cluster { object, source } => {
            Error::cluster(hook, format!("waiting for {object}"), source)
        }
        error => Error::failed(hook, error.to_string(), log),
    }
}

/// Removes former Jobs, which have finished. One that stays does no harm, and is tried again with the next run.
async fn forget(ctx: &Context, others: &[Object]) {
    for job in others {
        let target = ObjectRef::of(job);
        let deleted = ctx
            .cluster
            .delete(&target, &delete_options(k8s::objects::uid(job)))
            .await;
        if let Err(error) = deleted {
            tracing::warn!(%target, %error, "a former hook Job cannot be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn job(name: &str, digest: &str, run: &str, status: &str) -> Json {
        let conditions = match status {
            "" => json!([]),
            kind => json!([{"type": kind, "status": "True"}]),
        };
        json!({
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": { "name": name, "annotations": { labels::DIGEST: digest, labels::RUN: run } },
            "status": { "conditions": conditions },
        })
    }

    #[test]
    fn jobs_are_picked_up_by_content_state_and_run() {
        let planned = Planned {
            object: json!({}),
            digest: "d".to_owned(),
        };
        for (why, job, init, before) in [
            ("running, same content", job("a", "d", "r1", ""), true, true),
            (
                "running, same content, former run",
                job("a", "d", "r0", ""),
                true,
                true,
            ),
            ("done, same run", job("a", "d", "r1", "Complete"), true, true),
            ("done, former run", job("a", "d", "r0", "Complete"), true, false),
            ("failed", job("a", "d", "r1", "Failed"), false, false),
            ("other content", job("a", "e", "r1", "Complete"), false, false),
        ] {
            for (is_init, expected) in [(true, init), (false, before)] {
                let (mine, others) = divide(vec![job.clone()], &planned, "r1", is_init);
                assert_eq!(mine.is_some(), expected, "{why}, init: {is_init}");
                assert_eq!(others.len(), usize::from(!expected), "{why}");
            }
        }
    }

    #[test]
    fn a_job_on_its_way_out_is_not_picked_up() {
        let planned = Planned {
            object: json!({}),
            digest: "d".to_owned(),
        };
        let mut going = job("a", "d", "r1", "");
        going["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        assert!(divide(vec![going], &planned, "r1", true).0.is_none());
    }
}
