//! Reading typed fields out of nodes, collecting every problem on the way.

use std::time::Duration;

use serde_json::Value as Json;

use super::nearest::advice;
use super::node::{Content, Entry, Mark, Node};
use super::parse::{self, ParseError};
use crate::base::files::FileSet;
use crate::base::report::Problem;

/// The largest YAML file read, in bytes: ten times any real one, small enough to hold and copy.
pub const MAX_FILE_BYTES: usize = 1 << 20;

/// The text of one file, and the problems found in it.
pub struct Reader<'a> {
    /// Path in the repository.
    pub file: &'a str,
    text: &'a str,
    /// May excerpts of the file be shown? Not where it may hold secrets.
    shows_excerpts: bool,
    /// Found so far.
    pub problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    /// A reader of a file's text. Excerpts are only for files that hold no secrets.
    #[must_use]
    pub fn new(file: &'a str, text: &'a str, shows_excerpts: bool) -> Self {
        Reader {
            file,
            text,
            shows_excerpts,
            problems: Vec::new(),
        }
    }

    /// Notes a problem at a place.
    pub fn problem(&mut self, mark: Mark, message: impl Into<String>) -> &mut Problem {
        let mut problem = Problem::in_file(self.file, message).at(mark.line, mark.column);
        problem.excerpt = self.excerpt(mark.line);
        self.problems.push(problem);
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// The line. Long ones help nobody.
    fn excerpt(&self, line: u32) -> Option<String> {
        const MAX_LENGTH: usize = 200;
        let text = self.text.lines().nth(line.checked_sub(1)? as usize)?;
        (self.shows_excerpts && text.len() <= MAX_LENGTH).then(|| text.trim_end().to_owned())
    }

    /// Reads a part that may hold secrets: its problems carry no excerpts.
    pub fn in_private<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.shows_excerpts, false);
        let result = read(self);
        self.shows_excerpts = before;
        result
    }

    /// The file's only document.
    pub fn document(&mut self) -> Option<Node> {
        match parse::document(self.text) {
            Ok(node) => Some(node),
            Err(ParseError { mark, message }) => {
                // What does not parse cannot be told apart from a secret's given text.
                self.in_private(|reader| reader.problem(mark, message).clone());
                None
            }
        }
    }

    /// The entries of a map whose keys are all known; notes unknown ones. `what` is for messages.
    pub fn fields<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Option<Fields<'n>> {
        let Content::Map(entries) = &node.content else {
            self.wrong_type(node, what, "a map");
            return None;
        };
        for entry in entries
            .iter()
            .filter(|entry| !known.contains(&entry.key.as_str()))
        {
            let hint = advice(&entry.key, known.iter().copied())
                .unwrap_or_else(|| format!("known keys: {}", known.join(", ")));
            let message = format!("unknown key `{}` in {what}", entry.key);
            self.problem(entry.mark, message).hint = Some(hint);
        }
        Some(Fields {
            mark: node.mark,
            what: what.to_owned(),
            entries,
        })
    }

    /// Notes that a value is of the wrong type.
    pub fn wrong_type(&mut self, node: &Node, what: &str, expected: &str) {
        let message = format!("{what} must be {expected}, but is {}", node.describe());
        self.problem(node.mark, message);
    }

    /// A text. A number where a version is meant is told to be quoted.
    pub fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        if let Some(text) = node.as_str() {
            return Some(text);
        }
        match &node.content {
            Content::Scalar { text, value } if !value.is_null() => {
                let message = format!("{what} must be a text, but `{text}` reads as {value}");
                self.problem(node.mark, message).hint = Some(format!("quote it: \"{text}\""));
            }
            _ => self.wrong_type(node, what, "a text"),
        }
        None
    }

    /// A text that is not empty.
    pub fn filled_text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        let text = self.text(node, what)?;
        if text.is_empty() {
            self.problem(node.mark, format!("{what} is empty"));
            return None;
        }
        Some(text)
    }

    /// A checked name.
    pub fn name<T: std::str::FromStr<Err = E>, E: std::fmt::Display>(
        &mut self,
        node: &Node,
        what: &str,
    ) -> Option<T> {
        let text = self.text(node, what)?;
        match text.parse() {
            Ok(name) => Some(name),
            Err(error) => {
                self.problem(node.mark, error.to_string());
                None
            }
        }
    }

    /// A truth value.
    pub fn boolean(&mut self, node: &Node, what: &str) -> Option<bool> {
        match &node.content {
            Content::Scalar {
                value: Json::Bool(value),
                ..
            } => Some(*value),
            _ => {
                self.wrong_type(node, what, "true or false");
                None
            }
        }
    }

    /// A whole number of at most `max`.
    pub fn number(&mut self, node: &Node, what: &str, max: u64) -> Option<u64> {
        let found = match &node.content {
            Content::Scalar {
                value: Json::Number(value),
                ..
            } => value.as_u64(),
            _ => None,
        };
        if found.is_none_or(|value| value > max) {
            self.wrong_type(node, what, &format!("a whole number from 0 to {max}"));
            return None;
        }
        found
    }

    /// A length of time such as `90s`, `10m`, `1h30m`.
    pub fn duration(&mut self, node: &Node, what: &str) -> Option<Duration> {
        let text = self.text(node, what)?;
        match parse_duration(text) {
            Some(duration) if !duration.is_zero() => Some(duration),
            _ => {
                let message = format!(
                    "{what} must be a length of time above zero such as `90s`, `10m` or `1h30m`, but is `{text}`"
                );
                self.problem(node.mark, message);
                None
            }
        }
    }

    /// One of some words.
    pub fn choice<T: Copy>(&mut self, node: &Node, what: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(node, what)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let near = advice(text, all.iter().copied());
            let message = format!("{what} must be one of {}, but is `{text}`", all.join(", "));
            self.problem(node.mark, message).hint = near;
        }
        found.map(|(_, value)| *value)
    }

    /// The items of a list.
    pub fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.content {
            Content::List(items) => items,
            _ => {
                self.wrong_type(node, what, "a list");
                &[]
            }
        }
    }

    /// Notes that something well-formed is not supported yet.
    pub fn not_supported(&mut self, mark: Mark, what: &str, instead: &str) {
        self.problem(mark, format!("{what} is not supported yet")).hint = Some(instead.to_owned());
    }
}

/// The entries of a map that was checked for unknown keys.
pub struct Fields<'n> {
    /// Where the map begins.
    pub mark: Mark,
    /// What it is, for messages.
    pub what: String,
    entries: &'n [Entry],
}

impl<'n> Fields<'n> {
    /// A key's value; a null counts as absent.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|entry| &entry.value)
    }
    /// A key with its value; a null counts as absent.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&'n Entry> {
        self.entries
            .iter()
            .find(|entry| entry.key == key && !entry.value.is_null())
    }
    /// The value of a key that must be there.
    pub fn required(&self, reader: &mut Reader<'_>, key: &str) -> Option<&'n Node> {
        let found = self.get(key);
        if found.is_none() {
            reader.problem(self.mark, format!("{} lacks `{key}`", self.what));
        }
        found
    }
    /// The name of a field for messages: ``component `x`: `version` ``.
    #[must_use]
    pub fn path(&self, key: &str) -> String {
        format!("`{key}` of {}", self.what)
    }
}

/// The text of a file of the repository, within [`MAX_FILE_BYTES`] and in UTF-8.
///
/// # Errors
/// The problem, without a place where the file is not there.
pub fn file_text<'f>(files: &'f FileSet, path: &str) -> Result<&'f str, Problem> {
    let Some(bytes) = files.get(path) else {
        return Err(Problem::in_file(path, "no such file in the repository"));
    };
    if bytes.len() > MAX_FILE_BYTES {
        let message = format!(
            "the file holds {} bytes, more than the {MAX_FILE_BYTES} allowed",
            bytes.len()
        );
        return Err(Problem::in_file(path, message).at(1, 1));
    }
    std::str::from_utf8(bytes)
        .map(|text| text.strip_prefix('\u{feff}').unwrap_or(text))
        .map_err(|error| {
            let before = &bytes[..error.valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            Problem::in_file(path, "not UTF-8").at(u32::try_from(line).unwrap_or(u32::MAX), 1)
        })
}

/// Go's notation of durations, without signs and fractions: `1h30m`, `90s`, `500ms`.
fn parse_duration(text: &str) -> Option<Duration> {
    // A year: longer is a slip, and sums stay far from overflow.
    const MAX: Duration = Duration::from_secs(365 * 24 * 3600);
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let unit = after
            .find(|letter: char| letter.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let milliseconds: u64 = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        let number: u64 = number.parse().ok()?;
        total = total.checked_add(Duration::from_millis(number.checked_mul(milliseconds)?))?;
        rest = after;
    }
    (!text.is_empty() && total <= MAX).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_in_go() {
        for (text, expected) in [
            ("90s", Some(90_000)),
            ("1h30m", Some(5_400_000)),
            ("500ms", Some(500)),
            ("10", None),
            ("", None),
            ("10x", None),
            ("m", None),
            ("99999999999999999999h", None),
            ("9999999h", None),
        ] {
            assert_eq!(
                parse_duration(text),
                expected.map(Duration::from_millis),
                "{text}"
            );
        }
    }
}
