//! CustomResourceDefinitions: their kinds are served, defaulted, pruned, and go with them.

use serde_json::{Value, json};

use super::support::{Lab, message};

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const WIDGETS: &str = "/apis/example.org/v1/namespaces/demo/widgets";

fn definition(versions: &[&str]) -> Value {
    let schema = json!({"type": "object", "properties": {
        "spec": {"type": "object", "properties": {"size": {"type": "integer", "default": 3}, "name": {"type": "string"}}},
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
    }});
    let version = |name: &&str| {
        json!({
            "name": name, "served": true, "storage": name == &versions[0], "subresources": {"status": {}},
            "schema": {"openAPIV3Schema": schema},
            "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}],
        })
    };
    json!({
        "metadata": {"name": "widgets.example.org"},
        "spec": {
            "group": "example.org", "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"},
            "versions": versions.iter().map(version).collect::<Vec<_>>(),
        },
    })
}

#[tokio::test]
async fn a_definition_serves_its_kind() {
    let lab = Lab::new().await;
    assert_eq!(lab.get(WIDGETS).await.0, 404);
    let (code, made) = lab.post(DEFINITIONS, definition(&["v1"])).await;
    assert_eq!(code, 201, "{made}");
    assert_eq!(made["status"]["conditions"][1]["type"], "Established");
    let resources = lab.get("/apis/example.org/v1").await.1;
    assert_eq!(resources["resources"][1]["name"], "widgets/status");
    let widget = json!({"metadata": {"name": "w"}, "spec": {"name": "x", "unknown": 1}, "status": {"a": 1}});
    let (_, widget) = lab.post(WIDGETS, widget).await;
    assert_eq!(
        widget["spec"],
        json!({"name": "x", "size": 3}),
        "defaulted and pruned"
    );
    assert!(widget.get("status").is_none());
    let path = format!("{WIDGETS}/w");
    let (_, widget) = lab
        .patch(
            &format!("{path}/status"),
            "merge",
            json!({"status": {"ready": true}, "spec": {"size": 9}}),
        )
        .await;
    assert_eq!(
        (&widget["status"], &widget["spec"]["size"]),
        (&json!({"ready": true}), &json!(3))
    );
    assert_eq!(widget["metadata"]["generation"], 1);
    let (code, status) = lab.patch(&path, "strategic", json!({})).await;
    assert_eq!(code, 415, "{}", message(&status));
    lab.delete(&format!("{DEFINITIONS}/widgets.example.org"), json!({}))
        .await;
    assert_eq!(lab.get(&path).await.0, 404);
    assert_eq!(lab.get("/apis/example.org/v1").await.0, 404);
}

#[tokio::test]
async fn versions_of_a_kind_show_the_same_object() {
    let lab = Lab::new().await;
    lab.post(DEFINITIONS, definition(&["v1", "v1beta1"])).await;
    let (_, new) = lab
        .post(WIDGETS, json!({"metadata": {"name": "w"}, "spec": {}}))
        .await;
    let (_, old) = lab
        .get("/apis/example.org/v1beta1/namespaces/demo/widgets/w")
        .await;
    assert_eq!(old["apiVersion"], "example.org/v1beta1");
    assert_eq!(old["metadata"]["uid"], new["metadata"]["uid"]);
    let preferred = lab.get("/apis/example.org").await.1;
    assert_eq!(preferred["preferredVersion"]["version"], "v1");
}

#[tokio::test]
async fn old_built_in_versions_can_be_switched_on_and_off() {
    let lab = Lab::new().await;
    let old = "/apis/extensions/v1beta1/namespaces/demo/deployments";
    assert_eq!(lab.get(old).await.0, 404);
    lab.sandbox.serve("extensions/v1beta1", true);
    lab.post(
        super::support::DEPLOYMENTS,
        super::support::deployment("web", "i:1", 1),
    )
    .await;
    let (code, object) = lab.get(&format!("{old}/web")).await;
    assert_eq!(
        (code, object["apiVersion"].as_str()),
        (200, Some("extensions/v1beta1"))
    );
    lab.sandbox.serve("extensions/v1beta1", false);
    assert_eq!(lab.get(&format!("{old}/web")).await.0, 404);
}

#[tokio::test]
async fn a_definition_with_a_wrong_name_is_refused() {
    let lab = Lab::new().await;
    let mut wrong = definition(&["v1"]);
    wrong["metadata"]["name"] = "other.example.org".into();
    let (code, status) = lab.post(DEFINITIONS, wrong).await;
    assert_eq!(code, 422);
    assert!(
        message(&status).contains("must be spec.names.plural"),
        "{}",
        message(&status)
    );
}
