//! The same command lines through real Helm and through `deploy-manager release`, each on a sandbox of its own.

use std::collections::BTreeSet;
use std::process::Output;
use std::sync::LazyLock;

use deploy_manager::k8s::ObjectRef;
use regex::Regex;
use serde_json::{Value as Json, json};

use super::support::{NAMESPACE, Scene};
use crate::peer;

/// Two sandboxes that nothing tells apart but who works on them.
pub struct Pair {
    pub theirs: Scene,
    pub ours: Scene,
    helm: &'static str,
    version: &'static str,
    environment: Vec<(String, String)>,
}

/// What a program said, times masked.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Pair {
    /// For `helm3` or `helm4`; `None` where that is not here.
    pub async fn start(helm: &'static str) -> Option<Pair> {
        peer::find(helm)?;
        let version = if helm == "helm4" { "4.3.1" } else { "3.17.2" };
        Some(Pair {
            theirs: Scene::start().await,
            ours: Scene::start().await,
            helm,
            version,
            environment: Vec::new(),
        })
    }

    /// A variable of both programs' environment.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// A chart folder beside both: a file of the command line may be named by `./NAME`.
    pub fn chart(&self, name: &str, files: &[(&str, &str)]) {
        for scene in [&self.theirs, &self.ours] {
            scene.chart(name, files);
        }
    }

    /// Both programs' words on one command line.
    pub async fn run(&self, line: &str) -> (Said, Said) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let environment: Vec<(&str, &str)> = self
            .environment
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let theirs = self.theirs.program_with(self.helm, &words, &environment).await;
        let start = ["release", "--helm-version", self.version];
        let own: Vec<&str> = start.into_iter().chain(words.iter().copied()).collect();
        let ours = self.ours.own_program(&own, &environment).await;
        (said(&theirs.unwrap()), said(&ours))
    }

    /// The same output and exit code, line by line.
    pub async fn check(&self, lines: &[&str]) {
        for line in lines {
            let (theirs, ours) = self.run(line).await;
            assert_eq!(
                (ours.code, ours.stdout.as_str()),
                (theirs.code, theirs.stdout.as_str()),
                "{line}\nhelm said: {}\nwe said: {}",
                theirs.stderr,
                ours.stderr
            );
        }
    }

    /// The same words to standard error, too.
    pub async fn check_errors(&self, lines: &[&str]) {
        for line in lines {
            let (theirs, ours) = self.run(line).await;
            assert_eq!(ours, theirs, "{line}");
        }
    }

    /// The same records and the same live objects, times and identities aside.
    pub async fn check_state(&self) {
        let (theirs, ours) = (state(&self.theirs).await, state(&self.ours).await);
        for (theirs, ours) in theirs.iter().zip(&ours) {
            let mut found = Vec::new();
            differences("", theirs, ours, &mut found);
            assert!(
                found.is_empty(),
                "{}:\n{}",
                ours["metadata"]["name"],
                found.join("\n")
            );
        }
        assert_eq!(ours.len(), theirs.len());
    }
}

/// Where two trees differ.
fn differences(path: &str, theirs: &Json, ours: &Json, found: &mut Vec<String>) {
    match (theirs, ours) {
        (Json::Object(a), Json::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let part = |map: &serde_json::Map<String, Json>| map.get(key).cloned().unwrap_or_default();
                differences(&format!("{path}/{key}"), &part(a), &part(b), found);
            }
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differences(&format!("{path}/{index}"), a, b, found);
            }
        }
        (a, b) if a != b => found.push(format!("{path}: helm has {a}, we have {b}")),
        _ => {}
    }
}

fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| masked(&String::from_utf8_lossy(bytes));
    Said {
        code: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// Times in the forms in which Helm prints them.
pub fn masked(text: &str) -> String {
    static FORMS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        let forms = [
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z",
            r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+ \+0000 UTC *",
            r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}",
            // The head of a column of times is as wide as the longest of them.
            r"UPDATED +",
            // Uids.
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        ];
        forms.iter().map(|form| Regex::new(form).unwrap()).collect()
    });
    FORMS.iter().fold(text.to_owned(), |text, form| {
        form.replace_all(&text, "TIME").into_owned()
    })
}

/// Records, decoded, and objects, each as a tree.
async fn state(scene: &Scene) -> Vec<Json> {
    let mut found = Vec::new();
    for (api_version, kind) in [
        ("v1", "Secret"),
        ("v1", "ConfigMap"),
        ("v1", "Service"),
        ("v1", "Pod"),
        ("apps/v1", "Deployment"),
        ("batch/v1", "Job"),
    ] {
        let kind = ObjectRef::new(api_version, kind, "").in_namespace(NAMESPACE);
        let objects = scene.cluster.list(&kind, "").await.unwrap();
        let is_theirs = |object: &Json| {
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            // Pods of controllers have names and identities of their own.
            let is_own = object["metadata"]["ownerReferences"].is_null();
            is_own && !name.starts_with("deploy-manager-journal-") && name != "kube-root-ca.crt"
        };
        found.extend(objects.into_iter().filter(is_theirs).map(settled));
    }
    found
}

/// Without what is never the same twice.
fn settled(mut object: Json) -> Json {
    if object["metadata"]["labels"]["owner"] == "helm" {
        let release = deploy_manager::helm::record::read_object(&object)
            .unwrap()
            .release;
        object["data"] = serde_json::to_value(release).unwrap();
    }
    let metadata = &mut object["metadata"];
    for field in ["uid", "resourceVersion", "managedFields", "creationTimestamp"] {
        metadata[field] = Json::Null;
    }
    for label in ["createdAt", "modifiedAt"] {
        if metadata["labels"][label].is_string() {
            metadata["labels"][label] = json!("SECONDS");
        }
    }
    object["status"] = Json::Null;
    serde_json::from_str(&masked(&object.to_string())).unwrap()
}
