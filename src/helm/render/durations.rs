//! Helm's functions about durations. Source: helm `pkg/engine/funcs.go`, v4.3.

use crate::golang::strconv::{format_float, parse_float, quote};
use crate::golang::time::{parse_duration, round_duration};
use crate::golang::{Fault, Func, IntKind, Type, Value};

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3600 * SECOND;

/// Functions by name. All but the first take what is no duration for none.
pub(super) fn functions() -> Vec<(&'static str, Func)> {
    let one = |call| Func::new(&[Type::Any], call);
    let two = |call| Func::new(&[Type::Any, Type::Any], call);
    vec![
        ("mustToDuration", one(|_, args| Ok(duration(read(at(args, 0))?)))),
        ("durationSeconds", one(|_, args| Ok(units(args, SECOND, 1.0)))),
        (
            "durationMinutes",
            one(|_, args| Ok(units(args, 60 * SECOND, 1.0))),
        ),
        ("durationHours", one(|_, args| Ok(units(args, HOUR, 1.0)))),
        ("durationDays", one(|_, args| Ok(units(args, HOUR, 24.0)))),
        ("durationWeeks", one(|_, args| Ok(weeks(args)))),
        (
            "durationMilliseconds",
            one(|_, args| Ok(Value::int64(or_none(args) / 1_000_000))),
        ),
        (
            "durationMicroseconds",
            one(|_, args| Ok(Value::int64(or_none(args) / 1_000))),
        ),
        (
            "durationNanoseconds",
            one(|_, args| Ok(Value::int64(or_none(args)))),
        ),
        (
            "durationRoundTo",
            two(|_, args| Ok(to_multiple(args, round_duration))),
        ),
        (
            "durationTruncateTo",
            two(|_, args| Ok(to_multiple(args, truncate))),
        ),
    ]
}

fn at(args: &[Value], index: usize) -> &Value {
    args.get(index).unwrap_or(&Value::Nil)
}

fn duration(nanoseconds: i64) -> Value {
    Value::Int(IntKind::Duration, nanoseconds)
}

fn or_none(args: &[Value]) -> i64 {
    read(at(args, 0)).unwrap_or(0)
}

/// Whole units and the rest are divided apart, as Go's `Hours` does it: the last digit depends on it.
#[expect(clippy::cast_precision_loss, reason = "as Go converts them")]
fn units(args: &[Value], unit: i64, per: f64) -> Value {
    let nanoseconds = or_none(args);
    let whole = (nanoseconds / unit) as f64;
    Value::Float((whole + (nanoseconds % unit) as f64 / unit as f64) / per)
}

fn weeks(args: &[Value]) -> Value {
    match units(args, HOUR, 24.0) {
        Value::Float(days) => Value::Float(days / 7.0),
        other => other,
    }
}

fn truncate(nanoseconds: i64, multiple: i64) -> i64 {
    match multiple {
        ..=0 => nanoseconds,
        _ => nanoseconds - nanoseconds % multiple,
    }
}

/// Without a multiple that can be read, the duration stays as it is.
fn to_multiple(args: &[Value], change: fn(i64, i64) -> i64) -> Value {
    duration(match (read(at(args, 0)), read(at(args, 1))) {
        (Err(_), _) => 0,
        (Ok(nanoseconds), Err(_)) => nanoseconds,
        (Ok(nanoseconds), Ok(multiple)) => change(nanoseconds, multiple),
    })
}

/// Nanoseconds: of a duration, of a text (`1h2m`, or seconds), of a number of seconds (`asDuration`).
fn read(value: &Value) -> Result<i64, Fault> {
    match value {
        Value::Int(IntKind::Duration, nanoseconds) => Ok(*nanoseconds),
        Value::Str(text) => read_text(&text.to_text()),
        Value::Nil => Err(Fault::new("invalid duration")),
        Value::Int(_, seconds) => seconds.checked_mul(SECOND).ok_or_else(|| overflow(seconds)),
        Value::Uint(_, seconds) => i64::try_from(*seconds)
            .ok()
            .and_then(|seconds| seconds.checked_mul(SECOND))
            .ok_or_else(|| overflow(seconds)),
        Value::Float(seconds) => from_float(*seconds),
        other => Err(Fault::new(format!(
            "unsupported duration type {}",
            other.type_name()
        ))),
    }
}

fn read_text(text: &str) -> Result<i64, Fault> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Fault::new("empty duration"));
    }
    if let Ok(nanoseconds) = parse_duration(trimmed) {
        return Ok(nanoseconds);
    }
    match parse_float(trimmed.as_bytes()) {
        Ok(seconds) => from_float(seconds),
        Err(_) => {
            let shown = quote(text.as_bytes());
            Err(Fault::new(format!("could not parse duration {shown}")))
        }
    }
}

fn overflow(seconds: &dyn std::fmt::Display) -> Fault {
    Fault::new(format!("duration seconds overflow: {seconds}"))
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "as Go converts them"
)]
fn from_float(seconds: f64) -> Result<i64, Fault> {
    const LIMIT: f64 = i64::MAX as f64;
    let shown = || format_float(seconds, b'g', None);
    if !seconds.is_finite() {
        return Err(Fault::new(format!("invalid duration seconds: {}", shown())));
    }
    if seconds.abs() > LIMIT / SECOND as f64 {
        return Err(overflow(&shown()));
    }
    match seconds * SECOND as f64 {
        // What Go's conversion makes of 2^63.
        nanoseconds if nanoseconds >= LIMIT => Ok(i64::MIN),
        nanoseconds => Ok(nanoseconds as i64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golang::time::duration_text;

    #[test]
    fn durations_are_read_as_helm_reads_them() {
        let cases: &[(Value, Result<&str, &str>)] = &[
            (Value::str("1h2m3s"), Ok("1h2m3s")),
            (Value::str(" 2.5 "), Ok("2.5s")),
            (Value::int(90), Ok("1m30s")),
            (Value::Float(0.5), Ok("500ms")),
            (Value::str(""), Err("empty duration")),
            (Value::str("1x"), Err("could not parse duration \"1x\"")),
            (Value::Nil, Err("invalid duration")),
            (Value::Bool(true), Err("unsupported duration type bool")),
            (
                Value::int(i64::MAX),
                Err("duration seconds overflow: 9223372036854775807"),
            ),
            (Value::Float(1e300), Err("duration seconds overflow: 1e+300")),
            (Value::Float(f64::INFINITY), Err("invalid duration seconds: +Inf")),
        ];
        for (value, expected) in cases {
            let found = read(value).map(duration_text).map_err(|fault| fault.message);
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(found, expected, "{value:?}");
        }
    }
}
