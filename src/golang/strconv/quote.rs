//! `Quote`, `Unquote` and their relatives.

use std::sync::LazyLock;

use crate::base::pattern::Pattern;

/// Letters, marks, numbers, punctuation and symbols of Unicode 15.0, the tables of go1.21 and later.
static PRINTABLE: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::constant(r"^[\p{L}\p{M}\p{N}\p{P}\p{S}&&\p{age:15.0}]$"));

/// `strconv.IsPrint`.
#[must_use]
pub fn is_print(letter: char) -> bool {
    match letter {
        ' '..='~' => true,
        '\0'..='\u{a0}' | '\u{ad}' => false,
        '\u{a1}'..='\u{2ff}' => true,
        _ => PRINTABLE.is_match(letter.encode_utf8(&mut [0; 4])),
    }
}

/// `strconv.Quote`: a Go string literal; bytes that are not UTF-8 become `\xNN`.
#[must_use]
pub fn quote(text: &[u8]) -> String {
    quoted(text, false)
}

/// `strconv.QuoteToASCII`.
#[must_use]
pub fn quote_ascii(text: &[u8]) -> String {
    quoted(text, true)
}

/// `strconv.QuoteRune`.
#[must_use]
pub fn quote_rune(letter: char) -> String {
    let mut out = String::from("'");
    escape(&mut out, letter, '\'', false);
    out + "'"
}

/// `strconv.QuoteRuneToASCII`.
#[must_use]
pub fn quote_rune_ascii(letter: char) -> String {
    let mut out = String::from("'");
    escape(&mut out, letter, '\'', true);
    out + "'"
}

/// `strconv.CanBackquote`: one line without control characters other than tab, and no backquote.
#[must_use]
pub fn can_backquote(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| {
        text.chars()
            .all(|letter| letter == '\t' || !matches!(letter, '\0'..='\u{1f}' | '`' | '\u{7f}' | '\u{feff}'))
    })
}

fn quoted(text: &[u8], is_ascii_only: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for chunk in text.utf8_chunks() {
        for letter in chunk.valid().chars() {
            escape(&mut out, letter, '"', is_ascii_only);
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out.push('"');
    out
}

fn escape(out: &mut String, letter: char, mark: char, is_ascii_only: bool) {
    let is_plain = if is_ascii_only {
        letter.is_ascii() && is_print(letter)
    } else {
        is_print(letter)
    };
    match letter {
        '\\' => out.push_str("\\\\"),
        _ if letter == mark => out.extend(['\\', mark]),
        _ if is_plain => out.push(letter),
        '\u{7}' => out.push_str("\\a"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{b}' => out.push_str("\\v"),
        '\0'..='\u{1f}' | '\u{7f}' => out.push_str(&format!("\\x{:02x}", letter as u32)),
        '\u{80}'..='\u{ffff}' => out.push_str(&format!("\\u{:04x}", letter as u32)),
        _ => out.push_str(&format!("\\U{:08x}", letter as u32)),
    }
}

/// `strconv.Unquote`: the value of a Go string, raw string or character literal; `None` for a syntax error.
#[must_use]
pub fn unquote(literal: &str) -> Option<Vec<u8>> {
    let mark = literal.chars().next()?;
    let body = literal.get(1..)?.strip_suffix(mark)?;
    match mark {
        '`' if body.contains('`') => None,
        '`' => Some(body.replace('\r', "").into_bytes()),
        '"' if body.contains('\n') => None,
        '"' => unescaped(body, mark),
        '\'' => {
            let (_, rest) = unquote_char(body, '\'')?;
            if rest.is_empty() {
                unescaped(body, mark)
            } else {
                None
            }
        }
        _ => None,
    }
}

fn unescaped(mut body: &str, mark: char) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len());
    while !body.is_empty() {
        let (piece, rest) = unquote_char(body, mark)?;
        match piece {
            Piece::Letter(letter) => out.extend(letter.encode_utf8(&mut [0; 4]).bytes()),
            Piece::Byte(byte) => out.push(byte),
        }
        body = rest;
    }
    Some(out)
}

/// One element of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A character.
    Letter(char),
    /// A byte written as `\xNN` or `\NNN`.
    Byte(u8),
}

impl Piece {
    /// The number that a character constant stands for.
    #[must_use]
    pub fn code(self) -> i64 {
        match self {
            Piece::Letter(letter) => i64::from(letter as u32),
            Piece::Byte(byte) => i64::from(byte),
        }
    }
}

/// `strconv.UnquoteChar`: the first character of the inside of a literal, and what follows it.
#[must_use]
pub fn unquote_char(body: &str, mark: char) -> Option<(Piece, &str)> {
    let mut letters = body.chars();
    match letters.next()? {
        letter if letter == mark && matches!(mark, '"' | '\'') => None,
        '\n' => None,
        '\\' => escaped(letters.as_str(), mark),
        letter => Some((Piece::Letter(letter), letters.as_str())),
    }
}

fn escaped(body: &str, mark: char) -> Option<(Piece, &str)> {
    let mut letters = body.chars();
    let kind = letters.next()?;
    let rest = letters.as_str();
    let letter = match kind {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\\' => '\\',
        '\'' | '"' if kind == mark => kind,
        'x' => {
            return numeric(rest, 2, 16)
                .and_then(|(code, rest)| Some((Piece::Byte(u8::try_from(code).ok()?), rest)));
        }
        'u' | 'U' => {
            let (code, rest) = numeric(rest, if kind == 'u' { 4 } else { 8 }, 16)?;
            return Some((Piece::Letter(char::from_u32(code)?), rest));
        }
        '0'..='7' => {
            return numeric(body, 3, 8)
                .and_then(|(code, rest)| Some((Piece::Byte(u8::try_from(code).ok()?), rest)));
        }
        _ => return None,
    };
    Some((Piece::Letter(letter), rest))
}

fn numeric(body: &str, width: usize, radix: u32) -> Option<(u32, &str)> {
    let digits = body.get(..width)?;
    let is_digits = digits.chars().all(|digit| digit.is_digit(radix));
    let code = if is_digits {
        u32::from_str_radix(digits, radix).ok()?
    } else {
        return None;
    };
    Some((code, &body[width..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_as_go_quotes_it() {
        let cases: &[(&[u8], &str)] = &[
            (b"a\tb", r#""a\tb""#),
            ("é\u{200b}\u{a0}".as_bytes(), r#""é\u200b\u00a0""#),
            (b"\xc3", r#""\xc3""#),
            (b"\x00\x7f\x1b\"\\'", r#""\x00\x7f\x1b\"\\'""#),
            ("😀\u{e0001}".as_bytes(), "\"😀\\U000e0001\""),
            ("\u{fffd}".as_bytes(), "\"\u{fffd}\""),
        ];
        for (text, expected) in cases {
            assert_eq!(quote(text), *expected);
        }
        assert_eq!(quote_ascii("é😀".as_bytes()), "\"\\u00e9\\U0001f600\"");
        assert_eq!(quote_rune('\''), r"'\''");
        assert_eq!(quote_rune('"'), "'\"'");
    }

    #[test]
    fn literals_are_read_as_go_reads_them() {
        let cases: &[(&str, Option<&[u8]>)] = &[
            (r#""a\n\x41\101\u00e9\U0001F600""#, Some("a\nAAé😀".as_bytes())),
            (r#""\xff""#, Some(b"\xff")),
            (r#""\'""#, None),
            (r#""\q""#, None),
            ("\"a\nb\"", None),
            ("`a\r\nb`", Some(b"a\nb")),
            ("`a`b`", None),
            (r"'\''", Some(b"'")),
            ("'ab'", None),
            ("''", None),
            (r#""\ud800""#, None),
            (r#""\400""#, None),
            ("\"", None),
            ("", None),
        ];
        for (literal, expected) in cases {
            assert_eq!(unquote(literal).as_deref(), *expected, "{literal}");
        }
        assert_eq!(
            unquote_char(r"\xe9'", '\'').map(|(piece, _)| piece.code()),
            Some(233)
        );
    }
}
