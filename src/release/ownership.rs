//! Whose object is it? Helm's ownership keys: writing them, and refusing objects that carry others. Pure.
//! Source: helm `pkg/action/validate.go`, v3.17.

use std::fmt;

use serde_json::{Value as Json, json};

use crate::k8s::{Object, ObjectRef, objects};

const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
const RELEASE_NAME: &str = "meta.helm.sh/release-name";
const RELEASE_NAMESPACE: &str = "meta.helm.sh/release-namespace";

/// A release as its objects name it.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// Its name.
    pub release: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
}

/// An object that exists and is not this release's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Which.
    pub object: ObjectRef,
    /// `namespace/release` of the release that it names as its own, if it names one.
    pub owner: Option<String>,
    /// Helm's text on what is wrong with its keys.
    pub why: String,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespace = self.object.namespace.as_deref().unwrap_or_default();
        write!(
            f,
            "{} \"{}\" in namespace \"{namespace}\" exists and cannot be imported into the current release: invalid ownership metadata; {}",
            self.object.kind, self.object.name, self.why
        )
    }
}

/// The object with the keys of its owner, over whatever the chart says.
pub(super) fn with_keys(object: &Json, owner: Owner<'_>) -> Json {
    let mut object = object.clone();
    let keys = [
        ("labels", MANAGED_BY, "Helm"),
        ("annotations", RELEASE_NAME, owner.release),
        ("annotations", RELEASE_NAMESPACE, owner.namespace),
    ];
    for (map, key, value) in keys {
        set(&mut object, map, key, value);
    }
    object
}

fn set(object: &mut Json, map: &str, key: &str, value: &str) {
    let metadata = &mut object["metadata"];
    if !metadata[map].is_object() {
        metadata[map] = json!({});
    }
    metadata[map][key] = Json::from(value);
}

/// What keeps a live object from being this release's; `None` where it is.
#[must_use]
pub fn conflict(live: &Object, target: &ObjectRef, owner: Owner<'_>) -> Option<Conflict> {
    let checks = [
        ("label", MANAGED_BY, objects::label(live, MANAGED_BY), "Helm"),
        (
            "annotation",
            RELEASE_NAME,
            objects::annotation(live, RELEASE_NAME),
            owner.release,
        ),
        (
            "annotation",
            RELEASE_NAMESPACE,
            objects::annotation(live, RELEASE_NAMESPACE),
            owner.namespace,
        ),
    ];
    let wrong: Vec<String> = checks.into_iter().filter_map(wrong_key).collect();
    (!wrong.is_empty()).then(|| Conflict {
        object: target.clone(),
        owner: owner_of(live),
        why: wrong.join("; "),
    })
}

fn wrong_key((what, key, found, wanted): (&str, &str, Option<&str>, &str)) -> Option<String> {
    match found {
        Some(found) if found == wanted => None,
        Some(found) => Some(format!(
            "{what} validation error: key \"{key}\" must equal \"{wanted}\": current value is \"{found}\""
        )),
        None => Some(format!(
            "{what} validation error: missing key \"{key}\": must be set to \"{wanted}\""
        )),
    }
}

/// `namespace/release` of the release that an object names as its owner.
pub(super) fn owner_of(live: &Object) -> Option<String> {
    let release = objects::annotation(live, RELEASE_NAME)?;
    let namespace = objects::annotation(live, RELEASE_NAMESPACE).unwrap_or_default();
    Some(format!("{namespace}/{release}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Owner<'static> = Owner {
        release: "web",
        namespace: "prod",
    };

    fn live(metadata: &Json) -> Json {
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    }

    #[test]
    fn keys_are_written_over_what_the_chart_says() {
        let chart =
            live(&json!({"name": "c", "labels": {"a": "b", MANAGED_BY: "chart"}, "annotations": null}));
        let expected = live(&json!({
            "name": "c",
            "labels": {"a": "b", MANAGED_BY: "Helm"},
            "annotations": {RELEASE_NAME: "web", RELEASE_NAMESPACE: "prod"},
        }));
        assert_eq!(with_keys(&chart, OWNER), expected);
        assert_eq!(conflict(&expected, &ObjectRef::of(&expected), OWNER), None);
    }

    #[test]
    fn a_stranger_is_refused_in_helms_words() {
        let stranger = live(&json!({"name": "c", "namespace": "prod"}));
        let found = conflict(&stranger, &ObjectRef::of(&stranger), OWNER).unwrap();
        assert_eq!(
            found.to_string(),
            r#"ConfigMap "c" in namespace "prod" exists and cannot be imported into the current release: invalid ownership metadata; label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"; annotation validation error: missing key "meta.helm.sh/release-name": must be set to "web"; annotation validation error: missing key "meta.helm.sh/release-namespace": must be set to "prod""#
        );
        assert_eq!(found.owner, None);
    }

    #[test]
    fn another_releases_object_names_its_owner() {
        let other = Owner {
            release: "db",
            namespace: "prod",
        };
        let theirs = with_keys(&live(&json!({"name": "c"})), other);
        let found = conflict(&theirs, &ObjectRef::of(&theirs), OWNER).unwrap();
        assert_eq!(found.owner.as_deref(), Some("prod/db"));
        assert_eq!(
            found.why,
            r#"annotation validation error: key "meta.helm.sh/release-name" must equal "web": current value is "db""#
        );
    }
}
