//! What names mean at one point of a template: the data around, loop variables, block parameters.

use std::borrow::Cow;

use serde_json::{Value as Json, json};

use super::path::Path;
use crate::spec::nearest::nearest;

/// One level of names: the root, or an `each` or `with` block.
pub struct Frame<'d> {
    /// `this`
    pub this: Cow<'d, Json>,
    /// `@index`, `@key`, `@first`, `@last`.
    pub locals: Vec<(&'static str, Json)>,
    /// Names given with `as |name|`.
    pub named: Vec<(String, Cow<'d, Json>)>,
}

/// Frames from the root inwards.
pub struct Scope<'d> {
    root: &'d Json,
    frames: Vec<Frame<'d>>,
}

impl<'d> Scope<'d> {
    /// Only the root.
    #[must_use]
    pub fn new(root: &'d Json) -> Self {
        Scope {
            root,
            frames: vec![Frame {
                this: Cow::Borrowed(root),
                locals: Vec::new(),
                named: Vec::new(),
            }],
        }
    }
    /// Enters a block.
    pub fn push(&mut self, frame: Frame<'d>) {
        self.frames.push(frame);
    }
    /// Leaves it.
    pub fn pop(&mut self) {
        self.frames.pop();
    }

    fn frame(&self, up: usize) -> Option<&Frame<'d>> {
        self.frames.iter().rev().nth(up)
    }

    /// Where a path begins, and the keys that lead on from there.
    fn start<'p>(&self, path: &'p Path) -> Option<(Cow<'d, Json>, &'p [String])> {
        let keys = &path.keys[..];
        if path.is_root {
            return Some((Cow::Borrowed(self.root), keys));
        }
        let frame = self.frame(path.up)?;
        if path.is_local {
            let (name, rest) = keys.split_first()?;
            let (_, value) = frame.locals.iter().find(|(known, _)| known == name)?;
            return Some((Cow::Owned(value.clone()), rest));
        }
        if let Some((name, rest)) = keys.split_first()
            && path.up == 0
            && let Some(value) = self.named(name)
        {
            return Some((value, rest));
        }
        Some((frame.this.clone(), keys))
    }

    fn named(&self, name: &str) -> Option<Cow<'d, Json>> {
        let mut all = self.frames.iter().rev().flat_map(|frame| &frame.named);
        all.find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    }

    /// What a path means; `None` where there is no such thing.
    #[must_use]
    pub fn find(&self, path: &Path) -> Option<Cow<'d, Json>> {
        let (start, keys) = self.start(path)?;
        match start {
            Cow::Borrowed(value) => descend(value, keys).map(Cow::Borrowed),
            Cow::Owned(value) => descend(&value, keys).map(|found| Cow::Owned(found.clone())),
        }
    }

    /// Advice about a path that leads nowhere: the nearest key, or the keys that are there.
    #[must_use]
    pub fn advice(&self, path: &Path) -> Option<String> {
        let (start, keys) = self.start(path)?;
        let mut value: &Json = &start;
        for (depth, key) in keys.iter().enumerate() {
            if let Some(next) = child(value, key) {
                value = next;
                continue;
            }
            let Json::Object(map) = value else {
                return Some(format!("`{}` is {}", keys[..depth].join("."), kind(value)));
            };
            let before = keys[..depth]
                .iter()
                .map(|key| format!("{key}."))
                .collect::<String>();
            if let Some(near) = nearest(key, map.keys().map(String::as_str)) {
                return Some(format!("did you mean `{before}{near}`?"));
            }
            let known: Vec<&str> = map.keys().map(String::as_str).take(12).collect();
            let what = before.trim_end_matches('.');
            return Some(match (known.is_empty(), what.is_empty()) {
                (true, _) => format!("`{what}` is empty"),
                (false, true) => format!("here are: {}", known.join(", ")),
                (false, false) => format!("`{what}` has: {}", known.join(", ")),
            });
        }
        None
    }
}

fn descend<'v>(value: &'v Json, keys: &[String]) -> Option<&'v Json> {
    keys.iter().try_fold(value, |value, key| child(value, key))
}

/// One step: a map's key, or a list's index.
pub fn child<'v>(value: &'v Json, key: &str) -> Option<&'v Json> {
    match value {
        Json::Object(map) => map.get(key),
        Json::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// What a value is, for messages that must not show it.
pub fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a truth value",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a map",
    }
}

/// The variables of one turn of a loop.
pub fn loop_locals(index: usize, count: usize, key: Option<&str>) -> Vec<(&'static str, Json)> {
    let mut locals = vec![
        ("index", json!(index)),
        ("first", json!(index == 0)),
        ("last", json!(index + 1 == count)),
    ];
    locals.extend(key.map(|key| ("key", json!(key))));
    locals
}
