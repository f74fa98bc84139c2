//! One verb at work on one revision: its record, its journal, its end.

use tokio_util::sync::CancellationToken;

use super::journal::Journal;
use super::storage::{self, Kept};
use super::{Context, Error, Filter, Options, Outcome};
use crate::helm::record::{Release, status};
use crate::k8s::{ObjectRef, WaitError};

/// A revision in the making. The record exists and is pending.
pub(super) struct Run<'a> {
    pub(super) ctx: &'a Context,
    pub(super) options: &'a Options,
    pub(super) cancel: &'a CancellationToken,
    pub(super) journal: &'a mut Journal,
    pub(super) record: Kept,
    pub(super) outcome: Outcome,
    /// What was created, with its uid.
    pub(super) made: Vec<(ObjectRef, String)>,
    /// Which hooks run; empty: all.
    pub(super) filter: Filter,
    /// Of the hook that failed.
    pub(super) log: Option<String>,
}

impl Run<'_> {
    pub(super) fn release(&self) -> &Release {
        self.record.release()
    }
    /// RFC 3339, with as many digits as needed, as Go writes it.
    pub(super) fn now(&self) -> String {
        (self.ctx.now)().to_string()
    }
    /// Begins a step, unless we were asked to stop or somebody has taken over.
    pub(super) async fn step(&mut self, step: &str) -> Result<(), Error> {
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled(reason(self.options)));
        }
        self.journal.step(step).await
    }
    /// Writes the record as it is in memory.
    pub(super) async fn save(&mut self) -> Result<(), Error> {
        storage::update(self.ctx, &mut self.record).await
    }
    /// A wait's end in the words of this room.
    pub(super) fn waited(&self, error: &WaitError) -> Error {
        match error {
            WaitError::Cancelled => Error::Cancelled(reason(self.options)),
            error => Error::Helm(error.to_string()),
        }
    }
    /// Marks the record failed, and gives the error that the caller sees. Where even that does not succeed, the journal
    /// stays open: the next one settles it.
    pub(super) async fn fail(mut self, error: Error, prefix: &str) -> Error {
        let is_taken_over = |error: &Error| matches!(error, Error::TakenOver { .. });
        if is_taken_over(&error) {
            return error; // Nothing here is ours any more.
        }
        match self.journal.step("fail").await {
            Err(taken) if is_taken_over(&taken) => return taken,
            _ => {} // A journal that cannot be written now is settled by the next one.
        }
        let description = match &error {
            Error::Cancelled(reason) => reason.clone(),
            error => {
                let told = error.told(self.ctx.engine);
                format!("{prefix} \"{}\" failed: {told}", self.release().name)
            }
        };
        let info = &mut self.record.stored.release.info;
        status::FAILED.clone_into(&mut info.status);
        info.description = description;
        if let Err(unsaved) = self.save().await {
            tracing::error!(release = self.release().name, %unsaved, "the record could not be marked failed");
            self.journal.keep_open();
        }
        match error {
            cancelled @ Error::Cancelled(_) => cancelled,
            error => Error::Failed {
                message: error.to_string(),
                told: error.told(self.ctx.engine),
                revision: self.release().version,
                log: self.log,
            },
        }
    }
}

/// Why we were asked to stop.
pub(super) fn reason(options: &Options) -> String {
    options
        .cancel_reason
        .get()
        .cloned()
        .unwrap_or_else(|| "given up before it was done".to_owned())
}
