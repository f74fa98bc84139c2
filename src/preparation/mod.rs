//! Init and pre-processing hooks: run, outputs, digests.
//!
//! A `job` hook's Job is named by its content, so that a changed hook is another object; it carries labels by which it is
//! found again after a crash. What it gives is kept in a Secret of ours. A `secret` hook adds to its Secret what is
//! missing, and never changes what is there.

mod generate;
mod job;
mod kept;
mod labels;
mod manifest;
mod output;
mod secret;

use std::collections::BTreeMap;

use tokio_util::sync::CancellationToken;

use crate::base::files::FileSet;
use crate::base::names::{ComponentName, HookName, Namespace};
use crate::base::secret::Secret;
use crate::k8s::{self, Cluster};
use crate::spec::{self, Hook, HookKind};

/// What hooks need.
#[derive(Clone)]
pub struct Context {
    /// The API server.
    pub cluster: Cluster,
    /// The namespace.
    pub namespace: Namespace,
    /// Random bytes for generated secrets.
    pub entropy: fn(Option<u64>) -> Box<dyn crate::base::entropy::Entropy>,
    /// The commit's id.
    pub commit: String,
    /// The run's id.
    pub run: String,
}

/// What a hook did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Outputs by key (init hooks): a `secret` hook's keys; a `job` hook's last log line if it is a JSON object.
    pub outputs: BTreeMap<String, Secret>,
    /// The end of the log of the pods of a `job` hook.
    pub log: String,
}

/// Why a hook failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The API server's refusal.
    #[error("hook {hook}: {doing}: {source}")]
    Cluster {
        /// The hook.
        hook: HookName,
        /// What was being done.
        doing: String,
        /// The cause.
        source: Box<crate::k8s::Error>,
    },
    /// The manifest does not render.
    #[error("hook {hook}: {problems}")]
    Manifest {
        /// The hook.
        hook: HookName,
        /// With file and line.
        problems: crate::base::report::Problems,
    },
    /// The manifest uses outputs of init hooks that have not run.
    #[error("hook {hook}: {}", spec::list_needed(needed))]
    NeedsOutputs {
        /// The hook.
        hook: HookName,
        /// Whose outputs.
        needed: Vec<spec::NeededOutput>,
    },
    /// The Job failed or took too long.
    #[error("hook {hook}: {reason}")]
    Failed {
        /// The hook.
        hook: HookName,
        /// Job, reason, last log lines.
        reason: String,
        /// The log kept.
        log: String,
    },
    /// Given up.
    #[error("hook {hook}: given up")]
    Cancelled {
        /// The hook.
        hook: HookName,
    },
}

/// One component's hooks: everything about them that is not the hook itself.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The cluster as the commit describes it.
    pub cluster: &'a spec::Cluster,
    /// The component whose hook it is.
    pub component: &'a ComponentName,
    /// The commit's files.
    pub files: &'a FileSet,
    /// Outputs of the component's init hooks so far.
    pub outputs: &'a spec::Outputs,
}

/// The digest of a hook's content (its rendered manifest without commit and run, or its recipe): an init hook whose
/// digest is recorded is not run again.
///
/// # Errors
/// [`Error::Manifest`] and [`Error::NeedsOutputs`]; nothing is asked of the API server.
pub fn digest(target: Target<'_>, hook: &Hook, namespace: &Namespace) -> Result<String, Error> {
    match &hook.kind {
        HookKind::Job { manifest } => manifest::digest(target, hook, manifest, namespace),
        HookKind::Secret { name, data } => Ok(secret::digest(name, data)),
    }
}

/// Runs one hook to its end. Safe to repeat after a crash: a Job of the same content that runs is picked up, and so is
/// one that has finished (of an init hook always, of a pre-processing hook within the same run).
///
/// # Errors
/// See [`Error`].
pub async fn run(
    ctx: &Context,
    target: Target<'_>,
    hook: &Hook,
    cancel: &CancellationToken,
) -> Result<Outcome, Error> {
    if cancel.is_cancelled() {
        return Err(Error::Cancelled {
            hook: hook.name.clone(),
        });
    }
    match &hook.kind {
        HookKind::Job { manifest } => job::run(ctx, target, hook, manifest, cancel).await,
        HookKind::Secret { name, data } => {
            let outputs = secret::ensure(ctx, target.component, hook, name, data).await?;
            Ok(Outcome {
                outputs,
                log: String::new(),
            })
        }
    }
}

/// The outputs of an init hook that ran before (a `secret` hook's Secret is read again; a `job` hook's are kept in its
/// own Secret), without running it. `None`: it never finished, or what it made is gone.
///
/// # Errors
/// [`Error::Cluster`].
pub async fn outputs(
    ctx: &Context,
    component: &ComponentName,
    hook: &Hook,
) -> Result<Option<Outcome>, Error> {
    let found = match &hook.kind {
        HookKind::Job { .. } => kept::read(ctx, component, hook).await?,
        HookKind::Secret { name, data } => secret::read(ctx, hook, name, data).await?,
    };
    Ok(found.map(|outputs| Outcome {
        outputs,
        log: String::new(),
    }))
}

impl Error {
    fn cluster(hook: &Hook, doing: impl Into<String>, source: k8s::Error) -> Error {
        Error::Cluster {
            hook: hook.name.clone(),
            doing: doing.into(),
            source: Box::new(source),
        }
    }
    fn failed(hook: &Hook, reason: impl Into<String>, log: String) -> Error {
        Error::Failed {
            hook: hook.name.clone(),
            reason: reason.into(),
            log,
        }
    }
    fn values(hook: &Hook, error: spec::ValuesError) -> Error {
        let hook = hook.name.clone();
        match error {
            spec::ValuesError::NeedsOutputs(needed) => Error::NeedsOutputs { hook, needed },
            spec::ValuesError::Problems(problems) => Error::Manifest { hook, problems },
        }
    }
}
