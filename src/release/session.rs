//! A verb under its journal: what was left behind is settled first, and nobody else is at work until it is closed.

use tokio_util::sync::CancellationToken;

use super::decide;
use super::journal::{Entry, Journal};
use super::run::{Run, reason};
use super::storage::{self, Kept, Packed};
use super::{Context, Error, Filter, Observed, Options, Outcome, State, hooks, observe};
use crate::helm::record::status;

/// What a verb was called with, and its open journal.
pub(super) struct Session<'a> {
    pub(super) ctx: &'a Context,
    pub(super) observed: &'a Observed,
    pub(super) options: &'a Options,
    pub(super) cancel: &'a CancellationToken,
    pub(super) journal: Journal,
    left: Option<Entry>,
    /// Another Helm's pending operation is no lock, but a revision like any other.
    is_over_others: bool,
}

impl<'a> Session<'a> {
    /// Opens the journal. What is `Pending` is taken over: the caller knows its holder to be dead.
    pub(super) async fn open(
        ctx: &'a Context,
        observed: &'a Observed,
        verb: &str,
        (options, cancel): (&'a Options, &'a CancellationToken),
    ) -> Result<Session<'a>, Error> {
        if observed.state == State::LockedByOther {
            return Err(Error::LockedByOther);
        }
        Session::open_over_others(ctx, observed, verb, (options, cancel)).await
    }

    /// Opens the journal also where another Helm's operation is pending: Helm's rollback and uninstall do not look at it,
    /// and are what frees a release whose Helm died. The revision stays as it is.
    pub(super) async fn open_over_others(
        ctx: &'a Context,
        observed: &'a Observed,
        verb: &str,
        (options, cancel): (&'a Options, &'a CancellationToken),
    ) -> Result<Session<'a>, Error> {
        let dead = match &observed.state {
            State::Pending { holder } => Some(holder),
            State::Absent | State::Settled | State::LockedByOther => None,
        };
        let (journal, left) = Journal::open(ctx, observed.name.as_str(), verb, dead).await?;
        Ok(Session {
            ctx,
            observed,
            options,
            cancel,
            journal,
            left,
            is_over_others: observed.state == State::LockedByOther,
        })
    }

    /// Closes the journal and gives the verb's result.
    pub(super) async fn close<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        self.journal.close(&result).await;
        match result {
            Err(Error::Cancelled(_)) => Err(Error::Cancelled(reason(self.options))),
            result => result,
        }
    }

    /// All revisions, oldest first, none of them pending: what a dead run of ours left pending is marked failed, and its
    /// hook has ended.
    pub(super) async fn history(&mut self) -> Result<Vec<Kept>, Error> {
        let mut history = storage::history(self.ctx, self.observed.name.as_str()).await?;
        self.settle_hook(&history).await?;
        if let Some(last) = history.last_mut().filter(|kept| kept.release().is_pending()) {
            self.settle_record(last).await?;
        }
        self.check_unchanged(&history)?;
        Ok(history)
    }

    async fn settle_hook(&mut self, history: &[Kept]) -> Result<(), Error> {
        let Some(hook) = self.left.as_ref().and_then(|entry| entry.hook.as_ref()) else {
            return Ok(());
        };
        let known = history.last().map(|kept| kept.release().hooks.as_slice());
        let is_in_the_way = hooks::stays_in_the_way(known.unwrap_or_default(), hook);
        hooks::settle(self.ctx, self.options, self.cancel, (hook, is_in_the_way)).await?;
        self.journal.hook_ended();
        Ok(())
    }

    /// A pending revision that our journal does not name is another Helm's, and left alone.
    async fn settle_record(&self, last: &mut Kept) -> Result<(), Error> {
        let is_its = |entry: &&Entry| !entry.is_finished() && entry.revision == last.release().version;
        let Some(left) = self.left.as_ref().filter(is_its) else {
            return match self.is_over_others {
                true => Ok(()),
                false => Err(Error::LockedByOther),
            };
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

    /// Makes room for one more revision; gives those that stay.
    pub(super) async fn prune(&self, history: Vec<Kept>) -> Result<Vec<Kept>, Error> {
        let steps: Vec<decide::Step> = history.iter().map(observe::step).collect();
        let surplus = decide::prunable(&steps, self.options.history_max);
        let (gone, kept): (Vec<Kept>, Vec<Kept>) = history
            .into_iter()
            .partition(|kept| surplus.contains(&kept.release().version));
        for old in &gone {
            storage::delete(self.ctx, old).await?;
        }
        Ok(kept)
    }

    /// Writes the pending record: from here on the revision exists, and ends deployed or failed.
    pub(super) async fn begin(&mut self, packed: Packed, outcome: Outcome) -> Result<Run<'_>, Error> {
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled(reason(self.options)));
        }
        self.journal.revision(packed.stored.release.version).await?;
        let record = storage::create(self.ctx, packed).await?;
        Ok(self.run(record, outcome))
    }

    /// A run on a record that exists.
    pub(super) fn run(&mut self, record: Kept, outcome: Outcome) -> Run<'_> {
        Run {
            ctx: self.ctx,
            options: self.options,
            cancel: self.cancel,
            journal: &mut self.journal,
            record,
            outcome,
            made: Vec::new(),
            filter: Filter::default(),
            log: None,
        }
    }
}
