//! Is an object ready? Pure predicates over objects, by the rules of Helm 3's `--wait`.
//! Source: helm `pkg/kube/ready.go`, v3.17.2.

mod explain;
mod finish;
mod services;
mod workloads;

pub use explain::{explain, is_crashing};
pub use finish::finished;

use super::objects::{group_of, text};
use super::{Object, ObjectRef};

/// The answer for one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Nothing to wait for.
    Ready,
    /// Not yet, and why.
    Waiting(String),
    /// It cannot become ready any more, and why.
    Failed(String),
}

/// What else has to be read to answer for an object: the objects of this kind, in its namespace, under this selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The kind, without a name.
    pub kind: ObjectRef,
    /// A label selector in its text form.
    pub selector: String,
}

/// The kinds that take part; all others are ready as soon as they exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Pod,
    Job,
    Deployment,
    ReplicaSet,
    ReplicationController,
    DaemonSet,
    StatefulSet,
    Service,
    Claim,
    Definition,
    Other,
}

/// Helm looks at compiled-in types: a custom resource that shares a kind's name is none of them.
fn subject(object: &Object) -> Subject {
    let group = group_of(text(object, "/apiVersion"));
    match (group, text(object, "/kind")) {
        ("", "Pod") => Subject::Pod,
        ("", "Service") => Subject::Service,
        ("", "PersistentVolumeClaim") => Subject::Claim,
        ("", "ReplicationController") => Subject::ReplicationController,
        ("batch", "Job") => Subject::Job,
        ("apps" | "extensions", "Deployment") => Subject::Deployment,
        ("apps" | "extensions", "ReplicaSet") => Subject::ReplicaSet,
        ("apps" | "extensions", "DaemonSet") => Subject::DaemonSet,
        ("apps", "StatefulSet") => Subject::StatefulSet,
        ("apiextensions.k8s.io", "CustomResourceDefinition") => Subject::Definition,
        _ => Subject::Other,
    }
}

/// Could this object ever be waited for? Others need not even be read.
#[must_use]
pub fn is_waited_for(object: &Object, jobs: bool) -> bool {
    match subject(object) {
        Subject::Other => false,
        Subject::Job => jobs,
        _ => true,
    }
}

/// What has to be read besides the object.
#[must_use]
pub fn related(object: &Object) -> Option<Related> {
    let kind = match subject(object) {
        Subject::Deployment => ObjectRef::new("apps/v1", "ReplicaSet", ""),
        Subject::ReplicaSet | Subject::ReplicationController => ObjectRef::new("v1", "Pod", ""),
        _ => return None,
    };
    of_selector(object, kind)
}

/// The pods of a workload, for saying why it is not ready.
#[must_use]
pub fn pods(object: &Object) -> Option<Related> {
    match subject(object) {
        Subject::Deployment
        | Subject::ReplicaSet
        | Subject::ReplicationController
        | Subject::DaemonSet
        | Subject::StatefulSet
        | Subject::Job => of_selector(object, ObjectRef::new("v1", "Pod", "")),
        _ => None,
    }
}

fn of_selector(object: &Object, kind: ObjectRef) -> Option<Related> {
    let selector = workloads::selector(object)?;
    let kind = ObjectRef {
        namespace: ObjectRef::of(object).namespace,
        ..kind
    };
    Some(Related { kind, selector })
}

/// Is this live object ready? `others` are what [`related`] asked for; `jobs`: are Jobs waited for?
#[must_use]
pub fn readiness(object: &Object, others: &[Object], jobs: bool) -> Readiness {
    match subject(object) {
        Subject::Pod => workloads::pod(object),
        Subject::Job if jobs => finish::job(object),
        Subject::Deployment => workloads::deployment(object, others),
        Subject::ReplicaSet | Subject::ReplicationController => workloads::replica_set(object, others),
        Subject::DaemonSet => workloads::daemon_set(object),
        Subject::StatefulSet => workloads::stateful_set(object),
        Subject::Service => services::service(object),
        Subject::Claim => services::claim(object),
        Subject::Definition => services::definition(object),
        Subject::Job | Subject::Other => Readiness::Ready,
    }
}

/// The status of a condition: `True`, `False`, `Unknown`; empty where it is not there.
fn condition<'a>(object: &'a Object, kind: &str) -> &'a str {
    condition_part(object, kind, "status")
}

fn condition_part<'a>(object: &'a Object, kind: &str, part: &str) -> &'a str {
    let conditions = object.pointer("/status/conditions").and_then(Object::as_array);
    let found = conditions
        .into_iter()
        .flatten()
        .find(|condition| text(condition, "/type") == kind);
    found
        .and_then(|condition| condition.get(part)?.as_str())
        .unwrap_or_default()
}

/// `Ready` or the reason why not.
fn unless(is_waiting: bool, why: impl FnOnce() -> String) -> Readiness {
    if is_waiting {
        Readiness::Waiting(why())
    } else {
        Readiness::Ready
    }
}

#[cfg(test)]
mod tests;
