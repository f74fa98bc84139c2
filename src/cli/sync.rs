//! `deploy-manager sync`: one sync, and an exit code that says how it ended.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use super::connection::{ClusterArgs, RepositoryArgs};
use super::{Exit, output, runtime};
use crate::daemon::world;
use crate::k8s::{Cluster, lease};
use crate::reconcile::{ComponentState, Ended, Order, Reason, Reconciler, Settings, Status};
use crate::release::Holder;
use crate::source::git::Snapshot;

/// The lease of the daemon and of everyone else who syncs the namespace.
const LEASE: &str = "deploy-manager";

/// Flags of `sync`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("source").args(["repo", "dir"]).required(true)))]
pub struct Args {
    #[command(flatten)]
    repository: RepositoryArgs,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Syncs once.
#[must_use]
pub fn run(args: &Args) -> Exit {
    runtime::run(runtime::interruptible(|cancel| sync(args, cancel)))
}

async fn sync(args: &Args, cancel: CancellationToken) -> anyhow::Result<Exit> {
    let repository = args.repository.clone();
    let snapshot = tokio::task::spawn_blocking(move || repository.read(Path::new("."))).await??;
    let cluster = args.cluster.connect().await?;
    let identity = format!("cli-{}", uuid::Uuid::new_v4());
    let settings = lease::Settings::new(cluster.namespace().clone(), LEASE, &identity);
    let held = match take_lease(&cluster, &settings, &cancel).await? {
        Lease::Ours(held) => held,
        Lease::Others(holder) => {
            output::note(&format!(
                "Error: {holder} syncs this namespace; ask it with POST /api/v1/resync, or stop it first"
            ));
            return Ok(Exit::Locked);
        }
    };
    let holder = Holder {
        identity,
        start_id: uuid::Uuid::new_v4().to_string(),
        lease_transitions: held.transitions(),
        run: String::new(),
    };
    let (done, lost) = (CancellationToken::new(), held.lost());
    let keeping = held.keep(&done);
    let syncing = async {
        let exit = sync_as(&cluster, holder, &snapshot, &cancel, &lost).await;
        done.cancel();
        exit
    };
    tokio::join!(keeping, syncing).1
}

async fn sync_as(
    cluster: &Cluster,
    holder: Holder,
    snapshot: &Snapshot,
    cancel: &CancellationToken,
    lost: &CancellationToken,
) -> anyhow::Result<Exit> {
    let reconciler = Reconciler::open(Settings {
        cluster: cluster.clone(),
        namespace: cluster.namespace().clone(),
        world: world::system(),
        holder,
    });
    let reconciler = reconciler.await?;
    let order = Order {
        run: format!("cli-{}", uuid::Uuid::new_v4()),
        reason: Reason::Resync,
    };
    let stop = cancel.child_token();
    let sync = reconciler.sync(snapshot, &order, &stop);
    tokio::pin!(sync);
    let ended = tokio::select! {
        ended = &mut sync => ended?,
        () = lost.cancelled() => {
            stop.cancel();
            sync.await?
        }
    };
    let status = reconciler.status().borrow().clone();
    tell(&status, ended);
    Ok(exit(ended))
}

fn exit(ended: Ended) -> Exit {
    match ended {
        Ended::NoChange | Ended::Succeeded => Exit::Done,
        Ended::Blocked => Exit::Blocked,
        Ended::Failed => Exit::ComponentsFailed,
        Ended::Superseded => Exit::Error,
    }
}

fn tell(status: &Status, ended: Ended) {
    for blocked in &status.blocked {
        output::note(blocked);
    }
    for component in &status.components {
        if component.state != ComponentState::Ready {
            output::note(&format!(
                "{}: {:?}: {}",
                component.name, component.state, component.message
            ));
        }
        for line in component.log.iter().flat_map(|log| log.lines()) {
            output::note(&format!("  | {line}"));
        }
    }
    let summary = match ended {
        Ended::NoChange => "nothing to do",
        Ended::Succeeded => "synced",
        Ended::Blocked => "blocked: nothing was changed",
        Ended::Failed => "some components failed",
        Ended::Superseded => "interrupted",
    };
    output::result(&format!("{summary}\n"));
}

enum Lease {
    Ours(lease::Held),
    Others(String),
}

/// Takes the lease; gives up as soon as its holder shows that it is alive.
async fn take_lease(
    cluster: &Cluster,
    settings: &lease::Settings,
    cancel: &CancellationToken,
) -> anyhow::Result<Lease> {
    let stop = cancel.child_token();
    let alive = alive(cluster, settings);
    tokio::select! {
        held = lease::acquire(cluster, settings, &stop) => {
            let held = held.context("taking the lease")?;
            held.map(Lease::Ours).context("interrupted")
        }
        holder = alive => Ok(Lease::Others(holder?)),
    }
}

/// Ends when somebody is seen to renew the lease, and says who.
async fn alive(cluster: &Cluster, settings: &lease::Settings) -> anyhow::Result<String> {
    let first = lease::holder(cluster, settings)
        .await
        .context("reading the lease")?;
    let Some(first) = first.filter(|holder| !holder.identity.is_empty()) else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = lease::holder(cluster, settings)
            .await
            .context("reading the lease")?;
        let is_renewed = |now: &lease::Holder| {
            now.identity == first.identity
                && now.renewed != first.renewed
                && now.identity != settings.identity
        };
        if now.as_ref().is_some_and(is_renewed) {
            return Ok(first.identity);
        }
    }
}
