//! Uninstall: the objects of the newest revision, and its history.
//! Source: helm `pkg/action/uninstall.go`, v3.17.

use tokio_util::sync::CancellationToken;

use super::changes::{Removal, Target, removal};
use super::plan::live_object;
use super::run::Run;
use super::session::Session;
use super::storage::{self, Kept};
use super::{Context, Error, Observed, Options, Outcome, apply, hooks, journal, objects, verb};
use crate::helm::manifest::order;
use crate::helm::record::status;
use crate::k8s::objects::annotation;

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
    let mut session = Session::open(ctx, observed, "uninstall", (options, cancel)).await?;
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
    if !was_uninstalled {
        delete_all(&mut run).await?;
    }
    let Run {
        record, mut outcome, ..
    } = run;
    status::UNINSTALLED.clone_into(&mut outcome.status);
    if keep_history {
        mark_uninstalled(ctx, record, history).await?;
        return Ok(outcome);
    }
    for kept in history.iter().chain([&record]) {
        storage::delete(ctx, kept).await?;
    }
    Ok(outcome)
}

async fn delete_all(run: &mut Run<'_>) -> Result<(), Error> {
    let now = run.now();
    let info = &mut run.record.stored.release.info;
    status::UNINSTALLING.clone_into(&mut info.status);
    "Deletion in progress (or silently failed)".clone_into(&mut info.description);
    info.deleted = Some(now);
    run.save().await?;
    hooks::run(run, "pre-delete").await?;
    run.step("delete").await?;
    delete_objects(run).await?;
    hooks::run(run, "post-delete").await
}

async fn delete_objects(run: &mut Run<'_>) -> Result<(), Error> {
    let manifest = run.release().manifest.clone();
    let (mut targets, warnings) = objects::of_stored_manifest(run.ctx, &manifest).await?;
    run.outcome.warnings.extend(warnings);
    let is_v4 = run.ctx.engine.is_v4;
    targets.sort_by(|a, b| {
        order::uninstall_key(&a.at.kind, is_v4).cmp(&order::uninstall_key(&b.at.kind, is_v4))
    });
    let owner = format!("{}/{}", run.ctx.namespace, run.release().name);
    let mut failures = Vec::new();
    for target in &targets {
        if let Err(error) = delete_one(run, target, &owner).await {
            failures.push(error.to_string());
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    let name = &run.release().name;
    Err(Error::Helm(format!(
        "failed to delete release: {name}: {}",
        failures.join("; ")
    )))
}

/// Kept where the stored manifest or the live object says so.
async fn delete_one(run: &mut Run<'_>, target: &Target, owner: &str) -> Result<(), Error> {
    let policy = annotation(&target.object, "helm.sh/resource-policy").unwrap_or_default();
    if policy.trim().eq_ignore_ascii_case("keep") {
        run.outcome
            .warnings
            .push(format!("{} is kept due to the resource policy", target.at));
        return Ok(());
    }
    let Some(live) = live_object(run.ctx, &target.at).await? else {
        return Ok(());
    };
    match removal(&live, &[], owner) {
        Removal::Keep(why) => run
            .outcome
            .warnings
            .push(format!("{} is not deleted: {why}", target.at)),
        Removal::Delete { uid } => {
            apply::delete(run.ctx, &target.at, uid).await?;
            run.outcome
                .deleted
                .push(format!("{}/{}", target.at.kind, target.at.name));
        }
    }
    Ok(())
}

/// Only the newest one says `uninstalled`; no older one may rise again as `deployed`.
async fn mark_uninstalled(ctx: &Context, mut record: Kept, history: Vec<Kept>) -> Result<(), Error> {
    for mut old in history {
        if old.release().info.status == status::DEPLOYED {
            status::SUPERSEDED.clone_into(&mut old.stored.release.info.status);
            storage::update(ctx, &mut old).await?;
        }
    }
    let info = &mut record.stored.release.info;
    status::UNINSTALLED.clone_into(&mut info.status);
    "Uninstallation complete".clone_into(&mut info.description);
    storage::update(ctx, &mut record).await
}
