//! A YAML document as a tree that remembers where each part stands, so that every problem can name its line.

use std::borrow::Cow;

use serde_json::Value as Json;

pub use crate::golang::yaml::Mark;

/// One value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub mark: Mark,
    /// What it is.
    pub content: Content,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Anything but a list or map, as it reads: `1.10` is the number 1.1, and its text is kept for messages.
    Scalar {
        /// As written.
        text: String,
        /// Null, a truth value, a number or a text.
        value: Json,
    },
    /// A list.
    List(Vec<Node>),
    /// A map in the file's order, its keys unique.
    Map(Vec<Entry>),
}

/// One key of a map with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub mark: Mark,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// A null at the start of a file: what an empty file reads as.
    #[must_use]
    pub fn null() -> Node {
        Node {
            mark: Mark { line: 1, column: 1 },
            content: Content::Scalar {
                text: String::new(),
                value: Json::Null,
            },
        }
    }
    /// The value of a key of a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.content {
            Content::Map(entries) => entries
                .iter()
                .find(|entry| entry.key == key)
                .map(|entry| &entry.value),
            _ => None,
        }
    }
    /// The text, where it reads as one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar {
                value: Json::String(text),
                ..
            } => Some(text),
            _ => None,
        }
    }
    /// Null?
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(
            &self.content,
            Content::Scalar {
                value: Json::Null,
                ..
            }
        )
    }
    /// The data without places.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match &self.content {
            Content::Scalar { value, .. } => value.clone(),
            Content::List(items) => items.iter().map(Node::to_json).collect(),
            Content::Map(entries) => Json::Object(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.value.to_json()))
                    .collect(),
            ),
        }
    }
    /// What it is, for messages: `a list`, ``the number `1.10` ``. Texts are not quoted, since they may be secret.
    #[must_use]
    pub fn describe(&self) -> Cow<'static, str> {
        match &self.content {
            Content::List(_) => "a list".into(),
            Content::Map(_) => "a map".into(),
            Content::Scalar { text, value } => match value {
                Json::Null => "nothing".into(),
                Json::Bool(_) => format!("the truth value `{text}`").into(),
                Json::Number(_) => format!("the number `{text}`").into(),
                _ => "a text".into(),
            },
        }
    }
}
