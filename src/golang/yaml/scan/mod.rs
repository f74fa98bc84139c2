//! From characters to tokens, with the habits of yaml.v2 (`scannerc.go`): YAML 1.1, and its own view of simple keys.

mod scalars;
mod tags;

use std::collections::{HashMap, VecDeque};

use super::ReadError;

/// A piece of YAML syntax.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    StreamEnd,
    /// `%YAML 1.1`
    Version(u32, u32),
    /// `%TAG !e! tag:example.org,2000:`
    TagPrefix {
        handle: String,
        prefix: String,
    },
    DocumentStart,
    DocumentEnd,
    BlockSequence,
    BlockMapping,
    BlockEnd,
    FlowSequence,
    FlowSequenceEnd,
    FlowMapping,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(String),
    Anchor(String),
    Tag {
        handle: String,
        suffix: String,
    },
    Scalar {
        value: String,
        is_plain: bool,
    },
}

/// A token and the line (from 0) where it begins.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub line: usize,
}

/// A key must be followed by its colon on the same line, within this many characters.
const LONGEST_SIMPLE_KEY: usize = 1024;

/// A token that turns out to be a key when a colon follows.
#[derive(Clone, Copy, Debug, Default)]
struct SimpleKey {
    is_possible: bool,
    /// A block mapping has begun here: without a colon this is an error.
    is_required: bool,
    /// Its number among all tokens.
    token: usize,
    at: usize,
    line: usize,
    column: i64,
}

pub(super) struct Scanner<'t> {
    text: &'t [char],
    at: usize,
    line: usize,
    column: i64,
    tokens: VecDeque<Token>,
    /// How many tokens have been taken.
    taken: usize,
    flow_level: usize,
    indent: i64,
    indents: Vec<i64>,
    may_begin_key: bool,
    /// One per flow level, and one for block context.
    keys: Vec<SimpleKey>,
    /// Token number → index in `keys`.
    waiting: HashMap<usize, usize>,
    is_ended: bool,
}

fn is_break(letter: Option<char>) -> bool {
    matches!(letter, Some('\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}'))
}

fn is_blank(letter: Option<char>) -> bool {
    matches!(letter, Some(' ' | '\t'))
}

/// A line break or the end.
fn is_line_end(letter: Option<char>) -> bool {
    letter.is_none() || is_break(letter)
}

fn is_space_or_end(letter: Option<char>) -> bool {
    is_blank(letter) || is_line_end(letter)
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [char]) -> Self {
        Scanner {
            text,
            at: 0,
            line: 0,
            column: 0,
            tokens: VecDeque::new(),
            taken: 0,
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            may_begin_key: true,
            keys: vec![SimpleKey::default()],
            waiting: HashMap::new(),
            is_ended: false,
        }
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Result<&Token, ReadError> {
        while self.needs_more()? {
            self.fetch()?;
        }
        // The loop ends with a token in the queue; the end of the stream repeats.
        let end = Token {
            kind: Kind::StreamEnd,
            line: self.line,
        };
        if self.tokens.is_empty() {
            self.tokens.push_back(end);
        }
        Ok(&self.tokens[0])
    }

    /// Takes the token that was seen with [`Scanner::peek`].
    pub(super) fn take(&mut self) -> Option<Token> {
        self.taken += 1;
        self.tokens.pop_front()
    }

    /// Not while the next token may still turn out to be a key.
    fn needs_more(&mut self) -> Result<bool, ReadError> {
        if self.is_ended {
            return Ok(false);
        }
        if self.tokens.is_empty() {
            return Ok(true);
        }
        match self.waiting.get(&self.taken).copied() {
            Some(index) => self.is_key_alive(index),
            None => Ok(false),
        }
    }

    // === characters ===

    fn char(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn skip(&mut self) {
        self.at += 1;
        self.column += 1;
    }

    fn skip_line(&mut self) {
        self.at += if self.char(0) == Some('\r') && self.char(1) == Some('\n') {
            2
        } else {
            1
        };
        self.column = 0;
        self.line += 1;
    }

    fn skip_blanks(&mut self) {
        while is_blank(self.char(0)) {
            self.skip();
        }
    }

    fn skip_comment(&mut self) {
        if self.char(0) == Some('#') {
            while !is_line_end(self.char(0)) {
                self.skip();
            }
        }
    }

    fn read(&mut self, out: &mut String) {
        out.extend(self.char(0));
        self.skip();
    }

    /// A line break as the text keeps it: `\n`, or U+2028 and U+2029 themselves.
    fn read_break(&mut self, out: &mut String) {
        match self.char(0) {
            Some(letter @ ('\u{2028}' | '\u{2029}')) => out.push(letter),
            _ => out.push('\n'),
        }
        self.skip_line();
    }

    fn fail<T>(&self, context_line: usize, problem: &str) -> Result<T, ReadError> {
        // Lines are counted from 1 here, but the first one is not named.
        let shown = if self.line == 0 {
            context_line
        } else {
            self.line + 1
        };
        Err(ReadError::at(self.line, shown, problem))
    }

    // === simple keys ===

    fn is_key_alive(&mut self, index: usize) -> Result<bool, ReadError> {
        let Some(key) = self.keys.get(index).copied().filter(|key| key.is_possible) else {
            return Ok(false);
        };
        if key.line == self.line && key.at + LONGEST_SIMPLE_KEY >= self.at {
            return Ok(true);
        }
        if key.is_required {
            return self.fail(key.line, "could not find expected ':'");
        }
        if let Some(key) = self.keys.get_mut(index) {
            key.is_possible = false;
        }
        Ok(false)
    }

    fn save_key(&mut self) -> Result<(), ReadError> {
        if !self.may_begin_key {
            return Ok(());
        }
        self.drop_key()?;
        let key = SimpleKey {
            is_possible: true,
            is_required: self.flow_level == 0 && self.indent == self.column,
            token: self.taken + self.tokens.len(),
            at: self.at,
            line: self.line,
            column: self.column,
        };
        self.waiting.insert(key.token, self.keys.len() - 1);
        if let Some(last) = self.keys.last_mut() {
            *last = key;
        }
        Ok(())
    }

    fn drop_key(&mut self) -> Result<(), ReadError> {
        let Some(key) = self.keys.last().copied().filter(|key| key.is_possible) else {
            return Ok(());
        };
        if key.is_required {
            return self.fail(key.line, "could not find expected ':'");
        }
        self.forget_last_key();
        Ok(())
    }

    fn forget_last_key(&mut self) {
        if let Some(key) = self.keys.last_mut() {
            key.is_possible = false;
            self.waiting.remove(&key.token);
        }
    }

    // === indentation ===

    /// Adds a token at the end, or where the token with this number stands or would have stood: a token that was taken
    /// already leaves its key at the end, which is how yaml.v2 ends a document before `[]: x`.
    fn insert(&mut self, number: Option<usize>, kind: Kind, line: usize) {
        let place = number.and_then(|number| number.checked_sub(self.taken));
        let token = Token { kind, line };
        match place.filter(|place| *place <= self.tokens.len()) {
            Some(place) => self.tokens.insert(place, token),
            None => self.tokens.push_back(token),
        }
    }

    fn push(&mut self, kind: Kind) {
        let line = self.line;
        self.insert(None, kind, line);
    }

    fn roll_indent(&mut self, column: i64, number: Option<usize>, kind: Kind, line: usize) {
        if self.flow_level == 0 && self.indent < column {
            self.indents.push(self.indent);
            self.indent = column;
            self.insert(number, kind, line);
        }
    }

    fn unroll_indent(&mut self, column: i64) {
        while self.flow_level == 0 && self.indent > column {
            self.push(Kind::BlockEnd);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    // === tokens ===

    fn skip_to_token(&mut self) {
        loop {
            if self.column == 0 && self.char(0) == Some('\u{feff}') {
                self.skip();
            }
            let takes_tabs = self.flow_level > 0 || !self.may_begin_key;
            while self.char(0) == Some(' ') || takes_tabs && self.char(0) == Some('\t') {
                self.skip();
            }
            self.skip_comment();
            if !is_break(self.char(0)) {
                return;
            }
            self.skip_line();
            if self.flow_level == 0 {
                self.may_begin_key = true;
            }
        }
    }

    fn is_document_indicator(&self, letter: char) -> bool {
        self.column == 0
            && (0..3).all(|ahead| self.char(ahead) == Some(letter))
            && is_space_or_end(self.char(3))
    }

    fn fetch(&mut self) -> Result<(), ReadError> {
        self.skip_to_token();
        self.unroll_indent(self.column);
        let Some(letter) = self.char(0) else {
            return self.end();
        };
        let in_flow = self.flow_level > 0;
        let before_space = is_space_or_end(self.char(1));
        match letter {
            '%' if self.column == 0 => self.document_level(Self::directive),
            '-' if self.is_document_indicator('-') => {
                self.document_level(|scanner| scanner.indicator(Kind::DocumentStart))
            }
            '.' if self.is_document_indicator('.') => {
                self.document_level(|scanner| scanner.indicator(Kind::DocumentEnd))
            }
            '[' => self.open_flow(Kind::FlowSequence),
            '{' => self.open_flow(Kind::FlowMapping),
            ']' => self.close_flow(Kind::FlowSequenceEnd),
            '}' => self.close_flow(Kind::FlowMappingEnd),
            ',' => self.flow_entry(),
            '-' if before_space => self.block_entry(),
            '?' if in_flow || before_space => self.key(),
            ':' if in_flow || before_space => self.value(),
            '*' | '&' => self.content(|scanner| scanner.anchor(letter == '*')),
            '!' => self.content(Self::tag),
            '|' | '>' if !in_flow => {
                self.drop_key()?;
                self.may_begin_key = true;
                self.block_scalar(letter == '|')
            }
            '\'' | '"' => self.content(|scanner| scanner.quoted_scalar(letter)),
            '-' if !is_blank(self.char(1)) => self.plain_scalar(),
            '?' | ':' if !in_flow => self.plain_scalar(),
            '-' | '?' | ':' | '#' | '|' | '>' | '%' | '@' | '`' | '\t' => {
                self.fail(self.line, "found character that cannot start any token")
            }
            _ => self.plain_scalar(),
        }
    }

    fn end(&mut self) -> Result<(), ReadError> {
        if self.column != 0 {
            self.column = 0;
            self.line += 1;
        }
        self.unroll_indent(-1);
        self.drop_key()?;
        self.may_begin_key = false;
        self.push(Kind::StreamEnd);
        self.is_ended = true;
        Ok(())
    }

    fn document_level(
        &mut self,
        scan: impl FnOnce(&mut Self) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.unroll_indent(-1);
        self.drop_key()?;
        self.may_begin_key = false;
        scan(self)
    }

    #[expect(clippy::unnecessary_wraps, reason = "one of several ways to scan")]
    fn indicator(&mut self, kind: Kind) -> Result<(), ReadError> {
        self.push(kind);
        (0..3).for_each(|_| self.skip());
        Ok(())
    }

    /// What may be a simple key, and cannot be followed by another on the same line.
    fn content(&mut self, scan: impl FnOnce(&mut Self) -> Result<(), ReadError>) -> Result<(), ReadError> {
        self.save_key()?;
        self.may_begin_key = false;
        scan(self)
    }

    fn open_flow(&mut self, kind: Kind) -> Result<(), ReadError> {
        self.save_key()?;
        self.keys.push(SimpleKey {
            token: self.taken + self.tokens.len(),
            ..SimpleKey::default()
        });
        self.flow_level += 1;
        self.may_begin_key = true;
        self.push(kind);
        self.skip();
        Ok(())
    }

    fn close_flow(&mut self, kind: Kind) -> Result<(), ReadError> {
        self.drop_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            // This forgets the opening bracket as a possible key too, as in yaml.v2.
            self.forget_last_key();
            self.keys.pop();
        }
        self.may_begin_key = false;
        self.push(kind);
        self.skip();
        Ok(())
    }

    fn flow_entry(&mut self) -> Result<(), ReadError> {
        self.drop_key()?;
        self.may_begin_key = true;
        self.push(Kind::FlowEntry);
        self.skip();
        Ok(())
    }

    fn block_entry(&mut self) -> Result<(), ReadError> {
        if self.flow_level == 0 {
            if !self.may_begin_key {
                return self.fail(
                    self.line,
                    "block sequence entries are not allowed in this context",
                );
            }
            self.roll_indent(self.column, None, Kind::BlockSequence, self.line);
        }
        self.drop_key()?;
        self.may_begin_key = true;
        self.push(Kind::BlockEntry);
        self.skip();
        Ok(())
    }

    fn key(&mut self) -> Result<(), ReadError> {
        if self.flow_level == 0 {
            if !self.may_begin_key {
                return self.fail(self.line, "mapping keys are not allowed in this context");
            }
            self.roll_indent(self.column, None, Kind::BlockMapping, self.line);
        }
        self.drop_key()?;
        self.may_begin_key = self.flow_level == 0;
        self.push(Kind::Key);
        self.skip();
        Ok(())
    }

    fn value(&mut self) -> Result<(), ReadError> {
        let last = self.keys.len() - 1;
        if self.is_key_alive(last)? {
            let key = self.keys[last];
            self.insert(Some(key.token), Kind::Key, key.line);
            self.roll_indent(key.column, Some(key.token), Kind::BlockMapping, key.line);
            self.forget_last_key();
            self.may_begin_key = false;
        } else {
            if self.flow_level == 0 {
                if !self.may_begin_key {
                    return self.fail(self.line, "mapping values are not allowed in this context");
                }
                self.roll_indent(self.column, None, Kind::BlockMapping, self.line);
            }
            self.may_begin_key = self.flow_level == 0;
        }
        self.push(Kind::Value);
        self.skip();
        Ok(())
    }
}
