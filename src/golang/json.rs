//! Go's `encoding/json`, and the one place where `serde_json` values and Go values meet.

use super::value::{Str, Value};
use serde_json::Value as Json;

/// `json.Marshal` (`escape_html`: `<`, `>`, `&` as `\u003c` …).
///
/// # Errors
/// Go's text.
pub fn encode(value: &Value, escape_html: bool) -> Result<Str, String> {
    todo!("{value:?} {escape_html}")
}
/// `json.Unmarshal` into `interface{}`: numbers are float64.
///
/// # Errors
/// Go's text.
pub fn decode(text: &[u8]) -> Result<Value, String> {
    todo!("{text:?}")
}
/// Into a Go value: integers become int64, other numbers float64.
#[must_use]
pub fn from_serde(json: &Json) -> Value {
    todo!("{json}")
}
/// Out of a Go value, as `json.Marshal` would see it (float64 stays a float).
///
/// # Errors
/// Go's text for what JSON cannot hold.
pub fn to_serde(value: &Value) -> Result<Json, String> {
    todo!("{value:?}")
}
/// `json.Marshal` of a tree that came from outside the engine: Go's number format and escapes, keys sorted.
#[must_use]
pub fn encode_serde(json: &Json) -> String {
    todo!("{json}")
}
