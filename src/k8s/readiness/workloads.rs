//! Pods and what keeps them.

use serde_json::Value as Json;

use super::{Object, Readiness, condition, text, unless};
use crate::k8s::objects::{number, uid};

pub(super) fn pod(pod: &Object) -> Readiness {
    unless(condition(pod, "Ready") != "True", || {
        "the pod is not ready".to_owned()
    })
}

/// Has the controller seen the newest specification?
fn is_observed(object: &Object) -> bool {
    let seen = number(object, "/status/observedGeneration").unwrap_or_default();
    let written = number(object, "/metadata/generation").unwrap_or_default();
    seen == written
}

fn not_observed() -> Readiness {
    Readiness::Waiting("its controller has not seen the change yet".to_owned())
}

// === Deployment ===

pub(super) fn deployment(deployment: &Object, replica_sets: &[Object]) -> Readiness {
    if deployment.pointer("/spec/paused") == Some(&Json::Bool(true)) {
        return Readiness::Ready;
    }
    let Some(newest) = new_replica_set(deployment, replica_sets) else {
        return Readiness::Waiting("it has no replica set for its newest template yet".to_owned());
    };
    if !is_observed(newest) || !is_observed(deployment) {
        return not_observed();
    }
    let replicas = number(deployment, "/spec/replicas").unwrap_or(1);
    let wanted = replicas - max_unavailable(deployment, replicas);
    let ready = number(newest, "/status/readyReplicas").unwrap_or_default();
    unless(ready < wanted, || {
        format!("{ready} of {wanted} new pods are ready")
    })
}

/// The oldest of the deployment's replica sets that has its template.
/// Source: kubernetes `pkg/controller/deployment/util/deployment_util.go` (`FindNewReplicaSet`), v1.32.
fn new_replica_set<'a>(deployment: &Object, replica_sets: &'a [Object]) -> Option<&'a Object> {
    let template = comparable_template(deployment);
    let is_newest =
        |set: &&Object| is_controlled_by(set, uid(deployment)) && comparable_template(set) == template;
    let age = |set: &&Object| {
        let created = text(set, "/metadata/creationTimestamp");
        (created.to_owned(), text(set, "/metadata/name").to_owned())
    };
    replica_sets.iter().filter(is_newest).min_by_key(age)
}

fn is_controlled_by(object: &Object, owner_uid: &str) -> bool {
    let owners = object
        .pointer("/metadata/ownerReferences")
        .and_then(Json::as_array);
    owners
        .into_iter()
        .flatten()
        .any(|owner| text(owner, "/uid") == owner_uid && owner.get("controller") == Some(&Json::Bool(true)))
}

/// The pod template without what the controller adds, and without empty parts that only one writer writes.
fn comparable_template(object: &Object) -> Json {
    let mut template = object.pointer("/spec/template").cloned().unwrap_or_default();
    if let Some(labels) = template
        .pointer_mut("/metadata/labels")
        .and_then(Json::as_object_mut)
    {
        labels.remove("pod-template-hash");
    }
    without_empty(&template)
}

fn without_empty(value: &Json) -> Json {
    match value {
        Json::Object(fields) => {
            let kept = fields
                .iter()
                .map(|(key, value)| (key.clone(), without_empty(value)));
            let is_empty = |value: &Json| match value {
                Json::Null => true,
                Json::Object(fields) => fields.is_empty(),
                _ => false,
            };
            Json::Object(kept.filter(|(_, value)| !is_empty(value)).collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(without_empty).collect()),
        other => other.clone(),
    }
}

/// Source: kubernetes `pkg/controller/deployment/util/deployment_util.go` (`MaxUnavailable`, `ResolveFenceposts`), v1.32.
fn max_unavailable(deployment: &Object, replicas: i64) -> i64 {
    let strategy = text(deployment, "/spec/strategy/type");
    if strategy != "RollingUpdate" || replicas == 0 {
        return 0;
    }
    let part = |name: &str| deployment.pointer(&format!("/spec/strategy/rollingUpdate/{name}"));
    let surge = part("maxSurge").and_then(|value| scaled(value, replicas, true));
    let unavailable = part("maxUnavailable").and_then(|value| scaled(value, replicas, false));
    let unavailable = match (surge.unwrap_or_default(), unavailable.unwrap_or_default()) {
        (0, 0) => 1, // Both may not be zero, or nothing could move.
        (_, unavailable) => unavailable,
    };
    unavailable.min(replicas)
}

/// A number, or a share of `total`; `None` where it is neither.
/// Source: apimachinery `pkg/util/intstr/intstr.go` (`GetScaledValueFromIntOrPercent`), v1.32.
fn scaled(value: &Json, total: i64, rounds_up: bool) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let percent: i64 = value.as_str()?.strip_suffix('%')?.parse().ok()?;
    let hundredfold = percent.checked_mul(total)?;
    let extra = i64::from(rounds_up && hundredfold % 100 > 0);
    Some(hundredfold / 100 + extra)
}

// === Others ===

pub(super) fn replica_set(set: &Object, pods: &[Object]) -> Readiness {
    if !is_observed(set) {
        return not_observed();
    }
    let ready = pods
        .iter()
        .filter(|member| condition(member, "Ready") == "True")
        .count();
    unless(ready < pods.len(), || {
        format!("{ready} of {} pods are ready", pods.len())
    })
}

pub(super) fn daemon_set(set: &Object) -> Readiness {
    if !is_observed(set) {
        return not_observed();
    }
    if text(set, "/spec/updateStrategy/type") != "RollingUpdate" {
        return Readiness::Ready;
    }
    let count = |name: &str| number(set, &format!("/status/{name}")).unwrap_or_default();
    let desired = count("desiredNumberScheduled");
    let updated = count("updatedNumberScheduled");
    if updated != desired {
        return Readiness::Waiting(format!("{updated} of {desired} pods are updated"));
    }
    let allowed = match set.pointer("/spec/updateStrategy/rollingUpdate/maxUnavailable") {
        Some(value) => scaled(value, desired, true).unwrap_or(desired),
        None => 0,
    };
    let (wanted, ready) = (desired - allowed, count("numberReady"));
    unless(ready < wanted, || format!("{ready} of {wanted} pods are ready"))
}

pub(super) fn stateful_set(set: &Object) -> Readiness {
    if !is_observed(set) {
        return not_observed();
    }
    if text(set, "/spec/updateStrategy/type") != "RollingUpdate" {
        return Readiness::Ready;
    }
    let count = |name: &str| number(set, &format!("/status/{name}")).unwrap_or_default();
    let replicas = number(set, "/spec/replicas").unwrap_or(1);
    let partition = number(set, "/spec/updateStrategy/rollingUpdate/partition").unwrap_or_default();
    let (updated, wanted) = (count("updatedReplicas"), replicas - partition);
    if updated < wanted {
        return Readiness::Waiting(format!("{updated} of {wanted} pods are updated"));
    }
    let ready = count("readyReplicas");
    if ready != replicas {
        return Readiness::Waiting(format!("{ready} of {replicas} pods are ready"));
    }
    let (current, update) = (
        text(set, "/status/currentRevision"),
        text(set, "/status/updateRevision"),
    );
    unless(partition == 0 && current != update, || {
        "not all pods are of the newest revision yet".to_owned()
    })
}

// === Selectors ===

/// `spec.selector` in its text form; a ReplicationController's is a plain map.
pub(super) fn selector(object: &Object) -> Option<String> {
    let selector = object.pointer("/spec/selector")?.as_object()?;
    let is_plain = selector.values().all(Json::is_string);
    let labels = if is_plain {
        Some(selector)
    } else {
        selector.get("matchLabels").and_then(Json::as_object)
    };
    let equal = labels
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?)));
    let expressions = selector.get("matchExpressions").and_then(Json::as_array);
    let terms = expressions.into_iter().flatten().filter_map(expression);
    let all: Vec<String> = equal.chain(terms).collect();
    (!all.is_empty()).then(|| all.join(","))
}

fn expression(term: &Json) -> Option<String> {
    let key = text(term, "/key");
    let values: Vec<&str> = term
        .get("values")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    let values = values.join(",");
    match text(term, "/operator") {
        "In" => Some(format!("{key} in ({values})")),
        "NotIn" => Some(format!("{key} notin ({values})")),
        "Exists" => Some(key.to_owned()),
        "DoesNotExist" => Some(format!("!{key}")),
        _ => None,
    }
}
