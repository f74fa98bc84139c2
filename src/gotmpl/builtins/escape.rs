//! `html`, `js`, `urlquery`.

use std::fmt::Write as _;

use super::Call;
use crate::golang::strconv::is_print;
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
    let mut out = Vec::new();
    for chunk in joined(call).utf8_chunks() {
        for letter in chunk.valid().chars() {
            js_letter(&mut out, letter);
        }
        // Go takes each broken byte for U+FFFD, which can be printed, and keeps it.
        out.extend_from_slice(chunk.invalid());
    }
    Ok(Held::plain(Value::str(out)))
}

fn js_letter(out: &mut Vec<u8>, letter: char) {
    match letter {
        '\\' => out.extend_from_slice(b"\\\\"),
        '\'' => out.extend_from_slice(b"\\'"),
        '"' => out.extend_from_slice(b"\\\""),
        '\x7f' => out.push(0x7f),
        letter if !matches!(letter, '<' | '>' | '&' | '=') && (letter == ' ' || is_print(letter)) => {
            out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        letter => out.extend_from_slice(format!("\\u{:04X}", u32::from(letter)).as_bytes()),
    }
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
    let mut out = Vec::new();
    let mut was_string = true;
    for held in call.args {
        // A missing value is printed as a text, which needs no space around it.
        let is_string = matches!(held.value, Value::Nil | Value::Str(_));
        if !is_string && !was_string {
            out.push(b' ');
        }
        out.extend_from_slice(&match &held.value {
            // Only what a pointer points to has an address, and with it all its methods.
            value @ Value::Object(object) if !object.is_pointer() => {
                gofmt::sprint(std::slice::from_ref(value))
            }
            value => gofmt::printed(value),
        });
        was_string = is_string;
    }
    out.into()
}
