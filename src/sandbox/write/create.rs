//! Creating: names, defaults, and the parts that only the server writes.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Target, check_body};
use crate::sandbox::defaults;
use crate::sandbox::failure::Failure;
use crate::sandbox::kinds::Kind;
use crate::sandbox::managed::{Manager, record};
use crate::sandbox::object::{at, is_being_deleted, list, now, prune_nulls, remove, set, text, uid};
use crate::sandbox::state::{DEFINITIONS, State};
use crate::sandbox::validate;

/// Creates; the name may come from the body or be generated.
pub(in crate::sandbox) fn create(
    state: &mut State,
    target: Target<'_>,
    mut object: Json,
) -> Result<Arc<Json>, Failure> {
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
pub(super) fn give_addresses(state: &mut State, kind: &Kind, object: &mut Json) {
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
pub(super) fn has_generation(kind: &Kind) -> bool {
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
fn random_suffix() -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let bytes = *Uuid::new_v4().as_bytes();
    let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
    bytes.iter().take(5).map(letter).collect()
}
