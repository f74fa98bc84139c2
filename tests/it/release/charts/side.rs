//! One chart's life with one of the two programs.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use deploy_manager::base::files::FileSet;
use deploy_manager::daemon::world;
use deploy_manager::golang::env::Limits;
use deploy_manager::helm::chart::{Chart, load};
use deploy_manager::helm::engines::Engine;
use deploy_manager::helm::render::{
    self, Capabilities, Layer, Lookup, ReleaseFacts, Rendered, Request, Switches,
};
use deploy_manager::k8s::{Cluster, DeleteOptions, ObjectRef};
use deploy_manager::release::{self, Options};
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

use super::super::ground::Ground;
use super::super::support::Scene;
use super::catalogue::Case;
use super::{normal, values};
use crate::peer;

const NAME: &str = "demo";
/// Per hook; what is not done by then never will be.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Helm,
    Ours,
}

/// What a step left.
pub struct Step {
    pub name: &'static str,
    pub error: Option<String>,
    pub objects: Json,
    pub records: Json,
}

pub struct Story<'a> {
    scene: Scene,
    case: &'a Case,
    engine: &'static Engine,
    side: Side,
    chart: Arc<Chart>,
    /// Every object that a manifest or hook so far named.
    known: BTreeSet<ObjectRef>,
    definitions: BTreeSet<ObjectRef>,
    pub told: Vec<Step>,
}

impl<'a> Story<'a> {
    pub async fn begin(ground: Ground, case: &'a Case, engine: &'static Engine, side: Side) -> Story<'a> {
        Story {
            scene: Scene::with_all_rights(ground).await,
            chart: chart(&case.chart, engine),
            case,
            engine,
            side,
            known: BTreeSet::new(),
            definitions: BTreeSet::new(),
            told: Vec::new(),
        }
    }

    /// The whole life; `None` where helm is not here.
    pub async fn tell(mut self) -> Option<Story<'a>> {
        if self.side == Side::Helm {
            peer::find(self.helm())?;
        }
        let changes = self.scene.folder.path().join("changes.yaml");
        std::fs::write(
            &changes,
            values::changed(&self.chart.values.clone().unwrap_or_default()).to_string(),
        )
        .unwrap();
        let mut files = self.case.values.clone();
        let first = self.deploy("install", &files).await;
        self.note("install", first).await;
        if self.told[0].error.is_none() {
            files.push(changes);
            let second = self.deploy("upgrade", &files).await;
            self.note("upgrade", second).await;
            let back = self.rollback().await;
            self.note("rollback", back).await;
        }
        if self.told[0].records != json!({}) {
            let gone = self.uninstall().await;
            self.note("uninstall", gone).await;
        }
        self.leave().await;
        Some(self)
    }

    /// Objects after the first step.
    pub fn objects(&self) -> usize {
        self.told[0].objects.as_object().map_or(0, serde_json::Map::len)
    }

    /// How the steps went.
    pub fn steps(&self) -> String {
        let step = |step: &Step| match &step.error {
            None => step.name.to_owned(),
            Some(error) => format!(
                "{} FAILED ({})",
                step.name,
                error.trim_end().lines().last().unwrap_or_default()
            ),
        };
        self.told.iter().map(step).collect::<Vec<_>>().join(", ")
    }

    fn helm(&self) -> &'static str {
        if self.engine.is_v4 { "helm4" } else { "helm3" }
    }

    // === The verbs ===

    async fn deploy(&mut self, verb: &str, files: &[std::path::PathBuf]) -> Result<(), String> {
        // Ours says which objects there will be, for both.
        let rendered = self.render(files).await?;
        self.learn(&rendered);
        if self.side == Side::Helm {
            let mut arguments = vec![
                verb.to_owned(),
                NAME.to_owned(),
                self.case.chart.display().to_string(),
            ];
            arguments.extend(files.iter().map(|file| format!("--values={}", file.display())));
            return self.run(&arguments).await;
        }
        let ctx = self.scene.context_of("charts", self.engine);
        let observed = self.observed().await?;
        let done = release::deploy(&ctx, &observed, &rendered, &options(), &CancellationToken::new()).await;
        done.map(drop).map_err(|error| error.to_string())
    }

    async fn rollback(&mut self) -> Result<(), String> {
        if self.side == Side::Helm {
            return self.run(&["rollback", NAME, "1"].map(str::to_owned)).await;
        }
        let ctx = self.scene.context_of("charts", self.engine);
        let observed = self.observed().await?;
        let done = release::rollback(&ctx, &observed, Some(1), &options(), &CancellationToken::new()).await;
        done.map(drop).map_err(|error| error.to_string())
    }

    async fn uninstall(&mut self) -> Result<(), String> {
        if self.side == Side::Helm {
            return self.run(&["uninstall", NAME].map(str::to_owned)).await;
        }
        let ctx = self.scene.context_of("charts", self.engine);
        let observed = self.observed().await?;
        let done = release::uninstall(&ctx, &observed, false, &options(), &CancellationToken::new()).await;
        done.map(drop).map_err(|error| error.to_string())
    }

    async fn run(&self, arguments: &[String]) -> Result<(), String> {
        let mut command = tokio::process::Command::new("timeout");
        command
            .args(["600", "bash", "-c", "ulimit -v 8000000; exec \"$0\" \"$@\""])
            .arg(peer::find(self.helm()).unwrap())
            .args(arguments)
            .arg(format!("--timeout={}s", PATIENCE.as_secs()))
            .env("KUBECONFIG", self.scene.folder.path().join("kubeconfig"))
            .env("HOME", self.scene.folder.path());
        let said = command.output().await.unwrap();
        if said.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&said.stderr).into_owned())
    }

    async fn observed(&self) -> Result<release::Observed, String> {
        let ctx = self.scene.context_of("charts", self.engine);
        release::observe(&ctx, &NAME.parse().unwrap())
            .await
            .map_err(|error| error.to_string())
    }

    async fn render(&self, files: &[std::path::PathBuf]) -> Result<Rendered, String> {
        let cluster = &self.scene.cluster;
        cluster.forget_discovery();
        let observed = self.observed().await?;
        let request = Request {
            chart: Arc::clone(&self.chart),
            release: ReleaseFacts {
                name: NAME.to_owned(),
                namespace: self.scene.namespace.clone(),
                revision: observed.next_revision,
                is_upgrade: observed.is_upgrade,
            },
            layers: files
                .iter()
                .map(|file| Layer::File {
                    name: file.display().to_string(),
                    text: std::fs::read(file).unwrap(),
                })
                .collect(),
            engine: self.engine,
            capabilities: Capabilities {
                kube_version: Some(cluster.server_version().await.unwrap()),
                server_versions: Some(cluster.api_versions().await.unwrap()),
                ..Capabilities::default()
            },
            switches: Switches::default(),
            lookup: Some(Arc::new(Live(cluster.clone(), tokio::runtime::Handle::current()))),
            seed: None,
            now: None,
            limits: Limits::default(),
        };
        let rendering = tokio::task::spawn_blocking(move || render::render(request, &world::system()));
        rendering.await.unwrap().map_err(|error| error.to_string())
    }

    // === What is there ===

    fn learn(&mut self, rendered: &Rendered) {
        let hooks = rendered.hooks.iter().map(|hook| hook.manifest.as_str());
        let texts = rendered.documents.iter().map(|(_, text)| text.as_str());
        self.known.extend(texts.chain(hooks).flat_map(refs));
        let definitions = rendered.crds.iter().flat_map(|(_, text)| refs(text));
        self.definitions.extend(definitions);
    }

    async fn note(&mut self, name: &'static str, done: Result<(), String>) {
        let mut objects = json!({});
        for at in self.known.iter().chain(&self.definitions) {
            let at = match &at.namespace {
                Some(_) => at.clone(),
                None => at.clone().in_namespace(&self.scene.namespace),
            };
            // A kind whose definition is gone has no objects.
            let Ok(Some(live)) = self.scene.cluster.get(&at).await else {
                continue;
            };
            if live["metadata"]["deletionTimestamp"].is_null() {
                let key = format!("{} {}/{}", at.api_version, at.kind, at.name);
                let key = key.replace(&self.scene.namespace, "NAMESPACE");
                objects[key] = normal::object(&live, &self.scene.namespace);
            }
        }
        let records = self.records().await;
        self.told.push(Step {
            name,
            error: done.err(),
            objects,
            records,
        });
    }

    async fn records(&self) -> Json {
        let kind = ObjectRef::new("v1", "Secret", "").in_namespace(&self.scene.namespace);
        let secrets = self.scene.cluster.list(&kind, "owner=helm").await.unwrap();
        let record = |secret: &Json| {
            let name = secret["metadata"]["name"].as_str().unwrap().to_owned();
            let decoded = decode(secret["data"]["release"].as_str().unwrap());
            (name, normal::record(secret, &decoded, &self.scene.namespace))
        };
        secrets.iter().map(record).collect()
    }

    /// What outlives a release would be in the other's way.
    async fn leave(&self) {
        let left = self.known.iter().chain(&self.definitions);
        for at in left {
            let at = match &at.namespace {
                Some(_) => at.clone(),
                None => at.clone().in_namespace(&self.scene.namespace),
            };
            let _ = self.scene.cluster.delete(&at, &DeleteOptions::default()).await;
        }
        for at in &self.definitions {
            for _ in 0..100 {
                if !matches!(self.scene.cluster.get(at).await, Ok(Some(_))) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        let namespace = ObjectRef::new("v1", "Namespace", &self.scene.namespace);
        let _ = self
            .scene
            .cluster
            .delete(&namespace, &DeleteOptions::default())
            .await;
    }
}

/// The live cluster, for `lookup`.
struct Live(Cluster, tokio::runtime::Handle);

impl Lookup for Live {
    fn lookup(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<Json, String> {
        let at = ObjectRef {
            namespace: (!namespace.is_empty()).then(|| namespace.to_owned()),
            ..ObjectRef::new(api_version, kind, name)
        };
        let answer = self.1.block_on(async {
            if name.is_empty() {
                self.0.list(&at, "").await.map(|items| json!({"items": items}))
            } else {
                self.0
                    .get(&at)
                    .await
                    .map(|found| found.unwrap_or_else(|| json!({})))
            }
        });
        answer.map_err(|error| error.to_string())
    }
}

fn options() -> Options {
    Options {
        timeout: PATIENCE,
        ..Options::default()
    }
}

/// The objects of a text of YAML documents; items of lists one by one.
fn refs(text: &str) -> Vec<ObjectRef> {
    let documents = text.split("\n---").map(|text| text.trim_start_matches("---"));
    let objects = documents.filter_map(|text| serde_yaml::from_str::<Json>(text).ok());
    objects
        .flat_map(|object| match object["items"].as_array() {
            Some(items) => items.clone(),
            None => vec![object],
        })
        .filter(|object| object["kind"].is_string() && object["metadata"]["name"].is_string())
        .map(|object| ObjectRef::of(&object))
        .collect()
}

fn decode(payload: &str) -> Json {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use std::io::Read as _;
    let packed = STANDARD.decode(STANDARD.decode(payload).unwrap()).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..])
        .read_to_string(&mut text)
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

fn chart(path: &Path, engine: &'static Engine) -> Arc<Chart> {
    if path.is_file() {
        return load::from_archive(&std::fs::read(path).unwrap(), engine).unwrap();
    }
    let mut files = FileSet::new();
    read_folder(path, path, &mut files);
    load::from_files(&files, engine).unwrap()
}

fn read_folder(root: &Path, folder: &Path, files: &mut FileSet) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_folder(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
}
