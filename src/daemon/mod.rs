//! The daemon: settings, named task supervisor, leader election, drain. Three phases: *build* (every failure to start
//! shows here), *run*, *drain*.

mod api_token;
pub mod keys;
mod leading;
pub mod logging;
pub mod memory;
mod requests;
pub mod settings;
mod shutdown;
mod source;
mod spare_keys;
mod syncing;
mod tasks;
pub mod world;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::info;

use self::leading::{Candidate, FIRST_FETCH, LEASE, LEASE_KNOWN};
use self::source::Source;
use crate::base::names::Namespace;
use crate::base::secret::Secret;
use crate::http::{self, Doors, Leadership, Metrics, Readiness};
use crate::k8s::{Cluster, lease};
use crate::reconcile::{self, Status};
use crate::release::Holder;
use crate::source::git::Revision;
use crate::triggers::{Queue, poll};

pub use api_token::{KEY as API_TOKEN_KEY, NAME as API_TOKEN_SECRET};
pub use settings::Config;
pub use shutdown::Shutdown;

/// A daemon that is ready to run: connected, and its socket bound.
pub struct Daemon {
    config: Config,
    cluster: Cluster,
    namespace: Namespace,
    listener: TcpListener,
    token: Secret,
    source: Source,
    metrics: Arc<Metrics>,
}

impl Daemon {
    /// Connects, binds, and finds or makes the operators' token.
    ///
    /// # Errors
    /// Everything that keeps it from starting.
    pub async fn build(config: Config) -> anyhow::Result<Daemon> {
        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("listening on {}", config.listen))?;
        let cluster = Cluster::connect(&config.connection)
            .await
            .context("finding the API server")?;
        let namespace = cluster.namespace().clone();
        let token = match &config.api_token {
            Some(token) => token.clone(),
            None => api_token::ensure(&cluster, &namespace).await?,
        };
        let metrics = Metrics::new();
        let source =
            Source::open(config.source.clone(), Arc::clone(&metrics)).context("making a cache for Git")?;
        Ok(Daemon {
            config,
            cluster,
            namespace,
            listener,
            token,
            source,
            metrics,
        })
    }
    /// Where HTTP is served.
    ///
    /// # Errors
    /// The socket's.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
    /// The operators' token.
    #[must_use]
    pub fn token(&self) -> &Secret {
        &self.token
    }
    /// Runs until asked to stop, then drains.
    ///
    /// # Errors
    /// A task that ended by itself, or was not done within the grace period.
    pub async fn run(self, shutdown: Shutdown) -> anyhow::Result<()> {
        let address = self.address()?;
        info!(version = env!("CARGO_PKG_VERSION"), namespace = %self.namespace, server = self.cluster.server(),
            "started; listening on http://{address}");
        let grace_period = self.config.grace_period;
        let queue = Queue::new();
        let _watch = match &self.config.watch {
            Some(folder) => Some(
                crate::triggers::watch::start(folder, queue.clone())
                    .with_context(|| format!("watching {}", folder.display()))?,
            ),
            None => None,
        };
        let mut tasks = self.spawn(&shutdown, &queue);
        tokio::select! {
            // First: tasks end because of it, and that is no failure.
            biased;
            () = shutdown.stop.cancelled() => {}
            error = tasks.first_exit() => return Err(error),
        }
        tokio::select! {
            drained = tasks.drain(grace_period) => drained?,
            () = shutdown.abort.cancelled() => anyhow::bail!("aborted before everything was done"),
        }
        info!("stopped");
        Ok(())
    }

    fn spawn(self, shutdown: &Shutdown, queue: &Queue) -> tasks::Tasks {
        let stop = shutdown.stop.clone();
        let readiness = Readiness::waiting_for(&[FIRST_FETCH, LEASE_KNOWN]);
        let status = Status {
            namespace: self.namespace.to_string(),
            ..Status::default()
        };
        let (status, status_seen) = watch::channel(Arc::new(status));
        let (leadership, leadership_seen) = watch::channel(Leadership::default());
        let store = requests::Store::new(self.cluster.clone(), self.namespace.clone());
        let doors = Doors {
            status: status_seen,
            leadership: leadership_seen,
            readiness: readiness.clone(),
            queue: queue.clone(),
            backend: Arc::new(store.clone()),
            metrics: Arc::clone(&self.metrics),
            settings: Arc::new(http::Settings {
                api_token: self.token,
                webhook_secret: self.config.webhook_secret.clone(),
                followed: followed(&self.config.source),
            }),
        };
        let holder = holder();
        let candidate = Candidate {
            lease: lease_settings(&self.config, &self.namespace, &holder),
            settings: reconcile::Settings {
                cluster: self.cluster,
                namespace: self.namespace,
                world: world::system(),
                holder,
            },
            source: self.source,
            queue: queue.clone(),
            requests: store,
            metrics: self.metrics,
            status,
            leadership,
            readiness,
            stop: stop.clone(),
        };
        let mut tasks = tasks::Tasks::new();
        let listener = self.listener;
        let http_stop = stop.clone();
        tasks.spawn("http", async move {
            http::serve(listener, http::router(doors), http_stop).await;
            Ok(())
        });
        tasks.spawn(
            "poll",
            until_stopped(stop, poll::run(self.config.poll, queue.clone())),
        );
        tasks.spawn("sync", candidate.run());
        tasks
    }
}

async fn until_stopped(
    stop: tokio_util::sync::CancellationToken,
    task: impl Future<Output = ()>,
) -> tasks::Outcome {
    tokio::select! {
        () = stop.cancelled() => Ok(()),
        () = task => Ok(()),
    }
}

fn followed(source: &settings::Source) -> Revision {
    match source {
        settings::Source::Repository(remote) => remote.revision.clone(),
        settings::Source::Folder(_) => Revision::Default,
    }
}

/// The lease's shares of time are client-go's: of 15 s, renewed for 10, retried every 2.
fn lease_settings(config: &Config, namespace: &Namespace, holder: &Holder) -> lease::Settings {
    let duration = config.lease_duration;
    lease::Settings {
        duration,
        renew_deadline: duration * 2 / 3,
        retry_period: duration * 2 / 15,
        ..lease::Settings::new(
            namespace.clone(),
            LEASE,
            format!("{}_{}", holder.identity, holder.start_id),
        )
    }
}

/// Who we are: what the manifest says (the pod's uid), else the pod's or machine's name.
fn holder() -> Holder {
    let variable = |name: &&str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let machine = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let identity = ["DEPLOY_MANAGER_IDENTITY", "HOSTNAME"]
        .iter()
        .find_map(variable)
        .or_else(machine);
    let identity = identity
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty());
    Holder {
        identity: identity.unwrap_or_else(|| "unknown".to_owned()),
        start_id: uuid::Uuid::new_v4().to_string(),
        lease_transitions: 0,
        run: String::new(),
    }
}
