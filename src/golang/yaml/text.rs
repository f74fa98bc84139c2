//! From bytes to characters (yaml.v2 `readerc.go`).

use super::{MAX_BYTES, SyntaxError};

/// The text as UTF-8 without a byte order mark, free of characters that YAML forbids.
pub(super) fn utf8(text: &[u8]) -> Result<String, SyntaxError> {
    if text.len() > MAX_BYTES {
        return Err(SyntaxError::new(format!(
            "the document has {} bytes, more than {MAX_BYTES}",
            text.len()
        )));
    }
    let text = match text {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => match std::str::from_utf8(text) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
            Err(error) => {
                let (valid, rest) = text.split_at(error.valid_up_to());
                utf8(valid)?;
                return Err(reader_error(rest));
            }
        },
    };
    let is_allowed = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    match text.chars().find(|letter| !is_allowed(*letter)) {
        Some(_) => Err(SyntaxError::new("control characters are not allowed")),
        None => Ok(text),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, SyntaxError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(SyntaxError::new("incomplete UTF-16 character"));
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| SyntaxError::new("unexpected low surrogate area"))
}

/// yaml.v2 `readerc.go`: what is wrong with the character that these bytes begin with.
fn reader_error(bytes: &[u8]) -> SyntaxError {
    let first = bytes.first().copied().unwrap_or_default();
    let width = match first {
        0..=0x7f => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => return SyntaxError::new("invalid leading UTF-8 octet"),
    };
    let trailing = bytes
        .get(1..width)
        .unwrap_or_else(|| bytes.get(1..).unwrap_or_default());
    let is_trailing = |byte: &u8| byte & 0xc0 == 0x80;
    SyntaxError::new(match () {
        () if bytes.len() < width => "incomplete UTF-8 octet sequence",
        () if !trailing.iter().all(is_trailing) => "invalid trailing UTF-8 octet",
        () if matches!(
            bytes,
            [0xed, 0xa0..=0xbf, ..] | [0xf4, 0x90..=0xff, ..] | [0xf5..=0xff, ..]
        ) =>
        {
            "invalid Unicode character"
        }
        () => "invalid length of a UTF-8 sequence",
    })
}
