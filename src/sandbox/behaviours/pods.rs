//! Pods as their controllers see them: made from templates, counted, removed.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::sandbox::object::{at, is_being_deleted, list, name, namespace, set, text, uid};
use crate::sandbox::state::{Key, State};
use crate::sandbox::write::{self, Target};

/// An owner as its dependents name it.
pub(super) fn reference(owner: &Json) -> Json {
    json!({
        "apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": name(owner), "uid": uid(owner),
        "controller": true, "blockOwnerDeletion": true,
    })
}

/// Creates an object in a controller's name; what the server refuses is dropped.
pub(super) fn create(state: &mut State, api_version: &str, kind: &str, object: Json) -> Option<Arc<Json>> {
    let kind = Arc::clone(state.kinds.by_kind(api_version, kind)?);
    let space = namespace(&object).to_owned();
    let target = Target {
        kind: &kind,
        namespace: &space,
        name: "",
        manager: "kube-controller-manager",
        dry_run: false,
        is_status: false,
    };
    let created = write::create(state, target, object);
    created
        .inspect_err(|failure| tracing::debug!(message = %failure.message, "a behaviour's write was refused"))
        .ok()
}

/// A pod from the template of its owner; with an exact name, or one that starts with the owner's.
pub(super) fn create_pod(state: &mut State, owner: &Json, exact_name: Option<&str>, labels: &[(&str, &str)]) {
    let template = at(owner, "/spec/template");
    let mut pod = json!({"metadata": at(template, "/metadata"), "spec": at(template, "/spec")});
    set(&mut pod, "/metadata/namespace", namespace(owner));
    set(&mut pod, "/metadata/ownerReferences", json!([reference(owner)]));
    match exact_name {
        Some(exact) => set(&mut pod, "/metadata/name", exact),
        None => set(&mut pod, "/metadata/generateName", format!("{}-", name(owner))),
    }
    for (key, value) in labels {
        let key = crate::sandbox::object::escape(key);
        set(&mut pod, &format!("/metadata/labels/{key}"), *value);
    }
    create(state, "v1", "Pod", pod);
}

/// The objects of a store that this owner controls.
pub(super) fn controlled(state: &State, store: &str, owner: &Json) -> Vec<(Key, Arc<Json>)> {
    let is_mine = |object: &Json| {
        list(object, "/metadata/ownerReferences")
            .iter()
            .any(|reference| reference["uid"] == uid(owner))
    };
    let all = state.list(store, Some(namespace(owner)));
    all.filter(|(_, object)| is_mine(object))
        .map(|(key, object)| (key.clone(), Arc::clone(object)))
        .collect()
}

/// An owner's pods that are neither finished nor going.
pub(super) fn active(state: &State, owner: &Json) -> Vec<(Key, Arc<Json>)> {
    let mut pods = controlled(state, "/pods", owner);
    let is_finished = |pod: &Json| matches!(text(pod, "/status/phase"), "Succeeded" | "Failed");
    pods.retain(|(_, pod)| !is_finished(pod) && !is_being_deleted(pod));
    pods
}

pub(super) fn is_ready(pod: &Json) -> bool {
    let conditions = list(pod, "/status/conditions");
    conditions
        .iter()
        .any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

pub(super) fn count_ready(pods: &[(Key, Arc<Json>)]) -> i64 {
    count(pods.iter().filter(|(_, pod)| is_ready(pod)).count())
}

pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A condition; keeps the time of the last transition if only the text changed.
pub(super) fn condition(old: &Json, kind: &str, is_true: bool, reason: &str, message: &str) -> Json {
    let status = if is_true { "True" } else { "False" };
    let now = crate::sandbox::object::now();
    let before = list(old, "/status/conditions")
        .iter()
        .find(|condition| condition["type"] == kind);
    let same = before.filter(|condition| condition["status"] == status);
    let since = same.map_or(json!(now), |condition| condition["lastTransitionTime"].clone());
    let mut condition = json!({"type": kind, "status": status, "lastTransitionTime": since});
    if !reason.is_empty() {
        condition["reason"] = reason.into();
        condition["message"] = message.into();
    }
    condition
}

/// A short name for a template: equal templates have equal names. FNV-1a over its JSON, in the letters that
/// Kubernetes uses for hashes.
pub(super) fn template_hash(template: &Json) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut canonical = template.clone();
    crate::sandbox::object::remove(&mut canonical, "/metadata/labels/pod-template-hash");
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = canonical.to_string().bytes().fold(0xcbf2_9ce4_8422_2325, step);
    let mut text = String::new();
    for _ in 0..10 {
        let index = usize::try_from(hash % 27).unwrap_or_default();
        text.push(char::from(LETTERS[index]));
        hash /= 27;
    }
    text
}
