//! Getting and listing: how stored objects are shown.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use super::failure::Failure;
use super::kinds::Kind;
use super::object::{set, text};
use super::selector::Selector;
use super::state::{Key, State};

/// An object as this kind's version shows it.
pub(super) fn present(kind: &Kind, object: &Json) -> Json {
    let mut shown = object.clone();
    set(&mut shown, "/apiVersion", kind.api_version());
    set(&mut shown, "/kind", kind.kind.clone());
    shown
}

/// What to list.
#[derive(Clone, Debug)]
pub(super) struct ListRequest<'a> {
    pub(super) kind: &'a Kind,
    pub(super) namespace: Option<&'a str>,
    pub(super) selector: Selector,
    pub(super) limit: usize,
    pub(super) from: String,
}

/// A page of objects.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) items: Vec<Arc<Json>>,
    pub(super) version: u64,
    pub(super) next: Option<String>,
    pub(super) remaining: usize,
}

/// One page. Later pages see later states: there are no snapshots.
pub(super) fn list(state: &State, request: &ListRequest<'_>) -> Result<Page, Failure> {
    let after = position(&request.from)?;
    let all = state.list(&request.kind.store, request.namespace);
    let chosen = all.filter(|(key, object)| {
        let is_later = after.as_ref().is_none_or(|(namespace, name)| {
            (key.namespace.as_str(), key.name.as_str()) > (namespace.as_str(), name.as_str())
        });
        is_later && (request.selector.is_empty() || request.selector.matches(object))
    });
    let mut chosen: Vec<(&Key, &Arc<Json>)> = chosen.collect();
    let limit = if request.limit == 0 {
        usize::MAX
    } else {
        request.limit
    };
    let remaining = chosen.len().saturating_sub(limit);
    chosen.truncate(limit);
    let next = chosen.last().filter(|_| remaining > 0);
    let token =
        |(key, _): &(&Key, &Arc<Json>)| URL_SAFE_NO_PAD.encode(json!([key.namespace, key.name]).to_string());
    Ok(Page {
        next: next.map(token),
        items: chosen.into_iter().map(|(_, object)| Arc::clone(object)).collect(),
        version: state.version,
        remaining,
    })
}

fn position(token: &str) -> Result<Option<(String, String)>, Failure> {
    if token.is_empty() {
        return Ok(None);
    }
    let decoded = URL_SAFE_NO_PAD.decode(token).ok();
    let place: Option<(String, String)> = decoded.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let invalid = || Failure::bad_request("continue key is not valid: it was not made by this server");
    place.map(Some).ok_or_else(invalid)
}

/// A page as a list object. Items of built-in kinds carry no kind of their own, as on a real server.
pub(super) fn list_object(kind: &Kind, page: &Page) -> Json {
    let item = |object: &Arc<Json>| {
        let mut shown = present(kind, object);
        if let (false, Some(map)) = (kind.is_custom, shown.as_object_mut()) {
            map.remove("apiVersion");
            map.remove("kind");
        }
        shown
    };
    json!({
        "kind": kind.list_kind, "apiVersion": kind.api_version(), "metadata": list_metadata(page),
        "items": page.items.iter().map(item).collect::<Vec<_>>(),
    })
}

pub(super) fn list_metadata(page: &Page) -> Json {
    let mut metadata = json!({"resourceVersion": page.version.to_string()});
    if let Some(next) = &page.next {
        metadata["continue"] = next.clone().into();
        metadata["remainingItemCount"] = page.remaining.into();
    }
    metadata
}

/// Only the metadata: what `as=PartialObjectMetadata` asks for.
pub(super) fn partial(object: &Json) -> Json {
    json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]})
}

/// The `scale` subresource of an object.
pub(super) fn scale(kind: &Kind, object: &Json) -> Option<Json> {
    let (wanted, observed) = kind.scale.as_ref()?;
    let mut selector = Vec::new();
    for (key, value) in super::object::at(object, "/spec/selector/matchLabels")
        .as_object()
        .into_iter()
        .flatten()
    {
        selector.push(format!("{key}={}", value.as_str().unwrap_or_default()));
    }
    let metadata = &object["metadata"];
    Some(json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"],
            "resourceVersion": text(object, "/metadata/resourceVersion"), "creationTimestamp": metadata["creationTimestamp"],
        },
        "spec": {"replicas": super::object::int(object, wanted, 0)},
        "status": {"replicas": super::object::int(object, observed, 0), "selector": selector.join(",")},
    }))
}
