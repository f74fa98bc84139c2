//! Install and upgrade.

use tokio_util::sync::CancellationToken;

use super::decide::{self, Decision};
use super::session::Session;
use super::storage::{self, Kept};
use super::verb::{self, INSTALL, UPGRADE, Verb};
use super::{Context, Error, Observed, Options, Outcome, crds, observe, plan};
use crate::helm::record::{self, Info, Release, Stored, status};
use crate::helm::render::Rendered;

/// Installs or upgrades, as `observed` says, with journal, Helm hooks, wait, record and pruning. What is `Pending` with a
/// holder that the caller knows to be dead is taken over.
///
/// # Errors
/// See [`Error`]; the record is then `failed`, never `pending-*`, unless the API server was gone.
pub async fn deploy(
    ctx: &Context,
    observed: &Observed,
    rendered: &Rendered,
    options: &Options,
    cancel: &CancellationToken,
) -> Result<Outcome, Error> {
    record::check_labels(&options.labels).map_err(Error::Helm)?;
    let verb = if observed.is_upgrade { "upgrade" } else { "install" };
    let mut session = Session::open(ctx, observed, verb, (options, cancel)).await?;
    let result = decide_and_act(&mut session, rendered).await;
    session.close(result).await
}

async fn decide_and_act(session: &mut Session<'_>, rendered: &Rendered) -> Result<Outcome, Error> {
    let history = session.history().await?;
    let steps: Vec<decide::Step> = history.iter().map(observe::step).collect();
    match decide::decide(session.observed.name.as_str(), &steps) {
        Decision::Locked => Err(Error::LockedByOther),
        Decision::Refused(text) => Err(Error::Helm(text)),
        Decision::Install { revision, replaces } => {
            install(session, rendered, history, (revision, replaces)).await
        }
        Decision::Upgrade { revision, baseline } => {
            upgrade(session, rendered, history, (revision, baseline)).await
        }
    }
}

async fn install(
    session: &mut Session<'_>,
    rendered: &Rendered,
    mut history: Vec<Kept>,
    (revision, replaces): (i64, Option<i64>),
) -> Result<Outcome, Error> {
    let created = install_definitions(session, rendered).await?;
    let plan = plan::make(
        session.ctx,
        session.observed.name.as_str(),
        &rendered.manifest,
        None,
    )
    .await?;
    let replaced = history
        .iter_mut()
        .find(|kept| Some(kept.release().version) == replaces);
    supersede_uninstalled(session.ctx, replaced).await?;
    let stored = stored(
        session,
        new_release(session, rendered, &INSTALL, revision),
        &history,
    );
    let mut run = session.begin(stored, verb::outcome(revision, created)).await?;
    let done = verb::execute(&mut run, &plan, &INSTALL).await;
    verb::end(run, done, &INSTALL, history).await
}

async fn upgrade(
    session: &mut Session<'_>,
    rendered: &Rendered,
    history: Vec<Kept>,
    (revision, baseline): (i64, i64),
) -> Result<Outcome, Error> {
    let base = history.iter().find(|kept| kept.release().version == baseline);
    let base = base.map(|kept| kept.release().clone()).unwrap_or_default();
    let name = session.observed.name.as_str();
    let plan = plan::make(session.ctx, name, &rendered.manifest, Some(&base.manifest)).await?;
    let mut release = new_release(session, rendered, &UPGRADE, revision);
    if base.info.first_deployed.is_some() {
        release.info.first_deployed = base.info.first_deployed;
    }
    let stored = stored(session, release, &history);
    let history = session.prune(history).await?;
    let mut run = session.begin(stored, verb::outcome(revision, Vec::new())).await?;
    let done = verb::execute(&mut run, &plan, &UPGRADE).await;
    verb::end(run, done, &UPGRADE, history).await
}

async fn install_definitions(session: &mut Session<'_>, rendered: &Rendered) -> Result<Vec<String>, Error> {
    if session.options.skip_crds || rendered.crds.is_empty() {
        return Ok(Vec::new());
    }
    session.journal.step("definitions").await?;
    crds::install(session.ctx, &rendered.crds, session.cancel).await
}

/// Source: helm `pkg/action/install.go` (`replaceRelease`), v3.17.
async fn supersede_uninstalled(ctx: &Context, replaced: Option<&mut Kept>) -> Result<(), Error> {
    let Some(kept) = replaced else {
        return Ok(());
    };
    let info = &mut kept.stored.release.info;
    status::SUPERSEDED.clone_into(&mut info.status);
    "superseded by new release".clone_into(&mut info.description);
    storage::update(ctx, kept).await
}

fn new_release(session: &Session<'_>, rendered: &Rendered, verb: &Verb, revision: i64) -> Release {
    let ctx = session.ctx;
    let now = (ctx.now)().to_string();
    Release {
        name: session.observed.name.to_string(),
        info: Info {
            first_deployed: Some(now.clone()),
            last_deployed: Some(now),
            description: verb.underway.to_owned(),
            status: verb.pending.to_owned(),
            notes: rendered.notes.clone(),
            ..Info::default()
        },
        chart: record::chart_json(&rendered.chart, ctx.engine),
        config: rendered.config.clone(),
        manifest: rendered.manifest.clone(),
        hooks: rendered.hooks.clone(),
        version: revision,
        namespace: ctx.namespace.to_string(),
        apply_method: apply_method(ctx),
        ..Release::default()
    }
}

/// Server-side apply comes with its own issue; until then the record says what was done.
pub(super) fn apply_method(ctx: &Context) -> String {
    if ctx.engine.is_v4 {
        "csa".to_owned()
    } else {
        String::new()
    }
}

/// With the labels of the last revision under those given.
fn stored(session: &Session<'_>, release: Release, history: &[Kept]) -> Stored {
    let earlier = history.last().map(|kept| kept.stored.labels.clone());
    Stored {
        labels: record::labels_with(&earlier.unwrap_or_default(), &session.options.labels),
        release,
    }
}
