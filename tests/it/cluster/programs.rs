//! The programs of the control plane, and how they are started.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Free ports of loopback.
pub struct Ports {
    pub etcd: u16,
    pub etcd_peers: u16,
    pub server: u16,
    pub kubelet: u16,
}

impl Ports {
    pub fn take() -> Ports {
        let listeners: Vec<_> = (0..4)
            .map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap())
            .collect();
        let mut ports = listeners
            .iter()
            .map(|listener| listener.local_addr().unwrap().port());
        let mut next = || ports.next().unwrap();
        Ports {
            etcd: next(),
            etcd_peers: next(),
            server: next(),
            kubelet: next(),
        }
    }
}

/// The folder with the programs, as `tests/cluster/build` made it.
pub fn find() -> Result<PathBuf, String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster/build");
    let said = Command::new(script)
        .arg("--find")
        .output()
        .map_err(|error| format!("{script}: {error}"))?;
    if said.status.success() {
        Ok(String::from_utf8_lossy(&said.stdout).trim().into())
    } else {
        Err("`tests/cluster/build` has not built it yet, and $KUBECONFIG_TEST names none".to_owned())
    }
}

/// The files of the harness, in its folder.
pub fn etcd(ports: &Ports) -> Vec<String> {
    let (clients, peers) = (
        format!("http://127.0.0.1:{}", ports.etcd),
        format!("http://127.0.0.1:{}", ports.etcd_peers),
    );
    vec![
        "--data-dir=etcd".to_owned(),
        "--unsafe-no-fsync".to_owned(),
        "--log-level=warn".to_owned(),
        format!("--listen-client-urls={clients}"),
        format!("--advertise-client-urls={clients}"),
        format!("--listen-peer-urls={peers}"),
        format!("--initial-advertise-peer-urls={peers}"),
        format!("--initial-cluster=default={peers}"),
    ]
}

pub fn api_server(ports: &Ports) -> Vec<String> {
    let mut arguments: Vec<String> = [
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        "--client-ca-file=ca.crt",
        "--tls-cert-file=server.crt",
        "--tls-private-key-file=server.key",
        "--kubelet-client-certificate=admin.crt",
        "--kubelet-client-key=admin.key",
        "--kubelet-preferred-address-types=InternalIP",
        "--service-cluster-ip-range=10.96.0.0/12",
        "--service-account-issuer=https://tests",
        "--service-account-key-file=tokens.pub",
        "--service-account-signing-key-file=tokens.key",
        "--authorization-mode=RBAC",
        "--allow-privileged=true",
        "--audit-policy-file=audit.yaml",
        "--audit-log-path=audit.log",
        "--audit-log-mode=blocking",
    ]
    .map(str::to_owned)
    .into();
    arguments.push(format!("--etcd-servers=http://127.0.0.1:{}", ports.etcd));
    arguments.push(format!("--secure-port={}", ports.server));
    arguments
}

pub fn controller_manager() -> Vec<String> {
    [
        "--kubeconfig=controller-manager.kubeconfig",
        "--service-account-private-key-file=tokens.key",
        "--root-ca-file=ca.crt",
        "--leader-elect=false",
        "--secure-port=0",
        // Tests wait for what controllers do.
        "--concurrent-deployment-syncs=10",
        "--concurrent-replicaset-syncs=10",
        "--concurrent-statefulset-syncs=10",
        "--concurrent-job-syncs=10",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
    ]
    .map(str::to_owned)
    .into()
}

pub fn scheduler() -> Vec<String> {
    [
        "--kubeconfig=scheduler.kubeconfig",
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
    ]
    .map(str::to_owned)
    .into()
}

/// With kwok's own stages for nodes and for the deletion of pods, and ours for the rest.
pub fn kwok(ports: &Ports, programs: &Path) -> Vec<String> {
    let mut stages: Vec<PathBuf> = std::fs::read_dir(programs.join("stages"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            !path.ends_with("pod-fast-pod-ready.yaml") && !path.ends_with("pod-fast-pod-complete.yaml")
        })
        .collect();
    stages.extend(["pods.yaml", "volumes.yaml", "logs.yaml"].map(PathBuf::from));
    let mut arguments = vec![
        "--kubeconfig=kwok.kubeconfig".to_owned(),
        "--manage-all-nodes".to_owned(),
        "--node-ip=127.0.0.1".to_owned(),
        "--tls-cert-file=server.crt".to_owned(),
        "--tls-private-key-file=server.key".to_owned(),
        format!("--node-port={}", ports.kubelet),
        format!("--server-address=127.0.0.1:{}", ports.kubelet),
    ];
    arguments.extend(stages.iter().map(|path| format!("--config={}", path.display())));
    arguments
}
