//! YAML as `sigs.k8s.io/yaml` reads and writes it (1.4 and 1.6 agree): through yaml.v2 and JSON.

mod compose;
mod decode;
mod emit;
mod node;
mod order;
mod scalar;
mod scan;
mod shape;
mod style;
mod text;

use std::rc::Rc;

use serde_json::Value as Json;

use super::json;
use super::value::{List, Map, Str, Value};
use decode::{Numbers, Tree};

pub use node::{Content, Mark, Node, SyntaxError};
pub use scalar::{Scalar, resolve};
pub use shape::Shape;

/// Larger documents are an error. Kubernetes itself accepts 3 MiB.
pub const MAX_BYTES: usize = 16 << 20;

/// More keys and items than this in a document are an error, counted by the letters that begin them.
const MAX_NODES: usize = 400_000;

/// And in values, of which there are several copies while they are merged. The largest values files of public charts have
/// six thousand.
pub const MAX_VALUES: usize = 100_000;

/// Deeper nesting is an error (yaml.v2 allows 10,000 levels on a stack that grows; ours must fit the 2 MiB of an
/// ordinary thread).
pub const MAX_DEPTH: usize = 250;

/// Why a document could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// The library's text (with its own `line N`, where it has one).
    pub message: String,
    /// 1-based line, where it is known.
    pub line: Option<u32>,
}

impl ReadError {
    fn new(message: impl Into<String>) -> Self {
        ReadError {
            message: message.into(),
            line: None,
        }
    }
    /// A problem with what was read, once it is JSON.
    pub fn while_decoding(problem: impl std::fmt::Display) -> Self {
        ReadError::new(format!("error unmarshaling JSON: while decoding JSON: {problem}"))
    }
    fn while_converting(mut self) -> Self {
        self.message.insert_str(0, "error converting YAML to JSON: ");
        self
    }
}

impl From<SyntaxError> for ReadError {
    fn from(error: SyntaxError) -> Self {
        let place = match error.shown {
            0 => String::new(),
            line => format!("line {line}: "),
        };
        ReadError {
            message: format!("yaml: {place}{}", error.problem),
            line: error.mark.map(|mark| mark.line),
        }
    }
}

/// All documents of a text as they are written; one that is empty is an empty scalar.
///
/// # Errors
/// What is not YAML, or too large.
pub fn documents(text: &str) -> Result<Vec<Rc<Node>>, SyntaxError> {
    compose::documents(text.as_bytes())
}
/// `yaml.Unmarshal` into `interface{}` (`fromYaml`, values): numbers are float64. Only the first document is read.
///
/// # Errors
/// Go's text.
pub fn decode(text: &[u8]) -> Result<Value, ReadError> {
    let tree = read(text)?;
    tree.into_value().map_err(ReadError::while_converting)
}
/// `yaml.Unmarshal` into `map[string]interface {}`; an empty document is an empty map.
///
/// # Errors
/// Go's text.
pub fn decode_map(text: &[u8]) -> Result<Map, ReadError> {
    match decode(text)? {
        Value::Map(map) => Ok(map),
        Value::Nil => Ok(Map::new()),
        other => Err(ReadError::while_decoding(json::mismatch(
            &other,
            "map[string]interface {}",
        ))),
    }
}
/// `yaml.Unmarshal` into `[]interface {}`; an empty document is an empty list.
///
/// # Errors
/// Go's text.
pub fn decode_list(text: &[u8]) -> Result<List, ReadError> {
    match decode(text)? {
        Value::List(list) => Ok(list),
        Value::Nil => Ok(List::any(Vec::new())),
        other => Err(ReadError::while_decoding(json::mismatch(
            &other,
            "[]interface {}",
        ))),
    }
}
/// `yaml.YAMLToJSON`, then a reader that keeps integers: for Kubernetes objects.
///
/// # Errors
/// Go's text.
pub fn object(text: &[u8]) -> Result<Json, ReadError> {
    let tree = read(text)?;
    tree.into_json(Numbers::AsWritten)
        .map_err(ReadError::while_converting)
}
/// The same for a struct with fields of type string, which integers and floats fill in different ways (`72e5` is
/// `7.2e+06` there): for Chart.yaml.
///
/// # Errors
/// Go's text.
pub fn typed(text: &[u8], shape: &Shape) -> Result<Json, ReadError> {
    let tree = read(text)?;
    tree.into_shape(shape).map_err(ReadError::while_converting)
}
/// [`typed`] for those who want to know what an object is: of its map only the entries whose keys are wanted (and, it may
/// be, some others). What is wrong with the others is found all the same.
///
/// # Errors
/// Go's text.
pub fn outline(text: &[u8], shape: &Shape, keep: impl Fn(&str) -> bool) -> Result<Json, ReadError> {
    let tree = read_by(text, |node| decode::outline(node, &keep))?;
    tree.into_shape(shape).map_err(ReadError::while_converting)
}
/// The same with every number a float64: for values.
///
/// # Errors
/// Go's text.
pub fn values(text: &[u8]) -> Result<Json, ReadError> {
    if weight(text) > MAX_VALUES {
        return Err(ReadError::new(format!(
            "yaml: document has more than {MAX_VALUES} lines and items"
        )));
    }
    let tree = read(text)?;
    tree.into_json(Numbers::Floats)
        .map_err(ReadError::while_converting)
}
/// [`values`], which must be a map or nothing at all.
///
/// # Errors
/// Go's text.
pub fn values_map(text: &[u8]) -> Result<serde_json::Map<String, Json>, ReadError> {
    match values(text)? {
        Json::Object(entries) => Ok(entries),
        Json::Null => Ok(serde_json::Map::new()),
        other => Err(ReadError::while_decoding(json::fields::mismatch(
            &other,
            "Go value",
            "map[string]interface {}",
        ))),
    }
}
/// `yaml.Marshal`: JSON first, then yaml.v2's emitter. Ends with a newline.
///
/// # Errors
/// Go's text.
pub fn encode(value: &Value) -> Result<Str, String> {
    let text = json::encode(value, true).map_err(|error| format!("error marshaling into JSON: {error}"))?;
    emit::from_json(&text)
}
/// [`encode`] of a tree that came from outside the engine.
///
/// # Errors
/// Go's text.
pub fn encode_serde(tree: &Json) -> Result<String, String> {
    let text = emit::from_json(json::encode_serde(tree).as_bytes())?;
    Ok(text.to_text().into_owned())
}

/// What Helm's `toYamlPretty` writes: yaml.v3 with an indent of two. Ends with a newline.
///
/// # Errors
/// Go's text.
pub fn encode_pretty(value: &Value) -> Result<Str, String> {
    emit::document(value, emit::Dialect::Pretty)
}

/// About how many keys and items a document has.
#[must_use]
pub fn weight(text: &[u8]) -> usize {
    let begins_node = |byte: &&u8| matches!(byte, b'\n' | b',' | b'[' | b'{');
    text.iter().filter(begins_node).count()
}

fn read(text: &[u8]) -> Result<Tree, ReadError> {
    read_by(text, decode::tree)
}

fn read_by(text: &[u8], decode: impl FnOnce(&Node) -> Result<Tree, ReadError>) -> Result<Tree, ReadError> {
    if weight(text) > MAX_NODES {
        return Err(ReadError::new(format!(
            "yaml: document has more than {MAX_NODES} lines and items"
        )));
    }
    compose::first_document(text)
        .map_err(ReadError::from)
        .and_then(|node| node.map_or(Ok(Tree::Nil), |node| decode(&node)))
        .map_err(ReadError::while_converting)
}

#[cfg(test)]
mod tests;
