//! Real helm, where it is on the machine, sees what we released.

use std::path::Path;
use std::process::Command;

use super::lab::{Lab, abc, sync};
use crate::peer;

/// Runs helm within limits of memory and time.
async fn helm(program: &Path, lab: &Lab, arguments: &str) -> serde_json::Value {
    let line = format!(
        "ulimit -v 8000000; exec timeout 60 {} {arguments} -o json",
        program.display()
    );
    let mut command = Command::new("sh");
    command.arg("-c").arg(line).env("KUBECONFIG", &lab.kubeconfig);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "helm {arguments}: {err}");
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("helm {arguments}: {error}: {out}"))
}

async fn agrees(program: &Path) {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    sync(&reconciler, &repo.commit()).await;
    repo.edit("parameters.yaml", "b: one", "b: two");
    sync(&reconciler, &repo.commit()).await;

    let listed = helm(program, &lab, "list").await;
    let listed: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["name"].as_str().unwrap(),
                item["revision"].to_string(),
                item["status"].as_str().unwrap(),
                item["chart"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [("a", "1"), ("b", "2"), ("c", "1")];
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, revision)| {
            (
                *name,
                format!("\"{revision}\""),
                "deployed",
                match *name {
                    "a" => "a-1.0.0",
                    "b" => "b-1.0.0",
                    _ => "c-1.0.0",
                },
            )
        })
        .collect();
    assert_eq!(listed, expected);

    let history = helm(program, &lab, "history b").await;
    let history: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["revision"].to_string(),
                item["status"].as_str().unwrap(),
                item["description"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        history,
        [
            ("1".to_owned(), "superseded", "Install complete"),
            ("2".to_owned(), "deployed", "Upgrade complete"),
        ]
    );
    let values = helm(program, &lab, "get values b").await;
    assert_eq!(values, serde_json::json!({"value": "two"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn helm_3_lists_our_releases() {
    if let Some(program) = peer::find("helm3") {
        agrees(&program).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn helm_4_lists_our_releases() {
    if let Some(program) = peer::find("helm4") {
        agrees(&program).await;
    }
}
