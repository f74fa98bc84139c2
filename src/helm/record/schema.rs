//! The body of a record.

use serde::{Deserialize, Serialize};
use serde_json::{Map as JsonMap, Value as Json};

use crate::helm::hook::Hook;

/// What `info.status` and the label `status` may say. Source: helm `pkg/release/status.go`, v3.17.
pub mod status {
    #[allow(missing_docs)]
    pub const DEPLOYED: &str = "deployed";
    #[allow(missing_docs)]
    pub const UNINSTALLED: &str = "uninstalled";
    #[allow(missing_docs)]
    pub const SUPERSEDED: &str = "superseded";
    #[allow(missing_docs)]
    pub const FAILED: &str = "failed";
    #[allow(missing_docs)]
    pub const UNINSTALLING: &str = "uninstalling";
    #[allow(missing_docs)]
    pub const PENDING_INSTALL: &str = "pending-install";
    #[allow(missing_docs)]
    pub const PENDING_UPGRADE: &str = "pending-upgrade";
    #[allow(missing_docs)]
    pub const PENDING_ROLLBACK: &str = "pending-rollback";

    /// In flight, or left behind by a crash.
    #[must_use]
    pub fn is_pending(status: &str) -> bool {
        matches!(status, PENDING_INSTALL | PENDING_UPGRADE | PENDING_ROLLBACK)
    }
}

/// One revision of a release. Source: helm `pkg/release/release.go`, v3.17 (JSON names, order and omissions).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// The release's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Times, status, notes.
    #[serde(default, deserialize_with = "or_default")]
    pub info: Info,
    /// The top chart; its subcharts are not stored. Kept as it is: what `helm::chart` makes of it is in its own room.
    #[serde(default)]
    pub chart: Json,
    /// The values that the user gave.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "JsonMap::is_empty"
    )]
    pub config: JsonMap<String, Json>,
    /// The documents without hooks, in install order.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub manifest: String,
    /// The hooks.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub hooks: Vec<Hook>,
    /// The revision, from 1.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: i64,
    /// The release's namespace.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Helm 4: `ssa` or `csa`; empty means `csa`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub apply_method: String,
    /// Keys that this program does not know.
    #[serde(flatten)]
    pub other: JsonMap<String, Json>,
}

/// Times, status, notes. Times are RFC 3339 texts in any offset; `None` is a zero time. Source: helm
/// `pkg/release/info.go`, v3.17 and v4.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Info {
    /// Of revision 1; carried forward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_deployed: Option<String>,
    /// When this revision was prepared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_deployed: Option<String>,
    /// When its uninstallation began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<String>,
    /// `Upgrade complete` ….
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// See [`status`].
    #[serde(default)]
    pub status: String,
    /// Helm 4.3 and later: the revision that was rolled back to.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rollback_revision: i64,
    /// NOTES.txt.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// Keys that this program does not know.
    #[serde(flatten)]
    pub other: JsonMap<String, Json>,
}

impl Release {
    /// Is an operation in flight, or was one left behind?
    #[must_use]
    pub fn is_pending(&self) -> bool {
        status::is_pending(&self.info.status)
    }
    /// A field of Chart.yaml; empty where there is none.
    #[must_use]
    pub fn chart_field(&self, name: &str) -> &str {
        let field = self.chart.get("metadata").and_then(|metadata| metadata.get(name));
        field.and_then(Json::as_str).unwrap_or_default()
    }
    /// `keystone-2025.1.3`, as `helm list` names a chart. Source: helm `cmd/helm/history.go` (`formatChartname`), v3.17.
    #[must_use]
    pub fn chart_name(&self) -> String {
        match (self.chart_field("name"), self.chart_field("version")) {
            ("", _) => "MISSING".to_owned(),
            (name, version) => format!("{name}-{version}"),
        }
    }
}

/// `null` is as good as absent.
fn or_default<'de, T: Deserialize<'de> + Default, D: serde::Deserializer<'de>>(
    source: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(source)?.unwrap_or_default())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}
