//! The charts that components are pinned to.

use std::sync::Arc;

use super::checks;
use super::cluster::Named;
use super::component::Places;
use super::model::{ChartSource, Component};
use super::reader::Reader;
use crate::base::files::{FileSet, resolve};
use crate::base::report::Problem;
use crate::helm::chart::Chart;
use crate::helm::chart::load::{self, LoadError};

/// Loads the chart of a component: a folder, or a `.tgz`.
///
/// # Errors
/// A problem in the chart, with its file and line, where they are known.
pub fn load(files: &FileSet, source: &ChartSource) -> Result<Arc<Chart>, Problem> {
    let outside = || {
        Problem::in_file(
            super::cluster::FILE,
            format!("`{}` is outside the repository", source.path),
        )
    };
    let path = resolve("", &source.path).ok_or_else(outside)?;
    if let Some(archive) = files.get(&path) {
        return load::from_archive(archive).map_err(|error| in_archive(&path, error));
    }
    load::from_files(&files.folder(&path)).map_err(|error| in_folder(&path, error))
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
pub fn check(reader: &mut Reader<'_>, files: &FileSet, component: &Component, places: &Places) {
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
    let Some(found) = chart_version(reader, files, &path) else {
        return;
    };
    let pinned = &component.chart.version;
    if *pinned != found {
        let message = format!(
            "component `{}` pins chart version {pinned}, but `{path}` holds {found}",
            component.name
        );
        reader.problem(places.chart_version, message).hint =
            Some("move the pin and the chart in one commit".to_owned());
    }
}

/// The version in Chart.yaml of a folder.
fn chart_version(reader: &mut Reader<'_>, files: &FileSet, path: &str) -> Option<String> {
    let file = format!("{path}/Chart.yaml");
    let text = match super::reader::file_text(files, &file) {
        Ok(text) => text,
        Err(problem) => {
            reader.problems.push(problem);
            return None;
        }
    };
    let mut chart = Reader::new(&file, text, true);
    let version = chart
        .document()
        .and_then(|root| Some(root.get("version")?.as_str()?.to_owned()));
    reader.problems.append(&mut chart.problems);
    version
}
