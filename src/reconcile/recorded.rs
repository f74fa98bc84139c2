//! The status as the cluster's own records tell it, without asking a daemon.

use jiff::Timestamp;

use super::board::Board;
use super::scene;
use super::state::{ComponentRecord, Store};
use super::status::{ComponentState, Status};
use super::{Error, plan, show};
use crate::k8s::Cluster;
use crate::release::Summary;

/// Reads the state ConfigMap and the newest release records of the connection's namespace.
///
/// # Errors
/// The API server's.
pub async fn status(cluster: &Cluster, now: fn() -> Timestamp) -> Result<Status, Error> {
    let namespace = cluster.namespace().clone();
    let store = Store::open(cluster.clone(), namespace.clone()).await?;
    let recorded = store.recorded().await;
    let releases = scene::list(cluster, &namespace, now).await?;
    let board = Board::new(&namespace, &recorded, now);
    for (name, record) in &recorded.components {
        show::record(&board, name, record);
        if let Some((state, message)) = differs(record, releases.get(&record.release)) {
            board.set(name, state, message);
        }
    }
    let status = board.watch().borrow().as_ref().clone();
    Ok(status)
}

/// Where the release is not what the record says.
fn differs(record: &ComponentRecord, newest: Option<&Summary>) -> Option<(ComponentState, String)> {
    let deployed = record.deployed.as_ref()?;
    match newest {
        None => Some((ComponentState::Unknown, "its release is gone".to_owned())),
        Some(newest) if plan::is_ours(newest, deployed) => None,
        Some(newest) => {
            let message = format!(
                "revision {} is {}, and no recorded sync wrote it",
                newest.revision, newest.status
            );
            record
                .failed
                .is_none()
                .then_some((ComponentState::Unknown, message))
        }
    }
}
