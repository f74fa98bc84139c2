//! Strings in JSON text and their escapes.

use super::reader::{Reader, invalid};
use super::replace_invalid;
use crate::golang::value::Str;

impl Reader<'_> {
    /// The rest of a string after its opening quote.
    pub(super) fn string(&mut self) -> Result<Str, String> {
        let mut bytes = Vec::new();
        loop {
            match self.next()? {
                b'"' => break,
                b'\\' => self.escape(&mut bytes)?,
                byte if byte < 0x20 => return Err(invalid(byte, "in string literal")),
                byte => bytes.push(byte),
            }
        }
        Ok(match String::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(error) => replace_invalid(error.as_bytes()).into(),
        })
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), String> {
        bytes.push(match self.next_inside()? {
            byte @ (b'"' | b'\\' | b'/') => byte,
            b'b' => 0x8,
            b'f' => 0xc,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let letter = self.unicode()?;
                bytes.extend(letter.encode_utf8(&mut [0; 4]).bytes());
                return Ok(());
            }
            other => return Err(invalid(other, "in string escape code")),
        });
        Ok(())
    }

    /// `\uXXXX` or a surrogate pair; a lone surrogate is U+FFFD.
    fn unicode(&mut self) -> Result<char, String> {
        let unit = self.hex()?;
        if !(0xd800..0xdc00).contains(&unit) {
            return Ok(char::from_u32(unit).unwrap_or('\u{fffd}'));
        }
        let before = self.at;
        if self.text.get(self.at..self.at + 2) == Some(b"\\u") {
            self.at += 2;
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            self.at = before;
        }
        Ok('\u{fffd}')
    }

    fn hex(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let byte = self.next_inside()?;
            let digit = char::from(byte).to_digit(16);
            code = code << 4 | digit.ok_or_else(|| invalid(byte, "in \\u hexadecimal character escape"))?;
        }
        Ok(code)
    }
}
