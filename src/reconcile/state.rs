//! What is remembered between syncs: ConfigMap `deploy-manager-state`. The leader alone writes it, guarded by its
//! resourceVersion. If it is lost, it is rebuilt from the release records.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tokio::sync::Mutex;

use super::Error;
use super::inputs::Inputs;
use crate::base::names::{ComponentName, HookName, Namespace};
use crate::k8s::{Cluster, ObjectRef, WriteOptions};

/// The ConfigMap's name.
pub const NAME: &str = "deploy-manager-state";
/// What its `schema` key says.
const SCHEMA: &str = "deploy-manager/state/v1";
/// Before each component's name, in the keys of the ConfigMap.
const COMPONENT_KEY: &str = "component.";
/// The longest text of an error or log that is kept: 60 components stay far below the 1 MiB of a ConfigMap.
const MAX_TEXT_BYTES: usize = 2048;

/// All that is remembered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    /// Of the sync.
    pub sync: SyncRecord,
    /// By component, the vanished ones included while their release is there.
    pub components: BTreeMap<ComponentName, ComponentRecord>,
}

/// The last full success.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SyncRecord {
    /// `metadata.name` of the cluster.
    pub cluster: String,
    /// The last commit that was fully synced.
    pub commit: Option<String>,
    /// When; RFC 3339.
    pub at: Option<String>,
}

/// One component.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ComponentRecord {
    /// Its release.
    pub release: String,
    /// The last success.
    pub deployed: Option<Deployed>,
    /// Digests of the init hooks that ran.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub init: BTreeMap<HookName, String>,
    /// Failures since then.
    pub failed: Option<Failed>,
}

/// A success.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Deployed {
    /// From what.
    pub inputs: Inputs,
    /// Digest of what was rendered: manifest, hooks, user values.
    pub content: String,
    /// The revision it wrote.
    pub revision: i64,
    /// Of the release record's storage object; empty until the next list shows it.
    pub uid: String,
    /// Was it rendered as an upgrade?
    pub is_upgrade: bool,
    /// The commit.
    pub commit: String,
    /// When; RFC 3339.
    pub at: String,
}

/// Failures in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failed {
    /// How many.
    pub count: u32,
    /// The last one.
    pub at: Timestamp,
    /// Digest of the inputs it failed with.
    pub inputs: String,
    /// For people.
    pub message: String,
    /// The log of the hook that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}

impl ComponentRecord {
    /// One more failure with these inputs; new inputs count from one again.
    pub fn note_failure(&mut self, inputs: String, message: &str, log: Option<&str>, at: Timestamp) {
        let before = self.failed.as_ref().filter(|failed| failed.inputs == inputs);
        self.failed = Some(Failed {
            count: before.map_or(0, |failed| failed.count).saturating_add(1),
            at,
            inputs,
            message: shortened(message).to_owned(),
            log: log.map(|log| tail(log).to_owned()),
        });
    }
}

/// The beginning of a text, cut at a character.
fn shortened(text: &str) -> &str {
    let fits = |end: &usize| *end <= MAX_TEXT_BYTES;
    let ends = text
        .char_indices()
        .map(|(start, letter)| start + letter.len_utf8());
    &text[..ends.take_while(fits).last().unwrap_or_default()]
}

/// The end of a text, cut at a character.
fn tail(text: &str) -> &str {
    let from = text.len().saturating_sub(MAX_TEXT_BYTES);
    let start = (from..=text.len()).find(|index| text.is_char_boundary(*index));
    &text[start.unwrap_or(text.len())..]
}

/// The ConfigMap, and what it holds.
pub struct Store {
    cluster: Cluster,
    namespace: Namespace,
    /// Held while writing: components that end at the same time write one after the other.
    held: Mutex<Held>,
}

struct Held {
    recorded: Arc<Recorded>,
    /// `None`: there is no ConfigMap.
    resource_version: Option<String>,
}

impl Store {
    /// Reads the ConfigMap; without one, nothing is remembered.
    ///
    /// # Errors
    /// The API server's; a ConfigMap that this program cannot read.
    pub async fn open(cluster: Cluster, namespace: Namespace) -> Result<Store, Error> {
        let held = read(&cluster, &namespace).await?;
        Ok(Store {
            cluster,
            namespace,
            held: Mutex::new(held),
        })
    }
    /// Reads it again (somebody else led in between).
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn reload(&self) -> Result<(), Error> {
        *self.held.lock().await = read(&self.cluster, &self.namespace).await?;
        Ok(())
    }
    /// What is remembered now.
    pub async fn recorded(&self) -> Arc<Recorded> {
        Arc::clone(&self.held.lock().await.recorded)
    }
    /// Changes what is remembered, writes it if it differs, and gives what then is.
    ///
    /// # Errors
    /// The API server's; [`Error::NotLeader`] if somebody else wrote in between. What is remembered is then unchanged.
    pub async fn update(&self, change: impl FnOnce(&mut Recorded)) -> Result<Arc<Recorded>, Error> {
        let mut held = self.held.lock().await;
        let mut next = (*held.recorded).clone();
        change(&mut next);
        if next == *held.recorded {
            return Ok(Arc::clone(&held.recorded));
        }
        let object = to_object(&next, &self.namespace, held.resource_version.as_deref());
        let options = WriteOptions::default();
        let written = match held.resource_version {
            None => self.cluster.create(&object, &options).await,
            Some(_) => self.cluster.replace(&object, &options).await,
        };
        let written = written.map_err(not_written)?;
        *held = Held {
            recorded: Arc::new(next),
            resource_version: resource_version(&written),
        };
        Ok(Arc::clone(&held.recorded))
    }
}

async fn read(cluster: &Cluster, namespace: &Namespace) -> Result<Held, Error> {
    let found = cluster.get(&reference(namespace)).await;
    let found = found.map_err(|source| Error::Cluster {
        doing: format!("reading ConfigMap {NAME}"),
        source,
    })?;
    let recorded = found.as_ref().map(from_object).transpose()?.unwrap_or_default();
    Ok(Held {
        recorded: Arc::new(recorded),
        resource_version: found.as_ref().and_then(resource_version),
    })
}

fn not_written(source: crate::k8s::Error) -> Error {
    if source.is_conflict() || source.is_already_exists() || source.is_not_found() {
        return Error::NotLeader;
    }
    Error::Cluster {
        doing: format!("writing ConfigMap {NAME}"),
        source,
    }
}

fn reference(namespace: &Namespace) -> ObjectRef {
    ObjectRef {
        api_version: "v1".into(),
        kind: "ConfigMap".into(),
        namespace: Some(namespace.to_string()),
        name: NAME.into(),
    }
}

fn resource_version(object: &Json) -> Option<String> {
    object["metadata"]["resourceVersion"].as_str().map(str::to_owned)
}

fn to_object(recorded: &Recorded, namespace: &Namespace, resource_version: Option<&str>) -> Json {
    let text = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
    let mut data = BTreeMap::from([
        ("schema".to_owned(), SCHEMA.to_owned()),
        ("sync".to_owned(), text(serde_json::to_string(&recorded.sync))),
    ]);
    for (name, component) in &recorded.components {
        data.insert(
            format!("{COMPONENT_KEY}{name}"),
            text(serde_json::to_string(component)),
        );
    }
    let mut metadata = json!({
        "name": NAME,
        "namespace": namespace,
        "labels": { "app.kubernetes.io/managed-by": "deploy-manager" },
    });
    if let Some(version) = resource_version {
        metadata["resourceVersion"] = version.into();
    }
    json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data })
}

/// What a state ConfigMap remembers.
///
/// # Errors
/// [`Error::State`]: another schema, or a text that is not what we write.
pub fn from_object(object: &Json) -> Result<Recorded, Error> {
    let no_data = serde_json::Map::new();
    let data = object["data"].as_object().unwrap_or(&no_data);
    let schema = data.get("schema").and_then(Json::as_str).unwrap_or_default();
    if schema != SCHEMA {
        return Err(Error::State(format!(
            "its schema is `{schema}`, this program knows `{SCHEMA}`"
        )));
    }
    let mut recorded = Recorded::default();
    for (key, value) in data {
        let text = value.as_str().unwrap_or_default();
        let bad = |error: &dyn std::fmt::Display| Error::State(format!("key `{key}`: {error}"));
        if key == "sync" {
            recorded.sync = serde_json::from_str(text).map_err(|error| bad(&error))?;
        } else if let Some(name) = key.strip_prefix(COMPONENT_KEY) {
            let name = name.parse().map_err(|error| bad(&error))?;
            let component = serde_json::from_str(text).map_err(|error| bad(&error))?;
            recorded.components.insert(name, component);
        }
    }
    Ok(recorded)
}

#[cfg(test)]
mod tests {
    use super::super::inputs::tests::inputs;
    use super::*;

    fn recorded() -> Recorded {
        let mut keystone = ComponentRecord {
            release: "keystone".into(),
            deployed: Some(Deployed {
                inputs: inputs(),
                content: "d".into(),
                revision: 3,
                ..Deployed::default()
            }),
            init: [("passwords".parse().unwrap(), "h".to_owned())].into(),
            failed: None,
        };
        keystone.note_failure("i".into(), "it broke", Some("log"), Timestamp::UNIX_EPOCH);
        Recorded {
            sync: SyncRecord {
                cluster: "east-1".into(),
                commit: Some("c0ffee".into()),
                at: None,
            },
            components: [("keystone".parse().unwrap(), keystone)].into(),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let object = to_object(&recorded(), &"east".parse().unwrap(), Some("7"));
        assert_eq!(object["metadata"]["resourceVersion"], "7");
        assert_eq!(from_object(&object).unwrap(), recorded());
    }

    #[test]
    fn what_is_not_ours_is_not_guessed_at() {
        for (data, expected) in [
            (
                json!({}),
                "its schema is ``, this program knows `deploy-manager/state/v1`",
            ),
            (
                json!({"schema": "deploy-manager/state/v9"}),
                "its schema is `deploy-manager/state/v9`, this program knows `deploy-manager/state/v1`",
            ),
            (
                json!({"schema": SCHEMA, "component.a": "{"}),
                "key `component.a`: EOF while parsing an object at line 1 column 1",
            ),
        ] {
            let Err(Error::State(message)) = from_object(&json!({ "data": data })) else {
                panic!("read");
            };
            assert_eq!(message, expected);
        }
    }

    #[test]
    fn failures_count_while_the_inputs_stay() {
        let mut record = ComponentRecord::default();
        let counts: Vec<u32> = ["a", "a", "a", "b"]
            .map(|inputs| {
                record.note_failure(inputs.into(), "x", None, Timestamp::UNIX_EPOCH);
                record.failed.as_ref().unwrap().count
            })
            .to_vec();
        assert_eq!(counts, [1, 2, 3, 1]);
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        let long = "ü".repeat(MAX_TEXT_BYTES);
        assert_eq!(shortened(&long).len(), MAX_TEXT_BYTES);
        assert_eq!(tail(&format!("{long}x")).len(), MAX_TEXT_BYTES - 1);
    }
}
