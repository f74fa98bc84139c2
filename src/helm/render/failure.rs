//! From a template error to what Helm prints, and to what helps a person.
//! Source: helm `pkg/engine/engine.go` (`cleanupParseError`, `cleanupExecError`), v3.17 and v4.

use std::error::Error as StdError;
use std::fmt::Write as _;

use super::host::Refused;
use super::{Place, RenderError};
use crate::golang::strconv::quote;
use crate::golang::yaml;
use crate::gotmpl::{Cause, Error, ErrorKind};
use crate::helm::engines::{Engine, ErrorStyle};
use crate::helm::manifest::sort::Files;
use crate::helm::manifest::{self, ManifestError};
use crate::helm::values::{ValuesError, line_of};

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
    RenderError {
        message: String::new(),
        trail: chain
            .iter()
            .filter(|error| error.line() > 0)
            .map(|error| place(error))
            .collect(),
        excerpt: excerpt(&chain, texts),
        is_limit: chain.iter().any(|error| error.is_limit()),
        is_in_rendering: true,
        files: Vec::new(),
        warnings: Vec::new(),
    }
}

fn place(error: &Error) -> Place {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Place {
        file: error.template().to_owned(),
        line: number(error.line()),
        column: number(error.column()),
        action: match error.kind() {
            ErrorKind::Execute { node, .. } => node.clone(),
            ErrorKind::Parse | ErrorKind::NotFound => String::new(),
        },
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
    let mut place = place(innermost);
    let line = line_of(&text, place.line)?;
    if matches!(innermost.kind(), ErrorKind::Parse) {
        place.column = suspect(&line, innermost.detail());
    }
    let mut out = pointed(&place, &line);
    for caller in chain[..at].iter().rev() {
        if let ErrorKind::Execute { node, .. } = caller.kind() {
            let margin = " ".repeat(place.line.to_string().len());
            let _ = write!(out, "\n{margin} = called at {} by {node}", caller.location());
        }
    }
    Some(out)
}

/// Longer lines are shown around the place only.
const MAX_SHOWN: usize = 160;

/// The line of a place with a caret below it.
fn pointed(place: &Place, line: &str) -> String {
    let Place {
        file,
        line: number,
        column,
        ..
    } = place;
    let (line, column) = shortened(line, usize::try_from(*column).unwrap_or(usize::MAX));
    let margin = " ".repeat(number.to_string().len());
    let before = line.char_indices().take_while(|(at, _)| *at < column);
    let before: String = before
        .map(|(_, letter)| if letter == '\t' { '\t' } else { ' ' })
        .collect();
    format!("{margin}--> {file}:{number}\n{number} | {line}\n{margin} | {before}^")
}

/// The part of a line around a column, with the column in it.
fn shortened(line: &str, column: usize) -> (String, usize) {
    if line.len() <= MAX_SHOWN {
        return (line.to_owned(), column.min(line.len()));
    }
    let column = column.min(line.len());
    let boundary = |at: usize| (0..=at).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
    let start = boundary(column.saturating_sub(MAX_SHOWN / 2));
    let end = boundary(line.len().min(start + MAX_SHOWN));
    let lead = if start > 0 { "…" } else { "" };
    let trail = if end < line.len() { "…" } else { "" };
    (
        format!("{lead}{}{trail}", &line[start..end]),
        column - start + lead.len(),
    )
}

/// Go names the line of a parse error alone: the column is where the line has what the message quotes, else its start.
fn suspect(line: &str, detail: &str) -> u32 {
    let quoted = detail.split('"').nth(1).filter(|quoted| !quoted.is_empty());
    let found = quoted.and_then(|quoted| line.find(quoted));
    let start = line.len() - line.trim_start().len();
    u32::try_from(found.unwrap_or(start)).unwrap_or(0)
}

/// Templates that take more than `room` bytes once they are parsed.
pub(super) fn limit(template: &str, room: u64) -> RenderError {
    RenderError {
        trail: vec![Place {
            file: template.to_owned(),
            ..Place::default()
        }],
        is_limit: true,
        ..RenderError::rendering(format!(
            "the render needs more than {room} bytes of memory for the templates of {template}"
        ))
    }
}

/// Too many documents: reading them takes far more memory than their text.
pub(super) fn too_many_documents(template: &str, limit: usize) -> RenderError {
    RenderError {
        trail: vec![Place {
            file: template.to_owned(),
            ..Place::default()
        }],
        is_limit: true,
        ..RenderError::rendering(format!(
            "the render gives more than {limit} documents, up to {template}; is there a `---` in a loop?"
        ))
    }
}

/// Values that cannot be composed.
pub(super) fn composing(error: ValuesError) -> RenderError {
    let blamed = error.blamed.map(|blamed| {
        let place = Place {
            file: blamed.file,
            line: blamed.line,
            column: blamed.column,
            action: String::new(),
        };
        (pointed(&place, &blamed.text), place)
    });
    let (excerpt, place) = blamed.unzip();
    RenderError {
        excerpt,
        trail: place.into_iter().collect(),
        warnings: error.warnings,
        ..RenderError::before(error.message)
    }
}

/// Rendered files that are no manifests. The excerpt shows what was rendered; the place is the template, whose lines are
/// others.
pub(super) fn sorting(error: ManifestError, files: &Files, engine: &Engine) -> RenderError {
    let place = |path| Place {
        file: path,
        ..Place::default()
    };
    let excerpt = error
        .source_path
        .as_ref()
        .and_then(|path| rendered_line(path, files.get(path)?, engine));
    RenderError {
        excerpt,
        trail: error.source_path.into_iter().map(place).collect(),
        ..RenderError::rendering(error.message)
    }
}

fn rendered_line(path: &str, text: &[u8], engine: &Engine) -> Option<String> {
    let documents = manifest::split(text, engine.splitting);
    documents.into_iter().find_map(|document| {
        let line = yaml::object(document).err()?.line?;
        let place = Place {
            file: format!("{path} as rendered, in its document"),
            line,
            ..Place::default()
        };
        Some(pointed(&place, &line_of(document, line)?))
    })
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
            warnings: Vec::new(),
        }
    }
    /// A refusal while rendering that has no place in a template.
    pub fn rendering(message: impl Into<String>) -> Self {
        RenderError {
            is_in_rendering: true,
            ..RenderError::before(message)
        }
    }
}
