//! Init and pre-processing hooks: run, outputs, digests.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::base::files::FileSet;
use crate::base::names::{ComponentName, HookName, Namespace};
use crate::base::secret::Secret;
use crate::k8s::Cluster;
use crate::spec;

/// What hooks need.
#[derive(Clone)]
pub struct Context {
    /// The API server.
    pub cluster: Cluster,
    /// The namespace.
    pub namespace: Namespace,
    /// Random bytes for generated secrets.
    pub entropy: fn(Option<u64>) -> Box<dyn crate::base::entropy::Entropy>,
    /// Commit and run id.
    pub commit: String,
    /// The run's id.
    pub run: String,
}

/// What a hook did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Outputs by key (init hooks): a `secret` hook's keys; a `job` hook's last log line if it is a JSON object.
    pub outputs: std::collections::BTreeMap<String, Secret>,
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
        source: crate::k8s::Error,
    },
    /// The manifest does not render.
    #[error("hook {hook}: {problems}")]
    Manifest {
        /// The hook.
        hook: HookName,
        /// With file and line.
        problems: crate::base::report::Problems,
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

/// The digest of a hook's content (its rendered manifest without commit and run, or its recipe): an init hook whose
/// digest is recorded is not run again.
///
/// # Errors
/// The manifest does not render.
pub fn digest(
    cluster: &spec::Cluster,
    component: &ComponentName,
    hook: &spec::Hook,
    files: &Arc<FileSet>,
    namespace: &Namespace,
    outputs: &spec::Outputs,
) -> Result<String, Error> {
    todo!(
        "{} {component} {} {} {namespace} {}",
        cluster.name,
        hook.name,
        files.len(),
        outputs.len()
    )
}
/// Runs one hook to its end.
///
/// # Errors
/// See [`Error`].
#[expect(
    clippy::too_many_arguments,
    reason = "contract draft; the owner of this room may group them"
)]
pub async fn run(
    ctx: &Context,
    cluster: &spec::Cluster,
    component: &ComponentName,
    hook: &spec::Hook,
    files: &Arc<FileSet>,
    outputs: &spec::Outputs,
    cancel: &CancellationToken,
) -> Result<Outcome, Error> {
    todo!(
        "{} {} {component} {} {} {} {}",
        ctx.namespace,
        cluster.name,
        hook.name,
        files.len(),
        outputs.len(),
        cancel.is_cancelled()
    )
}
/// The outputs of an init hook that ran before (a `secret` hook's Secret is read again; a `job` hook's are kept in its
/// own Secret), without running it.
///
/// # Errors
/// The API server's.
pub async fn outputs(
    ctx: &Context,
    component: &ComponentName,
    hook: &spec::Hook,
) -> Result<Option<Outcome>, Error> {
    todo!("{} {component} {}", ctx.namespace, hook.name)
}
