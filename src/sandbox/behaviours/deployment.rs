//! Deployments: a ReplicaSet for each template; the old ones go when the new one is ready.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::pods::{condition, controlled, create, reference, template_hash};
use super::{Later, write};
use crate::sandbox::object::{at, entry, int, name, namespace, set, text};
use crate::sandbox::state::{Key, State};

const REVISION: &str = "deployment.kubernetes.io/revision";
const HASH: &str = "pod-template-hash";

type Sets = Vec<(Key, Arc<Json>)>;

pub(super) fn reconcile(state: &mut State, key: &Key, deployment: &Json) -> Vec<Later> {
    let hash = template_hash(at(deployment, "/spec/template"));
    let wanted = int(deployment, "/spec/replicas", 1);
    let is_current = |set: &Json| entry(set, "/metadata/labels", HASH) == Some(hash.as_str());
    let (current, old): (Sets, Sets) = controlled(state, "apps/replicasets", deployment)
        .into_iter()
        .partition(|(_, set)| is_current(set));
    let recreates = text(deployment, "/spec/strategy/type") == "Recreate";
    let old_pods: i64 = old.iter().map(|(_, set)| int(set, "/status/replicas", 0)).sum();
    match current.first() {
        None if recreates && old_pods > 0 => scale(state, &old, 0),
        None if deployment["spec"]["paused"] == true => {}
        None => create_set(state, deployment, &hash, next_revision(&old)),
        Some((set_key, set)) => {
            take_over(state, deployment, (set_key, set), &old);
            scale(state, &current, wanted);
            if int(set, "/status/readyReplicas", 0) >= wanted {
                scale(state, &old, 0);
                forget(state, deployment, &old);
            }
        }
    }
    write_status(state, key, &hash);
    Vec::new()
}

fn revision(set: &Json) -> i64 {
    entry(set, "/metadata/annotations", REVISION)
        .and_then(|text| text.parse().ok())
        .unwrap_or_default()
}

fn next_revision(sets: &[(Key, Arc<Json>)]) -> i64 {
    sets.iter()
        .map(|(_, set)| revision(set))
        .max()
        .unwrap_or_default()
        + 1
}

/// A set whose template is wanted again becomes the newest revision.
fn take_over(state: &mut State, deployment: &Json, (key, current): (&Key, &Json), old: &Sets) {
    let newest = next_revision(old);
    let number = revision(current).max(newest);
    let pointer = "/metadata/annotations/deployment.kubernetes.io~1revision";
    if revision(current) < number {
        let mut new = current.clone();
        set(&mut new, pointer, number.to_string());
        write(state, key, new);
    }
    if revision(deployment) != number {
        let mut new = deployment.clone();
        set(&mut new, pointer, number.to_string());
        let own = Key::new("apps/deployments", namespace(deployment), name(deployment));
        write(state, &own, new);
    }
}

fn create_set(state: &mut State, deployment: &Json, hash: &str, revision: i64) {
    let mut template = at(deployment, "/spec/template").clone();
    set(&mut template, "/metadata/labels/pod-template-hash", hash);
    let mut selector = at(deployment, "/spec/selector").clone();
    set(&mut selector, "/matchLabels/pod-template-hash", hash);
    let object = json!({
        "metadata": {
            "name": format!("{}-{hash}", name(deployment)), "namespace": namespace(deployment),
            "labels": template["metadata"]["labels"], "annotations": {REVISION: revision.to_string()},
            "ownerReferences": [reference(deployment)],
        },
        "spec": {"replicas": at(deployment, "/spec/replicas"), "selector": selector, "template": template},
    });
    create(state, "apps/v1", "ReplicaSet", object);
}

fn scale(state: &mut State, sets: &Sets, replicas: i64) {
    for (key, _) in sets {
        let Some(current) = state.get(key).cloned() else {
            continue;
        };
        if int(&current, "/spec/replicas", 1) != replicas {
            let mut new = (*current).clone();
            set(&mut new, "/spec/replicas", replicas);
            let generation = int(&current, "/metadata/generation", 1) + 1;
            set(&mut new, "/metadata/generation", generation);
            write(state, key, new);
        }
    }
}

/// Empty old sets beyond the history limit go.
fn forget(state: &mut State, deployment: &Json, old: &Sets) {
    let limit = usize::try_from(int(deployment, "/spec/revisionHistoryLimit", 10)).unwrap_or(10);
    let mut old = old.clone();
    old.sort_by_key(|(_, set)| std::cmp::Reverse(revision(set)));
    for (key, set) in old.iter().skip(limit) {
        if int(set, "/status/replicas", 0) == 0 {
            state.take(key);
        }
    }
}

fn write_status(state: &mut State, key: &Key, hash: &str) {
    let Some(deployment) = state.get(key).cloned() else {
        return;
    };
    let sets = controlled(state, "apps/replicasets", &deployment);
    let sum = |field: &str, only_current: bool| -> i64 {
        let chosen = sets
            .iter()
            .filter(|(_, set)| !only_current || entry(set, "/metadata/labels", HASH) == Some(hash));
        chosen.map(|(_, set)| int(set, field, 0)).sum()
    };
    let wanted = int(&deployment, "/spec/replicas", 1);
    let (replicas, ready) = (
        sum("/status/replicas", false),
        sum("/status/readyReplicas", false),
    );
    let updated = sum("/status/replicas", true);
    let is_done = updated == wanted && replicas == wanted && sum("/status/readyReplicas", true) == wanted;
    let is_available = ready >= wanted - unavailable_allowed(&deployment, wanted);
    let mut new = (*deployment).clone();
    set(
        &mut new,
        "/status",
        json!({
            "observedGeneration": at(&deployment, "/metadata/generation"), "replicas": replicas,
            "updatedReplicas": updated, "readyReplicas": ready, "availableReplicas": ready,
            "unavailableReplicas": (wanted - ready).max(0),
            "conditions": conditions(&deployment, is_available, is_done, &format!("{}-{hash}", name(&deployment))),
        }),
    );
    write(state, key, new);
}

fn conditions(deployment: &Json, is_available: bool, is_done: bool, set_name: &str) -> Vec<Json> {
    let available = if is_available {
        condition(
            deployment,
            "Available",
            true,
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
        )
    } else {
        let message = "Deployment does not have minimum availability.";
        condition(
            deployment,
            "Available",
            false,
            "MinimumReplicasUnavailable",
            message,
        )
    };
    let progress = if is_done {
        let message = format!("ReplicaSet \"{set_name}\" has successfully progressed.");
        condition(
            deployment,
            "Progressing",
            true,
            "NewReplicaSetAvailable",
            &message,
        )
    } else {
        let message = format!("ReplicaSet \"{set_name}\" is progressing.");
        condition(deployment, "Progressing", true, "ReplicaSetUpdated", &message)
    };
    vec![available, progress]
}

/// `maxUnavailable`, a number or percentage rounded down.
fn unavailable_allowed(deployment: &Json, wanted: i64) -> i64 {
    let value = at(deployment, "/spec/strategy/rollingUpdate/maxUnavailable");
    let percent = value
        .as_str()
        .and_then(|text| text.strip_suffix('%'))
        .and_then(|text| text.parse::<i64>().ok());
    match percent {
        Some(percent) => wanted * percent / 100,
        None => value.as_i64().unwrap_or_default(),
    }
}
