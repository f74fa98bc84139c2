//! Uninstall: the objects of the newest revision, and its history.
//! Source: helm `pkg/action/uninstall.go`, v3.17.

use tokio_util::sync::CancellationToken;

use super::changes::{Removal, Target, removal};
use super::plan::live_object;
use super::run::Run;
use super::session::Session;
use super::storage::{self, Kept};
use super::{Context, Error, Observed, Options, Outcome, Wait, apply, hooks, journal, objects, verb};
use crate::helm::manifest::order;
use crate::helm::record::status;
use crate::k8s::objects::annotation;
use crate::k8s::{ObjectRef, wait};

/// Deletes the objects of the newest revision, whatever its status, and all records, unless the history is kept. Can be
/// repeated after any failure.
///
/// # Errors
/// See [`Error`]; the record then stays `uninstalling`.
pub async fn uninstall(
    ctx: &Context,
    observed: &Observed,
    keep_history: bool,
    options: &Options,
    cancel: &CancellationToken,
) -> Result<Outcome, Error> {
    let mut session = Session::open_over_others(ctx, observed, "uninstall", (options, cancel)).await?;
    let result = remove(&mut session, keep_history).await;
    let outcome = session.close(result).await?;
    if !keep_history {
        journal::delete(ctx, observed.name.as_str()).await?;
    }
    Ok(outcome)
}

async fn remove(session: &mut Session<'_>, keep_history: bool) -> Result<Outcome, Error> {
    let ctx = session.ctx;
    let name = session.observed.name.to_string();
    let mut history = session.history().await?;
    let Some(last) = history.pop() else {
        return Err(Error::Helm(format!(
            "uninstall: Release not loaded: {name}: release: not found"
        )));
    };
    let was_uninstalled = last.release().info.status == status::UNINSTALLED;
    if was_uninstalled && keep_history {
        return Err(Error::Helm(format!(
            "the release named \"{name}\" is already deleted"
        )));
    }
    let revision = last.release().version;
    session.journal.revision(revision).await?;
    let mut run = session.run(last, verb::outcome(revision, Vec::new()));
    let mut problems = Vec::new();
    if !was_uninstalled {
        problems = delete_all(&mut run).await?;
    }
    let description = run.options.description.clone();
    let Run {
        record, mut outcome, ..
    } = run;
    status::UNINSTALLED.clone_into(&mut outcome.status);
    if keep_history {
        mark_uninstalled(ctx, record, description, history).await?;
    } else {
        for kept in history.iter().chain([&record]) {
            storage::delete(ctx, kept).await?;
        }
    }
    if problems.is_empty() {
        return Ok(outcome);
    }
    Err(Error::Helm(format!(
        "uninstallation completed with {} error(s): {}",
        problems.len(),
        problems.join("; ")
    )))
}

/// What fails once the objects are deleted does not keep the records: it is told at the end.
async fn delete_all(run: &mut Run<'_>) -> Result<Vec<String>, Error> {
    let now = run.now();
    let info = &mut run.record.stored.release.info;
    status::UNINSTALLING.clone_into(&mut info.status);
    "Deletion in progress (or silently failed)".clone_into(&mut info.description);
    info.deleted = Some(now);
    run.save().await?;
    hooks::run(run, "pre-delete").await?;
    run.step("delete").await?;
    let deleted = delete_objects(run).await?;
    let mut problems = Vec::new();
    if run.options.wait != Wait::None {
        problems.extend(wait_for(run, &deleted).await?);
    }
    match hooks::run(run, "post-delete").await {
        Err(error @ (Error::Helm(_) | Error::Listed { .. })) => problems.push(error.told(run.ctx.engine)),
        ended => ended?,
    }
    Ok(problems)
}

/// Waits until what was deleted is gone.
async fn wait_for(run: &mut Run<'_>, deleted: &[Deleted]) -> Result<Option<String>, Error> {
    run.step("wait").await?;
    let (timeout, cancel) = (run.options.timeout, run.cancel);
    for (at, uid) in deleted {
        let gone = wait::until_gone(&run.ctx.cluster, at, Some(uid), timeout, cancel).await;
        match gone.map_err(|error| run.waited(&error)) {
            Err(Error::Helm(text)) => return Ok(Some(text)),
            gone => gone?,
        }
    }
    Ok(None)
}

/// An object, and its uid when it lived.
type Deleted = (ObjectRef, String);

async fn delete_objects(run: &mut Run<'_>) -> Result<Vec<Deleted>, Error> {
    let manifest = run.release().manifest.clone();
    let (mut targets, warnings) = objects::of_stored_manifest(run.ctx, &manifest).await?;
    run.outcome.warnings.extend(warnings);
    let is_v4 = run.ctx.engine.is_v4;
    targets.sort_by(|a, b| {
        order::uninstall_key(&a.at.kind, is_v4).cmp(&order::uninstall_key(&b.at.kind, is_v4))
    });
    let owner = format!("{}/{}", run.ctx.namespace, run.release().name);
    let (mut deleted, mut failures) = (Vec::new(), Vec::new());
    for target in &targets {
        match delete_one(run, target, &owner).await {
            Ok(uid) => deleted.extend(uid.map(|uid| (target.at.clone(), uid))),
            Err(error) => failures.push(error.to_string()),
        }
    }
    if failures.is_empty() {
        return Ok(deleted);
    }
    let name = &run.release().name;
    Err(Error::Helm(format!(
        "failed to delete release: {name}: {}",
        failures.join("; ")
    )))
}

/// Kept where the stored manifest or the live object says so.
async fn delete_one(run: &mut Run<'_>, target: &Target, owner: &str) -> Result<Option<String>, Error> {
    let policy = annotation(&target.object, "helm.sh/resource-policy").unwrap_or_default();
    if policy.trim().eq_ignore_ascii_case("keep") {
        run.outcome
            .kept
            .push((target.at.kind.clone(), target.at.name.clone()));
        return Ok(None);
    }
    let Some(live) = live_object(run.ctx, &target.at).await? else {
        return Ok(None);
    };
    match removal(&live, &[], owner) {
        Removal::Keep(why) => {
            let warning = format!("{} is not deleted: {why}", target.at);
            run.outcome.warnings.push(warning);
            Ok(None)
        }
        Removal::Delete { uid } => {
            apply::delete_as(run.ctx, &target.at, uid.clone(), run.options.propagation).await?;
            run.outcome
                .deleted
                .push(format!("{}/{}", target.at.kind, target.at.name));
            Ok(Some(uid))
        }
    }
}

/// Only the newest one says `uninstalled`; no older one may rise again as `deployed`.
async fn mark_uninstalled(
    ctx: &Context,
    mut record: Kept,
    description: Option<String>,
    history: Vec<Kept>,
) -> Result<(), Error> {
    for mut old in history {
        if old.release().info.status == status::DEPLOYED {
            status::SUPERSEDED.clone_into(&mut old.stored.release.info.status);
            storage::update(ctx, &mut old).await?;
        }
    }
    let info = &mut record.stored.release.info;
    status::UNINSTALLED.clone_into(&mut info.status);
    info.description = description.unwrap_or_else(|| "Uninstallation complete".to_owned());
    storage::update(ctx, &mut record).await
}
