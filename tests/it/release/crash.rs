//! Killed at any write, the next process continues.

use std::time::Duration;

use deploy_manager::helm::render::Rendered;
use deploy_manager::release::{self, State};
use deploy_manager::sandbox::{Fault, Harm};
use tokio_util::sync::CancellationToken;

use super::support::{Scene, config_map, data, deploy_as, job_hook, options, rendered};

fn chart(value: &str) -> Rendered {
    Rendered {
        hooks: vec![job_hook("migrate", &["pre-install", "pre-upgrade"], "")],
        ..rendered("web", &[&config_map("a", value), &config_map("b", value)])
    }
}

/// Lets a deploy begin, kills it before its `number`-th write, and deploys again from a new process. `false`: the deploy
/// has fewer writes, and was done.
async fn survives_a_kill(number: usize, is_upgrade: bool) -> bool {
    let scene = Scene::start().await;
    if is_upgrade {
        scene.deploy(&chart("0"), &options()).await.unwrap();
    }
    let reached = scene.hang_at_write(number);
    let (first, second) = (scene.context("a"), scene.context("b"));
    let (before, after) = (chart("1"), chart("2"));
    let options = options();
    tokio::select! {
        done = deploy_as(&first, &before, &options) => {
            done.unwrap();
            return false;
        }
        () = reached.notified() => {}
    }
    let observed = release::observe(&second, &"web".parse().unwrap()).await.unwrap();
    if let State::Pending { holder } = &observed.state {
        assert_eq!(holder.start_id, "a", "write {number}");
    }
    assert_ne!(observed.state, State::LockedByOther, "write {number}");
    let cancel = CancellationToken::new();
    let outcome = release::deploy(&second, &observed, &after, &options, &cancel).await;
    outcome.unwrap_or_else(|error| panic!("write {number}: {error}"));
    for name in ["a", "b"] {
        assert_eq!(
            data(scene.object("ConfigMap", name).as_ref())["key"],
            "2",
            "write {number}"
        );
    }
    let statuses = scene.statuses("web").await;
    assert_eq!(
        statuses.matches("deployed").count(),
        1,
        "write {number}: {statuses}"
    );
    assert!(
        statuses.ends_with("deployed") && !statuses.contains("pending"),
        "write {number}: {statuses}"
    );
    let settled = release::observe(&second, &"web".parse().unwrap()).await.unwrap();
    assert_eq!(settled.state, State::Settled, "write {number}");
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn an_install_killed_at_any_write_is_continued() {
    let mut number = 0;
    while survives_a_kill(number, false).await {
        number += 1;
    }
    assert!(number > 10, "only {number} writes were seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_killed_at_any_write_is_continued() {
    let mut number = 0;
    while survives_a_kill(number, true).await {
        number += 1;
    }
    assert!(number > 10, "only {number} writes were seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_answer_got_lost_is_no_conflict() {
    let scene = Scene::start().await;
    scene.sandbox.harm(Fault {
        matches: Box::new(|method, path| method == "PUT" && path.contains("/secrets/")),
        times: 1,
        harm: Harm::AnswerLost(503),
    });
    scene.sandbox.harm(Fault {
        matches: Box::new(|method, path| {
            method == "PUT" && path.contains("/configmaps/deploy-manager-journal-")
        }),
        times: 1,
        harm: Harm::AnswerLost(503),
    });
    scene.sandbox.harm(Fault {
        matches: Box::new(|method, path| method == "POST" && path.ends_with("/services")),
        times: 1,
        harm: Harm::AnswerLost(503),
    });
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}";
    scene
        .deploy(&rendered("web", &[&config_map("a", "1"), service]), &options())
        .await
        .unwrap();
    assert_eq!(scene.statuses("web").await, "1 deployed");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_taken_over_writes_nothing_more() {
    let scene = Scene::start().await;
    let (slow, quick) = (scene.context("a"), scene.context("b"));
    // `a` is held up before its first object, is thought dead, and comes back.
    scene.sandbox.harm(Fault {
        matches: Box::new(|method, path| method == "POST" && path.ends_with("/jobs")),
        times: 1,
        harm: Harm::Delay(Duration::from_millis(1500)),
    });
    let before = chart("1");
    let slow_options = options();
    let work = deploy_as(&slow, &before, &slow_options);
    let rival = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        deploy_as(&quick, &chart("2"), &options()).await
    };
    let (slow, quick) = tokio::join!(work, rival);
    assert_eq!(quick.unwrap().revision, 2);
    let error = slow.unwrap_err().to_string();
    assert_eq!(error, "`pod-1` (run run-1) has taken this release over");
    assert_eq!(data(scene.object("ConfigMap", "a").as_ref())["key"], "2");
    assert_eq!(scene.statuses("web").await, "1 failed, 2 deployed");
}
