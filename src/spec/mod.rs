//! `cluster.yaml`, parameters, pins, Handlebars value files, validation. Pure.

pub mod model;

pub use model::{ChartSource, Cluster, Component, Defaults, Hook, HookKind, Policy, SecretRecipe, WaitMode};

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::base::files::FileSet;
use crate::base::names::{ComponentName, HookName};
use crate::base::report::Problems;
use crate::helm::render::Layer;

/// Outputs of init hooks: hook → key → text. A hook that has not run yet is absent.
pub type Outputs = BTreeMap<HookName, BTreeMap<String, crate::base::secret::Secret>>;

/// Reads and checks a cluster's folder: cluster.yaml, parameters, the files it names. All problems at once.
///
/// # Errors
/// Everything that is wrong, with file and line.
pub fn load(files: &FileSet) -> Result<Cluster, Problems> {
    todo!("{}", files.len())
}

/// Renders a component's value files: layers for Helm, in order.
///
/// # Errors
/// A missing parameter, a substitution that changes structure, bad YAML: with file and line.
pub fn value_layers(
    cluster: &Cluster,
    component: &ComponentName,
    files: &FileSet,
    namespace: &str,
    outputs: &Outputs,
) -> Result<Vec<Layer>, Problems> {
    todo!(
        "{} {component} {} {namespace} {}",
        cluster.name,
        files.len(),
        outputs.len()
    )
}

/// Renders a hook's manifest file to objects. Hooks also see `commit` and `run`.
///
/// # Errors
/// As [`value_layers`].
pub fn hook_manifest(
    cluster: &Cluster,
    component: &ComponentName,
    path: &str,
    files: &FileSet,
    facts: &HookFacts<'_>,
) -> Result<Vec<Json>, Problems> {
    todo!(
        "{} {component} {path} {} {}",
        cluster.name,
        files.len(),
        facts.namespace
    )
}

/// What a hook's manifest sees besides what value files see.
#[derive(Clone, Debug)]
pub struct HookFacts<'a> {
    /// The namespace.
    pub namespace: &'a str,
    /// The commit id.
    pub commit: &'a str,
    /// The run's id.
    pub run: &'a str,
    /// Outputs of init hooks so far.
    pub outputs: &'a Outputs,
}
