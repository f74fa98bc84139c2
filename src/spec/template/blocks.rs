//! Blocks: `if`, `unless`, `each`, `with`, `raw`.

use std::borrow::Cow;

use handlebars::template::{BlockParam, HelperTemplate, Parameter};
use serde_json::{Value as Json, json};

use super::TemplateError;
use super::eval::Renderer;
use super::helpers::{Value, is_truthy};
use super::scope::{Frame, kind, loop_locals};
use crate::spec::nearest::nearest;
use crate::spec::node::Mark;

const BLOCKS: &[&str] = &["if", "unless", "each", "with", "raw"];

impl<'d> Renderer<'d> {
    pub(super) fn block(&mut self, block: &HelperTemplate, mark: Mark) -> Result<(), TemplateError> {
        let name = block.name.as_name().unwrap_or_default();
        if name == "raw" {
            return self.branch(block, true, mark);
        }
        if !BLOCKS.contains(&name) {
            let near = nearest(name, BLOCKS.iter().copied()).map(|near| format!("did you mean `#{near}`?"));
            return Err(TemplateError::new(mark, format!("there is no block `#{name}`")).hint(near));
        }
        let [parameter] = &block.params[..] else {
            let message = format!("`#{name}` takes one value, but was given {}", block.params.len());
            return Err(TemplateError::new(mark, message));
        };
        let value = match self.argument(parameter, mark)? {
            Value::Data(data) => data,
            Value::Formatted(formatted) => Cow::Owned(Json::String(formatted.text)),
        };
        match name {
            "if" => self.branch(block, is_truthy(&value), mark),
            "unless" => self.branch(block, !is_truthy(&value), mark),
            "with" => self.with(block, value, mark),
            _ => self.each(block, value, mark),
        }
    }

    fn branch(&mut self, block: &HelperTemplate, is_first: bool, mark: Mark) -> Result<(), TemplateError> {
        let chosen = if is_first { &block.template } else { &block.inverse };
        match chosen {
            Some(template) => self.template(template, mark),
            None => Ok(()),
        }
    }

    fn with(
        &mut self,
        block: &HelperTemplate,
        value: Cow<'d, Json>,
        mark: Mark,
    ) -> Result<(), TemplateError> {
        if !is_truthy(&value) {
            return self.branch(block, false, mark);
        }
        let named = names(block)
            .into_iter()
            .take(1)
            .map(|name| (name, value.clone()))
            .collect();
        self.scope.push(Frame {
            this: value,
            locals: Vec::new(),
            named,
        });
        let result = self.branch(block, true, mark);
        self.scope.pop();
        result
    }

    fn each(
        &mut self,
        block: &HelperTemplate,
        value: Cow<'d, Json>,
        mark: Mark,
    ) -> Result<(), TemplateError> {
        let items = items_of(value).map_err(|kind| {
            TemplateError::new(mark, format!("`#each` takes a list or map, but was given {kind}"))
        })?;
        if items.is_empty() {
            return self.branch(block, false, mark);
        }
        let (names, count) = (names(block), items.len());
        for (index, (key, item)) in items.into_iter().enumerate() {
            let key_value = key.as_ref().map_or(json!(index), |key| json!(key));
            let values = [item.clone(), Cow::Owned(key_value)];
            let named = names.iter().cloned().zip(values).collect();
            self.scope.push(Frame {
                this: item,
                locals: loop_locals(index, count, key.as_deref()),
                named,
            });
            let result = self.branch(block, true, mark);
            self.scope.pop();
            result?;
        }
        Ok(())
    }
}

type Items<'d> = Vec<(Option<String>, Cow<'d, Json>)>;

/// The items of a list or map in order; maps are sorted by key.
fn items_of(value: Cow<'_, Json>) -> Result<Items<'_>, &'static str> {
    match value {
        Cow::Borrowed(Json::Array(items)) => {
            Ok(items.iter().map(|item| (None, Cow::Borrowed(item))).collect())
        }
        Cow::Borrowed(Json::Object(map)) => Ok(map
            .iter()
            .map(|(key, item)| (Some(key.clone()), Cow::Borrowed(item)))
            .collect()),
        Cow::Owned(Json::Array(items)) => {
            Ok(items.into_iter().map(|item| (None, Cow::Owned(item))).collect())
        }
        Cow::Owned(Json::Object(map)) => Ok(map
            .into_iter()
            .map(|(key, item)| (Some(key), Cow::Owned(item)))
            .collect()),
        other => Err(kind(&other)),
    }
}

/// The names of `as |value key|`.
fn names(block: &HelperTemplate) -> Vec<String> {
    let name = |parameter: &Parameter| parameter.as_name().unwrap_or_default().to_owned();
    match &block.block_param {
        None => Vec::new(),
        Some(BlockParam::Single(only)) => vec![name(only)],
        Some(BlockParam::Pair((first, second))) => vec![name(first), name(second)],
        Some(_) => Vec::new(),
    }
}
