//! What a component's deployment was made from, one digest or version per axis. Pure.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::digest::Digest;
use crate::golang;
use crate::helm::chart::Chart;
use crate::helm::render::{Capabilities, Layer};

/// This program's own build, as far as it may render differently.
pub const BUILD: &str = env!("CARGO_PKG_VERSION");

/// The inputs of one deployment. Two that are equal render the same (but for random values).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Inputs {
    /// The Helm version.
    pub engine: String,
    /// The pinned chart version.
    pub chart_version: String,
    /// Digest of the chart's bytes.
    pub chart: String,
    /// The component version.
    pub version: String,
    /// Digest of the value layers: outputs of init hooks and parameters are in them.
    pub values: String,
    /// The server's minor version: `1.33`.
    pub server: String,
    /// Digest of `.Capabilities`, where the chart may read them; else empty.
    pub capabilities: String,
    /// What `lookup` was asked while rendering, and the digest of each answer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lookups: BTreeMap<String, String>,
    /// The build of this program that rendered.
    pub build: String,
}

/// One of the things that can be moved on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Axis {
    /// `helm.version`.
    Engine,
    /// The chart: its pin, or its bytes.
    Chart,
    /// The component version.
    Version,
    /// Parameters, value files, outputs of init hooks.
    Values,
    /// The server's minor version.
    Server,
    /// What the server serves, as far as the chart may ask.
    Capabilities,
    /// What the chart looks up in the cluster.
    Lookups,
    /// This program.
    Build,
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Axis::Engine => "Helm version",
            Axis::Chart => "chart",
            Axis::Version => "component version",
            Axis::Values => "values",
            Axis::Server => "Kubernetes version",
            Axis::Capabilities => "APIs of the server",
            Axis::Lookups => "objects looked up",
            Axis::Build => "version of deploy-manager",
        })
    }
}

/// One axis that moved: from where to where, for people. Digests are not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Which.
    pub axis: Axis,
    /// Before, where it has a name.
    pub from: String,
    /// After.
    pub to: String,
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from.as_str(), self.to.as_str()) {
            (from, to) if from == to => write!(f, "{}", self.axis),
            (from, to) => write!(f, "{} {from} → {to}", self.axis),
        }
    }
}

impl Inputs {
    /// The axes in which `self` and the `next` inputs differ.
    #[must_use]
    pub fn moves(&self, next: &Inputs) -> Vec<Move> {
        let pinned = |axis, from: &str, to: &str, is_moved: bool| {
            is_moved.then(|| Move {
                axis,
                from: from.to_owned(),
                to: to.to_owned(),
            })
        };
        let unnamed = |axis, is_moved: bool| pinned(axis, "", "", is_moved);
        let chart_moved = self.chart != next.chart || self.chart_version != next.chart_version;
        [
            pinned(
                Axis::Engine,
                &self.engine,
                &next.engine,
                self.engine != next.engine,
            ),
            pinned(Axis::Chart, &self.chart_version, &next.chart_version, chart_moved),
            pinned(
                Axis::Version,
                &self.version,
                &next.version,
                self.version != next.version,
            ),
            unnamed(Axis::Values, self.values != next.values),
            pinned(
                Axis::Server,
                &self.server,
                &next.server,
                self.server != next.server,
            ),
            unnamed(Axis::Capabilities, self.capabilities != next.capabilities),
            unnamed(Axis::Lookups, self.lookups != next.lookups),
            pinned(Axis::Build, &self.build, &next.build, self.build != next.build),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
    /// One digest over all axes: what a failed try is remembered by.
    #[must_use]
    pub fn digest(&self) -> String {
        let json = serde_json::to_value(self).unwrap_or_default();
        Digest::new().with_json(&json).hex()
    }
}

/// The digest of value layers. Comments and the order of keys in value files do not matter.
#[must_use]
pub fn values_digest(layers: &[Layer]) -> String {
    let mut digest = Digest::new();
    for layer in layers {
        digest = match layer {
            Layer::File { text, .. } => match golang::yaml::values(text) {
                Ok(tree) => digest.with_json(&tree),
                Err(_) => digest.with(text),
            },
            Layer::Data(map) => digest.with_json(&Json::Object(map.clone())),
            other => digest.with(format!("{other:?}")),
        };
    }
    digest.hex()
}

/// The digest of `.Capabilities` if templates of the chart or of the values may read them, else nothing: a chart
/// without the word cannot.
#[must_use]
pub fn capabilities_digest(chart: &Chart, layers: &[Layer], capabilities: &Capabilities) -> String {
    if !may_read_capabilities(chart) && !layers.iter().any(layer_may_read_capabilities) {
        return String::new();
    }
    let mut versions = capabilities.server_versions.clone().unwrap_or_default();
    versions.sort();
    let version = capabilities.kube_version.as_deref().unwrap_or_default();
    versions
        .iter()
        .fold(Digest::new().with(version), Digest::with)
        .hex()
}

const CAPABILITIES: &[u8] = b"Capabilities";

fn may_read_capabilities(chart: &Chart) -> bool {
    let mut files = chart.templates.iter().chain(&chart.files);
    !chart.metadata.kube_version.is_empty()
        || files.any(|file| contains(&file.data, CAPABILITIES))
        || chart
            .dependencies
            .iter()
            .any(|subchart| may_read_capabilities(subchart))
}

fn layer_may_read_capabilities(layer: &Layer) -> bool {
    match layer {
        Layer::File { text, .. } => contains(text, CAPABILITIES),
        other => format!("{other:?}").contains("Capabilities"),
    }
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

/// The minor version of a server's `gitVersion`: `v1.33.1+k3s` → `1.33`.
#[must_use]
pub fn server_minor(git_version: &str) -> String {
    let mut parts = git_version.trim_start_matches('v').split('.');
    let major = parts.next().unwrap_or_default();
    let minor: String = parts
        .next()
        .unwrap_or_default()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    format!("{major}.{minor}")
}

/// The patch number of a server's `gitVersion`: `v1.33.1+k3s` → `1`; 0 where there is none.
#[must_use]
pub fn server_patch(git_version: &str) -> u64 {
    let patch = git_version.split('.').nth(2).unwrap_or_default();
    let digits: String = patch.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::helm::chart::File;

    /// Inputs with every axis set.
    pub fn inputs() -> Inputs {
        Inputs {
            engine: "3.17.2".into(),
            chart_version: "1.0.0".into(),
            chart: "c1".into(),
            version: "2025.1".into(),
            values: "v1".into(),
            server: "1.33".into(),
            capabilities: String::new(),
            lookups: BTreeMap::new(),
            build: BUILD.into(),
        }
    }

    #[test]
    fn a_move_names_its_axis_and_pins() {
        type Change = fn(&mut Inputs);
        let table: [(&str, Change); 7] = [
            ("", |_| ()),
            ("Helm version 3.17.2 → 4.3.1", |next| {
                next.engine = "4.3.1".into();
            }),
            ("chart 1.0.0 → 1.1.0", |next| {
                next.chart_version = "1.1.0".into();
            }),
            ("chart", |next| next.chart = "c2".into()),
            ("component version 2025.1 → 2025.2; values", |next| {
                next.version = "2025.2".into();
                next.values = "v2".into();
            }),
            ("Kubernetes version 1.33 → 1.34", |next| {
                next.server = "1.34".into();
            }),
            ("objects looked up", |next| {
                next.lookups.insert("v1/Secret/x".into(), "d".into());
            }),
        ];
        for (expected, change) in table {
            let mut next = inputs();
            change(&mut next);
            let moves = inputs().moves(&next);
            let shown: Vec<String> = moves.iter().map(ToString::to_string).collect();
            assert_eq!(shown.join("; "), expected);
            assert_eq!(inputs().digest() == next.digest(), moves.is_empty(), "{expected}");
        }
    }

    #[test]
    fn a_chart_that_does_not_name_capabilities_does_not_depend_on_them() {
        let template = |text: &str| File {
            name: "templates/a.yaml".into(),
            data: text.as_bytes().into(),
        };
        let chart = |text: &str| Chart {
            templates: vec![template(text)],
            ..Chart::default()
        };
        let server = |version: &str| Capabilities {
            kube_version: Some(version.into()),
            ..Capabilities::default()
        };
        let of = |text: &str, version: &str| capabilities_digest(&chart(text), &[], &server(version));
        assert_eq!(of("a: {{ .Values.x }}", "v1.33.0"), "");
        let asks = "a: {{ .Capabilities.KubeVersion }}";
        assert_ne!(of(asks, "v1.33.0"), of(asks, "v1.33.1"));
        let parent = Chart {
            dependencies: vec![chart(asks).into()],
            ..Chart::default()
        };
        assert_ne!(capabilities_digest(&parent, &[], &server("v1.33.0")), "");
    }

    #[test]
    fn the_minor_version_has_no_vendor_parts() {
        for (version, expected) in [
            ("v1.33.1", "1.33"),
            ("v1.33.1+k3s1", "1.33"),
            ("v1.28+", "1.28"),
            ("", "."),
        ] {
            assert_eq!(server_minor(version), expected);
        }
    }
}
