//! Creating, changing and deleting objects: the rules of the API server around the store.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::defaults;
use super::failure::{Failure, success};
use super::kinds::Kind;
use super::managed::{Manager, record};
use super::object::{at, int, is_being_deleted, list, namespace, now, prune_nulls, remove, set, text, uid};
use super::state::{DEFINITIONS, Key, State};
use super::validate;
use crate::patch::{PatchError, json_merge, keys, strategic};

/// What a write is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target<'a> {
    pub(super) kind: &'a Kind,
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) manager: &'a str,
    pub(super) dry_run: bool,
    /// Only `status` is written.
    pub(super) is_status: bool,
}

impl Target<'_> {
    fn key(&self) -> Key {
        State::key(self.kind, self.namespace, self.name)
    }
    fn not_found(&self) -> Failure {
        Failure::not_found(&self.kind.plural, &self.kind.group, self.name)
    }
    fn modified(&self) -> Failure {
        Failure::modified(&self.kind.plural, &self.kind.group, self.name)
    }
    fn check(&self, causes: &[super::failure::Cause]) -> Result<(), Failure> {
        if causes.is_empty() {
            return Ok(());
        }
        Err(Failure::invalid(
            &self.kind.kind,
            &self.kind.group,
            self.name,
            causes,
        ))
    }
}

/// What a patch is made of.
#[derive(Clone, Debug)]
pub(super) enum Patch {
    Json(json_patch::Patch),
    Merge(Json),
    Strategic(Json),
    Apply(Json),
}

/// How to delete.
#[derive(Clone, Debug, Default)]
pub(super) struct Deletion {
    pub(super) uid: Option<String>,
    pub(super) resource_version: Option<String>,
    pub(super) propagation: String,
}

/// Creates; the name may come from the body or be generated.
pub(super) fn create(state: &mut State, target: Target<'_>, mut object: Json) -> Result<Arc<Json>, Failure> {
    check_body(target, &object)?;
    generate_name(&mut object);
    let name = text(&object, "/metadata/name").to_owned();
    let target = Target {
        name: &name,
        ..target
    };
    check_namespace(state, target)?;
    prune_nulls(&mut object);
    prepare_new(state, target, &mut object);
    target.check(&validate::create(target.kind, &object))?;
    if state.get(&target.key()).is_some() {
        return Err(Failure::already_exists(
            &target.kind.plural,
            &target.kind.group,
            &name,
        ));
    }
    record(&mut object, None, Manager::update(target));
    if target.dry_run {
        set(&mut object, "/metadata/resourceVersion", "");
        remove(&mut object, "/metadata/resourceVersion");
        return Ok(Arc::new(object));
    }
    Ok(state.put(target.key(), object))
}

/// The parts of metadata and status that only the server writes.
fn prepare_new(state: &mut State, target: Target<'_>, object: &mut Json) {
    set(object, "/apiVersion", target.kind.api_version());
    set(object, "/kind", target.kind.kind.clone());
    if target.kind.is_namespaced {
        set(object, "/metadata/namespace", target.namespace);
    } else {
        remove(object, "/metadata/namespace");
    }
    for field in [
        "resourceVersion",
        "deletionTimestamp",
        "selfLink",
        "generation",
        "managedFields",
    ] {
        remove(object, &format!("/metadata/{field}"));
    }
    set(object, "/metadata/uid", Uuid::new_v4().to_string());
    set(object, "/metadata/creationTimestamp", now());
    if has_generation(target.kind) {
        set(object, "/metadata/generation", 1);
    }
    if target.kind.has_status {
        remove(object, "/status");
    }
    defaults::fill(target.kind, object, None);
    give_addresses(state, target.kind, object);
    first_status(target.kind, object);
}

/// Job selectors and labels carry the uid; Services get addresses and ports.
fn give_addresses(state: &mut State, kind: &Kind, object: &mut Json) {
    match &*kind.store {
        "/services" => {
            if defaults::needs_address(object) {
                let address = state.new_address("10.96");
                set(object, "/spec/clusterIP", address);
            }
            let address = at(object, "/spec/clusterIP").clone();
            if !address.is_null() {
                set(object, "/spec/clusterIPs", json!([address]));
            }
            let next = u32::try_from(state.version % 2_000).unwrap_or_default();
            defaults::node_ports(object, next);
        }
        "batch/jobs" if at(object, "/spec/selector").is_null() => {
            let (uid, name) = (uid(object).to_owned(), text(object, "/metadata/name").to_owned());
            set(
                object,
                "/spec/selector/matchLabels/batch.kubernetes.io~1controller-uid",
                uid.clone(),
            );
            for (key, value) in [("controller-uid", &uid), ("job-name", &name)] {
                let labels = "/spec/template/metadata/labels";
                set(
                    object,
                    &format!("{labels}/batch.kubernetes.io~1{key}"),
                    value.clone(),
                );
                set(object, &format!("{labels}/{key}"), value.clone());
            }
        }
        _ => {}
    }
}

fn first_status(kind: &Kind, object: &mut Json) {
    match &*kind.store {
        "/namespaces" => set(object, "/status/phase", "Active"),
        "/pods" => {
            set(object, "/status/phase", "Pending");
            set(object, "/status/qosClass", "BestEffort");
        }
        "/persistentvolumeclaims" => set(object, "/status/phase", "Pending"),
        "/persistentvolumes" => set(object, "/status/phase", "Available"),
        "/services" => set(object, "/status/loadBalancer", json!({})),
        DEFINITIONS => {
            let names = at(object, "/spec/names").clone();
            let is_stored = |version: &&Json| version["storage"] == true;
            let stored: Vec<Json> = list(object, "/spec/versions")
                .iter()
                .filter(is_stored)
                .map(|version| version["name"].clone())
                .collect();
            set(
                object,
                "/status",
                json!({
                    "acceptedNames": names, "storedVersions": stored,
                    "conditions": [
                        {"type": "NamesAccepted", "status": "True", "reason": "NoConflicts", "message": "no conflicts found", "lastTransitionTime": now()},
                        {"type": "Established", "status": "True", "reason": "InitialNamesAccepted", "message": "the initial names have been accepted", "lastTransitionTime": now()},
                    ],
                }),
            );
        }
        _ if kind.has_status && !kind.is_custom => set(object, "/status", json!({})),
        _ => {}
    }
}

/// Which kinds count their specs' generations.
fn has_generation(kind: &Kind) -> bool {
    const COUNTED: &[&str] = &[
        "apps",
        "batch",
        "policy",
        "networking.k8s.io",
        "apiextensions.k8s.io",
        "admissionregistration.k8s.io",
        "flowcontrol.apiserver.k8s.io",
    ];
    kind.is_custom || COUNTED.contains(&kind.store.split('/').next().unwrap_or_default())
}

/// Replaces; a resource version in the body guards.
pub(super) fn update(state: &mut State, target: Target<'_>, mut object: Json) -> Result<Arc<Json>, Failure> {
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
pub(super) fn patch(state: &mut State, target: Target<'_>, patch: &Patch) -> Result<Arc<Json>, Failure> {
    if let Patch::Apply(intent) = patch {
        return apply(state, target, intent);
    }
    let old = Arc::clone(state.get(&target.key()).ok_or_else(|| target.not_found())?);
    let shown = super::read::present(target.kind, &old);
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
    let shown = super::read::present(target.kind, &old);
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

/// Stores the new state of an existing object, by all rules.
fn commit(
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

fn is_finalized(kind: &Kind, object: &Json) -> bool {
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

/// Deletes, or marks as being deleted while finalizers are there; gives what the API answers.
pub(super) fn delete(state: &mut State, target: Target<'_>, how: &Deletion) -> Result<Json, Failure> {
    let old = Arc::clone(state.get(&target.key()).ok_or_else(|| target.not_found())?);
    check_preconditions(target, &old, how)?;
    let done = success(&target.kind.plural, &target.kind.group, target.name, uid(&old));
    if target.dry_run {
        return Ok(done);
    }
    let mut marked = (*old).clone();
    match how.propagation.as_str() {
        "Orphan" => super::garbage::orphan(state, uid(&old)),
        "Foreground" if super::garbage::has_dependents(state, uid(&old)) => {
            let mut finalizers = list(&old, "/metadata/finalizers").to_vec();
            if !finalizers.contains(&json!("foregroundDeletion")) {
                finalizers.push(json!("foregroundDeletion"));
            }
            set(&mut marked, "/metadata/finalizers", finalizers);
        }
        _ => {}
    }
    let waits = !list(&marked, "/metadata/finalizers").is_empty() || !is_finalized(target.kind, &marked);
    if !waits {
        state.take(&target.key());
        return Ok(done);
    }
    if is_being_deleted(&old) && *old == marked {
        return Ok(super::read::present(target.kind, &old));
    }
    set(&mut marked, "/metadata/deletionTimestamp", now());
    set(&mut marked, "/metadata/deletionGracePeriodSeconds", 0);
    if &*target.kind.store == "/namespaces" {
        set(&mut marked, "/status/phase", "Terminating");
    }
    let marked = state.put(target.key(), marked);
    Ok(super::read::present(target.kind, &marked))
}

fn check_preconditions(target: Target<'_>, old: &Json, how: &Deletion) -> Result<(), Failure> {
    let conflict =
        |why: String| Failure::conflict(&target.kind.plural, &target.kind.group, target.name, &why);
    let found = uid(old);
    if let Some(wanted) = how.uid.as_deref().filter(|wanted| *wanted != found) {
        let why = format!("Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}");
        return Err(conflict(why));
    }
    let found = text(old, "/metadata/resourceVersion");
    if let Some(wanted) = how.resource_version.as_deref().filter(|wanted| *wanted != found) {
        let why = format!(
            "Precondition failed: ResourceVersion in precondition: {wanted}, ResourceVersion in object meta: {found}"
        );
        return Err(conflict(why));
    }
    Ok(())
}

fn check_body(target: Target<'_>, object: &Json) -> Result<(), Failure> {
    if !object.is_object() {
        return Err(Failure::bad_request("the body of the request is not an object"));
    }
    let (version, kind) = (text(object, "/apiVersion"), text(object, "/kind"));
    let expected = target.kind.api_version();
    if (!version.is_empty() && version != expected) || (!kind.is_empty() && kind != target.kind.kind) {
        let message = format!(
            "{kind} in version {version:?} cannot be handled as a {}: the object provided is unrecognized (must be of type {}, version {expected})",
            target.kind.kind, target.kind.kind,
        );
        return Err(Failure::bad_request(message));
    }
    let found = namespace(object);
    if target.kind.is_namespaced && !found.is_empty() && found != target.namespace {
        let message = "the namespace of the provided object does not match the namespace sent on the request";
        return Err(Failure::bad_request(message));
    }
    Ok(())
}

fn check_namespace(state: &State, target: Target<'_>) -> Result<(), Failure> {
    if !target.kind.is_namespaced {
        return Ok(());
    }
    match state.find("/namespaces", "", target.namespace) {
        None => Err(Failure::not_found("namespaces", "", target.namespace)),
        Some(found) if is_being_deleted(found) => {
            let why = format!(
                "unable to create new content in namespace {} because it is being terminated",
                target.namespace
            );
            let mut failure = Failure::forbidden(&target.kind.plural, &target.kind.group, target.name, &why);
            failure.details["causes"] = json!([{
                "reason": "NamespaceTerminating", "field": "metadata.namespace",
                "message": format!("namespace {} is being terminated", target.namespace),
            }]);
            Err(failure)
        }
        Some(_) => Ok(()),
    }
}

fn generate_name(object: &mut Json) {
    let prefix = text(object, "/metadata/generateName").to_owned();
    if !prefix.is_empty() && text(object, "/metadata/name").is_empty() {
        set(object, "/metadata/name", format!("{prefix}{}", random_suffix()));
    }
}

/// Five letters and digits, as generated names end.
pub(super) fn random_suffix() -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let bytes = *Uuid::new_v4().as_bytes();
    let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
    bytes.iter().take(5).map(letter).collect()
}
