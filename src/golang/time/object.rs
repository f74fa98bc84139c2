//! `time.Time` as templates see it.

use std::any::Any;
use std::borrow::Cow;

use super::format::RFC3339_NANO;
use super::moment::{Time, Zone};
use crate::golang::env::Env;
use crate::golang::func::{Fault, Method, Type};
use crate::golang::value::{IntKind, Object, Str, Value};

impl Object for Time {
    fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed("time.Time")
    }
    fn methods(&self) -> &'static [Method] {
        METHODS
    }
    fn string(&self) -> Option<Str> {
        Some(self.text().into())
    }
    fn json(&self) -> Option<Value> {
        Some(Value::str(self.format(RFC3339_NANO)))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The time in a value, where it is one.
#[must_use]
pub fn as_time(value: &Value) -> Option<&Time> {
    match value {
        Value::Object(object) => object.as_any().downcast_ref::<Time>(),
        _ => None,
    }
}

type Call = fn(&Env, &Value, &[Value]) -> Result<Value, Fault>;

const fn method(name: &'static str, params: &'static [Type], call: Call) -> Method {
    Method {
        name,
        params,
        variadic: None,
        call,
    }
}

const TIME: Type = Type::Named("time.Time");
const DURATION: Type = Type::Named("time.Duration");

static METHODS: &[Method] = &[
    method("Add", &[DURATION], |_, this, args| {
        with(this, |time| Value::object(time.add(integer(args, 0))))
    }),
    method("AddDate", &[Type::Int, Type::Int, Type::Int], |_, this, args| {
        let [years, months, days] = [integer(args, 0), integer(args, 1), integer(args, 2)];
        with(this, |time| Value::object(time.add_date(years, months, days)))
    }),
    method("After", &[TIME], |_, this, args| {
        compare(this, args, std::cmp::Ordering::is_gt)
    }),
    method("Before", &[TIME], |_, this, args| {
        compare(this, args, std::cmp::Ordering::is_lt)
    }),
    method("Compare", &[TIME], |_, this, args| {
        let other = other(args)?;
        with(this, |time| Value::int(time.compare(other) as i64))
    }),
    method("Day", &[], |_, this, _| {
        with(this, |time| Value::int(time.civil().day))
    }),
    method("Equal", &[TIME], |_, this, args| {
        compare(this, args, std::cmp::Ordering::is_eq)
    }),
    method("Format", &[Type::Str], |_, this, args| {
        let layout = match args.first() {
            Some(Value::Str(layout)) => layout.to_text().into_owned(),
            _ => String::new(),
        };
        with(this, |time| Value::str(time.format(&layout)))
    }),
    method("Hour", &[], |_, this, _| {
        with(this, |time| Value::int(time.civil().hour))
    }),
    method("IsZero", &[], |_, this, _| {
        with(this, |time| Value::Bool(time.is_zero()))
    }),
    method("Local", &[], |env, this, _| {
        with(this, |time| {
            Value::object(time.in_zone(Zone::Named(env.local_zone.clone())))
        })
    }),
    method("Minute", &[], |_, this, _| {
        with(this, |time| Value::int(time.civil().minute))
    }),
    method("Month", &[], |_, this, _| {
        with(this, |time| Value::Int(IntKind::Month, time.civil().month))
    }),
    method("Nanosecond", &[], |_, this, _| {
        with(this, |time| Value::int(time.nanosecond()))
    }),
    method("Second", &[], |_, this, _| {
        with(this, |time| Value::int(time.civil().second))
    }),
    method("String", &[], |_, this, _| {
        with(this, |time| Value::str(time.text()))
    }),
    method("Sub", &[TIME], |_, this, args| {
        let other = other(args)?;
        with(this, |time| Value::Int(IntKind::Duration, time.sub(other)))
    }),
    method("Truncate", &[DURATION], |_, this, args| {
        with(this, |time| Value::object(time.truncate(integer(args, 0))))
    }),
    method("UTC", &[], |_, this, _| {
        with(this, |time| Value::object(time.in_zone(Zone::Utc)))
    }),
    method("Unix", &[], |_, this, _| {
        with(this, |time| Value::int64(time.unix()))
    }),
    method("UnixMicro", &[], |_, this, _| {
        with(this, |time| Value::int64(time.unix_nano() / 1_000))
    }),
    method("UnixMilli", &[], |_, this, _| {
        with(this, |time| Value::int64(time.unix_nano() / 1_000_000))
    }),
    method("UnixNano", &[], |_, this, _| {
        with(this, |time| Value::int64(time.unix_nano()))
    }),
    method("Weekday", &[], |_, this, _| {
        with(this, |time| Value::Int(IntKind::Weekday, time.weekday()))
    }),
    method("Year", &[], |_, this, _| {
        with(this, |time| Value::int(time.civil().year))
    }),
    method("YearDay", &[], |_, this, _| {
        with(this, |time| Value::int(time.year_day()))
    }),
];

fn with(this: &Value, read: impl FnOnce(&Time) -> Value) -> Result<Value, Fault> {
    as_time(this)
        .map(read)
        .ok_or_else(|| Fault::new("the receiver is not a time.Time"))
}

fn other(args: &[Value]) -> Result<&Time, Fault> {
    args.first()
        .and_then(as_time)
        .ok_or_else(|| Fault::new("the argument is not a time.Time"))
}

fn compare(this: &Value, args: &[Value], test: fn(std::cmp::Ordering) -> bool) -> Result<Value, Fault> {
    let other = other(args)?;
    with(this, |time| Value::Bool(test(time.compare(other))))
}

/// An integer argument, whose type was checked before the call.
fn integer(args: &[Value], index: usize) -> i64 {
    match args.get(index) {
        Some(Value::Int(_, number)) => *number,
        _ => 0,
    }
}
