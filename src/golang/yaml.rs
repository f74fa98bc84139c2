//! YAML as `sigs.k8s.io/yaml` reads and writes it.

use super::value::{Str, Value};
use serde_json::Value as Json;

/// Why a document could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// The library's text (with its own `line N`, where it has one).
    pub message: String,
    /// 1-based line, where it is known.
    pub line: Option<u32>,
}

/// `yaml.Unmarshal` into `interface{}` (`fromYaml`, values): numbers are float64.
///
/// # Errors
/// Go's text.
pub fn decode(text: &[u8]) -> Result<Value, ReadError> {
    todo!("{text:?}")
}
/// `yaml.YAMLToJSON`, then a reader that keeps integers: for Kubernetes objects.
///
/// # Errors
/// Go's text.
pub fn object(text: &[u8]) -> Result<Json, ReadError> {
    todo!("{text:?}")
}
/// The same with every number a float64: for values and Chart.yaml.
///
/// # Errors
/// Go's text.
pub fn values(text: &[u8]) -> Result<Json, ReadError> {
    todo!("{text:?}")
}
/// `yaml.Marshal`: JSON first, then yaml.v2's emitter. Ends with a newline.
///
/// # Errors
/// Go's text.
pub fn encode(value: &Value) -> Result<Str, String> {
    todo!("{value:?}")
}
