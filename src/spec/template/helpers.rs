//! The helpers of value templates: plain functions over values.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::quote;
use super::scope::{child, kind};

/// What an expression gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'d> {
    /// Data.
    Data(Cow<'d, Json>),
    /// A text that is written as it is.
    Formatted(Formatted),
}

/// A text for the output.
#[derive(Clone, Debug, PartialEq)]
pub struct Formatted {
    /// What is written.
    pub text: String,
    /// The text that a YAML reader shall find there; `None` for what is meant as structure.
    pub stands_for: Option<String>,
    /// What is written before the text itself (an indent).
    pub before: String,
    /// In quotes?
    pub is_quoted: bool,
}

impl Value<'_> {
    /// As data: a formatted text is a text.
    pub fn into_json(self) -> Json {
        match self {
            Value::Data(data) => data.into_owned(),
            Value::Formatted(formatted) => Json::String(formatted.text),
        }
    }
}

/// The helpers that work on values: name and what they take. Blocks are `if`, `unless`, `each`, `with`, `raw`.
pub const NAMES: &[(&str, &str)] = &[
    ("and", "two or more values"),
    ("b64", "a text"),
    ("concat", "one or more texts or numbers"),
    ("default", "a value that may be missing, and another"),
    ("eq", "two values"),
    ("gt", "two numbers"),
    ("gte", "two numbers"),
    ("has", "a map or list, and a key"),
    ("indent", "a number of spaces, and a text"),
    ("join", "a list, and a text between its items"),
    ("json", "a value"),
    ("len", "a list, map or text"),
    ("lookup", "a map or list, and a key"),
    ("lower", "a text"),
    ("lt", "two numbers"),
    ("lte", "two numbers"),
    ("ne", "two values"),
    ("nindent", "a number of spaces, and a text"),
    ("not", "a value"),
    ("or", "two or more values"),
    ("quote", "a text, number or truth value"),
    ("upper", "a text"),
    ("yaml", "a value"),
];

/// Calls a helper. The error says what it takes.
///
/// # Errors
/// An unknown helper, or values it does not take; the texts of values are not in it.
pub fn call<'d>(name: &str, mut arguments: Vec<Value<'d>>) -> Result<Value<'d>, String> {
    match name {
        "indent" | "nindent" => return indent(name, arguments),
        "default" if arguments.len() == 2 => return Ok(arguments.remove(0)),
        _ => {}
    }
    let arguments: Vec<Json> = arguments.into_iter().map(Value::into_json).collect();
    let result = match (name, &arguments[..]) {
        ("yaml", [value]) => return Ok(formatted(value, quote::block)),
        ("json", [value]) => return Ok(formatted(value, quote::flow)),
        ("quote", [value]) => {
            let text = plain_text(value).ok_or_else(|| usage(name, &arguments))?;
            return Ok(formatted(&Json::String(text), quote::flow));
        }
        ("b64", [Json::String(text)]) => json!(STANDARD.encode(text)),
        ("lower", [Json::String(text)]) => json!(text.to_lowercase()),
        ("upper", [Json::String(text)]) => json!(text.to_uppercase()),
        ("concat", [_, ..]) => json!(joined(&arguments, "").ok_or_else(|| usage(name, &arguments))?),
        ("join", [Json::Array(items), Json::String(between)]) => {
            json!(joined(items, between).ok_or_else(|| usage(name, &arguments))?)
        }
        ("lookup", [container, key]) => return lookup(container, key),
        ("has", [container, key]) => {
            json!(plain_text(key).is_some_and(|key| child(container, &key).is_some()))
        }
        ("len", [value]) => json!(length(value).ok_or_else(|| usage(name, &arguments))?),
        ("not", [value]) => json!(!is_truthy(value)),
        ("and", [_, _, ..]) => json!(arguments.iter().all(is_truthy)),
        ("or", [_, _, ..]) => json!(arguments.iter().any(is_truthy)),
        ("eq", [a, b]) => json!(is_equal(a, b)),
        ("ne", [a, b]) => json!(!is_equal(a, b)),
        ("gt" | "gte" | "lt" | "lte", [Json::Number(a), Json::Number(b)]) => json!(compare(name, a, b)),
        _ => return Err(usage(name, &arguments)),
    };
    Ok(Value::Data(Cow::Owned(result)))
}

fn usage(name: &str, arguments: &[Json]) -> String {
    let given: Vec<&str> = arguments.iter().map(kind).collect();
    match NAMES.iter().find(|(known, _)| *known == name) {
        Some((_, takes)) => format!("`{name}` takes {takes}, but was given {}", given.join(", ")),
        None => format!("there is no helper `{name}`"),
    }
}

fn formatted<'d>(value: &Json, write: fn(&Json) -> String) -> Value<'d> {
    let stands_for = value.as_str().map(str::to_owned);
    let is_quoted = stands_for.is_some();
    let text = if is_quoted {
        quote::flow(value)
    } else {
        write(value)
    };
    Value::Formatted(Formatted {
        text,
        stands_for,
        before: String::new(),
        is_quoted,
    })
}

/// Indents every line that is not empty.
fn indent<'d>(name: &str, arguments: Vec<Value<'d>>) -> Result<Value<'d>, String> {
    // Deeper is a slip, and costs memory for every line.
    const MAX_SPACES: u64 = 64;
    let kinds: Vec<Json> = arguments.iter().map(|value| value.clone().into_json()).collect();
    let [Json::Number(spaces), Json::String(_)] = &kinds[..] else {
        return Err(usage(name, &kinds));
    };
    let spaces = spaces.as_u64().filter(|spaces| *spaces <= MAX_SPACES);
    let spaces = spaces.ok_or_else(|| format!("`{name}` takes 0 to {MAX_SPACES} spaces"))?;
    let margin = " ".repeat(usize::try_from(spaces).unwrap_or_default());
    let mut formatted = match arguments.into_iter().nth(1) {
        Some(Value::Formatted(formatted)) => formatted,
        Some(data) => plain(data.into_json().as_str().unwrap_or_default().to_owned()),
        None => plain(String::new()),
    };
    let start = if name == "nindent" { "\n" } else { "" };
    let lines: Vec<String> = formatted
        .text
        .split('\n')
        .map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!("{margin}{line}")
            }
        })
        .collect();
    formatted.text = format!("{start}{}", lines.join("\n"));
    formatted.before = format!("{start}{margin}{}", formatted.before);
    Ok(Value::Formatted(formatted))
}

/// A text as it is.
pub fn plain(text: String) -> Formatted {
    Formatted {
        stands_for: Some(text.clone()),
        text,
        before: String::new(),
        is_quoted: false,
    }
}

fn lookup<'d>(container: &Json, key: &Json) -> Result<Value<'d>, String> {
    let key = plain_text(key).ok_or("the key of `lookup` must be a text or number")?;
    match child(container, &key) {
        Some(value) => Ok(Value::Data(Cow::Owned(value.clone()))),
        None => Err(format!("`lookup`: {} has no such key", kind(container))),
    }
}

/// A scalar as it prints.
pub fn plain_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn joined(items: &[Json], between: &str) -> Option<String> {
    let texts: Option<Vec<String>> = items.iter().map(plain_text).collect();
    texts.map(|texts| texts.join(between))
}

fn length(value: &Json) -> Option<usize> {
    match value {
        Json::Array(items) => Some(items.len()),
        Json::Object(map) => Some(map.len()),
        Json::String(text) => Some(text.chars().count()),
        _ => None,
    }
}

/// Handlebars' idea of truth: false, null, zero and what is empty are not true.
pub fn is_truthy(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(value) => *value,
        Json::Number(number) => number.as_f64() != Some(0.0),
        Json::String(text) => !text.is_empty(),
        Json::Array(items) => !items.is_empty(),
        Json::Object(map) => !map.is_empty(),
    }
}

/// Numbers are equal by value: `1` and `1.0`.
fn is_equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => {
            a == b || (a.as_f64() == b.as_f64() && (a.is_f64() || b.is_f64()))
        }
        _ => a == b,
    }
}

fn compare(name: &str, a: &serde_json::Number, b: &serde_json::Number) -> bool {
    let order = match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64().unwrap_or(0.0).partial_cmp(&b.as_f64().unwrap_or(0.0)),
    };
    order.is_some_and(|order| match name {
        "gt" => order.is_gt(),
        "gte" => order.is_ge(),
        "lt" => order.is_lt(),
        _ => order.is_le(),
    })
}
