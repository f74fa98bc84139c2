//! What pods print.

use serde_json::Value as Json;

use super::failure::Failure;
use super::object::{entry, list, name, text};

/// The annotation of a pod that holds the text of its log.
pub(super) const LOG: &str = "sandbox.deploy-manager/log";

/// The log of one container (empty name: the only one), at most the last lines.
pub(super) fn log(pod: &Json, container: &str, tail: Option<u64>) -> Result<String, Failure> {
    let all = [list(pod, "/spec/containers"), list(pod, "/spec/initContainers")].concat();
    let found = if container.is_empty() {
        only_container(pod)?
    } else {
        let named = all.iter().find(|candidate| text(candidate, "/name") == container);
        let unknown = || {
            Failure::bad_request(format!(
                "container {container} is not valid for pod {}",
                name(pod)
            ))
        };
        named.ok_or_else(unknown)?
    };
    if let Some(waiting) = waiting(pod, text(found, "/name")) {
        let message = format!(
            "container {:?} in pod {:?} is waiting to start: {waiting}",
            text(found, "/name"),
            name(pod)
        );
        return Err(Failure::bad_request(message));
    }
    let whole = match entry(pod, "/metadata/annotations", LOG) {
        Some(text) => format!("{}\n", text.trim_end_matches('\n')),
        None => format!(
            "pod {} container {} image {}\nthis is the log of a sandbox: nothing was run\n",
            name(pod),
            text(found, "/name"),
            text(found, "/image"),
        ),
    };
    Ok(last_lines(&whole, tail))
}

fn only_container(pod: &Json) -> Result<&Json, Failure> {
    match list(pod, "/spec/containers") {
        [one] => Ok(one),
        several => {
            let default = entry(
                pod,
                "/metadata/annotations",
                "kubectl.kubernetes.io/default-container",
            );
            let named = several
                .iter()
                .find(|container| default == Some(text(container, "/name")));
            let names: Vec<&str> = several.iter().map(|container| text(container, "/name")).collect();
            let unclear = || {
                let names = names.join(" ");
                Failure::bad_request(format!(
                    "a container name must be specified for pod {}, choose one of: [{names}]",
                    name(pod)
                ))
            };
            named.ok_or_else(unclear)
        }
    }
}

fn waiting<'a>(pod: &'a Json, container: &str) -> Option<&'a str> {
    let statuses = list(pod, "/status/containerStatuses");
    let status = statuses
        .iter()
        .find(|status| text(status, "/name") == container)?;
    match text(status, "/state/waiting/reason") {
        "" | "CrashLoopBackOff" => None,
        reason => Some(reason),
    }
}

fn last_lines(whole: &str, tail: Option<u64>) -> String {
    let Some(count) = tail.and_then(|count| usize::try_from(count).ok()) else {
        return whole.to_owned();
    };
    let lines: Vec<&str> = whole.lines().collect();
    let lines = &lines[lines.len().saturating_sub(count)..];
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn logs_name_what_would_run_or_say_what_the_annotation_says() {
        let pod = json!({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}});
        assert!(
            log(&pod, "", None)
                .unwrap()
                .starts_with("pod p container c image i:1\n")
        );
        assert!(log(&pod, "x", None).is_err());
        let annotated = json!({
            "metadata": {"name": "p", "annotations": {LOG: "one\ntwo\nthree"}},
            "spec": {"containers": [{"name": "c"}, {"name": "d"}]},
        });
        assert_eq!(log(&annotated, "c", Some(2)).unwrap(), "two\nthree\n");
        assert_eq!(log(&annotated, "", None).unwrap_err().code, 400);
    }
}
