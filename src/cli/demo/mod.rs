//! `deploy-manager demo`: the whole way on one machine: a sandbox, a sample repository, and the daemon between them.

mod repository;
mod sample;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;

use super::{Exit, output, runtime};
use crate::base::names::Namespace;
use crate::daemon::settings::{Config, Source};
use crate::daemon::{Daemon, Shutdown, logging};
use crate::k8s::Connection;
use crate::sandbox::{Sandbox, Settings};
use crate::source::git::{Credentials, Remote, Revision};
use crate::triggers::poll;

/// How often the demonstration looks for commits: a person who commits shall see it at once.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Seconds until a stopping demonstration gives up.
const GRACE_PERIOD: Duration = Duration::from_secs(10);
/// Nobody else wants this lease.
const LEASE_DURATION: Duration = Duration::from_secs(15);

/// Flags of `demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Keep repository and kubeconfig in this folder; what is there already is used again (default: a temporary
    /// folder)
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Where the status page and the API are
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the sandbox is; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    sandbox_listen: SocketAddr,
    /// The namespace to keep in sync
    #[arg(short, long, value_name = "NAME", default_value = "openstack")]
    namespace: Namespace,
    /// Milliseconds until workloads are ready and Jobs are done
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 500)]
    delay: u64,
    /// What the daemon logs
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log: String,
}

/// Runs until interrupted.
#[must_use]
pub fn run(args: &Args) -> Exit {
    runtime::run(demonstrate(args))
}

async fn demonstrate(args: &Args) -> anyhow::Result<Exit> {
    logging::start(Some(&args.log), None).map_err(anyhow::Error::msg)?;
    let temporary = tempfile::Builder::new().prefix("deploy-manager-").tempdir();
    let temporary = temporary.context("making a temporary folder")?;
    let folder = args.dir.clone().unwrap_or_else(|| temporary.path().to_owned());
    let repository = folder.join("cluster");
    repository::make(&repository).with_context(|| format!("making {}", repository.display()))?;
    let sandbox = start_sandbox(args).await?;
    let kubeconfig = folder.join("kubeconfig");
    std::fs::write(&kubeconfig, sandbox.kubeconfig(args.namespace.as_str()))
        .with_context(|| format!("writing {}", kubeconfig.display()))?;
    let config = config(args, &repository, &kubeconfig, &temporary.path().join("cache"))?;
    let shutdown = Shutdown::on_signals()?;
    let daemon = Daemon::build(config).await?;
    let told = tell(daemon.address()?, &repository, &kubeconfig);
    output::result(&told);
    if args.dir.is_none() {
        output::note("Both are in a temporary folder, and gone when this ends; --dir keeps them.");
    }
    let ran = daemon.run(shutdown).await;
    sandbox.stop().await;
    ran.map(|()| Exit::Done)
}

async fn start_sandbox(args: &Args) -> anyhow::Result<Sandbox> {
    let settings = Settings {
        listen: args.sandbox_listen,
        delay: Duration::from_millis(args.delay),
        namespaces: vec![args.namespace.to_string()],
    };
    let sandbox = Sandbox::start(settings).await;
    sandbox.with_context(|| format!("listening on {}", args.sandbox_listen))
}

fn config(args: &Args, repository: &Path, kubeconfig: &Path, cache: &Path) -> anyhow::Result<Config> {
    let repository = std::path::absolute(repository)?;
    let remote = Remote {
        url: format!("file://{}", repository.display()),
        revision: Revision::Default,
        folder: String::new(),
        credentials: Credentials::default(),
        cache: cache.to_owned(),
    };
    Ok(Config {
        source: Source::Repository(Box::new(remote)),
        watch: None,
        poll: poll::Settings {
            interval: POLL_INTERVAL,
        },
        connection: Connection {
            kubeconfig: Some(kubeconfig.to_owned()),
            context: None,
            namespace: None,
        },
        listen: free(args.listen),
        webhook_secret: None,
        api_token: None,
        lease_duration: LEASE_DURATION,
        grace_period: GRACE_PERIOD,
    })
}

/// The address, or the same with a free port where this one is taken.
fn free(wanted: SocketAddr) -> SocketAddr {
    match std::net::TcpListener::bind(wanted) {
        Ok(_) => wanted,
        Err(_) => SocketAddr::new(wanted.ip(), 0),
    }
}

fn tell(address: SocketAddr, repository: &Path, kubeconfig: &Path) -> String {
    let (repository, kubeconfig) = (repository.display(), kubeconfig.display());
    // The demonstration is often started by a script, from a folder that is on no path.
    let program = std::env::current_exe().unwrap_or_else(|_| "deploy-manager".into());
    let program = program.display();
    format!(
        "\
An API server in memory, a sample repository, and deploy-manager between them. Nothing really runs.

  status page   http://{address}/
  API           http://{address}/api/v1/status
  kubeconfig    {kubeconfig}
  repository    {repository}

Three things to try in another terminal:

  1. Watch the components come up, on the status page or with
       {program} status --server http://{address}

  2. Change a parameter, commit, and watch keystone and glance roll out:
       cd {repository}
       sed -i 's/api: 2/api: 3/' parameters/*.yaml && git commit -qam 'Three of each API'

  3. Look with the real programs; they see what they would have made themselves:
       export KUBECONFIG={kubeconfig}
       kubectl get pods; helm list; helm history keystone

Ctrl-C ends it.
"
    )
}
