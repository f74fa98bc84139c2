//! Starting the control plane, and what tests want of it.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use deploy_manager::k8s::{Cluster, Connection, ObjectRef, WriteOptions};
use serde_json::json;

use super::audit::{self, Asked};
use super::certificates::{Authority, Signed, token_key};
use super::kubeconfig::kubeconfig;
use super::process::Keeper;
use super::programs::{self, Ports};

/// On a machine that does other things too; it takes 7 s otherwise.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the containers of all pods print, as a container runtime writes it down.
const POD_LOG: &str = "2026-01-01T00:00:00.000000000Z stdout F this is the log of a pod: nothing was run\n";

/// What charts of OpenStack select their nodes by.
const NODE_LABELS: [&str; 4] = [
    "openstack-control-plane",
    "openstack-compute-node",
    "openvswitch",
    "linuxbridge",
];

/// The user that may do everything in the namespaces given to it, and nothing outside of them.
pub const TENANT: &str = "tenant";

/// A running control plane. It ends with this process.
pub struct Plane {
    folder: PathBuf,
    server: String,
    authority: Authority,
    tenant: Signed,
    keeper: Keeper,
}

impl Plane {
    /// Starts all programs and waits until pods run; the runtime for that is its own.
    pub fn start() -> Result<Plane, String> {
        let programs = programs::find()?;
        let folder = tempfile::Builder::new()
            .prefix("deploy-manager-cluster-")
            .tempdir()
            .map_err(|error| format!("no temporary folder: {error}"))?
            .keep();
        let ports = Ports::take();
        let plane = Plane {
            keeper: Keeper::of(&folder),
            server: format!("https://127.0.0.1:{}", ports.server),
            authority: Authority::new(),
            tenant: Signed::default(),
            folder,
        }
        .furnished();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(plane.run(&programs, &ports))?;
        Ok(plane)
    }

    /// A kubeconfig with all rights.
    pub fn admin(&self) -> PathBuf {
        self.folder.join("admin.kubeconfig")
    }

    /// A kubeconfig with the rights that [`grant`] gives in this namespace.
    pub fn tenant(&self, namespace: &str) -> String {
        kubeconfig(&self.server, &self.authority, &self.tenant, namespace)
    }

    /// The requests that were answered since this place in the audit log, watches and controllers left out.
    pub fn asked(&self, since: u64) -> Vec<Asked> {
        audit::read(&self.folder.join("audit.log"), since)
    }

    /// Where the audit log ends now.
    pub fn mark(&self) -> u64 {
        std::fs::metadata(self.folder.join("audit.log")).map_or(0, |data| data.len())
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).unwrap();
    }

    /// Writes all files that the programs read.
    fn furnished(mut self) -> Plane {
        let authority = &self.authority;
        self.write("ca.crt", &authority.certificate);
        let server = authority.server("kube-apiserver");
        self.write("server.crt", &server.certificate);
        self.write("server.key", &server.key);
        let (private, public) = token_key();
        self.write("tokens.key", &private);
        self.write("tokens.pub", &public);
        let masters = Some("system:masters");
        for (file, user, group) in [
            ("admin", "admin", masters),
            ("kwok", "kwok", masters),
            // All rights, lest they end before the server has made their roles.
            ("controller-manager", "system:kube-controller-manager", masters),
            ("scheduler", "system:kube-scheduler", masters),
        ] {
            let client = authority.client(user, group);
            let text = kubeconfig(&self.server, authority, &client, "default");
            self.write(&format!("{file}.kubeconfig"), &text);
            self.write(&format!("{file}.crt"), &client.certificate);
            self.write(&format!("{file}.key"), &client.key);
        }
        self.write("pod.log", POD_LOG);
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/config");
        for name in ["audit.yaml", "pods.yaml", "volumes.yaml", "logs.yaml"] {
            let text = std::fs::read_to_string(config.join(name)).unwrap();
            let log = self.folder.join("pod.log");
            self.write(name, &text.replace("POD_LOG", &log.display().to_string()));
        }
        self.tenant = self.authority.client(TENANT, None);
        self
    }

    async fn run(&self, programs: &Path, ports: &Ports) -> Result<(), String> {
        let start = |name: &'static str, arguments: Vec<String>| Program {
            name,
            child: self.keeper.start(&programs.join(name), &arguments),
        };
        let mut running = vec![
            start("etcd", programs::etcd(ports)),
            start("kube-apiserver", programs::api_server(ports)),
        ];
        let cluster = self.answering(&mut running).await?;
        running.push(start("kube-controller-manager", programs::controller_manager()));
        running.push(start("kube-scheduler", programs::scheduler()));
        running.push(start("kwok", programs::kwok(ports, programs)));
        for number in 1..=3 {
            self.until("nodes can be made", &mut running, async || {
                let made = cluster.create(&node(number), &WriteOptions::default()).await;
                made.is_ok() || made.is_err_and(|error| error.is_already_exists())
            })
            .await?;
        }
        self.until("the default service account is there", &mut running, async || {
            let account = ObjectRef::new("v1", "ServiceAccount", "default").in_namespace("default");
            matches!(cluster.get(&account).await, Ok(Some(_)))
        })
        .await?;
        self.until("the roles are there", &mut running, async || {
            let rbac = |kind: &str, name: &str| ObjectRef::new("rbac.authorization.k8s.io/v1", kind, name);
            let role = cluster.get(&rbac("ClusterRole", "cluster-admin")).await;
            let binding = cluster.get(&rbac("ClusterRoleBinding", "system:discovery")).await;
            matches!((role, binding), (Ok(Some(_)), Ok(Some(_))))
        })
        .await?;
        self.until("the nodes are ready", &mut running, async || {
            let nodes = cluster.list(&ObjectRef::new("v1", "Node", ""), "").await;
            nodes.is_ok_and(|nodes| nodes.iter().all(is_ready))
        })
        .await
    }

    async fn answering(&self, running: &mut [Program]) -> Result<Cluster, String> {
        let connection = Connection {
            kubeconfig: Some(self.admin()),
            ..Connection::default()
        };
        let cluster = Cluster::connect(&connection)
            .await
            .map_err(|error| error.to_string())?;
        self.until("the API server answers", running, async || {
            cluster.server_version().await.is_ok()
        })
        .await?;
        Ok(cluster)
    }

    /// Asks until the answer is yes; fails with the output of a program that has ended, or of all in the end.
    async fn until(
        &self,
        what: &str,
        running: &mut [Program],
        mut is_so: impl AsyncFnMut() -> bool,
    ) -> Result<(), String> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if is_so().await {
                return Ok(());
            }
            for program in running.iter_mut() {
                if let Ok(Some(status)) = program.child.try_wait() {
                    let log = self.keeper.log(program.name);
                    return Err(format!("{} has ended ({status}):\n{log}", program.name));
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let logs: Vec<String> = running
            .iter()
            .map(|program| format!("{}:\n{}", program.name, self.keeper.log(program.name)))
            .collect();
        Err(format!("{what}: not after {PATIENCE:?}\n{}", logs.join("\n")))
    }
}

struct Program {
    name: &'static str,
    child: Child,
}

fn node(number: usize) -> serde_json::Value {
    let name = format!("node-{number}");
    let mut labels = json!({
        "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
    });
    for label in NODE_LABELS {
        labels[label] = "enabled".into();
    }
    json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}})
}

fn is_ready(node: &serde_json::Value) -> bool {
    let conditions = node["status"]["conditions"].as_array();
    let is_true = conditions.is_some_and(|list| {
        list.iter()
            .any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
    });
    is_true && node["spec"]["taints"].is_null()
}

/// Makes a namespace that the tenant may do everything in.
pub async fn grant(admin: &Cluster, namespace: &str) {
    let options = WriteOptions::default();
    let made = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
    admin.create(&made, &options).await.unwrap();
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {"name": TENANT, "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": TENANT}],
    });
    admin.create(&binding, &options).await.unwrap();
    let account = ObjectRef::new("v1", "ServiceAccount", "default").in_namespace(namespace);
    let start = Instant::now();
    while admin.get(&account).await.unwrap().is_none() {
        assert!(start.elapsed() < PATIENCE, "{namespace} gets no service account");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
