//! ReplicaSets (and ReplicationControllers): as many pods as wanted.

use serde_json::{Value as Json, json};

use super::pods::{active, count, count_ready, create_pod, is_ready};
use super::{Later, write};
use crate::sandbox::object::{at, int, set};
use crate::sandbox::state::{Key, State};

pub(super) fn reconcile(state: &mut State, key: &Key, set_object: &Json) -> Vec<Later> {
    let wanted = int(set_object, "/spec/replicas", 1);
    let mut pods = active(state, set_object);
    let missing = wanted - count(pods.len());
    for _ in 0..missing {
        create_pod(state, set_object, None, &[]);
    }
    if missing < 0 {
        pods.sort_by_key(|(_, pod)| is_ready(pod));
        let surplus = usize::try_from(-missing).unwrap_or_default();
        for (pod, _) in pods.iter().take(surplus) {
            state.take(pod);
        }
    }
    let pods = active(state, set_object);
    let ready = count_ready(&pods);
    let mut new = set_object.clone();
    let generation = at(set_object, "/metadata/generation").clone();
    set(
        &mut new,
        "/status",
        json!({
            "replicas": pods.len(), "fullyLabeledReplicas": pods.len(), "readyReplicas": ready,
            "availableReplicas": ready, "observedGeneration": generation,
        }),
    );
    write(state, key, new);
    Vec::new()
}
