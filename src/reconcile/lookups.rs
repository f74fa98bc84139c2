//! Answers `lookup` from the live cluster, and remembers what was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value as Json, json};
use tokio::runtime::Handle;

use super::digest::Digest;
use crate::helm::render::Lookup;
use crate::k8s::{Cluster, LookupError, Question};

/// The live cluster as one render sees it.
pub struct LiveLookup {
    cluster: Cluster,
    runtime: Handle,
    asked: Mutex<BTreeMap<String, String>>,
}

impl LiveLookup {
    /// For one render; call it inside the runtime.
    #[must_use]
    pub fn new(cluster: Cluster) -> Arc<LiveLookup> {
        Arc::new(LiveLookup {
            cluster,
            runtime: Handle::current(),
            asked: Mutex::default(),
        })
    }
    /// The questions so far, and the digest of each answer.
    #[must_use]
    pub fn asked(&self) -> BTreeMap<String, String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Lookup for LiveLookup {
    fn lookup(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<Json, String> {
        let question = Question {
            api_version,
            kind,
            namespace,
            name,
        };
        // The render has a thread of its own, which is no worker of the runtime: blocking on it is allowed there.
        let answer = self.runtime.block_on(self.cluster.look_up(&question));
        let answer = answer.map_err(|error| error.to_string())?;
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(key(&question), digest(&answer));
        Ok(answer)
    }
}

/// Asks recorded questions again.
///
/// # Errors
/// The API server's.
pub async fn ask_again(
    cluster: &Cluster,
    recorded: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, LookupError> {
    let mut answers = BTreeMap::new();
    for key in recorded.keys() {
        // A key that cannot be read is left out: the inputs then differ, and rendering asks anew.
        let Ok([api_version, kind, namespace, name]) = serde_json::from_str::<[String; 4]>(key) else {
            continue;
        };
        let question = Question {
            api_version: &api_version,
            kind: &kind,
            namespace: &namespace,
            name: &name,
        };
        answers.insert(key.clone(), digest(&cluster.look_up(&question).await?));
    }
    Ok(answers)
}

/// A question as it is recorded.
fn key(question: &Question<'_>) -> String {
    json!([
        question.api_version,
        question.kind,
        question.namespace,
        question.name
    ])
    .to_string()
}

/// The digest of an answer without what the API server changes by itself at every write.
fn digest(answer: &Json) -> String {
    let mut answer = answer.clone();
    forget_versions(&mut answer);
    if let Some(items) = answer.get_mut("items").and_then(Json::as_array_mut) {
        items.iter_mut().for_each(forget_versions);
    }
    Digest::new().with_json(&answer).hex()
}

fn forget_versions(object: &mut Json) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Json::as_object_mut) {
        metadata.remove("resourceVersion");
        metadata.remove("managedFields");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_only_got_a_new_resource_version_is_the_same() {
        let object = |version: &str, value: &str| json!({"kind": "Secret", "metadata": {"name": "a", "resourceVersion": version}, "data": {"k": value}});
        assert_eq!(digest(&object("1", "x")), digest(&object("2", "x")));
        assert_ne!(digest(&object("1", "x")), digest(&object("1", "y")));
        let list = |version| json!({"items": [object(version, "x")]});
        assert_eq!(digest(&list("1")), digest(&list("2")));
    }
}
