//! From bytes to characters (yaml.v2 `readerc.go`).

use std::borrow::Cow;

use super::{MAX_BYTES, SyntaxError};

/// How many bytes yaml.v2 reads at a time. What is wrong with a character is met when its piece is read: an error of
/// syntax in an earlier piece comes first.
const PIECE: usize = 512;

/// The characters of a text, without a byte order mark.
pub(super) struct Letters<'t> {
    /// All of them, or those of the pieces before the first one that cannot be read.
    pub text: Cow<'t, str>,
    /// What is wrong with the piece behind them.
    pub broken: Option<SyntaxError>,
}

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16(fn([u8; 2]) -> u16),
}

/// Why no character could be read.
enum Stop {
    /// The piece ends in the middle of it.
    Incomplete(&'static str),
    Wrong(&'static str),
}

/// The characters of a document.
///
/// # Errors
/// A text that is too large.
pub(super) fn letters(bytes: &[u8]) -> Result<Letters<'_>, SyntaxError> {
    if bytes.len() > MAX_BYTES {
        return Err(SyntaxError::new(format!(
            "the document has {} bytes, more than {MAX_BYTES}",
            bytes.len()
        )));
    }
    let (encoding, mark) = match bytes {
        [0xff, 0xfe, ..] => (Encoding::Utf16(u16::from_le_bytes), 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16(u16::from_be_bytes), 2),
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
        _ => (Encoding::Utf8, 0),
    };
    if let (Encoding::Utf8, Ok(text)) = (encoding, std::str::from_utf8(&bytes[mark..]))
        && is_all_allowed(text)
    {
        return Ok(Letters {
            text: Cow::Borrowed(text),
            broken: None,
        });
    }
    Ok(in_pieces(bytes, encoding, mark))
}

fn is_all_allowed(text: &str) -> bool {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
    text.as_bytes().iter().all(is_plain) || text.chars().all(is_allowed)
}

fn is_allowed(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn in_pieces(bytes: &[u8], encoding: Encoding, mark: usize) -> Letters<'static> {
    let mut text = String::new();
    let (mut at, mut end) = (mark, PIECE.min(bytes.len()));
    loop {
        let complete = text.len();
        let (read, stop) = piece(&bytes[at..end], encoding, &mut text);
        let is_last = end == bytes.len();
        let problem = match stop {
            Some(Stop::Wrong(problem)) => {
                text.truncate(complete);
                Some(problem)
            }
            // That nothing follows is found out later, when more is read.
            Some(Stop::Incomplete(problem)) if is_last => Some(problem),
            _ => None,
        };
        if is_last || problem.is_some() {
            let broken = problem.map(SyntaxError::new);
            let text = Cow::Owned(text);
            return Letters { text, broken };
        }
        at += read;
        end = (at + PIECE).min(bytes.len());
    }
}

/// Reads the characters that are complete: how many bytes they have, and what stands behind them.
fn piece(bytes: &[u8], encoding: Encoding, text: &mut String) -> (usize, Option<Stop>) {
    let mut at = 0;
    while at < bytes.len() {
        let found = match encoding {
            Encoding::Utf8 => from_utf8(&bytes[at..]),
            Encoding::Utf16(unit) => from_utf16(&bytes[at..], unit),
        };
        match found {
            Ok((letter, width)) if is_allowed(letter) => {
                text.push(letter);
                at += width;
            }
            Ok(_) => return (at, Some(Stop::Wrong("control characters are not allowed"))),
            Err(stop) => return (at, Some(stop)),
        }
    }
    (at, None)
}

fn from_utf8(bytes: &[u8]) -> Result<(char, usize), Stop> {
    let first = bytes.first().copied().unwrap_or_default();
    let (width, least) = match first {
        0..=0x7f => return Ok((first.into(), 1)),
        0xc0..=0xdf => (2, 0x80),
        0xe0..=0xef => (3, 0x800),
        0xf0..=0xf7 => (4, 0x10000),
        _ => return Err(Stop::Wrong("invalid leading UTF-8 octet")),
    };
    let trailing = bytes
        .get(1..width)
        .ok_or(Stop::Incomplete("incomplete UTF-8 octet sequence"))?;
    if trailing.iter().any(|byte| byte & 0xc0 != 0x80) {
        return Err(Stop::Wrong("invalid trailing UTF-8 octet"));
    }
    let leading = u32::from(first) & (0x7f >> width);
    let code = trailing
        .iter()
        .fold(leading, |code, byte| code << 6 | u32::from(byte & 0x3f));
    if code < least {
        return Err(Stop::Wrong("invalid length of a UTF-8 sequence"));
    }
    let letter = char::from_u32(code).ok_or(Stop::Wrong("invalid Unicode character"))?;
    Ok((letter, width))
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<(char, usize), Stop> {
    let read = |at: usize| match bytes.get(at..at + 2) {
        Some(&[first, second]) => Some(unit([first, second])),
        _ => None,
    };
    let first = read(0).ok_or(Stop::Incomplete("incomplete UTF-16 character"))?;
    if first & 0xfc00 == 0xdc00 {
        return Err(Stop::Wrong("unexpected low surrogate area"));
    }
    if first & 0xfc00 != 0xd800 {
        let letter = char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER);
        return Ok((letter, 2));
    }
    let second = read(2).ok_or(Stop::Incomplete("incomplete UTF-16 surrogate pair"))?;
    let pair = char::decode_utf16([first, second]).next();
    match pair {
        Some(Ok(letter)) => Ok((letter, 4)),
        _ => Err(Stop::Wrong("expected low surrogate area")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (usize, Option<String>) {
        let letters = letters(bytes).unwrap();
        (
            letters.text.chars().count(),
            letters.broken.map(|error| error.problem),
        )
    }

    #[test]
    fn bad_characters_are_told_as_yaml_v2_tells_them() {
        for (bytes, problem) in [
            (&b"a\x07"[..], "control characters are not allowed"),
            (b"\x80", "invalid leading UTF-8 octet"),
            (b"\xf8", "invalid leading UTF-8 octet"),
            (b"\xc3", "incomplete UTF-8 octet sequence"),
            (b"\xe2\x28\xa1", "invalid trailing UTF-8 octet"),
            (b"\xc0\x80", "invalid length of a UTF-8 sequence"),
            (b"\xed\xa0\x80", "invalid Unicode character"),
            (b"\xf4\x90\x80\x80", "invalid Unicode character"),
            (b"\xff\xfea", "incomplete UTF-16 character"),
            (b"\xff\xfe\x00\xdc", "unexpected low surrogate area"),
            (b"\xff\xfe\x00\xd8", "incomplete UTF-16 surrogate pair"),
            (b"\xff\xfe\x00\xd8a\x00", "expected low surrogate area"),
        ] {
            assert_eq!(read(bytes), (0, Some(problem.to_owned())), "{bytes:?}");
        }
        assert_eq!(read(b"\xfe\xff\x00a\xd8\x3d\xde\x00"), (2, None));
        assert_eq!(read(b"\xef\xbb\xbfa"), (1, None));
    }

    #[test]
    fn the_pieces_before_a_bad_character_can_be_read() {
        let mut bytes = b"\xc3\xa9".repeat(300);
        bytes.insert(511, b'a');
        bytes.insert(510, b'a');
        assert_eq!(read(&bytes).1.as_deref(), Some("invalid trailing UTF-8 octet"));
        let mut bytes = vec![b'a'; 511];
        bytes.extend_from_slice(b"\xc3\xa9b\x07");
        assert_eq!(
            read(&bytes),
            (511, Some("control characters are not allowed".to_owned()))
        );
    }
}
