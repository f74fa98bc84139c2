//! A sandbox, a chart, and both programs on them.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use deploy_manager::helm::engines::{CERTIFIED, Engine};
use deploy_manager::sandbox::{Fault, Harm, Sandbox, Settings};

use crate::peer;

/// What a program did: exit code, standard output, standard error.
type Told = (i32, String, String);

/// A server with a few objects, and a folder with charts.
pub(super) struct Scene {
    pub(super) sandbox: Sandbox,
    folder: tempfile::TempDir,
}

impl Scene {
    pub(super) async fn start() -> Scene {
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            delay: Duration::from_millis(50),
            namespaces: vec!["demo".to_owned()],
        };
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let sandbox = Sandbox::start(settings).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("kubeconfig"), sandbox.kubeconfig("demo")).unwrap();
        let scene = Scene { sandbox, folder };
        let object = r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "there"}, "data": {"key": "value"}}"#;
        let url = format!(
            "http://{}/api/v1/namespaces/demo/configmaps",
            scene.sandbox.address()
        );
        let sent = reqwest::Client::new()
            .post(url)
            .header("content-type", "application/json");
        assert!(sent.body(object).send().await.unwrap().status().is_success());
        scene
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A chart with these templates.
    pub(super) fn chart(&self, name: &str, files: &[(&str, &str)]) {
        let chart = self.folder().join(name);
        let _ = std::fs::remove_dir_all(&chart);
        let metadata = format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n");
        for (path, text) in files.iter().chain(&[("Chart.yaml", metadata.as_str())]) {
            let path = chart.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }

    /// The next request to such a path is refused.
    pub(super) fn forbid(&self, path: &'static str) {
        self.sandbox.harm(Fault {
            matches: Box::new(move |_, asked| asked == path),
            times: 1,
            harm: Harm::Status(403),
        });
    }

    /// Both programs with these arguments, for each engine. `before` prepares each of them.
    pub(super) async fn compare(&self, args: &[&str], env: &[(&str, &str)], before: impl Fn()) {
        for engine in CERTIFIED {
            let Some(helm) = peer::find(if engine.is_v4 { "helm4" } else { "helm3" }) else {
                continue;
            };
            before();
            let theirs = self
                .run(Path::new(&helm), &[&["template"], args].concat(), env)
                .await;
            before();
            let ours = self.ours(engine, args, env).await;
            assert_eq!(ours, theirs, "{} {args:?} {env:?}", engine.version);
        }
    }

    async fn ours(&self, engine: &Engine, args: &[&str], env: &[(&str, &str)]) -> Told {
        let program = Path::new(env!("CARGO_BIN_EXE_deploy-manager"));
        let words = [&["template", "--helm-version", engine.version], args].concat();
        self.run(program, &words, env).await
    }

    async fn run(&self, program: &Path, args: &[&str], env: &[(&str, &str)]) -> Told {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.folder()).env_clear();
        command.env("HOME", self.folder()).env("KUBECONFIG", "kubeconfig");
        command.envs(env.iter().copied());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        told(&output.await.unwrap())
    }
}

fn told(output: &Output) -> Told {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap_or(-1),
        text(&output.stdout),
        text(&output.stderr),
    )
}
