//! The syntax tree. Immutable, free of run-time values, shared between threads. Displaying a node prints it
//! as Go does in error messages: single spaces, literals in their original spelling.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::number::Number;

/// The text that trees were parsed from.
#[derive(Debug)]
pub struct Source {
    /// The name under which it was parsed: a chart path, or `gotpl`.
    pub name: Arc<str>,
    /// The template itself.
    pub text: Arc<[u8]>,
}

/// One template: a file, or a `define` in it.
#[derive(Debug)]
pub struct Tree {
    /// The template's name.
    pub name: Arc<str>,
    /// Where it stands.
    pub source: Arc<Source>,
    pub(super) body: Arc<[Node]>,
}

#[derive(Debug)]
pub(super) enum Node {
    /// A piece of the source.
    Text(Range<usize>),
    Action(Pipe),
    If(Branch),
    With(Branch),
    Range(Branch),
    Template(Call),
    Break,
    Continue,
}

/// The three parts of `if`, `with` and `range`.
#[derive(Debug)]
pub(super) struct Branch {
    pub pipe: Pipe,
    pub body: Vec<Node>,
    pub otherwise: Option<Vec<Node>>,
}

/// `{{template "name" pipe}}`.
#[derive(Debug)]
pub(super) struct Call {
    pub pos: usize,
    pub name: Arc<str>,
    pub pipe: Option<Pipe>,
}

#[derive(Debug)]
pub(super) struct Pipe {
    pub pos: usize,
    /// Declared or assigned variables.
    pub variables: Vec<Arc<str>>,
    pub is_assignment: bool,
    pub commands: Vec<Command>,
}

#[derive(Debug)]
pub(super) struct Command {
    pub pos: usize,
    /// What is called or read, then the arguments.
    pub words: Vec<Term>,
}

#[derive(Debug)]
pub(super) struct Term {
    pub pos: usize,
    pub kind: TermKind,
}

#[derive(Debug)]
pub(super) enum TermKind {
    Bool(bool),
    Nil,
    Dot,
    Number(Box<Number>),
    Str { quoted: Box<str>, text: Box<[u8]> },
    Field(Fields),
    Variable { name: Arc<str>, fields: Fields },
    Function(&'static str),
    Pipe(Box<Pipe>),
    Chain { start: Box<Term>, fields: Fields },
}

/// Names one below the other as they are written, each with its dot: `.Values.image`. One allocation, however many.
#[derive(Debug, Default)]
pub(super) struct Fields(Box<str>);

impl Fields {
    /// The names but the last, and the last; `None` where there is none.
    pub fn split_last(&self) -> Option<(impl Iterator<Item = &str>, &str)> {
        let (before, last) = self.0.rsplit_once('.')?;
        Some((before.split('.').skip(1), last))
    }
}

impl From<String> for Fields {
    fn from(text: String) -> Self {
        Fields(text.into())
    }
}

impl From<Fields> for String {
    fn from(fields: Fields) -> Self {
        fields.0.into()
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Tree {
    /// Only white space and definitions? Then it never replaces another template of its name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let text = &self.source.text;
        let is_blank = |node: &Node| match node {
            Node::Text(range) => text
                .get(range.clone())
                .unwrap_or_default()
                .trim_ascii()
                .is_empty(),
            _ => false,
        };
        self.body.iter().all(is_blank)
    }
}

impl Source {
    /// Line from 1, and bytes from the line's start to `pos`, as Go counts.
    #[must_use]
    pub fn line_and_column(&self, pos: usize) -> (usize, usize) {
        let before = self.text.get(..pos).unwrap_or(&self.text);
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |newline| newline + 1);
        let newlines = before.iter().filter(|byte| **byte == b'\n').count();
        (newlines + 1, before.len() - line_start)
    }
}

impl fmt::Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.variables.is_empty() {
            let sign = if self.is_assignment { "=" } else { ":=" };
            write!(f, "{} {sign} ", self.variables.join(", "))?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            f.write_str(if index > 0 { " | " } else { "" })?;
            command.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.words.iter().enumerate() {
            f.write_str(if index > 0 { " " } else { "" })?;
            match &word.kind {
                TermKind::Pipe(pipe) => write!(f, "({pipe})")?,
                _ => word.fmt(f)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            TermKind::Bool(value) => value.fmt(f),
            TermKind::Nil => f.write_str("nil"),
            TermKind::Dot => f.write_str("."),
            TermKind::Number(number) => f.write_str(&number.text),
            TermKind::Str { quoted, .. } => f.write_str(quoted),
            TermKind::Field(fields) => fields.fmt(f),
            TermKind::Variable { name, fields } => {
                f.write_str(name)?;
                fields.fmt(f)
            }
            TermKind::Function(name) => f.write_str(name),
            TermKind::Pipe(pipe) => pipe.fmt(f),
            TermKind::Chain { start, fields } => {
                match &start.kind {
                    TermKind::Pipe(pipe) => write!(f, "({pipe})")?,
                    _ => start.fmt(f)?,
                }
                fields.fmt(f)
            }
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{template {}", super::error::quoted(self.name.as_bytes()))?;
        if let Some(pipe) = &self.pipe {
            write!(f, " {pipe}")?;
        }
        f.write_str("}}")
    }
}
