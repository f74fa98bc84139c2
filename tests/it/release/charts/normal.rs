//! Objects and records without what no two runs share: times, uids, addresses, the namespace's name, random draws.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map as JsonMap, Value as Json, json};

/// A checksum of something that may name the namespace.
static CHECKSUM: LazyLock<Regex> = LazyLock::new(|| Regex::new("[0-9a-f]{64}").unwrap());

/// A value in the text of a Secret, or a certificate anywhere: both may be drawn at random.
static DRAWN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?m)^(\s+[\w.-]+:[ ]*)"?(?:[A-Za-z0-9+/]{8,}={0,2})"?\s*$"#).unwrap());
static BUNDLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)(caBundle:\s*).*$").unwrap());

/// A manifest without what its Secrets and webhooks may have drawn at random.
fn undrawn(manifest: &str) -> String {
    let document = |text: &str| {
        if text.contains("\nkind: Secret") {
            DRAWN.replace_all(text, "${1}DRAWN").into_owned()
        } else {
            BUNDLE.replace_all(text, "${1}DRAWN").into_owned()
        }
    };
    let documents: Vec<String> = manifest.split("\n---\n").map(document).collect();
    documents.join("\n---\n")
}

/// Replaces the namespace and checksums in all texts, and random draws in manifests.
pub fn anonymous(value: &Json, namespace: &str) -> Json {
    match value {
        Json::String(text) => {
            let text = undrawn(&text.replace(namespace, "NAMESPACE"));
            Json::from(CHECKSUM.replace_all(&text, "CHECKSUM").into_owned())
        }
        Json::Array(list) => list.iter().map(|item| anonymous(item, namespace)).collect(),
        Json::Object(map) => map
            .iter()
            .map(|(key, item)| (key.replace(namespace, "NAMESPACE"), anonymous(item, namespace)))
            .collect(),
        other => other.clone(),
    }
}

/// A live object as both must leave it.
pub fn object(live: &Json, namespace: &str) -> Json {
    let mut object = live.clone();
    forget(&mut object, &["status"]);
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    managers(&mut object["metadata"]);
    for name in ["uid", "resourceVersion", "creationTimestamp", "selfLink"] {
        forget(&mut object["metadata"], &[name]);
    }
    match kind.as_str() {
        "Service" => {
            forget(
                &mut object["spec"],
                &["clusterIP", "clusterIPs", "healthCheckNodePort"],
            );
            for port in object["spec"]["ports"].as_array_mut().into_iter().flatten() {
                forget(port, &["nodePort"]);
            }
        }
        "Job" => job(&mut object),
        "PersistentVolumeClaim" => {
            forget(&mut object["spec"], &["volumeName"]);
            forget(
                &mut object["metadata"]["annotations"],
                &[
                    "pv.kubernetes.io/bind-completed",
                    "pv.kubernetes.io/bound-by-controller",
                ],
            );
        }
        "Secret" => hide(&mut object["data"]),
        // The controller counts a moment later.
        "Deployment" => forget(
            &mut object["metadata"]["annotations"],
            &["deployment.kubernetes.io/revision"],
        ),
        "ServiceAccount" => forget(&mut object, &["secrets"]),
        _ => {}
    }
    bundles(&mut object);
    anonymous(&object, namespace)
}

/// The labels by which a Job knows its pods carry its uid.
fn job(job: &mut Json) {
    forget(&mut job["spec"], &["selector"]);
    for pointer in ["/metadata/labels", "/spec/template/metadata/labels"] {
        if let Some(labels) = job.pointer_mut(pointer) {
            forget(labels, &["controller-uid", "batch.kubernetes.io/controller-uid"]);
        }
    }
}

/// Secrets may be drawn at random: that they are there is compared.
fn hide(data: &mut Json) {
    for value in data.as_object_mut().into_iter().flat_map(JsonMap::values_mut) {
        *value = json!("SECRET");
    }
}

/// Certificates may be drawn at random, too.
fn bundles(value: &mut Json) {
    match value {
        Json::Object(map) => {
            for (key, item) in map {
                if key == "caBundle" {
                    *item = json!("BUNDLE");
                } else {
                    bundles(item);
                }
            }
        }
        Json::Array(list) => list.iter_mut().for_each(bundles),
        _ => {}
    }
}

/// Of the managers' entries, those that are not a controller's, without their times.
fn managers(metadata: &mut Json) {
    let Some(entries) = metadata.get_mut("managedFields").and_then(Json::as_array_mut) else {
        return;
    };
    entries.retain(|entry| {
        let manager = entry["manager"].as_str().unwrap_or_default();
        !manager.starts_with("kube-") && !manager.contains("kwok") && entry["subresource"].is_null()
    });
    for entry in entries {
        forget(entry, &["time"]);
    }
}

fn forget(value: &mut Json, names: &[&str]) {
    if let Some(map) = value.as_object_mut() {
        for name in names {
            map.remove(*name);
        }
    }
}

/// A storage object: its labels and type, and its decoded record.
pub fn record(secret: &Json, decoded: &Json, namespace: &str) -> Json {
    let mut labels = secret["metadata"]["labels"].clone();
    for name in ["createdAt", "modifiedAt"] {
        if let Some(label) = labels.get_mut(name) {
            *label = json!("TIME");
        }
    }
    let mut body = decoded.clone();
    times(&mut body);
    let whole = json!({
        "labels": labels, "type": secret["type"], "name": secret["metadata"]["name"], "release": body,
    });
    anonymous(&whole, namespace)
}

/// That there is a time is compared, not which.
fn times(value: &mut Json) {
    const TIMES: [&str; 5] = [
        "first_deployed",
        "last_deployed",
        "deleted",
        "started_at",
        "completed_at",
    ];
    match value {
        Json::Object(map) => {
            for (key, item) in map {
                let is_time =
                    TIMES.contains(&key.as_str()) && item.as_str().is_some_and(|text| !text.is_empty());
                if is_time {
                    *item = json!("TIME");
                } else {
                    times(item);
                }
            }
        }
        Json::Array(list) => list.iter_mut().for_each(times),
        _ => {}
    }
}
