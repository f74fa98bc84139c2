//! `json.Unmarshal` (encoding/json `decode.go`, go1.23).

use super::reader::Reader;
use crate::golang::value::{Map, Value};

/// `json.Unmarshal` into `interface{}`: numbers are float64, the last of equal keys wins.
///
/// # Errors
/// Go's text.
pub fn decode(text: &[u8]) -> Result<Value, String> {
    let (value, error) = read(text)?;
    error.map_or(Ok(value), Err)
}

/// The first value of a text, and where it ends: a `json.Decoder`.
///
/// # Errors
/// Go's text.
pub fn decode_first(text: &[u8]) -> Result<(Value, usize), String> {
    Reader::new(text, false).first()
}

/// `json.Unmarshal` into `map[string]interface {}`: what was read, and the error if there was one.
/// `null` reads as an empty map.
#[must_use]
pub fn decode_map(text: &[u8]) -> (Map, Option<String>) {
    match read(text) {
        Ok((Value::Map(map), error)) => (map, error),
        Ok((Value::Nil, error)) => (Map::new(), error),
        Ok((other, _)) => (Map::new(), Some(mismatch(&other, "map[string]interface {}"))),
        Err(message) => (Map::new(), Some(message)),
    }
}

/// `json.Unmarshal` into `[]interface {}`: what was read, and the error if there was one.
/// `null` reads as an empty list.
#[must_use]
pub fn decode_list(text: &[u8]) -> (Vec<Value>, Option<String>) {
    match read(text) {
        Ok((Value::List(list), error)) => (list.to_vec(), error),
        Ok((Value::Nil, error)) => (Vec::new(), error),
        Ok((other, _)) => (Vec::new(), Some(mismatch(&other, "[]interface {}"))),
        Err(message) => (Vec::new(), Some(message)),
    }
}

/// Like [`decode`], but integers stay int64 or uint64 where they fit.
///
/// # Errors
/// Go's text.
pub fn decode_exact(text: &[u8]) -> Result<Value, String> {
    let (value, error) = read_with(text, true)?;
    error.map_or(Ok(value), Err)
}

/// Go's text for a JSON value that does not fit a Go type.
#[must_use]
pub fn mismatch(value: &Value, wanted: &str) -> String {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "number",
    };
    format!("json: cannot unmarshal {kind} into Go value of type {wanted}")
}

/// The value; a number that float64 cannot hold reads as nil and is reported beside it.
fn read(text: &[u8]) -> Result<(Value, Option<String>), String> {
    read_with(text, false)
}

fn read_with(text: &[u8], keeps_integers: bool) -> Result<(Value, Option<String>), String> {
    Reader::new(text, keeps_integers).document()
}
