//! `time.Time` as templates see it.

use std::any::Any;
use std::borrow::Cow;

use super::format::RFC3339_NANO;
use super::moment::{Civil, Time, Zone};
use super::{month_name, quote};
use crate::golang::broken::{from_bytes, to_bytes};
use crate::golang::env::Env;
use crate::golang::func::{Fault, Method, Type};
use crate::golang::value::{IntKind, Object, Str, UintKind, Value};

impl Object for Time {
    fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed("time.Time")
    }
    fn methods(&self) -> &'static [Method] {
        METHODS
    }
    fn shown_fields(&self) -> Vec<(&'static str, Value)> {
        let location = match self.zone() {
            Zone::Utc => None,
            zone => Some(zone.clone()),
        };
        vec![
            (
                "wall",
                Value::Uint(UintKind::Uint64, self.nanosecond().unsigned_abs()),
            ),
            ("ext", Value::int64(self.unix().wrapping_sub(Time::zero().unix()))),
            ("loc", Value::object(Location(location))),
        ]
    }
    fn string(&self) -> Option<Str> {
        Some(self.text().into())
    }
    fn json(&self) -> Option<Value> {
        Some(Value::str(self.format(RFC3339_NANO)))
    }
    fn go_string(&self) -> Option<Str> {
        Some(go_string(self).into())
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
    Method::new(name, params, call)
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
    Method::refused(
        "Clock",
        &[],
        "function Clock has 3 return values; should be 1 or 2",
    ),
    Method::refused("Date", &[], "function Date has 3 return values; should be 1 or 2"),
    method("Day", &[], |_, this, _| {
        with(this, |time| Value::int(time.civil().day))
    }),
    method("Equal", &[TIME], |_, this, args| {
        compare(this, args, std::cmp::Ordering::is_eq)
    }),
    method("Format", &[Type::Str], |_, this, args| {
        let layout = match args.first() {
            Some(Value::Str(layout)) => from_bytes(layout).into_owned(),
            _ => String::new(),
        };
        with(this, |time| Value::str(to_bytes(&time.format(&layout))))
    }),
    method("GoString", &[], |_, this, _| {
        with(this, |time| Value::str(go_string(time)))
    }),
    method("Hour", &[], |_, this, _| {
        with(this, |time| Value::int(time.civil().hour))
    }),
    Method::refused(
        "ISOWeek",
        &[],
        "invalid function signature for ISOWeek: second return value should be error; is int",
    ),
    method("In", &[Type::Named(LOCATION)], |_, this, args| {
        let zone = args.first().and_then(as_zone).cloned();
        let zone = zone.ok_or_else(|| Fault::new("time: missing Location in call to Time.In"))?;
        with(this, |time| Value::object(time.in_zone(zone)))
    }),
    method("IsDST", &[], |_, this, _| {
        with(this, |time| Value::Bool(time.is_dst()))
    }),
    method("IsZero", &[], |_, this, _| {
        with(this, |time| Value::Bool(time.is_zero()))
    }),
    method("Local", &[], |env, this, _| {
        with(this, |time| {
            Value::object(time.in_zone(Zone::Local((env.local_zone)())))
        })
    }),
    method("Location", &[], |_, this, _| {
        with(this, |time| Value::object(Location(Some(time.zone().clone()))))
    }),
    method("MarshalJSON", &[], |_, this, _| {
        with(this, |time| bytes(&format!("\"{}\"", time.format(RFC3339_NANO))))
    }),
    method("MarshalText", &[], |_, this, _| {
        with(this, |time| bytes(&time.format(RFC3339_NANO)))
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
    method("Round", &[DURATION], |_, this, args| {
        with(this, |time| Value::object(time.round(integer(args, 0))))
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
        with(this, |time| Value::int64(time.unix_parts(1_000_000)))
    }),
    method("UnixMilli", &[], |_, this, _| {
        with(this, |time| Value::int64(time.unix_parts(1_000)))
    }),
    method("UnixNano", &[], |_, this, _| {
        with(this, |time| Value::int64(time.unix_parts(1_000_000_000)))
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
    Method::refused(
        "Zone",
        &[],
        "invalid function signature for Zone: second return value should be error; is int",
    ),
    Method::refused(
        "ZoneBounds",
        &[],
        "invalid function signature for ZoneBounds: second return value should be error; is time.Time",
    ),
];

/// `*time.Location`, nil inside of a time that is in UTC.
struct Location(Option<Zone>);

const LOCATION: &str = "*time.Location";

impl Object for Location {
    fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(LOCATION)
    }
    fn is_pointer(&self) -> bool {
        true
    }
    fn is_nil_pointer(&self) -> bool {
        self.0.is_none()
    }
    fn shown_fields(&self) -> Vec<(&'static str, Value)> {
        vec![(
            "name",
            self.0.as_ref().map_or(Value::Nil, |zone| Value::str(zone.name())),
        )]
    }
    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[method("String", &[], |_, this, _| {
            Ok(Value::str(as_zone(this).map_or("", Zone::name)))
        })];
        METHODS
    }
    fn string(&self) -> Option<Str> {
        Some(self.0.as_ref().map_or("UTC", Zone::name).into())
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn as_zone(value: &Value) -> Option<&Zone> {
    match value {
        Value::Object(object) => object
            .as_any()
            .downcast_ref::<Location>()
            .and_then(|location| location.0.as_ref()),
        _ => None,
    }
}

fn bytes(text: &str) -> Value {
    Value::Bytes(text.as_bytes().into())
}

/// `GoString`: `time.Date(2020, time.February, 3, 0, 0, 0, 0, time.UTC)`.
fn go_string(time: &Time) -> String {
    let civil = time.civil();
    let Civil {
        year,
        day,
        hour,
        minute,
        second,
        ..
    } = civil;
    let month = month_name(civil.month);
    let nanoseconds = time.nanosecond();
    let zone = match time.zone() {
        Zone::Utc => "time.UTC".to_owned(),
        Zone::Local(_) => "time.Local".to_owned(),
        other => format!("time.Location({})", quote(other.name())),
    };
    format!("time.Date({year}, time.{month}, {day}, {hour}, {minute}, {second}, {nanoseconds}, {zone})")
}

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
