//! Go's `time` (go1.23): instants, layouts, durations, names of months and weekdays.

mod calendar;
mod duration;
mod format;
mod layout;
mod methods;
mod moment;
mod object;
mod parse;

use super::broken::to_bytes;

pub use duration::{duration_text, parse_duration, round_duration};
pub use format::RFC3339_NANO;
pub use methods::int_methods;
pub use moment::{Civil, Time, Zone};
pub use object::as_time;
pub use parse::parse;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// How package time quotes its input in errors: every byte that is not printable ASCII as `\xNN`.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in to_bytes(text) {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=0x7f => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out + "\""
}

/// `time.Month.String`, 1 is January.
#[must_use]
pub fn month_name(month: i64) -> String {
    let index = usize::try_from(month - 1).ok();
    match index.and_then(|index| MONTHS.get(index)) {
        Some(name) => (*name).to_owned(),
        None => format!("%!Month({})", month.cast_unsigned()),
    }
}

/// `time.Weekday.String`, 0 is Sunday.
#[must_use]
pub fn weekday_name(day: i64) -> String {
    let index = usize::try_from(day).ok();
    match index.and_then(|index| WEEKDAYS.get(index)) {
        Some(name) => (*name).to_owned(),
        None => format!("%!Weekday({})", day.cast_unsigned()),
    }
}

#[cfg(test)]
mod tests;
