//! `ParseInt` and `ParseUint`.

use super::{NumError, underscores_ok};

/// `strconv.ParseUint(text, base, 64)`. Base 0 reads Go literals: `0x`, `0o`, `0b`, leading-zero octal, `_`.
///
/// # Errors
/// Syntax or range.
pub fn parse_uint(text: &[u8], base: u32) -> Result<u64, NumError> {
    if text.is_empty() {
        return Err(NumError::Syntax);
    }
    let (digits, radix) = if base == 0 { prefixed(text) } else { (text, base) };
    if digits.is_empty() {
        return Err(NumError::Syntax);
    }
    let mut number: Option<u64> = Some(0);
    let mut has_underscores = false;
    for &byte in digits {
        if byte == b'_' && base == 0 {
            has_underscores = true;
            continue;
        }
        let digit = (byte as char).to_digit(36).filter(|digit| *digit < radix);
        let digit = digit.ok_or(NumError::Syntax)?;
        number = number
            .and_then(|number| number.checked_mul(radix.into()))
            .and_then(|number| number.checked_add(digit.into()));
        if number.is_none() {
            return Err(NumError::Range);
        }
    }
    if has_underscores && !underscores_ok(text) {
        return Err(NumError::Syntax);
    }
    number.ok_or(NumError::Range)
}

/// `strconv.ParseInt(text, base, 64)`.
///
/// # Errors
/// Syntax or range.
pub fn parse_int(text: &[u8], base: u32) -> Result<i64, NumError> {
    let (is_negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let magnitude = parse_uint(digits, base)?;
    if is_negative {
        0i64.checked_sub_unsigned(magnitude).ok_or(NumError::Range)
    } else {
        i64::try_from(magnitude).map_err(|_| NumError::Range)
    }
}

fn prefixed(text: &[u8]) -> (&[u8], u32) {
    match text {
        [b'0', b'x' | b'X', rest @ ..] if !rest.is_empty() => (rest, 16),
        [b'0', b'o' | b'O', rest @ ..] if !rest.is_empty() => (rest, 8),
        [b'0', b'b' | b'B', rest @ ..] if !rest.is_empty() => (rest, 2),
        [b'0', rest @ ..] if !rest.is_empty() => (rest, 8),
        _ => (text, 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_read_as_go_reads_them() {
        let cases: &[(&str, u32, Result<i64, NumError>)] = &[
            ("0x1F", 0, Ok(31)),
            ("-0b11", 0, Ok(-3)),
            ("012", 0, Ok(10)),
            ("08", 0, Err(NumError::Syntax)),
            ("1_000", 0, Ok(1000)),
            ("0x_ff", 0, Ok(255)),
            ("1__0", 0, Err(NumError::Syntax)),
            ("1_", 0, Err(NumError::Syntax)),
            ("1_000", 10, Err(NumError::Syntax)),
            ("+5", 10, Ok(5)),
            ("", 10, Err(NumError::Syntax)),
            ("-9223372036854775808", 10, Ok(i64::MIN)),
            ("9223372036854775808", 10, Err(NumError::Range)),
            ("0", 0, Ok(0)),
            ("0x", 0, Err(NumError::Syntax)),
        ];
        for (text, base, expected) in cases {
            assert_eq!(parse_int(text.as_bytes(), *base), *expected, "{text}");
        }
        assert_eq!(
            NumError::Syntax.describe("Atoi", b"x"),
            "strconv.Atoi: parsing \"x\": invalid syntax"
        );
    }
}
