//! One thing at a time.

use deploy_manager::reconcile::Ended;

use super::lab::{Lab, abc, component, states, status, sync};

#[tokio::test(flavor = "multi_thread")]
async fn engine_and_chart_together_are_blocked_and_each_alone_passes() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    sync(&reconciler, &repo.commit()).await;
    lab.writes();

    let before = repo.clone();
    let pin = "chart: { path: charts/b, version: 1.0.0 }";
    repo.chart("b", "1.1.0");
    repo.edit(
        "cluster.yaml",
        pin,
        "chart: { path: charts/b, version: 1.1.0 }\n    helm: { version: \"4.3.1\" }",
    );
    let together = repo.commit();
    assert_eq!(sync(&reconciler, &together).await, Ended::Blocked);
    assert_eq!(lab.writes(), Vec::<String>::new(), "nothing changes");
    let expected = "component b: Helm version 3.17.2 → 4.3.1 and chart 1.0.0 → 1.1.0 may not move in the same sync\n  \
        hint: split it into two commits: first Helm version 3.17.2 → 4.3.1 alone, and when that sync has succeeded, chart 1.0.0 → 1.1.0";
    assert_eq!(status(&reconciler).blocked, [expected]);
    assert_eq!(states(&reconciler), "a=Ready b=Blocked c=Ready");

    let mut alone = before;
    alone.edit(
        "cluster.yaml",
        pin,
        &format!("{pin}\n    helm: {{ version: \"4.3.1\" }}"),
    );
    let mut first = alone.commit();
    first.commit.id = "f".repeat(40);
    assert_eq!(
        sync(&reconciler, &first).await,
        Ended::Succeeded,
        "{:#?}",
        status(&reconciler)
    );
    assert_eq!(component(&reconciler, "b").helm_version, "4.3.1");
    assert_eq!(sync(&reconciler, &together).await, Ended::Succeeded);
    assert_eq!(component(&reconciler, "b").chart_version, "1.1.0");
    assert_eq!(lab.records().await, ["a.v1", "b.v1", "b.v2", "b.v3", "c.v1"]);
    assert!(status(&reconciler).blocked.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_report_the_change_goes_through() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    repo.edit(
        "cluster.yaml",
        "defaults:",
        "policy: { oneChangeAtATime: report }\ndefaults:",
    );
    sync(&reconciler, &repo.commit()).await;
    repo.chart("b", "1.1.0");
    let pin = "chart: { path: charts/b, version: 1.0.0 }";
    repo.edit(
        "cluster.yaml",
        pin,
        "chart: { path: charts/b, version: 1.1.0 }\n    helm: { version: \"4.3.1\" }",
    );
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_the_cluster_does_not_want_is_not_touched() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    repo.edit(
        "cluster.yaml",
        "defaults:",
        "kubernetes: { version: \">=99\" }\ndefaults:",
    );
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::Blocked);
    assert_eq!(lab.writes(), Vec::<String>::new());
    let blocked = &status(&reconciler).blocked;
    assert!(
        blocked[0].starts_with("cluster.yaml: the server is Kubernetes v1."),
        "{blocked:?}"
    );
}
