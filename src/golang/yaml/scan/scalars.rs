//! Plain, quoted and block scalars.

use super::{Kind, Place, Scanner, Token, is_blank, is_break, is_line_end, is_space_or_end};
use crate::golang::yaml::SyntaxError;

/// White space between two words or lines of a scalar, until it is known what it becomes.
#[derive(Default)]
struct Gap<'t> {
    blanks: &'t str,
    first_break: Option<char>,
    more_breaks: String,
    has_break: bool,
}

impl Gap<'_> {
    /// One line break is a space; of more, the first one vanishes.
    fn fold_into(&mut self, out: &mut String) {
        if !self.has_break {
            out.push_str(self.blanks);
        } else if self.first_break != Some('\n') {
            out.extend(self.first_break);
            out.push_str(&self.more_breaks);
        } else if self.more_breaks.is_empty() {
            out.push(' ');
        } else {
            out.push_str(&self.more_breaks);
        }
        *self = Gap::default();
    }
}

impl<'t> Scanner<'t> {
    fn push_scalar(&mut self, value: String, is_plain: bool, place: Place) {
        self.tokens.push_back(Token {
            kind: Kind::Scalar { value, is_plain },
            place,
        });
    }

    /// Blanks and line breaks; blanks at the start of a line are dropped.
    fn gap(&mut self, gap: &mut Gap<'t>) {
        while is_blank(self.char(0)) || is_break(self.char(0)) {
            if is_blank(self.char(0)) {
                if gap.has_break {
                    self.skip();
                } else {
                    gap.blanks = self.blanks();
                }
            } else if gap.has_break {
                self.read_break(&mut gap.more_breaks);
            } else {
                gap.has_break = true;
                gap.first_break = Some(self.read_line_break());
            }
        }
    }

    pub(super) fn plain_scalar(&mut self) -> Result<(), SyntaxError> {
        self.save_key()?;
        self.may_begin_key = false;
        let start = self.place();
        let indent = self.indent + 1;
        let mut value = String::new();
        let mut gap = Gap::default();
        while !self.is_document_indicator('-')
            && !self.is_document_indicator('.')
            && self.char(0) != Some('#')
        {
            let word = self.plain_word();
            if !word.is_empty() {
                gap.fold_into(&mut value);
                value.push_str(word);
            }
            if !(is_blank(self.char(0)) || is_break(self.char(0))) {
                break;
            }
            self.plain_gap(&mut gap, indent, start)?;
            if self.flow_level == 0 && self.column < indent {
                break;
            }
        }
        self.push_scalar(value, true, start);
        if gap.has_break {
            self.may_begin_key = true;
        }
        Ok(())
    }

    fn plain_word(&mut self) -> &'t str {
        let start = self.at;
        while !self.ends_plain() {
            self.skip();
            self.skip_bytes(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/'));
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn blanks(&mut self) -> &'t str {
        let start = self.at;
        self.skip_blanks();
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn ends_plain(&self) -> bool {
        match self.char(0) {
            Some(':') if is_space_or_end(self.char(1)) => true,
            Some(',' | '?' | '[' | ']' | '{' | '}') => self.flow_level > 0,
            letter => is_space_or_end(letter),
        }
    }

    fn plain_gap(&mut self, gap: &mut Gap<'t>, indent: i64, start: Place) -> Result<(), SyntaxError> {
        while is_blank(self.char(0)) || is_break(self.char(0)) {
            if gap.has_break && self.column < indent && self.char(0) == Some('\t') {
                return self.fail(start, "found a tab character that violates indentation");
            }
            match (is_blank(self.char(0)), gap.has_break) {
                (true, true) => self.skip(),
                (true, false) => gap.blanks = self.blanks(),
                (false, true) => self.read_break(&mut gap.more_breaks),
                (false, false) => {
                    gap.has_break = true;
                    gap.first_break = Some(self.read_line_break());
                }
            }
        }
        Ok(())
    }

    pub(super) fn quoted_scalar(&mut self, mark: char) -> Result<(), SyntaxError> {
        let start = self.place();
        let mut value = String::new();
        self.skip();
        loop {
            if self.is_document_indicator('-') || self.is_document_indicator('.') {
                return self.fail(start, "found unexpected document indicator");
            }
            if self.char(0).is_none() {
                return self.fail(start, "found unexpected end of stream");
            }
            let mut gap = Gap::default();
            self.quoted_word(mark, &mut value, &mut gap, start)?;
            if self.char(0) == Some(mark) && !gap.has_break {
                break;
            }
            if self.char(0) == Some(mark) {
                // An escaped line break directly before the closing mark.
                break;
            }
            self.gap(&mut gap);
            gap.fold_into(&mut value);
        }
        self.skip();
        self.push_scalar(value, false, start);
        Ok(())
    }

    /// Up to white space or the closing mark. An escaped line break begins a gap without a first break.
    fn quoted_word(
        &mut self,
        mark: char,
        out: &mut String,
        gap: &mut Gap<'t>,
        start: Place,
    ) -> Result<(), SyntaxError> {
        while !is_space_or_end(self.char(0)) {
            match (self.char(0), mark) {
                (Some('\''), '\'') if self.char(1) == Some('\'') => {
                    out.push('\'');
                    self.skip();
                    self.skip();
                }
                (Some(letter), _) if letter == mark => return Ok(()),
                (Some('\\'), '"') if is_break(self.char(1)) => {
                    self.skip();
                    self.skip_line();
                    gap.has_break = true;
                    return Ok(());
                }
                (Some('\\'), '"') => self.escape(out, start)?,
                _ => {
                    self.read(out);
                    out.push_str(self.skip_until(|scanner| {
                        let letter = scanner.char(0);
                        matches!(letter, Some('\'' | '"' | '\\')) || is_space_or_end(letter)
                    }));
                }
            }
        }
        Ok(())
    }

    fn escape(&mut self, out: &mut String, start: Place) -> Result<(), SyntaxError> {
        let digits = match self.char(1) {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            letter => {
                let Some(meaning) = letter.and_then(simple_escape) else {
                    return self.fail(start, "found unknown escape character");
                };
                out.push(meaning);
                self.skip();
                self.skip();
                return Ok(());
            }
        };
        self.skip();
        self.skip();
        let mut code: u32 = 0;
        for ahead in 0..digits {
            let Some(digit) = self.char(ahead).and_then(|letter| letter.to_digit(16)) else {
                return self.fail(start, "did not find expected hexdecimal number");
            };
            code = code << 4 | digit;
        }
        let Some(letter) = char::from_u32(code) else {
            return self.fail(start, "found invalid Unicode character escape code");
        };
        out.push(letter);
        (0..digits).for_each(|_| self.skip());
        Ok(())
    }

    pub(super) fn block_scalar(&mut self, is_literal: bool) -> Result<(), SyntaxError> {
        let start = self.place();
        self.skip();
        let (chomping, increment) = self.block_header(start)?;
        let mut indent = match increment {
            0 => 0,
            increment => self.indent.max(0) + increment,
        };
        let mut value = String::new();
        let mut breaks = String::new();
        let mut last_break = String::new();
        let mut was_blank = false;
        self.block_breaks(&mut indent, &mut breaks, start)?;
        while self.column == indent && self.char(0).is_some() {
            let is_blank_line = is_blank(self.char(0));
            let folds = !is_literal && !was_blank && !is_blank_line && last_break.starts_with('\n');
            if !folds {
                value.push_str(&last_break);
            } else if breaks.is_empty() {
                value.push(' ');
            }
            value.push_str(&breaks);
            breaks.clear();
            last_break.clear();
            was_blank = is_blank_line;
            value.push_str(self.skip_until(|scanner| is_line_end(scanner.char(0))));
            if is_break(self.char(0)) {
                self.read_break(&mut last_break);
            }
            self.block_breaks(&mut indent, &mut breaks, start)?;
        }
        if chomping != Some('-') {
            value.push_str(&last_break);
        }
        if chomping == Some('+') {
            value.push_str(&breaks);
        }
        self.push_scalar(value, false, start);
        Ok(())
    }

    /// Chomping and indentation indicators, in either order, and the rest of the line.
    fn block_header(&mut self, start: Place) -> Result<(Option<char>, i64), SyntaxError> {
        let mut chomping = self.chomping();
        let mut increment = 0;
        if let Some(digit) = self.char(0).and_then(|letter| letter.to_digit(10)) {
            if digit == 0 {
                return self.fail(start, "found an indentation indicator equal to 0");
            }
            increment = digit.into();
            self.skip();
            if chomping.is_none() {
                chomping = self.chomping();
            }
        }
        self.skip_blanks();
        self.skip_comment();
        if !is_line_end(self.char(0)) {
            return self.fail(start, "did not find expected comment or line break");
        }
        if is_break(self.char(0)) {
            self.skip_line();
        }
        Ok((chomping, increment))
    }

    fn chomping(&mut self) -> Option<char> {
        let letter = self.char(0).filter(|letter| matches!(letter, '+' | '-'))?;
        self.skip();
        Some(letter)
    }

    /// Empty lines; the first line that is not empty decides the indentation where none is given.
    fn block_breaks(
        &mut self,
        indent: &mut i64,
        breaks: &mut String,
        start: Place,
    ) -> Result<(), SyntaxError> {
        let mut deepest = 0;
        loop {
            while (*indent == 0 || self.column < *indent) && self.char(0) == Some(' ') {
                self.skip();
            }
            deepest = deepest.max(self.column);
            if (*indent == 0 || self.column < *indent) && self.char(0) == Some('\t') {
                return self.fail(
                    start,
                    "found a tab character where an indentation space is expected",
                );
            }
            if !is_break(self.char(0)) {
                break;
            }
            self.read_break(breaks);
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent + 1).max(1);
        }
        Ok(())
    }
}

fn simple_escape(letter: char) -> Option<char> {
    Some(match letter {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        ' ' | '"' | '\'' | '\\' => letter,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        _ => return None,
    })
}
