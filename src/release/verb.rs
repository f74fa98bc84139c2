//! What install, upgrade and rollback have in common: hooks, objects, waiting, and the record's last word.

use super::plan::Plan;
use super::run::Run;
use super::storage::{self, Kept};
use super::{Error, Outcome, Wait, apply, hooks, undo};
use crate::helm::record::status;
use crate::k8s::{Object, wait};

/// A verb that writes a revision: the words in which it differs from the others.
pub(super) struct Verb {
    pub(super) pre: &'static str,
    pub(super) post: &'static str,
    pub(super) pending: &'static str,
    pub(super) underway: &'static str,
    /// The description of success; `None`: it stays as it was.
    pub(super) complete: Option<&'static str>,
    /// First word of the description of a failure.
    pub(super) failure: &'static str,
    pub(super) pre_failed: &'static str,
    pub(super) post_failed: &'static str,
    /// What was created is deleted also when waiting or a hook after it failed.
    pub(super) cleans_up_late: bool,
}

/// Source: helm `pkg/action/install.go`, v3.17.
pub(super) const INSTALL: Verb = Verb {
    pre: "pre-install",
    post: "post-install",
    pending: status::PENDING_INSTALL,
    underway: "Initial install underway",
    complete: Some("Install complete"),
    failure: "Release",
    pre_failed: "failed pre-install",
    post_failed: "failed post-install",
    cleans_up_late: true,
};

/// Source: helm `pkg/action/upgrade.go`, v3.17.
pub(super) const UPGRADE: Verb = Verb {
    pre: "pre-upgrade",
    post: "post-upgrade",
    pending: status::PENDING_UPGRADE,
    underway: "Preparing upgrade",
    complete: Some("Upgrade complete"),
    failure: "Upgrade",
    pre_failed: "pre-upgrade hooks failed",
    post_failed: "post-upgrade hooks failed",
    cleans_up_late: true,
};

/// Its description, with the revision, is the same before and after. Helm leaves a rollback whose hook failed pending; ours
/// ends failed. Source: helm `pkg/action/rollback.go`, v3.17.
pub(super) const ROLLBACK: Verb = Verb {
    pre: "pre-rollback",
    post: "post-rollback",
    pending: status::PENDING_ROLLBACK,
    underway: "Rollback to",
    complete: None,
    failure: "Rollback",
    pre_failed: "pre-rollback hooks failed",
    post_failed: "post-rollback hooks failed",
    cleans_up_late: false,
};

/// What a verb begins with.
pub(super) fn outcome(revision: i64, created: Vec<String>) -> Outcome {
    Outcome {
        revision,
        status: status::DEPLOYED.to_owned(),
        created,
        ..Outcome::default()
    }
}

/// Hooks, objects, waiting.
pub(super) async fn execute(run: &mut Run<'_>, plan: &Plan, verb: &Verb) -> Result<(), Error> {
    run.outcome.warnings.extend(plan.warnings.iter().cloned());
    let of_hooks = |prefix: &'static str| move |error: Error| error.after(&format!("{prefix}: "));
    hooks::run(run, verb.pre)
        .await
        .map_err(of_hooks(verb.pre_failed))?;
    run.step("apply").await?;
    apply::apply(run, plan).await?;
    if !verb.cleans_up_late {
        run.made.clear();
    }
    let waits = match run.options.wait {
        Wait::None if run.options.atomic => Wait::Helm,
        wait => wait,
    };
    if waits == Wait::Helm {
        wait_for(run, plan).await?;
    }
    hooks::run(run, verb.post)
        .await
        .map_err(of_hooks(verb.post_failed))?;
    if waits == Wait::AfterHooks {
        wait_for(run, plan).await?;
    }
    Ok(())
}

async fn wait_for(run: &mut Run<'_>, plan: &Plan) -> Result<(), Error> {
    run.step("wait").await?;
    let objects: Vec<Object> = plan.targets.iter().map(|target| target.object.clone()).collect();
    let options = run.options;
    let jobs = options.wait_for_jobs;
    let waited = wait::until_ready(&run.ctx.cluster, &objects, jobs, options.timeout, run.cancel).await;
    waited.map_err(|error| run.waited(&error))
}

/// The record's last word.
pub(super) async fn end(
    mut run: Run<'_>,
    done: Result<(), Error>,
    verb: &Verb,
    history: Vec<Kept>,
) -> Result<Outcome, Error> {
    let finished = match done {
        Ok(()) => finish(&mut run, verb, history).await,
        Err(error) => Err(error),
    };
    match finished {
        Ok(()) => Ok(Outcome {
            release: run.record.stored.release,
            ..run.outcome
        }),
        Err(error) => {
            let (ctx, made) = (run.ctx, std::mem::take(&mut run.made));
            let is_cleaned = run.options.cleanup_on_fail;
            let error = run.fail(error, verb.failure).await;
            match is_cleaned {
                true => Err(undo::clean_up(ctx, &made, verb.failure, error).await),
                false => Err(error),
            }
        }
    }
}

/// First the old ones, then the new one, as Helm does: at most one is `deployed` at any time.
async fn finish(run: &mut Run<'_>, verb: &Verb, history: Vec<Kept>) -> Result<(), Error> {
    run.journal.step("finish").await?;
    for mut old in history {
        if old.release().info.status == status::DEPLOYED {
            status::SUPERSEDED.clone_into(&mut old.stored.release.info.status);
            storage::update(run.ctx, &mut old).await?;
        }
    }
    let given = run.options.description.clone();
    let info = &mut run.record.stored.release.info;
    status::DEPLOYED.clone_into(&mut info.status);
    if let Some(text) = given.or_else(|| verb.complete.map(str::to_owned)) {
        info.description = text;
    }
    run.save().await
}
