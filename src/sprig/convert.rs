//! How sprig turns any value into text, an integer or a float. Source: sprig v3.3.0 `strings.go` (strval),
//! spf13/cast v1.7.0 `caste.go`.

use crate::golang::strconv::{parse_float, parse_int};
use crate::golang::value::IntKind;
use crate::golang::{Str, Value, fmt};

/// The text of a value: strings and bytes as they are, errors and Stringers by their text, all else by `%v`.
pub(super) fn strval(value: &Value) -> Str {
    match value {
        Value::Str(text) => text.clone(),
        Value::Bytes(bytes) => Str::from(&bytes[..]),
        other => fmt::sprintf(b"%v", std::slice::from_ref(other)),
    }
}

/// `%v`.
pub(super) fn shown(value: &Value) -> Str {
    fmt::sprintf(b"%v", std::slice::from_ref(value))
}

/// `cast.ToInt64`: what is no number is 0.
pub(super) fn to_int(value: &Value) -> i64 {
    match value {
        // A named type that the library does not list.
        Value::Int(IntKind::Duration, _) => 0,
        Value::Int(_, number) => *number,
        Value::Uint(_, number) => number.cast_signed(),
        Value::Float(number) => truncated(*number),
        Value::Bool(flag) => i64::from(*flag),
        Value::Str(text) => parse_int(without_zero_decimals(text), 0).unwrap_or(0),
        _ => 0,
    }
}

/// `cast.ToFloat64`: what is no number is 0.
#[expect(clippy::cast_precision_loss, reason = "Go's conversion loses it too")]
pub(super) fn to_float(value: &Value) -> f64 {
    match value {
        Value::Int(IntKind::Duration, _) => 0.0,
        Value::Int(_, number) => *number as f64,
        Value::Uint(_, number) => *number as f64,
        Value::Float(number) => *number,
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::Str(text) => parse_float(text).unwrap_or(0.0),
        _ => 0.0,
    }
}

/// Go's conversion on amd64: what does not fit is the smallest integer.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn truncated(number: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) {
        number as i64
    } else {
        i64::MIN
    }
}

/// `5.00` is `5`; a text without zeros after its dot stays.
fn without_zero_decimals(text: &[u8]) -> &[u8] {
    let zeros = text.iter().rev().take_while(|byte| **byte == b'0').count();
    let head = &text[..text.len() - zeros];
    match head.strip_suffix(b".") {
        Some(number) if zeros > 0 => number,
        _ => text,
    }
}
