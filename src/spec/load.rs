//! Reading a cluster's folder: `cluster.yaml`, and the files it names.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::cluster::{self, Draft, Named};
use super::model::{Cluster, HookKind};
use super::node::Content;
use super::parse;
use super::reader::{Reader, file_text};
use super::{charts, checks, parameters};
use crate::base::files::FileSet;
use crate::base::report::{Problem, Problems};

/// Reads and checks a cluster's folder: cluster.yaml, parameters, the files it names. All problems at once.
///
/// # Errors
/// Everything that is wrong, with file and line.
pub fn load(files: &FileSet) -> Result<Cluster, Problems> {
    let text = match file_text(files, cluster::FILE) {
        Ok(text) => text,
        Err(problem) => return Err(Problems(vec![missing_cluster_file(files, problem)])),
    };
    let mut reader = Reader::new(cluster::FILE, text, true);
    let Some(mut draft) = cluster::read(&mut reader) else {
        return Err(Problems(reader.problems));
    };
    checks::releases(&mut reader, &draft);
    checks::dependencies(&mut reader, &draft, &declared_names(text));
    resolve_paths(&mut reader, files, &mut draft);
    for (name, places) in &draft.places {
        if let Some(component) = draft.cluster.components.get(name) {
            let helm_version = draft.cluster.helm_version_of(component).to_owned();
            charts::check(&mut reader, files, component, (places, &helm_version));
        }
    }
    draft.cluster.parameters = read_parameters(&mut reader, files, &draft.parameters);
    if reader.problems.is_empty() {
        return Ok(draft.cluster);
    }
    Err(sorted(reader.problems))
}

fn missing_cluster_file(files: &FileSet, problem: Problem) -> Problem {
    if files.get(cluster::FILE).is_some() {
        return problem;
    }
    let elsewhere = files
        .iter()
        .map(|(path, _)| path)
        .find(|path| path.ends_with("/cluster.yaml"));
    match elsewhere {
        Some(path) => problem.hint(format!("there is `{path}`: set the folder of the cluster")),
        None => problem.hint("set the folder of the cluster, or create the file"),
    }
}

/// Every key of `components`, also of those that could not be read.
fn declared_names(text: &str) -> BTreeSet<String> {
    let root = parse::document(text).ok();
    match root
        .as_ref()
        .and_then(|root| root.get("components"))
        .map(|node| &node.content)
    {
        Some(Content::Map(entries)) => entries.iter().map(|entry| entry.key.clone()).collect(),
        _ => BTreeSet::new(),
    }
}

/// Checks that value files and hook manifests are there, and puts their clean paths into the cluster.
fn resolve_paths(reader: &mut Reader<'_>, files: &FileSet, draft: &mut Draft) {
    for (name, places) in &draft.places {
        let values = existing(reader, files, &places.values);
        let mut manifests = existing(reader, files, &places.manifests).into_iter();
        let Some(component) = draft.cluster.components.get_mut(name) else {
            continue;
        };
        component.values = values;
        for hook in component.init.iter_mut().chain(&mut component.before) {
            // Where a file is missing, they no longer match; but then the cluster is refused.
            if let HookKind::Job { manifest } = &mut hook.kind
                && let Some(path) = manifests.next()
            {
                *manifest = path;
            }
        }
    }
}

fn existing(reader: &mut Reader<'_>, files: &FileSet, named: &[Named]) -> Vec<String> {
    named
        .iter()
        .filter_map(|named| checks::file(reader, files, named))
        .collect()
}

fn read_parameters(reader: &mut Reader<'_>, files: &FileSet, named: &[Named]) -> Json {
    let mut merged = Map::new();
    for path in existing(reader, files, named) {
        match parameters::read(files, &path) {
            Ok(layer) => parameters::merge(&mut merged, layer),
            Err(problems) => reader.problems.extend(problems),
        }
    }
    Json::Object(merged)
}

/// In the order of files and lines, each once; `cluster.yaml` first.
pub(super) fn sorted(mut problems: Vec<Problem>) -> Problems {
    problems.sort_by(|a, b| {
        let key = |problem: &Problem| {
            (
                problem.file != cluster::FILE,
                problem.file.clone(),
                problem.line,
                problem.column,
            )
        };
        key(a).cmp(&key(b))
    });
    problems.dedup();
    Problems(problems)
}
