//! The whole check of a cluster before anything is touched.

use serde_json::Value as Json;

use super::load::sorted;
use super::model::{Cluster, Component, HookKind};
use super::outputs::{Outputs, with_words};
use super::values::{HookFacts, ValuesError, hook_manifest, preview_layers, sources};
use crate::base::files::FileSet;
use crate::base::report::{Problem, Problems};

/// Checks everything that can be known before anything is touched: [`super::load`], and every value file and
/// hook manifest rendered, with stand-ins for the outputs of init hooks.
///
/// # Errors
/// Every problem of every file.
pub fn validate(files: &FileSet, namespace: &str) -> Result<Cluster, Problems> {
    let cluster = super::load(files)?;
    let mut found = Vec::new();
    for component in cluster
        .components
        .values()
        .filter(|component| !component.is_absent)
    {
        let mut note =
            |result: Result<(), ValuesError>| found.extend(result.err().map(ValuesError::into_problems));
        note(preview_layers(&cluster, &component.name, files, namespace, &Outputs::new()).map(drop));
        for hook in component.init.iter().chain(&component.before) {
            if let HookKind::Job { manifest } = &hook.kind {
                note(check_manifest(&cluster, component, manifest, files, namespace));
            }
        }
    }
    if found.is_empty() {
        return Ok(cluster);
    }
    Err(sorted(
        found.into_iter().flat_map(|problems| problems.0).collect(),
    ))
}

fn check_manifest(
    cluster: &Cluster,
    component: &Component,
    path: &str,
    files: &FileSet,
    namespace: &str,
) -> Result<(), ValuesError> {
    let templates = sources(files, &[path.to_owned()])?;
    let outputs = with_words(component, &templates);
    let facts = HookFacts {
        namespace,
        commit: "0000000000000000000000000000000000000000",
        run: "run-0",
        outputs: &outputs,
    };
    let objects = hook_manifest(cluster, &component.name, path, files, &facts)?;
    match objects.as_slice() {
        [job] if job["kind"] == "Job" => Ok(()),
        _ => Err(ValuesError::Problems(Problems(vec![
            Problem::in_file(
                path,
                format!(
                    "a hook's manifest holds one Job, but this holds {}",
                    list_kinds(&objects)
                ),
            )
            .at(1, 1),
        ]))),
    }
}

fn list_kinds(objects: &[Json]) -> String {
    let kinds: Vec<&str> = objects
        .iter()
        .filter_map(|object| object["kind"].as_str())
        .collect();
    if kinds.is_empty() {
        "nothing".to_owned()
    } else {
        kinds.join(", ")
    }
}
