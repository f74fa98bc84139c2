//! An in-memory Kubernetes API server for a fresh machine and for tests.

use std::net::SocketAddr;
use std::time::Duration;

/// How a sandbox behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Loopback address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How long until workloads are ready and Jobs are done.
    pub delay: Duration,
    /// Namespaces that exist from the start, beside `default`, `kube-system` ….
    pub namespaces: Vec<String>,
}

/// A running sandbox.
pub struct Sandbox {}

impl Sandbox {
    /// Binds and serves on the current runtime until [`Sandbox::stop`] or drop.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn start(settings: Settings) -> Result<Sandbox, std::io::Error> {
        todo!("{settings:?}")
    }
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        todo!()
    }
    /// A kubeconfig for it, with this default namespace.
    #[must_use]
    pub fn kubeconfig(&self, namespace: &str) -> String {
        todo!("{namespace}")
    }
    /// Stops serving.
    pub async fn stop(self) {
        todo!()
    }
}
