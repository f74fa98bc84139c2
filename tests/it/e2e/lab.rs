//! A sandbox with a reconciler on it, and small clusters to sync.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use deploy_manager::base::files::FileSet;
use deploy_manager::daemon::world;
use deploy_manager::k8s::{Cluster, Connection};
use deploy_manager::reconcile::{
    ComponentState, ComponentStatus, Ended, Order, Reason, Reconciler, Settings, Status,
};
use deploy_manager::release::Holder;
use deploy_manager::sandbox::{self, Sandbox};
use deploy_manager::source::git::{Commit, Snapshot};
use serde_json::Value as Json;
use tokio_util::sync::CancellationToken;

pub const NAMESPACE: &str = "east";

/// A sandbox, and what it takes to sync on it.
pub struct Lab {
    pub sandbox: Sandbox,
    pub cluster: Cluster,
    pub kubeconfig: PathBuf,
    pub folder: tempfile::TempDir,
}

impl Lab {
    pub async fn new() -> Lab {
        let settings = sandbox::Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            delay: Duration::from_millis(20),
            namespaces: vec![NAMESPACE.to_owned()],
        };
        let sandbox = Sandbox::start(settings).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let kubeconfig = folder.path().join("kubeconfig");
        std::fs::write(&kubeconfig, sandbox.kubeconfig(NAMESPACE)).unwrap();
        let connection = Connection {
            kubeconfig: Some(kubeconfig.clone()),
            ..Connection::default()
        };
        let cluster = Cluster::connect(&connection).await.unwrap();
        Lab {
            sandbox,
            cluster,
            kubeconfig,
            folder,
        }
    }
    /// As if the daemon had just started.
    pub async fn reconciler(&self) -> Reconciler {
        self.reconciler_at(world::system().now).await
    }
    /// With another clock.
    pub async fn reconciler_at(&self, now: fn() -> jiff::Timestamp) -> Reconciler {
        let mut world = world::system();
        world.now = now;
        let settings = Settings {
            cluster: self.cluster.clone(),
            namespace: NAMESPACE.parse().unwrap(),
            world,
            holder: Holder {
                identity: "lab".into(),
                start_id: uuid::Uuid::new_v4().to_string(),
                ..Holder::default()
            },
        };
        Reconciler::open(settings).await.unwrap()
    }
    pub fn config_map(&self, name: &str) -> Option<Json> {
        self.sandbox.object("v1", "ConfigMap", NAMESPACE, name)
    }
    /// `data.value` of a component's ConfigMap.
    pub fn value_of(&self, name: &str) -> Option<String> {
        let map = self.config_map(name)?;
        map["data"]["value"].as_str().map(str::to_owned)
    }
    /// Names of release records, sorted: `a.v1`.
    pub async fn records(&self) -> Vec<String> {
        let kind = deploy_manager::k8s::ObjectRef::new("v1", "Secret", "").in_namespace(NAMESPACE);
        let found = self.cluster.list(&kind, "owner=helm").await.unwrap();
        let name = |secret: &Json| {
            let name = secret["metadata"]["name"].as_str().unwrap();
            name.trim_start_matches("sh.helm.release.v1.").to_owned()
        };
        let mut names: Vec<String> = found.iter().map(name).collect();
        names.sort();
        names
    }
    /// Requests that changed something since the last call, as `METHOD path status`.
    pub fn writes(&self) -> Vec<String> {
        let writes = self.sandbox.writes();
        self.sandbox.forget_requests();
        writes.iter().map(ToString::to_string).collect()
    }
}

/// Syncs because somebody pushed.
pub async fn sync(reconciler: &Reconciler, snapshot: &Snapshot) -> Ended {
    sync_for(reconciler, snapshot, Reason::Push).await
}

pub async fn sync_for(reconciler: &Reconciler, snapshot: &Snapshot, reason: Reason) -> Ended {
    let order = order(reason);
    reconciler
        .sync(snapshot, &order, &CancellationToken::new())
        .await
        .unwrap()
}

pub fn order(reason: Reason) -> Order {
    Order {
        run: format!("run-{}", uuid::Uuid::new_v4()),
        reason,
    }
}

pub fn status(reconciler: &Reconciler) -> Arc<Status> {
    reconciler.status().borrow().clone()
}

pub fn component(reconciler: &Reconciler, name: &str) -> ComponentStatus {
    let status = status(reconciler);
    let found = status.components.iter().find(|shown| shown.name == name);
    found
        .unwrap_or_else(|| panic!("no {name} in {status:#?}"))
        .clone()
}

/// `a=Ready b=Blocked`.
pub fn states(reconciler: &Reconciler) -> String {
    let shown = |component: &ComponentStatus| format!("{}={:?}", component.name, component.state);
    let shown: Vec<String> = status(reconciler).components.iter().map(shown).collect();
    shown.join(" ")
}

/// Waits until the status is as asked, at most ten seconds.
pub async fn until(reconciler: &Reconciler, what: &str, mut is_so: impl FnMut(&Status) -> bool) {
    let mut status = reconciler.status();
    let wait = status.wait_for(|status| is_so(status));
    let waited = tokio::time::timeout(Duration::from_secs(10), wait).await;
    assert!(
        waited.is_ok(),
        "never {what}: {:#?}",
        *reconciler.status().borrow()
    );
}

pub fn is_running(status: &Status, name: &str) -> bool {
    let mut components = status.components.iter();
    components.any(|shown| shown.name == name && shown.state == ComponentState::Running)
}

/// A repository whose commits are made of its files.
#[derive(Clone)]
pub struct Repo {
    pub files: BTreeMap<String, String>,
    commits: u32,
}

/// Renders to one ConfigMap with `.Values.value`.
pub const CONFIG_TEMPLATE: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  value: {{ .Values.value | quote }}
";

/// Components `a`, `b` (needs `a`) and `c`, each with a chart of its own and one parameter of its own.
pub fn abc() -> Repo {
    let mut repo = Repo {
        files: BTreeMap::new(),
        commits: 0,
    };
    repo.set("parameters.yaml", "a: one\nb: one\nc: one\n");
    for name in ["a", "b", "c"] {
        repo.chart(name, "1.0.0");
        repo.set(&format!("charts/{name}/templates/config.yaml"), CONFIG_TEMPLATE);
        repo.set(
            &format!("values/{name}.yaml"),
            &format!("value: {{{{quote parameters.{name}}}}}\n"),
        );
    }
    repo.set(
        "cluster.yaml",
        "\
apiVersion: deploy-manager/v1
kind: Cluster
metadata: { name: lab }
helm: { version: \"3.17.2\" }
parameters: [parameters.yaml]
defaults: { timeout: 20s }
components:
  a:
    version: \"1\"
    chart: { path: charts/a, version: 1.0.0 }
    values: [values/a.yaml]
  b:
    version: \"1\"
    dependsOn: [a]
    chart: { path: charts/b, version: 1.0.0 }
    values: [values/b.yaml]
  c:
    version: \"1\"
    chart: { path: charts/c, version: 1.0.0 }
    values: [values/c.yaml]
",
    );
    repo
}

impl Repo {
    pub fn set(&mut self, path: &str, text: &str) {
        self.files.insert(path.to_owned(), text.to_owned());
    }
    pub fn edit(&mut self, path: &str, from: &str, to: &str) {
        let text = &self.files[path];
        assert!(text.contains(from), "{path} has no `{from}`:\n{text}");
        let text = text.replacen(from, to, 1);
        self.set(path, &text);
    }
    pub fn remove(&mut self, prefix: &str) {
        self.files.retain(|path, _| !path.starts_with(prefix));
    }
    pub fn chart(&mut self, name: &str, version: &str) {
        let text = format!("apiVersion: v2\nname: {name}\nversion: {version}\n");
        self.set(&format!("charts/{name}/Chart.yaml"), &text);
    }
    /// A new commit of these files.
    pub fn commit(&mut self) -> Snapshot {
        self.commits += 1;
        let files: FileSet = self
            .files
            .iter()
            .map(|(path, text)| (path.clone(), text.as_bytes()))
            .collect();
        Snapshot {
            commit: Commit {
                id: format!("{:040x}", self.commits),
                subject: format!("commit {}", self.commits),
                message: String::new(),
                author: "Lab <lab@example.org>".into(),
                time: 0,
            },
            files: Arc::new(files),
        }
    }
}
