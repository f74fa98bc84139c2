//! `ParseFloat`.

use super::{NumError, underscores_ok};

/// `strconv.ParseFloat(text, 64)`: decimal and hexadecimal floats with `_`, `inf`, `infinity`, `nan`.
///
/// # Errors
/// Syntax, or range for what rounds to infinity.
pub fn parse_float(text: &[u8]) -> Result<f64, NumError> {
    let (is_negative, body) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let magnitude = match body.to_ascii_lowercase().as_slice() {
        b"inf" | b"infinity" => f64::INFINITY,
        b"nan" if body.len() == text.len() => return Ok(f64::NAN),
        [b'0', b'x', rest @ ..] => hexadecimal(text, rest)?,
        _ => decimal(text, body)?,
    };
    Ok(if is_negative { -magnitude } else { magnitude })
}

fn without_underscores(text: &[u8], body: &[u8]) -> Result<String, NumError> {
    if body.contains(&b'_') && !underscores_ok(text) {
        return Err(NumError::Syntax);
    }
    Ok(body
        .iter()
        .filter(|byte| **byte != b'_')
        .map(|byte| *byte as char)
        .collect())
}

fn decimal(text: &[u8], body: &[u8]) -> Result<f64, NumError> {
    let digits = without_underscores(text, body)?;
    let is_plain = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && digits
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    let number: f64 = if is_plain {
        digits.parse().map_err(|_| NumError::Syntax)?
    } else {
        return Err(NumError::Syntax);
    };
    if number.is_infinite() {
        return Err(NumError::Range);
    }
    Ok(number)
}

/// `0x` HEX [`.` HEX] `p` EXPONENT, correctly rounded.
fn hexadecimal(text: &[u8], body: &[u8]) -> Result<f64, NumError> {
    let digits = without_underscores(text, body)?;
    let (mantissa, exponent) = digits.split_once('p').ok_or(NumError::Syntax)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_number = !power.is_empty() && power.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !is_hex(whole) || !is_hex(fraction) || !is_number {
        return Err(NumError::Syntax);
    }
    let power: i64 = exponent
        .parse::<i64>()
        .unwrap_or(100_000)
        .clamp(-100_000, 100_000);
    let mut bits: u64 = 0;
    let mut scale = power;
    let mut is_inexact = false;
    for (index, byte) in whole.bytes().chain(fraction.bytes()).enumerate() {
        let nibble = u64::from((byte as char).to_digit(16).unwrap_or_default());
        let is_fraction = index >= whole.len();
        if bits >> 58 == 0 {
            bits = bits << 4 | nibble;
            scale -= if is_fraction { 4 } else { 0 };
        } else {
            is_inexact |= nibble != 0;
            scale += if is_fraction { 0 } else { 4 };
        }
    }
    let number = scaled(bits | u64::from(is_inexact), scale);
    if number.is_infinite() {
        return Err(NumError::Range);
    }
    Ok(number)
}

/// `bits × 2^power`, rounded once (half to even).
fn scaled(bits: u64, power: i64) -> f64 {
    if bits == 0 {
        return 0.0;
    }
    let width = i64::from(64 - bits.leading_zeros());
    // Subnormal numbers keep fewer than 53 bits.
    let kept = (width + power + 1074).clamp(0, 53);
    let dropped = width - kept;
    let (mut bits, mut power) = (bits, power);
    if dropped > 0 {
        let rest = if dropped >= 64 {
            bits
        } else {
            bits & ((1 << dropped) - 1)
        };
        let half = if dropped > 64 {
            u64::MAX
        } else {
            1 << (dropped - 1)
        };
        bits = bits
            .checked_shr(u32::try_from(dropped).unwrap_or(64))
            .unwrap_or(0);
        if rest > half || rest == half && bits & 1 == 1 {
            bits += 1;
        }
        power += dropped;
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 53 bits are left")]
    let mut number = bits as f64;
    while power > 0 && number.is_finite() {
        let step = power.min(1000);
        number *= 2f64.powi(i32::try_from(step).unwrap_or(1000));
        power -= step;
    }
    while power < 0 && number != 0.0 {
        let step = (-power).min(1000);
        number /= 2f64.powi(i32::try_from(step).unwrap_or(1000));
        power += step;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_read_as_go_reads_them() {
        let cases: &[(&str, Result<f64, NumError>)] = &[
            ("1e3", Ok(1000.0)),
            (".5", Ok(0.5)),
            ("5.", Ok(5.0)),
            ("1_0", Ok(10.0)),
            ("1__0", Err(NumError::Syntax)),
            ("-inf", Ok(f64::NEG_INFINITY)),
            ("+Infinity", Ok(f64::INFINITY)),
            ("+nan", Err(NumError::Syntax)),
            ("0x1p4", Ok(16.0)),
            ("0x1.8p1", Ok(3.0)),
            ("0x10", Err(NumError::Syntax)),
            ("0x1p-1074", Ok(5e-324)),
            ("0x1.8p-1075", Ok(5e-324)),
            ("0x1p-1075", Ok(0.0)),
            ("0x1.fffffffffffff8p0", Ok(2.0)),
            ("1e400", Err(NumError::Range)),
            ("0x1p1024", Err(NumError::Range)),
            ("", Err(NumError::Syntax)),
            (".", Err(NumError::Syntax)),
            ("1e", Err(NumError::Syntax)),
            ("1f", Err(NumError::Syntax)),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_float(text.as_bytes()), *expected, "{text}");
        }
    }
}
