//! The cells of each kind's row.

use serde_json::{Map, Value as Json, json};

use super::{age, human, seconds};
use crate::sandbox::object::{at, int, is_being_deleted, list, text};

/// A row of cells, in the order of the store's columns.
pub(super) fn cells(store: &str, object: &Json) -> Vec<Json> {
    let name = text(object, "/metadata/name");
    let age = age(text(object, "/metadata/creationTimestamp"));
    match store {
        "/pods" => pod_cells(object, name, &age),
        "apps/deployments" | "apps/statefulsets" | "apps/replicasets" | "apps/daemonsets" => {
            workload_cells(store, object, name, &age)
        }
        "batch/jobs" => job_cells(object, name, &age),
        "/services" => service_cells(object, name, &age),
        "/events" => event_cells(object, name),
        "networking.k8s.io/ingresses" => ingress_cells(object, name, &age),
        _ => [vec![json!(name)], small_cells(store, object, &age)].concat(),
    }
}

/// The cells behind the name, of kinds with few columns.
fn small_cells(store: &str, object: &Json, age: &str) -> Vec<Json> {
    let field = |pointer: &str| at(object, pointer).clone();
    let age = json!(age);
    match store {
        "batch/cronjobs" => vec![
            field("/spec/schedule"),
            json!("<none>"),
            json!(at(object, "/spec/suspend").to_string()),
            json!(list(object, "/status/active").len()),
            json!("<none>"),
            age,
        ],
        "/secrets" => vec![field("/type"), json!(size(object, "/data")), age],
        "/configmaps" => vec![json!(size(object, "/data") + size(object, "/binaryData")), age],
        "/nodes" => vec![
            json!("Ready"),
            json!("<none>"),
            age,
            field("/status/nodeInfo/kubeletVersion"),
        ],
        "/namespaces" => vec![field("/status/phase"), age],
        "/persistentvolumeclaims" => vec![
            field("/status/phase"),
            json!(text(object, "/spec/volumeName")),
            json!(text(object, "/status/capacity/storage")),
            json!(access_modes(object)),
            json!(text(object, "/spec/storageClassName")),
            age,
        ],
        "coordination.k8s.io/leases" => vec![field("/spec/holderIdentity"), age],
        "apiextensions.k8s.io/customresourcedefinitions" => vec![field("/metadata/creationTimestamp")],
        _ => vec![age],
    }
}

fn workload_cells(store: &str, object: &Json, name: &str, age: &str) -> Vec<Json> {
    let number = |pointer: &str| json!(int(object, pointer, 0));
    let ready = int(object, "/status/readyReplicas", 0);
    let ratio = json!(format!("{ready}/{}", int(object, "/spec/replicas", 1)));
    let (names, images) = containers(object, "/spec/template/spec/containers");
    let own = match store {
        "apps/deployments" => vec![
            ratio,
            number("/status/updatedReplicas"),
            number("/status/availableReplicas"),
        ],
        "apps/statefulsets" => vec![ratio],
        "apps/replicasets" => vec![number("/spec/replicas"), number("/status/replicas"), json!(ready)],
        _ => {
            let fields = [
                "desiredNumberScheduled",
                "currentNumberScheduled",
                "numberReady",
                "updatedNumberScheduled",
                "numberAvailable",
            ];
            let mut cells = fields.map(|field| number(&format!("/status/{field}"))).to_vec();
            let selector = labels(at(object, "/spec/template/spec/nodeSelector"));
            cells.push(json!(none_if_empty(selector)));
            cells
        }
    };
    let mut cells = [
        vec![json!(name)],
        own,
        vec![json!(age), json!(names), json!(images)],
    ]
    .concat();
    if matches!(store, "apps/deployments" | "apps/replicasets") {
        cells.push(json!(labels(at(object, "/spec/selector/matchLabels"))));
    }
    cells
}

/// The word in a pod's STATUS column.
fn pod_status(object: &Json) -> String {
    if is_being_deleted(object) {
        return "Terminating".to_owned();
    }
    let phase = text(object, "/status/phase");
    let mut status = match phase {
        "Succeeded" => "Completed",
        "Failed" => "Error",
        other => other,
    };
    for container in list(object, "/status/containerStatuses") {
        let waiting = text(container, "/state/waiting/reason");
        if !waiting.is_empty() {
            status = waiting;
        }
    }
    status.to_owned()
}

fn pod_cells(object: &Json, name: &str, age: &str) -> Vec<Json> {
    let statuses = list(object, "/status/containerStatuses");
    let ready = statuses.iter().filter(|status| status["ready"] == true).count();
    let restarts: i64 = statuses
        .iter()
        .map(|status| int(status, "/restartCount", 0))
        .sum();
    let ready = format!("{ready}/{}", list(object, "/spec/containers").len());
    let (address, node) = (text(object, "/status/podIP"), text(object, "/spec/nodeName"));
    let rest = [none_if_empty(address.to_owned()), none_if_empty(node.to_owned())];
    vec![
        json!(name),
        json!(ready),
        json!(pod_status(object)),
        json!(restarts.to_string()),
        json!(age),
        json!(rest[0]),
        json!(rest[1]),
        json!("<none>"),
        json!("<none>"),
    ]
}

fn job_cells(object: &Json, name: &str, age: &str) -> Vec<Json> {
    let is_true = |kind: &str| {
        let conditions = list(object, "/status/conditions").iter();
        conditions
            .clone()
            .any(|condition| condition["type"] == kind && condition["status"] == "True")
    };
    let status = match (is_true("Complete"), is_true("Failed"), is_true("Suspended")) {
        (true, ..) => "Complete",
        (_, true, _) => "Failed",
        (_, _, true) => "Suspended",
        _ => "Running",
    };
    let done = format!(
        "{}/{}",
        int(object, "/status/succeeded", 0),
        int(object, "/spec/completions", 1)
    );
    let (start, end) = (
        text(object, "/status/startTime"),
        text(object, "/status/completionTime"),
    );
    let duration = match (seconds(start), seconds(end)) {
        (Some(start), Some(end)) => human(end - start),
        (Some(_), None) => super::age(start),
        _ => String::new(),
    };
    let (names, images) = containers(object, "/spec/template/spec/containers");
    vec![
        json!(name),
        json!(status),
        json!(done),
        json!(duration),
        json!(age),
        json!(names),
        json!(images),
    ]
}

fn service_cells(object: &Json, name: &str, age: &str) -> Vec<Json> {
    let port = |port: &Json| {
        let (number, protocol) = (int(port, "/port", 0), text(port, "/protocol"));
        match int(port, "/nodePort", 0) {
            0 => format!("{number}/{protocol}"),
            node => format!("{number}:{node}/{protocol}"),
        }
    };
    let ports: Vec<String> = list(object, "/spec/ports").iter().map(port).collect();
    let external = match text(object, "/spec/type") {
        "ExternalName" => text(object, "/spec/externalName"),
        "LoadBalancer" => match text(object, "/status/loadBalancer/ingress/0/ip") {
            "" => "<pending>",
            address => address,
        },
        _ => "<none>",
    };
    vec![
        json!(name),
        at(object, "/spec/type").clone(),
        json!(none_if_empty(text(object, "/spec/clusterIP").to_owned())),
        json!(external),
        json!(none_if_empty(ports.join(","))),
        json!(age),
        json!(none_if_empty(labels(at(object, "/spec/selector")))),
    ]
}

fn event_cells(object: &Json, name: &str) -> Vec<Json> {
    let about = if at(object, "/involvedObject").is_null() {
        "/regarding"
    } else {
        "/involvedObject"
    };
    let kind = text(object, &format!("{about}/kind")).to_lowercase();
    let target = format!("{kind}/{}", text(object, &format!("{about}/name")));
    let message = [text(object, "/message"), text(object, "/note")].concat();
    let seen = match text(object, "/lastTimestamp") {
        "" => text(object, "/metadata/creationTimestamp"),
        time => time,
    };
    vec![
        json!(age(seen)),
        at(object, "/type").clone(),
        at(object, "/reason").clone(),
        json!(target),
        json!(message.trim()),
        json!(int(object, "/count", 1)),
        json!(name),
    ]
}

fn ingress_cells(object: &Json, name: &str, age: &str) -> Vec<Json> {
    let hosts: Vec<&str> = list(object, "/spec/rules")
        .iter()
        .map(|rule| text(rule, "/host"))
        .collect();
    let hosts = hosts
        .into_iter()
        .filter(|host| !host.is_empty())
        .collect::<Vec<_>>()
        .join(",");
    let ports = if list(object, "/spec/tls").is_empty() {
        "80"
    } else {
        "80, 443"
    };
    let hosts = if hosts.is_empty() { "*".to_owned() } else { hosts };
    let class = none_if_empty(text(object, "/spec/ingressClassName").to_owned());
    let address = text(object, "/status/loadBalancer/ingress/0/ip");
    vec![
        json!(name),
        json!(class),
        json!(hosts),
        json!(address),
        json!(ports),
        json!(age),
    ]
}

fn access_modes(object: &Json) -> String {
    let short = |mode: &Json| match mode.as_str() {
        Some("ReadWriteOnce") => "RWO",
        Some("ReadOnlyMany") => "ROX",
        Some("ReadWriteMany") => "RWX",
        _ => "RWOP",
    };
    list(object, "/spec/accessModes")
        .iter()
        .map(short)
        .collect::<Vec<_>>()
        .join(",")
}

fn containers(object: &Json, pointer: &str) -> (String, String) {
    let found = list(object, pointer);
    let join = |field: &str| {
        found
            .iter()
            .map(|container| text(container, field))
            .collect::<Vec<_>>()
            .join(",")
    };
    (join("/name"), join("/image"))
}

fn labels(map: &Json) -> String {
    let entries = map.as_object().into_iter().flatten();
    let entries = entries.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
    entries.collect::<Vec<_>>().join(",")
}

fn none_if_empty(text: String) -> String {
    if text.is_empty() {
        "<none>".to_owned()
    } else {
        text
    }
}

fn size(object: &Json, pointer: &str) -> usize {
    at(object, pointer).as_object().map_or(0, Map::len)
}
