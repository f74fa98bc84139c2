//! Install and upgrade.

use tokio_util::sync::CancellationToken;

use super::decide::{self, Decision};
use super::plan::Check;
use super::session::Session;
use super::storage::{self, Kept};
use super::verb::{self, INSTALL, UPGRADE, Verb};
use super::{Context, Error, Observed, Options, Outcome, crds, namespace, observe, plan, undo};
use crate::helm::record::{self, Info, Release, Stored, status};
use crate::helm::render::Rendered;

/// Installs or upgrades, as `observed` and the intent say, with journal, Helm hooks, wait, record and pruning. What is
/// `Pending` with a holder that the caller knows to be dead is taken over.
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
    let steps = observe::steps_of(observed);
    let decision = decide::decide(observed.name.as_str(), &steps, options.intent);
    let is_upgrade = match decision {
        Decision::Install { revision, .. } => {
            let release = new_release(ctx, observed, rendered, (&INSTALL, revision));
            namespace::create_if_asked(ctx, options, rendered, release).await?;
            false
        }
        Decision::Upgrade { .. } => true,
        Decision::Locked => observed.is_upgrade, // The session knows whose it is.
        refused => return Err(refusal(ctx, refused)),
    };
    let verb = if is_upgrade { "upgrade" } else { "install" };
    let mut session = Session::open(ctx, observed, verb, (options, cancel)).await?;
    let result = decide_and_act(&mut session, rendered).await;
    let result = session.close(result).await;
    match result {
        Err(error) if options.atomic && error.is_recorded() => {
            Err(undo::failed(ctx, observed, is_upgrade, (options, error)).await)
        }
        result => result,
    }
}

/// May a deploy with this intent begin? Gives the revision that an upgrade starts from; `None`: it is an install.
///
/// # Errors
/// Helm's text.
pub fn baseline(ctx: &Context, observed: &Observed, options: &Options) -> Result<Option<i64>, Error> {
    let steps = observe::steps_of(observed);
    match decide::decide(observed.name.as_str(), &steps, options.intent) {
        Decision::Install { .. } => Ok(None),
        Decision::Upgrade { baseline, .. } => Ok(Some(baseline)),
        refused => Err(refusal(ctx, refused)),
    }
}

/// What a deploy would write, with all checks made; nothing is changed.
///
/// # Errors
/// See [`Error`].
pub async fn dry_run(
    ctx: &Context,
    observed: &Observed,
    rendered: &Rendered,
    options: &Options,
) -> Result<Release, Error> {
    record::check_labels(&options.labels).map_err(Error::Helm)?;
    let history = storage::history(ctx, observed.name.as_str()).await?;
    let steps: Vec<decide::Step> = history.iter().map(observe::step).collect();
    let intent = options.intent;
    let name = observed.name.as_str();
    let (verb, revision, baseline) = match decide::decide(name, &steps, intent) {
        // A dry run of an install does not look at the name.
        Decision::Install { .. } | Decision::InUse => (&INSTALL, 1, None),
        Decision::Upgrade { revision, baseline } => (&UPGRADE, revision, Some(baseline)),
        refused => return Err(refusal(ctx, refused)),
    };
    let base = history
        .iter()
        .find(|kept| Some(kept.release().version) == baseline);
    let previous = base.map(|kept| kept.release().manifest.as_str());
    plan::make(ctx, name, (&rendered.manifest, previous), check(options)).await?;
    let mut release = new_release(ctx, observed, rendered, (verb, revision));
    if let Some(base) = base {
        release
            .info
            .first_deployed
            .clone_from(&base.release().info.first_deployed);
    }
    let given = options.description.clone().filter(|_| base.is_some());
    release.info.description = given.unwrap_or_else(|| "Dry run complete".to_owned());
    Ok(release)
}

fn check(options: &Options) -> Check {
    if options.take_ownership {
        Check::TakeOver
    } else {
        Check::Ownership
    }
}

/// Source: helm `pkg/action/{install,upgrade}.go`, v3.17 and v4.3.
fn refusal(ctx: &Context, decision: Decision) -> Error {
    match decision {
        Decision::Refused(text) => Error::Helm(text),
        Decision::InUse => Error::Helm(ctx.engine.name_in_use.to_owned()),
        Decision::Locked | Decision::Install { .. } | Decision::Upgrade { .. } => Error::LockedByOther,
    }
}

async fn decide_and_act(session: &mut Session<'_>, rendered: &Rendered) -> Result<Outcome, Error> {
    let history = session.history().await?;
    let steps: Vec<decide::Step> = history.iter().map(observe::step).collect();
    match decide::decide(session.observed.name.as_str(), &steps, session.options.intent) {
        Decision::Install { revision, replaces } => {
            install(session, rendered, history, (revision, replaces)).await
        }
        Decision::Upgrade { revision, baseline } => {
            upgrade(session, rendered, history, (revision, baseline)).await
        }
        refused => Err(refusal(session.ctx, refused)),
    }
}

async fn install(
    session: &mut Session<'_>,
    rendered: &Rendered,
    mut history: Vec<Kept>,
    (revision, replaces): (i64, Option<i64>),
) -> Result<Outcome, Error> {
    let ctx = session.ctx;
    let release = new_release(ctx, session.observed, rendered, (&INSTALL, revision));
    let labels = session.options.labels.clone();
    let packed = storage::pack(ctx, Stored { release, labels })?;
    let created = install_definitions(session, rendered).await?;
    let name = session.observed.name.as_str();
    let plan = plan::make(ctx, name, (&rendered.manifest, None), check(session.options)).await?;
    let replaced = history
        .iter_mut()
        .find(|kept| Some(kept.release().version) == replaces);
    supersede_uninstalled(ctx, replaced).await?;
    let mut run = session.begin(packed, verb::outcome(revision, created)).await?;
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
    let ctx = session.ctx;
    let manifests = (rendered.manifest.as_str(), Some(base.manifest.as_str()));
    let plan = plan::make(
        ctx,
        session.observed.name.as_str(),
        manifests,
        check(session.options),
    )
    .await?;
    let mut release = new_release(ctx, session.observed, rendered, (&UPGRADE, revision));
    if base.info.first_deployed.is_some() {
        release.info.first_deployed = base.info.first_deployed;
    }
    let packed = storage::pack(ctx, with_labels(session, release, &history))?;
    let history = session.prune(history).await?;
    let mut run = session.begin(packed, verb::outcome(revision, Vec::new())).await?;
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

fn new_release(
    ctx: &Context,
    observed: &Observed,
    rendered: &Rendered,
    (verb, revision): (&Verb, i64),
) -> Release {
    let now = (ctx.now)().to_string();
    Release {
        name: observed.name.to_string(),
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
fn with_labels(session: &Session<'_>, release: Release, history: &[Kept]) -> Stored {
    let earlier = history.last().map(|kept| kept.stored.labels.clone());
    Stored {
        labels: record::labels_with(&earlier.unwrap_or_default(), &session.options.labels),
        release,
    }
}
