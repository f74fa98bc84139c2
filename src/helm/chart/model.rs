//! A chart in memory: plain data, shared between threads, kept by its digest.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Map as JsonMap;
use serde_json::Value as Json;

/// A file of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Path relative to the chart, such as `templates/deployment.yaml`.
    pub name: String,
    /// Its bytes, without a leading byte order mark.
    pub data: Arc<[u8]>,
}

/// A chart and its subcharts. Source of the model: helm `pkg/chart/chart.go`, v3.17.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// Chart.yaml (merged with requirements.yaml).
    pub metadata: Metadata,
    /// Chart.lock or requirements.lock.
    pub lock: Option<Lock>,
    /// Files under `templates/`, in loading order.
    pub templates: Vec<File>,
    /// values.yaml as Helm parses it (numbers as float64); `None` where there is no such file.
    pub values: Option<JsonMap<String, Json>>,
    /// values.schema.json.
    pub schema: Option<Arc<[u8]>>,
    /// All other files, `crds/` included.
    pub files: Vec<File>,
    /// The charts under `charts/`.
    pub dependencies: Vec<Arc<Chart>>,
    /// Where its templates say they are, if that is not where the chart stands (below an alias, in Helm 3).
    pub path: Option<String>,
}

/// Chart.yaml. Source: helm `pkg/chart/metadata.go`, v3.17. Empty fields are not written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Metadata {
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub home: String,
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// The chart version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maintainers: Vec<Maintainer>,
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// `v1` or `v2`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// A condition path, for charts that are dependencies.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tags: String,
    /// The version of the program inside.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub app_version: String,
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub annotations: std::collections::BTreeMap<String, String>,
    /// A constraint on the Kubernetes version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kube_version: String,
    /// The declared dependencies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// ``, `application` or `library`.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
}

/// A maintainer in Chart.yaml.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Maintainer {
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
}

/// A declared dependency. Source: helm `pkg/chart/dependency.go`, v3.17.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Dependency {
    /// The chart's name.
    pub name: String,
    /// A constraint or version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Where it comes from.
    pub repository: String,
    /// A comma-separated list of value paths.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    #[allow(missing_docs)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Set by dependency processing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub enabled: bool,
    /// Texts, or maps of `child` and `parent`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub import_values: Vec<Json>,
    /// The name it is known by here.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub alias: String,
}

/// Chart.lock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lock {
    /// RFC 3339.
    pub generated: String,
    /// Of the dependency lists.
    pub digest: String,
    /// What was resolved.
    pub dependencies: Vec<Dependency>,
}
