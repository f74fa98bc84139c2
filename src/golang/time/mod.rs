//! Go's `time`: durations, names of months and weekdays.

mod duration;

pub use duration::{duration_text, parse_duration};

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
