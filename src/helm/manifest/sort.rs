//! From rendered files to manifests and hooks in Helm's order. Source: helm `pkg/releaseutil/manifest_sorter.go`, v3.17.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::head::{self, Head};
use super::{ManifestError, order, split};
use crate::helm::engines::Engine;
use crate::helm::hook::Hook;

/// One document that is not a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The template's path, chart name included.
    pub name: String,
    /// The document.
    pub content: String,
    /// What it is.
    pub head: Head,
}

/// What a chart rendered to, in install order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sorted {
    /// Documents that are not hooks.
    pub manifests: Vec<Manifest>,
    /// Hooks, by kind; their weight does not count here.
    pub hooks: Vec<Hook>,
    /// What Helm logs.
    pub warnings: Vec<String>,
}

/// Rendered files by path.
pub type Files = BTreeMap<String, Arc<[u8]>>;

/// The documents of rendered files, by the files' paths.
pub type Read = HashMap<String, Result<Vec<Manifest>, ManifestError>>;

/// Splits rendered files, tells hooks from manifests, and sorts both by kind. `read` holds files that [`documents`] has
/// read before.
///
/// # Errors
/// A document that is not YAML, or not an object.
pub fn sort(files: &Files, mut read: Read, engine: &Engine) -> Result<Sorted, ManifestError> {
    let mut sorted = Sorted::default();
    for (path, text) in files {
        let found = read.remove(path).unwrap_or_else(|| documents(path, text, engine));
        found?
            .into_iter()
            .for_each(|document| file(document, &mut sorted));
    }
    let ranks_webhooks = engine.ranks_webhooks;
    sorted.manifests.sort_by(|a, b| {
        order::install_key(&a.head.kind, ranks_webhooks)
            .cmp(&order::install_key(&b.head.kind, ranks_webhooks))
    });
    sorted.hooks.sort_by(|a, b| {
        order::install_key(&a.kind, ranks_webhooks).cmp(&order::install_key(&b.kind, ranks_webhooks))
    });
    Ok(sorted)
}

/// The documents of one rendered file, hooks among them. A file of definitions has none.
///
/// # Errors
/// A document that is not YAML, or not an object.
pub fn documents(path: &str, text: &[u8], engine: &Engine) -> Result<Vec<Manifest>, ManifestError> {
    if is_partial(path) || split::trim(text).is_empty() {
        return Ok(Vec::new());
    }
    let document = |text: &[u8]| {
        let head = head::read(text, engine.head_package).map_err(|error| ManifestError {
            message: format!("YAML parse error on {path}: {error}"),
            source_path: Some(path.to_owned()),
        })?;
        let content = match std::str::from_utf8(text) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(text).into_owned(),
        };
        let name = path.to_owned();
        Ok(Manifest { name, content, head })
    };
    split::split(text, engine.splitting)
        .into_iter()
        .map(document)
        .collect()
}

/// A file that is parsed for its definitions only.
#[must_use]
pub fn is_partial(path: &str) -> bool {
    path.rsplit('/').next().unwrap_or_default().starts_with('_')
}

/// Puts a document where it belongs.
fn file(document: Manifest, sorted: &mut Sorted) {
    let Some(names) = document.head.annotations.get("helm.sh/hook") else {
        sorted.manifests.push(document);
        return;
    };
    match hook_events(names) {
        Some(events) => {
            let Manifest { name, content, head } = document;
            sorted.hooks.push(hook(&name, content, events, &head));
        }
        None => sorted
            .warnings
            .push(format!("info: skipping unknown hook: {names:?}")),
    }
}

fn hook(path: &str, manifest: String, events: Vec<String>, head: &Head) -> Hook {
    let list = |key: &str| head.annotations.get(key).map(|text| lower_list(text));
    let weight = head.annotations.get("helm.sh/hook-weight");
    Hook {
        name: head.name.clone(),
        kind: head.kind.clone(),
        path: path.to_owned(),
        manifest,
        events,
        weight: weight.and_then(|text| text.parse().ok()).unwrap_or(0),
        delete_policies: list("helm.sh/hook-delete-policy").unwrap_or_default(),
        output_log_policies: list("helm.sh/hook-output-log-policy").unwrap_or_default(),
        ..Hook::default()
    }
}

/// The events of a hook annotation; `None` if any of them is unknown: then Helm drops the document.
fn hook_events(names: &str) -> Option<Vec<String>> {
    let event = |name: String| match name.as_str() {
        "pre-install" | "post-install" | "pre-delete" | "post-delete" | "pre-upgrade" | "post-upgrade"
        | "pre-rollback" | "post-rollback" | "test" => Some(name),
        "test-success" => Some("test".to_owned()),
        _ => None,
    };
    lower_list(names).into_iter().map(event).collect()
}

fn lower_list(text: &str) -> Vec<String> {
    text.split(',').map(|part| part.trim().to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unknown_event_spoils_the_hook() {
        let events = |names: &str| hook_events(names).map(|list| list.join(" "));
        assert_eq!(
            events("Pre-Install, test-success").as_deref(),
            Some("pre-install test")
        );
        assert_eq!(events("pre-install,"), None);
        assert_eq!(events("crd-install"), None);
    }

    #[test]
    fn partials_go_by_their_base_name() {
        assert!(is_partial("c/templates/_h.tpl"));
        assert!(!is_partial("c/templates/_y/z.yaml"));
    }
}
