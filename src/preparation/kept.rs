//! The Secret that keeps what a `job` hook gave, so that it survives the Job.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};

use super::{Context, Error, labels, secret};
use crate::base::names::ComponentName;
use crate::base::secret::Secret;
use crate::k8s::{ObjectRef, Patch, WriteOptions};
use crate::spec::Hook;

type Texts = BTreeMap<String, Secret>;

/// The layout of the object, for later versions of this program.
const SCHEMA: &str = "deploy-manager/outputs/v1";

fn target(ctx: &Context, component: &ComponentName, hook: &Hook) -> ObjectRef {
    ObjectRef::new("v1", "Secret", labels::kept_name(component, hook)).in_namespace(ctx.namespace.as_str())
}

/// Writes the outputs, also when there are none: that the hook has run is told by the Secret.
///
/// # Errors
/// The API server's.
pub async fn write(
    ctx: &Context,
    component: &ComponentName,
    hook: &Hook,
    digest: &str,
    outputs: &Texts,
) -> Result<(), Error> {
    let target = target(ctx, component, hook);
    let data: Map<String, Json> = outputs
        .iter()
        .map(|(key, text)| (key.clone(), json!(STANDARD.encode(text.reveal()))))
        .collect();
    let object = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": target.name,
            "namespace": ctx.namespace,
            "labels": labels::of(component, hook),
            "annotations": { labels::DIGEST: digest, labels::RUN: ctx.run, "deploy-manager/schema": SCHEMA },
        },
        "type": "Opaque",
        "data": data,
    });
    let doing = |error| Error::cluster(hook, format!("keeping outputs in {target}"), error);
    match ctx.cluster.create(&object, &WriteOptions::default()).await {
        Ok(_) => return Ok(()),
        Err(error) if error.is_already_exists() => {}
        Err(error) => return Err(doing(error)),
    }
    let live = ctx.cluster.get(&target).await.map_err(doing)?;
    let patch =
        Patch::Merge(json!({ "metadata": object["metadata"], "data": replacing(live.as_ref(), data) }));
    let written = ctx.cluster.patch(&target, &patch, &WriteOptions::default()).await;
    written.map(drop).map_err(doing)
}

/// The data of a merge patch that leaves nothing of the old.
fn replacing(live: Option<&Json>, mut data: Map<String, Json>) -> Map<String, Json> {
    let old = live.and_then(|live| live["data"].as_object());
    for key in old.into_iter().flat_map(Map::keys) {
        data.entry(key).or_insert(Json::Null);
    }
    data
}

/// The outputs kept; `None` where the hook never finished.
///
/// # Errors
/// The API server's.
pub async fn read(ctx: &Context, component: &ComponentName, hook: &Hook) -> Result<Option<Texts>, Error> {
    let target = target(ctx, component, hook);
    let live = ctx.cluster.get(&target).await;
    let live = live.map_err(|error| Error::cluster(hook, format!("reading {target}"), error))?;
    Ok(live.map(|live| {
        let data = live["data"].as_object().cloned().unwrap_or_default();
        let text = |(key, value): (String, Json)| Some((key, secret::decode(value.as_str()?)?));
        data.into_iter().filter_map(text).collect()
    }))
}
