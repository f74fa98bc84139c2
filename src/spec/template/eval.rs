//! Rendering: walking the parsed template over the data, and remembering each substitution.

use std::borrow::Cow;
use std::ops::Range;

use handlebars::Template;
use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use serde_json::Value as Json;

use super::TemplateError;
use super::helpers::{self, Formatted, Value};
use super::path;
use super::scope::{Scope, kind};
use super::source::{Source, elements};
use crate::spec::nearest::nearest;
use crate::spec::node::Mark;

/// The longest rendered text, in bytes: the release record that Helm keeps of it is limited to 1 MiB.
const MAX_OUTPUT_BYTES: usize = 4 << 20;
/// Elements evaluated at most: nested loops over long lists end here.
const MAX_STEPS: usize = 1_000_000;

/// A rendered text, and where its parts come from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// Every text that was put in, in order.
    pub substitutions: Vec<Substitution>,
    /// (offset in the text, line of the template): which line each part comes from.
    pub(super) origins: Vec<(usize, u32)>,
}

/// One text put in by `{{…}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Substitution {
    /// Where in the rendered text.
    pub range: Range<usize>,
    /// Where in the template.
    pub mark: Mark,
    /// The expression, for messages: `parameters.image`, `quote parameters.image`.
    pub expression: String,
    /// The text that a YAML reader shall find there.
    pub stands_for: String,
    /// What is written before it (an indent).
    pub before: String,
    /// In quotes?
    pub is_quoted: bool,
}

impl Rendered {
    /// The line of the template that a line of the text comes from, both from 1.
    #[must_use]
    pub fn template_line(&self, line: u32) -> u32 {
        let wanted = line.saturating_sub(1) as usize;
        let start = match wanted {
            0 => 0,
            lines => self
                .text
                .match_indices('\n')
                .nth(lines - 1)
                .map_or(self.text.len(), |(at, _)| at + 1),
        };
        let part = self.origins.partition_point(|(offset, _)| *offset <= start);
        let Some((offset, first)) = part.checked_sub(1).and_then(|index| self.origins.get(index)) else {
            return line;
        };
        let between = self.text.get(*offset..start).unwrap_or_default();
        first.saturating_add(u32::try_from(between.matches('\n').count()).unwrap_or(0))
    }
}

/// Renders a template over data.
///
/// # Errors
/// A missing path, a helper's refusal, a limit; values are never in the message.
pub fn render(source: &Source, data: &Json) -> Result<Rendered, TemplateError> {
    let mut renderer = Renderer {
        scope: Scope::new(data),
        output: Rendered::default(),
        steps: 0,
    };
    renderer.template(&source.template, Mark { line: 1, column: 1 })?;
    Ok(renderer.output)
}

pub(super) struct Renderer<'d> {
    pub(super) scope: Scope<'d>,
    output: Rendered,
    steps: usize,
}

impl<'d> Renderer<'d> {
    pub(super) fn template(&mut self, template: &Template, around: Mark) -> Result<(), TemplateError> {
        self.step(around)?;
        for (element, mark) in elements(template, around) {
            self.step(mark)?;
            match element {
                TemplateElement::RawString(text) => self.raw(text, mark)?,
                TemplateElement::Expression(call) | TemplateElement::HtmlExpression(call) => {
                    let value = self.call(call, mark)?;
                    self.substitute(value, call, mark)?;
                }
                TemplateElement::HelperBlock(block) => self.block(block, mark)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Counts one step against the budget.
    pub(super) fn step(&mut self, mark: Mark) -> Result<(), TemplateError> {
        self.steps += 1;
        if self.steps <= MAX_STEPS {
            return Ok(());
        }
        Err(TemplateError::new(
            mark,
            format!("the template takes more than {MAX_STEPS} steps"),
        ))
    }

    pub(super) fn write(&mut self, text: &str, mark: Mark) -> Result<(), TemplateError> {
        if self.output.text.len() + text.len() > MAX_OUTPUT_BYTES {
            let message = format!("the rendered text is longer than {MAX_OUTPUT_BYTES} bytes");
            return Err(TemplateError::new(mark, message));
        }
        self.output.text.push_str(text);
        Ok(())
    }

    /// The parser places a raw text at its first character that is no white space.
    pub(super) fn raw(&mut self, text: &str, mark: Mark) -> Result<(), TemplateError> {
        let blank = text.len() - text.trim_start_matches([' ', '\t', '\n', '\r']).len();
        let newlines = text.get(..blank).unwrap_or_default().matches('\n').count();
        let line = mark
            .line
            .saturating_sub(u32::try_from(newlines).unwrap_or(0))
            .max(1);
        self.output.origins.push((self.output.text.len(), line));
        self.write(text, mark)
    }

    fn substitute(
        &mut self,
        value: Value<'d>,
        call: &HelperTemplate,
        mark: Mark,
    ) -> Result<(), TemplateError> {
        let formatted = match value {
            Value::Formatted(formatted) => formatted,
            Value::Data(data) => match data.as_ref() {
                Json::String(text) => helpers::plain(text.clone()),
                Json::Array(_) | Json::Object(_) => {
                    let expression = describe(call);
                    let message = format!("`{expression}` is {}, not a text", kind(&data));
                    return Err(TemplateError::new(mark, message).hint(Some(format!(
                        "write {{{{json {expression}}}}} or {{{{yaml {expression}}}}}"
                    ))));
                }
                Json::Null => as_structure(String::new()),
                other => as_structure(other.to_string()),
            },
        };
        let start = self.output.text.len();
        self.output.origins.push((start, mark.line));
        self.write(&formatted.text, mark)?;
        if let Some(stands_for) = formatted.stands_for {
            self.output.substitutions.push(Substitution {
                range: start..self.output.text.len(),
                mark,
                expression: describe(call),
                stands_for,
                before: formatted.before,
                is_quoted: formatted.is_quoted,
            });
        }
        Ok(())
    }

    /// The value of an expression: a path, or a helper's result.
    fn call(&mut self, call: &HelperTemplate, mark: Mark) -> Result<Value<'d>, TemplateError> {
        self.step(mark)?;
        let is_alone = call.params.is_empty() && call.hash.is_empty();
        if is_alone {
            return self.argument(&call.name, mark);
        }
        let name = call.name.as_name().unwrap_or_default();
        if let Some(key) = call.hash.keys().next() {
            return Err(TemplateError::new(
                mark,
                format!("`{name}` takes no named value `{key}`"),
            ));
        }
        if name == "default" {
            return self.default(call, mark);
        }
        let arguments: Result<Vec<Value<'d>>, TemplateError> = call
            .params
            .iter()
            .map(|parameter| self.argument(parameter, mark))
            .collect();
        helpers::call(name, arguments?).map_err(|message| {
            let near = nearest(name, helpers::NAMES.iter().map(|(known, _)| *known));
            let near = near
                .filter(|near| *near != name)
                .map(|near| format!("did you mean `{near}`?"));
            TemplateError::new(mark, message).hint(near)
        })
    }

    /// `default`: the only helper whose first value may be missing.
    fn default(&mut self, call: &HelperTemplate, mark: Mark) -> Result<Value<'d>, TemplateError> {
        let [first, second] = &call.params[..] else {
            return Err(TemplateError::new(
                mark,
                "`default` takes a value that may be missing, and another",
            ));
        };
        if let Some(name) = path_of(first) {
            return match self.scope.find(&path::parse(name)) {
                Some(found) if !found.is_null() => Ok(Value::Data(found)),
                _ => self.argument(second, mark),
            };
        }
        match self.argument(first, mark)? {
            Value::Data(data) if data.is_null() => self.argument(second, mark),
            value => Ok(value),
        }
    }

    /// The value of a parameter; a path that leads nowhere is an error.
    pub(super) fn argument(&mut self, parameter: &Parameter, mark: Mark) -> Result<Value<'d>, TemplateError> {
        match parameter {
            Parameter::Literal(value) => Ok(Value::Data(Cow::Owned(value.clone()))),
            Parameter::Subexpression(inner) => match inner.as_element() {
                TemplateElement::Expression(call) => self.call(call, mark),
                _ => Err(TemplateError::new(
                    mark,
                    "an expression is expected in parentheses",
                )),
            },
            named => {
                let name = named.as_name().unwrap_or_default();
                let path = path::parse(name);
                match self.scope.find(&path) {
                    Some(found) => Ok(Value::Data(found)),
                    None => Err(self.missing(name, &path, mark)),
                }
            }
        }
    }

    fn missing(&self, name: &str, path: &path::Path, mark: Mark) -> TemplateError {
        let what = match path.keys.first().map(String::as_str) {
            Some("parameters") => "missing parameter",
            Some("outputs") => "missing output",
            _ => "there is no",
        };
        TemplateError::new(mark, format!("{what} `{name}`")).hint(self.scope.advice(path))
    }
}

/// A number, truth value or null: it reads as what it is.
fn as_structure(text: String) -> Formatted {
    Formatted {
        text,
        stands_for: None,
        before: String::new(),
        is_quoted: false,
    }
}

/// The path that a parameter is, if it is one.
fn path_of(parameter: &Parameter) -> Option<&str> {
    match parameter {
        Parameter::Literal(_) | Parameter::Subexpression(_) => None,
        named => named.as_name(),
    }
}

/// An expression as it may be written, for messages.
fn describe(call: &HelperTemplate) -> String {
    let mut words = vec![describe_parameter(&call.name)];
    words.extend(call.params.iter().map(describe_parameter));
    words.join(" ")
}

fn describe_parameter(parameter: &Parameter) -> String {
    match parameter {
        Parameter::Literal(value) => value.to_string(),
        Parameter::Subexpression(inner) => match inner.as_element() {
            TemplateElement::Expression(call) => format!("({})", describe(call)),
            _ => "(…)".to_owned(),
        },
        named => named.as_name().unwrap_or_default().to_owned(),
    }
}
