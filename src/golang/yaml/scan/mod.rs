//! From characters to tokens, with the habits of yaml.v2 (`scannerc.go`): YAML 1.1, and its own view of simple keys.

mod keys;
mod scalars;
mod tags;
mod tokens;

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};

use super::SyntaxError;
use super::text::Letters;

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

/// A place in the text: line and column, in characters, both from 0.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub line: usize,
    pub column: i64,
}

/// A token and the place where it begins.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub place: Place,
}

/// A token that turns out to be a key when a colon follows.
#[derive(Clone, Copy, Debug, Default)]
struct SimpleKey {
    is_possible: bool,
    /// A block mapping has begun here: without a colon this is an error.
    is_required: bool,
    /// Its number among all tokens.
    token: usize,
    /// Characters before it.
    index: usize,
    place: Place,
}

pub(super) struct Scanner<'t> {
    text: &'t str,
    /// What is wrong with the text behind the end.
    broken: Option<&'t SyntaxError>,
    /// Was a character behind the end asked for?
    has_met_end: Cell<bool>,
    /// Byte offset.
    at: usize,
    /// Characters before it.
    index: usize,
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
    waiting: BTreeMap<usize, usize>,
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
    pub(super) fn new(letters: &'t Letters<'_>) -> Self {
        Scanner {
            text: &letters.text,
            broken: letters.broken.as_ref(),
            has_met_end: Cell::new(false),
            at: 0,
            index: 0,
            line: 0,
            column: 0,
            tokens: VecDeque::new(),
            taken: 0,
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            may_begin_key: true,
            keys: vec![SimpleKey::default()],
            waiting: BTreeMap::new(),
            is_ended: false,
        }
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Result<&Token, SyntaxError> {
        while self.needs_more()? {
            let fetched = self.fetch();
            match self.broken {
                Some(broken) if self.has_met_end.get() => return Err(broken.clone()),
                _ => fetched?,
            }
        }
        // The loop ends with a token in the queue; the end of the stream repeats.
        let end = Token {
            kind: Kind::StreamEnd,
            place: self.place(),
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
    fn needs_more(&mut self) -> Result<bool, SyntaxError> {
        if self.tokens.is_empty() {
            return Ok(!self.is_ended);
        }
        match self.waiting.get(&self.taken).copied() {
            Some(index) => Ok(self.is_key_alive(index)? && !self.is_ended),
            None => Ok(false),
        }
    }

    // === characters ===

    fn place(&self) -> Place {
        Place {
            line: self.line,
            column: self.column,
        }
    }

    /// The character here, or so many bytes ahead: callers look ahead only over characters of one byte.
    fn char(&self, ahead: usize) -> Option<char> {
        match self.text.as_bytes().get(self.at + ahead) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            Some(_) => Some(self.wide_char(ahead)),
            None => {
                self.has_met_end.set(true);
                None
            }
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    #[cold]
    fn wide_char(&self, ahead: usize) -> char {
        let rest = self.rest().get(ahead..).unwrap_or_default();
        rest.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn skip(&mut self) {
        self.at += match self.text.as_bytes().get(self.at) {
            Some(byte) if byte.is_ascii() => 1,
            _ => self.char(0).map_or(1, char::len_utf8),
        };
        self.index += 1;
        self.column += 1;
    }

    /// Skips characters up to one that fits, and gives them.
    fn skip_until(&mut self, fits: impl Fn(&Self) -> bool) -> &'t str {
        let start = self.at;
        while !fits(self) {
            self.skip();
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn skip_line(&mut self) {
        if self.char(0) == Some('\r') && self.char(1) == Some('\n') {
            self.skip();
        }
        self.skip();
        self.column = 0;
        self.line += 1;
    }

    fn skip_blanks(&mut self) {
        self.skip_bytes(|byte| matches!(byte, b' ' | b'\t'));
        // The end may have been met.
        let _ = self.char(0);
    }

    /// Skips characters of one byte, none of which breaks a line.
    fn skip_bytes(&mut self, fits: impl Fn(u8) -> bool) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let fit = |byte: &&u8| byte.is_ascii() && fits(**byte);
        let count = rest.iter().take_while(fit).count();
        self.at += count;
        self.index += count;
        self.column += i64::try_from(count).unwrap_or(i64::MAX);
    }

    fn skip_comment(&mut self) {
        if self.char(0) == Some('#') {
            while !is_line_end(self.char(0)) {
                self.skip();
                self.skip_bytes(|byte| !matches!(byte, b'\n' | b'\r'));
            }
        }
    }

    fn read(&mut self, out: &mut String) {
        out.extend(self.char(0));
        self.skip();
    }

    /// A line break as the text keeps it: `\n`, or U+2028 and U+2029 themselves.
    fn read_break(&mut self, out: &mut String) {
        out.push(self.read_line_break());
    }

    fn read_line_break(&mut self) -> char {
        let is_kept = |letter: &char| matches!(letter, '\u{2028}' | '\u{2029}');
        let kept = self.char(0).filter(is_kept).unwrap_or('\n');
        self.skip_line();
        kept
    }

    fn fail<T>(&self, context: Place, problem: &str) -> Result<T, SyntaxError> {
        // Lines are counted from 1 here, but the first one is not named.
        let shown = if self.line == 0 {
            context.line
        } else {
            self.line + 1
        };
        Err(SyntaxError::at(self.place(), shown, problem))
    }
}
