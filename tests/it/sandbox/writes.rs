//! Status codes, preconditions, patches, dry runs, validation.

use deploy_manager::sandbox::{Fault, Harm};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{CONFIG_MAPS, DEPLOYMENTS, Lab, config_map, deployment, message};

#[tokio::test]
async fn requests_that_fail_say_why_as_kubernetes_does() {
    let lab = Lab::new().await;
    lab.post(CONFIG_MAPS, config_map("there", json!({}))).await;
    let post = Method::POST;
    for (method, path, body, code, reason, text) in [
        (
            &post,
            CONFIG_MAPS,
            config_map("there", json!({})),
            409,
            "AlreadyExists",
            "configmaps \"there\" already exists",
        ),
        (
            &post,
            CONFIG_MAPS,
            config_map("Bad_Name", json!({})),
            422,
            "Invalid",
            "ConfigMap \"Bad_Name\" is invalid: metadata.name: Invalid value: \"Bad_Name\"",
        ),
        (
            &post,
            CONFIG_MAPS,
            json!({"metadata": {}}),
            422,
            "Invalid",
            "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required",
        ),
        (
            &post,
            CONFIG_MAPS,
            json!({"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "x"}}),
            400,
            "BadRequest",
            "Secret in version \"v1\"",
        ),
        (
            &post,
            CONFIG_MAPS,
            json!({"metadata": {"name": "x", "namespace": "other"}}),
            400,
            "BadRequest",
            "the namespace of the provided object does not match",
        ),
        (
            &post,
            "/api/v1/namespaces/none/configmaps",
            config_map("x", json!({})),
            404,
            "NotFound",
            "namespaces \"none\" not found",
        ),
        (
            &post,
            "/apis/example.org/v1/widgets",
            json!({}),
            404,
            "NotFound",
            "the server could not find the requested resource",
        ),
        (
            &Method::GET,
            "/api/v1/namespaces/demo/configmaps/none",
            json!({}),
            404,
            "NotFound",
            "configmaps \"none\" not found",
        ),
        (
            &Method::GET,
            "/apis/apps/v1/namespaces/demo/deployments/none",
            json!({}),
            404,
            "NotFound",
            "deployments.apps \"none\" not found",
        ),
        (
            &Method::DELETE,
            "/api/v1/namespaces/demo/configmaps/none",
            json!({}),
            404,
            "NotFound",
            "configmaps \"none\" not found",
        ),
        (
            &Method::PUT,
            CONFIG_MAPS,
            json!({}),
            405,
            "MethodNotAllowed",
            "the server does not allow this method",
        ),
        (
            &post,
            DEPLOYMENTS,
            json!({"metadata": {"name": "x"}, "spec": {}}),
            422,
            "Invalid",
            "Deployment.apps \"x\" is invalid: [spec.selector: Required value",
        ),
        (
            &post,
            "/apis/batch/v1/namespaces/demo/jobs",
            json!({"metadata": {"name": "x"}, "spec": {"template": {"spec": {"containers": [{"name": "c", "image": "i"}]}}}}),
            422,
            "Invalid",
            "Job.batch \"x\" is invalid: spec.template.spec.restartPolicy: Unsupported value: \"Always\"",
        ),
    ] {
        let (found, status) = lab.send(method.clone(), path, "application/json", &body).await;
        assert_eq!(
            (found, status["reason"].as_str()),
            (code, Some(reason)),
            "{method} {path}: {status}"
        );
        assert!(
            message(&status).starts_with(text),
            "{method} {path}: {}",
            message(&status)
        );
    }
}

#[tokio::test]
async fn fields_that_cannot_change_are_kept() {
    let lab = Lab::new().await;
    let jobs = "/apis/batch/v1/namespaces/demo/jobs";
    let sets = "/apis/apps/v1/namespaces/demo/statefulsets";
    let services = "/api/v1/namespaces/demo/services";
    let mut job =
        json!({"metadata": {"name": "o"}, "spec": {"template": super::support::template("o", "i:1")}});
    job["spec"]["template"]["spec"]["restartPolicy"] = "Never".into();
    let mut stateful = deployment("o", "i:1", 1);
    (stateful["kind"], stateful["spec"]["serviceName"]) = ("StatefulSet".into(), "o".into());
    let service = json!({"metadata": {"name": "o"}, "spec": {"ports": [{"port": 80}]}});
    let mut sealed = config_map("o", json!({"a": "1"}));
    sealed["immutable"] = true.into();
    let image = json!({"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "i:2"}]}}}});
    for (path, object, patch, code, text) in [
        (
            jobs,
            job,
            image,
            422,
            "spec.template: Invalid value: field is immutable",
        ),
        (
            DEPLOYMENTS,
            deployment("o", "i:1", 1),
            json!({"spec": {"selector": {"matchLabels": {"b": "c"}}}}),
            422,
            "spec.selector: Invalid value",
        ),
        (
            sets,
            stateful.clone(),
            json!({"spec": {"serviceName": "other"}}),
            422,
            "updates to statefulset spec for fields other than",
        ),
        (
            services,
            service,
            json!({"spec": {"clusterIP": "10.1.2.3"}}),
            422,
            "may not change once set",
        ),
        (
            CONFIG_MAPS,
            sealed,
            json!({"data": {"a": "2"}}),
            422,
            "field is immutable when `immutable` is set",
        ),
    ] {
        let (created, answer) = lab.post(path, object).await;
        assert_eq!(created, 201, "{answer}");
        let (found, status) = lab.patch(&format!("{path}/o"), "strategic", patch).await;
        assert_eq!(found, code, "{status}");
        assert!(message(&status).contains(text), "{}", message(&status));
        assert!(status["details"]["causes"][0]["field"].is_string());
    }
    stateful["spec"]["replicas"] = 3.into();
    stateful["spec"]["template"]["spec"]["containers"][0]["image"] = "i:2".into();
    assert_eq!(lab.put(&format!("{sets}/o"), stateful).await.0, 200);
}

#[tokio::test]
async fn resource_versions_and_uids_guard() {
    let lab = Lab::new().await;
    let path = format!("{CONFIG_MAPS}/x");
    let (_, first) = lab.post(CONFIG_MAPS, config_map("x", json!({"a": "1"}))).await;
    let mut stale = first.clone();
    let (code, second) = lab.patch(&path, "merge", json!({"data": {"a": "2"}})).await;
    assert_eq!(code, 200);
    assert_ne!(
        first["metadata"]["resourceVersion"],
        second["metadata"]["resourceVersion"]
    );
    stale["data"]["a"] = "3".into();
    let (code, status) = lab.put(&path, stale).await;
    assert_eq!((code, status["reason"].as_str()), (409, Some("Conflict")));
    assert!(message(&status).contains("the object has been modified"));
    let same = lab.patch(&path, "merge", json!({"data": {"a": "2"}})).await.1;
    assert_eq!(
        same["metadata"]["resourceVersion"], second["metadata"]["resourceVersion"],
        "nothing changed"
    );
    let wrong = json!({"preconditions": {"uid": "other"}});
    let (code, status) = lab.delete(&path, wrong).await;
    assert_eq!((code, status["reason"].as_str()), (409, Some("Conflict")));
    let right = json!({"preconditions": {"uid": first["metadata"]["uid"]}});
    let (code, status) = lab.delete(&path, right).await;
    assert_eq!((code, status["status"].as_str()), (200, Some("Success")));
}

#[tokio::test]
async fn every_patch_type_patches() {
    let lab = Lab::new().await;
    lab.post(DEPLOYMENTS, deployment("web", "i:1", 1)).await;
    let path = format!("{DEPLOYMENTS}/web");
    let containers = |object: &Value| {
        object["spec"]["template"]["spec"]["containers"]
            .as_array()
            .unwrap()
            .len()
    };
    let sidecar = json!({"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "s:1"}]}}}});
    let (code, object) = lab.patch(&path, "strategic", sidecar.clone()).await;
    assert_eq!((code, containers(&object)), (200, 2), "lists merge by name");
    assert_eq!(object["metadata"]["generation"], 2);
    let (_, object) = lab.patch(&path, "merge", sidecar).await;
    assert_eq!(containers(&object), 1, "lists are replaced");
    let operations = json!([{"op": "replace", "path": "/spec/replicas", "value": 4}]);
    let (_, object) = lab.patch(&path, "json", operations).await;
    assert_eq!(object["spec"]["replicas"], 4);
    let (code, status) = lab
        .patch(&path, "json", json!([{"op": "remove", "path": "/spec/none"}]))
        .await;
    assert_eq!(code, 422, "{status}");
    let (code, _) = lab
        .send(Method::PATCH, &path, "application/json", &json!({}))
        .await;
    assert_eq!(code, 415);
}

#[tokio::test]
async fn an_apply_creates_merges_and_drops_what_it_no_longer_says() {
    let lab = Lab::new().await;
    let path = format!("{CONFIG_MAPS}/x");
    let apply = format!("{path}?fieldManager=one&force=true");
    let (code, status) = lab.patch(&path, "apply", config_map("x", json!({}))).await;
    assert_eq!(code, 400, "{status}");
    let (code, _) = lab
        .patch(&apply, "apply", config_map("x", json!({"a": "1", "b": "2"})))
        .await;
    assert_eq!(code, 201);
    lab.patch(&path, "merge", json!({"data": {"other": "3"}})).await;
    let (code, object) = lab
        .patch(&apply, "apply", config_map("x", json!({"a": "9"})))
        .await;
    assert_eq!(code, 200);
    assert_eq!(object["data"], json!({"a": "9", "other": "3"}));
    let managers: Vec<&str> = object["metadata"]["managedFields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["operation"].as_str().unwrap())
        .collect();
    assert_eq!(managers, ["Apply", "Update"]);
    assert_eq!(
        object["metadata"]["managedFields"][0]["fieldsV1"],
        json!({"f:data": {"f:a": {}}})
    );
}

#[tokio::test]
async fn dry_runs_change_nothing_and_still_say_what_is_wrong() {
    let lab = Lab::new().await;
    let (code, object) = lab
        .post(&format!("{CONFIG_MAPS}?dryRun=All"), config_map("x", json!({})))
        .await;
    assert_eq!(code, 201);
    assert!(object["metadata"]["uid"].is_string());
    assert_eq!(lab.get(&format!("{CONFIG_MAPS}/x")).await.0, 404);
    lab.post(DEPLOYMENTS, deployment("web", "i:1", 1)).await;
    let path = format!("{DEPLOYMENTS}/web");
    let dry = format!("{path}?dryRun=All");
    let (_, object) = lab.patch(&dry, "merge", json!({"spec": {"replicas": 7}})).await;
    assert_eq!(object["spec"]["replicas"], 7);
    let selector = json!({"spec": {"selector": {"matchLabels": {"z": "z"}}}});
    assert_eq!(lab.patch(&dry, "merge", selector).await.0, 422);
    assert_eq!(lab.delete(&path, json!({"dryRun": ["All"]})).await.0, 200);
    assert_eq!(lab.get(&path).await.1["spec"]["replicas"], 1);
    let writes: Vec<String> = lab.sandbox.writes().iter().map(ToString::to_string).collect();
    assert_eq!(
        writes.len(),
        2,
        "the creation, and the deletion whose dry run is in its body: {writes:?}"
    );
}

#[tokio::test]
async fn objects_get_what_the_server_gives() {
    let lab = Lab::new().await;
    let (_, object) = lab
        .post(CONFIG_MAPS, json!({"metadata": {"generateName": "x-"}}))
        .await;
    let name = object["metadata"]["name"].as_str().unwrap();
    assert!(name.starts_with("x-") && name.len() == 7, "{name}");
    let secret = json!({"metadata": {"name": "s"}, "stringData": {"k": "hi"}});
    let (_, secret) = lab.post("/api/v1/namespaces/demo/secrets", secret).await;
    assert_eq!(
        (&secret["data"]["k"], &secret["type"]),
        (&json!("aGk="), &json!("Opaque"))
    );
    assert!(secret.get("stringData").is_none());
    let service = json!({"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}});
    let (_, service) = lab.post("/api/v1/namespaces/demo/services", service).await;
    assert_eq!(service["spec"]["type"], "ClusterIP");
    assert_eq!(service["spec"]["ports"][0]["targetPort"], 80);
    assert!(
        service["spec"]["clusterIP"]
            .as_str()
            .unwrap()
            .starts_with("10.96.")
    );
    let (_, deployment) = lab.post(DEPLOYMENTS, deployment("web", "i", 1)).await;
    assert_eq!(deployment["metadata"]["generation"], 1);
    assert_eq!(deployment["spec"]["strategy"]["type"], "RollingUpdate");
    assert_eq!(
        deployment["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"],
        "Always"
    );
}

#[tokio::test]
async fn lists_come_in_pages_and_by_selector() {
    let lab = Lab::new().await;
    for number in 0..5 {
        let mut map = config_map(&format!("m{number}"), json!({}));
        map["metadata"]["labels"] = json!({"parity": if number % 2 == 0 { "even" } else { "odd" }});
        lab.post(CONFIG_MAPS, map).await;
    }
    let names = |list: &Value| -> Vec<String> {
        let items = list["items"].as_array().unwrap().iter();
        items
            .map(|item| item["metadata"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let (_, page) = lab
        .get(&format!("{CONFIG_MAPS}?limit=2&labelSelector=parity"))
        .await;
    assert_eq!(names(&page), ["m0", "m1"]);
    assert_eq!(page["metadata"]["remainingItemCount"], 3);
    let next = page["metadata"]["continue"].as_str().unwrap();
    let (_, page) = lab
        .get(&format!(
            "{CONFIG_MAPS}?limit=9&labelSelector=parity&continue={next}"
        ))
        .await;
    assert_eq!(names(&page), ["m2", "m3", "m4"]);
    let (_, even) = lab
        .get(&format!("{CONFIG_MAPS}?labelSelector=parity%20in%20(even)"))
        .await;
    assert_eq!(names(&even), ["m0", "m2", "m4"]);
    let (_, one) = lab
        .get("/api/v1/configmaps?fieldSelector=metadata.name%3Dm3")
        .await;
    assert_eq!(names(&one), ["m3"]);
    lab.delete(&format!("{CONFIG_MAPS}?labelSelector=parity%3Dodd"), json!({}))
        .await;
    let (_, rest) = lab.get(&format!("{CONFIG_MAPS}?labelSelector=parity")).await;
    assert_eq!(names(&rest), ["m0", "m2", "m4"]);
}

#[tokio::test]
async fn requests_can_be_spoiled() {
    let lab = Lab::new().await;
    let fault = |harm| Fault {
        matches: Box::new(|method, path| method == "POST" && path.ends_with("/configmaps")),
        times: 1,
        harm,
    };
    lab.sandbox.harm(fault(Harm::Status(503)));
    assert_eq!(lab.post(CONFIG_MAPS, config_map("x", json!({}))).await.0, 503);
    assert_eq!(
        lab.get(&format!("{CONFIG_MAPS}/x")).await.0,
        404,
        "nothing was done"
    );
    lab.sandbox.harm(fault(Harm::AnswerLost(504)));
    assert_eq!(lab.post(CONFIG_MAPS, config_map("x", json!({}))).await.0, 504);
    assert_eq!(lab.get(&format!("{CONFIG_MAPS}/x")).await.0, 200, "it was done");
    assert_eq!(
        lab.post(CONFIG_MAPS, config_map("y", json!({}))).await.0,
        201,
        "the faults are over"
    );
}
