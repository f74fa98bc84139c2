//! Newer commits, and crashes.

use std::time::Duration;

use deploy_manager::reconcile::{Ended, Reason};
use tokio_util::sync::CancellationToken;

use super::lab::{Lab, NAMESPACE, Repo, abc, is_running, order, status, sync, until};

/// `b` waits for a Deployment that never becomes ready.
fn hanging() -> Repo {
    let mut repo = abc();
    repo.edit("cluster.yaml", "timeout: 20s", "timeout: 5m, wait: helm");
    repo.set(
        "charts/b/templates/deployment.yaml",
        "\
apiVersion: apps/v1
kind: Deployment
metadata: { name: b }
spec:
  selector: { matchLabels: { app: b } }
  template:
    metadata:
      labels: { app: b }
      annotations: { sandbox.deploy-manager/outcome: {{ .Values.outcome | default \"hang\" }} }
    spec:
      containers: [{ name: main, image: main }]
",
    );
    repo
}

async fn is_waiting(lab: &Lab) {
    for _ in 0..500 {
        if lab
            .sandbox
            .object("apps/v1", "Deployment", NAMESPACE, "b")
            .is_some()
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the Deployment never came");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_commit_gives_up_the_rollout_that_is_waited_for() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = hanging();
    let (old, cancel) = (repo.commit(), CancellationToken::new());
    let order = order(Reason::Push);
    let newer = async {
        until(&reconciler, "b at work", |status| is_running(status, "b")).await;
        is_waiting(&lab).await;
        reconciler.note_newer_commit("0123456789abcdef0123456789abcdef01234567");
        cancel.cancel();
    };
    let (ended, ()) = tokio::join!(reconciler.sync(&old, &order, &cancel), newer);
    assert_eq!(ended.unwrap(), Ended::Superseded);
    let history = history(&lab, "b").await;
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].status, "failed");
    assert!(
        history[0].description.contains("superseded by 0123456789ab"),
        "{history:?}"
    );
    assert_eq!(status(&reconciler).synced_commit, None);

    repo.edit("values/b.yaml", "value:", "outcome: succeed\nvalue:");
    assert_eq!(
        sync(&reconciler, &repo.commit()).await,
        Ended::Succeeded,
        "{:#?}",
        status(&reconciler)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_the_middle_is_taken_up_by_the_next_start() {
    let lab = Lab::new().await;
    let mut repo = hanging();
    let commit = repo.commit();
    let reconciler = lab.reconciler().await;
    let cancel = CancellationToken::new();
    let order = order(Reason::Push);
    // Dropping the sync is a crash: nothing is told to anybody.
    tokio::select! {
        ended = reconciler.sync(&commit, &order, &cancel) => panic!("ended: {ended:?}"),
        () = is_waiting(&lab) => {}
    }
    drop(reconciler);
    assert_eq!(history(&lab, "b").await[0].status, "pending-install");

    repo.edit("values/b.yaml", "value:", "outcome: succeed\nvalue:");
    let reconciler = lab.reconciler().await;
    assert_eq!(
        sync(&reconciler, &repo.commit()).await,
        Ended::Succeeded,
        "{:#?}",
        status(&reconciler)
    );
    let statuses: Vec<String> = history(&lab, "b")
        .await
        .into_iter()
        .map(|record| record.status)
        .collect();
    assert_eq!(
        statuses.last().map(String::as_str),
        Some("deployed"),
        "{statuses:?}"
    );
    assert!(
        !statuses.iter().any(|status| status.starts_with("pending")),
        "{statuses:?}"
    );
    assert_eq!(
        history(&lab, "a").await.len(),
        1,
        "what was done is not done again"
    );
}

async fn history(lab: &Lab, release: &str) -> Vec<deploy_manager::release::Summary> {
    let ctx = deploy_manager::release::Context {
        cluster: lab.cluster.clone(),
        driver: deploy_manager::release::Driver::Secret,
        namespace: NAMESPACE.parse().unwrap(),
        engine: deploy_manager::helm::engines::CERTIFIED[0],
        holder: deploy_manager::release::Holder::default(),
        now: jiff::Timestamp::now,
    };
    let observed = deploy_manager::release::observe(&ctx, &release.parse().unwrap()).await;
    observed.unwrap().history
}
