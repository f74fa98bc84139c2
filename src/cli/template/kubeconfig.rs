//! The namespace that a kubeconfig stands for: all that `template` wants of it.
//! Source: client-go `tools/clientcmd` (`Namespace`), v0.32.

use std::env;
use std::path::PathBuf;

use serde_json::Value as Json;

use crate::golang::yaml;

/// The namespace of a context, or of the current one. `files`: paths with colons between them; without them, the file in
/// the home folder. What cannot be read names none.
pub(super) fn namespace(files: Option<&str>, context: Option<&str>) -> Option<String> {
    let paths = match files.filter(|text| !text.is_empty()) {
        Some(text) => env::split_paths(text).collect(),
        None => home().into_iter().collect::<Vec<_>>(),
    };
    let texts = paths.iter().filter_map(|path| std::fs::read(path).ok());
    let configs: Vec<Json> = texts.filter_map(|text| yaml::values(&text).ok()).collect();
    in_configs(&configs, context)
}

fn home() -> Option<PathBuf> {
    Some(PathBuf::from(env::var_os("HOME")?).join(".kube/config"))
}

/// The first file that says something wins.
fn in_configs(configs: &[Json], context: Option<&str>) -> Option<String> {
    let text = |value: Option<&Json>| {
        let text = value.and_then(Json::as_str).unwrap_or_default();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let given = context.filter(|name| !name.is_empty()).map(str::to_owned);
    let current = || {
        configs
            .iter()
            .find_map(|config| text(config.get("current-context")))
    };
    let name = given.or_else(current)?;
    let contexts = configs
        .iter()
        .filter_map(|config| config.get("contexts")?.as_array());
    let found = contexts
        .flatten()
        .find(|context| context.get("name").and_then(Json::as_str) == Some(&name))?;
    text(found.pointer("/context/namespace"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_contexts_namespace_counts() {
        let context =
            |name: &str, namespace: &str| json!({"name": name, "context": {"namespace": namespace}});
        let first = json!({"contexts": [context("a", "one"), context("b", "")]});
        let second =
            json!({"current-context": "a", "contexts": [context("a", "late"), context("c", "three")]});
        let configs = [first, second];
        for (context, expected) in [
            (None, Some("one")),
            (Some("b"), None),
            (Some("c"), Some("three")),
            (Some("nope"), None),
        ] {
            assert_eq!(in_configs(&configs, context).as_deref(), expected, "{context:?}");
        }
        assert_eq!(in_configs(&[], None), None);
    }
}
