//! What stands behind a backslash.

use super::{Fault, Translator, fault};

impl<'p> Translator<'p> {
    /// After a backslash outside of brackets.
    pub(super) fn escape(&mut self, start: &'p str) -> Result<(), Fault<'p>> {
        if let Some(quoted) = self.rest.strip_prefix('Q') {
            let (text, rest) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            text.chars().for_each(|letter| self.literal(letter));
            self.rest = rest;
            return Ok(());
        }
        let simple = match self.rest.chars().next() {
            Some('A') => r"\A",
            Some('b') => r"(?-u:\b)",
            Some('B') => r"(?-u:\B)",
            Some('z') => r"\z",
            _ => return self.class_escape(start),
        };
        self.next();
        self.out.push_str(simple);
        Ok(())
    }

    /// After a backslash, inside or outside of brackets: a class or one character.
    pub(super) fn class_escape(&mut self, start: &'p str) -> Result<(), Fault<'p>> {
        let class = match self.rest.chars().next() {
            Some('d') => "[0-9]",
            Some('D') => "[^0-9]",
            Some('s') => r"[\t\n\f\r ]",
            Some('S') => r"[^\t\n\f\r ]",
            Some('w') => "[0-9A-Za-z_]",
            Some('W') => "[^0-9A-Za-z_]",
            Some('p' | 'P') => return self.unicode_class(start),
            _ => {
                let letter = self.character(start)?;
                self.literal(letter);
                return Ok(());
            }
        };
        self.next();
        self.out.push_str(class);
        Ok(())
    }

    fn unicode_class(&mut self, start: &'p str) -> Result<(), Fault<'p>> {
        self.next();
        if self.rest.starts_with('{') {
            let Some((_, rest)) = self.rest.split_once('}') else {
                return fault("invalid character class range", start);
            };
            self.rest = rest;
        } else if self.next().is_none() {
            return fault("invalid character class range", start);
        }
        let class = self.since(start);
        let name = class[2..].trim_start_matches('{').trim_end_matches('}');
        let bare = name.strip_prefix('^').unwrap_or(name);
        let Some(known) = self.class_names.resolve(bare) else {
            return fault("invalid character class range", class);
        };
        let is_negative = class.starts_with("\\P") != name.starts_with('^');
        let letter = if is_negative { 'P' } else { 'p' };
        // In Go the category C leaves out what is not assigned.
        match (known, is_negative) {
            ("C", false) => self.out.push_str(r"[\p{C}--\p{Cn}]"),
            ("C", true) => self.out.push_str(r"[\P{C}\p{Cn}]"),
            _ => self.out.push_str(&format!("\\{letter}{{{known}}}")),
        }
        Ok(())
    }

    /// After a backslash: one character.
    pub(super) fn character(&mut self, start: &'p str) -> Result<char, Fault<'p>> {
        let Some(letter) = self.next() else {
            return fault("trailing backslash at end of expression", "");
        };
        let found = match letter {
            'a' => Some('\u{7}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            'x' => self.hexadecimal(),
            '0'..='7' => self.octal(letter),
            _ if letter.is_ascii_punctuation() => Some(letter),
            _ => None,
        };
        match found {
            Some(letter) => Ok(letter),
            None => fault("invalid escape sequence", self.since(start)),
        }
    }

    fn hexadecimal(&mut self) -> Option<char> {
        let digits = match self.rest.strip_prefix('{') {
            Some(inside) => {
                let (digits, rest) = inside.split_once('}')?;
                self.rest = rest;
                digits
            }
            None => {
                let digits = self.rest.get(..2)?;
                self.rest = &self.rest[2..];
                digits
            }
        };
        let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16)
            .ok()
            .filter(|_| is_hex)
            .and_then(char::from_u32)
    }

    /// `\123`; a single digit other than 0 would be a back-reference.
    fn octal(&mut self, first: char) -> Option<char> {
        let is_digit = |letter: char| matches!(letter, '0'..='7');
        if first != '0' && !self.rest.starts_with(is_digit) {
            return None;
        }
        let mut code = first.to_digit(8)?;
        for _ in 0..2 {
            match self.rest.chars().next().filter(|letter| is_digit(*letter)) {
                Some(digit) => code = code * 8 + digit.to_digit(8)?,
                None => break,
            }
            self.next();
        }
        char::from_u32(code)
    }
}
