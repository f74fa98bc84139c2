//! From a manifest to the objects that the cluster would get.
//! Source: cli-runtime `pkg/resource/{visitor,mapper}.go` and kubectl `pkg/validation/validation.go`, v0.32, through which
//! Helm's `pkg/kube/client.go` (`Build`) reads it.

use serde_json::Value as Json;

use super::connect::go_text;
use super::metadata;
use crate::golang::json::fields::{mismatch, mismatch_in};
use crate::golang::{json, yaml};
use crate::helm::engines::Engine;
use crate::helm::manifest;
use crate::k8s::objects::text;
use crate::k8s::{Cluster, Error};

/// An object of a kind that the server serves.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    /// The kind as the server calls it, where the manifest has it in small letters; `None` for a list, of which a server has
    /// none.
    pub(super) served_kind: Option<String>,
    /// Filled in for kinds that have one, empty for others.
    pub(super) namespace: String,
    pub(super) object: Json,
}

/// The objects, in the manifest's order.
///
/// # Errors
/// All problems at once, as Helm joins them.
pub(super) async fn objects(
    cluster: &Cluster,
    manifest: &str,
    namespace: &str,
    is_validated: bool,
    engine: &Engine,
) -> Result<Vec<Found>, String> {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for document in manifest::pieces(manifest) {
        // What cannot be read ends the reading; what makes no sense, or is not served, does not.
        let object = match read(document, is_validated) {
            Ok(Some(object)) => object,
            Ok(None) => continue,
            Err(problem) => {
                problems.push(problem);
                break;
            }
        };
        let parts = decode(&object, engine).and_then(|()| flatten(object));
        let parts = parts.unwrap_or_else(|problem| {
            problems.push(problem);
            Vec::new()
        });
        for part in parts {
            match placed(cluster, part, namespace).await {
                Ok(object) => found.push(object),
                Err(problem) => problems.push(problem),
            }
        }
    }
    match joined(problems) {
        None => Ok(found),
        Some(problems) => Err(problems),
    }
}

/// Problems as apimachinery's `Aggregate` prints them: each once.
fn joined(problems: Vec<String>) -> Option<String> {
    let mut once: Vec<String> = Vec::new();
    for problem in problems {
        if !once.contains(&problem) {
            once.push(problem);
        }
    }
    match once.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(format!("[{}]", several.join(", "))),
    }
}

// === reading ===

/// What a document holds; `None` for an empty one.
fn read(document: &str, is_validated: bool) -> Result<Option<Json>, String> {
    let object = yaml::object(document.as_bytes());
    let object = object.map_err(|error| format!("error parsing : error converting YAML to JSON: {error}"))?;
    if object.is_null() {
        return Ok(None);
    }
    if is_validated {
        check(&object)
            .map_err(|problem| format!("error validating \"\": error validating data: {problem}"))?;
    }
    Ok(Some(object))
}

/// An object that can be sent.
fn decode(object: &Json, engine: &Engine) -> Result<(), String> {
    if !says_kind(object) {
        let shown = json::encode_serde(object);
        return Err(format!(
            "unable to decode \"\": Object 'Kind' is missing in '{shown}'"
        ));
    }
    let decoded = match object.get("items") {
        None | Some(Json::Null) => metadata::check(object),
        Some(items) => check_items(items, engine),
    };
    decoded.map_err(|problem| format!("unable to decode \"\": {problem}"))
}

/// Only objects can be items. Helm 4 is built with a Go that calls a piece of JSON otherwise.
fn check_items(items: &Json, engine: &Engine) -> Result<(), String> {
    let Json::Array(items) = items else {
        let piece = if engine.is_v4 {
            "[]jsontext.Value"
        } else {
            "[]json.RawMessage"
        };
        return Err(mismatch_in(items, "decodeList.items", piece));
    };
    match items.iter().find(|item| !item.is_object() && !item.is_null()) {
        Some(item) => Err(mismatch(item, "Go value", "map[string]interface {}")),
        None => Ok(()),
    }
}

/// An apiVersion that cannot be read takes the kind along.
fn says_kind(object: &Json) -> bool {
    !text(object, "/kind").is_empty() && text(object, "/apiVersion").matches('/').count() < 2
}

/// What is checked here and not on the server: of objects what they are, of a `List` its items as well.
fn check(object: &Json) -> Result<(), String> {
    kind_of(object)?;
    if text(object, "/apiVersion") != "v1" || text(object, "/kind") != "List" {
        return Ok(());
    }
    let Some(Json::Array(items)) = object.get("items") else {
        return Err("invalid object to validate".to_owned());
    };
    let problems = items.iter().filter_map(|item| problems_of_kind(item).err());
    joined(problems.flatten().collect()).map_or(Ok(()), Err)
}

fn kind_of(object: &Json) -> Result<(), String> {
    problems_of_kind(object).map_err(|problems| joined(problems).unwrap_or_default())
}

fn problems_of_kind(object: &Json) -> Result<(), Vec<String>> {
    if !object.is_object() {
        return Err(vec!["invalid object to validate".to_owned()]);
    }
    let mut problems = Vec::new();
    match object.get("apiVersion") {
        None | Some(Json::Null) => problems.push("apiVersion not set".to_owned()),
        Some(Json::String(text)) if text.matches('/').count() > 1 => {
            problems.push(format!("unexpected GroupVersion string: {text}"));
        }
        Some(Json::String(_)) => {}
        Some(_) => problems.push("apiVersion isn't string type".to_owned()),
    }
    match object.get("kind") {
        None | Some(Json::Null) => problems.push("kind not set".to_owned()),
        Some(Json::String(_)) => {}
        Some(_) => problems.push("kind isn't string type".to_owned()),
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    object: Json,
    is_item: bool,
}

/// The object, or the items of a list. Items that do not say what they are take it from the list.
fn flatten(mut object: Json) -> Result<Vec<Part>, String> {
    let Some(Json::Array(items)) = object.get_mut("items").map(Json::take) else {
        return Ok(vec![Part {
            object,
            is_item: false,
        }]);
    };
    let kind = text(&object, "/kind");
    let kind = kind.strip_suffix("List").unwrap_or(kind);
    let mut found = Vec::new();
    for mut item in items {
        if item.get("items").is_some_and(Json::is_array) {
            return Err("*unstructured.Unstructured is not a list: no Items field in this object".to_owned());
        }
        let is_vague = text(&item, "/kind").is_empty() || text(&item, "/apiVersion").is_empty();
        if item.is_object() && is_vague {
            item["kind"] = kind.into();
            item["apiVersion"] = text(&object, "/apiVersion").into();
        }
        found.push(Part {
            object: item,
            is_item: true,
        });
    }
    Ok(found)
}

// === placing ===

/// With its namespace.
async fn placed(cluster: &Cluster, part: Part, namespace: &str) -> Result<Found, String> {
    let object = part.object;
    if text(&object, "/kind").is_empty() {
        return Err("unable to get type info from the object \"*unstructured.Unstructured\": Object 'Kind' is missing in 'object has no kind field '".to_owned());
    }
    let served = served(cluster, &object).await;
    let served = served.map_err(|error| format!("unable to recognize \"\": {}", go_text(&error, "/api")))?;
    let served = served.ok_or_else(|| unknown(&object, part.is_item))?;
    let own = text(&object, "/metadata/namespace");
    let namespace = match (served.is_namespaced, own) {
        (false, _) => "",
        (true, "") => namespace,
        (true, own) => own,
    };
    Ok(Found {
        served_kind: served.kind,
        namespace: namespace.to_owned(),
        object,
    })
}

/// What client-go's mapper makes of a kind.
struct Served {
    kind: Option<String>,
    is_namespaced: bool,
}

/// Kinds, and lists of them, which the mapper takes for kinds as well. Source: client-go `restmapper/discovery.go`, v0.32.
async fn served(cluster: &Cluster, object: &Json) -> Result<Option<Served>, Error> {
    let (api_version, kind) = (text(object, "/apiVersion"), text(object, "/kind"));
    if let Some(found) = cluster.served_kind(api_version, kind).await? {
        return Ok(Some(Served {
            kind: Some(found.kind),
            is_namespaced: found.is_namespaced,
        }));
    }
    let as_list = |is_namespaced| Served {
        kind: None,
        is_namespaced,
    };
    if api_version.is_empty() {
        // Any version fits, and no path: nothing can be found there.
        let found = cluster.served_kind("v1", kind).await?;
        return Ok(found.map(|found| as_list(found.is_namespaced)));
    }
    match kind.strip_suffix("List") {
        Some("") => Ok(cluster.serves_version(api_version).await?.then(|| as_list(false))),
        Some(single) => {
            let found = cluster.served_kind(api_version, single).await?;
            Ok(found.map(|found| as_list(found.is_namespaced)))
        }
        None => Ok(None),
    }
}

fn unknown(object: &Json, is_item: bool) -> String {
    let error = Error::UnknownKind {
        api_version: text(object, "/apiVersion").to_owned(),
        kind: text(object, "/kind").to_owned(),
    };
    if is_item {
        return format!("unable to recognize {error}");
    }
    format!(
        "resource mapping not found for name: {:?} namespace: {:?} from \"\": {error}\nensure CRDs are installed first",
        text(object, "/metadata/name"),
        text(object, "/metadata/namespace")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::helm::engines::HELM_3_17_2;

    #[test]
    fn what_cannot_be_read_is_told_in_kubectls_words() {
        let wrong = |problem: &str| Err(format!("error validating \"\": error validating data: {problem}"));
        let list = |items: &str| format!("apiVersion: v1\nkind: List\nitems: {items}");
        let missing = |shown: &str| {
            Err(format!(
                "unable to decode \"\": Object 'Kind' is missing in '{shown}'"
            ))
        };
        for (document, is_validated, expected) in [
            ("# nothing", true, Ok(false)),
            ("apiVersion: v1\nkind: Pod", true, Ok(true)),
            ("a: 1", true, wrong("[apiVersion not set, kind not set]")),
            (
                "apiVersion: a/b/c\nkind: 1",
                true,
                wrong("[unexpected GroupVersion string: a/b/c, kind isn't string type]"),
            ),
            ("a: 1", false, missing("{\"a\":1}")),
            (
                "apiVersion: a/b/c\nkind: X",
                false,
                missing("{\"apiVersion\":\"a/b/c\",\"kind\":\"X\"}"),
            ),
            (list("x").as_str(), true, wrong("invalid object to validate")),
            (
                list("x").as_str(),
                false,
                Err("unable to decode \"\": json: cannot unmarshal string into Go struct field decodeList.items of type []json.RawMessage".to_owned()),
            ),
            (list("[{kind: X}]").as_str(), true, wrong("apiVersion not set")),
            (list("[{kind: X}]").as_str(), false, Ok(true)),
        ] {
            let found = read(document, is_validated).and_then(|object| {
                object.as_ref().map_or(Ok(()), |object| decode(object, &HELM_3_17_2))?;
                Ok(object.is_some())
            });
            assert_eq!(found, expected, "{document}");
        }
    }

    #[test]
    fn lists_give_their_items() {
        let list = json!({"apiVersion": "v1", "kind": "ConfigMapList", "items": [
            {"metadata": {"name": "a"}},
            {"apiVersion": "v1", "kind": "Secret"},
        ]});
        let parts = flatten(list).unwrap();
        let kinds: Vec<&str> = parts.iter().map(|part| text(&part.object, "/kind")).collect();
        assert_eq!(kinds, ["ConfigMap", "Secret"]);
        let nested = json!({"kind": "List", "items": [{"kind": "List", "items": []}]});
        assert!(flatten(nested).unwrap_err().contains("is not a list"));
    }
}
