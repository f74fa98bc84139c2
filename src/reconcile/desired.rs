//! What a commit asks for: the cluster, checked, and the chart of each component. No effects: the files are given.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::digest::Digest;
use super::graph::Graph;
use super::inputs;
use crate::base::files::{FileSet, resolve};
use crate::base::names::{ComponentName, Namespace};
use crate::base::report::{Problem, Problems};
use crate::helm::chart::Chart;
use crate::helm::engines::{self, Engine};
use crate::spec;

/// A commit, read.
#[derive(Clone, Debug)]
pub struct Desired {
    /// The commit's id.
    pub commit: String,
    /// The repository's folder.
    pub files: Arc<FileSet>,
    /// cluster.yaml.
    pub cluster: spec::Cluster,
    /// The charts of the components.
    pub charts: BTreeMap<ComponentName, PinnedChart>,
}

/// The chart of a component.
#[derive(Clone, Debug)]
pub struct PinnedChart {
    /// As loaded.
    pub chart: Arc<Chart>,
    /// Digest of its files.
    pub digest: String,
}

/// Reads and checks everything that can be checked without rendering charts: cluster.yaml, parameters, value files, hook
/// manifests, charts. Takes milliseconds to seconds: call it from a blocking task.
///
/// # Errors
/// All that is wrong, with file and line.
pub fn read(commit: &str, files: &Arc<FileSet>, namespace: &Namespace) -> Result<Desired, Problems> {
    let cluster = spec::validate(files, namespace.as_str())?;
    let charts = cluster.components.iter().map(|(name, component)| {
        let chart = spec::charts::load(files, &component.chart, cluster.helm_version_of(component))?;
        let digest = chart_digest(&component.chart.path, files);
        Ok((name.clone(), PinnedChart { chart, digest }))
    });
    let charts: Result<BTreeMap<_, _>, Problem> = charts.collect();
    Ok(Desired {
        commit: commit.to_owned(),
        files: Arc::clone(files),
        charts: charts.map_err(|problem| Problems(vec![problem]))?,
        cluster,
    })
}

impl Desired {
    /// A component and its chart.
    #[must_use]
    pub fn component(&self, name: &ComponentName) -> Option<(&spec::Component, &PinnedChart)> {
        Some((self.cluster.components.get(name)?, self.charts.get(name)?))
    }
    /// The components that shall be there, in the order of their turns.
    #[must_use]
    pub fn in_order(&self) -> Vec<&spec::Component> {
        let waves = Graph::of(&self.cluster).waves();
        let names = waves.iter().flatten();
        names
            .filter_map(|name| self.cluster.components.get(name))
            .collect()
    }
    /// The engine of a component.
    ///
    /// # Errors
    /// The pin is not certified.
    pub fn engine(&self, component: &spec::Component) -> Result<&'static Engine, Problem> {
        let pin = self.cluster.helm_version_of(component);
        engines::find(pin).ok_or_else(|| {
            let certified: Vec<&str> = engines::CERTIFIED.iter().map(|engine| engine.version).collect();
            in_cluster_yaml(
                component,
                format!(
                    "Helm version {pin} of component `{}` is not certified",
                    component.name
                ),
            )
            .hint(format!("certified are {}", certified.join(", ")))
        })
    }
}

impl Desired {
    /// The problem, if this server is not one that `kubernetes.version` allows.
    #[must_use]
    pub fn refuses_server(&self, git_version: &str) -> Option<Problem> {
        let wanted = self.cluster.kubernetes.as_deref()?;
        let problem = |message: String| Some(Problem::in_file("cluster.yaml", message));
        let Ok(requirement) = semver::VersionReq::parse(wanted) else {
            return problem(format!(
                "`kubernetes.version` is `{wanted}`, which is no version constraint"
            ));
        };
        let (major_minor, patch) = (
            inputs::server_minor(git_version),
            inputs::server_patch(git_version),
        );
        let version = semver::Version::parse(&format!("{major_minor}.{patch}")).ok()?;
        if requirement.matches(&version) {
            return None;
        }
        problem(format!(
            "the server is Kubernetes {git_version}, but `kubernetes.version` asks for {wanted}"
        ))
    }
}

fn in_cluster_yaml(component: &spec::Component, message: String) -> Problem {
    let mut problem = Problem::in_file("cluster.yaml", message);
    problem.line = Some(component.line);
    problem
}

/// The digest of a chart's bytes: of the archive, or of the files of its folder.
fn chart_digest(path: &str, files: &FileSet) -> String {
    let path = resolve("", path).unwrap_or_default();
    if let Some(archive) = files.get(&path) {
        return Digest::new().with(archive).hex();
    }
    let add = |digest: Digest, (path, bytes): (&str, &Arc<[u8]>)| digest.with(path).with(bytes);
    files.folder(&path).iter().fold(Digest::new(), add).hex()
}
