//! A sandbox on a free port, and short ways to ask it.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use deploy_manager::sandbox::{Sandbox, Settings};
use reqwest::Method;
use serde_json::{Value, json};

use crate::peer;

/// A sandbox whose workloads are ready after a blink.
pub(crate) struct Lab {
    pub(crate) sandbox: Sandbox,
    client: reqwest::Client,
    folder: tempfile::TempDir,
}

impl Lab {
    pub(crate) async fn new() -> Lab {
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            delay: Duration::from_millis(50),
            namespaces: vec!["demo".to_owned()],
        };
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let sandbox = Sandbox::start(settings).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("kubeconfig"), sandbox.kubeconfig("demo")).unwrap();
        Lab {
            sandbox,
            client: reqwest::Client::new(),
            folder,
        }
    }
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.sandbox.address())
    }
    /// A request with a body of this type; (status, JSON body).
    pub(crate) async fn send(&self, method: Method, path: &str, kind: &str, body: &Value) -> (u16, Value) {
        let request = self
            .client
            .request(method, self.url(path))
            .header("content-type", kind);
        let response = request.body(body.to_string()).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let response = self.client.get(self.url(path)).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }
    /// GET with this `Accept`.
    pub(crate) async fn get_as(&self, path: &str, accept: &str) -> reqwest::Response {
        self.client
            .get(self.url(path))
            .header("accept", accept)
            .send()
            .await
            .unwrap()
    }
    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::POST, path, "application/json", &body).await
    }
    pub(crate) async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::PUT, path, "application/json", &body).await
    }
    pub(crate) async fn delete(&self, path: &str, options: Value) -> (u16, Value) {
        self.send(Method::DELETE, path, "application/json", &options)
            .await
    }
    /// PATCH; the type by a word: `merge`, `strategic`, `json`, `apply`.
    pub(crate) async fn patch(&self, path: &str, kind: &str, body: Value) -> (u16, Value) {
        let kind = match kind {
            "merge" => "application/merge-patch+json",
            "strategic" => "application/strategic-merge-patch+json",
            "apply" => "application/apply-patch+yaml",
            _ => "application/json-patch+json",
        };
        self.send(Method::PATCH, path, kind, &body).await
    }
    /// Asks until the answer fits, for at most ten seconds.
    pub(crate) async fn wait_for(&self, path: &str, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        for _ in 0..500 {
            last = self.get(path).await.1;
            if fits(&last) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{path} never became {what}: {last:#}")
    }
    /// Runs a peer program against the sandbox; `None` (and a visible line) where it is not installed.
    pub(crate) async fn run(&self, program: &str, arguments: &[&str]) -> Option<Output> {
        let path = peer::find(program)?;
        let mut command = Command::new(path);
        command.args(arguments).current_dir(self.folder());
        command
            .env("KUBECONFIG", self.folder().join("kubeconfig"))
            .env("HOME", self.folder());
        Some(
            tokio::task::spawn_blocking(move || command.output().unwrap())
                .await
                .unwrap(),
        )
    }
    /// The same, which must succeed; what it printed.
    pub(crate) async fn ok(&self, program: &str, arguments: &[&str]) -> Option<String> {
        let output = self.run(program, arguments).await?;
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{program} {}: {errors}",
            arguments.join(" ")
        );
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// The message of a `Status`.
pub(crate) fn message(status: &Value) -> &str {
    status["message"].as_str().unwrap_or_default()
}

pub(crate) const CONFIG_MAPS: &str = "/api/v1/namespaces/demo/configmaps";
pub(crate) const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/demo/deployments";

pub(crate) fn config_map(name: &str, data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data})
}

/// A pod template with one container.
pub(crate) fn template(app: &str, image: &str) -> Value {
    json!({
        "metadata": {"labels": {"app": app}},
        "spec": {"containers": [{"name": "main", "image": image}]},
    })
}

pub(crate) fn deployment(name: &str, image: &str, replicas: u32) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template(name, image),
        },
    })
}
