//! What can go wrong in templates, in Go's words, with its place and the chain of calls.

use std::error::Error as StdError;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use crate::golang::{Str, Value, fmt as gofmt};

/// A template that cannot be parsed or executed. One pointer wide.
#[derive(Clone)]
pub struct Error(Rc<Repr>);

struct Repr {
    kind: ErrorKind,
    template: Arc<str>,
    line: usize,
    column: usize,
    detail: String,
    cause: Cause,
    is_limit: bool,
}

/// What was being done when it went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Reading the template's text.
    Parse,
    /// Executing it.
    Execute {
        /// The template (a file or a `define`) that was being executed.
        executing: Arc<str>,
        /// The node that failed, printed.
        node: String,
    },
    /// Looking for a template by name.
    NotFound,
}

/// Where a failure came from.
#[derive(Clone)]
pub enum Cause {
    /// The template itself.
    None,
    /// A function that failed with a plain text.
    Function,
    /// A function that failed with an error of its own, whose text follows the detail.
    Nested(Rc<dyn StdError>),
    /// A function that failed with an error whose text is part of the detail already.
    Told(Rc<dyn StdError>),
}

/// Where an [`Error`] happened, before its detail is known.
pub(super) struct Place {
    pub template: Arc<str>,
    pub line: usize,
    pub column: usize,
    pub executing: Arc<str>,
    pub node: String,
}

impl Error {
    pub(super) fn parse(template: &Arc<str>, line: usize, detail: String) -> Self {
        Error(Rc::new(Repr {
            kind: ErrorKind::Parse,
            template: Arc::clone(template),
            line,
            column: 0,
            detail,
            cause: Cause::None,
            is_limit: false,
        }))
    }

    pub(super) fn execute(place: Place, detail: String, cause: Cause, is_limit: bool) -> Self {
        Error(Rc::new(Repr {
            kind: ErrorKind::Execute {
                executing: place.executing,
                node: place.node,
            },
            template: place.template,
            line: place.line,
            column: place.column,
            detail,
            cause,
            is_limit,
        }))
    }

    /// No template of this name in the set (which Helm calls `gotpl`).
    #[must_use]
    pub fn not_found(name: &[u8]) -> Self {
        Error(Rc::new(Repr {
            kind: ErrorKind::NotFound,
            template: Arc::from(""),
            line: 0,
            column: 0,
            detail: format!("no template {} associated with template \"gotpl\"", quoted(name)),
            cause: Cause::None,
            is_limit: false,
        }))
    }

    /// What was being done.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }
    /// The name of the parsed text.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.0.template
    }
    /// Counted from 1; 0 where there is no place.
    #[must_use]
    pub fn line(&self) -> usize {
        self.0.line
    }
    /// Bytes from the start of the line, counted from 0.
    #[must_use]
    pub fn column(&self) -> usize {
        self.0.column
    }
    /// The message without its place.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }
    /// What lies beneath.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        &self.0.cause
    }
    /// A budget ran out.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        self.0.is_limit
    }
    /// `name:line:col`, or `name:line` for parse errors.
    #[must_use]
    pub fn location(&self) -> String {
        let Repr {
            template,
            line,
            column,
            ..
        } = &*self.0;
        match &self.0.kind {
            ErrorKind::Parse => format!("{template}:{line}"),
            ErrorKind::Execute { .. } => format!("{template}:{line}:{column}"),
            ErrorKind::NotFound => String::new(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = &self.0.detail;
        match &self.0.kind {
            ErrorKind::NotFound => write!(f, "template: {detail}"),
            ErrorKind::Parse => write!(f, "template: {}: {detail}", self.location()),
            ErrorKind::Execute { executing, node } => {
                let executing = quoted(executing.as_bytes());
                let location = self.location();
                write!(
                    f,
                    "template: {location}: executing {executing} at <{node}>: {detail}"
                )?;
                match &self.0.cause {
                    Cause::Nested(inner) => fmt::Display::fmt(inner, f),
                    Cause::None | Cause::Function | Cause::Told(_) => Ok(()),
                }
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            Cause::Nested(error) | Cause::Told(error) => Some(&**error),
            Cause::None | Cause::Function => None,
        }
    }
}

/// Go's `%q`.
#[must_use]
pub fn quoted(text: &[u8]) -> String {
    gofmt::sprintf(b"%q", &[Value::Str(Str::from(text))])
        .to_text()
        .into_owned()
}
