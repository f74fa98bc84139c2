//! Formats of texts, in the drafts before 2019-09; one that is not known fits everything.
//! Source: santhosh-tekuri/jsonschema v6.0.3 `format.go`.

use std::net::Ipv6Addr;

use crate::golang::regexp::{self, ClassNames};
use crate::golang::strconv::{self, quote_rune};
use crate::golang::time::{self, Zone};
use crate::golang::url;

type Fits = Result<(), String>;

/// Is the text of this format?
pub(super) fn check(format: &str, text: &str, names: ClassNames) -> Fits {
    match format {
        "json-pointer" => pointer(text),
        "relative-json-pointer" => relative_pointer(text),
        "uuid" => uuid(text),
        "ipv4" => ipv4(text),
        "ipv6" => ipv6(text),
        "hostname" => hostname(text),
        "email" => email(text),
        "date" => date(text),
        "time" => clock(text),
        "date-time" => date_time(text),
        "duration" => duration(text),
        "uri" | "iri" => match url::parse(text.as_bytes())? {
            url if url.scheme.is_empty() => Err("relative url".to_owned()),
            _ => Ok(()),
        },
        "uri-reference" | "iri-reference" if text.contains('\\') => Err("contains \\".to_owned()),
        "uri-reference" | "iri-reference" => url::parse(text.as_bytes()).map(drop),
        "regex" => regexp::compile(text.as_bytes(), names).map(drop),
        _ => Ok(()),
    }
}

fn no<T>(text: &str) -> Result<T, String> {
    Err(text.to_owned())
}

fn pointer(text: &str) -> Fits {
    if text.is_empty() {
        return Ok(());
    }
    if !text.starts_with('/') {
        return no("not starting with /");
    }
    let is_wrong = |token: &str| token.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1']));
    if text.split('/').any(is_wrong) {
        return no("~ must be followed by 0 or 1");
    }
    Ok(())
}

fn relative_pointer(text: &str) -> Fits {
    let digits = digits(text);
    if digits == 0 {
        return no("must start with non-negative integer");
    }
    if digits > 1 && text.starts_with('0') {
        return no("starts with zero");
    }
    match &text[digits..] {
        "#" => Ok(()),
        rest => pointer(rest),
    }
}

fn digits(text: &str) -> usize {
    text.find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len())
}

fn uuid(text: &str) -> Fits {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let groups: Vec<&str> = text.split('-').collect();
    if groups.len() != LENGTHS.len() {
        return no("must have 5 elements");
    }
    for (index, (group, length)) in groups.into_iter().zip(LENGTHS).enumerate() {
        if group.len() != length {
            return Err(format!("element {} must be {length} characters long", index + 1));
        }
        if let Some(letter) = group.chars().find(|letter| !letter.is_ascii_hexdigit()) {
            return Err(format!("non-hex character {}", quote_rune(letter)));
        }
    }
    Ok(())
}

fn ipv4(text: &str) -> Fits {
    let groups: Vec<&str> = text.split('.').collect();
    if groups.len() != 4 {
        return no("expected four decimals");
    }
    for group in groups {
        if group.len() > 1 && group.starts_with('0') {
            return no("leading zeros");
        }
        let number = strconv::parse_int(group.as_bytes(), 10)
            .map_err(|error| error.describe("Atoi", group.as_bytes()))?;
        if !(0..=255).contains(&number) {
            return no("decimal must be between 0 and 255");
        }
    }
    Ok(())
}

fn ipv6(text: &str) -> Fits {
    if !text.contains(':') {
        return no("missing colon");
    }
    match text.split_once('%') {
        Some((address, zone)) if !zone.is_empty() && address.parse::<Ipv6Addr>().is_ok() => {
            no("zone id is not a part of ipv6 address")
        }
        None if text.parse::<Ipv6Addr>().is_ok() => Ok(()),
        _ => Err(format!(
            "ParseAddr({}): unable to parse IP",
            strconv::quote(text.as_bytes())
        )),
    }
}

fn hostname(text: &str) -> Fits {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.len() > 253 {
        return no("more than 253 characters long");
    }
    for label in text.split('.') {
        if !(1..=63).contains(&label.len()) {
            return no("label must be 1 to 63 characters long");
        }
        if label.starts_with('-') {
            return no("label starts with hyphen");
        }
        if label.ends_with('-') {
            return no("label ends with hyphen");
        }
        let is_wrong = |letter: &char| !letter.is_ascii_alphanumeric() && *letter != '-';
        if let Some(letter) = label.chars().find(is_wrong) {
            return Err(format!("invalid character {}", quote_rune(letter)));
        }
    }
    Ok(())
}

fn email(text: &str) -> Fits {
    if text.len() > 254 {
        return no("more than 255 characters long");
    }
    let Some((local, domain)) = text.rsplit_once('@') else {
        return no("missing @");
    };
    if local.len() > 64 {
        return no("local part more than 64 characters long");
    }
    mailbox(local)?;
    match domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => match address.strip_prefix("IPv6:") {
            Some(address) => ipv6(address).map_err(|problem| format!("invalid ipv6 address: {problem}")),
            None => ipv4(address).map_err(|problem| format!("invalid ipv4 address: {problem}")),
        },
        None => hostname(domain).map_err(|problem| format!("invalid domain: {problem}")),
    }
}

fn mailbox(local: &str) -> Fits {
    if local.len() > 1 && local.starts_with('"') && local.ends_with('"') {
        return match local[1..local.len() - 1].contains(['\\', '"']) {
            true => no("backslash and quote are not allowed within quoted local part"),
            false => Ok(()),
        };
    }
    if local.starts_with('.') {
        return no("starts with dot");
    }
    if local.ends_with('.') {
        return no("ends with dot");
    }
    if local.contains("..") {
        return no("consecutive dots");
    }
    let is_wrong =
        |letter: &char| !letter.is_ascii_alphanumeric() && !".!#$%&'*+-/=?^_`{|}~".contains(*letter);
    match local.chars().find(is_wrong) {
        Some(letter) => Err(format!("invalid character {}", quote_rune(letter))),
        None => Ok(()),
    }
}

fn date(text: &str) -> Fits {
    time::parse("2006-01-02", text, &Zone::Utc).map(drop)
}

fn date_time(text: &str) -> Fits {
    if text.len() < 20 {
        return no("less than 20 characters long");
    }
    let (Some(day), Some(rest)) = (text.get(..10), text.get(11..)) else {
        return no("11th character must be t or T");
    };
    if !matches!(&text.as_bytes()[10], b't' | b'T') {
        return no("11th character must be t or T");
    }
    date(day).map_err(|problem| format!("invalid date element: {problem}"))?;
    clock(rest).map_err(|problem| format!("invalid time element: {problem}"))
}

fn clock(text: &str) -> Fits {
    let bytes = text.as_bytes();
    if bytes.len() < 9 {
        return no("less than 9 characters long");
    }
    let (Some(front), Some(mut rest)) = (text.get(..8), text.get(8..)) else {
        return no("missing colon in correct place");
    };
    if bytes[2] != b':' || bytes[5] != b':' {
        return no("missing colon in correct place");
    }
    let [mut hour, mut minute, second] = three(front)?;
    if hour > 23 || minute > 59 || second > 60 {
        return no("hour/min/sec out of range");
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = digits(fraction);
        if digits == 0 {
            return no("no digits in second fraction");
        }
        rest = &fraction[digits..];
    }
    if !matches!(rest, "z" | "Z") {
        let moved = (hour * 60 + minute + offset(rest)?).rem_euclid(24 * 60);
        (hour, minute) = (moved / 60, moved % 60);
    }
    if second >= 60 && (hour, minute) != (23, 59) {
        return no("invalid leap second");
    }
    Ok(())
}

fn three(text: &str) -> Result<[i64; 3], String> {
    let mut numbers = [0; 3];
    for (number, token) in numbers.iter_mut().zip(text.splitn(3, ':')) {
        *number = token.parse().map_err(|_| "invalid hour/min/sec".to_owned())?;
        if *number < 0 {
            return no("non-positive hour/min/sec");
        }
    }
    Ok(numbers)
}

/// Minutes to add for UTC.
fn offset(text: &str) -> Result<i64, String> {
    if text.len() != 6 {
        return no("offset must be 6 characters long");
    }
    let sign = match text.as_bytes()[0] {
        b'+' => -1,
        b'-' => 1,
        _ => return no("offset must begin with plus/minus"),
    };
    let Some((hour, minute)) = text[1..].split_once(':').filter(|(hour, _)| hour.len() == 2) else {
        return no("missing colon in offset in correct place");
    };
    let wrong = |_| "invalid hour/min in offset".to_owned();
    let (hour, minute): (i64, i64) = (hour.parse().map_err(wrong)?, minute.parse().map_err(wrong)?);
    if hour < 0 || minute < 0 {
        return no("non-positive hour/min in offset");
    }
    if hour > 23 || minute > 59 {
        return no("hour/min in offset out of range");
    }
    Ok(sign * (hour * 60 + minute))
}

fn duration(text: &str) -> Fits {
    let Some(rest) = text.strip_prefix('P') else {
        return no("must start with P");
    };
    if rest.is_empty() {
        return no("nothing after P");
    }
    if let Some(weeks) = rest.strip_suffix('W') {
        return match digits(weeks) {
            0 if weeks.is_empty() => no("no number in week"),
            count if count < weeks.len() => no("invalid week"),
            _ => Ok(()),
        };
    }
    for (index, part) in rest.split('T').enumerate() {
        if index > 0 && part.is_empty() {
            return no("no time elements");
        }
        match index {
            0 => units(part, "YMD")?,
            1 => units(part, "HMS")?,
            _ => return no("more than one T"),
        }
    }
    Ok(())
}

fn units(mut text: &str, all: &str) -> Fits {
    let mut open = all;
    while !text.is_empty() {
        let digits = digits(text);
        if digits == 0 {
            return no("missing number");
        }
        text = &text[digits..];
        let Some(unit) = text.chars().next() else {
            return no("missing unit");
        };
        let Some(at) = open.find(unit) else {
            let unit_text = quote_rune(unit);
            return Err(match all.contains(unit) {
                true => format!("unit {unit_text} out of order"),
                false => format!("invalid unit {unit_text}"),
            });
        };
        open = &open[at + 1..];
        text = &text[unit.len_utf8()..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said() {
        for (format, text, expected) in [
            ("email", "x", "missing @"),
            ("email", "a b@c.d", "invalid character ' '"),
            ("email", "a@-", "invalid domain: label starts with hyphen"),
            ("ipv4", "1.2.3", "expected four decimals"),
            ("ipv4", "1.2.3.x", "strconv.Atoi: parsing \"x\": invalid syntax"),
            ("date-time", "2024-01-01", "less than 20 characters long"),
            (
                "date-time",
                "2024-01-01T25:00:00Z",
                "invalid time element: hour/min/sec out of range",
            ),
            ("time", "10:00:00+0200", "offset must be 6 characters long"),
            ("uri", "a/b", "relative url"),
            ("uuid", "x", "must have 5 elements"),
            ("duration", "P1", "missing unit"),
            ("duration", "P1D1Y", "unit 'Y' out of order"),
            ("hostname", "a_b", "invalid character '_'"),
        ] {
            assert_eq!(
                check(format, text, ClassNames::Loose),
                Err(expected.to_owned()),
                "{format} {text}"
            );
        }
    }
}
