//! Scalars in the four styles.

use super::{Dialect, Writer};
use crate::golang::yaml::style::{is_break, is_printable};

/// Plain scalars are folded at the first space beyond this column.
const WIDTH: usize = 80;

impl Writer {
    /// May the space here become a line break?
    fn folds(&self, is_key: bool, after_space: bool) -> bool {
        self.dialect == Dialect::Plain && !is_key && !after_space && self.column > WIDTH
    }

    pub(super) fn folded_plain(&mut self, text: &str, indent: Option<usize>, is_key: bool) {
        if !self.is_after_space {
            self.put(' ');
        }
        self.lines(text, indent, is_key, false);
        self.is_after_space = false;
        self.is_indenting = false;
    }

    pub(super) fn single(&mut self, text: &str, indent: Option<usize>, is_key: bool) {
        self.indicator("'", true, false);
        self.lines(text, indent, is_key, true);
        self.indicator("'", false, false);
    }

    /// The inside of a plain or single-quoted scalar.
    fn lines(&mut self, text: &str, indent: Option<usize>, is_key: bool, is_quoted: bool) {
        let continuation = indent.map_or(2, |indent| indent + 2);
        let mut letters = text.char_indices().peekable();
        let (mut after_space, mut after_break) = (false, false);
        while let Some((at, letter)) = letters.next() {
            let next = letters.peek().map(|(_, next)| *next);
            let is_edge = is_quoted && (at == 0 || next.is_none());
            match letter {
                ' ' if self.folds(is_key, after_space) && !is_edge && next != Some(' ') => {
                    self.start_line(continuation);
                    after_space = true;
                }
                ' ' => {
                    self.put(' ');
                    after_space = true;
                }
                _ if is_break(letter) => {
                    self.put_break(letter);
                    self.is_indenting = true;
                    after_break = true;
                }
                _ => {
                    if after_break {
                        self.start_line(continuation);
                    }
                    if is_quoted && letter == '\'' {
                        self.put('\'');
                    }
                    self.put(letter);
                    self.is_indenting = false;
                    (after_space, after_break) = (false, false);
                }
            }
        }
    }

    pub(super) fn double(&mut self, text: &str, indent: Option<usize>, is_key: bool) {
        let continuation = indent.map_or(2, |indent| indent + 2);
        self.indicator("\"", true, false);
        // A byte order mark in front makes the libraries take every character for one.
        let escapes_all = text.starts_with('\u{feff}');
        let mut letters = text.char_indices().peekable();
        let mut after_space = false;
        while let Some((at, letter)) = letters.next() {
            let next = letters.peek().map(|(_, next)| *next);
            if letter != ' ' || escapes_all {
                self.double_character(letter, escapes_all);
                after_space = false;
                continue;
            }
            if self.folds(is_key, after_space) && at > 0 && next.is_some() {
                self.start_line(continuation);
                if next == Some(' ') {
                    self.put('\\');
                }
            } else {
                self.put(' ');
            }
            after_space = true;
        }
        self.indicator("\"", false, false);
    }

    fn double_character(&mut self, letter: char, escapes_all: bool) {
        if !escapes_all && is_printable(letter) && !is_break(letter) && !matches!(letter, '"' | '\\') {
            self.put(letter);
            return;
        }
        let code = letter as u32;
        let escape = match letter {
            '\0' => "\\0".into(),
            '\u{7}' => "\\a".into(),
            '\u{8}' => "\\b".into(),
            '\t' => "\\t".into(),
            '\n' => "\\n".into(),
            '\u{b}' => "\\v".into(),
            '\u{c}' => "\\f".into(),
            '\r' => "\\r".into(),
            '\u{1b}' => "\\e".into(),
            '"' => "\\\"".into(),
            '\\' => "\\\\".into(),
            '\u{85}' => "\\N".into(),
            '\u{a0}' => "\\_".into(),
            '\u{2028}' => "\\L".into(),
            '\u{2029}' => "\\P".into(),
            '\0'..='\u{ff}' => format!("\\x{code:02X}"),
            '\0'..='\u{ffff}' => format!("\\u{code:04X}"),
            _ => format!("\\U{code:08X}"),
        };
        escape.chars().for_each(|letter| self.put(letter));
    }

    pub(super) fn literal(&mut self, text: &str, indent: Option<usize>) {
        let inner = indent.map_or(2, |indent| indent + 2);
        self.indicator("|", true, false);
        if text.starts_with(|first| first == ' ' || is_break(first)) {
            self.indicator("2", false, false);
        }
        let mut from_end = text.chars().rev().map(is_break);
        let chomping = match (from_end.next(), from_end.next()) {
            (Some(true), None | Some(true)) => "+",
            (Some(true), _) => "",
            _ => "-",
        };
        self.indicator(chomping, false, false);
        self.put_break('\n');
        self.is_indenting = true;
        self.is_after_space = true;
        let mut after_break = true;
        for letter in text.chars() {
            if is_break(letter) {
                self.put_break(letter);
                self.is_indenting = true;
                after_break = true;
                continue;
            }
            if after_break {
                self.start_line(inner);
            }
            self.put(letter);
            self.is_indenting = false;
            after_break = false;
        }
    }
}
