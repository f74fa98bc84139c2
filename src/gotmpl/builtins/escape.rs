//! `html`, `js`, `urlquery`.

use std::fmt::Write as _;

use super::Call;
use crate::golang::{Fault, Str, Value, fmt as gofmt};
use crate::gotmpl::held::Held;

pub(super) fn html(call: &Call<'_>) -> Result<Held, Fault> {
    let mut out = Vec::new();
    for byte in joined(call).iter() {
        match byte {
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            0 => out.extend_from_slice("\u{FFFD}".as_bytes()),
            other => out.push(*other),
        }
    }
    Ok(Held::plain(Value::str(out)))
}

pub(super) fn js(call: &Call<'_>) -> Result<Held, Fault> {
    let text = joined(call);
    let mut out = String::new();
    for letter in text.to_text().chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '"' => out.push_str("\\\""),
            '<' | '>' | '&' | '=' => write_escape(&mut out, letter),
            letter if letter.is_control() => write_escape(&mut out, letter),
            letter => out.push(letter),
        }
    }
    Ok(Held::plain(Value::str(out)))
}

fn write_escape(out: &mut String, letter: char) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\\u{:04X}", u32::from(letter));
}

pub(super) fn urlquery(call: &Call<'_>) -> Result<Held, Fault> {
    let mut out = String::new();
    for byte in joined(call).iter() {
        match byte {
            b' ' => out.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(*byte));
            }
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    Ok(Held::plain(Value::str(out)))
}

/// The arguments as one text; unlike `print`, nil becomes `<no value>`.
fn joined(call: &Call<'_>) -> Str {
    if let [
        Held {
            value: Value::Str(text),
            ..
        },
    ] = call.args
    {
        return text.clone();
    }
    let printable = |held: &Held| match &held.value {
        value @ (Value::Nil | Value::Object(_)) => Value::Str(gofmt::printed(value)),
        value => value.clone(),
    };
    let values: Vec<Value> = call.args.iter().map(printable).collect();
    gofmt::sprint(&values)
}
