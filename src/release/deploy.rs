//! Install and upgrade.

use tokio_util::sync::CancellationToken;

use super::decide::{self, Decision};
use super::journal::{Entry, Journal};
use super::plan::{self, Plan};
use super::run::{Run, reason};
use super::storage::{self, Kept};
use super::{Context, Error, Observed, Options, Outcome, State, Wait, apply, crds, hooks, observe};
use crate::helm::record::{self, Info, Release, Stored, status};
use crate::helm::render::Rendered;
use crate::k8s::{Object, wait};

/// The two verbs and the words in which they differ.
struct Verb {
    pre: &'static str,
    post: &'static str,
    pending: &'static str,
    underway: &'static str,
    complete: &'static str,
    /// Of the description of a failure.
    failure: &'static str,
    pre_failed: &'static str,
    post_failed: &'static str,
}

/// Source: helm `pkg/action/install.go`, v3.17.
const INSTALL: Verb = Verb {
    pre: "pre-install",
    post: "post-install",
    pending: status::PENDING_INSTALL,
    underway: "Initial install underway",
    complete: "Install complete",
    failure: "Release",
    pre_failed: "failed pre-install",
    post_failed: "failed post-install",
};

/// Source: helm `pkg/action/upgrade.go`, v3.17.
const UPGRADE: Verb = Verb {
    pre: "pre-upgrade",
    post: "post-upgrade",
    pending: status::PENDING_UPGRADE,
    underway: "Preparing upgrade",
    complete: "Upgrade complete",
    failure: "Upgrade",
    pre_failed: "pre-upgrade hooks failed",
    post_failed: "post-upgrade hooks failed",
};

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
    let dead = match &observed.state {
        State::LockedByOther => return Err(Error::LockedByOther),
        State::Pending { holder } => Some(holder),
        State::Absent | State::Settled => None,
    };
    let name = observed.name.as_str();
    let verb = if observed.is_upgrade { "upgrade" } else { "install" };
    let (mut journal, left) = Journal::open(ctx, name, verb, dead).await?;
    let work = Work {
        ctx,
        observed,
        rendered,
        options,
        cancel,
    };
    let result = work.under(&mut journal, left.as_ref()).await;
    journal.close(&result).await;
    match result {
        Err(Error::Cancelled(_)) => Err(Error::Cancelled(reason(options))),
        result => result,
    }
}

/// What a deploy was given.
struct Work<'a> {
    ctx: &'a Context,
    observed: &'a Observed,
    rendered: &'a Rendered,
    options: &'a Options,
    cancel: &'a CancellationToken,
}

impl Work<'_> {
    async fn under(&self, journal: &mut Journal, left: Option<&Entry>) -> Result<Outcome, Error> {
        let mut history = storage::history(self.ctx, self.observed.name.as_str()).await?;
        self.settle(journal, &mut history, left).await?;
        self.check_unchanged(&history)?;
        let steps: Vec<decide::Step> = history.iter().map(observe::step).collect();
        match decide::decide(self.observed.name.as_str(), &steps) {
            Decision::Locked => Err(Error::LockedByOther),
            Decision::Refused(text) => Err(Error::Helm(text)),
            Decision::Install { revision, replaces } => {
                let installed = self.install_definitions(journal).await?;
                let plan = self.plan(None).await?;
                let replaced =
                    replaces.and_then(|old| history.iter_mut().find(|kept| kept.release().version == old));
                self.supersede_uninstalled(replaced).await?;
                let release = self.new_release(&INSTALL, revision, None);
                let outcome = outcome(revision, installed);
                let mut run = self
                    .begin(journal, self.stored(release, &history), outcome)
                    .await?;
                let done = execute(&mut run, &plan, &INSTALL).await;
                end(run, done, &INSTALL, history).await
            }
            Decision::Upgrade { revision, baseline } => {
                let base = history.iter().find(|kept| kept.release().version == baseline);
                let base = base.map(|kept| kept.release().clone()).unwrap_or_default();
                let plan = self.plan(Some(&base.manifest)).await?;
                let release = self.new_release(&UPGRADE, revision, Some(&base));
                let stored = self.stored(release, &history);
                let history = self.prune(history, &steps).await?;
                let outcome = outcome(revision, Vec::new());
                let mut run = self.begin(journal, stored, outcome).await?;
                let done = execute(&mut run, &plan, &UPGRADE).await;
                end(run, done, &UPGRADE, history).await
            }
        }
    }

    /// Marks the revision that a dead run of ours left pending as failed. A pending one that is not ours is left alone.
    async fn settle(
        &self,
        journal: &mut Journal,
        history: &mut [Kept],
        left: Option<&Entry>,
    ) -> Result<(), Error> {
        if let Some(hook) = left.and_then(|entry| entry.hook.as_ref()) {
            let known = history.last().map(|kept| kept.release().hooks.as_slice());
            let is_in_the_way = hooks::stays_in_the_way(known.unwrap_or_default(), hook);
            hooks::settle(self.ctx, self.options, self.cancel, (hook, is_in_the_way)).await?;
            journal.hook_ended();
        }
        let Some(last) = history.last_mut().filter(|kept| kept.release().is_pending()) else {
            return Ok(());
        };
        let Some(left) =
            left.filter(|entry| !entry.is_finished() && entry.revision == last.release().version)
        else {
            return Err(Error::LockedByOther);
        };
        let now = (self.ctx.now)().to_string();
        let release = &mut last.stored.release;
        status::FAILED.clone_into(&mut release.info.status);
        release.info.description = format!(
            "interrupted: run {} of `{}` ended at step `{}`",
            left.holder.run, left.holder.identity, left.step
        );
        for hook in release
            .hooks
            .iter_mut()
            .filter(|hook| hook.last_run.phase == "Running")
        {
            "Failed".clone_into(&mut hook.last_run.phase);
            hook.last_run.completed_at = Some(now.clone());
        }
        storage::update(self.ctx, last).await
    }

    /// The chart was rendered for one revision: another Helm may have written it meanwhile.
    fn check_unchanged(&self, history: &[Kept]) -> Result<(), Error> {
        let next = history.last().map_or(1, |kept| kept.release().version + 1);
        if next == self.observed.next_revision {
            return Ok(());
        }
        Err(Error::Helm(format!(
            "release {} has changed since it was looked at: its next revision is {next}, not {}",
            self.observed.name, self.observed.next_revision
        )))
    }

    async fn install_definitions(&self, journal: &mut Journal) -> Result<Vec<String>, Error> {
        if self.options.skip_crds || self.rendered.crds.is_empty() {
            return Ok(Vec::new());
        }
        journal.step("definitions").await?;
        crds::install(self.ctx, &self.rendered.crds, self.cancel).await
    }

    async fn plan(&self, previous: Option<&str>) -> Result<Plan, Error> {
        plan::make(
            self.ctx,
            self.observed.name.as_str(),
            &self.rendered.manifest,
            previous,
        )
        .await
    }

    /// Source: helm `pkg/action/install.go` (`replaceRelease`), v3.17.
    async fn supersede_uninstalled(&self, replaced: Option<&mut Kept>) -> Result<(), Error> {
        let Some(kept) = replaced else {
            return Ok(());
        };
        let info = &mut kept.stored.release.info;
        status::SUPERSEDED.clone_into(&mut info.status);
        "superseded by new release".clone_into(&mut info.description);
        storage::update(self.ctx, kept).await
    }

    fn new_release(&self, verb: &Verb, revision: i64, base: Option<&Release>) -> Release {
        let now = (self.ctx.now)().to_string();
        let first = base.and_then(|base| base.info.first_deployed.clone());
        Release {
            name: self.observed.name.to_string(),
            info: Info {
                first_deployed: first.or_else(|| Some(now.clone())),
                last_deployed: Some(now),
                description: verb.underway.to_owned(),
                status: verb.pending.to_owned(),
                notes: self.rendered.notes.clone(),
                ..Info::default()
            },
            chart: record::chart_json(&self.rendered.chart, self.ctx.engine),
            config: self.rendered.config.clone(),
            manifest: self.rendered.manifest.clone(),
            hooks: self.rendered.hooks.clone(),
            version: revision,
            namespace: self.ctx.namespace.to_string(),
            // Server-side apply comes with its own issue; until then the record says what was done.
            apply_method: if self.ctx.engine.is_v4 {
                "csa".to_owned()
            } else {
                String::new()
            },
            ..Release::default()
        }
    }

    /// With the labels of the last revision under those given.
    fn stored(&self, release: Release, history: &[Kept]) -> Stored {
        let earlier = history.last().map(|kept| kept.stored.labels.clone());
        Stored {
            labels: record::labels_with(&earlier.unwrap_or_default(), &self.options.labels),
            release,
        }
    }

    /// Makes room for one more revision; gives those that stay.
    async fn prune(&self, history: Vec<Kept>, steps: &[decide::Step]) -> Result<Vec<Kept>, Error> {
        let surplus = decide::prunable(steps, self.options.history_max);
        let (gone, kept): (Vec<Kept>, Vec<Kept>) = history
            .into_iter()
            .partition(|kept| surplus.contains(&kept.release().version));
        for old in &gone {
            storage::delete(self.ctx, old).await?;
        }
        Ok(kept)
    }

    /// Writes the pending record: from here on the revision exists, and ends deployed or failed.
    async fn begin<'a>(
        &'a self,
        journal: &'a mut Journal,
        stored: Stored,
        outcome: Outcome,
    ) -> Result<Run<'a>, Error> {
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled(reason(self.options)));
        }
        journal.revision(stored.release.version).await?;
        let record = storage::create(self.ctx, stored).await?;
        Ok(Run {
            ctx: self.ctx,
            options: self.options,
            cancel: self.cancel,
            journal,
            record,
            outcome,
            log: None,
        })
    }
}

fn outcome(revision: i64, created: Vec<String>) -> Outcome {
    Outcome {
        revision,
        status: status::DEPLOYED.to_owned(),
        created,
        ..Outcome::default()
    }
}

/// Hooks, objects, waiting.
async fn execute(run: &mut Run<'_>, plan: &Plan, verb: &Verb) -> Result<(), Error> {
    run.outcome.warnings.extend(plan.warnings.iter().cloned());
    let of_hooks = |prefix: &'static str| {
        move |error| match error {
            Error::Helm(text) => Error::Helm(format!("{prefix}: {text}")),
            error => error,
        }
    };
    hooks::run(run, verb.pre)
        .await
        .map_err(of_hooks(verb.pre_failed))?;
    run.step("apply").await?;
    let name = run.release().name.clone();
    apply::apply(run.ctx, &name, plan, &mut run.outcome).await?;
    if run.options.wait == Wait::Helm {
        wait_for(run, plan).await?;
    }
    hooks::run(run, verb.post)
        .await
        .map_err(of_hooks(verb.post_failed))?;
    if run.options.wait == Wait::AfterHooks {
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
async fn end(
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
        Ok(()) => Ok(run.outcome),
        Err(error) => Err(run.fail(error, verb.failure).await),
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
    let description = run.options.description.clone();
    let info = &mut run.record.stored.release.info;
    status::DEPLOYED.clone_into(&mut info.status);
    info.description = description.unwrap_or_else(|| verb.complete.to_owned());
    run.save().await
}
