//! Value files and hook manifests: from templates, parameters and outputs to data.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::cluster;
use super::load::sorted;
use super::model::{Cluster, Component, HookKind};
use super::nearest::nearest;
use super::node::{Content, Node};
use super::reader::file_text;
use super::structure;
use super::template::{self, Rendered, Source, TemplateError};
use crate::base::files::FileSet;
use crate::base::names::{ComponentName, HookName};
use crate::base::report::{Problem, Problems};
use crate::base::secret::Secret;
use crate::helm::render::Layer;

/// Outputs of init hooks: hook → key → text. A hook that has not run yet is absent.
pub type Outputs = BTreeMap<HookName, BTreeMap<String, Secret>>;

/// An output that a template uses, of a hook that has not run yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NeededOutput {
    /// The init hook.
    pub hook: HookName,
    /// Its key; `None` where the template takes all of them.
    pub key: Option<String>,
}

impl NeededOutput {
    /// What stands for it in a plan: `(known after init: passwords.root)`.
    #[must_use]
    pub fn marker(&self) -> String {
        format!("(known after init: {self})")
    }
}

impl std::fmt::Display for NeededOutput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{}.{key}", self.hook),
            None => write!(f, "{}", self.hook),
        }
    }
}

/// Why values cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValuesError {
    /// Nothing is wrong, but init hooks must run first.
    #[error("{}", list_needed(.0))]
    NeedsOutputs(Vec<NeededOutput>),
    /// Something is wrong.
    #[error("{0}")]
    Problems(Problems),
}

/// `needs outputs of init hooks first: passwords.root, passwords.user`.
#[must_use]
pub fn list_needed(needed: &[NeededOutput]) -> String {
    let names: Vec<String> = needed.iter().map(ToString::to_string).collect();
    format!("needs outputs of init hooks first: {}", names.join(", "))
}

impl ValuesError {
    /// All problems; none where only outputs are missing.
    #[must_use]
    pub fn into_problems(self) -> Problems {
        match self {
            ValuesError::Problems(problems) => problems,
            ValuesError::NeedsOutputs(_) => Problems::default(),
        }
    }
}

/// Renders a component's value files: layers for Helm, in order.
///
/// # Errors
/// Outputs that are not there yet; a missing parameter, a substitution that changes structure, bad YAML: with file and line.
pub fn value_layers(
    cluster: &Cluster,
    component: &ComponentName,
    files: &FileSet,
    namespace: &str,
    outputs: &Outputs,
) -> Result<Vec<Layer>, ValuesError> {
    let component = find(cluster, component)?;
    let templates = sources(files, &component.values)?;
    need_outputs(component, &templates, outputs)?;
    let data = data(cluster, component, namespace, outputs);
    collect(templates.iter().map(|(path, source)| layer(path, source, &data)))
}

fn layer(path: &str, source: &Source, data: &Json) -> Result<Layer, Problem> {
    let rendered = template::render(source, data).map_err(|error| problem(path, error))?;
    let documents = structure::documents(&rendered).map_err(|error| problem(path, error))?;
    only_map(path, &rendered, &documents)?;
    Ok(Layer::File {
        name: path.to_owned(),
        text: rendered.text.into_bytes(),
    })
}

/// The same as data for showing a plan, with [`NeededOutput::marker`] in place of what init hooks will give.
///
/// # Errors
/// As [`value_layers`], except for outputs that are not there yet.
pub fn preview_layers(
    cluster: &Cluster,
    component: &ComponentName,
    files: &FileSet,
    namespace: &str,
    outputs: &Outputs,
) -> Result<Vec<Layer>, ValuesError> {
    let component = find(cluster, component)?;
    let templates = sources(files, &component.values)?;
    let outputs = with_markers(component, &templates, outputs);
    let data = data(cluster, component, namespace, &outputs);
    collect(
        templates
            .iter()
            .map(|(path, source)| preview_layer(path, source, &data)),
    )
}

fn preview_layer(path: &str, source: &Source, data: &Json) -> Result<Layer, Problem> {
    let rendered = template::render(source, data).map_err(|error| problem(path, error))?;
    let documents = structure::documents_as_meant(&rendered).map_err(|error| problem(path, error))?;
    only_map(path, &rendered, &documents).map(Layer::Data)
}

/// What a hook's manifest sees besides what value files see.
#[derive(Clone, Debug)]
pub struct HookFacts<'a> {
    /// The namespace.
    pub namespace: &'a str,
    /// The commit id.
    pub commit: &'a str,
    /// The run's id.
    pub run: &'a str,
    /// Outputs of init hooks so far.
    pub outputs: &'a Outputs,
}

/// Renders a hook's manifest file to objects. Hooks also see `commit` and `run`.
///
/// # Errors
/// As [`value_layers`]; also a document without `apiVersion`, `kind` or `metadata.name`.
pub fn hook_manifest(
    cluster: &Cluster,
    component: &ComponentName,
    path: &str,
    files: &FileSet,
    facts: &HookFacts<'_>,
) -> Result<Vec<Json>, ValuesError> {
    let component = find(cluster, component)?;
    let templates = sources(files, &[path.to_owned()])?;
    need_outputs(component, &templates, facts.outputs)?;
    let mut data = data(cluster, component, facts.namespace, facts.outputs);
    data["commit"] = json!(facts.commit);
    data["run"] = json!(facts.run);
    let objects = templates
        .iter()
        .map(|(path, source)| objects(path, source, &data));
    collect(objects).map(|objects| objects.into_iter().flatten().collect())
}

fn objects(path: &str, source: &Source, data: &Json) -> Result<Vec<Json>, Problem> {
    let rendered = template::render(source, data).map_err(|error| problem(path, error))?;
    let documents = structure::documents(&rendered).map_err(|error| problem(path, error))?;
    documents
        .iter()
        .map(|node| object(node).map_err(|message| at_node(path, &rendered, node, message)))
        .collect()
}

fn object(node: &Node) -> Result<Json, &'static str> {
    for key in ["apiVersion", "kind"] {
        if node.get(key).and_then(Node::as_str).is_none() {
            return Err(if key == "kind" {
                "an object needs a text as `kind`"
            } else {
                "an object needs a text as `apiVersion`"
            });
        }
    }
    if node
        .get("metadata")
        .and_then(|metadata| metadata.get("name"))
        .and_then(Node::as_str)
        .is_none()
    {
        return Err("an object needs a text as `metadata.name`");
    }
    Ok(node.to_json())
}

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
    match &objects[..] {
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

// === outputs ===

fn need_outputs(
    component: &Component,
    templates: &[(String, Source)],
    outputs: &Outputs,
) -> Result<(), ValuesError> {
    let (missing, problems) = used_outputs(component, templates, outputs);
    if !problems.is_empty() {
        return Err(ValuesError::Problems(Problems(problems)));
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(ValuesError::NeedsOutputs(missing))
    }
}

/// The outputs that templates name and that are not there; and problems with names of hooks that cannot be.
fn used_outputs(
    component: &Component,
    templates: &[(String, Source)],
    outputs: &Outputs,
) -> (Vec<NeededOutput>, Vec<Problem>) {
    let (mut missing, mut problems) = (Vec::new(), Vec::new());
    for (path, source) in templates {
        for (name, mark) in template::paths(source) {
            match needed_by(component, &name) {
                Ok(needed) => missing.extend(needed),
                Err((message, hint)) => {
                    let mut problem = Problem::in_file(path, message).at(mark.line, mark.column);
                    problem.hint = hint;
                    problems.push(problem);
                }
            }
        }
    }
    missing.retain(|needed| !outputs.contains_key(&needed.hook));
    missing.sort();
    missing.dedup();
    (missing, problems)
}

/// The outputs that a path names: of one hook, or of all where it is `outputs` itself.
fn needed_by(component: &Component, path: &str) -> Result<Vec<NeededOutput>, (String, Option<String>)> {
    let path = path
        .strip_prefix("@root.")
        .unwrap_or(path)
        .trim_start_matches("../");
    let all = || {
        component.init.iter().map(|hook| NeededOutput {
            hook: hook.name.clone(),
            key: None,
        })
    };
    if path == "outputs" {
        return Ok(all().collect());
    }
    let Some(rest) = path.strip_prefix("outputs.") else {
        return Ok(Vec::new());
    };
    let (hook, key) = rest
        .split_once('.')
        .map_or((rest, None), |(hook, key)| (hook, Some(key)));
    match component.init.iter().find(|known| known.name.as_str() == hook) {
        Some(known) => Ok(vec![NeededOutput {
            hook: known.name.clone(),
            key: key.map(str::to_owned),
        }]),
        None => {
            let near = nearest(hook, component.init.iter().map(|known| known.name.as_str()));
            let message = format!("component `{}` has no init hook `{hook}`", component.name);
            Err((message, near.map(|near| format!("did you mean `{near}`?"))))
        }
    }
}

/// The outputs with markers for those that are not there.
fn with_markers(component: &Component, templates: &[(String, Source)], outputs: &Outputs) -> Outputs {
    filled(component, templates, outputs, NeededOutput::marker)
}

/// Plain words for all outputs.
fn with_words(component: &Component, templates: &[(String, Source)]) -> Outputs {
    filled(component, templates, &Outputs::new(), |_| {
        "known-after-init".to_owned()
    })
}

fn filled(
    component: &Component,
    templates: &[(String, Source)],
    outputs: &Outputs,
    text: impl Fn(&NeededOutput) -> String,
) -> Outputs {
    let mut filled = outputs.clone();
    for needed in used_outputs(component, templates, outputs).0 {
        let hook = filled.entry(needed.hook.clone()).or_default();
        for key in keys_of(component, &needed) {
            let output = NeededOutput {
                hook: needed.hook.clone(),
                key: Some(key.clone()),
            };
            hook.insert(key, Secret::new(text(&output)));
        }
    }
    filled
}

/// The keys to fill in: a `secret` hook has just its own, a `job` hook may give any.
fn keys_of(component: &Component, needed: &NeededOutput) -> Vec<String> {
    let hook = component.init.iter().find(|hook| hook.name == needed.hook);
    match hook.map(|hook| &hook.kind) {
        Some(HookKind::Secret { data, .. }) => data.keys().cloned().collect(),
        _ => needed.key.iter().cloned().collect(),
    }
}

// === what templates see ===

fn data(cluster: &Cluster, component: &Component, namespace: &str, outputs: &Outputs) -> Json {
    let outputs: Map<String, Json> = outputs
        .iter()
        .map(|(hook, keys)| {
            // Templates put outputs into values: this is what they are for.
            let keys: Map<String, Json> = keys
                .iter()
                .map(|(key, text)| (key.clone(), json!(text.reveal())))
                .collect();
            (hook.as_str().to_owned(), Json::Object(keys))
        })
        .collect();
    json!({
        "cluster": { "name": cluster.name },
        "parameters": cluster.parameters,
        "component": {
            "name": component.name,
            "version": component.version,
            "release": component.release,
            "chart": { "path": component.chart.path, "version": component.chart.version },
        },
        "namespace": namespace,
        "outputs": outputs,
    })
}

fn find<'c>(cluster: &'c Cluster, name: &ComponentName) -> Result<&'c Component, ValuesError> {
    cluster.components.get(name).ok_or_else(|| {
        let problem = Problem::in_file(cluster::FILE, format!("there is no component `{name}`"));
        ValuesError::Problems(Problems(vec![problem]))
    })
}

/// Reads and parses templates.
fn sources(files: &FileSet, paths: &[String]) -> Result<Vec<(String, Source)>, ValuesError> {
    collect(paths.iter().map(|path| {
        let text = file_text(files, path)?;
        let source = Source::parse(text).map_err(|error| problem(path, error))?;
        Ok((path.clone(), source))
    }))
}

/// All results, or all problems.
fn collect<T>(results: impl Iterator<Item = Result<T, Problem>>) -> Result<Vec<T>, ValuesError> {
    let (mut good, mut problems) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => good.push(value),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(good)
    } else {
        Err(ValuesError::Problems(sorted(problems)))
    }
}

/// Value files may hold secrets: no excerpts.
fn problem(path: &str, error: TemplateError) -> Problem {
    let mut problem = Problem::in_file(path, error.message).at(error.mark.line, error.mark.column);
    problem.hint = error.hint;
    problem
}

fn at_node(path: &str, rendered: &Rendered, node: &Node, message: impl Into<String>) -> Problem {
    Problem::in_file(path, message).at(rendered.template_line(node.mark.line), node.mark.column)
}

/// Values are one map, or nothing.
fn only_map(path: &str, rendered: &Rendered, documents: &[Node]) -> Result<Map<String, Json>, Problem> {
    match documents {
        [] => Ok(Map::new()),
        [node] => match (node.to_json(), &node.content) {
            (Json::Object(map), _) => Ok(map),
            (Json::Null, _) => Ok(Map::new()),
            (_, Content::List(_)) => Err(at_node(
                path,
                rendered,
                node,
                "a value file must be a map, but is a list",
            )),
            _ => Err(at_node(path, rendered, node, "a value file must be a map")),
        },
        [_, second, ..] => Err(at_node(
            path,
            rendered,
            second,
            "a value file may hold only one document",
        )),
    }
}
