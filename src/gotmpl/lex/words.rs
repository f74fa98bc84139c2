//! Strings, names and numbers inside actions.

use crate::golang::strconv::is_print;
use crate::golang::unicode::{is_digit, is_letter};

use super::{Keyword, Kind, Lexer, RIGHT, find};

impl Lexer<'_> {
    pub(super) fn quoted(&mut self, end: char, unterminated: &str, kind: Kind) -> Result<Kind, String> {
        loop {
            let plain = |byte: &&u8| !matches!(**byte, b'\\' | b'\n' | b'"' | b'\'') && byte.is_ascii();
            self.pos += self.rest().iter().take_while(plain).count();
            match self.next() {
                Some('\\') if !matches!(self.peek(), None | Some('\n')) => {
                    self.next();
                }
                None | Some('\n' | '\\') => return Err(unterminated.to_owned()),
                Some(letter) if letter == end => return Ok(kind),
                Some(_) => {}
            }
        }
    }

    pub(super) fn raw_string(&mut self) -> Result<Kind, String> {
        let end = find(self.rest(), b"`").ok_or("unterminated raw quoted string")?;
        self.pos += end + 1;
        Ok(Kind::RawString)
    }

    pub(super) fn field_or_variable(&mut self, kind: Kind, alone: Kind) -> Result<Kind, String> {
        if self.at_terminator() {
            return Ok(alone);
        }
        self.name()?;
        Ok(kind)
    }

    pub(super) fn identifier(&mut self) -> Result<Kind, String> {
        self.name()?;
        Ok(match &self.input[self.start..self.pos] {
            b"true" | b"false" => Kind::Bool,
            b"block" => Kind::Keyword(Keyword::Block),
            b"break" => Kind::Keyword(Keyword::Break),
            b"continue" => Kind::Keyword(Keyword::Continue),
            b"define" => Kind::Keyword(Keyword::Define),
            b"else" => Kind::Keyword(Keyword::Else),
            b"end" => Kind::Keyword(Keyword::End),
            b"if" => Kind::Keyword(Keyword::If),
            b"nil" => Kind::Keyword(Keyword::Nil),
            b"range" => Kind::Keyword(Keyword::Range),
            b"template" => Kind::Keyword(Keyword::Template),
            b"with" => Kind::Keyword(Keyword::With),
            _ => Kind::Identifier,
        })
    }

    /// Letters and digits up to something that may follow a name.
    pub(super) fn name(&mut self) -> Result<(), String> {
        loop {
            let plain = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
            self.pos += self.rest().iter().take_while(plain).count();
            if !self.peek().is_some_and(is_alphanumeric) {
                break;
            }
            self.next();
        }
        match self.peek() {
            Some(letter) if !self.at_terminator() => Err(format!("bad character {}", code_point(letter))),
            _ => Ok(()),
        }
    }

    pub(super) fn at_terminator(&self) -> bool {
        match self.peek() {
            None | Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(_) => self.rest().starts_with(RIGHT),
        }
    }

    pub(super) fn number(&mut self) -> Result<Kind, String> {
        let is_number = self.scan_number();
        if !is_number {
            return Err(self.bad_number());
        }
        if !matches!(self.peek(), Some('+' | '-')) {
            return Ok(Kind::Number);
        }
        let is_number = self.scan_number();
        if !is_number || self.input[self.pos - 1] != b'i' {
            return Err(self.bad_number());
        }
        Ok(Kind::Complex)
    }

    pub(super) fn bad_number(&self) -> String {
        let text = String::from_utf8_lossy(&self.input[self.start..self.pos]);
        format!("bad number syntax: \"{text}\"")
    }

    pub(super) fn scan_number(&mut self) -> bool {
        const DECIMAL: &[u8] = b"0123456789_";
        const HEX: &[u8] = b"0123456789abcdefABCDEF_";
        self.accept(b"+-");
        let mut digits = DECIMAL;
        if self.accept(b"0") {
            if self.accept(b"xX") {
                digits = HEX;
            } else if self.accept(b"oO") {
                digits = b"01234567_";
            } else if self.accept(b"bB") {
                digits = b"01_";
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        let exponent: &[u8] = match digits.len() {
            11 => b"eE",
            23 => b"pP",
            _ => b"",
        };
        if self.accept(exponent) {
            self.accept(b"+-");
            self.accept_run(DECIMAL);
        }
        self.accept(b"i");
        // What follows must not look like part of the number.
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            return false;
        }
        true
    }
}

pub(super) fn is_alphanumeric(letter: char) -> bool {
    letter == '_' || is_letter(letter) || is_digit(letter)
}

/// Go's `%#U`.
pub(super) fn code_point(letter: char) -> String {
    let number = u32::from(letter);
    if !is_print(letter) {
        return format!("U+{number:04X}");
    }
    format!("U+{number:04X} '{letter}'")
}
