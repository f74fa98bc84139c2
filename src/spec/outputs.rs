//! Outputs of init hooks: which ones templates use, and what stands for those that are not there yet.

use std::collections::BTreeMap;

use super::model::{Component, HookKind};
use super::nearest::advice;
use super::template::{self, Source};
use super::values::ValuesError;
use crate::base::names::HookName;
use crate::base::report::{Problem, Problems};
use crate::base::secret::Secret;

/// Outputs of init hooks: hook → key → text. A hook that has not run yet is absent.
pub type Outputs = BTreeMap<HookName, BTreeMap<String, Secret>>;

/// An output that a template uses, of a hook that has not run yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NeededOutput {
    /// The init hook.
    pub hook: HookName,
    /// Its key; `None` where the template takes all of them.
    pub key: Option<String>,
}

impl NeededOutput {
    /// What stands for it in a plan: `(known after init: passwords.root)`.
    #[must_use]
    pub fn marker(&self) -> String {
        format!("(known after init: {self})")
    }
}

impl std::fmt::Display for NeededOutput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{}.{key}", self.hook),
            None => write!(f, "{}", self.hook),
        }
    }
}

/// `needs outputs of init hooks first: passwords.root, passwords.user`.
#[must_use]
pub fn list_needed(needed: &[NeededOutput]) -> String {
    let names: Vec<String> = needed.iter().map(ToString::to_string).collect();
    format!("needs outputs of init hooks first: {}", names.join(", "))
}

pub(super) fn need_outputs(
    component: &Component,
    templates: &[(String, Source)],
    outputs: &Outputs,
) -> Result<(), ValuesError> {
    let (missing, problems) = used_outputs(component, templates, outputs);
    if !problems.is_empty() {
        return Err(ValuesError::Problems(Problems(problems)));
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(ValuesError::NeedsOutputs(missing))
    }
}

/// The outputs that templates name and that are not there; and problems with names of hooks that cannot be.
fn used_outputs(
    component: &Component,
    templates: &[(String, Source)],
    outputs: &Outputs,
) -> (Vec<NeededOutput>, Vec<Problem>) {
    let (mut missing, mut problems) = (Vec::new(), Vec::new());
    for (path, source) in templates {
        for (name, mark) in template::paths(source) {
            match needed_by(component, &name) {
                Ok(needed) => missing.extend(needed),
                Err((message, hint)) => {
                    let mut problem = Problem::in_file(path, message).at(mark.line, mark.column);
                    problem.hint = hint;
                    problems.push(problem);
                }
            }
        }
    }
    missing.retain(|needed| !outputs.contains_key(&needed.hook));
    missing.sort();
    missing.dedup();
    (missing, problems)
}

/// The outputs that a path names: of one hook, or of all where it is `outputs` itself.
fn needed_by(component: &Component, path: &str) -> Result<Vec<NeededOutput>, (String, Option<String>)> {
    let path = path
        .strip_prefix("@root.")
        .unwrap_or(path)
        .trim_start_matches("../");
    let all = || {
        component.init.iter().map(|hook| NeededOutput {
            hook: hook.name.clone(),
            key: None,
        })
    };
    if path == "outputs" {
        return Ok(all().collect());
    }
    let Some(rest) = path.strip_prefix("outputs.") else {
        return Ok(Vec::new());
    };
    let (hook, key) = rest
        .split_once('.')
        .map_or((rest, None), |(hook, key)| (hook, Some(key)));
    match component.init.iter().find(|known| known.name.as_str() == hook) {
        Some(known) => Ok(vec![NeededOutput {
            hook: known.name.clone(),
            key: key.map(str::to_owned),
        }]),
        None => {
            let near = advice(hook, component.init.iter().map(|known| known.name.as_str()));
            let message = format!("component `{}` has no init hook `{hook}`", component.name);
            Err((message, near))
        }
    }
}

/// The outputs with markers for those that are not there.
pub(super) fn with_markers(
    component: &Component,
    templates: &[(String, Source)],
    outputs: &Outputs,
) -> Outputs {
    filled(component, templates, outputs, NeededOutput::marker)
}

/// Plain words for all outputs.
pub(super) fn with_words(component: &Component, templates: &[(String, Source)]) -> Outputs {
    filled(component, templates, &Outputs::new(), |_| {
        "known-after-init".to_owned()
    })
}

fn filled(
    component: &Component,
    templates: &[(String, Source)],
    outputs: &Outputs,
    text: impl Fn(&NeededOutput) -> String,
) -> Outputs {
    let mut filled = outputs.clone();
    for needed in used_outputs(component, templates, outputs).0 {
        let hook = filled.entry(needed.hook.clone()).or_default();
        for key in keys_of(component, &needed) {
            let output = NeededOutput {
                hook: needed.hook.clone(),
                key: Some(key.clone()),
            };
            hook.insert(key, Secret::new(text(&output)));
        }
    }
    filled
}

/// The keys to fill in: a `secret` hook has just its own, a `job` hook may give any.
fn keys_of(component: &Component, needed: &NeededOutput) -> Vec<String> {
    let hook = component.init.iter().find(|hook| hook.name == needed.hook);
    match hook.map(|hook| &hook.kind) {
        Some(HookKind::Secret { data, .. }) => data.keys().cloned().collect(),
        _ => needed.key.iter().cloned().collect(),
    }
}
