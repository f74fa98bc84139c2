//! Discovery and the forms of answers.

use serde_json::{Value, json};

use super::support::{DEPLOYMENTS, Lab, deployment};

async fn json_as(lab: &Lab, path: &str, accept: &str) -> Value {
    lab.get_as(path, accept).await.json().await.unwrap()
}

#[tokio::test]
async fn discovery_comes_in_both_forms() {
    let lab = Lab::new().await;
    let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    let response = lab.get_as("/apis", accept).await;
    assert!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .contains("g=apidiscovery.k8s.io")
    );
    let list: Value = response.json().await.unwrap();
    let apps = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["metadata"]["name"] == "apps")
        .unwrap();
    let resources = apps["versions"][0]["resources"].as_array().unwrap();
    let deployments = resources
        .iter()
        .find(|resource| resource["resource"] == "deployments")
        .unwrap();
    assert_eq!(
        deployments["responseKind"],
        json!({"group": "apps", "version": "v1", "kind": "Deployment"})
    );
    assert_eq!(deployments["scope"], "Namespaced");
    let legacy = json_as(&lab, "/apis", "application/json").await;
    assert_eq!(legacy["kind"], "APIGroupList");
    let autoscaling = legacy["groups"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["name"] == "autoscaling")
        .unwrap();
    assert_eq!(autoscaling["preferredVersion"]["groupVersion"], "autoscaling/v2");
    assert_eq!(lab.get("/version").await.1["gitVersion"], "v1.33.1+sandbox");
    assert!(
        lab.get("/").await.1["sandbox"]
            .as_str()
            .unwrap()
            .contains("for trying and testing")
    );
    assert_eq!(lab.get("/openapi/v3/apis/apps/v1").await.0, 200);
    assert_eq!(lab.get_as("/readyz", "").await.text().await.unwrap(), "ok");
}

#[tokio::test]
async fn tables_and_metadata_are_given_where_asked() {
    let lab = Lab::new().await;
    lab.post(DEPLOYMENTS, deployment("web", "i:1", 1)).await;
    let accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    let table = json_as(&lab, DEPLOYMENTS, accept).await;
    assert_eq!(table["columnDefinitions"][1]["name"], "Ready");
    assert_eq!(table["rows"][0]["cells"][0], "web");
    assert_eq!(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
    let partial = json_as(
        &lab,
        DEPLOYMENTS,
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
    )
    .await;
    assert_eq!(partial["kind"], "PartialObjectMetadataList");
    assert!(partial["items"][0].get("spec").is_none());
    let whole = json_as(&lab, DEPLOYMENTS, "*/*").await;
    assert_eq!(whole["kind"], "DeploymentList");
    assert!(
        whole["items"][0].get("kind").is_none(),
        "items of built-in lists carry no kind"
    );
}

#[tokio::test]
async fn reviews_allow_everything() {
    let lab = Lab::new().await;
    let review = json!({"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}});
    let (code, answer) = lab
        .post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
        .await;
    assert_eq!((code, &answer["status"]["allowed"]), (201, &json!(true)));
    assert!(lab.sandbox.writes().is_empty());
}
