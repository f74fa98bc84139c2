//! What is remembered, and what happens when it is lost.

use deploy_manager::k8s::{DeleteOptions, ObjectRef};
use deploy_manager::reconcile::{Ended, recorded};

use super::hooks::with_hooks;
use super::lab::{Lab, NAMESPACE, abc, states, status, sync};

async fn lose_state(lab: &Lab) {
    let state = ObjectRef::new("v1", "ConfigMap", "deploy-manager-state").in_namespace(NAMESPACE);
    assert!(
        lab.cluster
            .delete(&state, &DeleteOptions::default())
            .await
            .unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_state_is_rebuilt_and_deploys_nothing() {
    let lab = Lab::new().await;
    let mut repo = with_hooks();
    let commit = repo.commit();
    sync(&lab.reconciler().await, &commit).await;
    lose_state(&lab).await;

    let reconciler = lab.reconciler().await;
    lab.writes();
    assert_eq!(
        sync(&reconciler, &commit).await,
        Ended::NoChange,
        "{:#?}",
        status(&reconciler)
    );
    let writes = lab.writes();
    assert!(
        writes
            .iter()
            .all(|write| write.contains("deploy-manager-state") || write.contains("/configmaps 201")),
        "{writes:#?}"
    );
    assert_eq!(lab.records().await, ["a.v1", "b.v1", "c.v1"]);
    assert_eq!(sync(&reconciler, &commit).await, Ended::NoChange);
    assert_eq!(lab.writes(), Vec::<String>::new());

    repo.edit("parameters.yaml", "c: one", "c: two");
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::Succeeded);
    assert_eq!(lab.records().await, ["a.v1", "b.v1", "c.v1", "c.v2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_leaders_writes_are_noticed_and_not_overwritten() {
    let lab = Lab::new().await;
    let (first, second) = (lab.reconciler().await, lab.reconciler().await);
    let mut repo = abc();
    sync(&first, &repo.commit()).await;
    repo.edit("parameters.yaml", "a: one", "a: two");
    let commit = repo.commit();
    assert_eq!(
        sync(&second, &commit).await,
        Ended::Succeeded,
        "it reads the state anew"
    );
    assert_eq!(sync(&first, &commit).await, Ended::NoChange);
    assert_eq!(lab.records().await, ["a.v1", "a.v2", "b.v1", "c.v1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_can_be_read_without_a_daemon() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    sync(&reconciler, &abc().commit()).await;
    let told = recorded::status(&lab.cluster, jiff::Timestamp::now)
        .await
        .unwrap();
    let told: Vec<_> = told
        .components
        .iter()
        .map(|shown| (&*shown.name, shown.state, shown.revision))
        .collect();
    let shown = status(&reconciler);
    let shown: Vec<_> = shown
        .components
        .iter()
        .map(|shown| (&*shown.name, shown.state, shown.revision))
        .collect();
    assert_eq!(told, shown);
    assert_eq!(states(&reconciler), "a=Ready b=Ready c=Ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_stays_far_below_the_limit_of_a_config_map() {
    let lab = Lab::new().await;
    sync(&lab.reconciler().await, &with_hooks().commit()).await;
    let state = lab.config_map("deploy-manager-state").unwrap().to_string();
    // 60 components may take 1 MiB: 17 KiB each.
    assert!(state.len() < 3 * 4096, "{} bytes", state.len());
}
