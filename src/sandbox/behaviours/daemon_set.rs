//! DaemonSets: one pod on the one node.

use serde_json::{Value as Json, json};

use super::pods::{active, count, count_ready, create_pod, template_hash};
use super::{Later, write};
use crate::sandbox::object::{at, entry, set, text};
use crate::sandbox::state::{Key, State};

const REVISION: &str = "controller-revision-hash";

pub(super) fn reconcile(state: &mut State, key: &Key, daemon: &Json) -> Vec<Later> {
    let revision = template_hash(at(daemon, "/spec/template"));
    let is_current = |pod: &Json| entry(pod, "/metadata/labels", REVISION) == Some(revision.as_str());
    for (pod_key, pod) in active(state, daemon) {
        if !is_current(&pod) && text(daemon, "/spec/updateStrategy/type") != "OnDelete" {
            state.take(&pod_key);
        }
    }
    if active(state, daemon).is_empty() {
        create_pod(state, daemon, None, &[(REVISION, &revision)]);
    }
    let pods = active(state, daemon);
    let ready = count_ready(&pods);
    let updated = count(pods.iter().filter(|(_, pod)| is_current(pod)).count());
    let mut new = daemon.clone();
    set(
        &mut new,
        "/status",
        json!({
            "observedGeneration": at(daemon, "/metadata/generation"), "desiredNumberScheduled": 1,
            "currentNumberScheduled": pods.len(), "numberReady": ready, "numberAvailable": ready,
            "updatedNumberScheduled": updated, "numberUnavailable": 1 - ready, "numberMisscheduled": 0,
        }),
    );
    write(state, key, new);
    Vec::new()
}
