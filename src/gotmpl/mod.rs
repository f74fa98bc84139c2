//! Go's text/template: lexer, parser, syntax tree, execution, built-in functions, errors. Pure.

mod ast;
mod builtins;
pub mod error;
mod exec;
mod held;
mod lex;
mod number;
mod parse;
mod quote;
mod set;
#[cfg(test)]
mod tests;

pub use ast::{Source, Tree};
pub use error::{Cause, Error, ErrorKind};
pub use exec::{Context, MissingKey, Options, execute, execute_named};
pub use parse::{Parsed, parse};
pub use set::{Functions, Templates, builtin};
