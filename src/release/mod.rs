//! Helm's verbs: install, upgrade, rollback, uninstall, test, and the storage they share.
//!
//! A deploy reads (`observe`), decides (`decide`, `changes`, `ownership`: pure), and acts (`deploy`, `apply`, `hooks`) under a
//! journal, so that it can be killed at any instruction and the next one continues.

mod apply;
mod changes;
mod crds;
mod decide;
mod deploy;
mod error;
mod hooks;
mod journal;
mod namespace;
mod objects;
mod observe;
pub mod ownership;
mod plan;
mod recreate;
mod rollback;
mod run;
mod session;
mod storage;
mod test;
mod undo;
mod uninstall;
mod verb;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub use deploy::{baseline, deploy, dry_run};
pub use error::Error;
pub use observe::{all, everywhere, history, list, observe, revision};
pub use ownership::Conflict;
pub use rollback::rollback;
pub use test::{Filter, Tested, test};
pub use uninstall::uninstall;

use crate::base::names::{Namespace, ReleaseName};
use crate::helm::engines::Engine;
use crate::helm::record::Release;
use crate::k8s::{Cluster, Propagation};

/// The field manager of releases: Helm's own, so that either program can take away what the other has set.
const FIELD_MANAGER: &str = "helm";

/// Who is at work: goes into the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Holder {
    /// Pod uid, or host and user of a CLI.
    pub identity: String,
    /// Random, new with every process start.
    pub start_id: String,
    /// Of the lease, when it was taken; 0 without one.
    pub lease_transitions: i64,
    /// The sync run, or the CLI call.
    pub run: String,
}

/// Where records are kept. Source: helm `pkg/action/action.go` (`Init`), v3.17.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Driver {
    /// Secrets, Helm's default.
    #[default]
    Secret,
    /// `ConfigMaps`.
    ConfigMap,
}

/// What all verbs need.
#[derive(Clone)]
pub struct Context {
    /// The API server.
    pub cluster: Cluster,
    /// The release namespace.
    pub namespace: Namespace,
    /// Where records are kept.
    pub driver: Driver,
    /// Which Helm to be.
    pub engine: &'static Engine,
    /// For the journal.
    pub holder: Holder,
    /// The clock of the doors.
    pub now: fn() -> jiff::Timestamp,
}

/// When to wait for main objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wait {
    /// Not at all.
    #[default]
    None,
    /// Before post hooks, as Helm's `--wait`.
    Helm,
    /// After post hooks.
    AfterHooks,
}

/// What a deploy may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Intent {
    /// Whichever fits what is there.
    #[default]
    Either,
    /// An install, refused where the name is in use.
    Install {
        /// `--replace`: a name whose newest revision failed or was uninstalled counts as free.
        replace: bool,
    },
    /// An upgrade, refused where there is nothing to start from.
    Upgrade,
}

/// Options of install, upgrade, rollback and uninstall; each verb looks at those that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of helm's command line"
)]
pub struct Options {
    /// Install, upgrade, or either.
    pub intent: Intent,
    /// Per wait and per hook.
    pub timeout: Duration,
    /// Main objects.
    pub wait: Wait,
    /// `--wait-for-jobs`
    pub wait_for_jobs: bool,
    /// Revisions kept; 0: all.
    pub history_max: u32,
    /// Instead of `Install complete` / `Upgrade complete`.
    pub description: Option<String>,
    /// `--no-hooks`
    pub no_hooks: bool,
    /// `--skip-crds`
    pub skip_crds: bool,
    /// `--force`: objects are replaced instead of patched. Immutable fields stay immutable.
    pub force: bool,
    /// `--take-ownership`: it does not matter whose the objects are that exist.
    pub take_ownership: bool,
    /// `--cleanup-on-fail`: what an upgrade or rollback created is deleted if it fails.
    pub cleanup_on_fail: bool,
    /// `--atomic`: a failed install is uninstalled, a failed upgrade rolled back. Implies waiting.
    pub atomic: bool,
    /// `--create-namespace`
    pub create_namespace: bool,
    /// `--cascade`
    pub propagation: Propagation,
    /// Kinds (`Job`) whose objects are replaced where their template changed.
    pub recreate: Vec<String>,
    /// Set on records: user labels.
    pub labels: std::collections::BTreeMap<String, String>,
    /// Why it is given up, such as `superseded by 1a2b3c4`: set before the token is cancelled, it becomes the record's
    /// description.
    pub cancel_reason: Arc<OnceLock<String>>,
}

impl Default for Options {
    /// Helm's defaults: five minutes per wait, ten revisions.
    fn default() -> Self {
        Options {
            intent: Intent::Either,
            timeout: Duration::from_secs(300),
            wait: Wait::None,
            wait_for_jobs: false,
            history_max: 10,
            description: None,
            no_hooks: false,
            skip_crds: false,
            force: false,
            take_ownership: false,
            cleanup_on_fail: false,
            atomic: false,
            create_namespace: false,
            propagation: Propagation::Background,
            recreate: Vec::new(),
            labels: std::collections::BTreeMap::new(),
            cancel_reason: Arc::default(),
        }
    }
}

/// A release as storage shows it.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// No record.
    Absent,
    /// The newest record is at rest (deployed, failed, superseded, uninstalled).
    Settled,
    /// Pending, and our own journal says who was at work.
    Pending {
        /// Who.
        holder: Holder,
    },
    /// Pending, and nobody of ours: another Helm's.
    LockedByOther,
}

/// What storage knows of a release.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// The name.
    pub name: ReleaseName,
    /// Its state.
    pub state: State,
    /// All revisions, oldest first, as people read them.
    pub history: Vec<Summary>,
    /// The revision that a deploy would write.
    pub next_revision: i64,
    /// Would a deploy be an upgrade (else an install)?
    pub is_upgrade: bool,
}

/// One revision as `helm history` and `helm list` show it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// Release name.
    pub name: String,
    /// Namespace.
    pub namespace: String,
    /// Revision.
    pub revision: i64,
    /// `deployed`, `failed` ….
    pub status: String,
    /// RFC 3339, last deployed.
    pub updated: String,
    /// `keystone-2025.1.3`
    pub chart: String,
    /// Of the chart.
    pub app_version: String,
    /// `Upgrade complete` ….
    pub description: String,
    /// Of the storage object.
    pub uid: String,
    /// Of the storage object.
    pub resource_version: String,
}

/// What a verb did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The revision it wrote.
    pub revision: i64,
    /// Its final status.
    pub status: String,
    /// Objects created, changed, replaced by new ones, unchanged, deleted: `Kind/name`.
    pub created: Vec<String>,
    #[allow(missing_docs)]
    pub changed: Vec<String>,
    #[allow(missing_docs)]
    pub replaced: Vec<String>,
    #[allow(missing_docs)]
    pub unchanged: Vec<String>,
    #[allow(missing_docs)]
    pub deleted: Vec<String>,
    /// Kept by `helm.sh/resource-policy`: (kind, name).
    pub kept: Vec<(String, String)>,
    /// Things to tell the operator.
    pub warnings: Vec<String>,
    /// The record as it was last written.
    pub release: Release,
}
