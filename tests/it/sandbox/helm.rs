//! Real Helm 3 and Helm 4 against the sandbox: the whole life of a release.

use serde_json::Value;

use super::support::{Lab, deployment};

const TEMPLATES: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: '{{ .Release.Name }}-web'}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: '{{ .Values.image }}'}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: '{{ .Release.Name }}-db'}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: main, image: 'db:1'}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: '{{ .Release.Name }}-agent'}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: main, image: 'agent:1'}]}
---
apiVersion: v1
kind: Service
metadata: {name: '{{ .Release.Name }}-web'}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: '{{ .Release.Name }}-data'}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: '{{ .Release.Name }}-web'}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: '{{ .Release.Name }}-migrate'
  annotations: {helm.sh/hook: 'pre-install,pre-upgrade', helm.sh/hook-delete-policy: 'before-hook-creation,hook-succeeded'}
spec:
  backoffLimit: 0
  template:
    metadata: {annotations: {sandbox.deploy-manager/outcome: '{{ .Values.hook }}'}}
    spec: {restartPolicy: Never, containers: [{name: main, image: 'migrate:1'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: '{{ .Release.Name }}-test', annotations: {helm.sh/hook: test}}
spec: {restartPolicy: Never, containers: [{name: main, image: 'test:1'}]}
";

fn write_chart(lab: &Lab) {
    lab.write(
        "chart/Chart.yaml",
        "apiVersion: v2\nname: sample\nversion: 0.1.0\n",
    );
    lab.write("chart/values.yaml", "image: web:1\nreplicas: 2\nhook: succeed\n");
    lab.write("chart/templates/all.yaml", TEMPLATES);
}

async fn helm(lab: &Lab, program: &str, words: &str) -> Option<String> {
    lab.ok(program, &words.split(' ').collect::<Vec<_>>()).await
}

async fn lives_through_a_release(program: &str) {
    let lab = Lab::new().await;
    write_chart(&lab);
    let waiting = "--wait --timeout 30s";
    if helm(&lab, program, &format!("install r chart {waiting}"))
        .await
        .is_none()
    {
        return;
    }
    assert!(helm(&lab, program, "list").await.unwrap().contains("deployed"));
    helm(
        &lab,
        program,
        &format!("upgrade r chart --set image=web:2 {waiting}"),
    )
    .await;
    let web = lab
        .sandbox
        .object("apps/v1", "Deployment", "demo", "r-web")
        .unwrap();
    assert_eq!(web["spec"]["template"]["spec"]["containers"][0]["image"], "web:2");
    assert_eq!(web["status"]["readyReplicas"], 2);
    helm(&lab, program, &format!("rollback r 1 {waiting}")).await;
    assert!(helm(&lab, program, "test r").await.unwrap().contains("Succeeded"));
    let history: Value =
        serde_json::from_str(&helm(&lab, program, "history r -o json").await.unwrap()).unwrap();
    let statuses: Vec<&str> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["superseded", "superseded", "deployed"]);
    let failed = lab
        .run(
            program,
            &["upgrade", "r", "chart", "--set", "hook=fail", "--timeout", "20s"],
        )
        .await
        .unwrap();
    assert!(!failed.status.success(), "a failing Helm hook fails the upgrade");
    helm(&lab, program, &format!("uninstall r {waiting}")).await;
    assert!(
        lab.sandbox
            .object("apps/v1", "Deployment", "demo", "r-web")
            .is_none()
    );
    lab.wait_for(
        "/api/v1/namespaces/demo/pods?labelSelector=app",
        "empty",
        |list| list["items"].as_array().is_some_and(Vec::is_empty),
    )
    .await;
}

#[tokio::test]
async fn helm_3_lives_through_a_release() {
    lives_through_a_release("helm3").await;
}

#[tokio::test]
async fn helm_4_lives_through_a_release() {
    lives_through_a_release("helm4").await;
}

#[tokio::test]
async fn both_helms_refuse_what_another_owns() {
    for program in ["helm3", "helm4"] {
        let lab = Lab::new().await;
        write_chart(&lab);
        lab.post(super::support::DEPLOYMENTS, deployment("r-web", "web:1", 1))
            .await;
        let Some(output) = lab.run(program, &["install", "r", "chart", "--no-hooks"]).await else {
            continue;
        };
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            errors.contains("invalid ownership metadata"),
            "{program}: {errors}"
        );
    }
}
