#![expect(clippy::needless_pass_by_value, reason = "test data reads better by value")]

use serde_json::{Value as Json, json};

use super::*;

/// `Ready`, or the first word of the verdict and its text.
#[track_caller]
fn check(object: &Json, others: &[Json], expected: &str) {
    let found = match readiness(object, others, true) {
        Readiness::Ready => "ready".to_owned(),
        Readiness::Waiting(why) => why,
        Readiness::Failed(why) => format!("failed: {why}"),
    };
    assert_eq!(found, expected, "{object}");
}

fn object(api_version: &str, kind: &str, spec: Json, status: Json) -> Json {
    json!({"apiVersion": api_version, "kind": kind, "spec": spec, "status": status,
        "metadata": {"name": "x", "namespace": "n", "uid": "u", "generation": 2}})
}

#[test]
fn pods_are_ready_by_their_condition_even_when_they_succeeded() {
    let pod = |status| object("v1", "Pod", json!({}), status);
    check(
        &pod(json!({"conditions": [{"type": "Ready", "status": "True"}]})),
        &[],
        "ready",
    );
    check(&pod(json!({"phase": "Succeeded"})), &[], "the pod is not ready");
}

#[test]
fn jobs_count_completions_and_failures() {
    let job = |spec, status| object("batch/v1", "Job", spec, status);
    check(
        &job(json!({"completions": 2}), json!({"succeeded": 1})),
        &[],
        "1 of 2 completions",
    );
    check(
        &job(json!({"completions": 2}), json!({"succeeded": 2})),
        &[],
        "ready",
    );
    check(&job(json!({}), json!({})), &[], "ready");
    check(
        &job(json!({"backoffLimit": 1}), json!({"failed": 2})),
        &[],
        "failed: job is failed: n/x",
    );
    let ignored = job(json!({"backoffLimit": 1}), json!({"failed": 2}));
    assert_eq!(readiness(&ignored, &[], false), Readiness::Ready);
}

fn deployment(replicas: i64, strategy: Json) -> Json {
    let spec =
        json!({"replicas": replicas, "strategy": strategy, "template": {"metadata": {"labels": {"a": "b"}}}});
    object("apps/v1", "Deployment", spec, json!({"observedGeneration": 2}))
}

fn replica_set(ready: i64) -> Json {
    json!({"apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {"name": "x-1", "generation": 1, "ownerReferences": [{"uid": "u", "controller": true}]},
        "spec": {"template": {"metadata": {"creationTimestamp": null, "labels": {"a": "b", "pod-template-hash": "1"}}}},
        "status": {"observedGeneration": 1, "readyReplicas": ready}})
}

#[test]
fn a_deployment_waits_for_the_pods_of_its_new_replica_set() {
    let rolling = |surge: &str, unavailable: Json| json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}});
    let quarter = || rolling("25%", json!("25%"));
    check(
        &deployment(1, quarter()),
        &[],
        "it has no replica set for its newest template yet",
    );
    check(
        &deployment(1, quarter()),
        &[replica_set(0)],
        "0 of 1 new pods are ready",
    );
    check(&deployment(4, quarter()), &[replica_set(3)], "ready");
    check(
        &deployment(4, quarter()),
        &[replica_set(2)],
        "2 of 3 new pods are ready",
    );
    check(
        &deployment(2, rolling("0%", json!(0))),
        &[replica_set(1)],
        "ready",
    );
    check(
        &deployment(2, json!({"type": "Recreate"})),
        &[replica_set(1)],
        "1 of 2 new pods are ready",
    );
    check(&deployment(0, quarter()), &[replica_set(0)], "ready");
}

#[test]
fn a_replica_set_of_another_template_or_owner_does_not_count() {
    let recreate = || json!({"type": "Recreate"});
    let mut old = replica_set(1);
    old["spec"]["template"]["metadata"]["labels"]["a"] = json!("old");
    let mut foreign = replica_set(1);
    foreign["metadata"]["ownerReferences"][0]["uid"] = json!("other");
    check(
        &deployment(1, recreate()),
        &[old, foreign],
        "it has no replica set for its newest template yet",
    );
}

#[test]
fn paused_and_unobserved_deployments() {
    let mut paused = deployment(1, json!({}));
    paused["spec"]["paused"] = json!(true);
    check(&paused, &[], "ready");
    let mut unobserved = deployment(1, json!({}));
    unobserved["status"]["observedGeneration"] = json!(1);
    check(
        &unobserved,
        &[replica_set(1)],
        "its controller has not seen the change yet",
    );
}

#[test]
fn daemon_sets_may_miss_a_few_pods() {
    let set = |strategy: Json, updated: i64, ready: i64| {
        let status = json!({"observedGeneration": 2, "desiredNumberScheduled": 3, "updatedNumberScheduled": updated, "numberReady": ready});
        object(
            "apps/v1",
            "DaemonSet",
            json!({"updateStrategy": strategy}),
            status,
        )
    };
    let rolling = |unavailable: Json| json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable}});
    check(&set(rolling(json!(1)), 2, 3), &[], "2 of 3 pods are updated");
    check(&set(rolling(json!(1)), 3, 1), &[], "1 of 2 pods are ready");
    check(&set(rolling(json!("34%")), 3, 1), &[], "ready");
    check(&set(rolling(json!("many")), 3, 0), &[], "ready");
    check(&set(json!({"type": "OnDelete"}), 0, 0), &[], "ready");
}

#[test]
fn stateful_sets_respect_partition_and_revision() {
    let set = |partition: i64, updated: i64, ready: i64, current: &str| {
        let strategy = json!({"type": "RollingUpdate", "rollingUpdate": {"partition": partition}});
        let status = json!({"observedGeneration": 2, "updatedReplicas": updated, "readyReplicas": ready,
            "currentRevision": current, "updateRevision": "b"});
        object(
            "apps/v1",
            "StatefulSet",
            json!({"replicas": 3, "updateStrategy": strategy}),
            status,
        )
    };
    check(&set(0, 2, 3, "b"), &[], "2 of 3 pods are updated");
    check(&set(0, 3, 2, "b"), &[], "2 of 3 pods are ready");
    check(
        &set(0, 3, 3, "a"),
        &[],
        "not all pods are of the newest revision yet",
    );
    check(&set(0, 3, 3, "b"), &[], "ready");
    check(&set(2, 1, 3, "a"), &[], "ready");
    let on_delete = object(
        "apps/v1",
        "StatefulSet",
        json!({"updateStrategy": {"type": "OnDelete"}}),
        json!({"observedGeneration": 2}),
    );
    check(&on_delete, &[], "ready");
}

#[test]
fn services_claims_and_definitions() {
    let service = |spec, status| object("v1", "Service", spec, status);
    check(&service(json!({"type": "ExternalName"}), json!({})), &[], "ready");
    check(&service(json!({}), json!({})), &[], "it has no cluster IP yet");
    check(&service(json!({"clusterIP": "None"}), json!({})), &[], "ready");
    let balancer = json!({"clusterIP": "1.1.1.1", "type": "LoadBalancer"});
    check(
        &service(balancer.clone(), json!({})),
        &[],
        "the load balancer has no address yet",
    );
    check(
        &service(
            balancer,
            json!({"loadBalancer": {"ingress": [{"ip": "2.2.2.2"}]}}),
        ),
        &[],
        "ready",
    );
    check(
        &object(
            "v1",
            "PersistentVolumeClaim",
            json!({}),
            json!({"phase": "Pending"}),
        ),
        &[],
        "the claim is Pending, not Bound",
    );
    let definition = |kind: &str, status: &str| {
        object(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            json!({}),
            json!({"conditions": [{"type": kind, "status": status}]}),
        )
    };
    check(
        &definition("Established", "False"),
        &[],
        "the definition is not established yet",
    );
    check(&definition("Established", "True"), &[], "ready");
    check(&definition("NamesAccepted", "False"), &[], "ready");
}

#[test]
fn replica_sets_wait_for_every_pod() {
    let set = object(
        "apps/v1",
        "ReplicaSet",
        json!({}),
        json!({"observedGeneration": 2}),
    );
    let ready = json!({"status": {"conditions": [{"type": "Ready", "status": "True"}]}});
    check(&set, &[ready.clone(), json!({})], "1 of 2 pods are ready");
    check(&set, &[ready], "ready");
}

#[test]
fn everything_else_is_ready_at_once() {
    check(
        &object("example.org/v1", "Deployment", json!({}), json!({})),
        &[],
        "ready",
    );
    check(
        &object("networking.k8s.io/v1", "Ingress", json!({}), json!({})),
        &[],
        "ready",
    );
    assert!(!is_waited_for(
        &object("v1", "ConfigMap", json!({}), json!({})),
        true
    ));
}

#[test]
fn selectors_take_their_text_form() {
    let selector = |selector: Json| workloads::selector(&json!({"spec": {"selector": selector}}));
    assert_eq!(selector(json!({"app": "x"})).as_deref(), Some("app=x"));
    let full = json!({"matchLabels": {"a": "b"}, "matchExpressions": [
        {"key": "k", "operator": "In", "values": ["1", "2"]}, {"key": "e", "operator": "Exists"}]});
    assert_eq!(selector(full).as_deref(), Some("a=b,k in (1,2),e"));
    assert_eq!(selector(json!({})), None);
}

#[test]
fn hooks_end_by_condition_or_phase() {
    let job = |kind: &str| {
        object(
            "batch/v1",
            "Job",
            json!({}),
            json!({"conditions": [{"type": kind, "status": "True", "reason": "BackoffLimitExceeded"}]}),
        )
    };
    assert_eq!(finished(&job("Complete")), Readiness::Ready);
    assert_eq!(
        finished(&job("Failed")),
        Readiness::Failed("job x failed: BackoffLimitExceeded".into())
    );
    assert_eq!(
        finished(&job("Suspended")),
        Readiness::Waiting("the job is still running".into())
    );
    let pod = |phase: &str| object("v1", "Pod", json!({}), json!({"phase": phase}));
    assert_eq!(finished(&pod("Succeeded")), Readiness::Ready);
    assert_eq!(finished(&pod("Failed")), Readiness::Failed("pod x failed".into()));
    assert_eq!(
        finished(&object("v1", "ConfigMap", json!({}), json!({}))),
        Readiness::Ready
    );
}

#[test]
fn pods_say_why_they_do_not_come_up() {
    for (status, expected) in [
        (
            json!({"conditions": [{"type": "PodScheduled", "status": "False", "message": "0/3 nodes"}]}),
            Some("it cannot be scheduled: 0/3 nodes"),
        ),
        (
            json!({"containerStatuses": [{"name": "web", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}]}),
            Some("container web: ImagePullBackOff: no such image"),
        ),
        (
            json!({"containerStatuses": [{"name": "web", "state": {"waiting": {"reason": "ContainerCreating"}}}]}),
            None,
        ),
        (
            json!({"initContainerStatuses": [{"name": "init", "state": {"terminated": {"exitCode": 3, "reason": "Error"}}}]}),
            Some("container init: exit code 3: Error"),
        ),
        (
            json!({"phase": "Failed", "reason": "Evicted", "message": "disk"}),
            Some("Evicted: disk"),
        ),
        (json!({"phase": "Succeeded"}), None),
    ] {
        let pod = object("v1", "Pod", json!({}), status);
        assert_eq!(explain(&pod).as_deref(), expected, "{pod}");
    }
}

#[test]
fn the_crashing_container_is_named() {
    let status = json!({"containerStatuses": [{"name": "a", "state": {"running": {}}},
        {"name": "b", "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {"exitCode": 1}}}]});
    assert_eq!(is_crashing(&object("v1", "Pod", json!({}), status)), Some("b"));
}
