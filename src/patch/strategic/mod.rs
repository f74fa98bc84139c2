//! Strategic merge patches. Source: apimachinery `pkg/util/strategicpatch/patch.go`, v0.33.
//!
//! Two differences on purpose, both so that equal inputs give an empty patch: a list of scalars that is the same on
//! both sides but not sorted sends no `$setElementOrder`, and an object that is replaced whole is sent only if it
//! differs. Errors name keys, never values: patches hold secrets.

mod diff;
mod merge;
mod order;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value as Json};

use super::PatchError;
use super::keys::Schema;

pub(crate) type Object = Map<String, Json>;

/// `{"$patch": "delete" | "replace" | "merge"}`
const DIRECTIVE: &str = "$patch";
const DELETE: &str = "delete";
const REPLACE: &str = "replace";
const MERGE: &str = "merge";
const RETAIN_KEYS: &str = "$retainKeys";
const DELETE_FROM_LIST: &str = "$deleteFromPrimitiveList/";
const SET_ORDER: &str = "$setElementOrder/";

/// Applies a strategic merge patch with all its directives.
///
/// # Errors
/// A patch that does not fit the schema.
pub fn apply(target: &Json, patch: &Json, schema: Schema) -> Result<Json, PatchError> {
    let merged = merge::merge_objects(object(target)?, object(patch)?, schema, merge::Mode::Apply)?;
    Ok(Json::Object(merged))
}

/// `CreateTwoWayMergePatch`.
///
/// # Errors
/// Inputs that do not fit the schema.
pub fn two_way(original: &Json, modified: &Json, schema: Schema) -> Result<Json, PatchError> {
    let parts = diff::Parts {
        changes: true,
        deletions: true,
    };
    let patch = diff::diff_objects(&object(original)?, &object(modified)?, schema, parts)?;
    Ok(Json::Object(patch))
}

/// `CreateThreeWayMergePatch` with overwrite: what Helm sends. `{}` where nothing is to be changed.
///
/// # Errors
/// Inputs that do not fit the schema.
pub fn three_way(
    original: &Json,
    modified: &Json,
    current: &Json,
    schema: Schema,
) -> Result<Json, PatchError> {
    let (original, modified, current) = (object(original)?, object(modified)?, object(current)?);
    let changes = diff::Parts {
        changes: true,
        deletions: false,
    };
    let deletions = diff::Parts {
        changes: false,
        deletions: true,
    };
    let changes = diff::diff_objects(&current, &modified, schema, changes)?;
    let deletions = diff::diff_objects(&original, &modified, schema, deletions)?;
    let patch = merge::merge_objects(deletions, changes, schema, merge::Mode::Combine)?;
    Ok(Json::Object(patch))
}

/// The object of a document; null counts as an empty one, as in apimachinery.
fn object(document: &Json) -> Result<Object, PatchError> {
    match document {
        Json::Object(map) => Ok(map.clone()),
        Json::Null => Ok(Object::new()),
        _ => Err(error("invalid JSON document")),
    }
}

fn error(text: impl Into<String>) -> PatchError {
    PatchError(text.into())
}

fn no_merge_key(item: &Object, merge_key: &str) -> PatchError {
    let keys: Vec<&str> = item.keys().map(String::as_str).collect();
    error(format!(
        "map with keys [{}] does not contain declared merge key: {merge_key}",
        keys.join(" ")
    ))
}

/// What the elements of lists are; `None` if there are none.
///
/// # Errors
/// Lists of lists, and lists that mix objects and scalars.
fn holds_objects(lists: &[&[Json]]) -> Result<Option<bool>, PatchError> {
    let mut found = None;
    for item in lists.iter().flat_map(|list| list.iter()) {
        if item.is_array() {
            return Err(error("lists of lists are not supported"));
        }
        if *found.get_or_insert(item.is_object()) != item.is_object() {
            return Err(error("list element types are not identical"));
        }
    }
    Ok(found)
}

/// A list's element and the value of its merge key.
fn keyed<'a>(item: &'a Json, merge_key: &str) -> Result<(&'a Object, &'a Json), PatchError> {
    let Json::Object(map) = item else {
        return Err(error(
            "expected a map[string]interface {}, but received another type",
        ));
    };
    let value = map.get(merge_key).ok_or_else(|| no_merge_key(map, merge_key))?;
    Ok((map, value))
}

/// A scalar as Go's `%v` prints it, for sorting.
fn text(scalar: &Json) -> String {
    match scalar {
        Json::String(text) => text.clone(),
        Json::Null => "<nil>".to_owned(),
        other => other.to_string(),
    }
}
