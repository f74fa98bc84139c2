//! TOML as `github.com/BurntSushi/toml` writes it, and reading it.

use std::fmt::Write as _;

use crate::golang::value::Value;
use crate::golang::{List, Map, fmt, strconv};

/// How floats are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Floats {
    /// All digits (up to 1.4).
    Plain,
    /// With an exponent where `%v` has one (from 1.5).
    Exponent,
}

struct Out {
    text: String,
    floats: Floats,
}

/// A document: scalars of a table first, then its tables, each indented by two spaces per level.
///
/// # Errors
/// The library's text for what TOML cannot hold.
pub(super) fn encode(value: &Value, floats: Floats) -> Result<String, String> {
    let mut out = Out {
        text: String::new(),
        floats,
    };
    match value {
        Value::Map(map) => table(&mut out, &[], map)?,
        _ => return Err("toml: top-level values must be Go maps or structs".to_owned()),
    }
    Ok(out.text)
}

fn table(out: &mut Out, path: &[String], map: &Map) -> Result<(), String> {
    let (tables, scalars): (Vec<_>, Vec<_>) = map
        .snapshot()
        .into_iter()
        .filter(|(_, value)| !value.is_nil())
        .partition(|(_, value)| is_table(value));
    for (key, value) in scalars {
        indent(out, path.len());
        let _ = write!(out.text, "{} = ", quoted_key(&key.to_text()));
        inline(out, &value)?;
        out.text.push('\n');
    }
    for (key, value) in tables {
        let mut path = path.to_vec();
        path.push(quoted_key(&key.to_text()));
        match value {
            Value::Map(map) => header(out, &path, "[", "]", |out, path| table(out, path, &map))?,
            Value::List(list) => {
                for item in list.iter() {
                    if let Value::Map(map) = item {
                        header(out, &path, "[[", "]]", |out, path| table(out, path, map))?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn header(
    out: &mut Out,
    path: &[String],
    open: &str,
    close: &str,
    body: impl Fn(&mut Out, &[String]) -> Result<(), String>,
) -> Result<(), String> {
    if !out.text.is_empty() && path.len() == 1 {
        out.text.push('\n');
    }
    indent(out, path.len() - 1);
    let _ = writeln!(out.text, "{open}{}{close}", path.join("."));
    body(out, path)
}

fn indent(out: &mut Out, depth: usize) {
    out.text.push_str(&"  ".repeat(depth));
}

/// A map, or a list of nothing but maps.
fn is_table(value: &Value) -> bool {
    match value {
        Value::Map(_) => true,
        Value::List(list) => !list.is_empty() && list.iter().all(|item| matches!(item, Value::Map(_))),
        _ => false,
    }
}

fn inline(out: &mut Out, value: &Value) -> Result<(), String> {
    match value {
        Value::Nil => return Err("toml: cannot encode array with nil element".to_owned()),
        Value::Bool(value) => out.text.push_str(if *value { "true" } else { "false" }),
        Value::Int(_, number) => out.text.push_str(&number.to_string()),
        Value::Uint(_, number) => out.text.push_str(&number.to_string()),
        Value::Float(number) => out.text.push_str(&float(*number, out.floats)),
        Value::Str(text) => out.text.push_str(&quoted(&text.to_text())),
        Value::List(list) => inline_list(out, list)?,
        Value::Map(map) => inline_map(out, map)?,
        other => return Err(format!("unsupported type: {}", other.type_name())),
    }
    Ok(())
}

fn inline_list(out: &mut Out, list: &List) -> Result<(), String> {
    out.text.push('[');
    for (index, item) in list.iter().enumerate() {
        out.text.push_str(if index > 0 { ", " } else { "" });
        inline(out, item)?;
    }
    out.text.push(']');
    Ok(())
}

fn inline_map(out: &mut Out, map: &Map) -> Result<(), String> {
    out.text.push('{');
    let entries = map.snapshot().into_iter().filter(|(_, value)| !value.is_nil());
    for (index, (key, value)) in entries.enumerate() {
        out.text.push_str(if index > 0 { ", " } else { "" });
        let _ = write!(out.text, "{} = ", quoted_key(&key.to_text()));
        inline(out, &value)?;
    }
    out.text.push('}');
    Ok(())
}

fn float(number: f64, floats: Floats) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let text = match floats {
        Floats::Plain => strconv::format_float(number, b'f', None),
        Floats::Exponent => fmt::sprint(&[Value::Float(number)]).to_text().into_owned(),
    };
    if text.contains(['.', 'e']) {
        return text;
    }
    text + ".0"
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0'..='\u{1f}' | '\u{7f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

fn quoted_key(key: &str) -> String {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if !key.is_empty() && key.chars().all(is_bare) {
        return key.to_owned();
    }
    quoted(key)
}

/// A document as a map: integers are int64, dates are texts.
///
/// # Errors
/// What is wrong with it.
pub(super) fn decode(text: &[u8]) -> Result<Map, String> {
    let text = std::str::from_utf8(text).map_err(|_| "toml: invalid UTF-8".to_owned())?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| format!("toml: {}", error.message()))?;
    Ok(from_table(table))
}

fn from_table(table: toml::Table) -> Map {
    table
        .into_iter()
        .map(|(key, value)| (key, from_toml(value)))
        .collect()
}

fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text),
        toml::Value::Integer(number) => Value::int64(number),
        toml::Value::Float(number) => Value::Float(number),
        toml::Value::Boolean(value) => Value::Bool(value),
        toml::Value::Datetime(date) => Value::from(date.to_string()),
        toml::Value::Array(items) => Value::list(items.into_iter().map(from_toml).collect()),
        toml::Value::Table(table) => Value::Map(from_table(table)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_come_before_tables() {
        let inner: Map = [("c", Value::Float(1.0))].into_iter().collect();
        let middle: Map = [("b", Value::Map(inner)), ("k v", Value::str("x\"y"))]
            .into_iter()
            .collect();
        let map: Map = [("a", Value::Map(middle)), ("z", Value::int(1))]
            .into_iter()
            .collect();
        let expected = "z = 1\n\n[a]\n  \"k v\" = \"x\\\"y\"\n  [a.b]\n    c = 1.0\n";
        assert_eq!(encode(&Value::Map(map), Floats::Plain).unwrap(), expected);
    }

    #[test]
    fn integers_are_read_as_int64() {
        let map = decode(b"a = 1\n[t]\nb = [1.5]").unwrap();
        assert!(matches!(map.get("a"), Some(Value::Int(_, 1))));
        assert!(decode(b"a = ").is_err());
    }
}
