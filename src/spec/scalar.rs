//! How a plain YAML scalar reads: the way of the YAML library under Helm, so that a parameter means in
//! our files what it means in a values file.

use serde_json::{Number, Value as Json};

/// Reads an unquoted scalar. Source: `sigs.k8s.io/yaml` v1.4 `goyaml.v2/resolve.go`: YAML 1.1 truth values in their
/// three spellings, octal with a leading `0` or `0o`, `_` between digits.
#[must_use]
pub fn resolve(text: &str) -> Json {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Json::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
            return Json::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            return Json::Bool(false);
        }
        _ => {}
    }
    let may_be_number = text
        .bytes()
        .next()
        .is_some_and(|first| first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.'));
    if !may_be_number {
        return Json::String(text.to_owned());
    }
    let digits = text.replace('_', "");
    integer(&digits)
        .or_else(|| float(&digits))
        .unwrap_or_else(|| Json::String(text.to_owned()))
}

/// YAML's infinities and not-a-number, in their three spellings: Helm cannot hold them either.
#[must_use]
pub fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// An integer in base 2, 8, 10 or 16, that fits 64 bits.
fn integer(digits: &str) -> Option<Json> {
    let (is_negative, magnitude) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let (radix, digits) = radix_of(magnitude);
    if digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    if is_negative {
        let value = 0i64.checked_sub_unsigned(value)?;
        return Some(Json::Number(value.into()));
    }
    Some(Json::Number(value.into()))
}

fn radix_of(magnitude: &str) -> (u32, &str) {
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)] {
        if let Some(digits) = magnitude.strip_prefix(prefix) {
            return (radix, digits);
        }
    }
    match magnitude.strip_prefix('0') {
        Some(digits) if !digits.is_empty() => (8, digits),
        _ => (10, magnitude),
    }
}

/// `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`, finite.
fn float(digits: &str) -> Option<Json> {
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let lacks_digits = exponent.is_empty() || (whole.is_empty() && fraction.is_empty());
    if lacks_digits || ![whole, fraction, exponent].into_iter().all(all_digits) {
        return None;
    }
    Number::from_f64(digits.parse().ok()?).map(Json::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_scalars_read_as_in_helm_values() {
        for (text, expected) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("yes", json!(true)),
            ("Off", json!(false)),
            ("n", json!(false)),
            ("nO", json!("nO")),
            ("1", json!(1)),
            ("-1", json!(-1)),
            ("+1", json!(1)),
            ("1_000", json!(1000)),
            ("0644", json!(420)),
            ("0o17", json!(15)),
            ("0x1F", json!(31)),
            ("0b101", json!(5)),
            ("089", json!(89.0)),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            ("-9223372036854775808", json!(i64::MIN)),
            ("1.10", json!(1.1)),
            (".5", json!(0.5)),
            ("1.", json!(1.0)),
            ("1e3", json!(1000.0)),
            ("1.2.3", json!("1.2.3")),
            ("10.11.7", json!("10.11.7")),
            ("1e", json!("1e")),
            (".", json!(".")),
            ("-", json!("-")),
            ("--1", json!("--1")),
            ("0x", json!("0x")),
            ("2025-01-01", json!("2025-01-01")),
            ("keystone", json!("keystone")),
        ] {
            assert_eq!(resolve(text), expected, "{text:?}");
        }
    }
}
