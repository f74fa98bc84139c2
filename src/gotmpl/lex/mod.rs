//! From template text to tokens. Source of the rules: Go `text/template/parse/lex.go`, go1.23.

mod words;

use memchr::memmem;
use words::{code_point, is_alphanumeric};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The lexer has the message.
    Error,
    Bool,
    /// A printable ASCII character that means nothing by itself, such as the comma.
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    Space,
    String,
    Text,
    Variable,
    Dot,
    Keyword(Keyword),
}

/// The words that cannot be function names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    /// Byte offset in the template.
    pub pos: usize,
    /// A piece of the template.
    pub text: &'a [u8],
    /// Counted from 1.
    pub line: usize,
}

const LEFT: &[u8] = b"{{";
const RIGHT: &[u8] = b"}}";

/// Produces one token after the other; after an error token only `Eof`.
pub(super) struct Lexer<'a> {
    input: &'a [u8],
    start: usize,
    pos: usize,
    line: usize,
    inside_action: bool,
    open_parens: usize,
    /// Why it stopped.
    failure: Option<String>,
}

type Scanned<'a> = Result<Option<Token<'a>>, String>;

impl<'a> Lexer<'a> {
    pub fn new(input: &'a [u8]) -> Self {
        Lexer {
            input,
            start: 0,
            pos: 0,
            line: 1,
            inside_action: false,
            open_parens: 0,
            failure: None,
        }
    }

    /// The next token.
    pub fn next_token(&mut self) -> Token<'a> {
        if self.failure.is_some() {
            return self.emit_text(Kind::Eof, &[]);
        }
        loop {
            let scanned = if self.inside_action {
                self.action()
            } else {
                self.text()
            };
            match scanned {
                Ok(Some(token)) => return token,
                Ok(None) => {}
                Err(message) => {
                    self.failure = Some(message);
                    return self.emit_text(Kind::Error, &[]);
                }
            }
        }
    }

    /// What the error token says.
    pub fn failure(&self) -> &str {
        self.failure.as_deref().unwrap_or_default()
    }

    // === characters ===

    fn rest(&self) -> &'a [u8] {
        &self.input[self.pos..]
    }

    fn peek(&self) -> Option<char> {
        decode(self.rest()).map(|(letter, _)| letter)
    }

    fn next(&mut self) -> Option<char> {
        let (letter, width) = decode(self.rest())?;
        self.pos += width;
        Some(letter)
    }

    fn accept(&mut self, set: &[u8]) -> bool {
        let found = self.rest().first().is_some_and(|byte| set.contains(byte));
        self.pos += usize::from(found);
        found
    }

    fn accept_run(&mut self, set: &[u8]) {
        while self.accept(set) {}
    }

    fn emit(&mut self, kind: Kind) -> Token<'a> {
        self.emit_text(kind, &self.input[self.start..self.pos])
    }

    fn emit_text(&mut self, kind: Kind, text: &'a [u8]) -> Token<'a> {
        let token = Token {
            kind,
            pos: self.start,
            text,
            line: self.line,
        };
        if matches!(kind, Kind::Text | Kind::Space | Kind::RawString | Kind::Error) {
            self.ignore();
        } else {
            // No other token has a line's end in it.
            self.start = self.pos;
        }
        token
    }

    fn ignore(&mut self) {
        let passed = &self.input[self.start..self.pos];
        self.line += memchr::memchr_iter(b'\n', passed).count();
        self.start = self.pos;
    }

    // === outside actions ===

    fn text(&mut self) -> Scanned<'a> {
        let Some(length) = find(self.rest(), LEFT) else {
            self.pos = self.input.len();
            let kind = if self.pos > self.start {
                Kind::Text
            } else {
                Kind::Eof
            };
            return Ok(Some(self.emit(kind)));
        };
        let delim = self.pos + length;
        let trims = has_left_trim_marker(&self.input[delim + LEFT.len()..]);
        let text = &self.input[self.pos..delim];
        let kept = if trims { trim_end(text) } else { text };
        self.pos += kept.len();
        let token = (!kept.is_empty()).then(|| self.emit(Kind::Text));
        self.pos = delim;
        self.ignore();
        match token {
            Some(token) => Ok(Some(token)),
            None => self.left_delim(),
        }
    }

    fn left_delim(&mut self) -> Scanned<'a> {
        self.pos += LEFT.len();
        let marker = if has_left_trim_marker(self.rest()) { 2 } else { 0 };
        if self.rest()[marker..].starts_with(b"/*") {
            self.pos += marker;
            self.ignore();
            return self.comment();
        }
        let token = self.emit(Kind::LeftDelim);
        self.inside_action = true;
        self.open_parens = 0;
        self.pos += marker;
        self.ignore();
        Ok(Some(token))
    }

    fn comment(&mut self) -> Scanned<'a> {
        let end = find(&self.rest()[2..], b"*/").ok_or("unclosed comment")?;
        self.pos += 2 + end + 2;
        let (is_delim, trims) = self.at_right_delim();
        if !is_delim {
            return Err("comment ends before closing delimiter".to_owned());
        }
        self.pos += RIGHT.len() + if trims { 2 } else { 0 };
        if trims {
            self.skip_spaces();
        }
        self.ignore();
        Ok(None)
    }

    fn skip_spaces(&mut self) {
        self.accept_run(b" \t\r\n");
    }

    // === inside actions ===

    /// At `}}` or ` -}}`? And does it trim?
    fn at_right_delim(&self) -> (bool, bool) {
        let rest = self.rest();
        if has_right_trim_marker(rest) && rest[2..].starts_with(RIGHT) {
            return (true, true);
        }
        (rest.starts_with(RIGHT), false)
    }

    fn action(&mut self) -> Scanned<'a> {
        let (is_delim, trims) = self.at_right_delim();
        if is_delim {
            if self.open_parens > 0 {
                return Err("unclosed left paren".to_owned());
            }
            return Ok(Some(self.right_delim(trims)));
        }
        let Some(letter) = self.next() else {
            return Err("unclosed action".to_owned());
        };
        let kind = match letter {
            ' ' | '\t' | '\r' | '\n' => return Ok(Some(self.space())),
            '=' => Kind::Assign,
            ':' if self.next() == Some('=') => Kind::Declare,
            ':' => return Err("expected :=".to_owned()),
            '|' => Kind::Pipe,
            '"' => self.quoted('"', "unterminated quoted string", Kind::String)?,
            '\'' => self.quoted('\'', "unterminated character constant", Kind::CharConstant)?,
            '`' => self.raw_string()?,
            '$' => self.field_or_variable(Kind::Variable, Kind::Variable)?,
            '.' if !self.rest().first().is_some_and(u8::is_ascii_digit) && self.pos < self.input.len() => {
                self.field_or_variable(Kind::Field, Kind::Dot)?
            }
            '.' | '+' | '-' | '0'..='9' => {
                self.pos = self.start;
                self.number()?
            }
            '(' => {
                self.open_parens += 1;
                Kind::LeftParen
            }
            ')' if self.open_parens == 0 => return Err("unexpected right paren".to_owned()),
            ')' => {
                self.open_parens -= 1;
                Kind::RightParen
            }
            letter if is_alphanumeric(letter) => self.identifier()?,
            ' '..='~' => Kind::Char,
            other => return Err(format!("unrecognized character in action: {}", code_point(other))),
        };
        Ok(Some(self.emit(kind)))
    }

    fn right_delim(&mut self, trims: bool) -> Token<'a> {
        if trims {
            self.pos += 2;
            self.ignore();
        }
        self.pos += RIGHT.len();
        let token = self.emit(Kind::RightDelim);
        if trims {
            self.skip_spaces();
            self.ignore();
        }
        self.inside_action = false;
        token
    }

    fn space(&mut self) -> Token<'a> {
        self.skip_spaces();
        let before = self.pos - 1;
        if has_right_trim_marker(&self.input[before..]) && self.input[before + 2..].starts_with(RIGHT) {
            self.pos = before;
            if self.pos == self.start {
                return self.right_delim(true);
            }
        }
        self.emit(Kind::Space)
    }
}

/// The first rune and its width; U+FFFD of width 1 for a byte that is not UTF-8.
fn decode(text: &[u8]) -> Option<(char, usize)> {
    let first = *text.first()?;
    if first.is_ascii() {
        return Some((char::from(first), 1));
    }
    let head = text.get(..text.len().min(4))?;
    let chunk = head.utf8_chunks().next()?;
    Some(match chunk.valid().chars().next() {
        Some(letter) => (letter, letter.len_utf8()),
        None => ('\u{FFFD}', 1),
    })
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn has_left_trim_marker(text: &[u8]) -> bool {
    matches!(text, [b'-', space, ..] if is_space(*space))
}

fn has_right_trim_marker(text: &[u8]) -> bool {
    matches!(text, [space, b'-', ..] if is_space(*space))
}

fn trim_end(text: &[u8]) -> &[u8] {
    let kept = text
        .iter()
        .rposition(|byte| !is_space(*byte))
        .map_or(0, |last| last + 1);
    &text[..kept]
}

pub(super) fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memmem::find(text, wanted)
}

#[cfg(test)]
mod tests;
