//! What each method does to objects.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use serde_json::{Value as Json, json};

use super::call::Call;
use super::failure::Failure;
use super::format::Format;
use super::kinds::Kind;
use super::object::{at, int, name, namespace, set};
use super::read::{self, ListRequest, present};
use super::route::Place;
use super::selector::Selector;
use super::state::State;
use super::watch::WatchRequest;
use super::write::{self, Patch, Target};
use super::{logs, reviews};

/// An answer.
#[derive(Debug)]
pub(super) enum Reply {
    Json(u16, Json),
    Text(u16, String),
    Protobuf(&'static str, Vec<u8>),
    /// Discovery, all groups at once, in this version of its form.
    Aggregated(&'static str, Json),
    Watch(WatchRequest),
}

/// Carries out a request on objects.
pub(super) fn handle(state: &mut State, place: &Place, call: &Call) -> Result<Reply, Failure> {
    let found = state.kinds.find(&place.group, &place.version, &place.plural);
    let kind = Arc::clone(found.ok_or_else(Failure::no_such_path)?);
    if place.namespace.is_some() && !kind.is_namespaced {
        return Err(Failure::no_such_path());
    }
    if kind.is_review {
        let is_create = call.method == Method::POST;
        return if is_create {
            Ok(Reply::Json(201, reviews::answer(&kind, call.object()?)))
        } else {
            Err(Failure::not_allowed())
        };
    }
    match (&place.name, place.subresource.as_deref()) {
        (None, _) => collection(state, &kind, place, call),
        (Some(name), None) => named(state, &target(&kind, place, call, name), call),
        (Some(name), Some(below)) => subresource(state, &target(&kind, place, call, name), below, call),
    }
}

fn target<'a>(kind: &'a Kind, place: &'a Place, call: &'a Call, name: &'a str) -> Target<'a> {
    Target {
        kind,
        namespace: place.namespace.as_deref().unwrap_or_default(),
        name,
        manager: call.manager(),
        dry_run: call.is_dry_run(),
        is_status: false,
    }
}

// === Collections ===

fn collection(state: &mut State, kind: &Arc<Kind>, place: &Place, call: &Call) -> Result<Reply, Failure> {
    match call.method.as_str() {
        "GET" if call.is("watch") => watch(state, kind, place, call, None),
        "GET" => {
            let page = read::list(state, &list_request(kind, place, call)?)?;
            let format = Format::of(&call.accept, call.query("includeObject"));
            Ok(Reply::Json(200, format.many(kind, &page)))
        }
        "POST" if kind.is_namespaced && place.namespace.is_none() => Err(Failure::not_allowed()),
        "POST" => {
            let created = write::create(state, target(kind, place, call, ""), call.object()?)?;
            Ok(Reply::Json(201, shown(kind, &created, call)))
        }
        "DELETE" => delete_collection(state, kind, place, call),
        _ => Err(Failure::not_allowed()),
    }
}

fn selector(call: &Call) -> Result<Selector, Failure> {
    Selector::parse(call.query("labelSelector"), call.query("fieldSelector")).map_err(Failure::bad_request)
}

fn list_request<'a>(kind: &'a Kind, place: &'a Place, call: &Call) -> Result<ListRequest<'a>, Failure> {
    Ok(ListRequest {
        kind,
        namespace: place.namespace.as_deref(),
        selector: selector(call)?,
        limit: call
            .number("limit")
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or_default(),
        from: call.query("continue").to_owned(),
    })
}

fn watch(
    state: &State,
    kind: &Arc<Kind>,
    place: &Place,
    call: &Call,
    name: Option<&str>,
) -> Result<Reply, Failure> {
    let selector = match name {
        Some(name) => Selector::parse(call.query("labelSelector"), &format!("metadata.name={name}"))
            .map_err(Failure::bad_request)?,
        None => selector(call)?,
    };
    let sends_initial = call.is("sendInitialEvents");
    let request = WatchRequest {
        kind: Arc::clone(kind),
        namespace: place.namespace.clone(),
        selector,
        since: call
            .number("resourceVersion")
            .filter(|since| *since > 0 && !sends_initial),
        format: Format::of(&call.accept, call.query("includeObject")),
        bookmarks: call.is("allowWatchBookmarks"),
        marks_initial_end: sends_initial,
        timeout: call
            .number("timeoutSeconds")
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs),
    };
    request.check(state)?;
    Ok(Reply::Watch(request))
}

fn delete_collection(state: &mut State, kind: &Kind, place: &Place, call: &Call) -> Result<Reply, Failure> {
    let (how, dry_run) = call.deletion()?;
    let page = read::list(state, &list_request(kind, place, call)?)?;
    for object in &page.items {
        let target = Target {
            kind,
            namespace: namespace(object),
            name: name(object),
            manager: call.manager(),
            dry_run,
            is_status: false,
        };
        write::delete(state, target, &how)?;
    }
    Ok(Reply::Json(200, read::list_object(kind, &page)))
}

// === Single objects ===

fn stored(state: &State, target: &Target<'_>) -> Result<Arc<Json>, Failure> {
    let found = state.get(&State::key(target.kind, target.namespace, target.name));
    let missing = || Failure::not_found(&target.kind.plural, &target.kind.group, target.name);
    found.cloned().ok_or_else(missing)
}

fn shown(kind: &Kind, object: &Json, call: &Call) -> Json {
    Format::of(&call.accept, call.query("includeObject")).one(kind, &present(kind, object))
}

fn named(state: &mut State, target: &Target<'_>, call: &Call) -> Result<Reply, Failure> {
    let kind = target.kind;
    match call.method.as_str() {
        "GET" if call.is("watch") => {
            let place = Place {
                namespace: kind.is_namespaced.then(|| target.namespace.to_owned()),
                ..Place::default()
            };
            watch(state, &Arc::new(kind.clone()), &place, call, Some(target.name))
        }
        "GET" => Ok(Reply::Json(200, shown(kind, &*stored(state, target)?, call))),
        "PUT" => {
            let updated = write::update(state, *target, call.object()?)?;
            Ok(Reply::Json(200, shown(kind, &updated, call)))
        }
        "PATCH" => {
            let patch = call.patch()?;
            let is_new = matches!(patch, Patch::Apply(_)) && stored(state, target).is_err();
            let patched = write::patch(state, *target, &patch)?;
            Ok(Reply::Json(
                if is_new { 201 } else { 200 },
                shown(kind, &patched, call),
            ))
        }
        "DELETE" => {
            let (how, dry_run) = call.deletion()?;
            let target = Target { dry_run, ..*target };
            Ok(Reply::Json(200, write::delete(state, target, &how)?))
        }
        _ => Err(Failure::not_allowed()),
    }
}

// === Below objects ===

fn subresource(state: &mut State, target: &Target<'_>, below: &str, call: &Call) -> Result<Reply, Failure> {
    match (below, &*target.kind.store) {
        ("status", _) if target.kind.has_status => {
            let target = Target {
                is_status: true,
                ..*target
            };
            named(state, &target, call)
        }
        ("finalize", "/namespaces") if call.method == Method::PUT => named(state, target, call),
        ("scale", _) if target.kind.scale.is_some() => scale(state, target, call),
        ("log", "/pods") => {
            let pod = stored(state, target)?;
            logs::log(&pod, call.query("container"), call.number("tailLines"))
                .map(|log| Reply::Text(200, log))
        }
        ("eviction", "/pods") if call.method == Method::POST => {
            let done = write::delete(state, *target, &write::Deletion::default())?;
            Ok(Reply::Json(201, done))
        }
        ("token", "/serviceaccounts") if call.method == Method::POST => {
            stored(state, target)?;
            Ok(Reply::Json(201, reviews::token(call.object()?)))
        }
        ("exec" | "attach" | "portforward" | "proxy", _) => Err(Failure::bad_request(
            "nothing runs in a sandbox: there is nothing to connect to",
        )),
        _ => Err(Failure::no_such_path()),
    }
}

fn scale(state: &mut State, target: &Target<'_>, call: &Call) -> Result<Reply, Failure> {
    let object = stored(state, target)?;
    let scaled = |object: &Json| read::scale(target.kind, object).unwrap_or_default();
    let wanted = match call.method.as_str() {
        "GET" => return Ok(Reply::Json(200, scaled(&object))),
        "PUT" => call.object()?,
        "PATCH" => match call.patch()? {
            Patch::Merge(patch) | Patch::Strategic(patch) | Patch::Apply(patch) => {
                crate::patch::json_merge::apply(&scaled(&object), &patch)
            }
            Patch::Json(operations) => {
                let mut patched = scaled(&object);
                let refused = |error: json_patch::PatchError| Failure::bad_request(error.to_string());
                json_patch::patch(&mut patched, &operations).map_err(refused)?;
                patched
            }
        },
        _ => return Err(Failure::not_allowed()),
    };
    let mut new = present(target.kind, &object);
    if let Some((pointer, _)) = &target.kind.scale {
        set(&mut new, pointer, int(&wanted, "/spec/replicas", 0));
    }
    let version = at(&wanted, "/metadata/resourceVersion").clone();
    set(&mut new, "/metadata/resourceVersion", version);
    let updated = write::update(state, *target, new)?;
    Ok(Reply::Json(200, scaled(&updated)))
}

/// What the root page says.
pub(super) fn root(state: &State) -> Json {
    let groups = state.kinds.groups().into_iter();
    let group = |(group, _): (String, Vec<String>)| {
        if group.is_empty() {
            "/api".to_owned()
        } else {
            format!("/apis/{group}")
        }
    };
    let mut paths: Vec<String> = groups.map(group).collect();
    for path in [
        "/apis",
        "/healthz",
        "/livez",
        "/openapi/v2",
        "/openapi/v3",
        "/readyz",
        "/version",
    ] {
        paths.push(path.to_owned());
    }
    json!({
        "sandbox": "a Kubernetes API server in memory, for trying and testing deploy-manager: nothing runs, nothing is kept",
        "paths": paths,
    })
}
