//! From YAML text to nodes, within limits.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use serde_json::Value as Json;

use super::node::{Content, Entry, Mark, Node};
use super::scalar;
use crate::golang::yaml::{self, Content as Written, SyntaxError};

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
    let written = yaml::documents(text).map_err(|error| not_yaml(&error))?;
    let mut reader = Reader { nodes: 0 };
    written
        .iter()
        .filter(|node| !is_empty(node))
        .map(|node| reader.node(node, 0))
        .collect()
}

fn not_yaml(error: &SyntaxError) -> ParseError {
    ParseError {
        mark: error.mark.unwrap_or(Mark { line: 1, column: 1 }),
        message: format!("not YAML: {}", error.problem),
    }
}

fn is_empty(node: &yaml::Node) -> bool {
    matches!(&node.content, Written::Scalar { value, is_implicit: true, .. } if value.is_empty())
}

struct Reader {
    /// Nodes so far.
    nodes: usize,
}

impl Reader {
    fn node(&mut self, written: &yaml::Node, depth: usize) -> Result<Node, ParseError> {
        let mark = written.mark;
        self.count(mark)?;
        if depth > MAX_DEPTH {
            let message = format!("lists and maps are nested deeper than {MAX_DEPTH} levels");
            return Err(ParseError { mark, message });
        }
        let content = match &written.content {
            Written::Alias(target) => return self.node(target, depth),
            Written::Sequence(items) => {
                let nodes = items.iter().map(|item| self.node(item, depth + 1));
                Content::List(nodes.collect::<Result<_, _>>()?)
            }
            Written::Mapping(entries) => Content::Map(self.map(entries, depth)?),
            Written::Scalar {
                value,
                tag,
                is_implicit,
            } => {
                let is_text = is_text_tag(tag.as_deref(), mark)? || !is_implicit;
                scalar_content(value, is_text, mark)?
            }
        };
        Ok(Node { mark, content })
    }

    fn count(&mut self, mark: Mark) -> Result<(), ParseError> {
        self.nodes += 1;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let message = format!("more than {MAX_NODES} values, aliases counted as often as they are used");
        Err(ParseError { mark, message })
    }

    fn map(
        &mut self,
        written: &[(Rc<yaml::Node>, Rc<yaml::Node>)],
        depth: usize,
    ) -> Result<Vec<Entry>, ParseError> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: HashMap<String, Mark> = HashMap::new();
        let mut merged = Vec::new();
        for (key, value) in written {
            let key_node = self.node(key, depth + 1)?;
            let (text, mark) = (key_text(&key_node)?, key.mark);
            let value = self.node(value, depth + 1)?;
            if is_merge_key(key) {
                merged.extend(merge_sources(value)?);
                continue;
            }
            if let Some(first) = seen.insert(text.clone(), mark) {
                let message = format!("duplicate key `{text}`: it stands in line {} already", first.line);
                return Err(ParseError { mark, message });
            }
            entries.push(Entry {
                key: text,
                mark,
                value,
            });
        }
        merge_in(&mut entries, merged);
        Ok(entries)
    }
}

fn is_merge_key(key: &yaml::Node) -> bool {
    matches!(&key.content, Written::Scalar { value, is_implicit: true, .. } if value == "<<")
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

fn scalar_content(text: &str, is_text: bool, mark: Mark) -> Result<Content, ParseError> {
    let value = if is_text {
        Json::String(text.to_owned())
    } else {
        scalar::resolve(text).ok_or_else(|| ParseError {
            mark,
            message: format!("`{text}` is no number that JSON knows; quote it"),
        })?
    };
    let text = text.to_owned();
    Ok(Content::Scalar { text, value })
}

/// The first character that YAML does not allow in a file: yaml.v2 does not say where it stands.
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
