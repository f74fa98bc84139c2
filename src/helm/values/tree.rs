//! Values as Go's maps and back: coalescing shares maps, records and results do not.

use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use crate::golang::{List, Map, Value, json};

/// A map of its own out of JSON.
pub(super) fn map(values: &JsonMap<String, Json>) -> Map {
    values
        .iter()
        .map(|(key, value)| (key.as_str(), json::from_serde(value)))
        .collect()
}

/// Back to JSON; a float that JSON cannot hold becomes null (YAML and flags give none).
pub(super) fn json(map: &Map) -> JsonMap<String, Json> {
    let entries = map.snapshot().into_iter().map(|(key, value)| {
        let value = json::to_serde(&value).unwrap_or(Json::Null);
        (key.to_text().into_owned(), value)
    });
    entries.collect()
}

/// A copy that shares no map with the original.
pub(super) fn deep_copy(map: &Map) -> Map {
    map.snapshot()
        .into_iter()
        .map(|(key, value)| (key, copied(&value)))
        .collect()
}

fn copied(value: &Value) -> Value {
    match value {
        Value::Map(map) => Value::Map(deep_copy(map)),
        Value::List(list) => Value::List(List::any(list.iter().map(copied).collect())),
        other => other.clone(),
    }
}

/// `Values.Table`: the map at a dotted path.
///
/// # Errors
/// Helm's text.
pub(super) fn table(values: &Map, path: &str) -> Result<Map, String> {
    let mut table = values.clone();
    for name in path.split('.') {
        match table.get(name) {
            Some(Value::Map(inner)) => table = inner,
            _ => return Err(format!("{name:?} is not a table")),
        }
    }
    Ok(table)
}

/// `Values.PathValue`: what is at a dotted path, unless it is nothing or a map.
pub(super) fn leaf(values: &Map, path: &str) -> Option<Value> {
    let (folder, key) = match path.rsplit_once('.') {
        Some((folder, key)) => (table(values, folder).ok()?, key),
        None => (values.clone(), path),
    };
    folder.get(key).filter(|value| !matches!(value, Value::Map(_)))
}
