//! From a template error to what Helm prints, and to what helps a person.
//! Source: helm `pkg/engine/engine.go` (`cleanupParseError`, `cleanupExecError`), v3.17 and v4.

use std::error::Error as StdError;
use std::fmt::Write as _;

use super::RenderError;
use super::host::Refused;
use crate::golang::strconv::quote;
use crate::gotmpl::{Cause, Error, ErrorKind};
use crate::helm::engines::ErrorStyle;

/// Finds the text of a template by its path.
pub(super) type Texts<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

/// A template that cannot be read: Helm shows only what follows the last colon.
pub(super) fn parsing(error: &Error, texts: &Texts<'_>) -> RenderError {
    let text = error.to_string();
    let detail = text.rsplit(": ").next().unwrap_or_default();
    RenderError {
        message: format!("parse error at ({}): {detail}", error.location()),
        ..described(error, texts)
    }
}

/// A template that failed.
pub(super) fn executing(error: &Error, style: ErrorStyle, texts: &Texts<'_>) -> RenderError {
    let message = match (refusal(error), style) {
        (Some(message), _) => format!("execution error at ({}): {message}", error.location()),
        (None, ErrorStyle::Raw) => error.to_string(),
        (None, ErrorStyle::Blocks) => blocks(error).unwrap_or_else(|| error.to_string()),
    };
    RenderError {
        message,
        ..described(error, texts)
    }
}

/// What `fail` or `required` said, somewhere beneath.
fn refusal(error: &Error) -> Option<&str> {
    let mut beneath = error.source();
    while let Some(error) = beneath {
        if let Some(Refused(message)) = error.downcast_ref() {
            return Some(message);
        }
        beneath = error.source();
    }
    None
}

/// The template errors of a chain, outermost first.
fn chain(error: &Error) -> Vec<&Error> {
    let mut found = vec![error];
    let mut beneath = error.source();
    while let Some(error) = beneath {
        found.extend(error.downcast_ref::<Error>());
        beneath = error.source();
    }
    found
}

/// Helm 4's form, one block for each level; `None` where a level is not a template error: then Go's line stays.
fn blocks(error: &Error) -> Option<String> {
    let mut out = String::new();
    let mut current = error;
    loop {
        match current.kind() {
            ErrorKind::NotFound => {
                let _ = write!(out, "{current}");
            }
            ErrorKind::Parse => {
                let _ = write!(out, "{}\n  {}", current.location(), current.detail());
            }
            ErrorKind::Execute { executing, node } => {
                let executing = quote(executing.as_bytes());
                let location = current.location();
                let detail = current.detail().trim_end_matches(' ');
                let _ = write!(
                    out,
                    "{location}\n  executing {executing} at <{node}>:\n    {detail}"
                );
            }
        }
        match current.cause() {
            Cause::None => return Some(out),
            Cause::Function | Cause::Told(_) => return None,
            Cause::Nested(inner) => current = inner.downcast_ref::<Error>()?,
        }
        out.push('\n');
    }
}

/// Trail, excerpt and limit; the message is the caller's.
fn described(error: &Error, texts: &Texts<'_>) -> RenderError {
    let chain = chain(error);
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let place = |error: &&Error| {
        (
            error.template().to_owned(),
            number(error.line()),
            number(error.column()),
        )
    };
    RenderError {
        message: String::new(),
        trail: chain.iter().filter(|error| error.line() > 0).map(place).collect(),
        excerpt: excerpt(&chain, texts),
        is_limit: chain.iter().any(|error| error.is_limit()),
        is_in_rendering: true,
        files: Vec::new(),
    }
}

/// The line of the innermost place with a caret, then the calls that led there.
fn excerpt(chain: &[&Error], texts: &Texts<'_>) -> Option<String> {
    let (at, innermost) = chain
        .iter()
        .enumerate()
        .rev()
        .find(|(_, error)| texts(error.template()).is_some() && error.line() > 0)?;
    let text = texts(innermost.template())?;
    let line = text.split(|byte| *byte == b'\n').nth(innermost.line() - 1)?;
    let line = String::from_utf8_lossy(line);
    let before: String = line
        .chars()
        .scan(0, |bytes, letter| {
            let here = *bytes;
            *bytes += letter.len_utf8();
            Some((here, letter))
        })
        .take_while(|(bytes, _)| *bytes < innermost.column())
        .map(|(_, letter)| if letter == '\t' { '\t' } else { ' ' })
        .collect();
    let (template, number) = (innermost.template(), innermost.line());
    let margin = " ".repeat(number.to_string().len());
    let mut out = format!("{margin}--> {template}:{number}\n{number} | {line}\n");
    if matches!(innermost.kind(), ErrorKind::Execute { .. }) {
        let _ = writeln!(out, "{margin} | {before}^");
    }
    for caller in chain[..at].iter().rev() {
        if let ErrorKind::Execute { node, .. } = caller.kind() {
            let _ = writeln!(out, "{margin} = called at {} by {node}", caller.location());
        }
    }
    Some(out.trim_end().to_owned())
}

impl RenderError {
    /// A refusal before rendering began.
    pub(super) fn before(message: impl Into<String>) -> Self {
        RenderError {
            message: message.into(),
            trail: Vec::new(),
            excerpt: None,
            is_limit: false,
            is_in_rendering: false,
            files: Vec::new(),
        }
    }
    /// A refusal while rendering that has no place in a template.
    pub(super) fn rendering(message: impl Into<String>) -> Self {
        RenderError {
            is_in_rendering: true,
            ..RenderError::before(message)
        }
    }
}
