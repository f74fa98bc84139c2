//! Owners and their dependents.

use std::sync::Arc;

use serde_json::Value as Json;

use super::object::{at, is_being_deleted, list, set, text};
use super::state::{Key, State};

fn is_owned_by(object: &Json, uid: &str) -> bool {
    list(object, "/metadata/ownerReferences")
        .iter()
        .any(|owner| owner["uid"] == uid)
}

/// The objects that name this owner.
pub(super) fn dependents(state: &State, uid: &str) -> Vec<(Key, Arc<Json>)> {
    let owned = state.all().filter(|(_, object)| is_owned_by(object, uid));
    owned
        .map(|(key, object)| (key.clone(), Arc::clone(object)))
        .collect()
}
pub(super) fn has_dependents(state: &State, uid: &str) -> bool {
    state.all().any(|(_, object)| is_owned_by(object, uid))
}

/// Takes the owner out of all its dependents.
pub(super) fn orphan(state: &mut State, uid: &str) {
    for (key, object) in dependents(state, uid) {
        disown(state, key, &object, uid);
    }
}

fn disown(state: &mut State, key: Key, object: &Json, uid: &str) {
    let mut owners = list(object, "/metadata/ownerReferences").to_vec();
    owners.retain(|owner| owner["uid"] != uid);
    let mut object = object.clone();
    if owners.is_empty() {
        super::object::remove(&mut object, "/metadata/ownerReferences");
    } else {
        set(&mut object, "/metadata/ownerReferences", owners);
    }
    state.put(key, object);
}

/// An owner is gone, or goes in the foreground: its dependents go, unless another owner still holds them.
pub(super) fn collect(state: &mut State, uid: &str) {
    for (key, object) in dependents(state, uid) {
        let owners = list(&object, "/metadata/ownerReferences");
        if owners.len() > 1 {
            disown(state, key, &object, uid);
        } else {
            discard(state, &key, &object);
        }
    }
}

/// Deletes without asking; what has finalizers is only marked.
pub(super) fn discard(state: &mut State, key: &Key, object: &Json) {
    if list(object, "/metadata/finalizers").is_empty() {
        state.take(key);
    } else if !is_being_deleted(object) {
        let mut marked = object.clone();
        set(&mut marked, "/metadata/deletionTimestamp", super::object::now());
        state.put(key.clone(), marked);
    }
}

/// Ends a foreground deletion whose dependents are gone.
pub(super) fn finish_foreground(state: &mut State, key: &Key) {
    let Some(object) = state.get(key).cloned() else {
        return;
    };
    let mut finalizers = list(&object, "/metadata/finalizers").to_vec();
    let is_foreground = finalizers.iter().any(|name| name == "foregroundDeletion");
    if !is_foreground || has_dependents(state, text(&object, "/metadata/uid")) {
        return;
    }
    finalizers.retain(|name| name != "foregroundDeletion");
    if finalizers.is_empty() && !at(&object, "/metadata/deletionTimestamp").is_null() {
        state.take(key);
        return;
    }
    let mut object = (*object).clone();
    set(&mut object, "/metadata/finalizers", finalizers);
    state.put(key.clone(), object);
}
