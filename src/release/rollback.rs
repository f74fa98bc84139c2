//! Rollback: an earlier revision's manifest and values once more, as a new revision.
//! Source: helm `pkg/action/rollback.go`, v3.17.

use tokio_util::sync::CancellationToken;

use super::plan::Check;
use super::session::Session;
use super::storage;
use super::verb::{self, ROLLBACK};
use super::{Context, Error, Observed, Options, Outcome, deploy, plan};
use crate::helm::record::{Stored, status};

/// Goes back to a revision; `None`: the one before the newest, whatever its status. Nothing is rendered, and objects that
/// are not ours by their keys are patched all the same, as in Helm.
///
/// # Errors
/// See [`Error`].
pub async fn rollback(
    ctx: &Context,
    observed: &Observed,
    to: Option<i64>,
    options: &Options,
    cancel: &CancellationToken,
) -> Result<Outcome, Error> {
    if observed.history.is_empty() {
        return Err(Error::Helm("release: not found".to_owned()));
    }
    let mut session = Session::open_over_others(ctx, observed, "rollback", (options, cancel)).await?;
    let result = go_back(&mut session, to).await;
    session.close(result).await
}

async fn go_back(session: &mut Session<'_>, to: Option<i64>) -> Result<Outcome, Error> {
    let history = session.history().await?;
    let Some(current) = history.last() else {
        return Err(Error::Helm("release: not found".to_owned()));
    };
    let revision = current.release().version + 1;
    let to = to.unwrap_or(current.release().version - 1);
    let Some(target) = history.iter().find(|kept| kept.release().version == to) else {
        return Err(Error::Helm(format!("release has no {to} version")));
    };
    let stored = Stored {
        release: copied(
            session,
            target.release(),
            (revision, current.release().info.first_deployed.as_ref()),
        ),
        labels: target.stored.labels.clone(),
    };
    let name = session.observed.name.as_str();
    let manifests = (
        stored.release.manifest.as_str(),
        Some(current.release().manifest.as_str()),
    );
    let plan = plan::make(session.ctx, name, manifests, Check::TakeOver).await?;
    let packed = storage::pack(session.ctx, stored)?;
    let history = session.prune(history).await?;
    let mut run = session.begin(packed, verb::outcome(revision, Vec::new())).await?;
    let done = verb::execute(&mut run, &plan, &ROLLBACK).await;
    verb::end(run, done, &ROLLBACK, history).await
}

fn copied(
    session: &Session<'_>,
    target: &crate::helm::record::Release,
    (revision, first_deployed): (i64, Option<&String>),
) -> crate::helm::record::Release {
    let mut release = target.clone();
    let is_v4 = session.ctx.engine.is_v4;
    release.info.rollback_revision = if is_v4 { release.version } else { 0 };
    release.info.first_deployed = first_deployed.cloned();
    release.info.last_deployed = Some((session.ctx.now)().to_string());
    release.info.deleted = None;
    release.info.description = format!("{} {}", ROLLBACK.underway, release.version);
    status::PENDING_ROLLBACK.clone_into(&mut release.info.status);
    release.version = revision;
    release.apply_method = deploy::apply_method(session.ctx);
    release
}
