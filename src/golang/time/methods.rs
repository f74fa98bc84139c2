//! The methods of `time.Duration`, `time.Month` and `time.Weekday`. Source: go1.23 `time/time.go`.

use super::{duration_text, month_name, round_duration, weekday_name};
use crate::golang::func::{Fault, Method, Type};
use crate::golang::value::{IntKind, Value};

/// The methods of an integer type.
#[must_use]
pub fn int_methods(kind: IntKind) -> &'static [Method] {
    match kind {
        IntKind::Duration => DURATION,
        IntKind::Month => MONTH,
        IntKind::Weekday => WEEKDAY,
        IntKind::Int | IntKind::Int32 | IntKind::Int64 => &[],
    }
}

const MULTIPLE: &[Type] = &[Type::Named("time.Duration")];

const DURATION: &[Method] = &[
    Method::new("Abs", &[], |_, this, _| {
        Ok(duration(number(this).saturating_abs()))
    }),
    Method::new("Hours", &[], |_, this, _| {
        Ok(fraction(number(this), 3_600_000_000_000))
    }),
    Method::new("Microseconds", &[], |_, this, _| {
        Ok(Value::int64(number(this) / 1_000))
    }),
    Method::new("Milliseconds", &[], |_, this, _| {
        Ok(Value::int64(number(this) / 1_000_000))
    }),
    Method::new("Minutes", &[], |_, this, _| {
        Ok(fraction(number(this), 60_000_000_000))
    }),
    Method::new("Nanoseconds", &[], |_, this, _| Ok(Value::int64(number(this)))),
    Method::new("Round", MULTIPLE, |_, this, args| {
        Ok(duration(round_duration(number(this), argument(args)?)))
    }),
    Method::new("Seconds", &[], |_, this, _| {
        Ok(fraction(number(this), 1_000_000_000))
    }),
    Method::new("String", &[], |_, this, _| {
        Ok(Value::str(duration_text(number(this))))
    }),
    Method::new("Truncate", MULTIPLE, |_, this, args| {
        let multiple = argument(args)?;
        let rest = if multiple > 0 { number(this) % multiple } else { 0 };
        Ok(duration(number(this) - rest))
    }),
];

const MONTH: &[Method] = &[Method::new("String", &[], |_, this, _| {
    Ok(Value::str(month_name(number(this))))
})];

const WEEKDAY: &[Method] = &[Method::new("String", &[], |_, this, _| {
    Ok(Value::str(weekday_name(number(this))))
})];

fn number(value: &Value) -> i64 {
    match value {
        Value::Int(_, number) => *number,
        _ => 0,
    }
}

fn argument(args: &[Value]) -> Result<i64, Fault> {
    let first = args.first().ok_or_else(|| Fault::new("no duration is given"))?;
    Ok(number(first))
}

fn duration(nanoseconds: i64) -> Value {
    Value::Int(IntKind::Duration, nanoseconds)
}

/// Whole units and the rest are divided apart, as Go does it: the last digit depends on it.
#[expect(clippy::cast_precision_loss, reason = "as Go converts them")]
fn fraction(nanoseconds: i64, unit: i64) -> Value {
    Value::Float((nanoseconds / unit) as f64 + (nanoseconds % unit) as f64 / unit as f64)
}
