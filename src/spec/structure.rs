//! The structure rule: a text put into YAML by `{{…}}` may not change what stands around it. The same keys as with a
//! plain word in its place, and exactly that text at the leaf; else the author is told to quote it.

use super::node::Mark;
use super::node::{Content, Entry, Node};
use super::parse::{self, ParseError};
use super::template::{Rendered, Substitution, TemplateError};

/// The YAML documents of a rendered text, once every substitution has proved harmless.
///
/// # Errors
/// Text that is not YAML, or a substitution that changes the structure, with its place in the template.
pub fn documents(rendered: &Rendered) -> Result<Vec<Node>, TemplateError> {
    let words = Words::new(rendered);
    // The template itself must be YAML, whatever the texts.
    let plain = parse::documents(&words.text(rendered, 0)).map_err(|error| not_yaml(rendered, &error))?;
    let all = rendered.substitutions.len();
    if all == 0 {
        return Ok(plain);
    }
    match words.holds(rendered, &plain, all) {
        Some(documents) => Ok(documents),
        None => Err(blame(&words, rendered, &plain)),
    }
}

/// The documents with each substituted text at its leaf, whatever it holds: for showing what is not known yet.
///
/// # Errors
/// The template itself is not YAML.
pub fn documents_as_meant(rendered: &Rendered) -> Result<Vec<Node>, TemplateError> {
    let words = Words::new(rendered);
    let plain = parse::documents(&words.text(rendered, 0)).map_err(|error| not_yaml(rendered, &error))?;
    Ok(plain
        .into_iter()
        .map(|node| words.restored(node, rendered))
        .collect())
}

fn not_yaml(rendered: &Rendered, error: &ParseError) -> TemplateError {
    let mark = Mark {
        line: rendered.template_line(error.mark.line),
        column: 1,
    };
    TemplateError {
        mark,
        message: format!("once rendered: {}", error.message),
        hint: None,
    }
}

/// Finds the first substitution that breaks the rule: with the ones before it all is well.
fn blame(words: &Words, rendered: &Rendered, plain: &[Node]) -> TemplateError {
    let (mut good, mut bad) = (0, rendered.substitutions.len());
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        match words.holds(rendered, plain, middle) {
            Some(_) => good = middle,
            None => bad = middle,
        }
    }
    let Some(culprit) = rendered.substitutions.get(bad - 1) else {
        return TemplateError {
            mark: Mark { line: 1, column: 1 },
            message: "a text put in changes the YAML around it".to_owned(),
            hint: None,
        };
    };
    TemplateError {
        mark: culprit.mark,
        message: format!(
            "`{{{{{}}}}}`: the text put in here changes the YAML around it, or would be read as another value",
            culprit.expression
        ),
        hint: Some(advice(culprit)),
    }
}

fn advice(culprit: &Substitution) -> String {
    let expression = &culprit.expression;
    if culprit.is_quoted {
        return format!("`{{{{{expression}}}}}` is in quotes already: let it be the whole value");
    }
    let inner = if expression.contains(' ') {
        format!("({expression})")
    } else {
        expression.clone()
    };
    format!("let `{{{{quote {inner}}}}}` be the whole value")
}

/// Plain words that stand for the substituted texts.
struct Words {
    /// Occurs nowhere in the rendered text.
    prefix: String,
}

impl Words {
    fn new(rendered: &Rendered) -> Self {
        let is_free = |prefix: &String| !rendered.text.contains(prefix.as_str());
        let mut candidates = (0u32..).map(|number| format!("standin{}x", letters(number)));
        Words {
            prefix: candidates.find(is_free).unwrap_or_else(|| "standin".to_owned()),
        }
    }

    /// `<prefix>12z`: no word is the beginning of another.
    fn word(&self, index: usize) -> String {
        format!("{}{index}z", self.prefix)
    }

    /// The text with the first `real` substitutions as they are, and words for the others.
    fn text(&self, rendered: &Rendered, real: usize) -> String {
        let mut text = String::with_capacity(rendered.text.len());
        let mut done = 0;
        for (index, substitution) in rendered.substitutions.iter().enumerate().skip(real) {
            text.push_str(
                rendered
                    .text
                    .get(done..substitution.range.start)
                    .unwrap_or_default(),
            );
            text.push_str(&substitution.before);
            let mark = if substitution.is_quoted { "\"" } else { "" };
            text.push_str(mark);
            text.push_str(&self.word(index));
            text.push_str(mark);
            done = substitution.range.end;
        }
        text.push_str(rendered.text.get(done..).unwrap_or_default());
        text
    }

    /// The documents with the first `real` substitutions as they are, if they mean the same as the plain ones.
    fn holds(&self, rendered: &Rendered, plain: &[Node], real: usize) -> Option<Vec<Node>> {
        let documents = parse::documents(&self.text(rendered, real)).ok()?;
        let restore = |text: &str| self.restore(text, rendered, real);
        let is_same = documents.len() == plain.len()
            && documents
                .iter()
                .zip(plain)
                .all(|(found, plain)| means(found, plain, &restore));
        is_same.then_some(documents)
    }

    /// Puts the texts of the first `real` substitutions back in place of their words.
    fn restore(&self, text: &str, rendered: &Rendered, real: usize) -> String {
        let mut restored = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(&self.prefix) {
            let (before, from) = rest.split_at(at);
            restored.push_str(before);
            let after = &from[self.prefix.len()..];
            let end = after.find('z').unwrap_or(0);
            let index = after[..end].parse::<usize>().ok().filter(|index| *index < real);
            let word_length = self.prefix.len() + end + 1;
            match index.and_then(|index| rendered.substitutions.get(index)) {
                Some(substitution) => restored.push_str(&substitution.stands_for),
                None => restored.push_str(from.get(..word_length).unwrap_or(from)),
            }
            rest = from.get(word_length..).unwrap_or_default();
        }
        restored.push_str(rest);
        restored
    }

    fn restored(&self, node: Node, rendered: &Rendered) -> Node {
        let all = rendered.substitutions.len();
        let content = match node.content {
            Content::Scalar { text, value } => match value {
                serde_json::Value::String(found) => {
                    let found = self.restore(&found, rendered, all);
                    Content::Scalar {
                        text: found.clone(),
                        value: found.into(),
                    }
                }
                value => Content::Scalar { text, value },
            },
            Content::List(items) => Content::List(
                items
                    .into_iter()
                    .map(|item| self.restored(item, rendered))
                    .collect(),
            ),
            Content::Map(entries) => Content::Map(
                entries
                    .into_iter()
                    .map(|entry| Entry {
                        key: self.restore(&entry.key, rendered, all),
                        mark: entry.mark,
                        value: self.restored(entry.value, rendered),
                    })
                    .collect(),
            ),
        };
        Node {
            mark: node.mark,
            content,
        }
    }
}

/// `a`, `b`, … `z`, `ba` …
fn letters(mut number: u32) -> String {
    let mut text = String::new();
    loop {
        text.insert(0, char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
        if number == 0 {
            return text;
        }
    }
}

/// The same tree, with the words of the plain one restored?
fn means(found: &Node, plain: &Node, restore: &impl Fn(&str) -> String) -> bool {
    match (&found.content, &plain.content) {
        (Content::Scalar { value: found, .. }, Content::Scalar { value: plain, .. }) => {
            match plain.as_str() {
                Some(plain) => found.as_str() == Some(restore(plain).as_str()),
                None => found == plain,
            }
        }
        (Content::List(found), Content::List(plain)) => {
            found.len() == plain.len()
                && found
                    .iter()
                    .zip(plain)
                    .all(|(found, plain)| means(found, plain, restore))
        }
        (Content::Map(found), Content::Map(plain)) => {
            found.len() == plain.len()
                && found.iter().zip(plain).all(|(found, plain)| {
                    found.key == restore(&plain.key) && means(&found.value, &plain.value, restore)
                })
        }
        _ => false,
    }
}
