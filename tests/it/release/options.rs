//! Options of the verbs, beside real helm or alone: what they do to objects and records.

use deploy_manager::helm::chart::File;
use deploy_manager::k8s::{Patch, WriteOptions};
use deploy_manager::release::{self, Driver, Options};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::pair::Pair;
use super::support::{Scene, config_map, config_map_ref, data, deploy_as, options, rendered};

const TEMPLATE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-{{ .Values.name }}\ndata:\n  key: {{ .Values.value | quote }}\n";
/// A hook that fails where the values say so.
const HOOK: &str = r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-hook
  annotations: {helm.sh/hook: "post-install,post-upgrade"}
spec:
  backoffLimit: 0
  template:
    metadata:
      annotations: {sandbox.deploy-manager/outcome: {{ .Values.outcome }}}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox}]
"#;
const VALUES: &str = "name: a\nvalue: one\noutcome: ok\n";

fn chart(pair: &Pair) {
    pair.chart(
        "web",
        &[
            ("templates/all.yaml", TEMPLATE),
            ("templates/hook.yaml", HOOK),
            ("values.yaml", VALUES),
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_03_records_in_config_maps_are_helms() {
    let Some(mut pair) = Pair::start("helm3").await else {
        return;
    };
    pair.set("HELM_DRIVER", "configmap");
    chart(&pair);
    pair.check(&[
        "install web ./web",
        "upgrade web ./web --set value=two --labels team=red",
        "list",
        "history web",
        "get all web",
        "rollback web 1",
    ])
    .await;
    pair.check_state().await;
    // Either goes on where the other was.
    let environment = [("HELM_DRIVER", "configmap")];
    let upgraded = pair
        .ours
        .program_with("helm3", &["upgrade", "web", "./web"], &environment)
        .await;
    assert!(upgraded.unwrap().status.success());
    let listed = pair
        .theirs
        .own_program(&["release", "list", "-q"], &environment)
        .await;
    assert_eq!(String::from_utf8_lossy(&listed.stdout), "web\n");
    pair.check(&["uninstall web", "list -a", "install web ./web"])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_15_a_record_that_is_too_large_is_refused_before_anything_is_done() {
    for driver in [Driver::Secret, Driver::ConfigMap] {
        let scene = Scene::start().await;
        let ctx = deploy_manager::release::Context {
            driver,
            ..scene.context("a")
        };
        deploy_as(&ctx, &rendered("web", &[&config_map("a", "1")]), &options())
            .await
            .unwrap();
        let mut large = rendered("web", &[&config_map("b", "1")]);
        large.crds = vec![("web/crds/x.yaml".to_owned(), String::new())];
        let mut chart = (*large.chart).clone();
        let mut state: u32 = 1;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        });
        chart.files = vec![File {
            name: "movie.bin".to_owned(),
            data: noise.take(1 << 20).collect::<Vec<u8>>().into(),
        }];
        large.chart = chart.into();
        scene.sandbox.forget_requests();
        for history_max in [1, 10] {
            let options = Options {
                history_max,
                ..options()
            };
            let error = deploy_as(&ctx, &large, &options).await.unwrap_err().to_string();
            assert!(
                error.starts_with("create: failed to create: the record would have ")
                    && error.contains("its largest parts are chart file movie.bin"),
                "{error}"
            );
        }
        let observed = release::observe(&ctx, &"web".parse().unwrap()).await.unwrap();
        assert_eq!(
            (observed.history.len(), observed.history[0].status.as_str()),
            (1, "deployed")
        );
        assert_eq!(scene.object("ConfigMap", "b"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_24_a_namespace_is_created_once_and_stays() {
    let Some(pair) = Pair::start("helm3").await else {
        return;
    };
    chart(&pair);
    let missing = pair.run("install web ./web -n other").await;
    assert_eq!(missing.1, missing.0, "the namespace is missing");
    pair.check(&[
        "install web ./web -n other --create-namespace",
        "upgrade -i db ./web -n other --create-namespace",
        "list -A -q",
        "list -n other -o json",
        "uninstall web db -n other",
    ])
    .await;
    for scene in [&pair.theirs, &pair.ours] {
        let namespace = scene.sandbox.object("v1", "Namespace", "", "other").unwrap();
        assert_eq!(namespace["metadata"]["labels"]["name"], "other");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_27_an_atomic_install_that_fails_leaves_nothing() {
    let Some(pair) = Pair::start("helm3").await else {
        return;
    };
    chart(&pair);
    pair.check_errors(&[
        "install web ./web --set outcome=fail",
        "list",
        "history web",
        "install db ./web --atomic --set outcome=fail",
        "list -a -q",
    ])
    .await;
    pair.check_state().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_48_an_atomic_upgrade_that_fails_is_rolled_back() {
    let Some(pair) = Pair::start("helm3").await else {
        return;
    };
    chart(&pair);
    pair.check_errors(&[
        "install web ./web",
        "upgrade web ./web --set outcome=fail,value=two",
        "upgrade web ./web --atomic --set outcome=fail,value=three",
        "history web",
    ])
    .await;
    pair.check_state().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_47_what_a_failed_upgrade_created_is_deleted_on_demand() {
    let Some(pair) = Pair::start("helm3").await else {
        return;
    };
    chart(&pair);
    pair.check(&[
        "install web ./web",
        "upgrade web ./web --set outcome=fail,name=b",
        "upgrade web ./web --set outcome=fail,name=c --cleanup-on-fail",
    ])
    .await;
    for scene in [&pair.theirs, &pair.ours] {
        assert!(scene.object("ConfigMap", "web-b").is_some());
        assert_eq!(scene.object("ConfigMap", "web-c"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_20_ownership_is_taken_on_demand() {
    let Some(pair) = Pair::start("helm3").await else {
        return;
    };
    chart(&pair);
    for scene in [&pair.theirs, &pair.ours] {
        let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web-a", "namespace": "prod"}, "data": {"key": "mine", "more": "x"}});
        scene
            .cluster
            .create(&object, &WriteOptions::default())
            .await
            .unwrap();
    }
    pair.check(&[
        "install web ./web",
        "list -a",
        "install web ./web --take-ownership",
        "upgrade web ./web",
    ])
    .await;
    pair.check_state().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_41_force_replaces_objects_as_a_whole() {
    let Some(pair) = Pair::start("helm3").await else {
        return;
    };
    chart(&pair);
    pair.check(&["install web ./web"]).await;
    for scene in [&pair.theirs, &pair.ours] {
        let drift = Patch::Merge(json!({"data": {"theirs": "x"}}));
        let at = config_map_ref("web-a");
        scene
            .cluster
            .patch(&at, &drift, &WriteOptions::default())
            .await
            .unwrap();
    }
    pair.check(&["upgrade web ./web --force"]).await;
    pair.check_state().await;
    let found = data(pair.ours.object("ConfigMap", "web-a").as_ref());
    assert_eq!(found.get("theirs"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_65_rollback_and_uninstall_free_what_another_helm_left_pending() {
    let scene = Scene::start().await;
    for value in ["1", "2"] {
        scene
            .deploy(&rendered("web", &[&config_map("a", value)]), &options())
            .await
            .unwrap();
    }
    let secret = scene.object("Secret", "sh.helm.release.v1.web.v2").unwrap();
    let mut stored = deploy_manager::helm::record::read_object(&secret).unwrap();
    stored.release.info.status = "pending-upgrade".to_owned();
    let engine = &deploy_manager::helm::engines::HELM_3_17_2;
    let payload = deploy_manager::helm::record::encode(&stored.release, engine);
    let stamp = deploy_manager::helm::record::Stamp::Modified(1);
    let pending = deploy_manager::helm::record::secret(&stored, &payload, stamp);
    scene
        .cluster
        .replace(&pending, &WriteOptions::default())
        .await
        .unwrap();
    let ctx = scene.context("b");
    let name = "web".parse().unwrap();
    let cancel = CancellationToken::new();
    let observed = release::observe(&ctx, &name).await.unwrap();
    release::rollback(&ctx, &observed, Some(1), &options(), &cancel)
        .await
        .unwrap();
    assert_eq!(
        scene.statuses("web").await,
        "1 superseded, 2 pending-upgrade, 3 deployed"
    );
    let observed = release::observe(&ctx, &name).await.unwrap();
    release::uninstall(&ctx, &observed, false, &options(), &cancel)
        .await
        .unwrap();
    assert_eq!(scene.statuses("web").await, "");
    assert_eq!(scene.object("ConfigMap", "a"), None);
}

/// A Job with a template of its own.
fn job(image: &str, delay: &str) -> String {
    format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: j}}\nspec:\n  template:\n    metadata: {{annotations: {{sandbox.deploy-manager/delay: {delay}}}}}\n    \
         spec: {{restartPolicy: Never, containers: [{{name: main, image: \"{image}\"}}]}}"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_job_whose_template_changed_is_replaced_on_demand() {
    let scene = Scene::start().await;
    let waiting = Options {
        wait: release::Wait::Helm,
        wait_for_jobs: true,
        ..options()
    };
    scene
        .deploy(&rendered("web", &[&job("one", "10ms")]), &waiting)
        .await
        .unwrap();
    let uid = |scene: &Scene| scene.object("Job", "j").unwrap()["metadata"]["uid"].clone();
    let first = uid(&scene);
    let error = scene
        .deploy(&rendered("web", &[&job("two", "10ms")]), &waiting)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("field is immutable"), "{error}");
    let recreating = Options {
        recreate: vec!["Job".to_owned()],
        ..waiting
    };
    let outcome = scene
        .deploy(&rendered("web", &[&job("two", "10ms")]), &recreating)
        .await
        .unwrap();
    assert_eq!(outcome.replaced, ["Job/j"]);
    let second = uid(&scene);
    assert_ne!(first, second);
    // Nothing changed: nothing is replaced.
    let outcome = scene
        .deploy(&rendered("web", &[&job("two", "10ms")]), &recreating)
        .await
        .unwrap();
    assert_eq!((outcome.replaced, uid(&scene)), (Vec::new(), second));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_not_replaced_but_reported() {
    let scene = Scene::start().await;
    let hanging = job("one", "10ms").replace("delay: 10ms", "outcome: hang");
    scene
        .deploy(&rendered("web", &[&hanging]), &options())
        .await
        .unwrap();
    let is_active = |scene: &Scene| scene.object("Job", "j").unwrap()["status"]["active"] == 1;
    while !is_active(&scene) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let recreating = Options {
        recreate: vec!["Job".to_owned()],
        ..options()
    };
    let error = scene
        .deploy(&rendered("web", &[&job("two", "10ms")]), &recreating)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot replace Job \"j\": its template changed, and it is still running"
    );
    assert_eq!(scene.statuses("web").await, "1 deployed, 2 failed");
}

const TESTS: &str = r#"apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-good
  annotations: {helm.sh/hook: test, sandbox.deploy-manager/log: "all is well"}
spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-bad
  annotations: {helm.sh/hook: test, helm.sh/hook-weight: "5", sandbox.deploy-manager/outcome: fail, sandbox.deploy-manager/log: "oh no"}
spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}
"#;

#[tokio::test(flavor = "multi_thread")]
async fn c11_73_tests_run_and_are_recorded_as_by_helm() {
    let Some(pair) = Pair::start("helm3").await else {
        return;
    };
    pair.chart(
        "web",
        &[
            ("templates/all.yaml", TEMPLATE),
            ("templates/tests/t.yaml", TESTS),
            ("templates/NOTES.txt", "hello\n"),
            ("values.yaml", VALUES),
        ],
    );
    pair.check_errors(&[
        "test web",
        "install web ./web",
        "test web --filter name=web-good --logs",
        "status web",
        "test web --logs --hide-notes",
        "status web",
        "test web --filter !name=web-bad",
        "history web",
    ])
    .await;
    pair.check_state().await;
}
