//! `time.ParseInLocation` (go1.23 `format.go`).

use super::calendar::{date_from_days, days_from_date, days_in};
use super::layout::{Element, Offset, next_chunk};
use super::moment::{Civil, Time, Zone};
use super::{MONTHS, WEEKDAYS, quote};

/// Why one element does not fit.
enum Misfit {
    /// Its text is not of the kind.
    Bad,
    /// What is out of range.
    Range(&'static str),
}

type Fit = Result<(), Misfit>;

/// `time.ParseInLocation`: `zone` is both the default and the place whose abbreviations are known.
///
/// # Errors
/// Go's text: `parsing time "bad" as "2006-01-02": cannot parse "bad" as "2006"`.
pub fn parse(layout: &str, text: &str, zone: &Zone) -> Result<Time, String> {
    let mut reader = Reader::new(text);
    let cannot = |rest: &str, element: &str| {
        format!(
            "parsing time {} as {}: cannot parse {} as {}",
            quote(text),
            quote(layout),
            quote(rest),
            quote(element)
        )
    };
    let wrong = |message: &str| format!("parsing time {}: {message}", quote(text));
    let mut layout_rest = layout;
    loop {
        let chunk = next_chunk(layout_rest);
        if !reader.skip_literal(chunk.literal) {
            return Err(cannot(reader.rest, chunk.literal));
        }
        let Some((element, spelling)) = chunk.element else {
            break;
        };
        layout_rest = chunk.rest;
        let held = reader.rest;
        match reader.element(element, layout_rest) {
            Ok(()) => {}
            Err(Misfit::Bad) => return Err(cannot(held, spelling)),
            Err(Misfit::Range(what)) => return Err(wrong(&format!("{what} out of range"))),
        }
    }
    if !reader.rest.is_empty() {
        return Err(wrong(&format!("extra text: {}", quote(reader.rest))));
    }
    reader.finish(zone).map_err(wrong)
}

#[derive(Default)]
struct Reader<'t> {
    rest: &'t str,
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanoseconds: i64,
    is_afternoon: Option<bool>,
    is_utc: bool,
    offset: Option<i64>,
    zone_name: &'t str,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Reader {
            rest: text,
            ..Reader::default()
        }
    }

    /// Runs of spaces in the layout match any run of spaces, also none at the end.
    fn skip_literal(&mut self, mut literal: &str) -> bool {
        while let Some(letter) = literal.chars().next() {
            if letter == ' ' {
                if !self.rest.is_empty() && !self.rest.starts_with(' ') {
                    return false;
                }
                literal = literal.trim_start_matches(' ');
                self.rest = self.rest.trim_start_matches(' ');
                continue;
            }
            let Some(rest) = self.rest.strip_prefix(letter) else {
                return false;
            };
            self.rest = rest;
            literal = &literal[letter.len_utf8()..];
        }
        true
    }

    fn element(&mut self, element: Element, layout_rest: &str) -> Fit {
        match element {
            Element::ShortYear => {
                let year = self.digits(2)?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
            }
            Element::LongYear => self.year = self.digits(4)?,
            Element::LongMonth => self.month = Some(self.name(&MONTHS, usize::MAX)?),
            Element::ShortMonth => self.month = Some(self.name(&MONTHS, 3)?),
            Element::Month { zero } => {
                let month = self.number(zero)?;
                self.month = Some(in_range(month, 1, 12, "month")?);
            }
            Element::LongWeekday => drop(self.name(&WEEKDAYS, usize::MAX)?),
            Element::ShortWeekday => drop(self.name(&WEEKDAYS, 3)?),
            Element::Day { zero, space } => {
                if space {
                    self.rest = self.rest.strip_prefix(' ').unwrap_or(self.rest);
                }
                self.day = Some(self.number(zero)?);
            }
            Element::YearDay { zero } => self.year_day = Some(self.day_of_year(zero)?),
            Element::Hour => self.hour = in_range(self.number(false)?, 0, 23, "hour")?,
            Element::Hour12 { zero } => self.hour = in_range(self.number(zero)?, 0, 12, "hour")?,
            Element::Minute { zero } => self.minute = in_range(self.number(zero)?, 0, 59, "minute")?,
            Element::Second { zero } => {
                self.second = in_range(self.number(zero)?, 0, 59, "second")?;
                self.unannounced_fraction(layout_rest);
            }
            Element::HalfDay { lower } => self.half_day(lower)?,
            Element::Offset(form) => self.numeric_offset(form)?,
            Element::ZoneName => self.abbreviation()?,
            Element::Fraction { digits, trims, .. } => self.fraction(digits, trims)?,
        }
        Ok(())
    }

    fn take(&mut self, length: usize) -> Result<&'t str, Misfit> {
        let taken = self.rest.get(..length).ok_or(Misfit::Bad)?;
        self.rest = &self.rest[length..];
        Ok(taken)
    }

    /// Exactly this many digits.
    fn digits(&mut self, count: usize) -> Result<i64, Misfit> {
        let digits = self.take(count)?;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number).ok_or(Misfit::Bad)
    }

    fn leading_digits(&self) -> usize {
        self.rest.bytes().take_while(u8::is_ascii_digit).count()
    }

    /// Two digits, or one where that is allowed.
    fn number(&mut self, is_fixed: bool) -> Result<i64, Misfit> {
        match self.leading_digits() {
            0 => Err(Misfit::Bad),
            1 if is_fixed => Err(Misfit::Bad),
            count => self.digits(count.min(2)),
        }
    }

    fn day_of_year(&mut self, zero: bool) -> Result<i64, Misfit> {
        if !zero {
            for _ in 0..2 {
                self.rest = self.rest.strip_prefix(' ').unwrap_or(self.rest);
            }
        }
        match self.leading_digits() {
            0 => Err(Misfit::Bad),
            1 | 2 if zero => Err(Misfit::Bad),
            count => self.digits(count.min(3)),
        }
    }

    /// The 1-based place of the name that comes next, in any case, shortened to so many letters.
    fn name(&mut self, names: &[&str], length: usize) -> Result<i64, Misfit> {
        for (place, name) in (1..).zip(names) {
            let name = &name[..name.len().min(length)];
            let found = self.rest.get(..name.len());
            if found.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                self.rest = &self.rest[name.len()..];
                return Ok(place);
            }
        }
        Err(Misfit::Bad)
    }

    fn half_day(&mut self, lower: bool) -> Fit {
        self.is_afternoon = Some(match (self.take(2)?, lower) {
            ("PM", false) | ("pm", true) => true,
            ("AM", false) | ("am", true) => false,
            _ => return Err(Misfit::Bad),
        });
        Ok(())
    }

    /// Seconds may carry a fraction that the layout does not name.
    fn unannounced_fraction(&mut self, layout_rest: &str) {
        let is_named = matches!(
            next_chunk(layout_rest).element,
            Some((Element::Fraction { .. }, _))
        );
        if let (false, Some(digits)) = (is_named, self.fraction_digits()) {
            // Never bad: the digits were counted.
            drop(self.fraction(digits, false));
        }
    }

    /// How many digits follow a point or comma.
    fn fraction_digits(&self) -> Option<usize> {
        let after = self.rest.strip_prefix(['.', ','])?;
        Some(after.bytes().take_while(u8::is_ascii_digit).count()).filter(|count| *count > 0)
    }

    fn fraction(&mut self, digits: usize, trims: bool) -> Fit {
        let digits = match (trims, self.fraction_digits()) {
            (true, None) => return Ok(()),
            (true, Some(found)) => found.min(9),
            (false, _) => digits,
        };
        let text = self.take(digits + 1)?;
        let number = text.strip_prefix(['.', ',']).ok_or(Misfit::Bad)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Misfit::Bad);
        }
        let shown = number.get(..9).unwrap_or(number);
        self.nanoseconds = format!("{shown:0<9}").parse().map_err(|_| Misfit::Bad)?;
        Ok(())
    }

    fn numeric_offset(&mut self, form: Offset) -> Fit {
        if form.z && self.rest.starts_with('Z') {
            self.take(1)?;
            self.is_utc = true;
            return Ok(());
        }
        let sign = match self.take(1)? {
            "+" => 1,
            "-" => -1,
            _ => return Err(Misfit::Bad),
        };
        let mut parts = [0, 0, 0];
        let count = 1 + usize::from(form.minutes) + usize::from(form.seconds);
        for (index, part) in parts.iter_mut().take(count).enumerate() {
            if index > 0 && form.colon && self.take(1)? != ":" {
                return Err(Misfit::Bad);
            }
            *part = self.digits(2)?;
        }
        let [hours, minutes, seconds] = parts;
        in_range(hours, 0, 24, "time zone offset hour")?;
        in_range(minutes, 0, 60, "time zone offset minute")?;
        in_range(seconds, 0, 60, "time zone offset second")?;
        self.offset = Some(sign * (hours * 3600 + minutes * 60 + seconds));
        Ok(())
    }

    fn abbreviation(&mut self) -> Fit {
        if self.rest.starts_with("UTC") {
            self.take(3)?;
            self.is_utc = true;
            return Ok(());
        }
        let length = abbreviation_length(self.rest).ok_or(Misfit::Bad)?;
        self.zone_name = self.take(length)?;
        Ok(())
    }

    fn finish(mut self, zone: &Zone) -> Result<Time, &'static str> {
        match self.is_afternoon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        self.settle_year_day()?;
        let month = self.month.unwrap_or(1);
        let day = self.day.unwrap_or(1);
        if day < 1 || day > days_in(month, self.year) {
            return Err("day out of range");
        }
        let civil = Civil {
            year: self.year,
            month,
            day,
            hour: self.hour,
            minute: self.minute,
            second: self.second,
        };
        let utc = Time::from_civil(civil, self.nanoseconds, Zone::Utc);
        if self.is_utc {
            return Ok(utc);
        }
        if let Some(offset) = self.offset {
            return Ok(self.with_offset(&utc, offset, zone));
        }
        if !self.zone_name.is_empty() {
            return Ok(self.with_abbreviation(&utc, zone));
        }
        Ok(Time::from_civil(civil, self.nanoseconds, zone.clone()))
    }

    fn settle_year_day(&mut self) -> Result<(), &'static str> {
        let Some(year_day) = self.year_day else {
            return Ok(());
        };
        let first = days_from_date(self.year, 1, 1);
        let length = days_from_date(self.year + 1, 1, 1) - first;
        if year_day < 1 || year_day > length {
            return Err("day-of-year out of range");
        }
        let (_, month, day) = date_from_days(first + year_day - 1);
        if self.month.is_some_and(|given| given != month) || self.day.is_some_and(|given| given != day) {
            return Err("day-of-year does not match month");
        }
        (self.month, self.day) = (Some(month), Some(day));
        Ok(())
    }

    fn with_offset(&self, utc: &Time, offset: i64, zone: &Zone) -> Time {
        let seconds = utc.unix() - offset;
        let (known, name) = zone.at(seconds);
        let is_known = known == offset && (self.zone_name.is_empty() || self.zone_name == name);
        let zone = match is_known {
            true => zone.clone(),
            false => Zone::Fixed(self.zone_name.into(), offset),
        };
        Time::from_unix(seconds, self.nanoseconds, zone)
    }

    /// An abbreviation that the zone does not use then: a zone of that name without an offset, unless it is `GMT+3`.
    fn with_abbreviation(&self, utc: &Time, zone: &Zone) -> Time {
        let (offset, name) = zone.at(utc.unix());
        if name == self.zone_name {
            return Time::from_unix(utc.unix() - offset, self.nanoseconds, zone.clone());
        }
        let hours: Option<i64> = self
            .zone_name
            .strip_prefix("GMT")
            .and_then(|hours| hours.parse().ok());
        utc.in_zone(Zone::Fixed(
            self.zone_name.into(),
            hours.unwrap_or_default() * 3600,
        ))
    }
}

fn in_range(number: i64, least: i64, most: i64, what: &'static str) -> Result<i64, Misfit> {
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(Misfit::Range(what))
    }
}

/// How long the time zone abbreviation at the start is (`parseTimeZone`).
fn abbreviation_length(text: &str) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with("ChST") || text.starts_with("MeST") {
        return Some(4);
    }
    if let Some(hours) = text.strip_prefix("GMT") {
        return Some(3 + signed_hours(hours));
    }
    if text.starts_with(['+', '-']) {
        return Some(signed_hours(text)).filter(|length| *length > 0);
    }
    let upper = text.bytes().take(6).take_while(u8::is_ascii_uppercase).count();
    match upper {
        3 => Some(3),
        4 if text.as_bytes()[3] == b'T' || text.starts_with("WITA") => Some(4),
        5 if text.as_bytes()[4] == b'T' => Some(5),
        _ => None,
    }
}

/// The length of `+3` or `-11`, up to 23 hours.
fn signed_hours(text: &str) -> usize {
    let Some(digits) = text.strip_prefix(['+', '-']) else {
        return 0;
    };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    match digits[..count].parse::<u32>() {
        Ok(hours) if hours < 24 => count + 1,
        _ => 0,
    }
}
