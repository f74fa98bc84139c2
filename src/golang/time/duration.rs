//! `time.Duration`: text and back (go1.23 `time.go`, `format.go`).

use super::quote;

const SECOND: u64 = 1_000_000_000;

/// `Duration.String`: `1h2m3.5s`, `1.5ms`, `0s`.
#[must_use]
pub fn duration_text(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let total = nanoseconds.unsigned_abs();
    let text = match total {
        0 => return "0s".into(),
        1..1_000 => format!("{total}ns"),
        1_000..1_000_000 => with_fraction(total, 1_000) + "µs",
        1_000_000..SECOND => with_fraction(total, 1_000_000) + "ms",
        _ => clock(total),
    };
    format!("{sign}{text}")
}

fn clock(total: u64) -> String {
    let (hours, minutes) = (total / SECOND / 3600, total / SECOND / 60 % 60);
    let seconds = with_fraction(total % (60 * SECOND), SECOND);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}

/// `total / unit` in decimal, without trailing zeros; the unit is a power of ten.
fn with_fraction(total: u64, unit: u64) -> String {
    let rest = total % unit;
    if rest == 0 {
        return (total / unit).to_string();
    }
    let width = unit.ilog10() as usize;
    let fraction = format!("{rest:0width$}");
    format!("{}.{}", total / unit, fraction.trim_end_matches('0'))
}

/// `Duration.Round`: to the nearest multiple, away from zero in the middle; held inside the range.
#[must_use]
pub fn round_duration(nanoseconds: i64, multiple: i64) -> i64 {
    if multiple <= 0 {
        return nanoseconds;
    }
    let rest = (nanoseconds % multiple).unsigned_abs();
    let toward_zero = nanoseconds - nanoseconds % multiple;
    if rest < multiple.unsigned_abs() - rest {
        return toward_zero;
    }
    toward_zero.saturating_add(if nanoseconds < 0 { -multiple } else { multiple })
}

/// `time.ParseDuration`, in nanoseconds.
///
/// # Errors
/// Go's text.
pub fn parse_duration(text: &str) -> Result<i64, String> {
    let shown = quote(text);
    let invalid = || format!("time: invalid duration {shown}");
    let (is_negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (number, after) = leading_number(rest).ok_or_else(invalid)?;
        let length = after
            .find(|letter: char| letter == '.' || letter.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(length);
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {shown}"));
        }
        let size = unit_size(unit)
            .ok_or_else(|| format!("time: unknown unit {} in duration {shown}", quote(unit)))?;
        total = number
            .times(size)
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total <= 1 << 63)
            .ok_or_else(invalid)?;
        rest = after;
    }
    match (is_negative, i64::try_from(total)) {
        (false, Ok(total)) => Ok(total),
        (true, _) => Ok(0i64.wrapping_sub_unsigned(total)),
        (false, Err(_)) => Err(invalid()),
    }
}

fn unit_size(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => SECOND,
        "m" => 60 * SECOND,
        "h" => 3600 * SECOND,
        _ => return None,
    })
}

/// `whole + fraction / scale`
struct Number {
    whole: Option<u64>,
    fraction: u64,
    scale: f64,
}

impl Number {
    fn times(&self, unit: u64) -> Option<u64> {
        let whole = self.whole?.checked_mul(unit).filter(|part| *part <= 1 << 63)?;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "Go computes the fraction in float64 too"
        )]
        let fraction = (self.fraction as f64 * (unit as f64 / self.scale)) as u64;
        whole.checked_add(fraction)
    }
}

fn leading_number(text: &str) -> Option<(Number, &str)> {
    let digits = |text: &str| {
        text.bytes()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(text.len())
    };
    let (whole, mut rest) = text.split_at(digits(text));
    let mut number = Number {
        whole: Some(0)
            .filter(|_| whole.is_empty())
            .or_else(|| whole.parse().ok()),
        fraction: 0,
        scale: 1.0,
    };
    let mut is_empty = whole.is_empty();
    if let Some(after) = rest.strip_prefix('.') {
        let (fraction, after) = after.split_at(digits(after));
        is_empty &= fraction.is_empty();
        for digit in fraction.bytes() {
            let longer = number.fraction.checked_mul(10);
            let Some(longer) = longer.and_then(|longer| longer.checked_add(u64::from(digit - b'0'))) else {
                break;
            };
            number.fraction = longer;
            number.scale *= 10.0;
        }
        rest = after;
    }
    if is_empty { None } else { Some((number, rest)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_print_as_go_prints_them() {
        let cases: &[(i64, &str)] = &[
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1µs"),
            (2_200_000, "2.2ms"),
            (3_300_000_000, "3.3s"),
            (95_000_000_000, "1m35s"),
            (3_600_000_000_000, "1h0m0s"),
            (-5_400_000_000_000, "-1h30m0s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
            (i64::MAX, "2562047h47m16.854775807s"),
        ];
        for (nanoseconds, expected) in cases {
            assert_eq!(duration_text(*nanoseconds), *expected);
            assert_eq!(parse_duration(expected), Ok(*nanoseconds));
        }
    }

    #[test]
    fn durations_are_read_as_go_reads_them() {
        let cases: &[(&str, Result<i64, &str>)] = &[
            ("1.5h", Ok(5_400_000_000_000)),
            ("-1m", Ok(-60_000_000_000)),
            (".5s", Ok(500_000_000)),
            ("1h1m1s", Ok(3_661_000_000_000)),
            ("0", Ok(0)),
            ("", Err("time: invalid duration \"\"")),
            ("3", Err("time: missing unit in duration \"3\"")),
            ("1d", Err("time: unknown unit \"d\" in duration \"1d\"")),
            ("x", Err("time: invalid duration \"x\"")),
            (".s", Err("time: invalid duration \".s\"")),
            ("9999999h", Err("time: invalid duration \"9999999h\"")),
        ];
        for (text, expected) in cases {
            assert_eq!(
                parse_duration(text).as_ref().map_err(String::as_str),
                expected.as_ref().map_err(|text| *text)
            );
        }
    }
}
