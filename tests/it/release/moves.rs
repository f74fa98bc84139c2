//! Objects that move to another API group: one object under two names.

use deploy_manager::k8s::ObjectRef;
use serde_json::Value as Json;

use super::ground::{Ground, on_both_servers};
use super::support::{Scene, options, rendered};

on_both_servers! {
    an_event_that_moves_to_its_own_group_survives,
    real_helm_deletes_an_event_that_moves_to_its_own_group,
}

const OLD: &str = "apiVersion: v1
kind: Event
metadata: {name: moved}
involvedObject: {apiVersion: v1, kind: Pod, name: p, namespace: NAMESPACE}
message: something happened
reportingComponent: example.org/tests
reportingInstance: tests-1
reason: Tested
action: Testing
type: Normal
eventTime: \"2026-01-01T00:00:00.000000Z\"";

const NEW: &str = "apiVersion: events.k8s.io/v1
kind: Event
metadata: {name: moved, labels: {moved: \"yes\"}}
regarding: {apiVersion: v1, kind: Pod, name: p, namespace: NAMESPACE}
note: something happened
reportingController: example.org/tests
reportingInstance: tests-1
reason: Tested
action: Testing
type: Normal
eventTime: \"2026-01-01T00:00:00.000000Z\"";

fn event(scene: &Scene) -> Option<Json> {
    scene.found(&ObjectRef::new("events.k8s.io/v1", "Event", "moved"))
}

async fn an_event_that_moves_to_its_own_group_survives(ground: Ground) {
    let scene = Scene::on(ground).await;
    let in_scene = |text: &str| text.replace("NAMESPACE", &scene.namespace);
    scene
        .deploy(&rendered("web", &[&in_scene(OLD)]), &options())
        .await
        .unwrap();
    let uid = event(&scene).unwrap()["metadata"]["uid"].clone();
    let outcome = scene
        .deploy(&rendered("web", &[&in_scene(NEW)]), &options())
        .await
        .unwrap();
    assert_eq!(outcome.deleted, [""; 0]);
    let live = event(&scene).unwrap();
    assert_eq!(live["metadata"]["uid"], uid);
    assert_eq!(live["metadata"]["labels"]["moved"], "yes");
    assert_eq!(scene.statuses("web").await, "1 superseded, 2 deployed");
}

/// What ours is deliberately safer than.
async fn real_helm_deletes_an_event_that_moves_to_its_own_group(ground: Ground) {
    for helm in ["helm3", "helm4"] {
        let scene = Scene::on(ground).await;
        let template = |text: &str| text.replace("NAMESPACE", "{{ .Release.Namespace }}");
        let chart = scene.chart("web", &[("templates/event.yaml", &template(OLD))]);
        if scene.run(helm, &["install", "web", &chart]).await.is_none() {
            continue;
        }
        assert!(event(&scene).is_some(), "{helm}");
        let chart = scene.chart("web", &[("templates/event.yaml", &template(NEW))]);
        scene.run(helm, &["upgrade", "web", &chart]).await.unwrap();
        assert_eq!(scene.statuses("web").await, "1 superseded, 2 deployed", "{helm}");
        assert_eq!(event(&scene), None, "{helm}");
    }
}
