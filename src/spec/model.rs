//! The cluster as its operators wrote it, checked. Shapes follow `cluster.yaml`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;

use crate::base::names::{ComponentName, HookName, ReleaseName};

/// cluster.yaml with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// `metadata.name`
    pub name: String,
    /// `helm.version`: a certified engine's version.
    pub helm_version: String,
    /// `kubernetes.version`: a constraint on the server.
    pub kubernetes: Option<String>,
    /// All parameter layers, merged.
    pub parameters: Json,
    /// `policy`
    pub policy: Policy,
    /// `defaults`
    pub defaults: Defaults,
    /// `components`
    pub components: BTreeMap<ComponentName, Component>,
}

impl Cluster {
    /// The Helm version that a component is pinned to: its own, or the cluster's.
    #[must_use]
    pub fn helm_version_of<'a>(&'a self, component: &'a Component) -> &'a str {
        component.helm_version.as_deref().unwrap_or(&self.helm_version)
    }
}

/// One component.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Its name.
    pub name: ComponentName,
    /// The component version.
    pub version: String,
    /// The Helm release.
    pub release: ReleaseName,
    /// Where the chart is, and its pin.
    pub chart: ChartSource,
    /// `helm.version` of this component alone.
    pub helm_version: Option<String>,
    /// Components that must be ready before.
    pub depends_on: Vec<ComponentName>,
    /// Value files.
    pub values: Vec<String>,
    /// Init hooks in order.
    pub init: Vec<Hook>,
    /// Pre-processing hooks in order.
    pub before: Vec<Hook>,
    /// The component's settings over the defaults.
    pub settings: Defaults,
    /// `state: absent`?
    pub is_absent: bool,
    /// 1-based line of the component in cluster.yaml.
    pub line: u32,
}

/// Where a chart comes from. Only `path` works so far; `validate` says so of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartSource {
    /// Folder or `.tgz` in the repository.
    pub path: String,
    /// The chart version it must have.
    pub version: String,
}

/// `policy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// `oneChangeAtATime: enforce`, the default? With `report` the verdict is told, but nothing is blocked.
    pub enforce_one_change: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            enforce_one_change: true,
        }
    }
}

/// `defaults`, and a component's own settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// Per wait.
    pub timeout: Duration,
    /// `wait`
    pub wait: WaitMode,
    /// `atomic`
    pub atomic: bool,
    /// Revisions kept; 0: all.
    pub history_max: u32,
    /// Kinds (`Job`) whose finished objects are replaced where their template changed.
    pub recreate: Vec<String>,
}

impl Default for Defaults {
    fn default() -> Self {
        Defaults {
            timeout: DEFAULT_TIMEOUT,
            wait: WaitMode::Auto,
            atomic: false,
            history_max: DEFAULT_HISTORY_MAX,
            recreate: Vec::new(),
        }
    }
}

/// `defaults.timeout`. Twice Helm's, since databases of real clusters take their time.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// `defaults.historyMax`: Helm's own default.
pub const DEFAULT_HISTORY_MAX: u32 = 10;

/// `wait`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitMode {
    /// Do not wait.
    None,
    /// Helm's way: before post hooks.
    Helm,
    /// After post hooks.
    AfterHooks,
    /// Helm's way.
    Auto,
}

/// An init or pre-processing hook.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// Its name, unique in the component.
    pub name: HookName,
    /// What it does.
    pub kind: HookKind,
    /// How long it may take.
    pub timeout: Duration,
}

/// What a hook does.
#[derive(Clone, Debug, PartialEq)]
pub enum HookKind {
    /// Runs a Kubernetes Job from this manifest file (Handlebars) of the repository.
    Job {
        /// Path.
        manifest: String,
    },
    /// Makes a Secret with generated values; never overwrites a key that is there.
    Secret {
        /// The Secret's name.
        name: String,
        /// Key → recipe.
        data: BTreeMap<String, SecretRecipe>,
    },
}

/// How to generate one key of a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRecipe {
    /// Random characters.
    Password {
        /// How many.
        length: usize,
        /// Out of these.
        alphabet: String,
    },
    /// Random bytes, base64 (such as Fernet keys: 32 bytes, URL-safe).
    Key {
        /// How many bytes.
        bytes: usize,
        /// URL-safe alphabet?
        url_safe: bool,
    },
    /// A text given by the repository.
    Value(String),
}
