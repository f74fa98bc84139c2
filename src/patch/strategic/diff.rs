//! Making patches: what differs, as a strategic merge patch.

use std::cmp::Ordering;

use serde_json::{Value as Json, json};

use super::order::{Identity, sort_by};
use super::{DELETE, DELETE_FROM_LIST, DIRECTIVE, Object, RETAIN_KEYS, SET_ORDER};
use super::{error, holds_objects, keyed, text};
use crate::patch::PatchError;
use crate::patch::keys::{Field, Schema, Strategy};

/// Which differences go into the patch.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    /// Additions and changes.
    pub(super) changes: bool,
    /// Removals.
    pub(super) deletions: bool,
}

pub(super) fn diff_objects(
    original: &Object,
    modified: &Object,
    schema: Schema,
    parts: Parts,
) -> Result<Object, PatchError> {
    let mut patch = Object::new();
    for (key, new) in modified {
        let Some(old) = original.get(key) else {
            if parts.changes {
                patch.insert(key.clone(), new.clone());
            }
            continue;
        };
        if key == DIRECTIVE {
            diff_directive(old, new, &mut patch)?;
        } else if old != new {
            diff_values(schema.field(key), key, (old, new), parts, &mut patch)?;
        }
    }
    if parts.deletions {
        let removed = original.keys().filter(|key| !modified.contains_key(*key));
        patch.extend(removed.map(|key| (key.clone(), Json::Null)));
    }
    Ok(patch)
}

fn diff_directive(old: &Json, new: &Json, patch: &mut Object) -> Result<(), PatchError> {
    if !old.is_string() || !new.is_string() {
        return Err(error(format!("invalid value for special key: {DIRECTIVE}")));
    }
    if old != new {
        patch.insert(DIRECTIVE.to_owned(), new.clone());
    }
    Ok(())
}

/// A field that both sides have and that differs.
fn diff_values(
    field: Field,
    key: &str,
    (old, new): (&Json, &Json),
    parts: Parts,
    patch: &mut Object,
) -> Result<(), PatchError> {
    match (old, new) {
        (Json::Object(old), Json::Object(new)) if field.strategy != Strategy::Replace => {
            let nested = diff_nested(old, new, field, parts)?;
            if !nested.is_empty() {
                patch.insert(key.to_owned(), Json::Object(nested));
            }
        }
        (Json::Array(old), Json::Array(new)) if field.strategy == Strategy::Merge => {
            diff_lists(old, new, field, parts)?.write(key, patch);
        }
        _ if parts.changes => {
            patch.insert(key.to_owned(), new.clone());
        }
        _ => {}
    }
    Ok(())
}

/// An object's patch, with `$retainKeys` where its field wants that.
fn diff_nested(old: &Object, new: &Object, field: Field, parts: Parts) -> Result<Object, PatchError> {
    let mut patch = diff_objects(old, new, field.schema, parts)?;
    let has_more = old
        .iter()
        .any(|(key, value)| !value.is_null() && !new.contains_key(key));
    if field.retain_keys && (!patch.is_empty() || has_more) {
        let mut keys: Vec<&String> = new
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, _)| key)
            .collect();
        keys.sort();
        if !keys.is_empty() {
            patch.insert(RETAIN_KEYS.to_owned(), json!(keys));
        }
    }
    Ok(patch)
}

/// What a patch says about one list.
#[derive(Default)]
struct ListPatch {
    items: Vec<Json>,
    deletions: Vec<Json>,
    order: Vec<Json>,
}

impl ListPatch {
    fn write(self, key: &str, patch: &mut Object) {
        let entries = [
            (key.to_owned(), self.items),
            (format!("{DELETE_FROM_LIST}{key}"), self.deletions),
            (format!("{SET_ORDER}{key}"), self.order),
        ];
        for (name, list) in entries {
            if !list.is_empty() {
                patch.insert(name, Json::Array(list));
            }
        }
    }
}

fn diff_lists(old: &[Json], new: &[Json], field: Field, parts: Parts) -> Result<ListPatch, PatchError> {
    if old.is_empty() {
        let items = if parts.changes { new.to_vec() } else { Vec::new() };
        return Ok(ListPatch {
            items,
            ..ListPatch::default()
        });
    }
    if holds_objects(&[old, new])? == Some(true) {
        return diff_object_lists(old, new, field, parts);
    }
    Ok(diff_scalar_lists(old, new, parts))
}

fn diff_scalar_lists(old: &[Json], new: &[Json], parts: Parts) -> ListPatch {
    let missing_in = |list: &[Json], item: &&Json| !list.contains(*item);
    let mut items: Vec<Json> = Vec::new();
    if parts.changes {
        items = new.iter().filter(|item| missing_in(old, item)).cloned().collect();
    }
    let mut deletions: Vec<Json> = Vec::new();
    if parts.deletions {
        deletions = old.iter().filter(|item| missing_in(new, item)).cloned().collect();
        deletions.sort_by_key(text);
        deletions.dedup();
    }
    let needs_order = !deletions.is_empty() || (parts.changes && old != new);
    let order = if needs_order { new.to_vec() } else { Vec::new() };
    ListPatch {
        items,
        deletions,
        order,
    }
}

fn diff_object_lists(
    old: &[Json],
    new: &[Json],
    field: Field,
    parts: Parts,
) -> Result<ListPatch, PatchError> {
    let key = field.merge_key;
    let (changed, deleted) = pair_up(old, new, field, parts)?;
    let mut items = sort_by(changed, new, Identity(key));
    items.extend(deleted);
    let same_order =
        old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.get(key) == new.get(key));
    let needs_order = !items.is_empty() || (parts.changes && !same_order);
    let order = if needs_order {
        new.iter().map(|item| json!({key: item.get(key)})).collect()
    } else {
        Vec::new()
    };
    Ok(ListPatch {
        items,
        deletions: Vec::new(),
        order,
    })
}

/// Walks both lists in the order of their merge keys' texts: (changes and additions, deletions).
fn pair_up(
    old: &[Json],
    new: &[Json],
    field: Field,
    parts: Parts,
) -> Result<(Vec<Json>, Vec<Json>), PatchError> {
    let (old, new) = (sorted(old, field.merge_key)?, sorted(new, field.merge_key)?);
    let (mut changed, mut deleted) = (Vec::new(), Vec::new());
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    loop {
        let side = match (old.peek(), new.peek()) {
            (None, None) => return Ok((changed, deleted)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left.0.cmp(&right.0),
        };
        let left = old.next_if(|_| side != Ordering::Greater);
        let right = new.next_if(|_| side != Ordering::Less);
        match (left, right) {
            (Some((_, key, left)), Some((_, _, right))) => {
                let mut nested = diff_nested(left, right, field, parts)?;
                if !nested.is_empty() {
                    nested.insert(field.merge_key.to_owned(), key.clone());
                    changed.push(Json::Object(nested));
                }
            }
            (Some((_, key, _)), None) if parts.deletions => {
                deleted.push(json!({DIRECTIVE: DELETE, field.merge_key: key}));
            }
            (None, Some((_, _, right))) if parts.changes => changed.push(Json::Object(right.clone())),
            _ => {}
        }
    }
}

/// (text of the merge key, its value, the element), by that text.
fn sorted<'a>(list: &'a [Json], merge_key: &str) -> Result<Vec<(String, &'a Json, &'a Object)>, PatchError> {
    let entry = |item: &'a Json| keyed(item, merge_key).map(|(map, key)| (text(key), key, map));
    let mut entries = list.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    entries.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(entries)
}
