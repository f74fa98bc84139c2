//! Which object of the old manifest belongs to which of the new one, and which have vanished. Pure.
//! Source: helm `pkg/kube/resource.go` (matching by group and kind), v3.17.1 and later.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::k8s::{ObjectRef, objects};

/// An object of a manifest whose namespace is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    /// With its namespace, for a kind that has one.
    pub(super) at: ObjectRef,
    /// As the manifest has it, namespace filled in; without ownership keys.
    pub(super) object: Json,
}

/// What Helm tells objects apart by. The version is not part of it: `v1beta1` and `v1` of a kind are one object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    group: String,
    kind: String,
    namespace: Option<String>,
    name: String,
}

impl Identity {
    pub(super) fn of(target: &ObjectRef) -> Self {
        Identity {
            group: target.group().to_owned(),
            kind: target.kind.clone(),
            namespace: target.namespace.clone(),
            name: target.name.clone(),
        }
    }
    /// The same object, were it not for the group.
    fn is_namesake(&self, other: &Identity) -> bool {
        self.kind == other.kind && self.namespace == other.namespace && self.name == other.name
    }
}

/// The old objects by what tells them apart; the first of equals counts.
pub(super) fn by_identity(targets: &[Target]) -> BTreeMap<Identity, &Target> {
    let mut found = BTreeMap::new();
    for target in targets {
        found.entry(Identity::of(&target.at)).or_insert(target);
    }
    found
}

/// Old objects of the same kind and name in another group: perhaps the same object under an older API, which only the
/// live uids can tell.
pub(super) fn namesakes<'a>(new: &ObjectRef, previous: &'a [Target]) -> impl Iterator<Item = &'a Target> {
    let new = Identity::of(new);
    previous.iter().filter(move |old| {
        let old = Identity::of(&old.at);
        old != new && old.is_namesake(&new)
    })
}

/// Old objects that the new manifest no longer has, in the old one's order.
pub(super) fn vanished<'a>(previous: &'a [Target], targets: &[Target]) -> Vec<&'a Target> {
    let kept = by_identity(targets);
    previous
        .iter()
        .filter(|old| !kept.contains_key(&Identity::of(&old.at)))
        .collect()
}

/// What happens to a live object that the new manifest no longer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Removal {
    /// Exactly the object with this uid.
    Delete { uid: String },
    /// Why it stays.
    Keep(String),
}

/// Decides about a vanished object: kept by its policy, alive under another API, or another release's by now.
pub(super) fn removal(live: &Json, applied_uids: &[String], owner: &str) -> Removal {
    let uid = objects::uid(live);
    if objects::annotation(live, "helm.sh/resource-policy") == Some("keep") {
        return Removal::Keep("its annotation helm.sh/resource-policy says keep".to_owned());
    }
    if applied_uids.iter().any(|applied| applied == uid) {
        return Removal::Keep("it lives on under another apiVersion".to_owned());
    }
    match super::ownership::owner_of(live) {
        Some(other) if other != owner => Removal::Keep(format!("it belongs to release {other} by now")),
        _ => Removal::Delete { uid: uid.to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// `apps/v1 Deployment web` as a target.
    fn target(text: &str) -> Target {
        let parts: Vec<&str> = text.split(' ').collect();
        let at = ObjectRef::new(parts[0], parts[1], parts[2]).in_namespace("n");
        Target {
            object: at.stub(),
            at,
        }
    }

    #[test]
    fn what_vanished_is_told_by_group_kind_and_name() {
        for (old, new, expected) in [
            ("v1 ConfigMap a", "v1 ConfigMap a", 0),
            ("v1 ConfigMap a", "v1 ConfigMap b", 1),
            ("batch/v1beta1 CronJob a", "batch/v1 CronJob a", 0),
            (
                "extensions/v1beta1 Ingress a",
                "networking.k8s.io/v1 Ingress a",
                1,
            ),
            ("v1 Service a", "serving.example.org/v1 Service a", 1),
        ] {
            assert_eq!(
                vanished(&[target(old)], &[target(new)]).len(),
                expected,
                "{old} -> {new}"
            );
        }
    }

    #[test]
    fn namesakes_are_found_in_other_groups_only() {
        let previous = [
            target("extensions/v1beta1 Ingress a"),
            target("networking.k8s.io/v1beta1 Ingress a"),
        ];
        let new = target("networking.k8s.io/v1 Ingress a");
        let found: Vec<&str> = namesakes(&new.at, &previous).map(|old| old.at.group()).collect();
        assert_eq!(found, ["extensions"]);
    }

    #[test]
    fn a_vanished_object_goes_unless_something_holds_it() {
        let live = |annotations: Json| json!({"metadata": {"uid": "u1", "annotations": annotations}});
        let verdict = |live: &Json, applied: &[String]| removal(live, applied, "n/web");
        let delete = || Removal::Delete { uid: "u1".to_owned() };
        let kept = |why: &str| Removal::Keep(why.to_owned());
        assert_eq!(verdict(&live(json!({})), &[]), delete());
        assert_eq!(
            verdict(&live(json!({"helm.sh/resource-policy": "delete"})), &[]),
            delete()
        );
        assert_eq!(
            verdict(&live(json!({"helm.sh/resource-policy": "keep"})), &[]),
            kept("its annotation helm.sh/resource-policy says keep")
        );
        assert_eq!(
            verdict(&live(json!({})), &["u1".to_owned()]),
            kept("it lives on under another apiVersion")
        );
        let owned = |release: &str| {
            live(json!({"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": "n"}))
        };
        assert_eq!(verdict(&owned("web"), &[]), delete());
        assert_eq!(
            verdict(&owned("db"), &[]),
            kept("it belongs to release n/db by now")
        );
    }
}
