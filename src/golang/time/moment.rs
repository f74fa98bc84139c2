//! `time.Time`.

use std::rc::Rc;

use jiff::tz::TimeZone;

use super::calendar::{date_from_days, days_from_date};

const DAY: i64 = 86_400;
const NANOS: i64 = 1_000_000_000;

/// Seconds from Go's absolute zero (the year -292277022399) to 1970: counting from there, 64 bits without a sign hold
/// every second, and what lies beyond wraps as it does in Go.
const ABSOLUTE: u64 = 9_223_372_028_715_321_600;

/// A place's offsets from UTC.
#[derive(Clone, Debug, PartialEq)]
pub enum Zone {
    /// `time.UTC`.
    Utc,
    /// `time.Local`.
    Local(TimeZone),
    /// A zone of the IANA database.
    Named(TimeZone),
    /// `time.FixedZone`: a name (may be empty) and seconds east of UTC.
    Fixed(Rc<str>, i64),
}

impl Zone {
    /// Seconds east of UTC and the abbreviation at this second of Unix time.
    #[must_use]
    pub fn at(&self, seconds: i64) -> (i64, String) {
        match self {
            Zone::Utc => (0, "UTC".into()),
            Zone::Fixed(name, offset) => (*offset, name.to_string()),
            Zone::Local(zone) | Zone::Named(zone) => match timestamp(seconds) {
                Some(timestamp) => {
                    let info = zone.to_offset_info(timestamp);
                    (info.offset().seconds().into(), info.abbreviation().to_owned())
                }
                None => (0, "UTC".into()),
            },
        }
    }
    /// `Location.String`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Zone::Utc => "UTC",
            Zone::Local(_) => "Local",
            Zone::Named(zone) => zone.iana_name().unwrap_or_default(),
            Zone::Fixed(name, _) => name,
        }
    }
    /// Is daylight saving time in force at this second of Unix time?
    #[must_use]
    pub fn is_dst(&self, seconds: i64) -> bool {
        match (self, timestamp(seconds)) {
            (Zone::Local(zone) | Zone::Named(zone), Some(timestamp)) => {
                zone.to_offset_info(timestamp).dst().is_dst()
            }
            _ => false,
        }
    }
}

/// A second that jiff knows and that has the same offset: before the year 0 nothing changes, and after the year 9600
/// the rules repeat as the calendar does, every 400 years.
fn timestamp(seconds: i64) -> Option<jiff::Timestamp> {
    const CYCLE: i64 = 146_097 * DAY;
    const LAST: i64 = 240_780_000_000;
    let seconds = match seconds {
        later if later > LAST => LAST + (later - LAST) % CYCLE - CYCLE,
        earlier => earlier.max(jiff::Timestamp::MIN.as_second() + 1),
    };
    jiff::Timestamp::from_second(seconds).ok()
}

/// An instant and the zone it is shown in. The monotonic reading that Go's `now` carries is not kept: it differs from
/// run to run.
#[derive(Clone, Debug)]
pub struct Time {
    /// Since 1970-01-01T00:00:00Z.
    seconds: i64,
    /// 0 to 999,999,999.
    nanoseconds: i64,
    zone: Zone,
}

/// Date and clock in the time's own zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// May be negative.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
}

impl Time {
    /// `time.Unix(seconds, nanoseconds).In(zone)`.
    #[must_use]
    pub fn from_unix(seconds: i64, nanoseconds: i64, zone: Zone) -> Self {
        Time {
            seconds: seconds.wrapping_add(nanoseconds.div_euclid(NANOS)),
            nanoseconds: nanoseconds.rem_euclid(NANOS),
            zone,
        }
    }
    /// The instant that a render calls now.
    #[must_use]
    pub fn from_timestamp(timestamp: jiff::Timestamp, zone: Zone) -> Self {
        let nanoseconds = i64::from(timestamp.subsec_nanosecond());
        Self::from_unix(timestamp.as_second(), nanoseconds, zone)
    }
    /// `time.Time{}`: 0001-01-01 00:00:00 UTC.
    #[must_use]
    pub fn zero() -> Self {
        Self::from_unix(days_from_date(1, 1, 1) * DAY, 0, Zone::Utc)
    }
    /// `time.Date`: what is out of range is carried over.
    #[must_use]
    pub fn from_civil(civil: Civil, nanoseconds: i64, zone: Zone) -> Self {
        let years = (civil.month - 1).div_euclid(12);
        let month = (civil.month - 1).rem_euclid(12) + 1;
        let days = days_from_date(civil.year + years, month, civil.day);
        let clock = civil.hour * 3600 + civil.minute * 60 + civil.second;
        let local = days.wrapping_mul(DAY).wrapping_add(clock);
        // The offset at the wanted clock time; near a change of offset, that of the instant it gives.
        let guess = zone.at(local.wrapping_sub(zone.at(local).0)).0;
        Self::from_unix(local.wrapping_sub(guess), nanoseconds, zone)
    }
    /// Date and clock.
    #[must_use]
    pub fn civil(&self) -> Civil {
        let (days, clock) = self.days_and_clock();
        let (year, month, day) = date_from_days(days);
        Civil {
            year,
            month,
            day,
            hour: clock / 3600,
            minute: clock / 60 % 60,
            second: clock % 60,
        }
    }
    /// Days since 1970-01-01 and seconds of the day, in the time's own zone.
    fn days_and_clock(&self) -> (i64, i64) {
        let local = self.seconds.wrapping_add(self.offset().0);
        let absolute = local.cast_unsigned().wrapping_add(ABSOLUTE);
        let day = DAY.unsigned_abs();
        let days = (absolute / day).wrapping_sub(ABSOLUTE / day);
        (days.cast_signed(), (absolute % day).cast_signed())
    }
    /// Seconds east of UTC, and the zone's abbreviation.
    #[must_use]
    pub fn offset(&self) -> (i64, String) {
        self.zone.at(self.seconds)
    }
    /// `YearDay`, from 1.
    #[must_use]
    pub fn year_day(&self) -> i64 {
        let civil = self.civil();
        days_from_date(civil.year, civil.month, civil.day) - days_from_date(civil.year, 1, 1) + 1
    }
    /// `Weekday`, 0 is Sunday.
    #[must_use]
    pub fn weekday(&self) -> i64 {
        (self.days_and_clock().0 + 4).rem_euclid(7)
    }
    /// `Unix`.
    #[must_use]
    pub fn unix(&self) -> i64 {
        self.seconds
    }
    /// Parts of a second since 1970, so many to the second (`UnixNano` and so on); wraps as Go's do.
    #[must_use]
    pub fn unix_parts(&self, parts: i64) -> i64 {
        let rest = self.nanoseconds / (NANOS / parts);
        self.seconds.wrapping_mul(parts).wrapping_add(rest)
    }
    /// `IsDST`.
    #[must_use]
    pub fn is_dst(&self) -> bool {
        self.zone.is_dst(self.seconds)
    }
    /// `Nanosecond`.
    #[must_use]
    pub fn nanosecond(&self) -> i64 {
        self.nanoseconds
    }
    /// `In`.
    #[must_use]
    pub fn in_zone(&self, zone: Zone) -> Self {
        Time { zone, ..self.clone() }
    }
    /// The zone it is shown in.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }
    /// `Add`.
    #[must_use]
    pub fn add(&self, nanoseconds: i64) -> Self {
        let seconds = self.seconds.wrapping_add(nanoseconds.div_euclid(NANOS));
        Self::from_unix(
            seconds,
            self.nanoseconds + nanoseconds.rem_euclid(NANOS),
            self.zone.clone(),
        )
    }
    /// `AddDate`.
    #[must_use]
    pub fn add_date(&self, years: i64, months: i64, days: i64) -> Self {
        let limit = |number: i64| number.clamp(-100_000_000, 100_000_000);
        let mut civil = self.civil();
        civil.year += limit(years);
        civil.month += limit(months);
        civil.day += limit(days);
        Self::from_civil(civil, self.nanoseconds, self.zone.clone())
    }
    /// `Sub`, in nanoseconds, held inside the range of a Duration.
    #[must_use]
    pub fn sub(&self, other: &Time) -> i64 {
        let seconds = i128::from(self.seconds) - i128::from(other.seconds);
        let total = seconds * i128::from(NANOS) + i128::from(self.nanoseconds - other.nanoseconds);
        i64::try_from(total).unwrap_or(if total < 0 { i64::MIN } else { i64::MAX })
    }
    /// `Compare`: by instant.
    #[must_use]
    pub fn compare(&self, other: &Time) -> std::cmp::Ordering {
        (self.seconds, self.nanoseconds).cmp(&(other.seconds, other.nanoseconds))
    }
    /// `IsZero`.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.compare(&Time::zero()).is_eq()
    }
    /// `Truncate` to a multiple of this many nanoseconds since the zero time.
    #[must_use]
    pub fn truncate(&self, nanoseconds: i64) -> Self {
        if nanoseconds <= 0 {
            return self.clone();
        }
        self.add(-self.rest(nanoseconds))
    }
    /// `Round` to the nearest such multiple, up from the middle.
    #[must_use]
    pub fn round(&self, nanoseconds: i64) -> Self {
        if nanoseconds <= 0 {
            return self.clone();
        }
        let rest = self.rest(nanoseconds);
        match nanoseconds - rest {
            missing if rest < missing => self.add(-rest),
            missing => self.add(missing),
        }
    }
    /// What is left of the time since the zero time after whole multiples.
    fn rest(&self, nanoseconds: i64) -> i64 {
        let since = (i128::from(self.seconds) - i128::from(Time::zero().seconds)) * i128::from(NANOS)
            + i128::from(self.nanoseconds);
        i64::try_from(since.rem_euclid(i128::from(nanoseconds))).unwrap_or_default()
    }
}
