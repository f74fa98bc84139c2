//! How a plain YAML scalar reads: the way of the YAML library under Helm, so that a parameter means in
//! our files what it means in a values file.

use serde_json::{Number, Value as Json};

use crate::golang::yaml::{self, Scalar};

/// Reads an unquoted scalar; none for infinities and not-a-number, which Helm cannot hold either.
#[must_use]
pub fn resolve(text: &str) -> Option<Json> {
    Some(match yaml::resolve(text) {
        Scalar::Nil => Json::Null,
        Scalar::Bool(value) => Json::Bool(value),
        Scalar::Int(number) => Json::Number(number.into()),
        Scalar::Uint(number) => Json::Number(number.into()),
        Scalar::Float(number) => Json::Number(Number::from_f64(number)?),
        Scalar::Str => Json::String(text.to_owned()),
    })
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
            assert_eq!(resolve(text), Some(expected), "{text:?}");
        }
        for text in [".inf", "-.Inf", "+.INF", ".nan"] {
            assert_eq!(resolve(text), None, "{text:?}");
        }
    }
}
