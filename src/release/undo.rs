//! What `--atomic` does with a deploy that failed, and `--cleanup-on-fail` with what it created.
//! Source: helm `pkg/action/{install,upgrade}.go` (`failRelease`), v3.17 and v4.3.

use tokio_util::sync::CancellationToken;

use super::{Context, Error, Observed, Options, Wait, apply, observe, rollback, uninstall};
use crate::base::names::ReleaseName;
use crate::helm::record::status;
use crate::k8s::ObjectRef;

/// Takes a failed deploy back; gives the error that tells of both.
pub(super) async fn failed(
    ctx: &Context,
    observed: &Observed,
    is_upgrade: bool,
    (options, error): (&Options, Error),
) -> Error {
    let name = &observed.name;
    let undone = if is_upgrade {
        go_back(ctx, name, options).await
    } else {
        remove(ctx, name, options).await
    };
    let (done, doing, verb) = match is_upgrade {
        true => ("rolled back", "rolling back", "upgrade"),
        false => ("uninstalled", "uninstalling", "install"),
    };
    let why = ctx.engine.atomic_flag;
    error.retold(|error| match &undone {
        Ok(true) => format!("release {name} failed, and has been {done} due to {why} being set: {error}"),
        Ok(false) => format!(
            "unable to find a previously successful release when attempting to rollback. original upgrade error: {error}"
        ),
        Err(second) => {
            format!("an error occurred while {doing} the release. original {verb} error: {error}: {second}")
        }
    })
}

/// Deletes what a failed upgrade or rollback created; gives the error that tells of both.
pub(super) async fn clean_up(ctx: &Context, made: &[(ObjectRef, String)], verb: &str, error: Error) -> Error {
    if !error.is_recorded() {
        return error;
    }
    let mut problems = Vec::new();
    for (at, uid) in made {
        if let Err(problem) = apply::delete(ctx, at, uid.clone()).await {
            problems.push(problem.to_string());
        }
    }
    if problems.is_empty() {
        return error;
    }
    let (verb, problems) = (verb.to_lowercase(), problems.join(", "));
    error.retold(|error| {
        format!(
            "an error occurred while cleaning up resources. original {verb} error: {error}: unable to cleanup resources: {problems}"
        )
    })
}

async fn remove(ctx: &Context, name: &ReleaseName, options: &Options) -> Result<bool, Error> {
    let observed = observe(ctx, name).await?;
    let options = Options {
        no_hooks: options.no_hooks,
        timeout: options.timeout,
        ..Options::default()
    };
    uninstall(ctx, &observed, false, &options, &CancellationToken::new()).await?;
    Ok(true)
}

/// To the newest revision that was good once; `false` where there is none.
async fn go_back(ctx: &Context, name: &ReleaseName, options: &Options) -> Result<bool, Error> {
    let observed = observe(ctx, name).await?;
    let was_good = |status: &str| matches!(status, status::SUPERSEDED | status::DEPLOYED);
    let target = observed.history.iter().rev().find(|step| was_good(&step.status));
    let Some(target) = target.map(|step| step.revision) else {
        return Ok(false);
    };
    let options = Options {
        wait: Wait::Helm,
        wait_for_jobs: options.wait_for_jobs,
        no_hooks: options.no_hooks,
        force: options.force,
        timeout: options.timeout,
        ..Options::default()
    };
    rollback(ctx, &observed, Some(target), &options, &CancellationToken::new()).await?;
    Ok(true)
}
