//! `Time.Format` (go1.23 `format.go`).

use super::layout::{Element, Offset, next_chunk};
use super::moment::{Civil, Time};
use super::{month_name, weekday_name};

/// `time.RFC3339Nano`.
pub const RFC3339_NANO: &str = "2006-01-02T15:04:05.999999999Z07:00";

impl Time {
    /// `Format`.
    #[must_use]
    pub fn format(&self, layout: &str) -> String {
        let civil = self.civil();
        let mut out = String::with_capacity(layout.len() + 10);
        let mut rest = layout;
        loop {
            let chunk = next_chunk(rest);
            out.push_str(chunk.literal);
            let Some((element, _)) = chunk.element else {
                return out;
            };
            self.element(&mut out, element, civil);
            rest = chunk.rest;
        }
    }

    /// `String`.
    #[must_use]
    pub fn text(&self) -> String {
        self.format("2006-01-02 15:04:05.999999999 -0700 MST")
    }

    fn element(&self, out: &mut String, element: Element, civil: Civil) {
        let hour12 = if civil.hour % 12 == 0 { 12 } else { civil.hour % 12 };
        match element {
            Element::LongYear => number(out, civil.year, 4),
            Element::ShortYear => number(out, civil.year.max(0) % 100, 2),
            Element::LongMonth => out.push_str(&month_name(civil.month)),
            Element::ShortMonth => out.push_str(&month_name(civil.month)[..3]),
            Element::Month { zero } => number(out, civil.month, width(zero)),
            Element::LongWeekday => out.push_str(&weekday_name(self.weekday())),
            Element::ShortWeekday => out.push_str(&weekday_name(self.weekday())[..3]),
            Element::Day { space: true, .. } => out.push_str(&format!("{:2}", civil.day)),
            Element::Day { zero, .. } => number(out, civil.day, width(zero)),
            Element::YearDay { zero: false } => out.push_str(&format!("{:3}", self.year_day())),
            Element::YearDay { zero: true } => number(out, self.year_day(), 3),
            Element::Hour => number(out, civil.hour, 2),
            Element::Hour12 { zero } => number(out, hour12, width(zero)),
            Element::Minute { zero } => number(out, civil.minute, width(zero)),
            Element::Second { zero } => number(out, civil.second, width(zero)),
            Element::HalfDay { lower } => out.push_str(match (civil.hour >= 12, lower) {
                (true, false) => "PM",
                (false, false) => "AM",
                (true, true) => "pm",
                (false, true) => "am",
            }),
            Element::ZoneName => self.zone_name(out),
            Element::Offset(form) => offset(out, self.offset().0, form),
            Element::Fraction {
                separator,
                digits,
                trims,
            } => self.fraction(out, separator, digits, trims),
        }
    }

    fn zone_name(&self, out: &mut String) {
        let (seconds, name) = self.offset();
        if name.is_empty() {
            let form = Offset {
                z: false,
                colon: false,
                minutes: true,
                seconds: false,
            };
            offset(out, seconds, form);
        } else {
            out.push_str(&name);
        }
    }

    fn fraction(&self, out: &mut String, separator: u8, digits: usize, trims: bool) {
        let all = format!("{:09}", self.nanosecond());
        let mut shown: String = all.chars().take(digits).collect();
        if trims {
            shown.truncate(shown.trim_end_matches('0').len());
            if shown.is_empty() {
                return;
            }
        }
        out.push(char::from(separator));
        out.push_str(&shown);
    }
}

fn width(zero: bool) -> usize {
    if zero { 2 } else { 1 }
}

/// With zeros in front, which do not count the sign.
fn number(out: &mut String, number: i64, width: usize) {
    if number < 0 {
        out.push('-');
    }
    out.push_str(&format!("{:0width$}", number.unsigned_abs()));
}

fn offset(out: &mut String, seconds: i64, form: Offset) {
    if form.z && seconds == 0 {
        out.push('Z');
        return;
    }
    out.push(if seconds < 0 { '-' } else { '+' });
    let seconds = seconds.abs();
    let colon = if form.colon { ":" } else { "" };
    number(out, seconds / 3600, 2);
    if form.minutes {
        out.push_str(colon);
        number(out, seconds / 60 % 60, 2);
    }
    if form.seconds {
        out.push_str(colon);
        number(out, seconds % 60, 2);
    }
}
