//! The controllers and the kubelet, played: they follow the changes of the store, answer at once where a controller
//! would, and after the sandbox's delay where something would have to run.
//!
//! Each behaviour is a function of the state and one object that brings the world a step closer to what the object
//! wants, and may ask to be called again later. Nothing polls.

mod cluster;
mod daemon_set;
mod deployment;
mod job;
mod kubelet;
mod pods;
mod replica_set;
mod stateful_set;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::time::Instant;

pub(super) use cluster::furnish;

use super::garbage;
use super::object::{is_being_deleted, list, text, uid};
use super::server::Server;
use super::state::{Change, Key, State};

/// Something to do later.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Later {
    after: Duration,
    task: Task,
}

/// What is done later, to the object with this uid.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Task {
    /// The kubelet starts the containers of a pod.
    RunPod(Key, String),
    /// A finished Job's time to live is over.
    Discard(Key, String),
    /// Time has passed for an object: look at it again.
    Reconcile(Key),
}

/// Plays until the server stops.
pub(super) async fn run(server: Arc<Server>) {
    let mut changes = server.changes();
    let mut agenda: BTreeMap<(Instant, u64), Task> = BTreeMap::new();
    let (mut seen, mut number) = (0, 0_u64);
    loop {
        changes.mark_unchanged();
        let mut later = server.with(|state| follow(state, &mut seen, server.delay));
        let now = Instant::now();
        while let Some(entry) = agenda.first_entry().filter(|entry| entry.key().0 <= now) {
            let task = entry.remove();
            later.extend(server.with(|state| perform(state, task, server.delay)));
        }
        for Later { after, task } in later {
            number += 1;
            agenda.insert((now + after, number), task);
        }
        let next = agenda.keys().next().map(|(time, _)| *time);
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = sleep_until(next) => {}
            () = server.stop.cancelled() => return,
        }
    }
}

async fn sleep_until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Takes in the changes since the last look. What this changes itself is looked at the next time.
fn follow(state: &mut State, seen: &mut u64, delay: Duration) -> Vec<Later> {
    let newest = state.version;
    let keys: BTreeSet<Key> = if *seen + 1 < state.oldest_version() {
        state.all().map(|(key, _)| key.clone()).collect()
    } else {
        let changes: Vec<Change> = state.changes_since(*seen).cloned().collect();
        changes.iter().flat_map(|change| touched(state, change)).collect()
    };
    *seen = newest;
    keys.iter().flat_map(|key| reconcile(state, key, delay)).collect()
}

/// The objects that a change matters to. Dependents of what is gone go at once.
fn touched(state: &mut State, change: &Change) -> Vec<Key> {
    let mut keys = vec![change.key.clone()];
    let newest = change.after.as_ref().or(change.before.as_ref());
    if let Some(object) = newest {
        keys.extend(owners(state, &change.key.namespace, object));
        keys.extend(cluster::interested(state, &change.key, object));
    }
    if let (Some(gone), None) = (&change.before, &change.after) {
        garbage::collect(state, uid(gone));
        // It may have been the last thing that a namespace waited for.
        keys.push(Key::new("/namespaces", "", &change.key.namespace));
    }
    keys
}

/// The objects that own this one.
fn owners(state: &State, namespace: &str, object: &Json) -> Vec<Key> {
    let key = |owner: &Json| {
        let kind = state
            .kinds
            .by_kind(text(owner, "/apiVersion"), text(owner, "/kind"))?;
        Some(State::key(kind, namespace, text(owner, "/name")))
    };
    list(object, "/metadata/ownerReferences")
        .iter()
        .filter_map(key)
        .collect()
}

fn reconcile(state: &mut State, key: &Key, delay: Duration) -> Vec<Later> {
    let Some(object) = state.get(key).cloned() else {
        return Vec::new();
    };
    if is_being_deleted(&object) {
        if &*key.store == "/namespaces" {
            cluster::empty_namespace(state, key);
        } else if list(&object, "/metadata/finalizers")
            .iter()
            .any(|name| name == "foregroundDeletion")
        {
            garbage::collect(state, uid(&object));
            garbage::finish_foreground(state, key);
        }
        return Vec::new();
    }
    match &*key.store {
        "/pods" => kubelet::admit(state, key, &object, delay).into_iter().collect(),
        "apps/replicasets" | "/replicationcontrollers" => replica_set::reconcile(state, key, &object),
        "apps/deployments" => deployment::reconcile(state, key, &object),
        "apps/statefulsets" => stateful_set::reconcile(state, key, &object),
        "apps/daemonsets" => daemon_set::reconcile(state, key, &object),
        "batch/jobs" => job::reconcile(state, key, &object),
        _ => {
            cluster::reconcile(state, key, &object);
            Vec::new()
        }
    }
}

fn perform(state: &mut State, task: Task, delay: Duration) -> Vec<Later> {
    match task {
        Task::RunPod(key, uid) => {
            if let Some(pod) = state
                .get(&key)
                .cloned()
                .filter(|pod| text(pod, "/metadata/uid") == uid)
            {
                kubelet::start(state, &key, &pod);
            }
            Vec::new()
        }
        Task::Discard(key, uid) => {
            if let Some(object) = state
                .get(&key)
                .cloned()
                .filter(|object| text(object, "/metadata/uid") == uid)
            {
                garbage::discard(state, &key, &object);
            }
            Vec::new()
        }
        Task::Reconcile(key) => reconcile(state, &key, delay),
    }
}

/// Writes an object if it differs from what is stored.
fn write(state: &mut State, key: &Key, new: Json) {
    if state.get(key).is_none_or(|old| **old != new) {
        state.put(key.clone(), new);
    }
}
