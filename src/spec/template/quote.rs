//! Texts as YAML and JSON that mean exactly that text.

use std::fmt::Write;

use serde_json::Value as Json;

/// A text in double quotes that YAML and JSON read as exactly this text: what YAML would refuse, fold or
/// take for a line's end is escaped.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            letter if needs_escape(letter) => {
                // All of these are in the basic plane: one unit each.
                let _ = write!(quoted, "\\u{:04x}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// Characters that YAML does not print as they are, or that end a line in it.
fn needs_escape(letter: char) -> bool {
    matches!(
        letter,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
    )
}

/// A value on one line: JSON, which is YAML too.
#[must_use]
pub fn flow(value: &Json) -> String {
    match value {
        Json::String(text) => quote(text),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(","))
        }
        Json::Object(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}:{}", quote(key), flow(value)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        other => other.to_string(),
    }
}

/// A value in YAML's block style, without a newline at the end; texts quoted where they would read as
/// something else.
#[must_use]
pub fn block(value: &Json) -> String {
    let mut lines = Vec::new();
    write_block(value, 0, &mut lines);
    lines.join("\n")
}

fn write_block(value: &Json, indent: usize, lines: &mut Vec<String>) {
    let margin = " ".repeat(indent);
    match value {
        Json::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                let key = text_scalar(key);
                if is_leaf(value) {
                    lines.push(format!("{margin}{key}: {}", leaf(value)));
                } else {
                    lines.push(format!("{margin}{key}:"));
                    write_block(value, indent + 2, lines);
                }
            }
        }
        Json::Array(items) if !items.is_empty() => {
            for item in items {
                let first = lines.len();
                write_block(item, indent + 2, lines);
                if let Some(line) = lines.get_mut(first) {
                    line.replace_range(..indent + 2, &format!("{margin}- "));
                }
            }
        }
        other => lines.push(format!("{margin}{}", leaf(other))),
    }
}

fn is_leaf(value: &Json) -> bool {
    match value {
        Json::Object(map) => map.is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => true,
    }
}

fn leaf(value: &Json) -> String {
    match value {
        Json::String(text) => text_scalar(text),
        other => flow(other),
    }
}

/// Plain where every reader takes it for this text, else in double quotes.
fn text_scalar(text: &str) -> String {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '/');
    let starts_as_word =
        text.starts_with(|letter: char| letter.is_ascii_alphabetic() || matches!(letter, '/' | '_'));
    let is_plain = starts_as_word
        && text.chars().all(is_word)
        && crate::spec::scalar::resolve(text).is_some_and(|value| value.is_string());
    if is_plain { text.to_owned() } else { quote(text) }
}
