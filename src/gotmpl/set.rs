//! Templates that can call each other by name, and the functions they can call.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt as _};

use super::ast::Tree;
use super::builtins;
use super::error::Error;
use super::parse::parse;
use crate::golang::Func;

/// Templates by name. A set may lie over another one, which it reads and does not change.
/// Source of the rules: Go `text/template/template.go` (`associate`), go1.23.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    below: Option<Arc<Templates>>,
    own: HashMap<Arc<str>, Arc<Tree>>,
}

impl Templates {
    /// No templates.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// A set over `below`: definitions in it hide those below, for as long as it lives.
    #[must_use]
    pub fn over(below: &Arc<Templates>) -> Self {
        Templates {
            below: Some(Arc::clone(below)),
            own: HashMap::new(),
        }
    }
    /// The template of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Tree>> {
        let mut set = self;
        loop {
            if let Some(tree) = set.own.get(name) {
                return Some(tree);
            }
            set = set.below.as_deref()?;
        }
    }
    /// Parses a text, adopts it and its definitions, and gives the text's own tree.
    ///
    /// # Errors
    /// The first fault, with Go's words and line.
    pub fn parse(&mut self, name: &str, text: &[u8], functions: &Functions) -> Result<Arc<Tree>, Error> {
        let parsed = parse(name, text, &|function| functions.named(function))?;
        for tree in parsed.trees {
            self.adopt(tree);
        }
        Ok(parsed.main)
    }
    /// A later template replaces an earlier one of its name, but an empty one never does.
    pub fn adopt(&mut self, tree: Arc<Tree>) {
        if !tree.is_empty() || self.get(&tree.name).is_none() {
            self.own.insert(Arc::clone(&tree.name), tree);
        }
    }
}

/// The functions of a render, by name; Go's built-in ones are always there.
#[derive(Clone, Default)]
pub struct Functions {
    by_name: HashMap<&'static str, Func>,
}

impl Functions {
    /// Only the built-in ones.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Adds or replaces one; it also hides a built-in of this name.
    pub fn insert(&mut self, name: &'static str, function: Func) {
        self.by_name.insert(name, function);
    }
    /// A function that is not built in.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Func> {
        self.by_name.get(name)
    }
    /// The names that are not built in.
    #[must_use]
    pub fn names(&self) -> HashSet<&'static str> {
        self.by_name.keys().copied().collect()
    }
    /// The name of a function that templates may call.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&'static str> {
        let found = self.by_name.get_key_value(name).map(|(name, _)| *name);
        found.or_else(|| builtin(name))
    }
}

/// The name of a function that every template has.
#[must_use]
pub fn builtin(name: &str) -> Option<&'static str> {
    builtins::NAMES.iter().find(|known| **known == name).copied()
}

impl FromIterator<(&'static str, Func)> for Functions {
    fn from_iter<I: IntoIterator<Item = (&'static str, Func)>>(functions: I) -> Self {
        Functions {
            by_name: functions.into_iter().collect(),
        }
    }
}
