//! Helm hooks on the sandbox.

use std::time::Duration;

use deploy_manager::helm::hook::Hook;
use deploy_manager::helm::render::Rendered;
use deploy_manager::release::{Error, Options};

use super::ground::{Ground, on_both_servers};
use super::support::{Scene, config_map, job_hook, options, rendered};

on_both_servers! {
    hooks_run_around_the_objects_and_are_recorded,
    a_failed_hook_fails_the_release_and_gives_its_log,
    a_failed_upgrade_hook_leaves_the_deployed_revision,
    delete_policies_are_followed,
    on_failure_earlier_hooks_are_cleaned_up_too,
    a_hook_is_replaced_at_its_next_run,
    a_hook_that_used_up_its_time_does_not_hold_up_its_repair,
}

fn chart(value: &str, hooks: Vec<Hook>) -> Rendered {
    Rendered {
        hooks,
        ..rendered("web", &[&config_map("a", value)])
    }
}

const FAIL: &str = "sandbox.deploy-manager/outcome: fail";

fn with_policy(mut hook: Hook, policy: &str) -> Hook {
    hook.delete_policies = vec![policy.to_owned()];
    hook
}

/// Names of the objects that were created since the requests were forgotten, records and journals left out.
async fn hook_phases(scene: &Scene, revision: i64) -> Vec<(String, String)> {
    let name = format!("sh.helm.release.v1.web.v{revision}");
    let secret = scene.object("Secret", &name).unwrap();
    let stored = deploy_manager::helm::record::read_object(&secret).unwrap();
    let hooks = stored.release.hooks.into_iter();
    hooks.map(|hook| (hook.name, hook.last_run.phase)).collect()
}

async fn hooks_run_around_the_objects_and_are_recorded(ground: Ground) {
    let scene = Scene::on(ground).await;
    let hooks = vec![
        job_hook("before", &["pre-install"], ""),
        job_hook("after", &["post-install"], ""),
    ];
    scene.deploy(&chart("1", hooks), &options()).await.unwrap();
    let writes: Vec<String> = scene
        .object_writes()
        .into_iter()
        .filter(|write| write.starts_with("POST"))
        .collect();
    let jobs = &format!("POST /apis/batch/v1/namespaces/{}/jobs", scene.namespace);
    let journal = &format!("POST /api/v1/namespaces/{}/configmaps", scene.namespace);
    let is_journal = |write: &String| write.ends_with("/configmaps");
    let order: Vec<&String> = writes.iter().skip_while(|write| is_journal(write)).collect();
    assert_eq!(order, [jobs, journal, jobs]);
    let succeeded = |name: &str| (name.to_owned(), "Succeeded".to_owned());
    assert_eq!(
        hook_phases(&scene, 1).await,
        [succeeded("before"), succeeded("after")]
    );
    assert!(scene.object("Job", "before").is_some());
}

async fn a_failed_hook_fails_the_release_and_gives_its_log(ground: Ground) {
    let scene = Scene::on(ground).await;
    let error = scene
        .deploy(
            &chart("1", vec![job_hook("migrate", &["pre-install"], FAIL)]),
            &options(),
        )
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "failed pre-install: job migrate failed: BackoffLimitExceeded"
    );
    assert!(error.log().is_some_and(|log| !log.is_empty()), "{error:?}");
    assert_eq!(scene.statuses("web").await, "1 failed");
    assert_eq!(
        hook_phases(&scene, 1).await,
        [("migrate".to_owned(), "Failed".to_owned())]
    );
    assert_eq!(scene.object("ConfigMap", "a"), None);
}

async fn a_failed_upgrade_hook_leaves_the_deployed_revision(ground: Ground) {
    let scene = Scene::on(ground).await;
    scene.deploy(&chart("1", vec![]), &options()).await.unwrap();
    let error = scene
        .deploy(
            &chart("2", vec![job_hook("migrate", &["pre-upgrade"], FAIL)]),
            &options(),
        )
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Failed { revision: 2, .. }));
    assert_eq!(
        error.to_string(),
        "pre-upgrade hooks failed: job migrate failed: BackoffLimitExceeded"
    );
    assert_eq!(scene.statuses("web").await, "1 deployed, 2 failed");
}

async fn delete_policies_are_followed(ground: Ground) {
    let scene = Scene::on(ground).await;
    let succeeded = with_policy(job_hook("done", &["pre-install"], ""), "hook-succeeded");
    let kept = with_policy(job_hook("kept", &["pre-install"], ""), "hook-failed");
    scene
        .deploy(&chart("1", vec![succeeded, kept]), &options())
        .await
        .unwrap();
    assert_eq!(scene.object("Job", "done"), None);
    assert!(scene.object("Job", "kept").is_some());
}

async fn on_failure_earlier_hooks_are_cleaned_up_too(ground: Ground) {
    let scene = Scene::on(ground).await;
    let first = with_policy(job_hook("a-first", &["pre-install"], ""), "hook-succeeded");
    let second = with_policy(job_hook("b-second", &["pre-install"], FAIL), "hook-failed");
    scene
        .deploy(&chart("1", vec![first, second]), &options())
        .await
        .unwrap_err();
    assert_eq!(
        (scene.object("Job", "a-first"), scene.object("Job", "b-second")),
        (None, None)
    );
}

async fn a_hook_is_replaced_at_its_next_run(ground: Ground) {
    let scene = Scene::on(ground).await;
    let hook = || vec![job_hook("migrate", &["pre-install", "pre-upgrade"], "")];
    scene.deploy(&chart("1", hook()), &options()).await.unwrap();
    let uid = |scene: &Scene| scene.object("Job", "migrate").unwrap()["metadata"]["uid"].clone();
    let first = uid(&scene);
    scene.deploy(&chart("2", hook()), &options()).await.unwrap();
    assert_ne!(uid(&scene), first);
}

const HANG: &str = "sandbox.deploy-manager/outcome: hang";

async fn a_hook_that_used_up_its_time_does_not_hold_up_its_repair(ground: Ground) {
    let scene = Scene::on(ground).await;
    let short = Options {
        timeout: Duration::from_secs(1),
        ..options()
    };
    let hook = |annotations| vec![job_hook("migrate", &["pre-install", "pre-upgrade"], annotations)];
    let error = scene.deploy(&chart("1", hook(HANG)), &short).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "failed pre-install: not ready after 1 s: Job {}/migrate: the job is still running",
            scene.namespace
        )
    );
    scene.deploy(&chart("1", hook("")), &options()).await.unwrap();
    assert_eq!(scene.statuses("web").await, "1 failed, 2 deployed");
}
