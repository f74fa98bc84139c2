//! How our objects are named and labelled, so that they are found again.

use serde_json::{Value as Json, json};

use crate::base::names::ComponentName;
use crate::spec::Hook;

/// Marks what is ours.
const MANAGED_BY: (&str, &str) = ("app.kubernetes.io/managed-by", "deploy-manager");
const COMPONENT: &str = "deploy-manager/component";
const HOOK: &str = "deploy-manager/hook";
/// The digest of the content that an object was made of.
pub const DIGEST: &str = "deploy-manager/digest";
/// The run that made it.
pub const RUN: &str = "deploy-manager/run";

/// The labels of everything that a hook makes.
#[must_use]
pub fn of(component: &ComponentName, hook: &Hook) -> Json {
    json!({
        MANAGED_BY.0: MANAGED_BY.1,
        COMPONENT: component.as_str(),
        HOOK: hook.name.as_str(),
    })
}

/// Selects them.
#[must_use]
pub fn selector(component: &ComponentName, hook: &Hook) -> String {
    let (key, value) = MANAGED_BY;
    format!("{key}={value},{COMPONENT}={component},{HOOK}={}", hook.name)
}

/// The name of a Job: the manifest's, shortened, and the beginning of the digest. A Job's name is also a label of its
/// pods, therefore at most 63 characters.
#[must_use]
pub fn job_name(given: &str, digest: &str) -> String {
    const DIGEST_LENGTH: usize = 10;
    let short: String = given.chars().take(63 - DIGEST_LENGTH - 1).collect();
    let digest: String = digest.chars().take(DIGEST_LENGTH).collect();
    format!("{}-{digest}", short.trim_end_matches(['-', '.']))
}

/// The name of the Secret that keeps a `job` hook's outputs.
#[must_use]
pub fn kept_name(component: &ComponentName, hook: &Hook) -> String {
    format!("deploy-manager-outputs-{component}-{}", hook.name)
}

/// Sets keys of `metadata.<part>`.
pub fn set(object: &mut Json, part: &str, entries: &Json) {
    let Some(entries) = entries.as_object() else {
        return;
    };
    if !object["metadata"][part].is_object() {
        object["metadata"][part] = json!({});
    }
    for (key, value) in entries {
        object["metadata"][part][key] = value.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn job_names_fit_and_end_with_the_digest() {
        assert_eq!(job_name("backup", "0123456789abcdef"), "backup-0123456789");
        let long = job_name(&format!("{}-x", "a".repeat(51)), "0123456789abcdef");
        assert_eq!(long, format!("{}-0123456789", "a".repeat(51)));
        assert!(job_name(&"a".repeat(300), "0123456789").len() <= 63);
    }
}
