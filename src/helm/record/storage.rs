//! The Secret that holds a record: name, labels, payload.
//! Source: helm `pkg/storage/driver/{secrets,labels}.go`, v3.17.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::codec::{DecodeError, decode};
use super::schema::Release;

/// Labels that Helm sets itself.
const SYSTEM_LABELS: [&str; 6] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];
const SECRET_TYPE: &str = "helm.sh/release.v1";

/// A record with its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The record.
    pub release: Release,
    /// The labels that users gave.
    pub labels: BTreeMap<String, String>,
}

/// Why a storage object holds no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {why}")]
pub struct StoredError {
    /// The storage object.
    pub name: String,
    /// What is wrong with it.
    pub why: DecodeError,
}

/// When a storage object is written, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// For the first time.
    Created(i64),
    /// Again; the label of the first time is then gone, as with Helm.
    Modified(i64),
}

/// `sh.helm.release.v1.<release>.v<revision>`.
#[must_use]
pub fn object_name(release: &str, revision: i64) -> String {
    format!("sh.helm.release.v1.{release}.v{revision}")
}

/// Selects the records of one release, or of all of them.
#[must_use]
pub fn selector(release: Option<&str>) -> String {
    match release {
        Some(name) => format!("name={name},owner=helm"),
        None => "owner=helm".to_owned(),
    }
}

/// Fails, in Helm's words, where a user's label is one of Helm's own.
///
/// # Errors
/// The text.
pub fn check_labels(labels: &BTreeMap<String, String>) -> Result<(), String> {
    if labels.keys().any(|key| SYSTEM_LABELS.contains(&key.as_str())) {
        let system = SYSTEM_LABELS.join(" ");
        return Err(format!(
            "user supplied labels contains system reserved label name. System labels: [{system}]"
        ));
    }
    Ok(())
}

/// The labels of an earlier revision overlaid with new ones; the value `null` takes a label away.
#[must_use]
pub fn labels_with(
    earlier: &BTreeMap<String, String>,
    given: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut labels = earlier.clone();
    labels.extend(given.iter().map(|(key, value)| (key.clone(), value.clone())));
    labels.retain(|_, value| value != "null");
    labels
}

/// All labels of a storage object.
fn labels(stored: &Stored, stamp: Stamp) -> BTreeMap<String, String> {
    let release = &stored.release;
    let mut labels = stored.labels.clone();
    let (key, seconds) = match stamp {
        Stamp::Created(seconds) => ("createdAt", seconds),
        Stamp::Modified(seconds) => ("modifiedAt", seconds),
    };
    let system = [
        (key, seconds.to_string()),
        ("name", release.name.clone()),
        ("owner", "helm".to_owned()),
        ("status", release.info.status.clone()),
        ("version", release.version.to_string()),
    ];
    labels.extend(system.map(|(key, value)| (key.to_owned(), value)));
    labels
}

/// The Secret for a record with this payload (see [`super::encode`]).
#[must_use]
pub fn secret(stored: &Stored, payload: &str, stamp: Stamp) -> Json {
    let release = &stored.release;
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": object_name(&release.name, release.version),
            "namespace": release.namespace,
            "labels": labels(stored, stamp),
        },
        "type": SECRET_TYPE,
        "data": {"release": STANDARD.encode(payload)},
    })
}

/// The `ConfigMap` for a record with this payload.
#[must_use]
pub fn config_map(stored: &Stored, payload: &str, stamp: Stamp) -> Json {
    let mut object = secret(stored, payload, stamp);
    object["kind"] = Json::from("ConfigMap");
    object["data"] = json!({"release": payload});
    if let Some(fields) = object.as_object_mut() {
        fields.remove("type");
    }
    object
}

/// Reads a Secret or `ConfigMap` that holds a record.
///
/// # Errors
/// There is no record in it, or it does not decode.
pub fn read_object(object: &Json) -> Result<Stored, StoredError> {
    let name = object
        .pointer("/metadata/name")
        .and_then(Json::as_str)
        .unwrap_or_default();
    let fail = |why| StoredError {
        name: name.to_owned(),
        why,
    };
    let text = object
        .pointer("/data/release")
        .and_then(Json::as_str)
        .unwrap_or_default();
    let payload = if object.get("kind").and_then(Json::as_str) == Some("ConfigMap") {
        text.as_bytes().to_vec()
    } else {
        let bytes = STANDARD.decode(text);
        bytes.map_err(|error| fail(DecodeError::Base64(error.to_string())))?
    };
    let labels = object.pointer("/metadata/labels").and_then(Json::as_object);
    let users = labels
        .into_iter()
        .flatten()
        .filter(|(key, _)| !SYSTEM_LABELS.contains(&key.as_str()))
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    Ok(Stored {
        release: decode(&payload).map_err(fail)?,
        labels: users.collect(),
    })
}
