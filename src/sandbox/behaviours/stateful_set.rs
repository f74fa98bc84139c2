//! StatefulSets: pods one after the other; on updates replaced from the last to the first.

use serde_json::{Value as Json, json};

use super::pods::{active, count, create, create_pod, is_ready, template_hash};
use super::{Later, write};
use crate::sandbox::object::{at, entry, int, list, name, namespace, set, text};
use crate::sandbox::state::{Key, State};

const REVISION: &str = "controller-revision-hash";

pub(super) fn reconcile(state: &mut State, key: &Key, stateful: &Json) -> Vec<Later> {
    let revision = format!(
        "{}-{}",
        name(stateful),
        template_hash(at(stateful, "/spec/template"))
    );
    step(state, stateful, &revision);
    write_status(state, key, stateful, &revision);
    Vec::new()
}

/// One step towards what is wanted; readiness of the pods brings the next.
fn step(state: &mut State, stateful: &Json, revision: &str) {
    let wanted = int(stateful, "/spec/replicas", 1);
    let start = int(stateful, "/spec/ordinals/start", 0);
    let is_parallel = text(stateful, "/spec/podManagementPolicy") == "Parallel";
    let pod_key = |ordinal: i64| {
        Key::new(
            "/pods",
            namespace(stateful),
            &format!("{}-{ordinal}", name(stateful)),
        )
    };
    for (key, _) in active(state, stateful) {
        let ordinal = key
            .name
            .rsplit('-')
            .next()
            .and_then(|text| text.parse::<i64>().ok());
        if ordinal.is_none_or(|ordinal| ordinal >= start + wanted) {
            state.take(&key);
        }
    }
    for ordinal in start..start + wanted {
        let is_there = state.get(&pod_key(ordinal)).cloned();
        match is_there {
            None => {
                create_claims(state, stateful, ordinal);
                let index = ordinal.to_string();
                let pod_name = pod_key(ordinal).name;
                let labels = [
                    (REVISION, revision),
                    ("statefulset.kubernetes.io/pod-name", &pod_name),
                    ("apps.kubernetes.io/pod-index", &index),
                ];
                create_pod(state, stateful, Some(&pod_name), &labels);
                if !is_parallel {
                    return;
                }
            }
            Some(pod) if !is_ready(&pod) && !is_parallel && is_current(&pod, revision) => return,
            Some(_) => {}
        }
    }
    let partition = start + int(stateful, "/spec/updateStrategy/rollingUpdate/partition", 0);
    if text(stateful, "/spec/updateStrategy/type") != "OnDelete" {
        let stale = (partition..start + wanted).rev().map(pod_key);
        let stale = stale.filter(|key| state.get(key).is_some_and(|pod| !is_current(pod, revision)));
        if let Some(key) = stale.collect::<Vec<_>>().first() {
            state.take(key);
        }
    }
}

fn is_current(pod: &Json, revision: &str) -> bool {
    entry(pod, "/metadata/labels", REVISION) == Some(revision)
}

fn create_claims(state: &mut State, stateful: &Json, ordinal: i64) {
    for template in list(stateful, "/spec/volumeClaimTemplates") {
        let claim_name = format!("{}-{}-{ordinal}", name(template), name(stateful));
        if state
            .find("/persistentvolumeclaims", namespace(stateful), &claim_name)
            .is_some()
        {
            continue;
        }
        let mut claim = json!({"metadata": template["metadata"], "spec": template["spec"]});
        set(&mut claim, "/metadata/name", claim_name);
        set(&mut claim, "/metadata/namespace", namespace(stateful));
        let labels = at(stateful, "/spec/selector/matchLabels").clone();
        set(&mut claim, "/metadata/labels", labels);
        create(state, "v1", "PersistentVolumeClaim", claim);
    }
}

fn write_status(state: &mut State, key: &Key, stateful: &Json, revision: &str) {
    let pods = active(state, stateful);
    let ready = count(pods.iter().filter(|(_, pod)| is_ready(pod)).count());
    let current = count(pods.iter().filter(|(_, pod)| is_current(pod, revision)).count());
    let wanted = int(stateful, "/spec/replicas", 1);
    let before = text(stateful, "/status/currentRevision");
    let is_done = current == wanted && ready == wanted;
    let current_revision = if is_done || before.is_empty() {
        revision
    } else {
        before
    };
    let mut new = stateful.clone();
    set(
        &mut new,
        "/status",
        json!({
            "observedGeneration": at(stateful, "/metadata/generation"), "replicas": pods.len(), "readyReplicas": ready,
            "availableReplicas": ready, "currentReplicas": if is_done { wanted } else { count(pods.len()) - current },
            "updatedReplicas": current, "currentRevision": current_revision, "updateRevision": revision, "collisionCount": 0,
        }),
    );
    write(state, key, new);
}
