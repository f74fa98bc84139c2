//! From YAML text to nodes, within limits.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use libyaml_safer::{Event, EventData, Parser, ScalarStyle};
use serde_json::Value as Json;

use super::node::{Content, Entry, Mark, Node};
use super::scalar;

/// Lists and maps inside each other; real files stay under 30, and deeper trees would cost stack in all that walks them.
pub const MAX_DEPTH: usize = 100;
/// Nodes of one file, aliases counted as often as they are used: a defence against alias bombs.
pub const MAX_NODES: usize = 500_000;

/// Why a text is no document of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Where.
    pub mark: Mark,
    /// What is wrong.
    pub message: String,
}

/// Reads the only document of a text; an empty text is null.
///
/// # Errors
/// Not YAML, more than one document, a duplicate key, a limit.
pub fn document(text: &str) -> Result<Node, ParseError> {
    let mut documents = documents(text)?;
    match documents.len() {
        0 => Ok(Node::null()),
        1 => Ok(documents.remove(0)),
        _ => Err(ParseError {
            mark: documents[1].mark,
            message: "a second document begins here, but the file may hold only one".to_owned(),
        }),
    }
}

/// Reads all documents of a text; those that are empty are left out.
///
/// # Errors
/// Not YAML, a duplicate key, a limit.
pub fn documents(text: &str) -> Result<Vec<Node>, ParseError> {
    if let Some((mark, letter)) = forbidden_character(text) {
        let message = format!(
            "not YAML: the character U+{:04X} is not allowed",
            u32::from(letter)
        );
        return Err(ParseError { mark, message });
    }
    let mut input = text.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut input);
    let mut composer = Composer {
        parser,
        anchors: HashMap::new(),
        nodes: 0,
        last: Mark { line: 1, column: 1 },
    };
    let mut found = Vec::new();
    loop {
        let event = composer.next()?;
        match event.data {
            EventData::StreamEnd => return Ok(found),
            EventData::DocumentStart { .. } => {
                composer.anchors.clear();
                let first = composer.next()?;
                let node = composer.node(first, 0)?;
                if !(node.is_null() && is_empty_scalar(&node)) {
                    found.push(node);
                }
            }
            _ => {}
        }
    }
}

fn is_empty_scalar(node: &Node) -> bool {
    matches!(&node.content, Content::Scalar { text, .. } if text.is_empty())
}

struct Composer<'t, 'b> {
    parser: Parser<&'t mut &'b [u8]>,
    /// Anchor → node and how many nodes it holds.
    anchors: HashMap<String, (Node, usize)>,
    nodes: usize,
    /// The end of the last event.
    last: Mark,
}

impl Composer<'_, '_> {
    fn next(&mut self) -> Result<Event, ParseError> {
        // The library (libyaml-safer 0.3.0) panics on a few broken texts, such as a backslash at the end or a comma
        // after a tag: an error like any other, since it is not used again after one.
        let result = catch_unwind(AssertUnwindSafe(|| self.parser.parse()));
        let (mark, message) = match result {
            Ok(Ok(event)) => {
                self.last = mark_of(event.end_mark);
                return Ok(event);
            }
            Ok(Err(error)) => (
                error.problem_mark().map_or(self.last, mark_of),
                plain_words(&error),
            ),
            Err(_) => (self.last, "it breaks off after this".to_owned()),
        };
        let message = format!("not YAML: {message}");
        Err(ParseError { mark, message })
    }

    fn node(&mut self, event: Event, depth: usize) -> Result<Node, ParseError> {
        let mark = mark_of(event.start_mark);
        self.count(1, mark)?;
        if depth > MAX_DEPTH {
            let message = format!("lists and maps are nested deeper than {MAX_DEPTH} levels");
            return Err(ParseError { mark, message });
        }
        let before = self.nodes;
        let (anchor, content) = match event.data {
            EventData::Alias { anchor } => return self.alias(&anchor, mark),
            EventData::Scalar {
                anchor,
                tag,
                value,
                style,
                ..
            } => {
                let is_text = is_text_tag(tag.as_deref(), mark)? || style != ScalarStyle::Plain;
                if !is_text && scalar::is_not_finite(&value) {
                    let message = format!("`{value}` is no number that JSON knows; quote it");
                    return Err(ParseError { mark, message });
                }
                (anchor, scalar_content(value, is_text))
            }
            EventData::SequenceStart { anchor, .. } => (anchor, self.list(depth)?),
            EventData::MappingStart { anchor, .. } => (anchor, self.map(depth)?),
            _ => {
                let message = "not YAML: a value is expected here".to_owned();
                return Err(ParseError { mark, message });
            }
        };
        let node = Node { mark, content };
        if let Some(anchor) = anchor {
            let size = self.nodes - before + 1;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok(node)
    }

    fn count(&mut self, more: usize, mark: Mark) -> Result<(), ParseError> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let message = format!("more than {MAX_NODES} values, aliases counted as often as they are used");
        Err(ParseError { mark, message })
    }

    fn alias(&mut self, anchor: &str, mark: Mark) -> Result<Node, ParseError> {
        let Some(size) = self.anchors.get(anchor).map(|(_, size)| *size) else {
            let message = format!("unknown anchor `{anchor}`");
            return Err(ParseError { mark, message });
        };
        self.count(size, mark)?;
        Ok(self.anchors[anchor].0.clone())
    }

    fn list(&mut self, depth: usize) -> Result<Content, ParseError> {
        let mut items = Vec::new();
        loop {
            let event = self.next()?;
            if matches!(event.data, EventData::SequenceEnd) {
                return Ok(Content::List(items));
            }
            items.push(self.node(event, depth + 1)?);
        }
    }

    fn map(&mut self, depth: usize) -> Result<Content, ParseError> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: HashMap<String, Mark> = HashMap::new();
        let mut merged = Vec::new();
        loop {
            let event = self.next()?;
            if matches!(event.data, EventData::MappingEnd) {
                merge_in(&mut entries, merged);
                return Ok(Content::Map(entries));
            }
            let is_plain =
                matches!(&event.data, EventData::Scalar { style, .. } if *style == ScalarStyle::Plain);
            let key_node = self.node(event, depth + 1)?;
            let (key, mark) = (key_text(&key_node)?, key_node.mark);
            let value_event = self.next()?;
            let value = self.node(value_event, depth + 1)?;
            if key == "<<" && is_plain {
                merged.extend(merge_sources(value)?);
                continue;
            }
            if let Some(first) = seen.insert(key.clone(), mark) {
                let message = format!("duplicate key `{key}`: it stands in line {} already", first.line);
                return Err(ParseError { mark, message });
            }
            entries.push(Entry { key, mark, value });
        }
    }
}

/// The maps that a merge key (`<<`) names, first wins.
fn merge_sources(value: Node) -> Result<Vec<Vec<Entry>>, ParseError> {
    let mark = value.mark;
    let wrong = || ParseError {
        mark,
        message: "`<<` takes a map, or a list of maps".to_owned(),
    };
    let sources = match value.content {
        Content::List(items) => items,
        content => vec![Node { mark, content }],
    };
    sources
        .into_iter()
        .map(|source| match source.content {
            Content::Map(entries) => Ok(entries),
            _ => Err(wrong()),
        })
        .collect()
}

fn merge_in(entries: &mut Vec<Entry>, sources: Vec<Vec<Entry>>) {
    let mut known: HashSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
    for entry in sources.into_iter().flatten() {
        if known.insert(entry.key.clone()) {
            entries.push(entry);
        }
    }
}

/// Keys are texts to Helm: `1: x` is the key `1`, `yes: x` the key `true`.
fn key_text(node: &Node) -> Result<String, ParseError> {
    match &node.content {
        Content::Scalar { value, .. } => match value {
            Json::String(text) => Ok(text.clone()),
            Json::Bool(value) => Ok(value.to_string()),
            Json::Number(number) if number.is_i64() => Ok(number.to_string()),
            _ => Err(wrong_key(node)),
        },
        _ => Err(wrong_key(node)),
    }
}

fn wrong_key(node: &Node) -> ParseError {
    ParseError {
        mark: node.mark,
        message: format!("a key must be a text, but is {}; quote it", node.describe()),
    }
}

/// Does this tag make a text of a plain scalar? Other tags convert in ways that nobody expects of a values file.
fn is_text_tag(tag: Option<&str>, mark: Mark) -> Result<bool, ParseError> {
    match tag {
        None => Ok(false),
        Some("tag:yaml.org,2002:str") => Ok(true),
        Some(other) => {
            let message = format!("the tag `{other}` is not supported; quote the text instead");
            Err(ParseError { mark, message })
        }
    }
}

fn scalar_content(text: String, is_text: bool) -> Content {
    let value = if is_text {
        Json::String(text.clone())
    } else {
        scalar::resolve(&text)
    };
    Content::Scalar { text, value }
}

fn mark_of(mark: libyaml_safer::Mark) -> Mark {
    let from_one = |number: u64| u32::try_from(number.saturating_add(1)).unwrap_or(u32::MAX);
    Mark {
        line: from_one(mark.line),
        column: from_one(mark.column),
    }
}

/// The library's words, without its own account of places.
fn plain_words(error: &libyaml_safer::Error) -> String {
    match error.context() {
        Some(context) => format!("{} {context}", error.problem()),
        None => error.problem().to_owned(),
    }
}

/// The first character that YAML does not allow in a file: the library does not say where it stands.
fn forbidden_character(text: &str) -> Option<(Mark, char)> {
    let is_allowed = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
    for (index, line) in text.split('\n').enumerate() {
        if let Some((column, letter)) = line.chars().enumerate().find(|(_, letter)| !is_allowed(*letter)) {
            let from_one = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
            let mark = Mark {
                line: from_one(index),
                column: from_one(column),
            };
            return Some((mark, letter));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check_error(text: &str, line: u32, column: u32, message: &str) {
        let error = document(text).unwrap_err();
        assert_eq!(
            (error.mark.line, error.mark.column, error.message.as_str()),
            (line, column, message),
            "{text}"
        );
    }

    #[test]
    fn nodes_know_their_places() {
        let node = document("a: 1\nb:\n  - x\n  - {c: 2}\n").unwrap();
        assert_eq!(node.to_json(), json!({"a": 1, "b": ["x", {"c": 2}]}));
        let Content::List(items) = &node.get("b").unwrap().content else {
            unreachable!()
        };
        assert_eq!(items[1].mark, Mark { line: 4, column: 5 });
    }

    #[test]
    fn anchors_and_merge_keys_work() {
        let text = "base: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  z: 3\n";
        assert_eq!(document(text).unwrap().to_json()["use"], json!({"z": 3, "x": 1}));
    }

    #[test]
    fn quoted_scalars_are_texts() {
        assert_eq!(
            document("[\"1\", '~', !!str 2]").unwrap().to_json(),
            json!(["1", "~", "2"])
        );
    }

    #[test]
    fn what_is_not_yaml_is_told_with_its_place() {
        check_error(
            "a: 1\na: 2\n",
            2,
            1,
            "duplicate key `a`: it stands in line 1 already",
        );
        check_error(
            "a: 1\n---\nb: 2\n",
            3,
            1,
            "a second document begins here, but the file may hold only one",
        );
        check_error("a: *x\n", 1, 4, "unknown anchor `x`");
        check_error(
            "? [a]\n: 1\n",
            1,
            3,
            "a key must be a text, but is a list; quote it",
        );
    }

    #[test]
    fn texts_on_which_the_library_panics_are_errors() {
        for text in ["a: \"\\", "a: 1\nb: [!x,y]", "[!<tag:x>,"] {
            let error = document(text).unwrap_err();
            assert!(error.message.starts_with("not YAML"), "{text}: {error:?}");
        }
    }

    #[test]
    fn bombs_are_refused() {
        let deep = "[".repeat(200_000);
        assert!(document(&deep).unwrap_err().message.contains("nested deeper"));
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let uses = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{uses}]\n"));
        }
        assert!(document(&bomb).unwrap_err().message.contains("more than 500000"));
    }

    #[test]
    fn an_empty_file_is_null() {
        assert!(document("").unwrap().is_null());
        assert!(document("# only a comment\n").unwrap().is_null());
    }
}
