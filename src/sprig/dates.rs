//! Dates and durations. Source: sprig v3.3.0 `date.go`.

use super::args::{any, string, text};
use crate::golang::Type::{self, Any, Named, Str};
use crate::golang::broken::{from_bytes, to_bytes};
use crate::golang::time::{Time, Zone, as_time, duration_text, parse, parse_duration, round_duration};
use crate::golang::value::IntKind;
use crate::golang::{Env, Fault, Func, Value, strconv};

const SECOND: i64 = 1_000_000_000;
const TIME: Type = Named("time.Time");

pub(super) fn table() -> Vec<(&'static str, Func)> {
    let in_zone = Func::new(&[Str, Any, Str], date_in_zone);
    let modify = Func::new(&[Str, TIME], date_modify);
    let must_modify = Func::new(&[Str, TIME], must_date_modify);
    vec![
        ("now", Func::new(&[], |env, _| Ok(Value::object(now(env))))),
        (
            "date",
            Func::new(&[Str, Any], |env, args| {
                let shown = at(env, &any(args, 1)).in_zone(local(env));
                string(env, to_bytes(&shown.format(&layout(args, 0))))
            }),
        ),
        ("dateInZone", in_zone.clone()),
        ("date_in_zone", in_zone),
        (
            "htmlDate",
            Func::new(&[Any], |env, args| {
                string(env, at(env, &any(args, 0)).in_zone(local(env)).format(HTML))
            }),
        ),
        (
            "htmlDateInZone",
            Func::new(&[Any, Str], |env, args| {
                let zone = zone(env, text(args, 1));
                string(env, at(env, &any(args, 0)).in_zone(zone).format(HTML))
            }),
        ),
        ("dateModify", modify.clone()),
        ("date_modify", modify),
        ("mustDateModify", must_modify.clone()),
        ("must_date_modify", must_modify),
        (
            "toDate",
            Func::new(&[Str, Str], |env, args| {
                let read = parse(&layout(args, 0), &layout(args, 1), &local(env));
                Ok(Value::object(read.unwrap_or_else(|_| Time::zero())))
            }),
        ),
        (
            "mustToDate",
            Func::new(&[Str, Str], |env, args| {
                let read = parse(&layout(args, 0), &layout(args, 1), &local(env))?;
                Ok(Value::object(read))
            }),
        ),
        (
            "unixEpoch",
            Func::new(&[TIME], |env, args| {
                string(env, time(&any(args, 0))?.unix().to_string())
            }),
        ),
        ("ago", Func::new(&[Any], ago)),
        ("duration", Func::new(&[Any], duration)),
        ("durationRound", Func::new(&[Any], duration_round)),
    ]
}

const HTML: &str = "2006-01-02";

fn layout(args: &[Value], index: usize) -> String {
    from_bytes(text(args, index)).into_owned()
}

fn local(env: &Env) -> Zone {
    Zone::Local((env.local_zone)())
}

fn now(env: &Env) -> Time {
    Time::from_timestamp(env.now(), local(env))
}

/// `time.LoadLocation`, UTC where there is no such zone.
fn zone(env: &Env, name: &[u8]) -> Zone {
    match name {
        b"" | b"UTC" => Zone::Utc,
        b"Local" => local(env),
        _ => (env.zone)(&String::from_utf8_lossy(name)).map_or(Zone::Utc, Zone::Named),
    }
}

/// A time, or seconds since 1970; anything else is now.
fn at(env: &Env, value: &Value) -> Time {
    match value {
        Value::Int(IntKind::Int | IntKind::Int32 | IntKind::Int64, seconds) => {
            Time::from_unix(*seconds, 0, local(env))
        }
        other => as_time(other).cloned().unwrap_or_else(|| now(env)),
    }
}

fn time(value: &Value) -> Result<&Time, Fault> {
    as_time(value).ok_or_else(|| Fault::new(super::args::NIL_POINTER))
}

fn date_in_zone(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let shown = at(env, &any(args, 1)).in_zone(zone(env, text(args, 2)));
    string(env, to_bytes(&shown.format(&layout(args, 0))))
}

/// A bad duration leaves the time as it is.
fn date_modify(_: &Env, args: &[Value]) -> Result<Value, Fault> {
    let value = any(args, 1);
    match parse_duration(&layout(args, 0)) {
        Ok(nanoseconds) => Ok(Value::object(time(&value)?.add(nanoseconds))),
        Err(_) => Ok(value),
    }
}

fn must_date_modify(_: &Env, args: &[Value]) -> Result<Value, Fault> {
    let nanoseconds = parse_duration(&layout(args, 0))?;
    Ok(Value::object(time(&any(args, 1))?.add(nanoseconds)))
}

/// The time that has passed, to the second.
fn ago(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let value = any(args, 0);
    let then = match value {
        Value::Int(IntKind::Int32, _) => now(env),
        other => at(env, &other),
    };
    let passed = now(env).sub(&then);
    string(env, duration_text(round_duration(passed, SECOND)))
}

/// Seconds, as text or int64; an int literal or a float counts as none.
fn duration(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let seconds = match any(args, 0) {
        Value::Str(text) => strconv::parse_int(&text, 10).unwrap_or(0),
        Value::Int(IntKind::Int64, seconds) => seconds,
        _ => 0,
    };
    string(env, duration_text(seconds.wrapping_mul(SECOND)))
}

/// The largest unit that the duration exceeds: `2h10m5s` is `2h`.
fn duration_round(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let value = any(args, 0);
    let nanoseconds = match &value {
        Value::Str(text) => parse_duration(&text.to_text()).unwrap_or(0),
        Value::Int(IntKind::Int64, nanoseconds) => *nanoseconds,
        other => as_time(other).map_or(0, |then| now(env).sub(then)),
    };
    const UNITS: [(u64, &str); 6] = [
        (365 * 24 * 3600, "y"),
        (30 * 24 * 3600, "mo"),
        (24 * 3600, "d"),
        (3600, "h"),
        (60, "m"),
        (1, "s"),
    ];
    let size = nanoseconds.unsigned_abs();
    for (seconds, name) in UNITS {
        let unit = seconds * SECOND.unsigned_abs();
        if size > unit {
            return string(env, format!("{}{name}", size / unit));
        }
    }
    string(env, "0s")
}
