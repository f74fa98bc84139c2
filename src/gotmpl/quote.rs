//! Go's string literals: `strconv.Unquote`, go1.23.

/// One character of a literal: a rune, or a byte written as `\xHH` or in octal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    Rune(char),
    Byte(u8),
}

impl Letter {
    /// Its number.
    pub fn code(self) -> u32 {
        match self {
            Letter::Rune(letter) => u32::from(letter),
            Letter::Byte(byte) => u32::from(byte),
        }
    }
}

/// The bytes of a quoted or raw literal, quotes included in `text`; `None` is Go's `invalid syntax`.
pub(super) fn unquote(text: &[u8]) -> Option<Vec<u8>> {
    let inner = text.get(1..text.len().checked_sub(1)?)?;
    if text.starts_with(b"`") {
        // Go drops carriage returns in raw strings of its source files, and strconv.Unquote does the same.
        return Some(inner.iter().copied().filter(|byte| *byte != b'\r').collect());
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while !rest.is_empty() {
        let (letter, after) = unquote_char(rest, b'"')?;
        match letter {
            Letter::Rune(letter) => bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            Letter::Byte(byte) => bytes.push(byte),
        }
        rest = after;
    }
    Some(bytes)
}

/// The first character of a literal's inside, and what follows it.
pub(super) fn unquote_char(text: &[u8], quote: u8) -> Option<(Letter, &[u8])> {
    match *text.first()? {
        byte if byte == quote => None,
        b'\\' => escape(&text[1..], quote),
        byte if byte < 0x80 => Some((Letter::Rune(char::from(byte)), &text[1..])),
        byte => {
            let head = &text[..text.len().min(4)];
            match head.utf8_chunks().next()?.valid().chars().next() {
                Some(letter) => Some((Letter::Rune(letter), &text[letter.len_utf8()..])),
                None => Some((Letter::Byte(byte), &text[1..])),
            }
        }
    }
}

fn escape(text: &[u8], quote: u8) -> Option<(Letter, &[u8])> {
    let (kind, rest) = text.split_first()?;
    let plain = |letter: char| Some((Letter::Rune(letter), rest));
    match kind {
        b'a' => plain('\x07'),
        b'b' => plain('\x08'),
        b'f' => plain('\x0C'),
        b'n' => plain('\n'),
        b'r' => plain('\r'),
        b't' => plain('\t'),
        b'v' => plain('\x0B'),
        b'\\' => plain('\\'),
        b'\'' | b'"' if *kind == quote => plain(char::from(quote)),
        b'x' => {
            let (code, rest) = digits(rest, 2, 16)?;
            Some((Letter::Byte(u8::try_from(code).ok()?), rest))
        }
        b'u' | b'U' => {
            let (code, rest) = digits(rest, if *kind == b'u' { 4 } else { 8 }, 16)?;
            Some((Letter::Rune(char::from_u32(code)?), rest))
        }
        b'0'..=b'7' => {
            let (code, rest) = digits(text, 3, 8)?;
            Some((Letter::Byte(u8::try_from(code).ok()?), rest))
        }
        _ => None,
    }
}

fn digits(text: &[u8], count: usize, base: u32) -> Option<(u32, &[u8])> {
    let (head, rest) = text.split_at_checked(count)?;
    let value = head.iter().try_fold(0u32, |value, byte| {
        let digit = char::from(*byte).to_digit(base)?;
        value.checked_mul(base)?.checked_add(digit)
    })?;
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_become_bytes() {
        for (text, expected) in [
            (r#""a\tb\"""#, Some(&b"a\tb\""[..])),
            (r#""\x41\101\u00e9\U0001F600""#, Some("AAé😀".as_bytes())),
            (r#""\xff""#, Some(b"\xff")),
            ("`a\\n\r\n`", Some(b"a\\n\n")),
            (r#""\'""#, None),
            (r#""\q""#, None),
            (r#""\ud800""#, None),
        ] {
            assert_eq!(unquote(text.as_bytes()).as_deref(), expected, "{text}");
        }
    }
}
