//! Violations, and how the validator shows them.

use serde_json::{Number, Value as Json};

use super::super::numbers::float;
use crate::golang::strconv::{self, format_float};

/// A violation, with its reasons.
#[derive(Debug)]
pub(super) struct Violation {
    /// JSON pointer of the value.
    pub at: String,
    pub text: String,
    pub reasons: Vec<Violation>,
    /// A reference adds no line of its own where it has one reason.
    pub is_reference: bool,
}

impl Violation {
    /// A line, and those of the reasons, two blanks deeper.
    pub fn write(&self, out: &mut String, depth: usize) {
        if self.is_reference
            && let [reason] = self.reasons.as_slice()
        {
            return reason.write(out, depth);
        }
        out.push_str(&"  ".repeat(depth));
        out.push_str(&format!("- at {}: {}\n", quote(&self.at), self.text));
        for reason in &self.reasons {
            reason.write(out, depth + 1);
        }
    }
}

/// In single quotes, escaped as Go does.
pub(super) fn quote(text: &str) -> String {
    let quoted = strconv::quote(text.as_bytes())
        .replace("\\\"", "\"")
        .replace('\'', "\\'");
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    format!("'{}'", inner.unwrap_or(&quoted))
}

pub(super) fn joined<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(|name| quote(name.as_ref())).collect();
    names.join(", ")
}

/// A value in a text.
pub(super) fn display(value: &Json) -> String {
    match value {
        Json::String(text) => quote(text),
        Json::Null => "<nil>".to_owned(),
        Json::Array(_) | Json::Object(_) => "value".to_owned(),
        other => other.to_string(),
    }
}

pub(super) fn one_of(options: &[Json]) -> String {
    if options.iter().any(|value| value.is_array() || value.is_object()) {
        return "'enum' failed".to_owned();
    }
    let shown: Vec<String> = options.iter().map(display).collect();
    match shown.as_slice() {
        [only] => format!("value must be {only}"),
        many => format!("value must be one of {}", many.join(", ")),
    }
}

/// A count with commas between thousands (`golang.org/x/text/message`, English).
pub(super) fn count(number: usize) -> String {
    grouped(&number.to_string())
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A float as the same library prints it: `1,000`, `1.5`, `1×10²¹`.
pub(super) fn number(number: &Number) -> String {
    let number = float(number);
    let sign = if number < 0.0 { "-" } else { "" };
    let shortest = format_float(number.abs(), b'e', None);
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "+00"));
    let power: i32 = exponent.parse().unwrap_or(0);
    if number == 0.0 || (-4..6).contains(&power) {
        let plain = format_float(number.abs(), b'f', None);
        return match plain.split_once('.') {
            Some((whole, rest)) => format!("{sign}{}.{rest}", grouped(whole)),
            None => format!("{sign}{}", grouped(&plain)),
        };
    }
    let raised = exponent.trim_start_matches('+').chars().map(superscript);
    format!("{sign}{mantissa}×10{}", raised.collect::<String>())
}

fn superscript(letter: char) -> char {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = letter.to_digit(10).and_then(|digit| RAISED.get(digit as usize));
    digit.copied().unwrap_or('⁻')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_printed_in_english() {
        for (value, expected) in [
            (json!(0), "0"),
            (json!(1000), "1,000"),
            (json!(999_999.5), "999,999.5"),
            (json!(-1234.5), "-1,234.5"),
            (json!(1_000_000), "1×10⁰⁶"),
            (json!(12_345_678_901_i64), "1.2345678901×10¹⁰"),
            (json!(1e-9), "1×10⁻⁰⁹"),
            (json!(0.1), "0.1"),
            (json!(1e21), "1×10²¹"),
        ] {
            assert_eq!(value.as_number().map(number).as_deref(), Some(expected));
        }
    }
}
