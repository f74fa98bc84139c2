//! Why a pod does not come up, in words.

use serde_json::Value as Json;

use super::{Object, condition, condition_part, text};
use crate::k8s::objects::number;

/// Reasons of the kubelet that pass by themselves.
const NORMAL: &[&str] = &["ContainerCreating", "PodInitializing"];

/// What keeps this pod from being ready, such as `container web: ImagePullBackOff: …`; `None` where it is ready, done, or
/// simply on its way.
#[must_use]
pub fn explain(pod: &Object) -> Option<String> {
    if condition(pod, "Ready") == "True" || text(pod, "/status/phase") == "Succeeded" {
        return None;
    }
    if condition(pod, "PodScheduled") == "False" {
        let message = condition_part(pod, "PodScheduled", "message");
        return Some(joined(&["it cannot be scheduled", message]));
    }
    if let Some(why) = containers(pod).find_map(explain_container) {
        return Some(why);
    }
    let (reason, message) = (text(pod, "/status/reason"), text(pod, "/status/message"));
    (!reason.is_empty()).then(|| joined(&[reason, message]))
}

/// The container whose log tells most, if one of them has ended badly.
#[must_use]
pub fn is_crashing(pod: &Object) -> Option<&str> {
    let has_failed = |container: &&Json| {
        let code = |state: &str| number(container, &format!("/{state}/terminated/exitCode"));
        code("state")
            .or_else(|| code("lastState"))
            .is_some_and(|code| code != 0)
    };
    containers(pod)
        .find(has_failed)
        .map(|container| text(container, "/name"))
}

fn containers(pod: &Object) -> impl Iterator<Item = &Json> {
    ["/status/initContainerStatuses", "/status/containerStatuses"]
        .into_iter()
        .filter_map(|list| pod.pointer(list)?.as_array())
        .flatten()
}

fn explain_container(container: &Json) -> Option<String> {
    let name = format!("container {}", text(container, "/name"));
    let waiting = text(container, "/state/waiting/reason");
    if !waiting.is_empty() && !NORMAL.contains(&waiting) {
        let message = text(container, "/state/waiting/message");
        return Some(joined(&[&name, waiting, message]));
    }
    let code = number(container, "/state/terminated/exitCode").filter(|code| *code != 0)?;
    let reason = text(container, "/state/terminated/reason");
    let message = text(container, "/state/terminated/message");
    Some(joined(&[&name, &format!("exit code {code}"), reason, message]))
}

fn joined(parts: &[&str]) -> String {
    let said: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    said.join(": ")
}
