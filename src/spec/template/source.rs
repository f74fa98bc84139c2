//! Parsing a template, within limits.

use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{Template, TemplateErrorReason};

use super::TemplateError;
use crate::spec::node::Mark;

/// The largest template, in bytes: the parser's time grows with the square of the size.
pub const MAX_BYTES: usize = 256 << 10;
/// Blocks and parentheses inside each other; the parser is recursive.
const MAX_NESTING: usize = 40;

/// A parsed template.
#[derive(Debug)]
pub struct Source {
    pub(super) template: Template,
}

impl Source {
    /// Parses.
    ///
    /// # Errors
    /// Bad syntax, partials and decorators (values have one file each), a limit.
    pub fn parse(text: &str) -> Result<Source, TemplateError> {
        let start = Mark { line: 1, column: 1 };
        if text.len() > MAX_BYTES {
            let message = format!(
                "a template may hold {MAX_BYTES} bytes, but this has {}",
                text.len()
            );
            return Err(TemplateError::new(start, message));
        }
        check_nesting(text)?;
        let template = Template::compile(text).map_err(|error| {
            let mark = error.pos().map_or(start, |(line, column)| mark_at(line, column));
            TemplateError::new(mark, format!("bad template: {}", in_words(error.reason())))
                .hint(Some(hint_for_braces(text, mark)))
        })?;
        check_elements(&template, start)?;
        Ok(Source { template })
    }
}

/// Go templates in values, as charts' `tpl` takes them, clash with ours.
fn hint_for_braces(text: &str, mark: Mark) -> String {
    let line = text
        .lines()
        .nth(mark.line.saturating_sub(1) as usize)
        .unwrap_or_default();
    let looks_like_go = ["{{ .", "{{.", "{{- ", "{{ include", "{{ $"]
        .iter()
        .any(|sign| line.contains(sign));
    if looks_like_go {
        return "a Go template for the chart is written `\\{{ … }}`, or inside {{{{raw}}}} … {{{{/raw}}}}"
            .to_owned();
    }
    "check braces, quotes and the ends of blocks".to_owned()
}

/// The parser's reasons name its grammar's rules, which help nobody.
fn in_words(reason: &TemplateErrorReason) -> String {
    match reason {
        TemplateErrorReason::InvalidSyntax(_) => "it breaks off here".to_owned(),
        TemplateErrorReason::MismatchingClosedHelper(open, close) => {
            format!("block `{open}` is open, but `{close}` is closed")
        }
        other => other.to_string(),
    }
}

/// Counts opening blocks, and parentheses inside braces, before the parser sees them.
fn check_nesting(text: &str) -> Result<(), TemplateError> {
    let (mut blocks, mut parentheses) = (0usize, 0usize);
    for (index, line) in text.lines().enumerate() {
        let mut rest = line;
        while let Some(letter) = rest.chars().next() {
            let is_open = ["{{#", "{{~#", "{{{{"].iter().any(|sign| rest.starts_with(sign))
                && !rest.starts_with("{{{{/");
            let is_close = ["{{/", "{{~/", "{{{{/"].iter().any(|sign| rest.starts_with(sign));
            match letter {
                '{' if is_open => blocks += 1,
                '{' if is_close => blocks = blocks.saturating_sub(1),
                '(' | '[' => parentheses += 1,
                ')' | ']' | '}' => parentheses = 0,
                _ => {}
            }
            if blocks > MAX_NESTING || parentheses > MAX_NESTING {
                let mark = mark_at(index + 1, 1);
                let message = format!("blocks or parentheses are nested deeper than {MAX_NESTING} levels");
                return Err(TemplateError::new(mark, message));
            }
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
    }
    Ok(())
}

fn check_elements(template: &Template, around: Mark) -> Result<(), TemplateError> {
    for (element, mark) in elements(template, around) {
        match element {
            TemplateElement::HelperBlock(block) => {
                for inner in [&block.template, &block.inverse].into_iter().flatten() {
                    check_elements(inner, mark)?;
                }
            }
            TemplateElement::DecoratorExpression(_)
            | TemplateElement::DecoratorBlock(_)
            | TemplateElement::PartialExpression(_)
            | TemplateElement::PartialBlock(_) => {
                return Err(TemplateError::new(
                    mark,
                    "partials (`{{>`) and decorators (`{{*`) are not supported",
                )
                .hint(Some(
                    "put what is shared into parameters, and write {{yaml …}}".to_owned(),
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The elements with their places; those of an `else if` take the place of the block around.
pub(super) fn elements(template: &Template, around: Mark) -> impl Iterator<Item = (&TemplateElement, Mark)> {
    template.elements.iter().enumerate().map(move |(index, element)| {
        let mapping = template.mapping.get(index);
        (
            element,
            mapping.map_or(around, |mapping| mark_at(mapping.0, mapping.1)),
        )
    })
}

fn mark_at(line: usize, column: usize) -> Mark {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Mark {
        line: number(line),
        column: number(column),
    }
}

/// Every path that a template names, with its place, whether it would be reached or not.
#[must_use]
pub fn paths(source: &Source) -> Vec<(String, Mark)> {
    let mut found = Vec::new();
    paths_in(&source.template, Mark { line: 1, column: 1 }, &mut found);
    found
}

fn paths_in(template: &Template, around: Mark, found: &mut Vec<(String, Mark)>) {
    for (element, mark) in elements(template, around) {
        match element {
            TemplateElement::Expression(call) | TemplateElement::HtmlExpression(call) => {
                paths_of_call(call, mark, found);
            }
            TemplateElement::HelperBlock(block) => {
                paths_of_call(block, mark, found);
                for inner in [&block.template, &block.inverse].into_iter().flatten() {
                    paths_in(inner, mark, found);
                }
            }
            _ => {}
        }
    }
}

fn paths_of_call(call: &HelperTemplate, mark: Mark, found: &mut Vec<(String, Mark)>) {
    for parameter in [&call.name]
        .into_iter()
        .chain(&call.params)
        .chain(call.hash.values())
    {
        match parameter {
            Parameter::Subexpression(inner) => {
                if let TemplateElement::Expression(call) = inner.as_element() {
                    paths_of_call(call, mark, found);
                }
            }
            Parameter::Literal(_) => {}
            named => found.extend(named.as_name().map(|path| (path.to_owned(), mark))),
        }
    }
}
