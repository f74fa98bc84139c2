//! Components that go, and releases under another name.

use deploy_manager::k8s::{DeleteOptions, ObjectRef};
use deploy_manager::reconcile::{ComponentState, Ended};

use super::lab::{Lab, NAMESPACE, abc, component, states, status, sync};

/// As `helm uninstall` does with records.
async fn forget_release(lab: &Lab, record: &str) {
    let name = format!("sh.helm.release.v1.{record}");
    let secret = ObjectRef::new("v1", "Secret", &name).in_namespace(NAMESPACE);
    let options = DeleteOptions::default();
    assert!(lab.cluster.delete(&secret, &options).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_shall_be_absent_is_not_deployed() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    repo.edit("cluster.yaml", "  c:\n", "  c:\n    state: absent\n");
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::Succeeded);
    assert_eq!(lab.records().await, ["a.v1", "b.v1"]);
    assert_eq!(component(&reconciler, "c").message, "absent, as wanted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployed_component_that_shall_be_absent_is_upgraded_no_more_and_kept_in_sight() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    sync(&reconciler, &repo.commit()).await;
    repo.edit("cluster.yaml", "  c:\n", "  c:\n    state: absent\n");
    repo.edit("parameters.yaml", "c: one", "c: two");
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::NoChange);
    assert_eq!(lab.records().await, ["a.v1", "b.v1", "c.v1"]);
    assert_eq!(states(&reconciler), "a=Ready b=Ready c=Orphaned");

    forget_release(&lab, "c.v1").await;
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::NoChange);
    assert_eq!(lab.records().await, ["a.v1", "b.v1"]);
    assert_eq!(states(&reconciler), "a=Ready b=Ready c=Ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_release_name_blocks_while_the_old_release_is_installed() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    sync(&reconciler, &repo.commit()).await;
    repo.edit("cluster.yaml", "  c:\n", "  c:\n    release: other\n");
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::Blocked);
    assert_eq!(lab.records().await, ["a.v1", "b.v1", "c.v1"]);
    assert_eq!(component(&reconciler, "c").state, ComponentState::Blocked);
    let expected = "component c: its release is `other` now, but `c` is still installed, and Helm renames no release\n  \
        hint: write `release: c`, or uninstall it first: helm uninstall c";
    assert_eq!(status(&reconciler).blocked, [expected]);

    forget_release(&lab, "c.v1").await;
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::Succeeded);
    assert_eq!(lab.records().await, ["a.v1", "b.v1", "other.v1"]);
}
