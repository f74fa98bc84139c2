//! Texts that are not UTF-8, for code that knows only UTF-8: each broken byte becomes a private letter and comes back.

use std::borrow::Cow;

/// The first of the private letters: this one plus the byte. They end the last plane of private use, which no known font
/// or program fills: a text that has them itself would not come back the same.
const BROKEN: u32 = 0x0010_ff00;

/// A text from bytes.
#[must_use]
pub fn from_bytes(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let broken = chunk.invalid().iter().map(|byte| BROKEN + u32::from(*byte));
        text.extend(broken.filter_map(char::from_u32));
    }
    Cow::Owned(text)
}

/// The bytes that [`from_bytes`] made a text of.
#[must_use]
pub fn to_bytes(text: &str) -> Vec<u8> {
    restored(text.as_bytes()).into_owned()
}

/// The same of a text that may hold other broken bytes by now.
#[must_use]
pub fn restored(text: &[u8]) -> Cow<'_, [u8]> {
    // The private letters begin with this byte, and hardly anything else does.
    if !text.contains(&0xf4) {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match u32::from(letter).checked_sub(BROKEN).map(u8::try_from) {
                Some(Ok(byte)) => bytes.push(byte),
                _ => bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        bytes.extend_from_slice(chunk.invalid());
    }
    Cow::Owned(bytes)
}

#[test]
fn broken_bytes_come_back() {
    for bytes in [&b"abc"[..], b"\xff", b"a\xe2\x82b\x80", "é𝄞".as_bytes(), b""] {
        let text = from_bytes(bytes);
        assert_eq!(to_bytes(&text), bytes, "{}", bytes.escape_ascii());
    }
    assert_eq!(from_bytes(b"\xff\xfe").chars().count(), 2);
}
