//! Directives, anchors and tags.

use super::{Kind, Place, Scanner, is_blank, is_break, is_line_end, is_space_or_end};
use crate::golang::yaml::SyntaxError;

fn is_word(letter: Option<char>) -> bool {
    letter.is_some_and(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'))
}

impl Scanner<'_> {
    fn word(&mut self) -> String {
        let mut word = String::new();
        while is_word(self.char(0)) {
            self.read(&mut word);
        }
        word
    }

    pub(super) fn directive(&mut self) -> Result<(), SyntaxError> {
        let start = self.place();
        self.skip();
        let name = self.word();
        if name.is_empty() {
            return self.fail(start, "could not find expected directive name");
        }
        if !is_space_or_end(self.char(0)) {
            return self.fail(start, "found unexpected non-alphabetical character");
        }
        let kind = match name.as_str() {
            "YAML" => self.version(start)?,
            "TAG" => self.tag_prefix(start)?,
            _ => return self.fail(start, "found unknown directive name"),
        };
        self.insert(None, kind, start);
        self.skip_blanks();
        self.skip_comment();
        if !is_line_end(self.char(0)) {
            return self.fail(start, "did not find expected comment or line break");
        }
        if is_break(self.char(0)) {
            self.skip_line();
        }
        Ok(())
    }

    fn version(&mut self, start: Place) -> Result<Kind, SyntaxError> {
        self.skip_blanks();
        let major = self.version_number(start)?;
        if self.char(0) != Some('.') {
            return self.fail(start, "did not find expected digit or '.' character");
        }
        self.skip();
        Ok(Kind::Version(major, self.version_number(start)?))
    }

    fn version_number(&mut self, start: Place) -> Result<u32, SyntaxError> {
        let mut number = None;
        for length in 1.. {
            let Some(digit) = self.char(0).and_then(|letter| letter.to_digit(10)) else {
                break;
            };
            if length > 2 {
                return self.fail(start, "found extremely long version number");
            }
            number = Some(number.unwrap_or_default() * 10 + digit);
            self.skip();
        }
        match number {
            Some(number) => Ok(number),
            None => self.fail(start, "did not find expected version number"),
        }
    }

    fn tag_prefix(&mut self, start: Place) -> Result<Kind, SyntaxError> {
        self.skip_blanks();
        let handle = self.tag_handle(true, start)?;
        if !is_blank(self.char(0)) {
            return self.fail(start, "did not find expected whitespace");
        }
        self.skip_blanks();
        let prefix = self.tag_uri("", start)?;
        if !is_space_or_end(self.char(0)) {
            return self.fail(start, "did not find expected whitespace or line break");
        }
        Ok(Kind::TagPrefix { handle, prefix })
    }

    pub(super) fn anchor(&mut self, is_alias: bool) -> Result<(), SyntaxError> {
        let start = self.place();
        self.skip();
        let name = self.word();
        let is_ended = is_space_or_end(self.char(0))
            || matches!(self.char(0), Some('?' | ':' | ',' | ']' | '}' | '%' | '@' | '`'));
        if name.is_empty() || !is_ended {
            return self.fail(start, "did not find expected alphabetic or numeric character");
        }
        let kind = if is_alias { Kind::Alias } else { Kind::Anchor };
        self.insert(None, kind(name), start);
        Ok(())
    }

    pub(super) fn tag(&mut self) -> Result<(), SyntaxError> {
        let start = self.place();
        let (handle, suffix) = if self.char(1) == Some('<') {
            self.verbatim_tag(start)?
        } else {
            self.shorthand_tag(start)?
        };
        if !is_space_or_end(self.char(0)) {
            return self.fail(start, "did not find expected whitespace or line break");
        }
        self.insert(None, Kind::Tag { handle, suffix }, start);
        Ok(())
    }

    /// `!<tag:yaml.org,2002:str>`
    fn verbatim_tag(&mut self, start: Place) -> Result<(String, String), SyntaxError> {
        self.skip();
        self.skip();
        let uri = self.tag_uri("", start)?;
        if self.char(0) != Some('>') {
            return self.fail(start, "did not find the expected '>'");
        }
        self.skip();
        Ok((String::new(), uri))
    }

    /// `!!str`, `!e!name`, `!name` or `!`
    fn shorthand_tag(&mut self, start: Place) -> Result<(String, String), SyntaxError> {
        let handle = self.tag_handle(false, start)?;
        if handle.len() > 1 && handle.ends_with('!') {
            let suffix = self.tag_uri("", start)?;
            return Ok((handle, suffix));
        }
        let suffix = self.tag_uri(&handle, start)?;
        Ok(if suffix.is_empty() {
            (String::new(), "!".into())
        } else {
            ("!".into(), suffix)
        })
    }

    fn tag_handle(&mut self, is_directive: bool, start: Place) -> Result<String, SyntaxError> {
        if self.char(0) != Some('!') {
            return self.fail(start, "did not find expected '!'");
        }
        let mut handle = String::new();
        self.read(&mut handle);
        handle.push_str(&self.word());
        if self.char(0) == Some('!') {
            self.read(&mut handle);
        } else if is_directive && handle != "!" {
            return self.fail(start, "did not find expected '!'");
        }
        Ok(handle)
    }

    /// `head` is what has been read as a handle, but is the start of the suffix.
    fn tag_uri(&mut self, head: &str, start: Place) -> Result<String, SyntaxError> {
        let mut uri = head.get(1..).unwrap_or_default().as_bytes().to_vec();
        let mut is_found = !head.is_empty();
        while let Some(letter) = self.char(0) {
            if letter == '%' {
                self.uri_escape(&mut uri, start)?;
            } else if is_word(Some(letter)) || ";/?:@&=+$,.!~*'()[]".contains(letter) {
                uri.push(u8::try_from(letter).unwrap_or_default());
                self.skip();
            } else {
                break;
            }
            is_found = true;
        }
        if !is_found {
            return self.fail(start, "did not find expected tag URI");
        }
        match String::from_utf8(uri) {
            Ok(uri) => Ok(uri),
            Err(_) => self.fail(start, "found an incorrect trailing UTF-8 octet"),
        }
    }

    fn uri_escape(&mut self, uri: &mut Vec<u8>, start: Place) -> Result<(), SyntaxError> {
        let digit = |ahead: usize| self.char(ahead).and_then(|letter| letter.to_digit(16));
        let octet = digit(1).zip(digit(2)).map(|(high, low)| high << 4 | low);
        match octet.and_then(|octet| u8::try_from(octet).ok()) {
            None => self.fail(start, "did not find URI escaped octet"),
            Some(octet) => {
                uri.push(octet);
                (0..3).for_each(|_| self.skip());
                Ok(())
            }
        }
    }
}
