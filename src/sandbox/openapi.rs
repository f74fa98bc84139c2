//! `/openapi/v2` and `/openapi/v3`: enough that kubectl and Helm leave validation to the server and find merge keys.
//!
//! Version 3 lists each kind's paths, their dry-run and validation parameters, and schemas that accept anything
//! beyond the fields with merge rules. Version 2, which current clients only fall back to, is an empty document.

use serde_json::{Map, Value as Json, json};

use super::kinds::{Kind, Kinds};
use crate::patch::keys::{Schema, Strategy, schema_of};

/// The media type of `/openapi/v2` in protobuf that client-go asks for.
pub(super) const V2_PROTOBUF: &str = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/// An empty document in JSON.
pub(super) fn v2_json() -> Json {
    json!({
        "swagger": "2.0", "info": {"title": "Kubernetes", "version": super::discovery::GIT_VERSION},
        "paths": {}, "definitions": {},
    })
}

/// The same in protobuf: `swagger` is field 1, `info` field 2 with `title` 1 and `version` 2.
/// Source: gnostic `openapiv2/OpenAPIv2.proto`.
pub(super) fn v2_protobuf() -> Vec<u8> {
    let text = |field: u8, text: &[u8]| {
        let length = u8::try_from(text.len()).unwrap_or(0);
        [&[field << 3 | 2, length], text].concat()
    };
    let version = super::discovery::GIT_VERSION.as_bytes();
    let info = [text(1, b"Kubernetes"), text(2, version)].concat();
    [text(1, b"2.0"), text(2, &info)].concat()
}

/// The index of version 3.
pub(super) fn v3_index(kinds: &Kinds, version: u64) -> Json {
    let mut paths = Map::new();
    for (group, versions) in kinds.groups() {
        for name in versions {
            let path = group_path(&group, &name);
            let url = format!("/openapi/v3/{path}?hash={version}");
            paths.insert(path, json!({"serverRelativeURL": url}));
        }
    }
    json!({"paths": paths})
}

fn group_path(group: &str, version: &str) -> String {
    if group.is_empty() {
        format!("api/{version}")
    } else {
        format!("apis/{group}/{version}")
    }
}

/// The document of one group version; `None` if it is not served.
pub(super) fn v3(kinds: &Kinds, group: &str, version: &str) -> Option<Json> {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for kind in kinds
        .iter()
        .filter(|kind| kind.group == group && kind.version == version)
    {
        add_paths(kind, &mut paths);
        add_schemas(kind, &mut schemas);
    }
    (!paths.is_empty()).then(|| {
        json!({
            "openapi": "3.0.0", "info": {"title": "Kubernetes", "version": super::discovery::GIT_VERSION},
            "paths": paths, "components": {"schemas": schemas},
        })
    })
}

fn add_paths(kind: &Kind, paths: &mut Map<String, Json>) {
    let base = format!("/{}", group_path(&kind.group, &kind.version));
    let scope = if kind.is_namespaced {
        "/namespaces/{namespace}"
    } else {
        ""
    };
    let collection = format!("{base}{scope}/{}", kind.plural);
    let reference = json!({"$ref": format!("#/components/schemas/{}", schema_name(kind))});
    let operation = |action: &str, parameters: &[&str]| {
        json!({
            "x-kubernetes-action": action, "x-kubernetes-group-version-kind": gvk(kind),
            "parameters": parameters.iter().map(|name| parameter(name)).collect::<Vec<_>>(),
            "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": reference}}}},
        })
    };
    let write = ["dryRun", "fieldManager", "fieldValidation"];
    paths.insert(
        collection.clone(),
        json!({"get": operation("list", &["labelSelector", "fieldSelector", "limit", "continue"]), "post": operation("post", &write)}),
    );
    if kind.is_review {
        return;
    }
    let mut patch = operation("patch", &[&write[..], &["force"]].concat());
    patch["requestBody"] = json!({"content": patch_types()});
    paths.insert(
        format!("{collection}/{{name}}"),
        json!({
            "get": operation("get", &[]), "put": operation("put", &write), "patch": patch,
            "delete": operation("delete", &["dryRun", "propagationPolicy"]),
        }),
    );
}

/// Strategic merge patches are left out, so that kubectl takes the types it was built with: the schemas here know
/// merge rules, but not all fields.
fn patch_types() -> Json {
    let types = [
        "application/apply-patch+yaml",
        "application/json-patch+json",
        "application/merge-patch+json",
    ];
    Json::Object(
        types
            .map(|name| (name.to_owned(), json!({})))
            .into_iter()
            .collect(),
    )
}

fn parameter(name: &str) -> Json {
    json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}})
}

fn gvk(kind: &Kind) -> Json {
    json!({"group": kind.group, "version": kind.version, "kind": kind.kind})
}

/// Such as `io.k8s.api.apps.v1.Deployment`.
fn schema_name(kind: &Kind) -> String {
    let group = if kind.group.is_empty() {
        "core"
    } else {
        &kind.group
    };
    if kind.is_custom {
        let reversed: Vec<&str> = group.split('.').rev().collect();
        return format!("{}.{}.{}", reversed.join("."), kind.version, kind.kind);
    }
    let group = group.split('.').next().unwrap_or_default();
    format!("io.k8s.api.{group}.{}.{}", kind.version, kind.kind)
}

fn add_schemas(kind: &Kind, schemas: &mut Map<String, Json>) {
    let mut schema = if kind.is_custom {
        kind.schema.clone()
    } else {
        typed(schema_of(&kind.api_version(), &kind.kind).unwrap_or(Schema::METADATA))
    };
    if !schema.is_object() {
        schema = anything();
    }
    schema["x-kubernetes-group-version-kind"] = json!([gvk(kind)]);
    for name in ["apiVersion", "kind"] {
        schema["properties"][name] = json!({"type": "string"});
    }
    schema["properties"]["metadata"] = typed(Schema("ObjectMeta"));
    schemas.insert(schema_name(kind), schema);
}

fn anything() -> Json {
    json!({"type": "object", "properties": {}, "x-kubernetes-preserve-unknown-fields": true})
}

/// Fields of lists that have no merge key, but rules further down.
const LISTS: &[&str] = &[
    "containerStatuses",
    "ephemeralContainerStatuses",
    "initContainerStatuses",
    "versions",
    "volumeClaimTemplates",
];

/// An object that accepts anything, with the merge rules of its fields. JSON schemas, which hold themselves, end it.
fn typed(schema: Schema) -> Json {
    let mut object = anything();
    let has_end = |name: &str| name == "*" || name == "openAPIV3Schema";
    for field in schema.fields().iter().filter(|field| !has_end(field.name)) {
        let below = typed(field.schema);
        let mut property = match field.strategy {
            Strategy::Merge if field.merge_key.is_empty() => {
                json!({"type": "array", "items": {"type": "string"}})
            }
            Strategy::Merge => json!({"type": "array", "items": below}),
            _ if LISTS.contains(&field.name) => json!({"type": "array", "items": below}),
            _ => below,
        };
        if !field.merge_key.is_empty() {
            property["x-kubernetes-patch-merge-key"] = field.merge_key.into();
        }
        let strategy = match (field.strategy, field.retain_keys) {
            (Strategy::Default, false) => "",
            (Strategy::Default, true) => "retainKeys",
            (Strategy::Merge, false) => "merge",
            (Strategy::Merge, true) => "merge,retainKeys",
            (Strategy::Replace, _) => "replace",
        };
        if !strategy.is_empty() {
            property["x-kubernetes-patch-strategy"] = strategy.into();
        }
        object["properties"][field.name] = property;
    }
    object
}
