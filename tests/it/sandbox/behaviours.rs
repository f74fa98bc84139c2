//! The controllers and the kubelet as the sandbox plays them.

use serde_json::{Value, json};

use super::support::{DEPLOYMENTS, Lab, deployment, template};

const PODS: &str = "/api/v1/namespaces/demo/pods";
const JOBS: &str = "/apis/batch/v1/namespaces/demo/jobs";

fn count(list: &Value) -> usize {
    list["items"].as_array().map_or(0, Vec::len)
}

fn job(name: &str, annotations: Value, spec: Value) -> Value {
    let mut job = json!({"metadata": {"name": name}, "spec": spec});
    job["spec"]["template"] = template(name, "job:1");
    job["spec"]["template"]["metadata"]["annotations"] = annotations;
    job["spec"]["template"]["spec"]["restartPolicy"] = "Never".into();
    job
}

fn has(object: &Value, condition: &str) -> bool {
    let conditions = object["status"]["conditions"].as_array().into_iter().flatten();
    conditions
        .into_iter()
        .any(|found| found["type"] == condition && found["status"] == "True")
}

#[tokio::test]
async fn deployments_roll_out_scale_and_clean_up() {
    let lab = Lab::new().await;
    let path = format!("{DEPLOYMENTS}/web");
    lab.post(DEPLOYMENTS, deployment("web", "i:1", 2)).await;
    let is_done = |object: &Value| {
        let status = &object["status"];
        status["observedGeneration"] == object["metadata"]["generation"]
            && status["updatedReplicas"] == object["spec"]["replicas"]
            && status["replicas"] == object["spec"]["replicas"]
            && status["availableReplicas"] == object["spec"]["replicas"]
            && has(object, "Available")
    };
    lab.wait_for(&path, "ready", is_done).await;
    let image = json!({"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "i:2"}]}}}});
    lab.patch(&path, "strategic", image).await;
    lab.wait_for(&path, "updated", |object| {
        is_done(object) && object["metadata"]["generation"] == 2
    })
    .await;
    let pods = lab.get(&format!("{PODS}?labelSelector=app%3Dweb")).await.1;
    let images: Vec<&Value> = pods["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pod| &pod["spec"]["containers"][0]["image"])
        .collect();
    assert_eq!(images, ["i:2", "i:2"]);
    lab.patch(
        &format!("{path}/scale"),
        "merge",
        json!({"spec": {"replicas": 1}}),
    )
    .await;
    lab.wait_for(&path, "smaller", is_done).await;
    assert_eq!(count(&lab.get(PODS).await.1), 1);
    lab.delete(&path, json!({})).await;
    lab.wait_for(PODS, "empty", |list| count(list) == 0).await;
    assert_eq!(count(&lab.get("/apis/apps/v1/replicasets").await.1), 0);
}

#[tokio::test]
async fn stateful_sets_start_in_order_with_their_claims() {
    let lab = Lab::new().await;
    let mut stateful = deployment("db", "i:1", 2);
    stateful["kind"] = "StatefulSet".into();
    stateful["spec"]["serviceName"] = "db".into();
    stateful["spec"]["volumeClaimTemplates"] = json!([{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]);
    let sets = "/apis/apps/v1/namespaces/demo/statefulsets";
    lab.post(sets, stateful).await;
    let ready = |object: &Value| {
        object["status"]["readyReplicas"] == 2
            && object["status"]["currentRevision"] == object["status"]["updateRevision"]
    };
    lab.wait_for(&format!("{sets}/db"), "ready", ready).await;
    let born = |pod: Value| pod["status"]["startTime"].as_str().unwrap().to_owned();
    assert!(born(lab.get(&format!("{PODS}/db-0")).await.1) <= born(lab.get(&format!("{PODS}/db-1")).await.1));
    let claim = "/api/v1/namespaces/demo/persistentvolumeclaims/data-db-1";
    lab.wait_for(claim, "bound", |claim| claim["status"]["phase"] == "Bound")
        .await;
}

#[tokio::test]
async fn jobs_end_as_their_annotations_say() {
    let lab = Lab::new().await;
    let outcome = |word: &str| json!({"sandbox.deploy-manager/outcome": word});
    let text = json!({"sandbox.deploy-manager/log": "hello\nfrom the job"});
    lab.post(JOBS, job("fine", text, json!({}))).await;
    lab.post(JOBS, job("bad", outcome("fail"), json!({"backoffLimit": 1})))
        .await;
    lab.post(
        JOBS,
        job("stuck", outcome("hang"), json!({"activeDeadlineSeconds": 1})),
    )
    .await;
    lab.post(
        JOBS,
        job("short", json!({}), json!({"ttlSecondsAfterFinished": 0})),
    )
    .await;
    let done = lab
        .wait_for(&format!("{JOBS}/fine"), "complete", |job| has(job, "Complete"))
        .await;
    assert_eq!(done["status"]["succeeded"], 1);
    let failed = lab
        .wait_for(&format!("{JOBS}/bad"), "failed", |job| has(job, "Failed"))
        .await;
    assert_eq!(failed["status"]["failed"], 2, "one try and one retry");
    let pods = lab.get(&format!("{PODS}?labelSelector=job-name%3Dfine")).await.1;
    let name = pods["items"][0]["metadata"]["name"].as_str().unwrap();
    let log = lab
        .get_as(&format!("{PODS}/{name}/log?tailLines=1"), "")
        .await
        .text()
        .await
        .unwrap();
    assert_eq!(log, "from the job\n");
    let late = lab
        .wait_for(&format!("{JOBS}/stuck"), "overdue", |job| has(job, "Failed"))
        .await;
    assert_eq!(late["status"]["conditions"][1]["reason"], "DeadlineExceeded");
    lab.wait_for(&format!("{JOBS}/short"), "gone", |status| {
        status["reason"] == "NotFound"
    })
    .await;
}

#[tokio::test]
async fn pods_with_trouble_say_which() {
    let lab = Lab::new().await;
    let pod = |name: &str, image: &str, outcome: &str| {
        json!({
            "metadata": {"name": name, "annotations": {"sandbox.deploy-manager/outcome": outcome}},
            "spec": {"containers": [{"name": "main", "image": image}]},
        })
    };
    lab.post(PODS, pod("image", "registry/x:missing", "")).await;
    lab.post(PODS, pod("crash", "x:1", "fail")).await;
    lab.post(PODS, pod("hang", "x:1", "hang")).await;
    let waiting = |reason: &'static str| {
        move |pod: &Value| pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == reason
    };
    lab.wait_for(
        &format!("{PODS}/image"),
        "without image",
        waiting("ImagePullBackOff"),
    )
    .await;
    lab.wait_for(&format!("{PODS}/crash"), "crashing", waiting("CrashLoopBackOff"))
        .await;
    let hung = lab
        .wait_for(&format!("{PODS}/hang"), "running", |pod| {
            pod["status"]["phase"] == "Running"
        })
        .await;
    assert!(!has(&hung, "Ready"));
    let events = lab
        .get("/api/v1/namespaces/demo/events?fieldSelector=involvedObject.name%3Dimage,type%3DWarning")
        .await
        .1;
    assert_eq!(events["items"][0]["reason"], "Failed");
}

#[tokio::test]
async fn dependents_go_with_their_owners_unless_orphaned() {
    let lab = Lab::new().await;
    let path = format!("{DEPLOYMENTS}/web");
    for (policy, left) in [("Foreground", 0), ("Orphan", 1)] {
        lab.post(DEPLOYMENTS, deployment("web", "i:1", 1)).await;
        lab.wait_for(&path, "ready", |object| object["status"]["readyReplicas"] == 1)
            .await;
        lab.delete(&path, json!({"propagationPolicy": policy})).await;
        lab.wait_for(&path, "gone", |status| status["code"] == 404).await;
        let sets = lab
            .wait_for(
                "/apis/apps/v1/namespaces/demo/replicasets",
                "as many as left",
                |list| count(list) == left,
            )
            .await;
        assert_eq!(count(&lab.get(PODS).await.1), left, "{policy}: {sets}");
    }
}

#[tokio::test]
async fn namespaces_empty_themselves_and_finalizers_hold() {
    let lab = Lab::new().await;
    let map = json!({"metadata": {"name": "held", "finalizers": ["example.org/hold"]}});
    lab.post("/api/v1/namespaces/demo/configmaps", map).await;
    let namespace = lab.delete("/api/v1/namespaces/demo", json!({})).await.1;
    assert_eq!(namespace["status"]["phase"], "Terminating");
    let held = "/api/v1/namespaces/demo/configmaps/held";
    lab.wait_for(held, "marked", |map| {
        map["metadata"]["deletionTimestamp"].is_string()
    })
    .await;
    let refused = lab
        .post(
            "/api/v1/namespaces/demo/configmaps",
            json!({"metadata": {"name": "late"}}),
        )
        .await;
    assert_eq!(refused.0, 403);
    lab.patch(held, "merge", json!({"metadata": {"finalizers": null}}))
        .await;
    lab.wait_for("/api/v1/namespaces/demo", "gone", |status| status["code"] == 404)
        .await;
}

#[tokio::test]
async fn load_balancers_daemons_and_budgets_get_their_status() {
    let lab = Lab::new().await;
    let service = json!({"metadata": {"name": "web"}, "spec": {"type": "LoadBalancer", "selector": {"app": "web"}, "ports": [{"port": 80}]}});
    lab.post("/api/v1/namespaces/demo/services", service).await;
    lab.post(DEPLOYMENTS, deployment("web", "i:1", 1)).await;
    let mut daemon = deployment("agent", "i:1", 1);
    daemon["kind"] = "DaemonSet".into();
    daemon["spec"].as_object_mut().unwrap().remove("replicas");
    lab.post("/apis/apps/v1/namespaces/demo/daemonsets", daemon).await;
    let budget = json!({"metadata": {"name": "web"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}});
    lab.post("/apis/policy/v1/namespaces/demo/poddisruptionbudgets", budget)
        .await;
    let base = "/api/v1/namespaces/demo";
    lab.wait_for(&format!("{base}/services/web"), "balanced", |service| {
        service["status"]["loadBalancer"]["ingress"][0]["ip"].is_string()
    })
    .await;
    lab.wait_for(&format!("{base}/endpoints/web"), "filled", |endpoints| {
        endpoints["subsets"][0]["addresses"][0]["ip"].is_string()
    })
    .await;
    lab.wait_for("/apis/apps/v1/namespaces/demo/daemonsets/agent", "ready", |set| {
        set["status"]["numberReady"] == 1
    })
    .await;
    lab.wait_for(
        "/apis/policy/v1/namespaces/demo/poddisruptionbudgets/web",
        "healthy",
        |budget| budget["status"]["currentHealthy"] == 1,
    )
    .await;
}
