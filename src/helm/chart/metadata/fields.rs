//! One field of a struct from one JSON value, as Go's JSON decoder and sigs yaml convert it.

use serde_json::Value as Json;

use crate::golang::strconv;

/// How Go's JSON decoder calls a value of this kind.
fn json_kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

pub(super) fn mismatch(found: &Json, place: &str, wanted: &str) -> String {
    format!(
        "json: cannot unmarshal {} into {place} of type {wanted}",
        json_kind(found)
    )
}

pub(super) fn mismatch_in(found: &Json, field: &str, wanted: &str) -> String {
    mismatch(found, &format!("Go struct field {field}"), wanted)
}

pub(super) fn set_text(target: &mut String, value: &Json, field: &str) -> Result<(), String> {
    match value {
        Json::Null => {}
        Json::Bool(flag) => *target = flag.to_string(),
        Json::Number(number) => *target = number_text(number),
        Json::String(text) => target.clone_from(text),
        other => return Err(mismatch_in(other, field, "string")),
    }
    Ok(())
}

/// A time is kept as it is written; that it is one is all that Helm checks here.
pub(super) fn set_time(target: &mut String, value: &Json) -> Result<(), String> {
    match value {
        Json::Null => Ok(()),
        Json::String(text) if text.parse::<jiff::Timestamp>().is_ok() => {
            target.clone_from(text);
            Ok(())
        }
        Json::String(text) => Err(format!(
            "parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse {text:?} as \"2006\""
        )),
        _ => Err("Time.UnmarshalJSON: input is not a JSON string".to_owned()),
    }
}

pub(super) fn set_flag(target: &mut bool, value: &Json, field: &str) -> Result<(), String> {
    match value {
        Json::Null => {}
        Json::Bool(flag) => *target = *flag,
        other => return Err(mismatch_in(other, field, "bool")),
    }
    Ok(())
}

pub(super) fn set_texts(target: &mut Vec<String>, value: &Json, field: &str) -> Result<(), String> {
    *target = list(value, field, "[]string", |item| {
        let mut text = String::new();
        set_text(&mut text, item, field)?;
        Ok(text)
    })?;
    Ok(())
}

pub(super) fn list<T>(
    value: &Json,
    field: &str,
    wanted: &str,
    item: impl Fn(&Json) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    match value {
        Json::Null => Ok(Vec::new()),
        Json::Array(items) => items.iter().map(item).collect(),
        other => Err(mismatch_in(other, field, wanted)),
    }
}

/// A struct in a list; `None` for null.
pub(super) fn entry<T: Default>(
    value: &Json,
    field: &str,
    wanted: &str,
    set: impl Fn(&mut T, &str, &Json) -> Result<(), String>,
) -> Result<Option<T>, String> {
    match value {
        Json::Null => Ok(None),
        Json::Object(entries) => {
            let mut filled = T::default();
            for (key, value) in entries {
                set(&mut filled, &key.to_ascii_lowercase(), value)?;
            }
            Ok(Some(filled))
        }
        other => Err(mismatch_in(other, field, wanted)),
    }
}

/// In an `interface{}` every JSON number is a float64.
pub(super) fn as_floats(value: &Json) -> Json {
    match value {
        Json::Number(number) => number.as_f64().map_or(Json::Null, Json::from),
        Json::Array(items) => items.iter().map(as_floats).collect(),
        Json::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), as_floats(value)));
            Json::Object(entries.collect())
        }
        other => other.clone(),
    }
}

/// Integers in decimal, floats as Go's `%g` of a float32 (`appVersion: 1.10` is `1.1`).
#[expect(
    clippy::cast_possible_truncation,
    reason = "Go formats the float64 with 32 bits"
)]
fn number_text(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => strconv::format_float32(float as f32),
        _ => number.to_string(),
    }
}
