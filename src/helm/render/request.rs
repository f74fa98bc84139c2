//! What a render takes and gives. Everything here may cross threads; Go values stay inside.

use std::sync::Arc;

use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use crate::golang::env::Limits;
use crate::helm::chart::Chart;
use crate::helm::engines::Engine;
use crate::helm::hook::Hook;

/// One source of user values; later layers win, as on Helm's command line.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// A values file: its name for messages, and its text.
    File {
        /// For messages.
        name: String,
        /// YAML.
        text: Vec<u8>,
    },
    /// A values file that could not be read, and why: an error when its turn comes.
    Unreadable(String),
    /// Values that are data already (reused values of an earlier revision).
    Data(JsonMap<String, Json>),
    /// `--set-json`.
    SetJson(String),
    /// `--set`.
    Set(String),
    /// `--set-string`.
    SetString(String),
    /// `--set-file`, the path in it replaced by what was read: (key grammar text, file text) pairs are resolved by `files`.
    SetFile {
        /// The flag's text, `key=path,…`.
        text: String,
        /// The contents of each path in it, or why there are none.
        files: Vec<(String, Result<Vec<u8>, String>)>,
    },
    /// `--set-literal`.
    SetLiteral(String),
}

/// `.Release` without its fixed parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseFacts {
    /// `.Release.Name`.
    pub name: String,
    /// `.Release.Namespace`.
    pub namespace: String,
    /// `.Release.Revision`.
    pub revision: i64,
    /// `.Release.IsUpgrade`; `.IsInstall` is its opposite.
    pub is_upgrade: bool,
}

/// What templates learn of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// `--kube-version`, or the server's gitVersion; `None`: the engine's default.
    pub kube_version: Option<String>,
    /// `--api-versions`: added to the engine's default list, or to `server_versions`.
    pub extra_versions: Vec<String>,
    /// The server's list (`group/version` and `group/version/Kind`), which replaces the default one.
    pub server_versions: Option<Vec<String>>,
    /// The server's own version, which counts instead of `kube_version`.
    pub server: Option<ServerVersion>,
}

/// What an API server says of itself at `/version`: taken as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerVersion {
    /// `v1.33.4-gke.1245000`
    pub git_version: String,
    /// `1`
    pub major: String,
    /// `33`, or `33+`
    pub minor: String,
}

/// Answers `lookup` from a live cluster. Called on the render's own thread; may block.
pub trait Lookup: Send + Sync {
    /// The object, or a list object for an empty name; an empty map where there is none.
    ///
    /// # Errors
    /// The text that the template's error shall carry.
    fn lookup(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<Json, String>;
}

/// The switches that change what is rendered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of helm's command line"
)]
pub struct Switches {
    /// `--skip-schema-validation`.
    pub skip_schema: bool,
    /// `--render-subchart-notes`.
    pub subchart_notes: bool,
    /// `--enable-dns`: accepted; lookups of host names are never made.
    pub enable_dns: bool,
    /// Keep objects of `crds/` in the manifest (`--include-crds`).
    pub include_crds: bool,
}

/// All that a render takes.
#[derive(Clone)]
pub struct Request {
    /// The chart as loaded.
    pub chart: Arc<Chart>,
    /// `.Release`.
    pub release: ReleaseFacts,
    /// User values in order.
    pub layers: Vec<Layer>,
    /// How to behave.
    pub engine: &'static Engine,
    /// `.Capabilities`.
    pub capabilities: Capabilities,
    /// Switches.
    pub switches: Switches,
    /// The live cluster, where there is one.
    pub lookup: Option<Arc<dyn Lookup>>,
    /// Seeds randomness; `None`: the system's.
    pub seed: Option<u64>,
    /// `now`; `None`: the system's clock at the start.
    pub now: Option<jiff::Timestamp>,
    /// The budget.
    pub limits: Limits,
}

/// What a render gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// The documents in install order, as the release record stores them.
    pub manifest: String,
    /// The same documents one by one, without those of `crds/`: (path with chart name, text).
    pub documents: Vec<(String, String)>,
    /// The hooks, in Helm's order.
    pub hooks: Vec<Hook>,
    /// NOTES.txt.
    pub notes: String,
    /// Documents of `crds/`, dependencies first: (path with chart name, text).
    pub crds: Vec<(String, String)>,
    /// The user-supplied values, merged: the record's `config`.
    pub config: JsonMap<String, Json>,
    /// The top chart after dependency processing: what the record stores.
    pub chart: Arc<Chart>,
    /// Messages that Helm would log to standard error, one line each.
    pub warnings: Vec<String>,
    /// Neither the clock nor randomness was asked: the same request renders to the same.
    pub is_repeatable: bool,
    /// What `lookup` was asked and answered: part of what a later render must find unchanged.
    pub lookups: Vec<(String, Json)>,
}
