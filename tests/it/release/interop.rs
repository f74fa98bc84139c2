//! Real Helm as the judge: it reads and continues our releases, and we continue its.

use deploy_manager::helm::engines::HELM_4_3_1;
use deploy_manager::release;
use serde_json::Value as Json;

use super::ground::{Ground, on_both_servers};
use super::support::{Scene, config_map, data, deploy_as, job_hook, options, rendered};

on_both_servers! {
    real_helm_reads_our_releases,
    real_helm_upgrades_rolls_back_and_uninstalls_our_releases,
    we_continue_what_real_helm_installed,
    releases_of_engine_4_are_helm_4s,
    an_unfinished_operation_of_real_helm_is_not_touched,
}

const TEMPLATE: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  key: {{ .Values.value | quote }}\n";

fn chart(scene: &Scene) -> String {
    scene.chart(
        "web",
        &[("templates/all.yaml", TEMPLATE), ("values.yaml", "value: helm\n")],
    )
}

async fn ours(scene: &Scene) {
    for value in ["1", "2"] {
        let mut chart = rendered("web", &[&config_map("a", value)]);
        chart.hooks = vec![job_hook("migrate", &["pre-upgrade"], "")];
        scene.deploy(&chart, &options()).await.unwrap();
    }
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

async fn real_helm_reads_our_releases(ground: Ground) {
    let scene = Scene::on(ground).await;
    ours(&scene).await;
    for helm in ["helm3", "helm4"] {
        let Some(list) = scene.run(helm, &["list", "-o", "json"]).await else {
            continue;
        };
        let list = json(&list);
        assert_eq!(
            (&list[0]["name"], &list[0]["revision"], &list[0]["status"]),
            (&"web".into(), &"2".into(), &"deployed".into())
        );
        assert_eq!(
            (&list[0]["chart"], &list[0]["app_version"]),
            (&"web-1.0.0".into(), &"7".into())
        );
        let history = json(&scene.run(helm, &["history", "web", "-o", "json"]).await.unwrap());
        let seen: Vec<(i64, &str, &str)> = history
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                (
                    row["revision"].as_i64().unwrap(),
                    row["status"].as_str().unwrap(),
                    row["description"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (1, "superseded", "Install complete"),
                (2, "deployed", "Upgrade complete")
            ]
        );
        let manifest = scene.run(helm, &["get", "manifest", "web"]).await.unwrap();
        assert_eq!(
            manifest.trim(),
            format!("---\n# Source: web/templates/all.yaml\n{}", config_map("a", "2"))
        );
        assert_eq!(
            scene
                .run(helm, &["get", "values", "web", "-o", "json"])
                .await
                .unwrap()
                .trim(),
            r#"{"color":"blue"}"#
        );
        assert_eq!(
            scene.run(helm, &["get", "notes", "web"]).await.unwrap().trim(),
            "NOTES:\nhave fun"
        );
        assert!(
            scene
                .run(helm, &["get", "hooks", "web"])
                .await
                .unwrap()
                .contains("kind: Job")
        );
        let status = scene.run(helm, &["status", "web"]).await.unwrap();
        assert!(
            status.contains("STATUS: deployed") && status.contains("REVISION: 2"),
            "{status}"
        );
    }
}

async fn real_helm_upgrades_rolls_back_and_uninstalls_our_releases(ground: Ground) {
    for helm in ["helm3", "helm4"] {
        let scene = Scene::on(ground).await;
        ours(&scene).await;
        let folder = chart(&scene);
        if scene.run(helm, &["upgrade", "web", &folder]).await.is_none() {
            continue;
        }
        assert_eq!(data(scene.object("ConfigMap", "a").as_ref())["key"], "helm");
        scene.run(helm, &["rollback", "web", "1"]).await.unwrap();
        assert_eq!(data(scene.object("ConfigMap", "a").as_ref())["key"], "1");
        assert_eq!(
            scene.statuses("web").await,
            "1 superseded, 2 superseded, 3 superseded, 4 deployed"
        );
        scene.run(helm, &["uninstall", "web"]).await.unwrap();
        assert_eq!(scene.object("ConfigMap", "a"), None);
        assert_eq!(scene.statuses("web").await, "");
    }
}

async fn we_continue_what_real_helm_installed(ground: Ground) {
    for helm in ["helm3", "helm4"] {
        let scene = Scene::on(ground).await;
        let folder = chart(&scene);
        if scene
            .run(helm, &["install", "web", &folder, "--description", "first"])
            .await
            .is_none()
        {
            continue;
        }
        let uid = scene.object("ConfigMap", "a").unwrap()["metadata"]["uid"].clone();
        let outcome = scene
            .deploy(&rendered("web", &[&config_map("a", "ours")]), &options())
            .await
            .unwrap();
        assert_eq!(
            (outcome.revision, outcome.changed),
            (2, vec!["ConfigMap/a".to_owned()])
        );
        let live = scene.object("ConfigMap", "a").unwrap();
        assert_eq!(
            (&live["metadata"]["uid"], &live["data"]["key"]),
            (&uid, &"ours".into())
        );
        assert_eq!(scene.statuses("web").await, "1 superseded, 2 deployed");
        let first = release::observe(&scene.context("a"), &"web".parse().unwrap())
            .await
            .unwrap();
        assert_eq!(first.history[0].description, "first");
        // What that Helm wrote into its record is still there.
        let history = json(&scene.run(helm, &["history", "web", "-o", "json"]).await.unwrap());
        assert_eq!(history[0]["status"], "superseded");
        scene.run(helm, &["rollback", "web", "1"]).await.unwrap();
        assert_eq!(data(scene.object("ConfigMap", "a").as_ref())["key"], "helm");
    }
}

async fn releases_of_engine_4_are_helm_4s(ground: Ground) {
    let scene = Scene::on(ground).await;
    let ctx = scene.context_of("a", &HELM_4_3_1);
    for value in ["1", "2"] {
        deploy_as(&ctx, &rendered("web", &[&config_map("a", value)]), &options())
            .await
            .unwrap();
    }
    let folder = chart(&scene);
    if scene.run("helm4", &["upgrade", "web", &folder]).await.is_some() {
        assert_eq!(
            scene.statuses("web").await,
            "1 superseded, 2 superseded, 3 deployed"
        );
    }
}

async fn an_unfinished_operation_of_real_helm_is_not_touched(ground: Ground) {
    let scene = Scene::on(ground).await;
    ours(&scene).await;
    // As a Helm that died in the middle leaves it.
    let secret = scene.object("Secret", "sh.helm.release.v1.web.v2").unwrap();
    let mut stored = deploy_manager::helm::record::read_object(&secret).unwrap();
    stored.release.info.status = "pending-upgrade".to_owned();
    let engine = &deploy_manager::helm::engines::HELM_3_17_2;
    let payload = deploy_manager::helm::record::encode(&stored.release, engine);
    let pending = deploy_manager::helm::record::secret(
        &stored,
        &payload,
        deploy_manager::helm::record::Stamp::Modified(1),
    );
    scene
        .cluster
        .replace(&pending, &deploy_manager::k8s::WriteOptions::default())
        .await
        .unwrap();
    scene.forget_requests();
    let error = scene
        .deploy(&rendered("web", &[&config_map("a", "3")]), &options())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "another operation (install/upgrade/rollback) is in progress"
    );
    assert_eq!(scene.writes(), []);
}
