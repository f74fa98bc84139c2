//! Numbers as exact decimals: both validators count in fractions (`math/big`).

use serde_json::Number;

use crate::golang::strconv::format_float;

/// Is it a whole number, however it is written?
pub(super) fn is_whole(number: &Number) -> bool {
    number
        .as_f64()
        .is_none_or(|float| !number.is_f64() || float.fract() == 0.0)
}

/// Is `number` a whole multiple of `step`?
pub(super) fn is_multiple(number: &Number, step: &Number) -> bool {
    let exact = || {
        let ((number, places), (step, other)) = (decimal(number)?, decimal(step)?);
        let number = number.checked_mul(power(other.saturating_sub(places))?)?;
        let step = step.checked_mul(power(places.saturating_sub(other))?)?;
        number.checked_rem(step)
    };
    let inexact = || float(number) % float(step) == 0.0;
    exact().map_or_else(inexact, |rest| rest == 0)
}

pub(super) fn float(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}

/// As Go's `big.Float` prints itself: the shortest digits, with an exponent from a million on.
pub(super) fn shown(number: &Number) -> String {
    format_float(float(number), b'g', None)
}

/// Digits, and how many of them stand behind the point.
fn decimal(number: &Number) -> Option<(i128, u32)> {
    let text = number.to_string();
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (text.as_str(), 0),
    };
    let (before, behind) = digits.split_once('.').unwrap_or((digits, ""));
    let value: i128 = format!("{before}{behind}").parse().ok()?;
    let places = i32::try_from(behind.len()).ok()? - exponent;
    match u32::try_from(places) {
        Ok(places) => Some((value, places)),
        Err(_) => Some((value.checked_mul(power(places.unsigned_abs())?)?, 0)),
    }
}

fn power(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn limits_are_shown_as_big_floats() {
        for (number, expected) in [
            (json!(65535), "65535"),
            (json!(5_678_901), "5.678901e+06"),
            (json!(0.1), "0.1"),
        ] {
            assert_eq!(number.as_number().map(shown).as_deref(), Some(expected));
        }
    }

    #[test]
    fn multiples_are_exact() {
        for (number, step, expected) in [
            (json!(0.3), json!(0.1), true),
            (json!(1.1), json!(0.1), true),
            (json!(7), json!(2), false),
            (json!(1e20), json!(3), false),
            (json!(4.5), json!(1.5), true),
            (json!(1e-7), json!(1e-8), true),
            (json!(1e300), json!(1e299), true),
        ] {
            let (Some(number), Some(step)) = (number.as_number(), step.as_number()) else {
                continue;
            };
            assert_eq!(is_multiple(number, step), expected, "{number} {step}");
        }
    }
}
