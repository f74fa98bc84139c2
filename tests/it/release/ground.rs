//! Two servers for one body of tests: the sandbox, and a real control plane.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use deploy_manager::k8s::{Cluster, Connection, DeleteOptions, ObjectRef};
use deploy_manager::sandbox::{Sandbox, Seen};
use tempfile::TempDir;

use crate::cluster::{self, Plane, Real};

/// What a test stands on.
#[derive(Clone, Copy)]
pub enum Ground {
    Sandbox,
    Real(&'static Real),
}

impl Ground {
    /// The real server, if there is one here (see [`cluster::real`]).
    pub fn real(what: &str) -> Option<Ground> {
        cluster::real(what).map(Ground::Real)
    }
}

/// Makes two tests of each function: `sandbox::NAME` and `real::NAME`.
macro_rules! on_both_servers {
    ($($name:ident),* $(,)?) => {
        mod sandbox {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::release::ground::Ground::Sandbox).await;
            })*
        }
        mod real {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                if let Some(ground) = $crate::release::ground::Ground::real(concat!(module_path!(), "::", stringify!($name))) {
                    super::$name(ground).await;
                }
            })*
        }
    };
}
pub(crate) use on_both_servers;

/// The sandbox of a scene, for tests that look into it or harm it.
pub struct OnSandbox(pub Option<Sandbox>);

impl Deref for OnSandbox {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        self.0.as_ref().expect("this test runs on the sandbox alone")
    }
}

/// A namespace on a real server. On somebody else's server it is deleted in the end.
pub struct OnReal {
    real: &'static Real,
    namespace: String,
    /// Where the scene's part of the audit log begins.
    mark: AtomicU64,
    /// To put a mark into the audit log.
    cluster: Cluster,
}

impl OnReal {
    /// Makes the namespace and the kubeconfigs for it in the folder: `kubeconfig`, which ours and real programs use, has
    /// rights in the namespace alone, `admin` has all.
    pub async fn new(real: &'static Real, folder: &TempDir, has_all_rights: bool) -> OnReal {
        let namespace = format!("t-{}", uuid::Uuid::new_v4());
        let admin = folder.path().join("admin");
        std::fs::write(&admin, with_namespace(&real.admin, &namespace)).unwrap();
        let cluster = connect(admin.clone()).await;
        cluster::grant(&cluster, &namespace).await;
        let text = match &real.plane {
            Some(plane) if !has_all_rights => plane.tenant(&namespace),
            _ => std::fs::read_to_string(&admin).unwrap(),
        };
        std::fs::write(folder.path().join("kubeconfig"), text).unwrap();
        OnReal {
            real,
            mark: AtomicU64::new(real.plane.as_ref().map_or(0, Plane::mark)),
            namespace,
            cluster,
        }
    }

    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The requests to the namespace since [`OnReal::forget`], by whomsoever but controllers. Nothing on somebody else's
    /// server, which has no audit log for us.
    pub async fn requests(&self) -> Vec<Seen> {
        let Some(plane) = &self.real.plane else {
            return Vec::new();
        };
        // An answer may be here before its line in the log.
        let marker = uuid::Uuid::new_v4().to_string();
        let at = ObjectRef::new("v1", "ConfigMap", &marker).in_namespace(&self.namespace);
        self.cluster.get(&at).await.unwrap();
        let start = Instant::now();
        loop {
            let mut asked = plane.asked(self.mark.load(Ordering::SeqCst));
            asked.retain(|asked| asked.namespace == self.namespace);
            if asked.iter().any(|asked| asked.seen.path.ends_with(&marker)) {
                return asked.into_iter().map(|asked| asked.seen).collect();
            }
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "no mark in the audit log"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn forget(&self) {
        self.requests().await;
        if let Some(plane) = &self.real.plane {
            self.mark.store(plane.mark(), Ordering::SeqCst);
        }
    }
}

impl Drop for OnReal {
    fn drop(&mut self) {
        if self.real.plane.is_some() {
            return;
        }
        let (cluster, namespace) = (self.cluster.clone(), self.namespace.clone());
        block(async move {
            let at = ObjectRef::new("v1", "Namespace", &namespace);
            let _ = cluster.delete(&at, &DeleteOptions::default()).await;
        });
    }
}

/// Waits in a test that is not `async`; the test's runtime has several threads.
pub fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(work))
}

pub async fn connect(kubeconfig: PathBuf) -> Cluster {
    let connection = Connection {
        kubeconfig: Some(kubeconfig),
        ..Connection::default()
    };
    Cluster::connect(&connection).await.unwrap()
}

/// A kubeconfig whose current context has this namespace.
fn with_namespace(kubeconfig: &std::path::Path, namespace: &str) -> String {
    let text = std::fs::read_to_string(kubeconfig).unwrap();
    let mut config: serde_json::Value = serde_yaml::from_str(&text).unwrap();
    let current = config["current-context"].clone();
    for context in config["contexts"].as_array_mut().into_iter().flatten() {
        if context["name"] == current {
            context["context"]["namespace"] = namespace.into();
        }
    }
    config.to_string()
}
