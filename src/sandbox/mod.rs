//! An in-memory Kubernetes API server for a fresh machine and for tests: real kubectl, Helm and client libraries
//! work against it, workloads become ready after a while, and nothing runs. See `docs/sandbox.md`.
//!
//! Read from the edge: `server` takes requests, `route` and `call` read them, `objects` carries them out by `read` and
//! `write` on `state`; `behaviours` plays the controllers and the kubelet.

mod behaviours;
mod call;
mod defaults;
mod discovery;
mod failure;
mod format;
mod garbage;
mod inspect;
mod kinds;
mod logs;
mod managed;
mod object;
mod objects;
mod openapi;
mod protobuf;
mod read;
mod reviews;
mod route;
mod selector;
mod server;
mod state;
mod table;
mod validate;
mod watch;
mod write;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use inspect::{Fault, Harm, Predicate, Seen};
use server::Server;

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

/// A running sandbox. Dropping it stops it.
#[derive(Debug)]
pub struct Sandbox {
    server: Arc<Server>,
    tasks: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Binds and serves on the current runtime until [`Sandbox::stop`] or drop.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn start(settings: Settings) -> Result<Sandbox, std::io::Error> {
        let listener = TcpListener::bind(settings.listen).await?;
        let server = Arc::new(Server::new(listener.local_addr()?, settings.delay));
        server.with(|state| behaviours::furnish(state, &settings.namespaces));
        tracing::info!(address = %server.address, "sandbox started: for trying and testing, nothing runs, nothing is kept");
        let tasks = vec![
            tokio::spawn(server::serve(Arc::clone(&server), listener)),
            tokio::spawn(behaviours::run(Arc::clone(&server))),
        ];
        Ok(Sandbox { server, tasks })
    }
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }
    /// A kubeconfig for it, with this default namespace.
    #[must_use]
    pub fn kubeconfig(&self, namespace: &str) -> String {
        let lines = [
            "apiVersion: v1".to_owned(),
            "kind: Config".to_owned(),
            "current-context: sandbox".to_owned(),
            "clusters:".to_owned(),
            format!(
                "- {{name: sandbox, cluster: {{server: \"http://{}\"}}}}",
                self.address()
            ),
            "users:".to_owned(),
            "- {name: sandbox, user: {}}".to_owned(),
            "contexts:".to_owned(),
            format!(
                "- {{name: sandbox, context: {{cluster: sandbox, user: sandbox, namespace: \"{namespace}\"}}}}"
            ),
        ];
        lines.join("\n") + "\n"
    }
    /// Stops serving: open watches end, then all requests are refused.
    pub async fn stop(mut self) {
        self.server.stop.cancel();
        for task in std::mem::take(&mut self.tasks) {
            let _ = task.await;
        }
    }

    /// The requests since the start or [`Sandbox::forget_requests`], oldest first (of very many, the newest).
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.server.inspection().seen()
    }
    /// Those that may have changed something: no reads, dry runs and reviews.
    #[must_use]
    pub fn writes(&self) -> Vec<Seen> {
        self.requests().into_iter().filter(Seen::is_write).collect()
    }
    /// Starts the record of requests anew.
    pub fn forget_requests(&self) {
        self.server.inspection().forget();
    }
    /// Spoils requests to come.
    pub fn harm(&self, fault: Fault) {
        self.server.inspection().add(fault);
    }
    /// Serves a built-in group version, or stops serving it: `extensions/v1beta1` and other versions of old servers
    /// are there, but off. Versions of one kind show the same objects.
    pub fn serve(&self, api_version: &str, is_on: bool) {
        self.server.with(|state| state.kinds.serve(api_version, is_on));
    }
    /// An object as it is stored, without a request.
    #[must_use]
    pub fn object(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Option<Json> {
        self.server.with(|state| {
            let kind = state.kinds.by_kind(api_version, kind)?;
            let object = state.get(&state::State::key(kind, namespace, name))?;
            Some(read::present(kind, object))
        })
    }
    /// Makes all older resource versions too old to watch from: watches are told 410 Gone and must list anew.
    pub fn forget_history(&self) {
        self.server.with(state::State::forget_history);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.stop.cancel();
    }
}
