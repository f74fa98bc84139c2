//! Value files and hook manifests: from templates, parameters and outputs to data.

use serde_json::{Map, Value as Json, json};

use super::cluster;
use super::load::sorted;
use super::model::{Cluster, Component};
use super::node::{Content, Node};
use super::outputs::{NeededOutput, Outputs, list_needed, need_outputs, with_markers};
use super::reader::file_text;
use super::structure;
use super::template::{self, Rendered, Source, TemplateError};
use crate::base::files::FileSet;
use crate::base::names::ComponentName;
use crate::base::report::{Problem, Problems};
use crate::helm::render::Layer;

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

/// The rendered text and what it holds.
fn documents(path: &str, source: &Source, data: &Json) -> Result<(Rendered, Vec<Node>), Problem> {
    let rendered = template::render(source, data).map_err(|error| problem(path, error))?;
    let documents = structure::documents(&rendered).map_err(|error| problem(path, error))?;
    Ok((rendered, documents))
}

fn layer(path: &str, source: &Source, data: &Json) -> Result<Layer, Problem> {
    let (rendered, documents) = documents(path, source, data)?;
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
    let (rendered, documents) = documents(path, source, data)?;
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
pub(super) fn sources(files: &FileSet, paths: &[String]) -> Result<Vec<(String, Source)>, ValuesError> {
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
