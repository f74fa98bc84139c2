//! Metadata that is no Kubernetes metadata. Pure.
//! Source: cli-runtime `pkg/resource/metadata_decoder.go` and apimachinery `pkg/apis/meta/v1/types.go`, v0.32.

use serde_json::Value as Json;

use crate::golang::json::fields::{members, mismatch_in};
use crate::golang::time::{Zone, parse};

/// What a field may hold.
#[derive(Clone, Copy)]
enum Type {
    Text(&'static str),
    Texts,
    TextMap,
    Number,
    Flag,
    Time,
    Owners,
    Managers,
    Free,
}

const METADATA: &[(&str, Type)] = &[
    ("name", Type::Text("string")),
    ("generateName", Type::Text("string")),
    ("namespace", Type::Text("string")),
    ("selfLink", Type::Text("string")),
    ("uid", Type::Text("types.UID")),
    ("resourceVersion", Type::Text("string")),
    ("generation", Type::Number),
    ("creationTimestamp", Type::Time),
    ("deletionTimestamp", Type::Time),
    ("deletionGracePeriodSeconds", Type::Number),
    ("labels", Type::TextMap),
    ("annotations", Type::TextMap),
    ("ownerReferences", Type::Owners),
    ("finalizers", Type::Texts),
    ("managedFields", Type::Managers),
];
const OWNER: &[(&str, Type)] = &[
    ("apiVersion", Type::Text("string")),
    ("kind", Type::Text("string")),
    ("name", Type::Text("string")),
    ("uid", Type::Text("types.UID")),
    ("controller", Type::Flag),
    ("blockOwnerDeletion", Type::Flag),
];
const MANAGER: &[(&str, Type)] = &[
    ("manager", Type::Text("string")),
    ("operation", Type::Text("v1.ManagedFieldsOperationType")),
    ("apiVersion", Type::Text("string")),
    ("time", Type::Time),
    ("fieldsType", Type::Text("string")),
    ("fieldsV1", Type::Free),
    ("subresource", Type::Text("string")),
];

/// Metadata as it must be.
///
/// # Errors
/// The first field that does not fit, in the words of Go's JSON decoder.
pub(super) fn check(object: &Json) -> Result<(), String> {
    let Some(metadata) = object.get("metadata") else {
        return Ok(());
    };
    fields(
        metadata,
        METADATA,
        ("metadataOnlyObject", "metadata", "v1.ObjectMeta"),
        ("ObjectMeta", "metadata"),
    )
}

/// `at` is where the struct itself is, `below` the prefix of its fields.
fn fields(
    value: &Json,
    types: &[(&str, Type)],
    at: (&str, &str, &str),
    below: (&str, &str),
) -> Result<(), String> {
    for (key, value) in members(value, &format!("{}.{}", at.0, at.1), at.2)? {
        let found = types.iter().find(|(name, _)| name == key);
        if let Some((name, kind)) = found {
            field(value, *kind, &format!("{}.{}.{name}", below.0, below.1))?;
        }
    }
    Ok(())
}

fn field(value: &Json, kind: Type, place: &str) -> Result<(), String> {
    let wrong = |wanted: &str| Err(mismatch_in(value, place, wanted));
    match (kind, value) {
        (Type::Free, _)
        | (_, Json::Null)
        | (Type::Text(_), Json::String(_))
        | (Type::Flag, Json::Bool(_)) => Ok(()),
        (Type::Text(name), _) => wrong(name),
        (Type::Flag, _) => wrong("bool"),
        (Type::Number, Json::Number(number)) if number.as_i64().is_some() => Ok(()),
        (Type::Number, Json::Number(number)) => Err(format!(
            "json: cannot unmarshal number {number} into Go struct field {place} of type int64"
        )),
        (Type::Number, _) => wrong("int64"),
        (Type::Time, Json::String(text)) => time(text),
        (Type::Time, _) => wrong("string"),
        (Type::Texts, Json::Array(items)) => each(items, Type::Text("string"), place),
        (Type::Texts, _) => wrong("[]string"),
        (Type::TextMap, Json::Object(entries)) => entries
            .values()
            .try_for_each(|value| field(value, Type::Text("string"), place)),
        (Type::TextMap, _) => wrong("map[string]string"),
        (Type::Owners, Json::Array(items)) => structs(items, OWNER, "OwnerReference", place),
        (Type::Owners, _) => wrong("[]v1.OwnerReference"),
        (Type::Managers, Json::Array(items)) => structs(items, MANAGER, "ManagedFieldsEntry", place),
        (Type::Managers, _) => wrong("[]v1.ManagedFieldsEntry"),
    }
}

fn each(items: &[Json], kind: Type, place: &str) -> Result<(), String> {
    items.iter().try_for_each(|item| field(item, kind, place))
}

fn structs(items: &[Json], types: &[(&str, Type)], name: &str, place: &str) -> Result<(), String> {
    let (parent, path) = place.split_once('.').unwrap_or((place, ""));
    let wanted = format!("v1.{name}");
    items
        .iter()
        .try_for_each(|item| fields(item, types, (parent, path, &wanted), (name, path)))
}

fn time(text: &str) -> Result<(), String> {
    const RFC3339: &str = "2006-01-02T15:04:05Z07:00";
    parse(RFC3339, text, &Zone::Utc).map(|_| ())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_that_do_not_fit_are_told_as_go_does() {
        let field = |kind: &str, field: &str, wanted: &str| {
            Err(format!(
                "json: cannot unmarshal {kind} into Go struct field {field} of type {wanted}"
            ))
        };
        for (metadata, expected) in [
            (
                json!({"name": "a", "labels": {"a": null}, "generation": 1, "unknown": 1}),
                Ok(()),
            ),
            (json!(null), Ok(())),
            (
                json!({"name": 1, "labels": {"a": 1}}),
                field("number", "ObjectMeta.metadata.labels", "string"),
            ),
            (
                json!({"annotations": []}),
                field("array", "ObjectMeta.metadata.annotations", "map[string]string"),
            ),
            (
                json!({"uid": true}),
                field("bool", "ObjectMeta.metadata.uid", "types.UID"),
            ),
            (
                json!({"generation": 1.5}),
                field("number 1.5", "ObjectMeta.metadata.generation", "int64"),
            ),
            (
                json!({"finalizers": [1]}),
                field("number", "ObjectMeta.metadata.finalizers", "string"),
            ),
            (
                json!({"ownerReferences": [{"name": 1}]}),
                field("number", "OwnerReference.metadata.ownerReferences.name", "string"),
            ),
            (
                json!({"creationTimestamp": "x"}),
                Err(
                    "parsing time \"x\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"2006\""
                        .to_owned(),
                ),
            ),
        ] {
            assert_eq!(check(&json!({"metadata": metadata})), expected, "{metadata}");
        }
    }
}
