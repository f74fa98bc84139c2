//! Changed values, made from a chart's own: what an operator changes most.

use serde_json::{Map as JsonMap, Value as Json, json};

/// Values that, laid over the chart's, scale it, move its images to another tag and label its pods.
pub fn changed(defaults: &JsonMap<String, Json>) -> Json {
    let mut changes = JsonMap::new();
    for (key, value) in defaults {
        if let Some(change) = change(key, value) {
            changes.insert(key.clone(), change);
        }
    }
    Json::Object(changes)
}

fn change(key: &str, value: &Json) -> Option<Json> {
    let lower = key.to_lowercase();
    match value {
        Json::Object(map) if lower == "podlabels" || lower == "podannotations" => {
            let mut map = map.clone();
            map.insert("changed".to_owned(), json!("yes"));
            Some(Json::Object(map))
        }
        Json::Object(map) if !map.is_empty() => {
            let below = changed(map);
            below
                .as_object()
                .is_some_and(|map| !map.is_empty())
                .then_some(below)
        }
        Json::Number(number) if lower.contains("replica") => number
            .as_i64()
            .filter(|count| *count >= 1)
            .map(|count| json!(count + 1)),
        Json::String(_) if lower == "loglevel" => Some(json!("debug")),
        _ => None,
    }
}
