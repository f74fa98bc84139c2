//! Between `serde_json` values (outside the template engine) and Go values (inside).

use serde_json::{Number, Value as Json};

use super::encode::{Style, number, string};
use super::replace_invalid;
use crate::golang::value::{IntKind, UintKind, Value};

/// Into a Go value: integers become int64 (uint64 where they do not fit), other numbers float64.
#[must_use]
pub fn from_serde(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => from_number(number),
        Json::String(text) => Value::str(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(from_serde).collect()),
        Json::Object(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, item)| (key.as_str(), from_serde(item)))
                .collect(),
        ),
    }
}

fn from_number(number: &Number) -> Value {
    if let Some(integer) = number.as_i64() {
        return Value::Int(IntKind::Int64, integer);
    }
    match number.as_u64() {
        Some(integer) => Value::Uint(UintKind::Uint64, integer),
        None => Value::Float(number.as_f64().unwrap_or_default()),
    }
}

/// Out of a Go value, as `json.Marshal` would see it (float64 stays a float).
///
/// # Errors
/// Go's text for what JSON cannot hold.
pub fn to_serde(value: &Value) -> Result<Json, String> {
    nested(value, 0)
}

fn nested(value: &Value, depth: usize) -> Result<Json, String> {
    if depth > super::MAX_DEPTH {
        return Err(format!(
            "json: unsupported value: encountered a cycle via {}",
            value.type_name()
        ));
    }
    Ok(match value {
        Value::Nil => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(_, number) => Json::Number((*number).into()),
        Value::Uint(_, number) => Json::Number((*number).into()),
        Value::Float(float) => {
            number(*float)?;
            Number::from_f64(*float).map_or(Json::Null, Json::Number)
        }
        Value::Str(text) => Json::String(replace_invalid(text)),
        Value::List(list) if list.is_nil() => Json::Null,
        Value::List(list) => Json::Array(
            list.iter()
                .map(|item| nested(item, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        Value::Map(map) => {
            let entries = map.borrow();
            let entry = |(key, item): (&crate::golang::Str, &Value)| {
                Ok((replace_invalid(key), nested(item, depth + 1)?))
            };
            Json::Object(entries.iter().map(entry).collect::<Result<_, String>>()?)
        }
        Value::Complex(..) | Value::Bytes(_) | Value::Object(_) => {
            let text = super::encode(value, false)?;
            serde_json::from_slice(&text).map_err(|error| error.to_string())?
        }
    })
}

/// `json.Marshal` of a tree that came from outside the engine: Go's number format and escapes, keys sorted.
#[must_use]
pub fn encode_serde(json: &Json) -> String {
    let mut out = String::new();
    write(&mut out, json, None, 0);
    out
}

/// `json.MarshalIndent(tree, "", "  ")`.
#[must_use]
pub fn encode_serde_pretty(json: &Json) -> String {
    let mut out = String::new();
    write(&mut out, json, Some("  "), 0);
    out
}

fn write(out: &mut String, json: &Json, indent: Option<&str>, depth: usize) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(value) => out.push_str(&from_outside(value)),
        Json::String(text) => string(out, text.as_bytes(), Style::default()),
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(out, index, indent, depth + 1);
                write(out, item, indent, depth + 1);
            }
            close(out, ']', items.is_empty(), indent, depth);
        }
        Json::Object(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(b.0));
            out.push('{');
            for (index, (key, item)) in sorted.into_iter().enumerate() {
                separate(out, index, indent, depth + 1);
                string(out, key.as_bytes(), Style::default());
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write(out, item, indent, depth + 1);
            }
            close(out, '}', entries.is_empty(), indent, depth);
        }
    }
}

fn from_outside(value: &Number) -> String {
    if value.is_f64() {
        let float = value.as_f64().unwrap_or_default();
        number(float).unwrap_or_else(|_| "null".into())
    } else {
        value.to_string()
    }
}

fn separate(out: &mut String, index: usize, indent: Option<&str>, depth: usize) {
    if index > 0 {
        out.push(',');
    }
    new_line(out, indent, depth);
}

fn close(out: &mut String, bracket: char, is_empty: bool, indent: Option<&str>, depth: usize) {
    if !is_empty {
        new_line(out, indent, depth);
    }
    out.push(bracket);
}

fn new_line(out: &mut String, indent: Option<&str>, depth: usize) {
    if let Some(indent) = indent {
        out.push('\n');
        out.push_str(&indent.repeat(depth));
    }
}

/// The tree with every number a float64, as an `interface{}` holds it.
#[must_use]
pub fn with_floats(value: Json) -> Json {
    match value {
        Json::Number(number) => number.as_f64().map_or(Json::Null, Json::from),
        Json::Array(items) => items.into_iter().map(with_floats).collect(),
        Json::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (key, with_floats(value)));
            Json::Object(entries.collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn trees_from_outside_are_written_as_go_writes_them() {
        let tree = json!({"b": 1.0, "a": [1e21, -1, u64::MAX, "<"], "c": null});
        assert_eq!(
            encode_serde(&tree),
            r#"{"a":[1e+21,-1,18446744073709551615,"\u003c"],"b":1,"c":null}"#
        );
        assert_eq!(
            encode_serde_pretty(&json!({"a": [], "b": [1]})),
            "{\n  \"a\": [],\n  \"b\": [\n    1\n  ]\n}"
        );
    }

    #[test]
    fn numbers_keep_their_kind_across_the_bridge() {
        let tree = json!({"int": 5, "float": 5.0, "big": u64::MAX, "text": "x", "list": [null, true]});
        let value = from_serde(&tree);
        assert_eq!(to_serde(&value).unwrap(), tree);
        let Value::Map(map) = value else {
            panic!("not a map")
        };
        assert!(matches!(map.get("int"), Some(Value::Int(IntKind::Int64, 5))));
        assert!(matches!(map.get("float"), Some(Value::Float(_))));
    }
}
