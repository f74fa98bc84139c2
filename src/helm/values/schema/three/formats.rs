//! Formats of texts. Source: gojsonschema v1.2.0 `format_checkers.go`; one that is not known fits everything.

use std::net::IpAddr;
use std::sync::LazyLock;

use regex::Regex;

use crate::golang::regexp::{self, ClassNames};
use crate::golang::time::{self, Zone};
use crate::golang::url;

const KNOWN: [&str; 17] = [
    "date",
    "time",
    "date-time",
    "hostname",
    "email",
    "idn-email",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uri-template",
    "uuid",
    "regex",
    "json-pointer",
    "relative-json-pointer",
];

/// Does the validator know this format?
pub(super) fn is_known(format: &str) -> bool {
    KNOWN.contains(&format)
}

pub(super) fn fits(format: &str, text: &str) -> bool {
    match format {
        "date" => is_time(text, &["2006-01-02"]),
        "time" => is_time(text, &["15:04:05Z07:00", "15:04:05"]),
        "date-time" => is_time(
            text,
            &[
                "15:04:05",
                "15:04:05Z07:00",
                "2006-01-02",
                "2006-01-02T15:04:05Z07:00",
            ],
        ),
        "hostname" => matches(&HOSTNAME, text) && text.len() < 256,
        "email" | "idn-email" => is_address(text.trim()),
        "ipv4" => text.contains('.') && text.parse::<IpAddr>().is_ok(),
        "ipv6" => text.contains(':') && text.parse::<IpAddr>().is_ok(),
        "uri" | "iri" => {
            url::parse(text.as_bytes()).is_ok_and(|url| !url.scheme.is_empty()) && !text.contains('\\')
        }
        "uri-reference" | "iri-reference" => url::parse(text.as_bytes()).is_ok() && !text.contains('\\'),
        "uri-template" => {
            let template = |url: url::Url| matches(&TEMPLATE, &String::from_utf8_lossy(&url.path));
            url::parse(text.as_bytes()).is_ok_and(template) && !text.contains('\\')
        }
        "uuid" => matches(&UUID, text),
        "regex" => text.is_empty() || regexp::compile(text.as_bytes(), ClassNames::Exact).is_ok(),
        "json-pointer" => matches(&POINTER, text),
        "relative-json-pointer" => matches(&RELATIVE, text),
        _ => true,
    }
}

fn matches(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

fn is_time(text: &str, layouts: &[&str]) -> bool {
    layouts
        .iter()
        .any(|layout| time::parse(layout, text, &Zone::Utc).is_ok())
}

/// A mail address as Go's `net/mail` reads it, a name before `<…>` included; comments and folding are not.
fn is_address(text: &str) -> bool {
    let spec = match text.rsplit_once('<') {
        Some((_, spec)) => match spec.strip_suffix('>') {
            Some(spec) => spec,
            None => return false,
        },
        None => text,
    };
    spec.rsplit_once('@').is_some_and(|(local, domain)| {
        let is_quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
        (is_quoted || is_dot_atom(local)) && is_dot_atom(domain)
    })
}

fn is_dot_atom(text: &str) -> bool {
    let is_letter = |letter: char| {
        letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(letter) || !letter.is_ascii()
    };
    text.split('.')
        .all(|part| !part.is_empty() && part.chars().all(is_letter))
}

const LABEL: &str = "([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9])";

static HOSTNAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"^{LABEL}(\.{LABEL})*$")).ok());
static TEMPLATE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^([^{]*(\{[^}]*\})?)*$").ok());
static UUID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$").ok());
static POINTER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("^(?:/(?:[^~/]|~0|~1)*)*$").ok());
static RELATIVE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("^(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)$").ok());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_gos() {
        for (format, text, expected) in [
            ("date", "2024-02-30", false),
            ("date", "2024-02-29", true),
            ("time", "10:00:00+02:00", true),
            ("date-time", "2024-01-01T00:00:00.5Z", true),
            ("date-time", "10:00:00", true),
            ("date-time", "now", false),
            ("hostname", "a-b.c", true),
            ("hostname", "a_b", false),
            ("email", "A <a@b.c>", true),
            ("email", "a@", false),
            ("ipv4", "1.2.3.4", true),
            ("ipv4", "1.2.3.04", false),
            ("ipv6", "::1", true),
            ("ipv6", "1.2.3.4", false),
            ("uri", "a/b", false),
            ("uri", "http://a b", false),
            ("uri-reference", "a/b", true),
            ("uuid", "01234567-89ab-cdef-0123-456789abcdef", true),
            ("regex", "(", false),
            ("json-pointer", "/a~2", false),
            ("relative-json-pointer", "1/a", true),
            ("int32", "x", true),
        ] {
            assert_eq!(fits(format, text), expected, "{format} {text}");
        }
    }
}
