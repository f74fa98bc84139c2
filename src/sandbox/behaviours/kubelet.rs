//! The scheduler and the kubelet: pods get a node and an address at once, and run after the delay.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::pods::condition;
use super::{Later, Task, write};
use crate::sandbox::object::{entry, list, name, now, set, text, uid};
use crate::sandbox::state::{Key, State};

/// The one node.
pub(super) const NODE: &str = "sandbox-node";
/// Annotation of a pod (or its template): `succeed` (default), `fail`, `hang`.
const OUTCOME: &str = "sandbox.deploy-manager/outcome";
/// Annotation of a pod (or its template): how long until it runs, such as `5s` or `200ms`.
const DELAY: &str = "sandbox.deploy-manager/delay";

/// How a pod's containers end up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Runs,
    Completes,
    Fails,
    CrashLoops,
    NeverReady,
    ImageMissing,
}

fn fate(pod: &Json) -> Fate {
    let is_missing = |container: &Json| text(container, "/image").ends_with(":missing");
    let all = list(pod, "/spec/initContainers")
        .iter()
        .chain(list(pod, "/spec/containers"));
    if all.clone().any(is_missing) {
        return Fate::ImageMissing;
    }
    let restarts = !matches!(text(pod, "/spec/restartPolicy"), "Never" | "OnFailure");
    match (entry(pod, "/metadata/annotations", OUTCOME), restarts) {
        (Some("hang"), _) => Fate::NeverReady,
        (Some("fail"), true) => Fate::CrashLoops,
        (Some("fail"), false) => Fate::Fails,
        (_, true) => Fate::Runs,
        (_, false) => Fate::Completes,
    }
}

/// A new pod: gives it a node, and says when it is to run.
pub(super) fn admit(state: &mut State, key: &Key, pod: &Json, delay: Duration) -> Option<Later> {
    if !text(pod, "/status/startTime").is_empty() {
        return None;
    }
    let address = state.new_address("10.244");
    let mut new = pod.clone();
    set(&mut new, "/spec/nodeName", NODE);
    let waiting = json!({"waiting": {"reason": "ContainerCreating"}});
    set(
        &mut new,
        "/status",
        json!({
            "phase": "Pending", "startTime": now(), "hostIP": "10.0.0.1", "hostIPs": [{"ip": "10.0.0.1"}],
            "podIP": address, "podIPs": [{"ip": address}], "qosClass": "BestEffort",
            "conditions": conditions(pod, false, "ContainersNotReady"),
            "containerStatuses": statuses(pod, "/spec/containers", &waiting, false, 0),
        }),
    );
    super::cluster::event(
        state,
        pod,
        "Normal",
        "Scheduled",
        &format!("Successfully assigned {}/{} to {NODE}", key.namespace, key.name),
    );
    write(state, key, new);
    let own_delay = entry(pod, "/metadata/annotations", DELAY).and_then(duration);
    Some(Later {
        after: own_delay.unwrap_or(delay),
        task: Task::RunPod(key.clone(), uid(pod).to_owned()),
    })
}

fn duration(text: &str) -> Option<Duration> {
    if let Some(milliseconds) = text.strip_suffix("ms") {
        return milliseconds.parse().ok().map(Duration::from_millis);
    }
    text.strip_suffix('s')?.parse().ok().map(Duration::from_secs)
}

/// The delay is over: the containers do what their pod is fated to.
pub(super) fn start(state: &mut State, key: &Key, pod: &Json) {
    let mut new = pod.clone();
    let fate = fate(pod);
    let (phase, reason, container, restarts) = outcome(pod, fate);
    let is_ready = fate == Fate::Runs;
    set(&mut new, "/status/phase", phase);
    set(&mut new, "/status/conditions", conditions(pod, is_ready, reason));
    let containers = statuses(pod, "/spec/containers", &container, is_ready, restarts);
    set(&mut new, "/status/containerStatuses", containers);
    let init_state = if fate == Fate::ImageMissing {
        container
    } else {
        terminated("Completed", 0)
    };
    let init = statuses(
        pod,
        "/spec/initContainers",
        &init_state,
        fate != Fate::ImageMissing,
        0,
    );
    if init.as_array().is_some_and(|list| !list.is_empty()) {
        set(&mut new, "/status/initContainerStatuses", init);
    }
    tell(state, pod, fate);
    write(state, key, new);
}

/// (phase, why it is not ready, state of its containers, restarts)
fn outcome(pod: &Json, fate: Fate) -> (&'static str, &'static str, Json, i64) {
    let running = json!({"running": {"startedAt": now()}});
    match fate {
        Fate::Runs => ("Running", "", running, 0),
        Fate::NeverReady => ("Running", "ContainersNotReady", running, 0),
        Fate::Completes => ("Succeeded", "PodCompleted", terminated("Completed", 0), 0),
        Fate::Fails => ("Failed", "PodFailed", terminated("Error", 1), 0),
        Fate::CrashLoops => {
            let message = format!("back-off 40s restarting failed container in pod {}", name(pod));
            let waiting = json!({"waiting": {"reason": "CrashLoopBackOff", "message": message}});
            ("Running", "ContainersNotReady", waiting, 3)
        }
        Fate::ImageMissing => {
            let waiting = json!({"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image: not found"}});
            ("Pending", "ContainersNotReady", waiting, 0)
        }
    }
}

fn tell(state: &mut State, pod: &Json, fate: Fate) {
    let (kind, reason, message) = match fate {
        Fate::ImageMissing => ("Warning", "Failed", "Failed to pull image: not found"),
        Fate::CrashLoops => ("Warning", "BackOff", "Back-off restarting failed container"),
        Fate::NeverReady => ("Warning", "Unhealthy", "Readiness probe failed"),
        Fate::Runs | Fate::Completes | Fate::Fails => ("Normal", "Started", "Started containers"),
    };
    super::cluster::event(state, pod, kind, reason, message);
}

fn terminated(reason: &str, code: i64) -> Json {
    json!({"terminated": {"exitCode": code, "reason": reason, "startedAt": now(), "finishedAt": now()}})
}

fn conditions(pod: &Json, is_ready: bool, reason: &str) -> Json {
    let message = if reason == "ContainersNotReady" {
        "containers with unready status"
    } else {
        ""
    };
    json!([
        condition(pod, "PodScheduled", true, "", ""),
        condition(pod, "Initialized", true, "", ""),
        condition(pod, "ContainersReady", is_ready, reason, message),
        condition(pod, "Ready", is_ready, reason, message),
    ])
}

fn statuses(pod: &Json, pointer: &str, state: &Json, is_ready: bool, restarts: i64) -> Json {
    let status = |container: &Json| {
        let mut status = json!({
            "name": container["name"], "image": container["image"], "imageID": "", "ready": is_ready,
            "restartCount": restarts, "started": state.get("running").is_some(), "state": state,
        });
        if restarts > 0 {
            status["lastState"] = terminated("Error", 1);
        }
        status
    };
    list(pod, pointer).iter().map(status).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_and_images_decide_a_pods_fate() {
        let pod = |policy: &str, outcome: &str, image: &str| {
            json!({
                "metadata": {"annotations": {OUTCOME: outcome}},
                "spec": {"restartPolicy": policy, "containers": [{"name": "c", "image": image}]},
            })
        };
        for (policy, outcome, image, expected) in [
            ("Always", "", "a:1", Fate::Runs),
            ("Never", "", "a:1", Fate::Completes),
            ("Never", "fail", "a:1", Fate::Fails),
            ("Always", "fail", "a:1", Fate::CrashLoops),
            ("Always", "hang", "a:1", Fate::NeverReady),
            ("Never", "", "r/a:missing", Fate::ImageMissing),
        ] {
            assert_eq!(
                fate(&pod(policy, outcome, image)),
                expected,
                "{policy} {outcome} {image}"
            );
        }
        assert_eq!(duration("200ms"), Some(Duration::from_millis(200)));
        assert_eq!(duration("3s"), Some(Duration::from_secs(3)));
        assert_eq!(duration("soon"), None);
    }
}
