//! The `secret` hook: a Secret with generated values.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};

use super::generate::generate;
use super::{Context, Error, labels};
use crate::base::digest::Digest;
use crate::base::names::ComponentName;
use crate::base::secret::Secret;
use crate::k8s::{Object, ObjectRef, Patch, WriteOptions};
use crate::spec::{Hook, SecretRecipe};

/// How often a write is tried when others write in between.
const MAX_TRIES: usize = 5;

type Recipes = BTreeMap<String, SecretRecipe>;
type Texts = BTreeMap<String, Secret>;

/// The digest of the recipes.
#[must_use]
pub fn digest(name: &str, recipes: &Recipes) -> String {
    let mut digest = Digest::new().with("secret").with(name);
    for (key, recipe) in recipes {
        digest = digest.with(key).with(describe(recipe));
    }
    digest.hex()
}

fn describe(recipe: &SecretRecipe) -> String {
    match recipe {
        SecretRecipe::Password { length, alphabet } => format!("password {length} {alphabet}"),
        SecretRecipe::Key { bytes, url_safe } => format!("key {bytes} {url_safe}"),
        SecretRecipe::Value(text) => format!("value {text}"),
    }
}

/// Makes the Secret, or adds the keys that it lacks; gives all that the recipes name. A key that is there is never
/// changed, whatever its recipe says now.
///
/// # Errors
/// The API server's; a key whose bytes are no text.
pub async fn ensure(
    ctx: &Context,
    component: &ComponentName,
    hook: &Hook,
    name: &str,
    recipes: &Recipes,
) -> Result<Texts, Error> {
    let target = target(ctx, name);
    let mut tries = 0;
    loop {
        tries += 1;
        let live = ctx.cluster.get(&target).await;
        let live = live.map_err(|error| Error::cluster(hook, format!("reading {target}"), error))?;
        let missing = generated(ctx, recipes, live.as_ref());
        let written = match &live {
            Some(live) if missing.is_empty() => return texts(hook, live, recipes),
            Some(live) => add(ctx, &target, live, &missing).await,
            None => create(ctx, component, hook, &target, &missing).await,
        };
        match written {
            Ok(object) => return texts(hook, &object, recipes),
            // Somebody else wrote in between: look again.
            Err(error) if tries < MAX_TRIES && (error.is_conflict() || error.is_already_exists()) => {}
            Err(error) => return Err(Error::cluster(hook, format!("writing {target}"), error)),
        }
    }
}

fn target(ctx: &Context, name: &str) -> ObjectRef {
    ObjectRef::new("v1", "Secret", name).in_namespace(ctx.namespace.as_str())
}

/// New texts, in base64, for the keys that are not there.
fn generated(ctx: &Context, recipes: &Recipes, live: Option<&Object>) -> Map<String, Json> {
    let mut entropy = (ctx.entropy)(None);
    recipes
        .iter()
        .filter(|(key, _)| live.is_none_or(|live| live["data"].get(key).is_none()))
        .map(|(key, recipe)| {
            let text = generate(recipe, entropy.as_mut());
            (key.clone(), json!(STANDARD.encode(text.reveal())))
        })
        .collect()
}

async fn create(
    ctx: &Context,
    component: &ComponentName,
    hook: &Hook,
    target: &ObjectRef,
    data: &Map<String, Json>,
) -> Result<Object, crate::k8s::Error> {
    let object = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": target.name,
            "namespace": ctx.namespace,
            "labels": labels::of(component, hook),
        },
        "type": "Opaque",
        "data": data,
    });
    ctx.cluster.create(&object, &WriteOptions::default()).await
}

/// Guarded by the resourceVersion, so that a key that appeared meanwhile is not overwritten.
async fn add(
    ctx: &Context,
    target: &ObjectRef,
    live: &Object,
    data: &Map<String, Json>,
) -> Result<Object, crate::k8s::Error> {
    let patch = Patch::Merge(json!({
        "metadata": { "resourceVersion": live["metadata"]["resourceVersion"] },
        "data": data,
    }));
    ctx.cluster.patch(target, &patch, &WriteOptions::default()).await
}

/// What a Secret holds of the recipes' keys; `None` where it, or one of them, is not there.
///
/// # Errors
/// The API server's; a key whose bytes are no text.
pub async fn read(ctx: &Context, hook: &Hook, name: &str, recipes: &Recipes) -> Result<Option<Texts>, Error> {
    let target = target(ctx, name);
    let live = ctx.cluster.get(&target).await;
    let live = live.map_err(|error| Error::cluster(hook, format!("reading {target}"), error))?;
    let Some(live) = live.filter(|live| recipes.keys().all(|key| live["data"].get(key).is_some())) else {
        return Ok(None);
    };
    texts(hook, &live, recipes).map(Some)
}

fn texts(hook: &Hook, live: &Object, recipes: &Recipes) -> Result<Texts, Error> {
    let mut found = Texts::new();
    for key in recipes.keys() {
        let text = live["data"][key].as_str().and_then(decode);
        let name = live["metadata"]["name"].as_str().unwrap_or_default();
        let reason = || format!("key `{key}` of Secret {name} is not there, or is no UTF-8 text");
        let text = text.ok_or_else(|| Error::failed(hook, reason(), String::new()))?;
        found.insert(key.clone(), text);
    }
    Ok(found)
}

/// The text behind base64.
#[must_use]
pub fn decode(encoded: &str) -> Option<Secret> {
    let bytes = STANDARD.decode(encoded).ok()?;
    String::from_utf8(bytes).ok().map(Secret::new)
}
