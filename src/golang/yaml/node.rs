//! A document as it is written: nodes with their places, before any of them means anything.

use std::rc::Rc;

use super::scan::Place;

/// A place in a text: line and column, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

impl From<Place> for Mark {
    fn from(place: Place) -> Mark {
        let line = u32::try_from(place.line).unwrap_or(u32::MAX);
        let column = u32::try_from(place.column).unwrap_or(0);
        Mark {
            line: line.saturating_add(1),
            column: column.saturating_add(1),
        }
    }
}

/// A node of a document.
#[derive(Debug)]
pub struct Node {
    /// Where it begins: at its anchor or tag, if it has one.
    pub mark: Mark,
    /// What it is.
    pub content: Content,
}

/// What a node holds. An alias shares the node that its anchor names.
#[derive(Debug)]
pub enum Content {
    /// Text.
    Scalar {
        /// Without quotes, escapes and indentation.
        value: String,
        /// The whole tag, such as `tag:yaml.org,2002:str`.
        tag: Option<String>,
        /// Not quoted, and without a tag: its text tells whether it is a number.
        is_implicit: bool,
    },
    /// A list.
    Sequence(Vec<Rc<Node>>),
    /// Keys with their values, in the order of the text.
    Mapping(Vec<Entry>),
    /// `*name`
    Alias(Rc<Node>),
}

/// A key and its value.
pub type Entry = (Rc<Node>, Rc<Node>);

impl Node {
    /// A node that is not written.
    pub(super) fn empty(place: Place) -> Rc<Node> {
        let content = Content::Scalar {
            value: String::new(),
            tag: None,
            is_implicit: true,
        };
        Rc::new(Node {
            mark: place.into(),
            content,
        })
    }
}

/// What keeps a text from being YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where, if it is known.
    pub mark: Option<Mark>,
    /// What, in the library's words.
    pub problem: String,
    /// The line that the library names, as it counts; 0 is none.
    pub(super) shown: usize,
}

impl SyntaxError {
    pub(super) fn new(problem: impl Into<String>) -> Self {
        SyntaxError {
            mark: None,
            problem: problem.into(),
            shown: 0,
        }
    }
    pub(super) fn at(place: Place, shown: usize, problem: &str) -> Self {
        SyntaxError {
            mark: Some(place.into()),
            problem: problem.to_owned(),
            shown,
        }
    }
}
