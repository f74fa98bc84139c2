//! `deploy-manager sandbox`: an API server in memory, for trying and testing.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;

use super::{Exit, output, runtime};
use crate::base::names::Namespace;
use crate::sandbox::{Sandbox, Settings};

/// Flags of `sandbox`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:6443")]
    listen: SocketAddr,
    /// Where to write the kubeconfig; without it, it is printed
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// A namespace that exists from the start, and the kubeconfig's default
    #[arg(short, long, value_name = "NAME", default_value = "default")]
    namespace: Namespace,
    /// Milliseconds until workloads are ready and Jobs are done
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 500)]
    delay: u64,
}

/// Serves until it is interrupted.
#[must_use]
pub fn run(args: &Args) -> Exit {
    runtime::run(serve(args))
}

async fn serve(args: &Args) -> anyhow::Result<Exit> {
    let settings = Settings {
        listen: args.listen,
        delay: Duration::from_millis(args.delay),
        namespaces: vec![args.namespace.to_string()],
    };
    let sandbox = Sandbox::start(settings).await;
    let sandbox = sandbox.with_context(|| format!("listening on {}", args.listen))?;
    let kubeconfig = sandbox.kubeconfig(args.namespace.as_str());
    output::note(&format!(
        "sandbox: an API server in memory at http://{}",
        sandbox.address()
    ));
    output::note("sandbox: for trying and testing only: no authentication, and all is gone when it stops");
    match &args.kubeconfig {
        Some(path) => {
            std::fs::write(path, kubeconfig).with_context(|| format!("writing {}", path.display()))?;
            output::note(&format!("sandbox: export KUBECONFIG={}", path.display()));
        }
        None => output::result(&kubeconfig),
    }
    runtime::signalled().await;
    sandbox.stop().await;
    Ok(Exit::Done)
}
