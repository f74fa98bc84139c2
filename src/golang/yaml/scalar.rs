//! What a plain scalar means (yaml.v2 `resolve.go`).

use crate::golang::strconv::{parse_float, parse_int, parse_uint};

/// A resolved scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    /// Null.
    Nil,
    /// A truth value, in YAML 1.1's spellings.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer above the largest `i64`.
    Uint(u64),
    /// Any other number, infinities and NaN too.
    Float(f64),
    /// Text.
    Str,
}

impl Scalar {
    /// The short tag of the kind.
    pub(super) fn tag(&self) -> &'static str {
        match self {
            Scalar::Nil => "!!null",
            Scalar::Bool(_) => "!!bool",
            Scalar::Int(_) | Scalar::Uint(_) => "!!int",
            Scalar::Float(_) => "!!float",
            Scalar::Str => "!!str",
        }
    }
}

/// The meaning of a plain scalar without a tag. Timestamps are strings.
#[must_use]
pub fn resolve(text: &str) -> Scalar {
    let first = text.bytes().next();
    let is_hinted = match first {
        None => return Scalar::Nil,
        Some(byte) => {
            matches!(byte, b'+' | b'-' | b'.' | b'0'..=b'9' | b'~') || b"yYnNtTfFoO".contains(&byte)
        }
    };
    if !is_hinted {
        return Scalar::Str;
    }
    if let Some(scalar) = named(text) {
        return scalar;
    }
    match first {
        Some(b'.') => parse_float(text.as_bytes()).map_or(Scalar::Str, Scalar::Float),
        Some(b'+' | b'-' | b'0'..=b'9') => number(text).unwrap_or(Scalar::Str),
        _ => Scalar::Str,
    }
}

fn named(text: &str) -> Option<Scalar> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Scalar::Nil,
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

fn number(text: &str) -> Option<Scalar> {
    let plain = text.replace('_', "");
    if let Ok(integer) = parse_int(plain.as_bytes(), 0) {
        return Some(Scalar::Int(integer));
    }
    if let Ok(integer) = parse_uint(plain.as_bytes(), 0) {
        return Some(Scalar::Uint(integer));
    }
    if !looks_like_float(plain.as_bytes()) {
        return None;
    }
    parse_float(plain.as_bytes()).ok().map(Scalar::Float)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, the whole text.
fn looks_like_float(text: &[u8]) -> bool {
    let text = text
        .strip_prefix(b"+")
        .or(text.strip_prefix(b"-"))
        .unwrap_or(text);
    let (whole, rest) = split_digits(text);
    let (fraction, rest) = match rest.strip_prefix(b".") {
        Some(rest) => split_digits(rest),
        None => (0, rest),
    };
    let exponent = rest.strip_prefix(b"e").or(rest.strip_prefix(b"E"));
    whole + fraction > 0
        && exponent.map_or(rest.is_empty(), |exponent| {
            let sign = exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-"));
            matches!(split_digits(sign.unwrap_or(exponent)), (1.., []))
        })
}

/// How many digits a text starts with, and what follows them.
fn split_digits(text: &[u8]) -> (usize, &[u8]) {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits, &text[digits..])
}

/// Would yaml.v2 take this for a timestamp, did it not keep such text as a string (`parseTimestamp`)?
pub(super) fn is_timestamp(text: &str) -> bool {
    let mut reader = Reader { rest: text };
    reader.timestamp().is_some() && reader.rest.is_empty()
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// `2006-1-2`, then nothing, or ` 15:4:5[.9]`, or `T15:4:5[.9]` with a zone.
    fn timestamp(&mut self) -> Option<()> {
        let year = self.number(4, 4)?;
        self.skip("-")?;
        let month = self.number(1, 2)?;
        self.skip("-")?;
        let day = self.number(1, 2)?;
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if !(1..=last).contains(&day) {
            return None;
        }
        if self.rest.is_empty() {
            return Some(());
        }
        let is_zoned = self.skip("T").or_else(|| self.skip("t")).is_some();
        if !is_zoned {
            self.skip(" ")?;
            self.rest = self.rest.trim_start_matches(' ');
        }
        self.clock()?;
        if is_zoned { self.zone() } else { Some(()) }
    }

    fn clock(&mut self) -> Option<()> {
        let hour = self.number(1, 2)?;
        self.skip(":")?;
        let minute = self.number(1, 2)?;
        self.skip(":")?;
        let second = self.number(1, 2)?;
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        if self.skip(".").or_else(|| self.skip(",")).is_some() {
            let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
            self.rest = &self.rest[digits..];
            return Some(()).filter(|()| digits > 0);
        }
        Some(())
    }

    fn zone(&mut self) -> Option<()> {
        if self.skip("Z").is_some() {
            return Some(());
        }
        self.skip("+").or_else(|| self.skip("-"))?;
        let hour = self.number(2, 2)?;
        self.skip(":")?;
        let minute = self.number(2, 2)?;
        Some(()).filter(|()| hour <= 24 && minute < 60)
    }

    fn skip(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let digits = self
            .rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if digits < least {
            return None;
        }
        let number = self.rest[..digits].parse().ok()?;
        self.rest = &self.rest[digits..];
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_resolve_as_in_yaml_v2() {
        let cases: &[(&str, Scalar)] = &[
            ("yes", Scalar::Bool(true)),
            ("N", Scalar::Bool(false)),
            ("tRue", Scalar::Str),
            ("", Scalar::Nil),
            ("~", Scalar::Nil),
            ("012", Scalar::Int(10)),
            ("-012", Scalar::Int(-10)),
            ("08", Scalar::Float(8.0)),
            ("0o17", Scalar::Int(15)),
            ("0x1F", Scalar::Int(31)),
            ("0b2", Scalar::Str),
            ("1_000", Scalar::Int(1000)),
            ("1__0_", Scalar::Int(10)),
            ("_1", Scalar::Str),
            ("685_230.15", Scalar::Float(685_230.15)),
            ("+.5", Scalar::Float(0.5)),
            ("1.", Scalar::Float(1.0)),
            ("1e1_0", Scalar::Float(1e10)),
            ("1e400", Scalar::Str),
            ("1:30", Scalar::Str),
            ("18446744073709551615", Scalar::Uint(u64::MAX)),
            (
                "18446744073709551616",
                Scalar::Float(18_446_744_073_709_551_616.0),
            ),
            ("2001-01-01", Scalar::Str),
            ("1a", Scalar::Str),
        ];
        for (text, expected) in cases {
            assert_eq!(resolve(text), *expected, "{text}");
        }
    }

    #[test]
    fn timestamps_are_recognised_with_their_calendar() {
        for text in [
            "2001-01-01",
            "2001-1-1",
            "2001-01-01T00:00:00Z",
            "2001-01-01 00:00:00",
            "2000-2-29",
            "2001-01-01t0:0:0.5+01:00",
        ] {
            assert!(is_timestamp(text), "{text}");
        }
        for text in [
            "2001-01-01x",
            "2001-02-29",
            "2001-13-01",
            "01-01-01",
            "2001-01-01T00:00:00",
            "2001-01-01 24:00:00",
        ] {
            assert!(!is_timestamp(text), "{text}");
        }
    }
}
