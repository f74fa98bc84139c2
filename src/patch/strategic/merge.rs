//! Merging patches: into an object (apply), or two patches into one (the second half of a three-way merge).

use serde_json::Value as Json;

use super::order::{Identity, arrange, is_deletion};
use super::{DELETE, DELETE_FROM_LIST, DIRECTIVE, MERGE, Object, REPLACE, RETAIN_KEYS, SET_ORDER};
use super::{error, holds_objects, keyed};
use crate::patch::PatchError;
use crate::patch::keys::{Field, Schema, Strategy};

/// What the left side is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// An object: directives are carried out, nulls remove.
    Apply,
    /// Another patch: directives and nulls are kept.
    Combine,
}

pub(super) fn merge_objects(
    mut original: Object,
    mut patch: Object,
    schema: Schema,
    mode: Mode,
) -> Result<Object, PatchError> {
    if let Some(directive) = patch.remove(DIRECTIVE) {
        return match directive.as_str() {
            Some(REPLACE) => Ok(patch),
            Some(DELETE) => Ok(Object::new()),
            _ => Err(error(format!("unknown patch type: {directive}"))),
        };
    }
    retain_keys(&mut original, &mut patch, mode)?;
    merge_ordered_lists(&mut original, &mut patch, schema, mode)?;
    let (deletions, rest): (Vec<_>, Vec<_>) = patch
        .into_iter()
        .partition(|(key, _)| key.starts_with(DELETE_FROM_LIST));
    for (key, values) in deletions {
        delete_from_list(&mut original, key, values, mode)?;
    }
    for (key, value) in rest {
        merge_value(&mut original, key, value, schema, mode)?;
    }
    Ok(original)
}

/// `$retainKeys`: all other keys of the original go; a patch may set none but those.
fn retain_keys(original: &mut Object, patch: &mut Object, mode: Mode) -> Result<(), PatchError> {
    let Some(retained) = patch.remove(RETAIN_KEYS) else {
        return Ok(());
    };
    let invalid = || error("invalid patch format of retainKeys");
    if mode == Mode::Combine {
        let known = original.entry(RETAIN_KEYS).or_insert_with(|| retained.clone());
        return if *known == retained {
            Ok(())
        } else {
            Err(invalid())
        };
    }
    let list = retained.as_array().ok_or_else(invalid)?;
    let is_retained = |key: &str| list.iter().any(|item| item.as_str() == Some(key));
    let is_directive = |key: &str| key.starts_with(DELETE_FROM_LIST) || key.starts_with(SET_ORDER);
    let is_stray =
        |(key, value): (&String, &Json)| !value.is_null() && !is_directive(key) && !is_retained(key);
    if patch.iter().any(is_stray) {
        return Err(invalid());
    }
    original.retain(|key, _| is_retained(key));
    Ok(())
}

/// The lists that come with a `$setElementOrder`: merged and brought into that order; both leave the patch.
fn merge_ordered_lists(
    original: &mut Object,
    patch: &mut Object,
    schema: Schema,
    mode: Mode,
) -> Result<(), PatchError> {
    let is_order = |key: &&String| key.starts_with(SET_ORDER);
    let directives: Vec<String> = patch.keys().filter(is_order).cloned().collect();
    for directive in directives {
        let invalid = || error("invalid patch format of setElementOrder list");
        let Some(Json::Array(order)) = patch.remove(&directive) else {
            return Err(invalid());
        };
        if mode == Mode::Combine {
            let wanted = Json::Array(order.clone());
            let known = original.entry(&directive).or_insert_with(|| wanted.clone());
            if *known != wanted {
                return Err(invalid());
            }
        }
        let key = &directive[SET_ORDER.len()..];
        let (live, changes) = (list_of(original.get(key))?, list_of(patch.remove(key).as_ref())?);
        let field = schema.field(key);
        if let Some(merged) = merge_in_order(live, changes, &order, field, mode)? {
            original.insert(key.to_owned(), Json::Array(merged));
        }
    }
    Ok(())
}

fn list_of(value: Option<&Json>) -> Result<Option<Vec<Json>>, PatchError> {
    match value {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Array(list)) => Ok(Some(list.clone())),
        Some(_) => Err(error("expected a []interface {}, but received another type")),
    }
}

fn merge_in_order(
    live: Option<Vec<Json>>,
    changes: Option<Vec<Json>>,
    order: &[Json],
    field: Field,
    mode: Mode,
) -> Result<Option<Vec<Json>>, PatchError> {
    let identity = Identity(field.merge_key);
    let is_ordered = |item: &Json| item.get(DIRECTIVE).is_some() || identity.position(order, item).is_some();
    if !order.is_empty() && !changes.iter().flatten().all(is_ordered) {
        return Err(error(
            "the order in the patch list does not match its $setElementOrder list",
        ));
    }
    let place = live.clone().unwrap_or_default();
    let merged = match (live, changes) {
        (None, None) => return Ok(None),
        (Some(live), None) => live,
        (None, Some(changes)) => changes
            .into_iter()
            .filter_map(|item| settled(item, mode))
            .collect(),
        (Some(live), Some(changes)) if field.strategy == Strategy::Merge => {
            merge_lists(live, changes, field, mode)?
        }
        (Some(_), Some(changes)) => changes,
    };
    Ok(Some(arrange(merged, order, &place, identity)))
}

/// `$deleteFromPrimitiveList/<key>`.
fn delete_from_list(
    original: &mut Object,
    directive: String,
    values: Json,
    mode: Mode,
) -> Result<(), PatchError> {
    if mode == Mode::Combine {
        original.insert(directive, values);
        return Ok(());
    }
    let Json::Array(values) = values else {
        return Err(error("invalid patch format of primitive list"));
    };
    if let Some(Json::Array(list)) = original.get_mut(&directive[DELETE_FROM_LIST.len()..]) {
        list.retain(|item| !values.contains(item));
    }
    Ok(())
}

fn merge_value(
    original: &mut Object,
    key: String,
    value: Json,
    schema: Schema,
    mode: Mode,
) -> Result<(), PatchError> {
    if value.is_null() && mode == Mode::Apply {
        original.remove(&key);
        return Ok(());
    }
    let field = schema.field(&key);
    let merged = match (original.remove(&key), value) {
        (Some(Json::Object(old)), Json::Object(new)) if field.strategy != Strategy::Replace => {
            Some(Json::Object(merge_objects(old, new, field.schema, mode)?))
        }
        (Some(Json::Array(old)), Json::Array(new)) if field.strategy == Strategy::Merge => {
            Some(Json::Array(merge_lists(old, new, field, mode)?))
        }
        // apimachinery hands over a whole list or replaced object as it is, with any directive in it.
        (Some(Json::Object(_)), new @ Json::Object(_)) | (Some(Json::Array(_)), new @ Json::Array(_)) => {
            Some(new)
        }
        (_, new) => settled(new, mode),
    };
    if let Some(merged) = merged {
        original.insert(key, merged);
    }
    Ok(())
}

fn merge_lists(old: Vec<Json>, new: Vec<Json>, field: Field, mode: Mode) -> Result<Vec<Json>, PatchError> {
    match holds_objects(&[&old, &new])? {
        None => Ok(old),
        Some(false) => {
            let live = old.clone();
            let added: Vec<Json> = new.iter().filter(|item| !live.contains(item)).cloned().collect();
            Ok(arrange([old, added].concat(), &new, &live, Identity("")))
        }
        Some(true) if field.merge_key.is_empty() => Err(error(format!(
            "cannot merge lists without merge key for {}",
            field.schema.0
        ))),
        Some(true) => merge_object_lists(old, new, field, mode),
    }
}

fn merge_object_lists(
    old: Vec<Json>,
    new: Vec<Json>,
    field: Field,
    mode: Mode,
) -> Result<Vec<Json>, PatchError> {
    let (mut merged, new) = carry_out_directives(old, new, field.merge_key)?;
    let identity = Identity(field.merge_key);
    let live = merged.clone();
    for item in &new {
        let (changes, _) = keyed(item, field.merge_key)?;
        match identity.position(&merged, item) {
            Some(index) => {
                let Json::Object(below) = merged[index].take() else {
                    return Err(error(
                        "expected a map[string]interface {}, but received another type",
                    ));
                };
                merged[index] = Json::Object(merge_objects(below, changes.clone(), field.schema, mode)?);
            }
            None => merged.extend(settled(item.clone(), mode)),
        }
    }
    Ok(arrange(merged, &new, &live, identity))
}

/// Elements with `$patch`: deletes what they delete; gives (list, the other elements).
fn carry_out_directives(
    mut old: Vec<Json>,
    new: Vec<Json>,
    merge_key: &str,
) -> Result<(Vec<Json>, Vec<Json>), PatchError> {
    let (special, rest): (Vec<Json>, Vec<Json>) =
        new.into_iter().partition(|item| item.get(DIRECTIVE).is_some());
    let mut is_replaced = false;
    for item in &special {
        match item.get(DIRECTIVE).and_then(Json::as_str) {
            Some(DELETE) => {
                let (_, key) = keyed(item, merge_key)?;
                old.retain(|other| is_deletion(other) || other.get(merge_key) != Some(key));
            }
            Some(REPLACE) => is_replaced = true,
            Some(MERGE) => return Err(error("merging lists cannot yet be specified in the patch")),
            _ => return Err(error("unknown patch type in a list element")),
        }
    }
    Ok(if is_replaced {
        (rest, Vec::new())
    } else {
        (old, rest)
    })
}

/// A value that nothing was there to merge with: `None` for an object that is itself a `$patch`. Applying, all
/// directives and nulls in it have done their work; combining, they are for the server.
fn settled(value: Json, mode: Mode) -> Option<Json> {
    let is_done = |key: &str, value: &Json| {
        mode == Mode::Apply
            && (value.is_null()
                || key == RETAIN_KEYS
                || key.starts_with(SET_ORDER)
                || key.starts_with(DELETE_FROM_LIST))
    };
    match value {
        Json::Object(map) if map.contains_key(DIRECTIVE) => None,
        Json::Object(map) => {
            let kept = map.into_iter().filter(|(key, value)| !is_done(key, value));
            let kept = kept.filter_map(|(key, value)| Some((key, settled(value, mode)?)));
            Some(Json::Object(kept.collect()))
        }
        Json::Array(list) => {
            let kept = list.into_iter().filter_map(|item| settled(item, mode));
            Some(Json::Array(kept.collect()))
        }
        scalar => Some(scalar),
    }
}
