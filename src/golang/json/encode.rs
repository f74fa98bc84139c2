//! `json.Marshal` (encoding/json `encode.go`, go1.23).

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{MAX_DEPTH, MAX_TEXT, TOO_LONG};
use crate::golang::strconv::format_float;
use crate::golang::value::{List, Map, Object, Str, Value};

/// How JSON is written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// `<`, `>`, `&` as `\u003c` and so on.
    pub escape_html: bool,
    /// Indentation per level; none writes one line.
    pub indent: Option<&'static str>,
    /// A byte that is not UTF-8 becomes U+FFFD itself (go1.27), not the escape `\ufffd` (before).
    pub raw_replacement: bool,
}

impl Default for Style {
    /// `json.Marshal` of go1.23.
    fn default() -> Self {
        Style {
            escape_html: true,
            indent: None,
            raw_replacement: false,
        }
    }
}

/// `json.Marshal` (`escape_html`: `<`, `>`, `&` as `\u003c` …).
///
/// # Errors
/// Go's text.
pub fn encode(value: &Value, escape_html: bool) -> Result<Str, String> {
    encode_styled(
        value,
        Style {
            escape_html,
            ..Style::default()
        },
    )
}

/// `json.MarshalIndent(value, "", "  ")`.
///
/// # Errors
/// Go's text.
pub fn encode_pretty(value: &Value, escape_html: bool) -> Result<Str, String> {
    encode_styled(
        value,
        Style {
            escape_html,
            indent: Some("  "),
            ..Style::default()
        },
    )
}

/// JSON in a given style, without a newline at the end.
///
/// # Errors
/// Go's text.
pub fn encode_styled(value: &Value, style: Style) -> Result<Str, String> {
    let mut writer = Writer {
        out: String::new(),
        style,
        depth: 0,
    };
    writer.value(value)?;
    Ok(writer.out.into())
}

/// A float64 as `json.Marshal` writes it: exponents only below 1e-6 and from 1e21 on.
///
/// # Errors
/// Go's text for infinities and NaN.
pub fn number(number: f64) -> Result<String, String> {
    if !number.is_finite() {
        return Err(format!(
            "json: unsupported value: {}",
            format_float(number, b'g', None)
        ));
    }
    let size = number.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format_float(number, b'e', None);
        return Ok(match text.split_once("e-0") {
            Some((digits, exponent)) => format!("{digits}e-{exponent}"),
            None => text,
        });
    }
    Ok(format_float(number, b'f', None))
}

/// Writes a JSON string with its quotes.
pub(super) fn string(out: &mut String, text: &[u8], style: Style) {
    out.push('"');
    for chunk in text.utf8_chunks() {
        for letter in chunk.valid().chars() {
            character(out, letter, style.escape_html);
        }
        for _ in chunk.invalid() {
            out.push_str(if style.raw_replacement {
                "\u{fffd}"
            } else {
                "\\ufffd"
            });
        }
    }
    out.push('"');
}

fn character(out: &mut String, letter: char, escape_html: bool) {
    match letter {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '<' | '>' | '&' if escape_html => out.push_str(&format!("\\u{:04x}", letter as u32)),
        '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", letter as u32)),
        _ => out.push(letter),
    }
}

struct Writer {
    out: String,
    style: Style,
    depth: usize,
}

impl Writer {
    fn value(&mut self, value: &Value) -> Result<(), String> {
        match value {
            Value::Nil => self.out.push_str("null"),
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Int(_, number) => self.out.push_str(&number.to_string()),
            Value::Uint(_, number) => self.out.push_str(&number.to_string()),
            Value::Float(float) => self.out.push_str(&number(*float)?),
            Value::Complex(..) => return Err("json: unsupported type: complex128".into()),
            Value::Str(text) => string(&mut self.out, text, self.style),
            Value::Bytes(bytes) => {
                self.out.push('"');
                STANDARD.encode_string(bytes, &mut self.out);
                self.out.push('"');
            }
            Value::List(list) => self.list(list)?,
            Value::Map(map) if map.is_nil() => self.out.push_str("null"),
            Value::Map(map) => self.map(map)?,
            Value::Object(object) => self.object(object)?,
        }
        Ok(())
    }

    fn list(&mut self, list: &List) -> Result<(), String> {
        if list.is_nil() {
            self.out.push_str("null");
            return Ok(());
        }
        self.enter(&list.elem().list_name())?;
        self.out.push('[');
        for (index, item) in list.iter().enumerate() {
            self.separate(index);
            self.value(item)?;
        }
        self.close(']', list.is_empty());
        Ok(())
    }

    fn map(&mut self, map: &Map) -> Result<(), String> {
        self.enter(map.kind().name)?;
        let entries = map.borrow();
        self.out.push('{');
        for (index, (key, item)) in entries.iter().enumerate() {
            self.separate(index);
            self.key(key);
            self.value(item)?;
        }
        self.close('}', entries.is_empty());
        Ok(())
    }

    fn object(&mut self, object: &Rc<dyn Object>) -> Result<(), String> {
        self.enter(&object.type_name())?;
        if let Some(tree) = object.json() {
            self.value(&tree)?;
            self.leave();
            return Ok(());
        }
        let fields = object.json_fields().unwrap_or_else(|| object.fields());
        self.out.push('{');
        for (index, (name, item)) in fields.iter().enumerate() {
            self.separate(index);
            self.key(name.as_bytes());
            self.value(item)?;
        }
        self.close('}', fields.is_empty());
        Ok(())
    }

    fn key(&mut self, key: &[u8]) {
        string(&mut self.out, key, self.style);
        self.out
            .push_str(if self.style.indent.is_some() { ": " } else { ":" });
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.out.push(',');
        }
        self.new_line();
    }

    fn close(&mut self, bracket: char, is_empty: bool) {
        self.leave();
        if !is_empty {
            self.new_line();
        }
        self.out.push(bracket);
    }

    fn new_line(&mut self) {
        if let Some(indent) = self.style.indent {
            self.out.push('\n');
            self.out.push_str(&indent.repeat(self.depth));
        }
    }

    /// Go looks for cycles below 1000 containers (`startDetectCyclesAfter`); here all that is deeper counts as one.
    fn enter(&mut self, type_name: &str) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!(
                "json: unsupported value: encountered a cycle via {type_name}"
            ));
        }
        if self.out.len() > MAX_TEXT {
            return Err(format!("json: unsupported value: more than {MAX_TEXT}{TOO_LONG}"));
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golang::value::Elem;

    #[test]
    fn values_encode_as_go_encodes_them() {
        let cases: &[(Value, &str)] = &[
            (Value::Float(1.0), "1"),
            (Value::Float(1e6), "1000000"),
            (Value::Float(1e20), "100000000000000000000"),
            (Value::Float(1e21), "1e+21"),
            (Value::Float(1e-7), "1e-7"),
            (Value::Float(1.5e-10), "1.5e-10"),
            (Value::Float(0.00001), "0.00001"),
            (Value::Float(-0.0), "-0"),
            (Value::int64(1), "1"),
            (
                Value::str("<a&b>\u{2028}é\u{7f}\u{1}"),
                "\"\\u003ca\\u0026b\\u003e\\u2028é\u{7f}\\u0001\"",
            ),
            (Value::Str(Str::from(&b"\xff"[..])), r#""\ufffd""#),
            (Value::Bytes(b"hi"[..].into()), r#""aGk=""#),
            (Value::List(List::nil(Elem::Any)), "null"),
            (Value::list(vec![]), "[]"),
            (
                Value::Map(
                    [("b", Value::Nil), ("a", Value::list(vec![Value::Bool(true)]))]
                        .into_iter()
                        .collect(),
                ),
                r#"{"a":[true],"b":null}"#,
            ),
        ];
        for (value, expected) in cases {
            assert_eq!(encode(value, true).unwrap().to_text(), *expected);
        }
        assert_eq!(encode(&Value::str("<"), false).unwrap().to_text(), "\"<\"");
        assert_eq!(
            encode(&Value::Float(f64::INFINITY), true).unwrap_err(),
            "json: unsupported value: +Inf"
        );
    }

    #[test]
    fn pretty_json_keeps_empty_containers_in_line() {
        let value = decode_text(r#"{"a":[],"b":{},"c":[1,{"d":2}]}"#);
        let expected =
            "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": 2\n    }\n  ]\n}";
        assert_eq!(encode_pretty(&value, true).unwrap().to_text(), expected);
    }

    #[test]
    fn a_map_inside_itself_is_an_error() {
        let map = Map::new();
        map.insert("self", Value::Map(map.clone()));
        assert_eq!(
            encode(&Value::Map(map.clone()), true).unwrap_err(),
            "json: unsupported value: encountered a cycle via map[string]interface {}"
        );
        map.remove("self");
    }

    fn decode_text(text: &str) -> Value {
        crate::golang::json::decode(text.as_bytes()).unwrap()
    }
}
