//! One holder at a time.

use std::time::Duration;

use deploy_manager::k8s::lease::{self, Ended, Settings};
use deploy_manager::k8s::{ObjectRef, Patch, WriteOptions};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::release::support::{NAMESPACE, Scene};

fn settings(identity: &str) -> Settings {
    Settings {
        duration: Duration::from_secs(1),
        renew_deadline: Duration::from_millis(700),
        retry_period: Duration::from_millis(100),
        ..Settings::new(NAMESPACE.parse().unwrap(), "deploy-manager", identity)
    }
}

async fn acquire(scene: &Scene, identity: &str) -> lease::Held {
    let cancel = CancellationToken::new();
    lease::acquire(&scene.cluster, &settings(identity), &cancel)
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_is_kept_is_not_taken_and_one_given_back_is_at_once() {
    let scene = Scene::start().await;
    let first = acquire(&scene, "a").await;
    assert_eq!(first.transitions(), 1);
    let (lost, stop) = (first.lost(), CancellationToken::new());
    let (stop_keeping, impatient) = (stop.clone(), CancellationToken::new());
    let keeping = tokio::spawn(async move { first.keep(&stop_keeping).await });
    let giving_up = impatient.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(2500)).await;
        giving_up.cancel();
    });
    let second = lease::acquire(&scene.cluster, &settings("b"), &impatient)
        .await
        .unwrap();
    assert!(second.is_none() && !lost.is_cancelled());
    stop.cancel();
    assert_eq!(keeping.await.unwrap(), Ended::Released);
    assert!(lost.is_cancelled());
    let second = acquire(&scene, "b").await;
    assert_eq!(second.transitions(), 2);
    let holder = lease::holder(&scene.cluster, &settings("c"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((holder.identity.as_str(), holder.transitions), ("b", 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_nobody_renews_is_taken_over() {
    let scene = Scene::start().await;
    let first = acquire(&scene, "a").await;
    let lost = first.lost();
    drop(first);
    assert!(lost.is_cancelled());
    assert_eq!(acquire(&scene, "b").await.transitions(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loser_is_told_who_has_it() {
    let scene = Scene::start().await;
    let held = acquire(&scene, "a").await;
    let thief = Patch::Merge(json!({"spec": {"holderIdentity": "b"}}));
    let target = ObjectRef::new("coordination.k8s.io/v1", "Lease", "deploy-manager").in_namespace(NAMESPACE);
    scene
        .cluster
        .patch(&target, &thief, &WriteOptions::default())
        .await
        .unwrap();
    assert_eq!(
        held.keep(&CancellationToken::new()).await,
        Ended::Lost("taken by `b`".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_without_a_server_gives_up_in_time() {
    let scene = Scene::start().await;
    let held = acquire(&scene, "a").await;
    let Scene { sandbox, .. } = scene;
    sandbox.0.unwrap().stop().await;
    let stop = CancellationToken::new();
    let keeping = held.keep(&stop);
    let ended = tokio::time::timeout(Duration::from_secs(10), keeping)
        .await
        .unwrap();
    let Ended::Lost(reason) = ended else {
        panic!("it was released without a server");
    };
    assert!(reason.starts_with("not renewed for 0.7 s: "), "{reason}");
}
