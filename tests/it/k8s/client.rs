//! Requests: discovery, retries, guards, waits.

use std::time::{Duration, Instant};

use deploy_manager::k8s::{DeleteOptions, ObjectRef, WaitError, WriteOptions, wait};
use deploy_manager::sandbox::{Fault, Harm};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::release::support::{NAMESPACE, Scene, config_map_ref};

fn config_map(name: &str) -> serde_json::Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": NAMESPACE}, "data": {"a": "1"}})
}

fn fail(scene: &Scene, verb: &'static str, times: usize, harm: Harm) {
    scene.sandbox.harm(Fault {
        matches: Box::new(move |method, path| method == verb && path.contains("/configmaps")),
        times,
        harm,
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_served_is_discovered() {
    let scene = Scene::start().await;
    let served = scene.cluster.api_versions().await.unwrap();
    for name in ["v1", "v1/Pod", "apps/v1", "apps/v1/Deployment"] {
        assert!(served.iter().any(|known| known == name), "{name}");
    }
    assert!(scene.cluster.is_namespaced("v1", "Pod").await.unwrap());
    assert!(!scene.cluster.is_namespaced("v1", "Namespace").await.unwrap());
    let error = scene
        .cluster
        .is_namespaced("example.org/v1", "Widget")
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "no matches for kind \"Widget\" in version \"example.org/v1\""
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_are_repeated_after_transient_errors() {
    let scene = Scene::start().await;
    scene
        .cluster
        .create(&config_map("a"), &WriteOptions::default())
        .await
        .unwrap();
    fail(&scene, "GET", 2, Harm::Status(503));
    assert!(scene.cluster.get(&config_map_ref("a")).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_is_never_sent_twice_when_it_may_have_been_done() {
    let scene = Scene::start().await;
    scene.cluster.api_versions().await.unwrap();
    scene.sandbox.forget_requests();
    fail(&scene, "POST", 1, Harm::AnswerLost(500));
    let error = scene
        .cluster
        .create(&config_map("a"), &WriteOptions::default())
        .await
        .unwrap_err();
    assert!(error.is_transient() && !error.was_not_executed(), "{error}");
    assert_eq!(scene.sandbox.writes().len(), 1);
    fail(&scene, "POST", 1, Harm::Status(429));
    scene
        .cluster
        .create(&config_map("b"), &WriteOptions::default())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_write_is_a_conflict_and_an_absent_object_is_none() {
    let scene = Scene::start().await;
    let options = WriteOptions::default();
    let first = scene.cluster.create(&config_map("a"), &options).await.unwrap();
    let mut second = first.clone();
    second["data"]["a"] = json!("2");
    scene.cluster.replace(&second, &options).await.unwrap();
    assert!(
        scene
            .cluster
            .replace(&first, &options)
            .await
            .unwrap_err()
            .is_conflict()
    );
    assert!(
        scene
            .cluster
            .create(&config_map("a"), &options)
            .await
            .unwrap_err()
            .is_already_exists()
    );
    assert!(
        scene
            .cluster
            .delete(&config_map_ref("a"), &DeleteOptions::default())
            .await
            .unwrap()
    );
    assert!(
        !scene
            .cluster
            .delete(&config_map_ref("a"), &DeleteOptions::default())
            .await
            .unwrap()
    );
    assert_eq!(scene.cluster.get(&config_map_ref("a")).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_carry_types_and_follow_selectors() {
    let scene = Scene::start().await;
    for number in 0..3 {
        let mut object = config_map(&format!("c{number}"));
        object["metadata"]["labels"] = json!({"n": number.to_string()});
        scene
            .cluster
            .create(&object, &WriteOptions::default())
            .await
            .unwrap();
    }
    let found = scene
        .cluster
        .list(&config_map_ref(""), "n notin (1),n")
        .await
        .unwrap();
    let names: Vec<&str> = found
        .iter()
        .filter_map(|object| object["metadata"]["name"].as_str())
        .collect();
    assert_eq!(names, ["c0", "c2"]);
    assert_eq!(
        (&found[0]["kind"], &found[0]["apiVersion"]),
        (&json!("ConfigMap"), &json!("v1"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_can_be_cancelled() {
    let scene = Scene::start().await;
    scene
        .cluster
        .create(&config_map("a"), &WriteOptions::default())
        .await
        .unwrap();
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(200)).await;
        stop.cancel();
    });
    let started = Instant::now();
    let gone = wait::until_gone(
        &scene.cluster,
        &config_map_ref("a"),
        None,
        Duration::from_secs(60),
        &cancel,
    )
    .await;
    assert!(matches!(gone, Err(WaitError::Cancelled)));
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_vanishes_ends_the_wait() {
    let scene = Scene::start().await;
    let pod = ObjectRef::new("v1", "Pod", "absent").in_namespace(NAMESPACE);
    let cancel = CancellationToken::new();
    let waited = wait::until_ready(
        &scene.cluster,
        &[pod.stub()],
        false,
        Duration::from_secs(60),
        &cancel,
    )
    .await;
    assert_eq!(
        waited.unwrap_err().to_string(),
        "Pod prod/absent: it is gone: somebody deleted it"
    );
}
