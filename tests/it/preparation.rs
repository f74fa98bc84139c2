//! Init and pre-processing hooks against the sandbox.

use std::path::PathBuf;
use std::time::Duration;

use deploy_manager::base::entropy::Entropy;
use deploy_manager::base::files::FileSet;
use deploy_manager::base::names::{ComponentName, HookName};
use deploy_manager::k8s::{Cluster, Connection, ObjectRef, WriteOptions};
use deploy_manager::preparation::{self, Context, Error, Outcome, Target};
use deploy_manager::sandbox::{Sandbox, Settings};
use deploy_manager::spec::{self, Outputs};
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

const NAMESPACE: &str = "openstack";

const CLUSTER: &str = r#"apiVersion: deploy-manager/v1
kind: Cluster
metadata: { name: east-1 }
helm: { version: "3.17.2" }
components:
  web:
    version: "1"
    chart: { path: chart, version: 1.0.0 }
    init:
      - { name: passwords, secret: { data: { a: { password: {} }, b: { key: {} } } } }
      - { name: make, job: hooks/job.yaml }
    before:
      - { name: backup, job: hooks/job.yaml }
"#;

/// Counts, so that two texts are never the same.
struct Counting;
impl Entropy for Counting {
    fn fill(&mut self, buffer: &mut [u8]) {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
        for chunk in buffer.chunks_mut(4) {
            let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            chunk.copy_from_slice(&number.wrapping_mul(2_654_435_761).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A sandbox, a cluster whose hooks run this Job, and a run.
struct Stage {
    sandbox: Sandbox,
    ctx: Context,
    cluster: spec::Cluster,
    files: FileSet,
    component: ComponentName,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn new(annotations: &str) -> Stage {
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            delay: Duration::from_millis(20),
            namespaces: vec![NAMESPACE.to_owned()],
        };
        let sandbox = Sandbox::start(settings).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let kubeconfig: PathBuf = folder.path().join("kubeconfig");
        std::fs::write(&kubeconfig, sandbox.kubeconfig(NAMESPACE)).unwrap();
        let connection = Connection {
            kubeconfig: Some(kubeconfig),
            ..Connection::default()
        };
        let ctx = Context {
            cluster: Cluster::connect(&connection).await.unwrap(),
            namespace: NAMESPACE.parse().unwrap(),
            entropy: |_| Box::new(Counting),
            commit: "c1".to_owned(),
            run: "r1".to_owned(),
        };
        let files = files(annotations);
        Stage {
            cluster: spec::load(&files).unwrap_or_else(|problems| panic!("{problems}")),
            files,
            sandbox,
            ctx,
            component: "web".parse().unwrap(),
            _folder: folder,
        }
    }

    /// Another run, of a commit with this Job.
    fn next(&mut self, run: &str, annotations: &str) {
        self.files = files(annotations);
        self.ctx.run = run.to_owned();
    }

    fn hook(&self, name: &str) -> &spec::Hook {
        let name: HookName = name.parse().unwrap();
        let component = &self.cluster.components[&self.component];
        let mut hooks = component.init.iter().chain(&component.before);
        hooks.find(|hook| hook.name == name).unwrap()
    }

    async fn run(&self, hook: &str) -> Result<Outcome, Error> {
        let outputs = Outputs::new();
        let target = Target {
            cluster: &self.cluster,
            component: &self.component,
            files: &self.files,
            outputs: &outputs,
        };
        preparation::run(&self.ctx, target, self.hook(hook), &CancellationToken::new()).await
    }

    async fn kept(&self, hook: &str) -> Option<Vec<String>> {
        let outcome = preparation::outputs(&self.ctx, &self.component, self.hook(hook))
            .await
            .unwrap();
        outcome.map(|outcome| outcome.outputs.into_keys().collect())
    }

    async fn jobs(&self) -> Vec<Json> {
        let jobs = ObjectRef::new("batch/v1", "Job", "").in_namespace(NAMESPACE);
        self.ctx.cluster.list(&jobs, "").await.unwrap()
    }
}

fn files(annotations: &str) -> FileSet {
    let job = format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {{ name: job, annotations: {{ commit: {{{{quote commit}}}} }} }}\nspec:\n  backoffLimit: 0\n  template:\n    metadata: {{ annotations: {{ {annotations} }} }}\n    spec:\n      restartPolicy: Never\n      containers: [ {{ name: main, image: x }} ]\n"
    );
    [
        ("cluster.yaml", CLUSTER.as_bytes().to_vec()),
        (
            "chart/Chart.yaml",
            b"apiVersion: v2\nname: web\nversion: 1.0.0\n".to_vec(),
        ),
        ("hooks/job.yaml", job.into_bytes()),
    ]
    .into_iter()
    .collect()
}

const GIVES: &str = r#"sandbox.deploy-manager/log: "working\n{\"user\": \"canary\"}""#;
const FAILS: &str = "sandbox.deploy-manager/outcome: fail";

#[tokio::test]
async fn a_secret_is_made_once_and_never_overwritten() {
    let stage = Stage::new("").await;
    let first = stage.run("passwords").await.unwrap();
    assert_eq!(first.outputs.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(stage.run("passwords").await.unwrap(), first);
    assert_eq!(stage.sandbox.writes().len(), 1);

    let target = ObjectRef::new("v1", "Secret", "web-passwords").in_namespace(NAMESPACE);
    let mut live = stage.ctx.cluster.get(&target).await.unwrap().unwrap();
    live["data"].as_object_mut().unwrap().remove("b");
    stage
        .ctx
        .cluster
        .replace(&live, &WriteOptions::default())
        .await
        .unwrap();
    assert_eq!(stage.kept("passwords").await, None);
    let again = stage.run("passwords").await.unwrap();
    assert_eq!(again.outputs["a"], first.outputs["a"]);
    assert!(again.outputs["b"] != first.outputs["b"]);
}

#[tokio::test]
async fn an_init_job_runs_once_and_its_outputs_are_kept() {
    let mut stage = Stage::new(GIVES).await;
    assert_eq!(stage.kept("make").await, None);
    let outcome = stage.run("make").await.unwrap();
    assert_eq!(outcome.outputs["user"].reveal(), "canary");
    assert_eq!(outcome.log, "working\n(outputs: user)");
    assert_eq!(stage.kept("make").await, Some(vec!["user".to_owned()]));
    assert_eq!(
        stage.jobs().await[0]["metadata"]["annotations"]["commit"],
        json!("c1")
    );

    // The next run picks the finished Job up.
    stage.next("r2", GIVES);
    stage.sandbox.forget_requests();
    assert_eq!(stage.run("make").await.unwrap(), outcome);
    assert!(
        !stage
            .sandbox
            .writes()
            .iter()
            .any(|seen| seen.path.ends_with("/jobs"))
    );

    // Other content is another Job, and the former one goes.
    let before = stage.jobs().await[0]["metadata"]["name"].clone();
    stage.next("r3", "x: y");
    let outcome = stage.run("make").await.unwrap();
    assert!(outcome.outputs.is_empty());
    let jobs = stage.jobs().await;
    assert_eq!(jobs.len(), 1);
    assert_ne!(jobs[0]["metadata"]["name"], before);
    assert_eq!(stage.kept("make").await, Some(Vec::new()));
}

#[tokio::test]
async fn a_pre_processing_job_runs_once_in_each_run() {
    let mut stage = Stage::new("").await;
    stage.run("backup").await.unwrap();
    stage.run("backup").await.unwrap();
    let first = stage.jobs().await;
    assert_eq!(first.len(), 1);
    stage.next("r2", "");
    stage.run("backup").await.unwrap();
    let second = stage.jobs().await;
    assert_eq!(second.len(), 1);
    assert_ne!(first[0]["metadata"]["uid"], second[0]["metadata"]["uid"]);
    assert_eq!(stage.kept("backup").await, None);
}

#[tokio::test]
async fn a_failed_job_tells_its_log_and_is_made_anew() {
    let mut stage = Stage::new(FAILS).await;
    let error = stage.run("make").await.unwrap_err();
    let Error::Failed { log, reason, .. } = &error else {
        panic!("{error}")
    };
    assert!(reason.contains("failed") && !log.is_empty(), "{error}: {log}");
    let first = stage.jobs().await[0]["metadata"]["uid"].clone();
    stage.next("r2", FAILS);
    stage.run("make").await.unwrap_err();
    let jobs = stage.jobs().await;
    assert_eq!(jobs.len(), 1);
    assert_ne!(jobs[0]["metadata"]["uid"], first);
}

#[tokio::test]
async fn a_job_that_takes_too_long_goes_on_and_is_picked_up() {
    let mut stage = Stage::new("sandbox.deploy-manager/delay: 700ms").await;
    let web = stage.cluster.components.get_mut(&stage.component).unwrap();
    web.init[1].timeout = Duration::from_millis(200);
    let error = stage.run("make").await.unwrap_err();
    assert!(matches!(error, Error::Failed { .. }), "{error}");
    let web = stage.cluster.components.get_mut(&stage.component).unwrap();
    web.init[1].timeout = Duration::from_secs(20);
    let first = stage.jobs().await[0]["metadata"]["uid"].clone();
    stage.run("make").await.unwrap();
    assert_eq!(stage.jobs().await[0]["metadata"]["uid"], first);
}
