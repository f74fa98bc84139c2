//! The sample cluster repository.

use std::path::Path;

use deploy_manager::reconcile::Ended;
use deploy_manager::source::git;

use super::lab::{Lab, states, status, sync};

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_cluster_is_installed_and_then_left_alone() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cluster");
    let snapshot = git::read_worktree(&folder).unwrap();
    assert_eq!(
        sync(&reconciler, &snapshot).await,
        Ended::Succeeded,
        "{:#?}",
        status(&reconciler)
    );
    assert_eq!(
        states(&reconciler),
        "glance=Ready keystone=Ready mariadb=Ready memcached=Ready rabbitmq=Ready"
    );
    lab.writes();
    assert_eq!(
        sync(&reconciler, &snapshot).await,
        Ended::NoChange,
        "{:#?}",
        status(&reconciler)
    );
    assert_eq!(lab.writes(), Vec::<String>::new());
}
