//! A namespace on a sandbox, charts as data, and the real programs.

use std::collections::BTreeMap;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deploy_manager::helm::chart::{Chart, File, Metadata};
use deploy_manager::helm::engines::{Engine, HELM_3_17_2};
use deploy_manager::helm::hook::Hook;
use deploy_manager::helm::render::Rendered;
use deploy_manager::k8s::{Cluster, ObjectRef};
use deploy_manager::release::{self, Context, Driver, Error, Holder, Options, Outcome};
use deploy_manager::sandbox::{Fault, Harm, Sandbox, Seen, Settings};
use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::ground::{Ground, OnReal, OnSandbox, block, connect};
use crate::cluster::Real;
use crate::peer;

pub const NAMESPACE: &str = "prod";

/// A namespace on a server, a connection to it, and a folder with its kubeconfig.
pub struct Scene {
    pub sandbox: OnSandbox,
    pub real: Option<OnReal>,
    pub cluster: Cluster,
    pub folder: TempDir,
    pub namespace: String,
}

impl Scene {
    /// On either server.
    pub async fn on(ground: Ground) -> Scene {
        match ground {
            Ground::Sandbox => Scene::start().await,
            Ground::Real(real) => Scene::start_on(real, false).await,
        }
    }

    /// The same, with rights outside the namespace.
    pub async fn with_all_rights(ground: Ground) -> Scene {
        match ground {
            Ground::Sandbox => Scene::start().await,
            Ground::Real(real) => Scene::start_on(real, true).await,
        }
    }

    async fn start_on(real: &'static Real, has_all_rights: bool) -> Scene {
        let folder = TempDir::new().unwrap();
        let real = OnReal::new(real, &folder, has_all_rights).await;
        Scene {
            sandbox: OnSandbox(None),
            cluster: connect(folder.path().join("kubeconfig")).await,
            namespace: real.namespace().to_owned(),
            real: Some(real),
            folder,
        }
    }

    /// On a sandbox.
    pub async fn start() -> Scene {
        let settings = Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            delay: Duration::from_millis(20),
            namespaces: vec![NAMESPACE.to_owned()],
        };
        let sandbox = Sandbox::start(settings).await.unwrap();
        let folder = TempDir::new().unwrap();
        let kubeconfig = folder.path().join("kubeconfig");
        std::fs::write(&kubeconfig, sandbox.kubeconfig(NAMESPACE)).unwrap();
        Scene {
            sandbox: OnSandbox(Some(sandbox)),
            real: None,
            cluster: connect(kubeconfig).await,
            folder,
            namespace: NAMESPACE.to_owned(),
        }
    }

    /// A process of its own.
    pub fn context(&self, start_id: &str) -> Context {
        self.context_of(start_id, &HELM_3_17_2)
    }

    pub fn context_of(&self, start_id: &str, engine: &'static Engine) -> Context {
        Context {
            cluster: self.cluster.clone(),
            namespace: self.namespace.parse().unwrap(),
            driver: Driver::Secret,
            engine,
            holder: Holder {
                identity: "pod-1".to_owned(),
                start_id: start_id.to_owned(),
                lease_transitions: 1,
                run: "run-1".to_owned(),
            },
            now: jiff::Timestamp::now,
        }
    }

    /// Observes and deploys.
    pub async fn deploy(&self, rendered: &Rendered, options: &Options) -> Result<Outcome, Error> {
        deploy_as(&self.context("a"), rendered, options).await
    }

    pub fn object(&self, kind: &str, name: &str) -> Option<Json> {
        let api_version = match kind {
            "Deployment" | "StatefulSet" => "apps/v1",
            "Job" => "batch/v1",
            _ => "v1",
        };
        match &self.sandbox.0 {
            Some(sandbox) => sandbox.object(api_version, kind, &self.namespace, name),
            None => self.found(&ObjectRef::new(api_version, kind, name)),
        }
    }

    /// An object of the scene's namespace, by its server's answer.
    pub fn found(&self, at: &ObjectRef) -> Option<Json> {
        let at = at.clone().in_namespace(&self.namespace);
        block(self.cluster.get(&at)).unwrap()
    }

    /// Starts to count requests anew.
    pub fn forget_requests(&self) {
        match &self.real {
            Some(real) => block(real.forget()),
            None => self.sandbox.forget_requests(),
        }
    }

    /// The writes since [`Scene::forget_requests`].
    pub fn writes(&self) -> Vec<Seen> {
        match &self.real {
            Some(real) => block(real.requests())
                .into_iter()
                .filter(Seen::is_write)
                .collect(),
            None => self.sandbox.writes(),
        }
    }

    /// `1 superseded, 2 deployed`
    pub async fn statuses(&self, name: &str) -> String {
        let observed = release::observe(&self.context("reader"), &name.parse().unwrap())
            .await
            .unwrap();
        let texts: Vec<String> = observed
            .history
            .iter()
            .map(|revision| format!("{} {}", revision.revision, revision.status))
            .collect();
        texts.join(", ")
    }

    /// Writes to anything but records and journals since [`Scene::forget_requests`].
    pub fn object_writes(&self) -> Vec<String> {
        let is_ours =
            |path: &str| path.contains("/sh.helm.release.v1.") || path.contains("/deploy-manager-journal-");
        let is_record = |method: &str, path: &str| method == "POST" && path.ends_with("/secrets");
        let writes = self.writes();
        let objects = writes
            .iter()
            .filter(|seen| !is_ours(&seen.path) && !is_record(&seen.method, &seen.path));
        objects
            .map(|seen| format!("{} {}", seen.method, seen.path))
            .collect()
    }

    /// Stops the `number`-th write from now on, counted from 0, before it is done; tells when it has come to that.
    pub fn hang_at_write(&self, number: usize) -> Arc<Notify> {
        let count = AtomicUsize::new(0);
        let reached = Arc::new(Notify::new());
        let notify = Arc::clone(&reached);
        let is_it = move |method: &str, _: &str| {
            let is_it = !matches!(method, "GET" | "HEAD") && count.fetch_add(1, Ordering::SeqCst) == number;
            if is_it {
                notify.notify_one();
            }
            is_it
        };
        self.sandbox.harm(Fault {
            matches: Box::new(is_it),
            times: 1,
            harm: Harm::Delay(Duration::from_secs(3600)),
        });
        reached
    }

    /// Runs a real program with the scene's kubeconfig, bounded in time and memory; `None` where it is not here.
    pub async fn program(&self, name: &str, arguments: &[&str]) -> Option<Output> {
        self.program_with(name, arguments, &[]).await
    }

    /// This program, in the same way.
    pub async fn own_program(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let path = std::path::Path::new(env!("CARGO_BIN_EXE_deploy-manager"));
        self.start_program(path, arguments, environment).await
    }

    /// With more environment.
    pub async fn program_with(
        &self,
        name: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Option<Output> {
        let path = peer::find(name)?;
        Some(self.start_program(&path, arguments, environment).await)
    }

    async fn start_program(
        &self,
        path: &std::path::Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Output {
        let script = "ulimit -v 8000000; exec timeout 60 \"$0\" \"$@\"";
        let mut command = tokio::process::Command::new("bash");
        command
            .args(["-c", script])
            .arg(path)
            .args(arguments)
            .current_dir(self.folder.path());
        command.env("KUBECONFIG", self.folder.path().join("kubeconfig"));
        command.env("HOME", self.folder.path());
        command.env("TZ", "UTC");
        command.envs(environment.iter().copied());
        command.output().await.unwrap()
    }

    /// The same, which must succeed; its output.
    pub async fn run(&self, name: &str, arguments: &[&str]) -> Option<String> {
        let output = self.program(name, arguments).await?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let both = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success(), "{name} {arguments:?}: {both}");
        Some(text(&output.stdout))
    }

    /// Writes a chart folder and gives its path.
    pub fn chart(&self, name: &str, files: &[(&str, &str)]) -> String {
        let folder = self.folder.path().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        let meta = format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\nappVersion: \"7\"\n");
        for (path, text) in files.iter().copied().chain([("Chart.yaml", meta.as_str())]) {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder.to_str().unwrap().to_owned()
    }
}

pub async fn deploy_as(ctx: &Context, rendered: &Rendered, options: &Options) -> Result<Outcome, Error> {
    let name = rendered.chart.metadata.name.parse().unwrap();
    let observed = release::observe(ctx, &name).await?;
    release::deploy(ctx, &observed, rendered, options, &CancellationToken::new()).await
}

/// Patient in nothing: tests that wait for a time-out set their own.
pub fn options() -> Options {
    Options {
        timeout: Duration::from_secs(20),
        ..Options::default()
    }
}

// === Charts as data ===

/// What rendering would give for a release that is named as its chart.
pub fn rendered(name: &str, documents: &[&str]) -> Rendered {
    let document = |text: &&str| format!("---\n# Source: {name}/templates/all.yaml\n{text}\n");
    let chart = Chart {
        metadata: Metadata {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            api_version: "v2".to_owned(),
            app_version: "7".to_owned(),
            ..Metadata::default()
        },
        templates: vec![File {
            name: "templates/all.yaml".to_owned(),
            data: documents.join("\n---\n").as_bytes().into(),
        }],
        ..Chart::default()
    };
    Rendered {
        manifest: documents.iter().map(document).collect(),
        notes: "have fun".to_owned(),
        config: serde_json::Map::from_iter([("color".to_owned(), Json::from("blue"))]),
        chart: Arc::new(chart),
        ..Rendered::default()
    }
}

pub fn config_map(name: &str, value: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  key: \"{value}\"")
}

/// A Deployment of one pod, which the sandbox makes ready.
pub fn deployment(name: &str, image: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n  selector: {{matchLabels: {{app: {name}}}}}\n  \
         template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec:\n      containers:\n      - {{name: main, image: \"{image}\"}}"
    )
}

/// A hook that is a Job.
pub fn job_hook(name: &str, events: &[&str], annotations: &str) -> Hook {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Hook {
        name: name.to_owned(),
        kind: "Job".to_owned(),
        path: format!("web/templates/{name}.yaml"),
        manifest: format!(
            "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {name}\n  annotations: {{{annotations}}}\nspec:\n  backoffLimit: 0\n  \
             template:\n    metadata:\n      annotations: {{{annotations}}}\n    spec:\n      restartPolicy: Never\n      containers:\n      \
             - {{name: main, image: migrate}}"
        ),
        events: texts(events),
        ..Hook::default()
    }
}

pub fn data(object: Option<&Json>) -> BTreeMap<String, String> {
    let fields = object
        .and_then(|object| object.get("data"))
        .and_then(Json::as_object);
    let fields = fields.into_iter().flatten();
    fields
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}

pub fn config_map_ref(name: &str) -> ObjectRef {
    ObjectRef::new("v1", "ConfigMap", name).in_namespace(NAMESPACE)
}
