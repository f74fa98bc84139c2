//! What a commit asks for: the cluster, checked, and the chart of each component. No effects: the files are given.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::digest::Digest;
use super::inputs;
use crate::base::files::FileSet;
use crate::base::names::ComponentName;
use crate::base::report::{Problem, Problems};
use crate::helm::chart::{Chart, load};
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

/// Reads and checks everything: cluster.yaml, parameters, charts. Takes milliseconds to seconds: call it from a
/// blocking task.
///
/// # Errors
/// All that is wrong, with file and line.
pub fn read(commit: &str, files: &Arc<FileSet>) -> Result<Desired, Problems> {
    let cluster = spec::load(files)?;
    let mut charts = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, component) in &cluster.components {
        match load_chart(component, files) {
            Ok(chart) => {
                charts.insert(name.clone(), chart);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    Ok(Desired {
        commit: commit.to_owned(),
        files: Arc::clone(files),
        cluster,
        charts,
    })
}

impl Desired {
    /// A component and its chart.
    #[must_use]
    pub fn component(&self, name: &ComponentName) -> Option<(&spec::Component, &PinnedChart)> {
        Some((self.cluster.components.get(name)?, self.charts.get(name)?))
    }
    /// The engine pin of a component.
    #[must_use]
    pub fn engine_pin<'a>(&'a self, component: &'a spec::Component) -> &'a str {
        component
            .helm_version
            .as_deref()
            .unwrap_or(&self.cluster.helm_version)
    }
    /// The engine of a component.
    ///
    /// # Errors
    /// The pin is not certified.
    pub fn engine(&self, component: &spec::Component) -> Result<&'static Engine, Problem> {
        let pin = self.engine_pin(component);
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

fn load_chart(component: &spec::Component, files: &FileSet) -> Result<PinnedChart, Problem> {
    let path = component.chart.path.as_str();
    let (chart, digest) = match files.get(path) {
        Some(archive) => (load::from_archive(archive), Digest::new().with(archive).hex()),
        None => {
            let folder = files.folder(path);
            if folder.is_empty() {
                let message = format!(
                    "the chart of component `{}` is missing: there is no `{path}`",
                    component.name
                );
                return Err(in_cluster_yaml(component, message));
            }
            (load::from_files(&folder), digest_of(&folder))
        }
    };
    let chart = chart.map_err(|error| load_problem(path, &error))?;
    check_version(component, &chart)?;
    Ok(PinnedChart { chart, digest })
}

fn load_problem(path: &str, error: &load::LoadError) -> Problem {
    let file = match &error.file {
        Some(file) => format!("{path}/{file}"),
        None => path.to_owned(),
    };
    let mut problem = Problem::in_file(file, error.message.clone());
    problem.line = error.line;
    problem
}

fn check_version(component: &spec::Component, chart: &Chart) -> Result<(), Problem> {
    let (pinned, found) = (&component.chart.version, &chart.metadata.version);
    if pinned == found {
        return Ok(());
    }
    let message = format!(
        "component `{}` pins chart version {pinned}, but `{}` is version {found}",
        component.name, component.chart.path
    );
    Err(in_cluster_yaml(component, message)
        .hint("bring the chart that is pinned, or move the pin: both belong in one commit"))
}

fn digest_of(files: &FileSet) -> String {
    let add = |digest: Digest, (path, bytes): (&str, &Arc<[u8]>)| digest.with(path).with(bytes);
    files.iter().fold(Digest::new(), add).hex()
}
