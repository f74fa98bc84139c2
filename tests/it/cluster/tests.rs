//! What the control plane itself must do, or the tests on it prove nothing.

use std::time::{Duration, Instant};

use deploy_manager::k8s::{Cluster, Connection, ObjectRef, WriteOptions};
use serde_json::{Value as Json, json};

use super::{Real, grant, real};

async fn admin(real: &Real) -> Cluster {
    let connection = Connection {
        kubeconfig: Some(real.admin.clone()),
        ..Connection::default()
    };
    Cluster::connect(&connection).await.unwrap()
}

async fn eventually(what: &str, cluster: &Cluster, at: &ObjectRef, is_so: impl Fn(&Json) -> bool) {
    let start = Instant::now();
    loop {
        let object = cluster.get(at).await.unwrap().unwrap_or_default();
        if is_so(&object) {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{what}: {:#}",
            object["status"]
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn pod(name: &str, outcome: &str, restart: &str, image: &str) -> Json {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "annotations": {"sandbox.deploy-manager/outcome": outcome}},
        "spec": {
            "restartPolicy": restart,
            "initContainers": [{"name": "init", "image": "init"}],
            "containers": [{"name": "main", "image": image}],
        },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_become_what_their_annotations_and_images_say() {
    let Some(real) = real("pods on the real control plane") else {
        return;
    };
    let cluster = admin(real).await;
    let namespace = format!("fates-{}", uuid::Uuid::new_v4());
    grant(&cluster, &namespace).await;
    for (name, outcome, restart, image, phase, waiting) in [
        ("runs", "", "Always", "a", "Running", Json::Null),
        ("completes", "", "Never", "a", "Succeeded", Json::Null),
        ("fails", "fail", "Never", "a", "Failed", Json::Null),
        (
            "crashes",
            "fail",
            "Always",
            "a",
            "Running",
            "CrashLoopBackOff".into(),
        ),
        ("hangs", "hang", "Never", "a", "Running", Json::Null),
        (
            "missing",
            "",
            "Always",
            "a:missing",
            "Pending",
            "ImagePullBackOff".into(),
        ),
    ] {
        let mut pod = pod(name, outcome, restart, image);
        pod["metadata"]["namespace"] = namespace.as_str().into();
        cluster.create(&pod, &WriteOptions::default()).await.unwrap();
        let at = ObjectRef::of(&pod);
        eventually(name, &cluster, &at, |pod| {
            let status = &pod["status"];
            let container = &status["containerStatuses"][0];
            status["phase"] == phase
                && container["state"]["waiting"]["reason"] == waiting
                && container["ready"] == (name == "runs")
        })
        .await;
    }
    let log = cluster
        .pod_log(
            &ObjectRef::new("v1", "Pod", "completes").in_namespace(&namespace),
            None,
            10,
        )
        .await
        .unwrap();
    assert!(log.starts_with("this is the log of a pod"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_are_bound_and_what_fits_no_node_is_unschedulable() {
    let Some(real) = real("volumes and scheduling on the real control plane") else {
        return;
    };
    let cluster = admin(real).await;
    let namespace = format!("claims-{}", uuid::Uuid::new_v4());
    grant(&cluster, &namespace).await;
    let claim = json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": namespace},
        "spec": {"storageClassName": "general", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    });
    cluster.create(&claim, &WriteOptions::default()).await.unwrap();
    eventually("the claim is bound", &cluster, &ObjectRef::of(&claim), |claim| {
        claim["status"]["phase"] == "Bound"
    })
    .await;
    let mut pod = pod("nowhere", "", "Always", "a");
    pod["metadata"]["namespace"] = namespace.as_str().into();
    pod["spec"]["nodeSelector"] = json!({"no": "such"});
    cluster.create(&pod, &WriteOptions::default()).await.unwrap();
    eventually("unschedulable", &cluster, &ObjectRef::of(&pod), |pod| {
        pod["status"]["conditions"][0]["reason"] == "Unschedulable"
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tenant_has_all_rights_in_its_namespace_and_none_outside() {
    let Some(real) = real("rights on the real control plane") else {
        return;
    };
    let Some(plane) = &real.plane else { return };
    let admin = admin(real).await;
    let namespace = format!("rights-{}", uuid::Uuid::new_v4());
    grant(&admin, &namespace).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), plane.tenant(&namespace)).unwrap();
    let connection = Connection {
        kubeconfig: Some(file.path().to_owned()),
        ..Connection::default()
    };
    let tenant = Cluster::connect(&connection).await.unwrap();
    let map = |namespace: &str| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": namespace}});
    tenant
        .create(&map(&namespace), &WriteOptions::default())
        .await
        .unwrap();
    let error = tenant
        .create(&map("default"), &WriteOptions::default())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("forbidden"), "{error}");
}
