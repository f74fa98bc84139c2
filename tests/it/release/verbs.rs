//! Rollback, uninstall, reading one revision.

use deploy_manager::release::{self, Error, State};
use tokio_util::sync::CancellationToken;

use super::ground::{Ground, on_both_servers};
use super::support::{Scene, config_map, data, job_hook, options, rendered};

on_both_servers! {
    a_rollback_brings_back_an_earlier_revision,
    a_rollback_whose_hook_fails_ends_failed,
    an_uninstall_takes_all_away_but_what_is_to_be_kept,
    a_kept_history_can_be_installed_over,
}

async fn observed(scene: &Scene) -> release::Observed {
    release::observe(&scene.context("a"), &"web".parse().unwrap())
        .await
        .unwrap()
}

async fn rollback(scene: &Scene, to: Option<i64>) -> Result<release::Outcome, Error> {
    let (ctx, seen) = (scene.context("a"), observed(scene).await);
    release::rollback(&ctx, &seen, to, &options(), &CancellationToken::new()).await
}

async fn uninstall(scene: &Scene, keep_history: bool) -> Result<release::Outcome, Error> {
    let (ctx, seen) = (scene.context("a"), observed(scene).await);
    release::uninstall(&ctx, &seen, keep_history, &options(), &CancellationToken::new()).await
}

async fn a_rollback_brings_back_an_earlier_revision(ground: Ground) {
    let scene = Scene::on(ground).await;
    for value in ["1", "2", "3"] {
        scene
            .deploy(
                &rendered(
                    "web",
                    &[
                        &config_map("a", value),
                        &config_map(&format!("only-{value}"), "x"),
                    ],
                ),
                &options(),
            )
            .await
            .unwrap();
    }
    let outcome = rollback(&scene, Some(1)).await.unwrap();
    assert_eq!(
        (outcome.revision, outcome.created, outcome.deleted),
        (
            4,
            vec!["ConfigMap/only-1".to_owned()],
            vec!["ConfigMap/only-3".to_owned()]
        )
    );
    assert_eq!(data(scene.object("ConfigMap", "a").as_ref())["key"], "1");
    assert_eq!(
        scene.statuses("web").await,
        "1 superseded, 2 superseded, 3 superseded, 4 deployed"
    );
    let newest = release::revision(&scene.context("a"), &"web".parse().unwrap(), None)
        .await
        .unwrap()
        .release;
    assert_eq!(newest.info.description, "Rollback to 1");
    let error = rollback(&scene, Some(9)).await.unwrap_err();
    assert_eq!(error.to_string(), "release has no 9 version");
    if let Some(text) = scene.run("helm3", &["history", "web"]).await {
        assert!(text.contains("Rollback to 1"), "{text}");
    }
}

async fn a_rollback_whose_hook_fails_ends_failed(ground: Ground) {
    let scene = Scene::on(ground).await;
    let mut first = rendered("web", &[&config_map("a", "1")]);
    first.hooks = vec![job_hook(
        "back",
        &["pre-rollback"],
        "sandbox.deploy-manager/outcome: fail",
    )];
    scene.deploy(&first, &options()).await.unwrap();
    scene
        .deploy(&rendered("web", &[&config_map("a", "2")]), &options())
        .await
        .unwrap();
    let error = rollback(&scene, None).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "pre-rollback hooks failed: job back failed: BackoffLimitExceeded"
    );
    assert_eq!(scene.statuses("web").await, "1 superseded, 2 deployed, 3 failed");
}

async fn an_uninstall_takes_all_away_but_what_is_to_be_kept(ground: Ground) {
    let scene = Scene::on(ground).await;
    let kept = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: k\n  annotations: {helm.sh/resource-policy: Keep}";
    scene
        .deploy(&rendered("web", &[&config_map("a", "1"), kept]), &options())
        .await
        .unwrap();
    let outcome = uninstall(&scene, false).await.unwrap();
    assert_eq!(
        (outcome.deleted, outcome.kept),
        (
            vec!["ConfigMap/a".to_owned()],
            vec![("ConfigMap".to_owned(), "k".to_owned())]
        )
    );
    assert!(scene.object("ConfigMap", "k").is_some());
    assert_eq!(scene.object("ConfigMap", "deploy-manager-journal-web"), None);
    assert_eq!(observed(&scene).await.state, State::Absent);
    let error = uninstall(&scene, false).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "uninstall: Release not loaded: web: release: not found"
    );
}

async fn a_kept_history_can_be_installed_over(ground: Ground) {
    let scene = Scene::on(ground).await;
    let chart = rendered("web", &[&config_map("a", "1")]);
    scene.deploy(&chart, &options()).await.unwrap();
    uninstall(&scene, true).await.unwrap();
    assert_eq!(scene.statuses("web").await, "1 uninstalled");
    assert_eq!(
        uninstall(&scene, true).await.unwrap_err().to_string(),
        "the release named \"web\" is already deleted"
    );
    let seen = observed(&scene).await;
    assert_eq!((seen.is_upgrade, seen.next_revision), (false, 2));
    scene.deploy(&chart, &options()).await.unwrap();
    assert_eq!(scene.statuses("web").await, "1 superseded, 2 deployed");
}
