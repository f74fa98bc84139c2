//! Objects of a manifest that are there already. Source: helm `pkg/action/validate.go`, v3.17 and v4.3.

use serde_json::Value as Json;

use super::build::Found;
use super::connect::go_text;
use crate::golang::strconv::quote;
use crate::helm::engines::Engine;
use crate::k8s::objects::text;
use crate::k8s::{Cluster, ObjectRef, path_segment};
use crate::release::ownership::{self, Owner};

/// The release that wants the objects.
pub(super) struct Release<'a> {
    pub(super) name: &'a str,
    pub(super) namespace: &'a str,
    /// Whoever owns them.
    pub(super) takes_ownership: bool,
}

/// None of the objects may be there as another's.
///
/// # Errors
/// The first that is, and what cannot be asked, in Helm's words.
pub(super) async fn check(
    cluster: &Cluster,
    objects: &[Found],
    release: &Release<'_>,
    engine: &Engine,
) -> Result<(), String> {
    for found in objects {
        if !engine.checks_generated_names || !is_named_by_the_server(&found.object)? {
            check_one(cluster, found, release).await?;
        }
    }
    Ok(())
}

/// Has it `generateName` alone?
fn is_named_by_the_server(object: &Json) -> Result<bool, String> {
    let (name, generated) = (
        text(object, "/metadata/name"),
        text(object, "/metadata/generateName"),
    );
    match (name.is_empty(), generated.is_empty()) {
        (_, true) => Ok(false),
        (true, false) => Ok(true),
        (false, false) => Err("metadata.name and metadata.generateName cannot both be set".to_owned()),
    }
}

async fn check_one(cluster: &Cluster, found: &Found, release: &Release<'_>) -> Result<(), String> {
    let name = text(&found.object, "/metadata/name");
    let kind = text(&found.object, "/kind");
    let shown = ObjectRef {
        api_version: text(&found.object, "/apiVersion").to_owned(),
        kind: kind.to_owned(),
        namespace: Some(found.namespace.clone()),
        name: name.to_owned(),
    };
    let live = match (bad_name(name), &found.served_kind) {
        (Some(problem), _) => Err(problem),
        (None, None) => Ok(None),
        (None, Some(kind)) => {
            let at = ObjectRef {
                kind: kind.clone(),
                ..shown.clone()
            };
            cluster.get(&at).await.map_err(|error| go_text(&error, ""))
        }
    };
    let live = live.map_err(|error| {
        let (name, namespace) = (quote(name.as_bytes()), quote(found.namespace.as_bytes()));
        format!(
            "could not get information about the resource {kind} {name} in namespace {namespace}: {error}"
        )
    })?;
    let owner = Owner {
        release: release.name,
        namespace: release.namespace,
    };
    let conflict = live.and_then(|live| ownership::conflict(&live, &shown, owner));
    match conflict.filter(|_| !release.takes_ownership) {
        None => Ok(()),
        Some(conflict) => Err(conflict.to_string()),
    }
}

/// What client-go does not send.
fn bad_name(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("resource name may not be empty".to_owned());
    }
    let problem = path_segment::problem(name)?;
    Some(format!(
        "invalid resource name {}: [{problem}]",
        quote(name.as_bytes())
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_given_or_generated() {
        for (metadata, expected) in [
            (json!({"name": "a"}), Ok(false)),
            (json!({"generateName": "a-"}), Ok(true)),
            (json!({}), Ok(false)),
            (json!({"name": "a", "generateName": "a-"}), Err(())),
        ] {
            let found = is_named_by_the_server(&json!({"metadata": metadata}));
            assert_eq!(found.map_err(|_| ()), expected, "{metadata}");
        }
    }
}
