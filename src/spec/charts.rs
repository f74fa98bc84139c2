//! The charts that components are pinned to.

use std::sync::Arc;

use super::checks;
use super::cluster::Named;
use super::component::Places;
use super::model::{ChartSource, Component};
use super::node::{Content, Mark, Node};
use super::parse;
use super::reader::{Reader, file_text};
use crate::base::files::{FileSet, resolve};
use crate::base::report::Problem;
use crate::helm::chart::Chart;
use crate::helm::chart::load::{self, LoadError};
use crate::helm::engines;

/// Loads the chart of a component: a folder, or a `.tgz`.
///
/// # Errors
/// A problem in the chart, with its file and line, where they are known.
pub fn load(files: &FileSet, source: &ChartSource, helm_version: &str) -> Result<Arc<Chart>, Problem> {
    // A version that is not certified is told elsewhere.
    let engine = engines::find(helm_version).unwrap_or(&engines::HELM_3_17_2);
    let outside = || {
        Problem::in_file(
            super::cluster::FILE,
            format!("`{}` is outside the repository", source.path),
        )
    };
    let path = resolve("", &source.path).ok_or_else(outside)?;
    if let Some(archive) = files.get(&path) {
        return load::from_archive(archive, engine).map_err(|error| in_archive(&path, error));
    }
    load::from_files(&files.folder(&path), engine).map_err(|error| in_folder(&path, error))
}

fn in_archive(path: &str, error: LoadError) -> Problem {
    let message = match error.file {
        Some(file) => format!("{file}: {}", error.message),
        None => error.message,
    };
    Problem::in_file(path, message)
}

fn in_folder(path: &str, error: LoadError) -> Problem {
    let file = match &error.file {
        Some(file) if path.is_empty() => file.clone(),
        Some(file) => format!("{path}/{file}"),
        None => path.to_owned(),
    };
    let mut problem = Problem::in_file(file, error.message);
    problem.line = error.line;
    problem
}

/// The chart is there, loads, and has the pinned version.
pub fn check(
    reader: &mut Reader<'_>,
    files: &FileSet,
    component: &Component,
    (places, helm_version): (&Places, &str),
) {
    let named = Named {
        path: component.chart.path.clone(),
        mark: places.chart,
    };
    let Some(path) = checks::inside(reader, &named) else {
        return;
    };
    if files.get(&path).is_none() && files.folder(&path).is_empty() {
        let message = format!("`{}`: there is no chart in the repository", named.path);
        reader.problem(named.mark, message);
        return;
    }
    let chart = match load(files, &component.chart, helm_version) {
        Ok(chart) => chart,
        Err(problem) => {
            reader.problems.push(problem);
            return;
        }
    };
    reader.problems.extend(missing_dependencies(&chart, files, &path));
    let (pinned, found) = (&component.chart.version, &chart.metadata.version);
    if pinned != found {
        let message = format!(
            "component `{}` pins chart version {pinned}, but `{path}` holds {found}",
            component.name
        );
        reader.problem(places.chart_version, message).hint =
            Some("move the pin and the chart in one commit".to_owned());
    }
}

/// Declared dependencies that are not there. Source: helm `pkg/action/action.go` (`CheckDependencies`), v3.17: by name.
fn missing_dependencies(chart: &Chart, files: &FileSet, path: &str) -> Option<Problem> {
    let is_there = |name: &str| chart.dependencies.iter().any(|there| there.metadata.name == name);
    let missing: Vec<&str> = chart
        .metadata
        .dependencies
        .iter()
        .map(|dependency| dependency.name.as_str())
        .filter(|name| !is_there(name))
        .collect();
    let first = missing.first()?;
    let message = format!(
        "found in Chart.yaml, but missing in charts/ directory: {}",
        missing.join(", ")
    );
    let file = format!("{path}/Chart.yaml");
    let mark = file_text(files, &file)
        .ok()
        .and_then(|text| dependency_mark(text, first));
    let problem = match mark {
        Some(mark) => Problem::in_file(file, message).at(mark.line, mark.column),
        None => Problem::in_file(path, message),
    };
    Some(
        problem.hint("put the dependencies into the chart's folder `charts/` (`helm dependency build` does)"),
    )
}

/// Where a dependency is declared.
fn dependency_mark(text: &str, name: &str) -> Option<Mark> {
    let root = parse::document(text).ok()?;
    let Content::List(items) = &root.get("dependencies")?.content else {
        return None;
    };
    let found = items
        .iter()
        .find(|item| item.get("name").and_then(Node::as_str) == Some(name));
    found.map(|item| item.mark)
}
