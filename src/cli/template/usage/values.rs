//! Values of flags, as pflag reads them. Source: pflag `{bool,int,float32,duration,string_slice,string_to_string}.go`,
//! v1.0.5 and v1.0.10, and Go's `encoding/csv`.

use super::table::Value;
use crate::cli::template::live::parse_bool;
use crate::golang::strconv::quote;
use crate::golang::time::parse_duration;

/// The value in plain words; a list becomes several.
///
/// # Errors
/// Go's text.
pub(super) fn plain(kind: Value, text: &str) -> Result<Vec<String>, String> {
    let one = || Ok(vec![text.to_owned()]);
    match kind {
        Value::Text | Value::DryRun => one(),
        Value::Flag => match parse_bool(text) {
            Some(flag) => Ok(vec![flag.to_string()]),
            None => Err(syntax("ParseBool", text)),
        },
        Value::List if text.is_empty() => Ok(Vec::new()),
        Value::List => record(text),
        Value::Pairs => pairs(text),
        Value::Integer => is_integer(text)
            .then(one)
            .unwrap_or_else(|| Err(syntax("ParseInt", text))),
        Value::Float => text
            .parse::<f32>()
            .map_or_else(|_| Err(syntax("ParseFloat", text)), |_| one()),
        Value::Duration => parse_duration(text).and_then(|_| one()),
        Value::Strategy => strategy(text).and_then(|()| one()),
    }
}

fn syntax(function: &str, text: &str) -> String {
    format!(
        "strconv.{function}: parsing {}: invalid syntax",
        quote(text.as_bytes())
    )
}

/// Go's `ParseInt` with base 0.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let lower = digits.to_lowercase();
    let (digits, radix) = [("0x", 16), ("0b", 2), ("0o", 8)]
        .into_iter()
        .find_map(|(prefix, radix)| Some((lower.strip_prefix(prefix)?, radix)))
        .unwrap_or((&lower, 10));
    i64::from_str_radix(digits, radix).is_ok() && !digits.starts_with(['-', '+'])
}

fn strategy(text: &str) -> Result<(), String> {
    if ["watcher", "legacy", "hookOnly", "true", "false"].contains(&text) {
        return Ok(());
    }
    let text = quote(text.as_bytes());
    Err(format!(
        "invalid wait input {text}. Valid inputs are watcher, hookOnly, and legacy"
    ))
}

fn pairs(text: &str) -> Result<Vec<String>, String> {
    let found = match text.matches('=').count() {
        0 => return Err(format!("{text} must be formatted as key=value")),
        1 => vec![text.trim_matches('"').to_owned()],
        _ => record(text)?,
    };
    match found.iter().find(|pair| !pair.contains('=')) {
        Some(pair) => Err(format!("{pair} must be formatted as key=value")),
        None => Ok(found),
    }
}

/// The first line of a CSV text.
fn record(text: &str) -> Result<Vec<String>, String> {
    let text = text.trim_start_matches(['\n', '\r']);
    if text.is_empty() {
        return Err("EOF".to_owned());
    }
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let at = text.len() - rest.len();
        let (field, next) = match rest.strip_prefix('"') {
            Some(inside) => quoted_field(text, inside)?,
            None => bare_field(rest, at)?,
        };
        fields.push(field);
        match next {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

type Field<'a> = (String, Option<&'a str>);

fn bare_field(rest: &str, at: usize) -> Result<Field<'_>, String> {
    let end = rest.find([',', '\n']).unwrap_or(rest.len());
    let (field, after) = rest.split_at(end);
    if let Some(found) = field.find('"') {
        let column = at + found + 1;
        return Err(format!(
            "parse error on line 1, column {column}: bare \" in non-quoted field"
        ));
    }
    Ok((field.trim_end_matches('\r').to_owned(), after.strip_prefix(',')))
}

/// `inside` is what follows the opening quote.
fn quoted_field<'a>(text: &str, inside: &'a str) -> Result<Field<'a>, String> {
    let mut field = String::new();
    let mut rest = inside;
    while let Some((before, after)) = rest.split_once('"') {
        field += before;
        if let Some(after) = after.strip_prefix('"') {
            field.push('"');
            rest = after;
            continue;
        }
        if after.is_empty() || after.starts_with(['\n', '\r']) {
            return Ok((field, None));
        }
        if let Some(after) = after.strip_prefix(',') {
            return Ok((field, Some(after)));
        }
        let column = text.len() - after.len();
        return Err(extraneous(column));
    }
    Err(extraneous(text.len() + 1))
}

fn extraneous(column: usize) -> String {
    format!("parse error on line 1, column {column}: extraneous or missing \" in quoted-field")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_lines_of_csv() {
        let list = |items: &[&str]| Ok(items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>());
        let fail = |text: &str| Err(text.to_owned());
        for (text, expected) in [
            ("", list(&[])),
            ("a", list(&["a"])),
            ("a,b", list(&["a", "b"])),
            ("a,", list(&["a", ""])),
            ("\"a,b\",c", list(&["a,b", "c"])),
            ("\"a\"\"b\"", list(&["a\"b"])),
            (
                "a\"b",
                fail("parse error on line 1, column 2: bare \" in non-quoted field"),
            ),
            (
                "\"a\"b",
                fail("parse error on line 1, column 3: extraneous or missing \" in quoted-field"),
            ),
            (
                "\"a",
                fail("parse error on line 1, column 3: extraneous or missing \" in quoted-field"),
            ),
        ] {
            assert_eq!(plain(Value::List, text), expected, "{text}");
        }
    }

    #[test]
    fn values_are_told_as_go_tells_them() {
        for (kind, text, expected) in [
            (Value::Flag, "T", Ok("true")),
            (Value::Integer, "0x1f", Ok("0x1f")),
            (
                Value::Integer,
                "1.5",
                Err("strconv.ParseInt: parsing \"1.5\": invalid syntax"),
            ),
            (
                Value::Float,
                "x",
                Err("strconv.ParseFloat: parsing \"x\": invalid syntax"),
            ),
            (Value::Duration, "5", Err("time: missing unit in duration \"5\"")),
            (Value::Pairs, "a", Err("a must be formatted as key=value")),
            (Value::Pairs, "a=b", Ok("a=b")),
            (
                Value::Strategy,
                "x",
                Err("invalid wait input \"x\". Valid inputs are watcher, hookOnly, and legacy"),
            ),
        ] {
            let expected = expected.map(|text| vec![text.to_owned()]).map_err(str::to_owned);
            assert_eq!(plain(kind, text), expected, "{text}");
        }
    }
}
