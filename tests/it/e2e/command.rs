//! The commands, as programs see them.

use std::process::{Command, Output};

use super::lab::{Lab, NAMESPACE, Repo, abc};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deploy-manager"));
    command.env_remove("KUBECONFIG").env("RUST_LOG", "off");
    command
}

/// Runs to the end, beside the sandbox.
async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn check(output: &Output, code: i32) -> String {
    let shown = format!("{}\n{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{shown}");
    text(&output.stdout)
}

impl Repo {
    /// Writes the files.
    fn write(&self, folder: &std::path::Path) {
        for (path, text) in &self.files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }
}

impl Lab {
    fn sync_command(&self, folder: &std::path::Path) -> Command {
        let mut command = program();
        command
            .arg("sync")
            .arg("--dir")
            .arg(folder)
            .arg("--kubeconfig")
            .arg(&self.kubeconfig);
        command
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sync_says_by_its_exit_code_how_it_ended() {
    let lab = Lab::new().await;
    let folder = lab.folder.path().join("cluster");
    let mut repo = abc();
    repo.write(&folder);
    let out = check(&run(lab.sync_command(&folder)).await, 0);
    assert_eq!(out, "synced\n");
    let out = check(&run(lab.sync_command(&folder)).await, 0);
    assert_eq!(out, "nothing to do\n");

    repo.edit("parameters.yaml", "a: one", "a: [");
    repo.write(&folder);
    let output = run(lab.sync_command(&folder)).await;
    check(&output, 3);
    assert!(
        text(&output.stderr).contains("parameters.yaml:"),
        "{}",
        text(&output.stderr)
    );

    repo.edit("parameters.yaml", "a: [", "a: one");
    repo.edit(
        "charts/a/templates/config.yaml",
        "name: {{ .Release.Name }}",
        "name: NOT_A_NAME",
    );
    repo.write(&folder);
    check(&run(lab.sync_command(&folder)).await, 4);

    let mut command = lab.sync_command(&folder);
    command.arg("--no-such-flag");
    check(&run(command).await, 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn sync_is_locked_out_by_a_living_daemon() {
    let lab = Lab::new().await;
    let folder = lab.folder.path().join("cluster");
    abc().write(&folder);
    let mut settings =
        deploy_manager::k8s::lease::Settings::new(NAMESPACE.parse().unwrap(), "deploy-manager", "the-daemon");
    settings.retry_period = std::time::Duration::from_millis(200);
    let stop = tokio_util::sync::CancellationToken::new();
    let held = deploy_manager::k8s::lease::acquire(&lab.cluster, &settings, &stop)
        .await
        .unwrap()
        .unwrap();
    let asking = async {
        let output = run(lab.sync_command(&folder)).await;
        stop.cancel();
        output
    };
    let (_, output) = tokio::join!(held.keep(&stop), asking);
    check(&output, 5);
    assert!(text(&output.stderr).contains("the-daemon"));
    assert!(lab.records().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn status_and_history_show_what_was_synced() {
    let lab = Lab::new().await;
    let folder = lab.folder.path().join("cluster");
    abc().write(&folder);
    check(&run(lab.sync_command(&folder)).await, 0);
    let ask = |arguments: &[&str]| {
        let mut command = program();
        command.args(arguments).arg("--kubeconfig").arg(&lab.kubeconfig);
        run(command)
    };
    let out = check(&ask(&["status"]).await, 0);
    assert!(
        out.contains("a          a        Ready  1         3.17.2  1.0.0  1        revision 1"),
        "{out}"
    );
    let out = check(&ask(&["status", "-o", "json"]).await, 0);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["components"][2]["name"], "c");
    let out = check(&ask(&["history", "a"]).await, 0);
    assert!(
        out.lines().count() == 2 && out.contains("a-1.0.0") && out.contains("Install complete"),
        "{out}"
    );
    let output = ask(&["history", "nothing"]).await;
    check(&output, 1);
    assert_eq!(text(&output.stderr), "Error: release: not found\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn validate_and_render_need_no_cluster() {
    let folder = tempfile::tempdir().unwrap();
    let mut repo = abc();
    repo.write(folder.path());
    let ask = |arguments: &[&str]| {
        let mut command = program();
        command.args(arguments).current_dir(folder.path());
        run(command)
    };
    check(&ask(&["validate"]).await, 0);
    let out = check(&ask(&["render", "b", "-n", "east"]).await, 0);
    assert!(
        out.starts_with("---\n# Source: b/templates/config.yaml\n"),
        "{out}"
    );
    assert!(!out.contains("name: a\n"), "{out}");
    let out = check(&ask(&["render"]).await, 0);
    assert_eq!(out.matches("kind: ConfigMap").count(), 3);
    check(&ask(&["render", "none"]).await, 1);

    repo.edit("charts/a/templates/config.yaml", "quote", "nosuchfunction");
    repo.edit("charts/c/templates/config.yaml", "quote", "nosuchfunction");
    repo.write(folder.path());
    let out = check(&ask(&["validate"]).await, 1);
    assert!(out.contains("charts/a/templates/config.yaml:6"), "{out}");
    assert!(out.contains("charts/c/templates/config.yaml:6"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_serves_until_it_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("kubeconfig");
    let mut command = program();
    command
        .args([
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "-n",
            NAMESPACE,
            "--kubeconfig",
        ])
        .arg(&kubeconfig);
    let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    for _ in 0..200 {
        if kubeconfig.exists() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let cluster = abc();
    cluster.write(&folder.path().join("cluster"));
    let mut command = program();
    command
        .arg("sync")
        .arg("--dir")
        .arg(folder.path().join("cluster"))
        .arg("--kubeconfig")
        .arg(&kubeconfig);
    let output = run(command).await;
    let stopped = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(stopped.success());
    let status = tokio::task::spawn_blocking(move || child.wait().unwrap())
        .await
        .unwrap();
    check(&output, 0);
    assert_eq!(status.code(), Some(0));
}
