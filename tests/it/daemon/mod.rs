//! The daemon as a process, from a push to a release, on the sandbox.

mod faults;
pub mod process;

use std::time::Duration;

use deploy_manager::sandbox::{Sandbox, Settings};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value as Json, json};

use self::process::{Process, command, eventually, write};
use crate::git::repository::Bare;

const NAMESPACE: &str = "east";
const CLUSTER: &str = r#"
apiVersion: deploy-manager/v1
kind: Cluster
metadata: { name: east-1 }
helm: { version: "3.17.2" }
components:
  web:
    version: "1.0"
    chart: { path: charts/web, version: 0.1.0 }
    values: [values/web.yaml]
"#;
const CHART: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\n";
const TEMPLATE: &str = r#"
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }} }
data: { color: {{ .Values.color | quote }}, version: {{ .Values.version | quote }} }
"#;

/// An API server, a repository, and what the daemon is started with.
struct Scene {
    /// Serves the sandbox for as long as the scene lives.
    runtime: tokio::runtime::Runtime,
    sandbox: Sandbox,
    bare: Bare,
    folder: tempfile::TempDir,
}

fn scene() -> Scene {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let settings = Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        delay: Duration::from_millis(10),
        namespaces: vec![NAMESPACE.to_owned()],
    };
    let sandbox = runtime.block_on(Sandbox::start(settings)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "kubeconfig", &sandbox.kubeconfig(NAMESPACE));
    write(folder.path(), "secret", "hook-secret\n");
    Scene {
        runtime,
        sandbox,
        bare: Bare::new(),
        folder,
    }
}

impl Scene {
    fn commit(&self, color: &str) -> String {
        self.commit_files(
            CLUSTER,
            &format!("color: {color}\nversion: \"{{{{component.version}}}}\"\n"),
        )
    }
    fn commit_files(&self, cluster: &str, values: &str) -> String {
        let files = [
            ("cluster.yaml", cluster),
            ("values/web.yaml", values),
            ("charts/web/Chart.yaml", CHART),
            ("charts/web/templates/configmap.yaml", TEMPLATE),
        ];
        self.bare.commit("main", "change the color", &files)
    }
    fn start(&self, args: &[&str]) -> Process {
        let (url, secret) = (
            self.bare.url(),
            self.folder.path().join("secret").display().to_string(),
        );
        let mut all = vec![
            "--repo",
            &url,
            "--branch",
            "main",
            "--webhook-secret-file",
            &secret,
        ];
        all.extend(args);
        Process::start(&self.folder.path().join("kubeconfig"), &all)
    }
    fn object(&self, api_version: &str, kind: &str, name: &str) -> Option<Json> {
        self.sandbox.object(api_version, kind, NAMESPACE, name)
    }
    fn color(&self) -> Option<String> {
        let object = self.object("v1", "ConfigMap", "web")?;
        Some(object.pointer("/data/color")?.as_str()?.to_owned())
    }
    #[track_caller]
    fn wait_for_color(&self, process: &Process, expected: &str) {
        process.wait_for("/run/outcome", &json!("Succeeded"));
        eventually(&format!("the color is {expected}: {}", process.log()), || {
            (self.color().as_deref() == Some(expected)).then_some(())
        });
    }
    fn leader(&self) -> String {
        let lease = self
            .object("coordination.k8s.io/v1", "Lease", "deploy-manager")
            .unwrap_or_default();
        lease
            .pointer("/spec/holderIdentity")
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned()
    }
    fn token(&self) -> String {
        use base64::Engine as _;
        let secret = self.object("v1", "Secret", "deploy-manager-api").unwrap();
        let token = secret["data"]["token"].as_str().unwrap();
        String::from_utf8(base64::engine::general_purpose::STANDARD.decode(token).unwrap()).unwrap()
    }
}

fn push(process: &Process, commit: &str, secret: &str) -> (u16, String) {
    let body = format!(r#"{{"ref":"refs/heads/main","after":"{commit}"}}"#);
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = format!(
        "sha256={}",
        data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
    );
    process.ask(
        "POST",
        "/webhook",
        &[("X-GitHub-Event", "push"), ("X-Hub-Signature-256", &signature)],
        &body,
    )
}

#[test]
fn a_push_becomes_a_release_and_sigterm_leaves_cleanly() {
    let scene = scene();
    let first = scene.commit("blue");
    let mut process = scene.start(&[]);
    scene.wait_for_color(&process, "blue");
    assert_eq!(process.get("/readyz"), (200, "ok\n".to_owned()));
    process.wait_for("/components/0/state", &json!("Ready"));
    assert_eq!(process.status()["commit"]["id"], first.as_str());

    let second = scene.commit("green");
    assert_eq!(push(&process, &second, "wrong").0, 401);
    let (code, answer) = push(&process, &second, "hook-secret");
    assert_eq!(code, 202, "{answer}");
    process.wait_for("/syncedCommit", &json!(second));
    scene.wait_for_color(&process, "green");
    let history: Json = serde_json::from_str(&process.get("/api/v1/history/web").1).unwrap();
    let revisions: Vec<(i64, &str)> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|revision| {
            (
                revision["revision"].as_i64().unwrap(),
                revision["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(revisions, [(1, "superseded"), (2, "deployed")]);
    assert!(process.get("/").1.contains("change the color"));

    process.signal("TERM");
    assert_eq!(process.wait().code(), Some(0), "{}", process.log());
    assert_eq!(scene.leader(), "", "the lease is given back");
}

#[test]
fn a_resync_needs_the_token_and_is_done() {
    let scene = scene();
    let commit = scene.commit("blue");
    let process = scene.start(&[]);
    scene.wait_for_color(&process, "blue");
    assert_eq!(process.ask("POST", "/api/v1/resync", &[], "").0, 401);
    let bearer = format!("Bearer {}", scene.token());
    let (code, answer) = process.ask("POST", "/api/v1/resync", &[("Authorization", &bearer)], "");
    let answer: Json = serde_json::from_str(&answer).unwrap();
    assert_eq!((code, &answer["commit"]), (202, &json!(commit)));
    process.wait_for("/run/id", &answer["run"]);
    process.wait_for("/run/outcome", &json!("NoChange"));
    eventually("the request is taken off the list", || {
        let requests = scene.object("v1", "ConfigMap", "deploy-manager-requests")?;
        (requests["data"] == json!({"schema": "deploy-manager/requests/v1"})).then_some(())
    });
}

#[test]
fn a_broken_commit_changes_nothing_and_says_where() {
    let scene = scene();
    scene.commit("blue");
    let process = scene.start(&[]);
    scene.wait_for_color(&process, "blue");
    let broken = scene.commit_files(
        &CLUSTER.replace("version: \"1.0\"", "vresion: \"1.0\""),
        "color: red\n",
    );
    push(&process, &broken, "hook-secret");
    process.wait_for("/run/outcome", &json!("Blocked"));
    let blocked = process.status()["blocked"].to_string();
    assert!(
        blocked.contains("cluster.yaml:8:") && blocked.contains("vresion"),
        "{blocked}"
    );
    assert_eq!(scene.color().as_deref(), Some("blue"));
    let fixed = scene.commit("green");
    push(&process, &fixed, "hook-secret");
    process.wait_for("/syncedCommit", &json!(fixed));
    scene.wait_for_color(&process, "green");
}

#[test]
fn a_promised_resync_survives_a_crash() {
    let scene = scene();
    scene.commit("blue");
    let mut first = scene.start(&[]);
    scene.wait_for_color(&first, "blue");
    first.signal("KILL");
    first.wait();
    // What a former leader answered with 202 and never came to.
    write_request(&scene, "promised-1");
    let second = scene.start(&[]);
    second.wait_for("/run/id", &json!("promised-1"));
    second.wait_for("/run/outcome", &json!("NoChange"));
}

fn write_request(scene: &Scene, run: &str) {
    use deploy_manager::k8s::{Cluster, Connection, ObjectRef, WriteOptions};
    let connection = Connection {
        kubeconfig: Some(scene.folder.path().join("kubeconfig")),
        ..Connection::default()
    };
    let resync = json!({"run": run, "requested": "2026-01-01T00:00:00Z"}).to_string();
    let data = json!({"resync.waiting": resync});
    scene.runtime.block_on(async {
        let cluster = Cluster::connect(&connection).await.unwrap();
        let target = ObjectRef::new("v1", "ConfigMap", "deploy-manager-requests");
        let mut object = cluster.get(&target).await.unwrap().unwrap_or_else(|| {
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "deploy-manager-requests"}})
        });
        object["data"] = data;
        let options = WriteOptions::default();
        match object.pointer("/metadata/uid") {
            Some(_) => cluster.replace(&object, &options).await.unwrap(),
            None => cluster.create(&object, &options).await.unwrap(),
        };
    });
}

#[test]
fn a_standby_takes_over_and_forwards_what_it_is_asked() {
    let scene = scene();
    scene.commit("blue");
    let mut leader = scene.start(&[]);
    scene.wait_for_color(&leader, "blue");
    let standby = scene.start(&[]);
    eventually("the standby is ready", || {
        (standby.get("/readyz").0 == 200).then_some(())
    });
    assert_eq!(standby.status()["isLeader"], json!(false));
    let green = scene.commit("green");
    assert_eq!(push(&standby, &green, "hook-secret").0, 202);
    leader.wait_for("/syncedCommit", &json!(green));
    leader.signal("TERM");
    assert_eq!(leader.wait().code(), Some(0), "{}", leader.log());
    standby.wait_for("/isLeader", &json!(true));
    let red = scene.commit("red");
    push(&standby, &red, "hook-secret");
    standby.wait_for("/syncedCommit", &json!(red));
    scene.wait_for_color(&standby, "red");
}

#[test]
fn a_watched_folder_is_synced_when_a_file_changes() {
    let scene = scene();
    let folder = scene.folder.path().join("cluster");
    for (path, text) in [
        ("cluster.yaml", CLUSTER),
        ("values/web.yaml", "color: blue\nversion: x\n"),
        ("charts/web/Chart.yaml", CHART),
        ("charts/web/templates/configmap.yaml", TEMPLATE),
    ] {
        std::fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
        std::fs::write(folder.join(path), text).unwrap();
    }
    let watch = folder.display().to_string();
    let process = Process::start(&scene.folder.path().join("kubeconfig"), &["--watch", &watch]);
    scene.wait_for_color(&process, "blue");
    std::fs::write(folder.join("values/web.yaml"), "color: green\nversion: x\n").unwrap();
    eventually("the change arrives", || {
        (scene.color().as_deref() == Some("green")).then_some(())
    });
}

#[test]
fn a_repository_that_is_not_there_is_waited_for() {
    let scene = scene();
    let mut process = scene.start(&[]);
    process.wait_for(
        "/fetchError",
        &json!(format!("{} has no commit yet: it is empty", scene.bare.url())),
    );
    assert_eq!(
        process.get("/readyz"),
        (503, "waiting for: first fetch, lease\n".to_owned())
    );
    assert_eq!(process.get("/healthz").0, 200);
    scene.commit("blue");
    scene.wait_for_color(&process, "blue");
    process.signal("INT");
    assert_eq!(process.wait().code(), Some(0), "{}", process.log());
}

#[test]
fn wrong_settings_are_named_and_exit_with_64() {
    let folder = tempfile::tempdir().unwrap();
    let config = write(folder.path(), "config.yaml", "repo: file:///x\npolInterval: 1m\n")
        .display()
        .to_string();
    for (args, expected) in [
        (vec!["run"], "error: --repo: name the cluster's Git repository"),
        (
            vec!["run", "--repo", "https://h/x", "--listen", "x"],
            "error: --listen: `x` is not an address and port",
        ),
        (
            vec!["run", "--config", &config],
            "config.yaml:2: unknown setting `polInterval`; did you mean `pollInterval`?",
        ),
        (
            vec!["run", "--repo", "https://h/x", "--log", "a=b=c"],
            "error: --log: `a=b=c`",
        ),
    ] {
        let output = command(&args).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(64) && text.contains(expected),
            "{args:?}: {text}"
        );
    }
}
