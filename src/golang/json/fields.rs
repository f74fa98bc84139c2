//! Fields of Go structs from JSON values, as Go's JSON decoder fills them and sigs yaml converts scalars for them.
//!
//! `field` is Go's name of the field for the error, such as `Metadata.name`; null leaves a field as it is.

use serde_json::Value as Json;

use crate::golang::strconv;

/// The members of a map; none for null.
///
/// # Errors
/// No map.
pub fn members<'a>(
    value: &'a Json,
    field: &str,
    wanted: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Json)> + use<'a>, String> {
    match value {
        Json::Null => Ok(None.into_iter().flatten()),
        Json::Object(entries) => Ok(Some(entries).into_iter().flatten()),
        other => Err(mismatch_in(other, field, wanted)),
    }
}

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

/// Go's text for a value that does not fit `place`: `Go value`, or a field.
#[must_use]
pub fn mismatch(found: &Json, place: &str, wanted: &str) -> String {
    format!(
        "json: cannot unmarshal {} into {place} of type {wanted}",
        json_kind(found)
    )
}

/// [`mismatch`] of a field.
#[must_use]
pub fn mismatch_in(found: &Json, field: &str, wanted: &str) -> String {
    mismatch(found, &format!("Go struct field {field}"), wanted)
}

/// A text; other scalars become one.
///
/// # Errors
/// A list or a map.
pub fn set_text(target: &mut String, value: &Json, field: &str) -> Result<(), String> {
    match value {
        Json::Null => {}
        Json::Bool(flag) => *target = flag.to_string(),
        Json::Number(number) => *target = number_text(number),
        Json::String(text) => target.clone_from(text),
        other => return Err(mismatch_in(other, field, "string")),
    }
    Ok(())
}

/// A truth value.
///
/// # Errors
/// Anything else.
pub fn set_flag(target: &mut bool, value: &Json, field: &str) -> Result<(), String> {
    match value {
        Json::Null => {}
        Json::Bool(flag) => *target = *flag,
        other => return Err(mismatch_in(other, field, "bool")),
    }
    Ok(())
}

/// A list of texts.
///
/// # Errors
/// No list, or a list or map in it.
pub fn set_texts(target: &mut Vec<String>, value: &Json, field: &str) -> Result<(), String> {
    *target = list(value, field, "[]string", |item| {
        let mut text = String::new();
        set_text(&mut text, item, field)?;
        Ok(text)
    })?;
    Ok(())
}

/// A list; null is an empty one.
///
/// # Errors
/// No list, or what is wrong with an item.
pub fn list<T>(
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

/// A struct in a list; `None` for null. `set` gets keys in lower case.
///
/// # Errors
/// No map, or what is wrong with a field.
pub fn entry<T: Default>(
    value: &Json,
    field: &str,
    wanted: &str,
    set: impl Fn(&mut T, &str, &Json) -> Result<(), String>,
) -> Result<Option<T>, String> {
    entry_over(T::default(), value, field, wanted, set)
}

/// [`entry`] where one is there already.
///
/// # Errors
/// No map, or what is wrong with a field.
pub fn entry_over<T>(
    mut filled: T,
    value: &Json,
    field: &str,
    wanted: &str,
    set: impl Fn(&mut T, &str, &Json) -> Result<(), String>,
) -> Result<Option<T>, String> {
    match value {
        Json::Null => Ok(None),
        Json::Object(entries) => {
            for (key, value) in entries {
                set(&mut filled, &key.to_ascii_lowercase(), value)?;
            }
            Ok(Some(filled))
        }
        other => Err(mismatch_in(other, field, wanted)),
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
