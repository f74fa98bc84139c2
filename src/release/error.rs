//! Why a verb failed.

use super::{Conflict, Holder};
use crate::base::report::Hint;
use crate::helm::engines::Engine;

/// Why a verb failed. The text is Helm's where Helm has one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Storage or apply: with the object.
    #[error("{doing}: {source}")]
    Cluster {
        /// What was being done, and with which object.
        doing: String,
        /// The cause.
        source: crate::k8s::Error,
    },
    /// Anything that Helm words itself.
    #[error("{0}")]
    Helm(String),
    /// Errors of several objects, as Helm lists them, also a single one.
    #[error("{prefix}{}", errors.join("; "))]
    Listed {
        /// Helm's words before them.
        prefix: String,
        /// One for each object.
        errors: Vec<String>,
    },
    /// Objects that exist and are not this release's: all of them. Nothing was changed.
    #[error("{prefix}: {}", listed(conflicts))]
    Ownership {
        /// Helm's words.
        prefix: &'static str,
        /// The objects.
        conflicts: Vec<Conflict>,
    },
    /// Another Helm's pending operation.
    #[error("another operation (install/upgrade/rollback) is in progress")]
    LockedByOther,
    /// Another one of ours is at work on this release.
    #[error("`{}` (run {}) is at work on this release", holder.identity, holder.run)]
    Busy {
        /// Who.
        holder: Holder,
    },
    /// Somebody took the release over while we were at work: they thought us dead. Nothing more was written.
    #[error("`{}` (run {}) has taken this release over", holder.identity, holder.run)]
    TakenOver {
        /// Who.
        holder: Holder,
    },
    /// It failed after its record was written; the record is `failed` and says the same.
    #[error("{message}")]
    Failed {
        /// Helm's text, on one line where Helm needs several for one error.
        message: String,
        /// Helm's text as it is.
        told: String,
        /// The revision it wrote.
        revision: i64,
        /// The log of the Helm hook that failed, where there is one.
        log: Option<String>,
    },
    /// Given up: a newer commit, or shutdown. The record is marked failed with this reason.
    #[error("given up: {0}")]
    Cancelled(String),
}

fn listed(conflicts: &[Conflict]) -> String {
    let texts: Vec<String> = conflicts.iter().map(Conflict::to_string).collect();
    texts.join("\n")
}

impl Error {
    /// The text as this Helm writes it.
    #[must_use]
    pub fn told(&self, engine: &Engine) -> String {
        match self {
            Error::Listed { prefix, errors } => format!("{prefix}{}", engine.error_list.text(errors)),
            Error::Failed { told, .. } => told.clone(),
            error => error.to_string(),
        }
    }
    /// With words before it, where the text is Helm's.
    pub(super) fn after(self, words: &str) -> Error {
        match self {
            Error::Helm(text) => Error::Helm(format!("{words}{text}")),
            Error::Listed { prefix, errors } => Error::Listed {
                prefix: format!("{words}{prefix}"),
                errors,
            },
            error => error,
        }
    }
    /// Is there a record that says so?
    pub(super) fn is_recorded(&self) -> bool {
        matches!(self, Error::Failed { .. } | Error::Cancelled(_))
    }
    /// The same with another text, made of its own.
    pub(super) fn retold(self, text: impl Fn(&str) -> String) -> Error {
        match self {
            Error::Failed {
                message,
                told,
                revision,
                log,
            } => Error::Failed {
                message: text(&message),
                told: text(&told),
                revision,
                log,
            },
            Error::Cancelled(reason) => Error::Cancelled(text(&reason)),
            error => Error::Helm(text(&error.to_string())),
        }
    }
    /// The log of the Helm hook that failed.
    #[must_use]
    pub fn log(&self) -> Option<&str> {
        match self {
            Error::Failed { log, .. } => log.as_deref(),
            _ => None,
        }
    }
    /// Wraps the API server's answer: `map_err(Error::doing(|| format!("reading {x}")))`.
    pub(super) fn doing<W: Into<String>>(
        what: impl FnOnce() -> W,
    ) -> impl FnOnce(crate::k8s::Error) -> Error {
        move |source| Error::Cluster {
            doing: what().into(),
            source,
        }
    }
}

impl Hint for Error {
    fn hints(&self) -> Vec<String> {
        match self {
            Error::Cluster { source, .. } => source.hints(),
            Error::Ownership { conflicts, .. } => conflicts.iter().map(hint_of).collect(),
            Error::LockedByOther => vec![
                "another Helm is at work, or died at it: wait, or roll the release back with that Helm"
                    .to_owned(),
            ],
            // The record keeps Helm's text and not the answer itself, so the text decides, for advice alone.
            Error::Failed { message, .. } if message.contains("field is immutable") => vec![
                "no server changes this field of an object that is there: give the object another name in the chart, or delete it and sync again"
                    .to_owned(),
            ],
            Error::Failed { .. }
            | Error::Helm(_)
            | Error::Listed { .. }
            | Error::Busy { .. }
            | Error::TakenOver { .. }
            | Error::Cancelled(_) => Vec::new(),
        }
    }
}

fn hint_of(conflict: &Conflict) -> String {
    let object = &conflict.object;
    match &conflict.owner {
        Some(owner) => {
            format!("{object} belongs to release {owner}: rename one of the two, or remove it there")
        }
        None => {
            format!("{object} belongs to no release: delete it, or give it the keys that the message names")
        }
    }
}
