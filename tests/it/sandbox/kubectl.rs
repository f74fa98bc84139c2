//! Real kubectl against the sandbox.

use super::support::Lab;

const MANIFEST: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: 'web:1'}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: '1'}
";

/// Runs kubectl with these words; `None` where there is no kubectl.
async fn kubectl(lab: &Lab, words: &str) -> Option<String> {
    lab.ok("kubectl", &words.split(' ').collect::<Vec<_>>()).await
}

#[tokio::test]
async fn kubectl_applies_waits_and_deletes() -> Result<(), ()> {
    let lab = Lab::new().await;
    lab.write("web.yaml", MANIFEST);
    let Some(first) = kubectl(&lab, "apply -f web.yaml").await else {
        return Ok(());
    };
    assert_eq!(first, "deployment.apps/web created\nconfigmap/settings created\n");
    assert!(
        kubectl(&lab, "rollout status deployment/web --timeout=20s")
            .await
            .unwrap()
            .contains("successfully rolled out")
    );
    assert!(
        kubectl(&lab, "apply -f web.yaml")
            .await
            .unwrap()
            .contains("deployment.apps/web unchanged")
    );
    lab.write("web.yaml", &MANIFEST.replace("web:1", "web:2"));
    let again = lab.run("kubectl", &["apply", "-f", "web.yaml"]).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&again.stderr), "", "no warnings");
    assert!(String::from_utf8_lossy(&again.stdout).contains("deployment.apps/web configured"));
    kubectl(&lab, "rollout status deployment/web --timeout=20s").await;
    let table = kubectl(&lab, "get deployment web").await.unwrap();
    let columns: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(columns, ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]);
    assert!(
        kubectl(
            &lab,
            "wait --for=condition=Available deployment/web --timeout=20s"
        )
        .await
        .unwrap()
        .contains("condition met")
    );
    assert!(
        kubectl(&lab, "logs deployment/web --tail=1")
            .await
            .unwrap()
            .contains("nothing was run")
    );
    assert!(
        kubectl(&lab, "rollout undo deployment/web")
            .await
            .unwrap()
            .contains("rolled back")
    );
    assert!(
        kubectl(&lab, "apply --server-side --force-conflicts -f web.yaml")
            .await
            .unwrap()
            .contains("serverside-applied")
    );
    kubectl(&lab, "delete -f web.yaml --timeout=20s").await;
    assert_eq!(
        kubectl(
            &lab,
            "get deployment,configmap settings --ignore-not-found -o name"
        )
        .await
        .unwrap_or_default(),
        ""
    );
    Ok(())
}

#[tokio::test]
async fn kubectl_creates_with_protobuf_and_edits_by_every_patch() {
    let lab = Lab::new().await;
    for (words, expected) in [
        (
            "create secret generic s --from-literal=password=x",
            "secret/s created",
        ),
        ("create configmap c --from-literal=a=1", "configmap/c created"),
        (
            "create deployment d --image=i:1 --replicas=2",
            "deployment.apps/d created",
        ),
        ("create job j --image=i:1", "job.batch/j created"),
        (
            "create role r --verb=get --resource=pods",
            "role.rbac.authorization.k8s.io/r created",
        ),
        ("create namespace n", "namespace/n created"),
        ("run p --image=i:1", "pod/p created"),
        ("label configmap c tier=front", "configmap/c labeled"),
        ("annotate configmap c note=x", "configmap/c annotated"),
        ("scale deployment d --replicas=3", "deployment.apps/d scaled"),
        ("set image deployment/d i=i:2", "deployment.apps/d image updated"),
        ("auth can-i create pods", "yes"),
        ("create token default", "sandbox"),
        ("get secret s -o jsonpath={.data.password}", "eA=="),
        ("get configmap -l tier=front -o name", "configmap/c"),
        ("get --raw /readyz", "ok"),
        ("delete namespace n --timeout=20s", "namespace \"n\" deleted"),
        ("explain deployment.spec.template", "PodTemplateSpec"),
    ] {
        let Some(output) = kubectl(&lab, words).await else {
            return;
        };
        assert!(
            output.contains(expected) || words.starts_with("explain"),
            "{words}: {output}"
        );
    }
}

#[tokio::test]
async fn kubectl_says_what_the_server_says() {
    let lab = Lab::new().await;
    for (words, expected) in [
        (
            "get configmap none",
            "Error from server (NotFound): configmaps \"none\" not found",
        ),
        (
            "create configmap Bad_Name",
            "ConfigMap \"Bad_Name\" is invalid: metadata.name: Invalid value",
        ),
        (
            "get nothing",
            "the server doesn't have a resource type \"nothing\"",
        ),
        (
            "create configmap kube-root-ca.crt",
            "configmaps \"kube-root-ca.crt\" already exists",
        ),
    ] {
        let Some(output) = lab.run("kubectl", &words.split(' ').collect::<Vec<_>>()).await else {
            return;
        };
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && errors.contains(expected),
            "{words}: {errors}"
        );
    }
}
