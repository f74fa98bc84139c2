//! Splitting a rendered file into documents, by the rules of each Helm.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::helm::engines::Splitting;

/// Go's `\s` is ASCII; the first separator swallows the white space around it, so that a second one
/// directly behind it is not seen. Source: helm `pkg/releaseutil/manifest.go`, v3.17.
static SWALLOWING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?-u)(?:^|[\t\n\x0C\r ]*\n)---[\t\n\x0C\r ]*").ok());

/// Source: helm `pkg/release/v1/util/manifest.go`, v4.2.4.
static LINE_START: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?-u)(?m)^---[\t ]*").ok());

/// The documents of a rendered file, in order.
#[must_use]
pub fn split(text: &[u8], splitting: Splitting) -> Vec<&[u8]> {
    match splitting {
        Splitting::Swallowing => pieces(&SWALLOWING, trim(text))
            .into_iter()
            .filter(|piece| !piece.is_empty())
            .map(trim)
            .collect(),
        Splitting::LineStart => pieces(&LINE_START, trim_start(text))
            .into_iter()
            .map(trim_start)
            .filter(|piece| !piece.is_empty())
            .collect(),
    }
}

fn pieces<'a>(separator: &LazyLock<Option<Regex>>, text: &'a [u8]) -> Vec<&'a [u8]> {
    match separator.as_ref() {
        Some(separator) => separator.split(text).collect(),
        None => vec![text],
    }
}

/// Go's `strings.TrimSpace`: Unicode white space; bytes that are not UTF-8 stay.
#[must_use]
pub fn trim(text: &[u8]) -> &[u8] {
    let text = trim_start(text);
    let mut end = text.len();
    while let Some(width) = last_space(&text[..end]) {
        end -= width;
    }
    &text[..end]
}

/// The same at the start only.
#[must_use]
pub fn trim_start(text: &[u8]) -> &[u8] {
    let mut start = 0;
    while let Some(width) = first_space(&text[start..]) {
        start += width;
    }
    &text[start..]
}

fn first_space(text: &[u8]) -> Option<usize> {
    let head = text.get(..text.len().min(4))?;
    let letter = head.utf8_chunks().next()?.valid().chars().next()?;
    letter.is_whitespace().then(|| letter.len_utf8())
}

fn last_space(text: &[u8]) -> Option<usize> {
    let start = text.len() - text.iter().rev().take(4).position(|byte| byte & 0xC0 != 0x80)? - 1;
    let letter = std::str::from_utf8(&text[start..]).ok()?.chars().next()?;
    letter.is_whitespace().then(|| letter.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(splitting: Splitting, text: &str, expected: &[&str]) {
        let found: Vec<String> = split(text.as_bytes(), splitting)
            .into_iter()
            .map(|piece| String::from_utf8_lossy(piece).into_owned())
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn helm_3_trims_both_ends_and_swallows_a_second_separator() {
        for (text, expected) in [
            ("a: 1\n\n\n---\n\n\nb: 2   \n\n", &["a: 1", "b: 2"][..]),
            ("---\n\n---\nb: 2", &["---\nb: 2"]),
            ("--- # c\na: 1", &["# c\na: 1"]),
            ("---c: 3", &["c: 3"]),
            ("  a: 1\nb: 1\n", &["a: 1\nb: 1"]),
            ("a: |\n  ---\n  x", &["a: |\n  ---\n  x"]),
            ("\u{a0}\n", &[]),
        ] {
            check(Splitting::Swallowing, text, expected);
        }
    }

    #[test]
    fn helm_4_keeps_the_end_of_each_document() {
        for (text, expected) in [
            (
                "a: 1\n\n\n---\n\n\nb: 2   \n\n",
                &["a: 1\n\n\n", "b: 2   \n\n"][..],
            ),
            ("---\n\n---\nb: 2", &["b: 2"]),
            ("--- # c\na: 1", &["# c\na: 1"]),
            ("a: 1  \n  \n---\nb: 1\n", &["a: 1  \n  \n", "b: 1\n"]),
        ] {
            check(Splitting::LineStart, text, expected);
        }
    }

    #[test]
    fn white_space_is_unicode_and_broken_bytes_stay() {
        assert_eq!(trim("\u{3000} a\u{85}".as_bytes()), b"a");
        assert_eq!(trim(b" \xff "), b"\xff");
        assert_eq!(trim(b""), b"");
    }
}
