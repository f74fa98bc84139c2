//! Install and upgrade on the sandbox.

use deploy_manager::base::report::Hint as _;
use deploy_manager::release::{Error, Wait};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::ground::{Ground, on_both_servers};
use super::support::{Scene, config_map, config_map_ref, data, deploy_as, deployment, options, rendered};
use deploy_manager::k8s::{Patch, WriteOptions};
use deploy_manager::release::{self, Options};

on_both_servers! {
    an_install_creates_owned_objects_and_a_deployed_record,
    an_upgrade_patches_creates_and_deletes,
    an_upgrade_to_the_same_sends_no_object_write,
    drift_is_set_back_and_others_fields_are_kept,
    an_object_with_the_keep_policy_outlives_its_chart,
    objects_of_others_are_refused_all_at_once_and_nothing_changes,
    a_wait_that_fails_names_what_is_missing,
    a_wait_ends_when_the_workload_is_ready,
    history_is_pruned_and_keeps_the_deployed_revision,
    giving_up_marks_the_record_with_the_reason,
    the_list_shows_the_newest_revision_of_each_release,
    a_kind_that_is_not_served_is_told_in_helms_words,
    definitions_are_installed_first_and_custom_resources_are_merged,
    a_failed_patch_is_recorded_and_nothing_is_pruned,
    labels_of_users_stay_on_records_and_helms_own_are_refused,
}

async fn an_install_creates_owned_objects_and_a_deployed_record(ground: Ground) {
    let scene = Scene::on(ground).await;
    let outcome = scene
        .deploy(&rendered("web", &[&config_map("a", "1")]), &options())
        .await
        .unwrap();
    assert_eq!(
        (outcome.revision, outcome.created),
        (1, vec!["ConfigMap/a".to_owned()])
    );
    assert_eq!(scene.statuses("web").await, "1 deployed");
    let object = scene.object("ConfigMap", "a").unwrap();
    assert_eq!(
        object["metadata"]["labels"]["app.kubernetes.io/managed-by"],
        "Helm"
    );
    let expected =
        json!({"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": scene.namespace});
    assert_eq!(object["metadata"]["annotations"], expected);
}

async fn an_upgrade_patches_creates_and_deletes(ground: Ground) {
    let scene = Scene::on(ground).await;
    let first = rendered(
        "web",
        &[
            &config_map("a", "1"),
            &config_map("b", "1"),
            &config_map("same", "1"),
        ],
    );
    scene.deploy(&first, &options()).await.unwrap();
    let second = rendered(
        "web",
        &[
            &config_map("a", "2"),
            &config_map("c", "1"),
            &config_map("same", "1"),
        ],
    );
    let outcome = scene.deploy(&second, &options()).await.unwrap();
    assert_eq!(outcome.changed, ["ConfigMap/a"]);
    assert_eq!(outcome.created, ["ConfigMap/c"]);
    assert_eq!(outcome.unchanged, ["ConfigMap/same"]);
    assert_eq!(outcome.deleted, ["ConfigMap/b"]);
    assert_eq!(data(scene.object("ConfigMap", "a").as_ref())["key"], "2");
    assert_eq!(scene.object("ConfigMap", "b"), None);
    assert_eq!(scene.statuses("web").await, "1 superseded, 2 deployed");
}

async fn an_upgrade_to_the_same_sends_no_object_write(ground: Ground) {
    let scene = Scene::on(ground).await;
    let chart = rendered("web", &[&config_map("a", "1"), &deployment("app", "nginx")]);
    scene.deploy(&chart, &options()).await.unwrap();
    scene.forget_requests();
    let outcome = scene.deploy(&chart, &options()).await.unwrap();
    assert_eq!(scene.object_writes(), [""; 0]);
    assert_eq!(outcome.unchanged, ["ConfigMap/a", "Deployment/app"]);
}

async fn drift_is_set_back_and_others_fields_are_kept(ground: Ground) {
    let scene = Scene::on(ground).await;
    let chart = rendered("web", &[&config_map("a", "1")]);
    scene.deploy(&chart, &options()).await.unwrap();
    let drift = Patch::Merge(json!({"data": {"key": "drifted", "theirs": "x"}}));
    scene
        .cluster
        .patch(
            &config_map_ref("a").in_namespace(&scene.namespace),
            &drift,
            &WriteOptions::default(),
        )
        .await
        .unwrap();
    scene.deploy(&chart, &options()).await.unwrap();
    let found = data(scene.object("ConfigMap", "a").as_ref());
    assert_eq!((found["key"].as_str(), found["theirs"].as_str()), ("1", "x"));
}

async fn an_object_with_the_keep_policy_outlives_its_chart(ground: Ground) {
    let scene = Scene::on(ground).await;
    let kept = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: k\n  annotations: {helm.sh/resource-policy: keep}";
    scene
        .deploy(&rendered("web", &[kept, &config_map("a", "1")]), &options())
        .await
        .unwrap();
    let outcome = scene
        .deploy(&rendered("web", &[&config_map("a", "1")]), &options())
        .await
        .unwrap();
    assert!(scene.object("ConfigMap", "k").is_some());
    assert_eq!(
        outcome.warnings,
        [format!(
            "ConfigMap {}/k is not deleted: its annotation helm.sh/resource-policy says keep",
            scene.namespace
        )]
    );
}

async fn objects_of_others_are_refused_all_at_once_and_nothing_changes(ground: Ground) {
    let scene = Scene::on(ground).await;
    scene
        .deploy(
            &rendered("db", &[&config_map("shared", "db"), &config_map("more", "db")]),
            &options(),
        )
        .await
        .unwrap();
    scene.forget_requests();
    let chart = rendered(
        "web",
        &[
            &config_map("own", "1"),
            &config_map("shared", "web"),
            &config_map("more", "web"),
        ],
    );
    let error = scene.deploy(&chart, &options()).await.unwrap_err();
    let Error::Ownership { conflicts, .. } = &error else {
        panic!("{error}");
    };
    let owners: Vec<_> = conflicts
        .iter()
        .map(|conflict| (conflict.object.name.as_str(), conflict.owner.as_deref()))
        .collect();
    let db = format!("{}/db", scene.namespace);
    assert_eq!(
        owners,
        [("shared", Some(db.as_str())), ("more", Some(db.as_str()))]
    );
    let first = error.to_string().lines().next().unwrap().to_owned();
    assert_eq!(
        first,
        format!(
            r#"Unable to continue with install: ConfigMap "shared" in namespace "{}" exists and cannot be imported into the current release: invalid ownership metadata; annotation validation error: key "meta.helm.sh/release-name" must equal "web": current value is "db""#,
            scene.namespace
        )
    );
    let the_journals = format!("POST /api/v1/namespaces/{}/configmaps", scene.namespace);
    assert_eq!(scene.object_writes(), [the_journals]);
    assert_eq!(scene.object("ConfigMap", "own"), None);
    assert_eq!(scene.statuses("web").await, "");
}

async fn a_wait_that_fails_names_what_is_missing(ground: Ground) {
    let scene = Scene::on(ground).await;
    let options = Options {
        timeout: std::time::Duration::from_millis(600),
        wait: Wait::Helm,
        ..options()
    };
    let error = scene
        .deploy(&rendered("web", &[&deployment("app", "nginx:missing")]), &options)
        .await
        .unwrap_err();
    let Error::Failed {
        message, revision: 1, ..
    } = &error
    else {
        panic!("{error}");
    };
    assert!(
        message.contains(&format!(
            "Deployment {}/app: 0 of 1 new pods are ready; pod app-",
            scene.namespace
        )),
        "{message}"
    );
    assert!(message.contains("ImagePullBackOff"), "{message}");
    assert_eq!(scene.statuses("web").await, "1 failed");
    // The failed revision is the baseline of the next.
    let outcome = scene
        .deploy(
            &rendered("web", &[&deployment("app", "nginx")]),
            &super::support::options(),
        )
        .await
        .unwrap();
    assert_eq!(outcome.changed, ["Deployment/app"]);
    assert_eq!(scene.statuses("web").await, "1 failed, 2 deployed");
}

async fn a_wait_ends_when_the_workload_is_ready(ground: Ground) {
    let scene = Scene::on(ground).await;
    let options = Options {
        wait: Wait::Helm,
        ..options()
    };
    scene
        .deploy(&rendered("web", &[&deployment("app", "nginx")]), &options)
        .await
        .unwrap();
    assert_eq!(
        scene.object("Deployment", "app").unwrap()["status"]["readyReplicas"],
        1
    );
}

async fn history_is_pruned_and_keeps_the_deployed_revision(ground: Ground) {
    let scene = Scene::on(ground).await;
    let options = Options {
        history_max: 3,
        ..options()
    };
    for value in ["1", "2", "3", "4", "5"] {
        scene
            .deploy(&rendered("web", &[&config_map("a", value)]), &options)
            .await
            .unwrap();
    }
    assert_eq!(
        scene.statuses("web").await,
        "3 superseded, 4 superseded, 5 deployed"
    );
}

async fn giving_up_marks_the_record_with_the_reason(ground: Ground) {
    let scene = Scene::on(ground).await;
    let options = Options {
        wait: Wait::Helm,
        ..options()
    };
    let reason = std::sync::Arc::clone(&options.cancel_reason);
    let ctx = scene.context("a");
    let observed = release::observe(&ctx, &"web".parse().unwrap()).await.unwrap();
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        reason.set("superseded by 1a2b3c4".to_owned()).unwrap();
        stop.cancel();
    });
    let chart = rendered("web", &[&deployment("app", "nginx:missing")]);
    let error = release::deploy(&ctx, &observed, &chart, &options, &cancel)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "given up: superseded by 1a2b3c4");
    let observed = release::observe(&ctx, &"web".parse().unwrap()).await.unwrap();
    assert_eq!(observed.history[0].description, "superseded by 1a2b3c4");
    assert_eq!(observed.history[0].status, "failed");
    assert_eq!(observed.state, release::State::Settled);
}

async fn the_list_shows_the_newest_revision_of_each_release(ground: Ground) {
    let scene = Scene::on(ground).await;
    for (name, value) in [("web", "1"), ("web", "2"), ("db", "1")] {
        scene
            .deploy(&rendered(name, &[&config_map(name, value)]), &options())
            .await
            .unwrap();
    }
    let found = release::list(&scene.context("a")).await.unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|newest| (newest.name.as_str(), newest.revision, newest.chart.as_str()))
        .collect();
    assert_eq!(found, [("db", 1, "db-1.0.0"), ("web", 2, "web-1.0.0")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_moves_to_another_group_survives() {
    let scene = Scene::start().await;
    scene.sandbox.serve("extensions/v1beta1", true);
    let old = deployment("app", "nginx").replace("apps/v1", "extensions/v1beta1");
    scene.deploy(&rendered("web", &[&old]), &options()).await.unwrap();
    let uid = scene.object("Deployment", "app").unwrap()["metadata"]["uid"].clone();
    let outcome = scene
        .deploy(&rendered("web", &[&deployment("app", "nginx:2")]), &options())
        .await
        .unwrap();
    assert_eq!(outcome.deleted, [""; 0]);
    let live = scene.object("Deployment", "app").unwrap();
    assert_eq!(live["metadata"]["uid"], uid);
    assert_eq!(
        live["spec"]["template"]["spec"]["containers"][0]["image"],
        "nginx:2"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_manifest_of_an_api_that_is_gone_does_not_block() {
    let scene = Scene::start().await;
    scene.sandbox.serve("extensions/v1beta1", true);
    let old = deployment("app", "nginx").replace("apps/v1", "extensions/v1beta1");
    scene.deploy(&rendered("web", &[&old]), &options()).await.unwrap();
    scene.sandbox.serve("extensions/v1beta1", false);
    scene.cluster.forget_discovery();
    let outcome = scene
        .deploy(&rendered("web", &[&deployment("app", "nginx:2")]), &options())
        .await
        .unwrap();
    assert_eq!(
        (outcome.changed, outcome.deleted),
        (vec!["Deployment/app".to_owned()], vec![])
    );
}

async fn a_kind_that_is_not_served_is_told_in_helms_words(ground: Ground) {
    let scene = Scene::on(ground).await;
    let chart = rendered(
        "web",
        &["apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w}"],
    );
    let error = scene.deploy(&chart, &options()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "unable to build kubernetes objects from release manifest: resource mapping not found for name: \"w\" namespace: \"\" from \"\": no matches for kind \"Widget\" in version \"example.org/v1\"\nensure CRDs are installed first"
    );
    assert_eq!(scene.statuses("web").await, "");
}

const WIDGETS: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.org}\nspec:\n  group: example.org\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets, singular: widget}\n  versions:\n  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}\n";

async fn definitions_are_installed_first_and_custom_resources_are_merged(ground: Ground) {
    let scene = Scene::with_all_rights(ground).await;
    let widget = |size: i64| {
        format!("apiVersion: example.org/v1\nkind: Widget\nmetadata: {{name: w}}\nspec: {{size: {size}}}")
    };
    let chart = |size: i64| {
        let mut chart = rendered("web", &[&widget(size)]);
        chart.crds = vec![("web/crds/widgets.yaml".to_owned(), WIDGETS.to_owned())];
        chart
    };
    let outcome = scene.deploy(&chart(1), &options()).await.unwrap();
    assert_eq!(
        outcome.created,
        ["CustomResourceDefinition/widgets.example.org", "Widget/w"]
    );
    scene.forget_requests();
    let outcome = scene.deploy(&chart(1), &options()).await.unwrap();
    assert_eq!(
        (outcome.unchanged, scene.object_writes()),
        (vec!["Widget/w".to_owned()], vec![])
    );
    let outcome = scene.deploy(&chart(2), &options()).await.unwrap();
    assert_eq!(outcome.changed, ["Widget/w"]);
}

async fn a_failed_patch_is_recorded_and_nothing_is_pruned(ground: Ground) {
    let scene = Scene::on(ground).await;
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: c, image: \"a:1\"}]";
    scene
        .deploy(
            &rendered("web", &[job, &config_map("gone", "1"), &config_map("a", "1")]),
            &options(),
        )
        .await
        .unwrap();
    let changed = job.replace("a:1", "a:2");
    let error = scene
        .deploy(&rendered("web", &[&changed, &config_map("a", "2")]), &options())
        .await
        .unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with("cannot patch \"j\" with kind Job: "),
        "{message}"
    );
    assert!(message.contains("field is immutable"), "{message}");
    assert!(error.hints()[0].contains("another name"), "{:?}", error.hints());
    assert!(scene.object("ConfigMap", "gone").is_some());
    assert_eq!(data(scene.object("ConfigMap", "a").as_ref())["key"], "2");
    assert_eq!(scene.statuses("web").await, "1 deployed, 2 failed");
}

async fn labels_of_users_stay_on_records_and_helms_own_are_refused(ground: Ground) {
    let scene = Scene::on(ground).await;
    let with = |key: &str, value: &str| Options {
        labels: [(key.to_owned(), value.to_owned())].into(),
        ..options()
    };
    scene
        .deploy(&rendered("web", &[&config_map("a", "1")]), &with("team", "x"))
        .await
        .unwrap();
    scene
        .deploy(&rendered("web", &[&config_map("a", "2")]), &with("tier", "y"))
        .await
        .unwrap();
    let labels = scene.object("Secret", "sh.helm.release.v1.web.v2").unwrap()["metadata"]["labels"].clone();
    assert_eq!(
        (&labels["team"], &labels["tier"], &labels["status"]),
        (&json!("x"), &json!("y"), &json!("deployed"))
    );
    let error = scene
        .deploy(&rendered("web", &[&config_map("a", "3")]), &with("owner", "me"))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("user supplied labels contains system reserved label name."),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_daemons_do_not_work_on_one_release() {
    let scene = Scene::start().await;
    let reached = scene.hang_at_write(3);
    let (first, second) = (scene.context("a"), scene.context("b"));
    let chart = rendered("web", &[&config_map("a", "1")]);
    let options = options();
    tokio::select! {
        _ = deploy_as(&first, &chart, &options) => panic!("it should hang"),
        () = reached.notified() => {}
    }
    // `b` did not see `a` begin.
    let observed = release::Observed {
        name: "web".parse().unwrap(),
        state: release::State::Absent,
        history: vec![],
        next_revision: 1,
        is_upgrade: false,
    };
    let error = release::deploy(&second, &observed, &chart, &options, &CancellationToken::new())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`pod-1` (run run-1) is at work on this release"
    );
}
