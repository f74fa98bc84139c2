//! Changing: replacements, patches, applies.

use std::sync::Arc;

use serde_json::Value as Json;

use super::commit::commit;
use super::create::create;
use super::{Patch, Target, check_body};
use crate::patch::{PatchError, json_merge, keys, strategic};
use crate::sandbox::failure::Failure;
use crate::sandbox::kinds::Kind;
use crate::sandbox::managed::{Manager, record};
use crate::sandbox::object::{prune_nulls, remove, set, text};
use crate::sandbox::read;
use crate::sandbox::state::State;

/// Replaces; a resource version in the body guards.
pub(in crate::sandbox) fn update(
    state: &mut State,
    target: Target<'_>,
    mut object: Json,
) -> Result<Arc<Json>, Failure> {
    check_body(target, &object)?;
    if text(&object, "/metadata/name") != target.name {
        let found = text(&object, "/metadata/name");
        let message = format!(
            "the name of the object ({found}) does not match the name on the URL ({})",
            target.name
        );
        return Err(Failure::bad_request(message));
    }
    let old = Arc::clone(state.get(&target.key()).ok_or_else(|| target.not_found())?);
    prune_nulls(&mut object);
    commit(state, target, &old, object, Manager::update(target))
}

/// Patches; an apply patch creates what is not there.
pub(in crate::sandbox) fn patch(
    state: &mut State,
    target: Target<'_>,
    patch: &Patch,
) -> Result<Arc<Json>, Failure> {
    if let Patch::Apply(intent) = patch {
        return apply(state, target, intent);
    }
    let old = Arc::clone(state.get(&target.key()).ok_or_else(|| target.not_found())?);
    let shown = read::present(target.kind, &old);
    let mut new = patched(target.kind, &shown, patch)?;
    prune_nulls(&mut new);
    if text(&new, "/metadata/name") != target.name {
        return Err(Failure::bad_request(
            "metadata.name: Invalid value: field is immutable",
        ));
    }
    commit(state, target, &old, new, Manager::update(target))
}

fn patched(kind: &Kind, old: &Json, patch: &Patch) -> Result<Json, Failure> {
    match patch {
        Patch::Json(operations) => {
            let mut new = old.clone();
            let refused = |error: json_patch::PatchError| {
                Failure::new(
                    422,
                    "Invalid",
                    format!("the server rejected our request due to an error in our request: {error}"),
                )
            };
            json_patch::patch(&mut new, operations).map_err(refused)?;
            Ok(new)
        }
        Patch::Merge(patch) => Ok(json_merge::apply(old, patch)),
        Patch::Strategic(_) if kind.is_custom => {
            let accepted =
                "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
            Err(Failure::unsupported_media_type(
                "application/strategic-merge-patch+json",
                accepted,
            ))
        }
        Patch::Strategic(patch) | Patch::Apply(patch) => {
            let refused = |error: PatchError| Failure::bad_request(error.to_string());
            strategic::apply(old, patch, schema(kind)).map_err(refused)
        }
    }
}

fn schema(kind: &Kind) -> keys::Schema {
    keys::schema_of(&kind.api_version(), &kind.kind).unwrap_or(keys::Schema::METADATA)
}

/// Server-side apply, without conflicts: what this manager applied before and leaves out now goes, the rest merges.
fn apply(state: &mut State, target: Target<'_>, intent: &Json) -> Result<Arc<Json>, Failure> {
    check_body(target, intent)?;
    let memory = (target.key(), target.manager.to_owned());
    let Some(old) = state.get(&target.key()).cloned() else {
        let mut object = intent.clone();
        set(&mut object, "/metadata/name", target.name);
        let created = create(state, target, object)?;
        return Ok(as_applied(state, target, intent, &created));
    };
    let before = state
        .applied
        .get(&memory)
        .cloned()
        .unwrap_or_else(|| intent.clone());
    let shown = read::present(target.kind, &old);
    let new = if target.kind.is_custom {
        json_merge::apply(&shown, &json_merge::three_way(&before, intent, &shown))
    } else {
        let refused = |error: PatchError| Failure::bad_request(error.to_string());
        let patch = strategic::three_way(&before, intent, &shown, schema(target.kind)).map_err(refused)?;
        strategic::apply(&shown, &patch, schema(target.kind)).map_err(refused)?
    };
    let mut new = new;
    prune_nulls(&mut new);
    let applied = commit(state, target, &old, new, Manager::apply(target, intent))?;
    if !target.dry_run {
        state.applied.insert(memory, intent.clone());
    }
    Ok(applied)
}

/// After an apply that created: remembers the intent, and corrects the record of who manages what.
fn as_applied(state: &mut State, target: Target<'_>, intent: &Json, created: &Json) -> Arc<Json> {
    let mut object = created.clone();
    remove(&mut object, "/metadata/managedFields");
    record(&mut object, None, Manager::apply(target, intent));
    if target.dry_run {
        return Arc::new(object);
    }
    let memory = (target.key(), target.manager.to_owned());
    state.applied.insert(memory, intent.clone());
    state.amend(&target.key(), object)
}
