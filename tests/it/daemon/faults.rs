//! The daemon when something comes in between: a newer commit, impatience, a lost lease, broken files.

use std::time::{Duration, Instant};

use deploy_manager::k8s::{Cluster, Connection, ObjectRef, Patch, WriteOptions};
use deploy_manager::sandbox::{Fault, Harm};
use serde_json::{Value as Json, json};

use super::process::{Process, eventually};
use super::{CHART, CLUSTER, NAMESPACE, Scene, TEMPLATE, push, scene};

const DEPLOYMENT: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata:
      labels: { app: web }
      annotations: { sandbox.deploy-manager/outcome: {{ .Values.outcome }} }
    spec:
      containers: [{ name: main, image: main }]
"#;

/// A Deployment that is waited for, and becomes ready or never does.
fn commit_rollout(scene: &Scene, outcome: &str) -> String {
    let cluster = CLUSTER.replace(
        "components:",
        "defaults: { timeout: 5m, wait: helm }\ncomponents:",
    );
    let values = format!("outcome: {outcome}\n");
    let files = [
        ("cluster.yaml", cluster.as_str()),
        ("values/web.yaml", &values),
        ("charts/web/Chart.yaml", CHART),
        ("charts/web/templates/deployment.yaml", DEPLOYMENT),
    ];
    scene.bare.commit("main", outcome, &files)
}

/// A daemon that waits for a rollout that never ends.
fn waiting(scene: &Scene) -> Process {
    commit_rollout(scene, "hang");
    let process = scene.start(&[]);
    eventually("the Deployment is there", || {
        scene.object("apps/v1", "Deployment", "web")
    });
    process
}

#[test]
fn a_newer_commit_does_not_wait_for_the_rollout_of_the_older() {
    let scene = scene();
    let process = waiting(&scene);
    let (start, newer) = (Instant::now(), commit_rollout(&scene, "succeed"));
    assert_eq!(push(&process, &newer, "hook-secret").0, 202);
    process.wait_for("/syncedCommit", &json!(newer));
    assert!(
        start.elapsed() < Duration::from_mins(2),
        "the timeout of the older was waited for"
    );
    let history: Json = serde_json::from_str(&process.get("/api/v1/history/web").1).unwrap();
    let [older, last] = history.as_array().unwrap().as_slice() else {
        panic!("{history:#}")
    };
    let description = older["description"].as_str().unwrap();
    assert_eq!(older["status"], "failed");
    assert!(
        description.contains(&format!("superseded by {}", &newer[..12])),
        "{description}"
    );
    assert_eq!(last["status"], "deployed");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let scene = scene();
    let mut process = waiting(&scene);
    // What the first signal leaves to be recorded takes long.
    scene.sandbox.harm(Fault {
        matches: Box::new(|method, _| method != "GET"),
        times: 1000,
        harm: Harm::Delay(Duration::from_secs(20)),
    });
    process.signal("TERM");
    eventually("it has heard", || {
        process.log().contains("\"stopping\"").then_some(())
    });
    let start = Instant::now();
    process.signal("TERM");
    assert_eq!(process.wait().code(), Some(1), "{}", process.log());
    assert!(start.elapsed() < Duration::from_secs(10), "{}", process.log());
    let log = process.log();
    assert!(
        log.contains("stopping at once") && log.contains("aborted before everything was done"),
        "{log}"
    );
}

#[test]
fn whoever_loses_the_lease_writes_nothing_more() {
    let scene = scene();
    let process = waiting(&scene);
    let connection = Connection {
        kubeconfig: Some(scene.folder.path().join("kubeconfig")),
        ..Connection::default()
    };
    let cluster = scene.runtime.block_on(Cluster::connect(&connection)).unwrap();
    take_lease(&scene, &cluster);
    eventually("it has seen that", || {
        take_lease(&scene, &cluster);
        process.log().contains("no longer the leader").then_some(())
    });
    scene.sandbox.forget_requests();
    let end = Instant::now() + Duration::from_secs(3);
    while Instant::now() < end {
        take_lease(&scene, &cluster);
        std::thread::sleep(Duration::from_millis(100));
    }
    let writes: Vec<String> = scene.sandbox.writes().iter().map(ToString::to_string).collect();
    let ours = |line: &&String| !(line.starts_with("PATCH ") && line.contains("/leases/"));
    assert_eq!(
        writes.iter().filter(ours).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    assert_eq!(process.status()["isLeader"], json!(false));
    assert_eq!(scene.leader(), "somebody-else");

    // The other falls silent: the work is taken up where it was left.
    let fixed = commit_rollout(&scene, "succeed");
    push(&process, &fixed, "hook-secret");
    process.wait_for("/syncedCommit", &json!(fixed));
}

/// As another replica takes and renews it.
fn take_lease(scene: &Scene, cluster: &Cluster) {
    let now = jiff::Timestamp::now();
    let lease = ObjectRef::new("coordination.k8s.io/v1", "Lease", "deploy-manager").in_namespace(NAMESPACE);
    let patch = Patch::Merge(json!({
        "spec": {"holderIdentity": "somebody-else", "renewTime": format!("{now:.6}")}
    }));
    let options = WriteOptions::default();
    let written = scene.runtime.block_on(cluster.patch(&lease, &patch, &options));
    written.unwrap();
}

const HOOK: &str = "\
apiVersion: batch/v1
kind: Job
metadata: { name: look }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: main, image: main }] } } }
";

#[test]
fn a_mistake_in_any_file_is_shown_with_its_place_and_nothing_is_written() {
    let scene = scene();
    let cluster = CLUSTER.replace(
        "components:\n  web:",
        "parameters: [parameters.yaml]\ncomponents:\n  web:\n    init: [{ name: look, job: hooks/look.yaml }]",
    );
    let files: Vec<(&str, String)> = vec![
        ("cluster.yaml", cluster),
        ("parameters.yaml", "color: blue\n".to_owned()),
        (
            "values/web.yaml",
            "color: {{quote parameters.color}}\nversion: x\n".to_owned(),
        ),
        ("hooks/look.yaml", HOOK.to_owned()),
        ("charts/web/Chart.yaml", CHART.to_owned()),
        ("charts/web/values.yaml", "color: none\n".to_owned()),
        ("charts/web/templates/configmap.yaml", TEMPLATE.to_owned()),
    ];
    let commit = |broken: Option<(&str, &str, &str)>| {
        let mut files = files.clone();
        if let Some((path, from, to)) = broken {
            let (_, text) = files.iter_mut().find(|(name, _)| *name == path).unwrap();
            assert!(text.contains(from), "{path}");
            *text = text.replacen(from, to, 1);
        }
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        scene.bare.commit("main", "a commit", &files)
    };
    commit(None);
    let process = scene.start(&[]);
    scene.wait_for_color(&process, "blue");
    for (path, from, to) in [
        ("cluster.yaml", "values:", "valeus:"),
        ("parameters.yaml", "blue", "[blue"),
        ("values/web.yaml", "parameters.color", "parameters.colour"),
        ("hooks/look.yaml", "kind: Job", "kind: [Job"),
        ("charts/web/Chart.yaml", "name: web", "name: [web"),
        ("charts/web/values.yaml", "none", "[none"),
        ("charts/web/templates/configmap.yaml", "| quote", "| qoute"),
    ] {
        scene.sandbox.forget_requests();
        let id = commit(Some((path, from, to)));
        push(&process, &id, "hook-secret");
        process.wait_for("/commit/id", &json!(id));
        process.wait_for("/phase", &json!("Idle"));
        let status = process.status();
        assert_eq!(status["run"]["outcome"], "Blocked", "{path}: {status:#}");
        let has_place = |problem: &Json| {
            let rest = problem
                .as_str()
                .and_then(|text| text.strip_prefix(path)?.strip_prefix(':'));
            rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
        };
        let blocked = status["blocked"].as_array().unwrap();
        assert!(blocked.iter().any(has_place), "{path}: {blocked:#?}");
        let writes: Vec<String> = scene.sandbox.writes().iter().map(ToString::to_string).collect();
        let others: Vec<&String> = writes.iter().filter(|line| !line.contains("/leases/")).collect();
        assert!(others.is_empty(), "{path}: {others:#?}");
    }
}
