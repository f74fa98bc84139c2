//! TOML as `github.com/BurntSushi/toml` writes it, and reading it.

use std::fmt::Write as _;

use crate::golang::value::{IntKind, Str, Value};
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

/// A document: what is no table first, then the tables, each indented by two spaces per level; a value that is no
/// table stands alone.
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
        list if kind(list)? == Kind::Tables => {
            return Err("toml: top-level values must be Go maps or structs".to_owned());
        }
        other => inline(&mut out, other)?,
    }
    Ok(out.text)
}

/// What a value is written as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Left out.
    Nothing,
    Plain,
    Table,
    Tables,
}

/// A list is one of tables if all its elements are; no list may hold nil, however deep.
fn kind(value: &Value) -> Result<Kind, String> {
    Ok(match value {
        Value::Nil => Kind::Nothing,
        Value::Map(_) => Kind::Table,
        Value::List(list) if list.is_nil() => Kind::Nothing,
        Value::List(list) => {
            let mut is_tables = !list.is_empty();
            for item in list.iter() {
                match kind(item)? {
                    Kind::Nothing => return Err("toml: cannot encode array with nil element".to_owned()),
                    found => is_tables &= found == Kind::Table,
                }
            }
            if is_tables { Kind::Tables } else { Kind::Plain }
        }
        Value::Complex(..) => return Err("unsupported type: complex128".to_owned()),
        _ => Kind::Plain,
    })
}

type Entries = Vec<(Str, Value, Kind)>;

/// What stands directly in a table, and its tables; both in the order of their keys.
fn parts(map: &Map) -> Result<(Entries, Entries), String> {
    let with_kind = |(key, value): (Str, Value)| Ok((key, kind(&value)?, value));
    let entries = map.snapshot().into_iter().map(with_kind);
    let entries: Vec<_> = entries.collect::<Result<_, String>>()?;
    let entries = entries.into_iter().map(|(key, kind, value)| (key, value, kind));
    Ok(entries.partition(|(_, _, kind)| matches!(kind, Kind::Nothing | Kind::Plain)))
}

fn table(out: &mut Out, path: &[String], map: &Map) -> Result<(), String> {
    let (plain, tables) = parts(map)?;
    for (key, value, _) in plain.iter().filter(|(_, _, kind)| *kind == Kind::Plain) {
        indent(out, path.len());
        let _ = write!(out.text, "{} = ", quoted_key(&key.to_text()));
        inline(out, value)?;
        out.text.push('\n');
    }
    for (key, value, _) in tables {
        let mut path = path.to_vec();
        path.push(quoted_key(&key.to_text()));
        match value {
            Value::Map(map) => {
                if path.len() == 1 {
                    blank(out);
                }
                header(out, &path, "[", "]");
                table(out, &path, &map)?;
            }
            Value::List(list) => {
                for item in list.iter() {
                    if let Value::Map(map) = item {
                        blank(out);
                        header(out, &path, "[[", "]]");
                        table(out, &path, map)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// An empty line, but not at the start.
fn blank(out: &mut Out) {
    if !out.text.is_empty() {
        out.text.push('\n');
    }
}

fn header(out: &mut Out, path: &[String], open: &str, close: &str) {
    indent(out, path.len() - 1);
    let _ = writeln!(out.text, "{open}{}{close}", path.join("."));
}

fn indent(out: &mut Out, depth: usize) {
    out.text.push_str(&"  ".repeat(depth));
}

fn inline(out: &mut Out, value: &Value) -> Result<(), String> {
    match value {
        Value::Nil => return Err("toml: cannot encode array with nil element".to_owned()),
        Value::Bool(value) => out.text.push_str(if *value { "true" } else { "false" }),
        Value::Int(IntKind::Duration, _) => {
            let text = fmt::sprint(std::slice::from_ref(value));
            out.text.push_str(&quoted(&text.to_text()));
        }
        Value::Int(_, number) => out.text.push_str(&number.to_string()),
        Value::Uint(_, number) => out.text.push_str(&number.to_string()),
        Value::Float(number) => out.text.push_str(&float(*number, out.floats)),
        Value::Str(text) => out.text.push_str(&quoted(&text.to_text())),
        Value::Bytes(bytes) => {
            let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
            let _ = write!(out.text, "[{}]", numbers.join(", "));
        }
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

/// What is nil is left out, but the comma before it is not.
fn inline_map(out: &mut Out, map: &Map) -> Result<(), String> {
    let (plain, tables) = parts(map)?;
    let count = [plain.len(), tables.len()];
    out.text.push('{');
    for (part, entries) in [plain, tables].into_iter().enumerate() {
        let goes_on = part == 0 && count[1] > 0;
        for (index, (key, value, kind)) in entries.iter().enumerate() {
            if *kind == Kind::Nothing {
                continue;
            }
            let _ = write!(out.text, "{} = ", quoted_key(&key.to_text()));
            inline(out, value)?;
            if goes_on || index + 1 < count[part] {
                out.text.push_str(", ");
            }
        }
    }
    out.text.push('}');
    Ok(())
}

fn float(number: f64, floats: Floats) -> String {
    if number.is_nan() {
        return if number.is_sign_negative() { "-nan" } else { "nan" }.to_owned();
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
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
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
