//! Handlebars, strictly: templates parsed by the `handlebars` crate, evaluated here, so that every
//! substitution is known by its place and type, and a missing parameter is an error with its path.

mod blocks;
mod eval;
mod helpers;
mod path;
pub mod quote;
mod scope;
mod source;

pub use eval::{Rendered, Substitution, render};
pub use source::{Source, paths};

use super::node::Mark;

/// Why a template does not render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// Where in the template.
    pub mark: Mark,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl TemplateError {
    fn new(mark: Mark, message: impl Into<String>) -> Self {
        TemplateError {
            mark,
            message: message.into(),
            hint: None,
        }
    }
    fn hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }
}
