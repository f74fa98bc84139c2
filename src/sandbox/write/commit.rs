//! What every change of a stored object goes through: guards, server-owned fields, rules, generations.

use std::sync::Arc;

use serde_json::Value as Json;

use super::Target;
use super::create::{give_addresses, has_generation};
use crate::sandbox::defaults;
use crate::sandbox::failure::Failure;
use crate::sandbox::kinds::Kind;
use crate::sandbox::managed::{Manager, record};
use crate::sandbox::object::{at, int, is_being_deleted, list, remove, set, text, uid};
use crate::sandbox::state::State;
use crate::sandbox::validate;

/// Stores the new state of an existing object, by all rules.
pub(super) fn commit(
    state: &mut State,
    target: Target<'_>,
    old: &Arc<Json>,
    mut new: Json,
    manager: Manager<'_>,
) -> Result<Arc<Json>, Failure> {
    let wanted = text(&new, "/metadata/resourceVersion");
    if !wanted.is_empty() && wanted != text(old, "/metadata/resourceVersion") {
        return Err(target.modified());
    }
    let wanted = uid(&new);
    if !wanted.is_empty() && wanted != uid(old) {
        let why = format!(
            "Precondition failed: UID in precondition: {wanted}, UID in object meta: {}",
            uid(old)
        );
        return Err(Failure::conflict(
            &target.kind.plural,
            &target.kind.group,
            target.name,
            &why,
        ));
    }
    keep_server_fields(target, old, &mut new);
    if !target.is_status {
        defaults::fill(target.kind, &mut new, Some(old));
        give_addresses(state, target.kind, &mut new);
        target.check(&validate::update(target.kind, old, &new))?;
    }
    if has_generation(target.kind) {
        let generation =
            int(old, "/metadata/generation", 1) + i64::from(spec_changed(target.kind, old, &new));
        set(&mut new, "/metadata/generation", generation);
    }
    record(&mut new, Some(old), manager);
    if is_same(old, &new) {
        return Ok(Arc::clone(old));
    }
    if target.dry_run {
        return Ok(Arc::new(new));
    }
    if is_being_deleted(&new)
        && list(&new, "/metadata/finalizers").is_empty()
        && is_finalized(target.kind, &new)
    {
        state.take(&target.key());
        return Ok(Arc::new(new));
    }
    Ok(state.put(target.key(), new))
}

pub(super) fn is_finalized(kind: &Kind, object: &Json) -> bool {
    &*kind.store != "/namespaces" || list(object, "/spec/finalizers").is_empty()
}

/// What a write cannot change: server-owned metadata, and the half (spec or status) that it is not about.
fn keep_server_fields(target: Target<'_>, old: &Json, new: &mut Json) {
    set(new, "/apiVersion", target.kind.api_version());
    set(new, "/kind", target.kind.kind.clone());
    if target.is_status {
        let status = at(new, "/status").clone();
        let metadata = at(new, "/metadata").clone();
        *new = old.clone();
        set(new, "/status", status);
        for field in ["labels", "annotations", "finalizers"] {
            let kept = at(&metadata, &format!("/{field}")).clone();
            if !kept.is_null() {
                set(new, &format!("/metadata/{field}"), kept);
            }
        }
    } else if target.kind.has_status {
        keep(old, new, "/status");
    }
    let server_owned = [
        "uid",
        "creationTimestamp",
        "resourceVersion",
        "generation",
        "namespace",
        "generateName",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "managedFields",
    ];
    for field in server_owned {
        keep(old, new, &format!("/metadata/{field}"));
    }
}

fn keep(old: &Json, new: &mut Json, pointer: &str) {
    match old.pointer(pointer) {
        Some(value) => set(new, pointer, value.clone()),
        None => drop(remove(new, pointer)),
    }
}

fn spec_changed(kind: &Kind, old: &Json, new: &Json) -> bool {
    let content = |object: &Json| {
        let mut content = object.clone();
        remove(&mut content, "/metadata");
        remove(&mut content, "/apiVersion");
        if kind.has_status {
            remove(&mut content, "/status");
        }
        content
    };
    content(old) != content(new)
}

/// Equal but for the record of who wrote when: then nothing is written.
fn is_same(old: &Json, new: &Json) -> bool {
    let content = |object: &Json| {
        let mut content = object.clone();
        remove(&mut content, "/metadata/managedFields");
        remove(&mut content, "/apiVersion");
        content
    };
    content(old) == content(new)
}
