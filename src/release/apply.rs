//! Making the cluster as the manifest says: create, patch three-way, delete what vanished.
//! Source: helm `pkg/kube/client.go` (`Update`, `updateResource`), v3.17.

use serde_json::{Map as JsonMap, Value as Json};

use super::changes::{Identity, Removal, Target, by_identity, removal, vanished};
use super::ownership::{Owner, with_keys};
use super::plan::{Plan, live_object, live_objects};
use super::run::Run;
use super::{Context, Error, FIELD_MANAGER, Outcome, recreate};
use crate::k8s::objects::uid;
use crate::k8s::{self, DeleteOptions, Object, ObjectRef, Patch, Propagation, WriteOptions};
use crate::patch::{json_merge, keys, strategic};

/// What one application did.
#[derive(Default)]
struct Applied {
    /// Live uids of all objects of the manifest.
    uids: Vec<String>,
    /// `cannot patch …`
    failures: Vec<String>,
    /// What a first install could not create.
    refused: Vec<String>,
}

enum Change {
    Created,
    Changed,
    Replaced,
    Unchanged,
}

enum Failure {
    /// Ends the whole application at once, as in Helm.
    Abort(Error),
    /// The others go on.
    Patch(String),
    /// The others go on, in a first install.
    Create(String),
}

/// Applies all objects in order; then, unless one failed, deletes what the last revision had and this one has not.
///
/// # Errors
/// In Helm's words; what was done until then is in the outcome.
pub(super) async fn apply(run: &mut Run<'_>, plan: &Plan) -> Result<(), Error> {
    let (ctx, release) = (run.ctx, run.release().name.clone());
    let owner = Owner {
        release: &release,
        namespace: ctx.namespace.as_str(),
    };
    let mut applied = Applied::default();
    let targets: Vec<&ObjectRef> = plan.targets.iter().map(|target| &target.at).collect();
    let live = live_objects(ctx, &targets).await?;
    // A first install creates, and tells the server's errors as they are. Source: helm `pkg/action/install.go`.
    let is_fresh = plan.is_install && live.iter().all(Option::is_none);
    let originals = by_identity(&plan.previous);
    for (target, live) in plan.targets.iter().zip(live) {
        let modified = with_keys(&target.object, owner);
        let original = original(plan, &originals, target).unwrap_or(&modified);
        let done = put(run, target, (original, &modified), (live, is_fresh)).await;
        note(done, target, &mut applied, run)?;
    }
    if !applied.refused.is_empty() {
        return Err(Error::Listed {
            prefix: String::new(),
            errors: applied.refused,
        });
    }
    if !applied.failures.is_empty() {
        return Err(Error::Helm(applied.failures.join(" && ")));
    }
    delete_vanished(ctx, plan, &applied, (&release, &mut run.outcome)).await
}

/// The object as the last revision had it; `None`: what is applied is its own original, so that nothing is removed from
/// an object that was found.
fn original<'a>(
    plan: &'a Plan,
    originals: &std::collections::BTreeMap<Identity, &'a Target>,
    target: &Target,
) -> Option<&'a Json> {
    let identity = Identity::of(&target.at);
    let moved = plan.moved.iter().find(|(new, _)| *new == identity);
    let old = match moved {
        Some((_, index)) => plan.previous.get(*index),
        None => originals.get(&identity).copied(),
    };
    old.map(|old| &old.object)
}

fn note(
    done: Result<(Change, Object), Failure>,
    target: &Target,
    applied: &mut Applied,
    run: &mut Run<'_>,
) -> Result<(), Error> {
    let (change, live) = match done {
        Ok(done) => done,
        Err(Failure::Abort(error)) => return Err(error),
        Err(Failure::Create(text)) => {
            applied.refused.push(text);
            return Ok(());
        }
        Err(Failure::Patch(text)) => {
            applied.failures.push(text);
            return Ok(());
        }
    };
    applied.uids.push(uid(&live).to_owned());
    if matches!(change, Change::Created) {
        run.made.push((target.at.clone(), uid(&live).to_owned()));
    }
    let outcome = &mut run.outcome;
    let list = match change {
        Change::Created => &mut outcome.created,
        Change::Changed => &mut outcome.changed,
        Change::Replaced => &mut outcome.replaced,
        Change::Unchanged => &mut outcome.unchanged,
    };
    list.push(short_name(&target.at));
    Ok(())
}

fn short_name(at: &ObjectRef) -> String {
    format!("{}/{}", at.kind, at.name)
}

/// Creates, patches or replaces one object.
async fn put(
    run: &Run<'_>,
    target: &Target,
    (original, modified): (&Json, &Json),
    (live, is_fresh): (Option<Object>, bool),
) -> Result<(Change, Object), Failure> {
    let (ctx, at) = (run.ctx, &target.at);
    let live = match live {
        Some(live) => live,
        None => match ctx.cluster.create(modified, &options()).await {
            Ok(live) => return Ok((Change::Created, live)),
            // A controller was faster, or it was our own request and its answer got lost.
            Err(error) if error.is_already_exists() || error.is_transient() => {
                appeared(ctx, at, (error, is_fresh)).await?
            }
            Err(error) => return Err(not_created(error, is_fresh)),
        },
    };
    let cannot = |why: String| {
        Failure::Patch(format!(
            "cannot patch \"{}\" with kind {}: {why}",
            at.name, at.kind
        ))
    };
    let patch = patch(original, modified, &live).map_err(cannot)?;
    if recreate::is_wanted(&run.options.recreate, at, patch.as_ref()) {
        let live = recreate::replace(run, at, modified, &live).await;
        return live.map(|live| (Change::Replaced, live)).map_err(Failure::Patch);
    }
    if run.options.force {
        return overwrite(ctx, modified, &live).await;
    }
    let Some(patch) = patch else {
        return Ok((Change::Unchanged, live));
    };
    match ctx.cluster.patch(at, &patch, &options()).await {
        Ok(live) => Ok((Change::Changed, live)),
        Err(error) => Err(cannot(error.to_string())),
    }
}

/// `--force`. Source: helm `pkg/kube/client.go` (`updateResource`), v3.17.
async fn overwrite(ctx: &Context, modified: &Json, live: &Object) -> Result<(Change, Object), Failure> {
    let mut object = modified.clone();
    object["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"].clone();
    match ctx.cluster.replace(&object, &options()).await {
        Ok(live) => Ok((Change::Changed, live)),
        Err(error) => Err(Failure::Patch(format!("failed to replace object: {error}"))),
    }
}

async fn appeared(
    ctx: &Context,
    at: &ObjectRef,
    (error, is_fresh): (k8s::Error, bool),
) -> Result<Object, Failure> {
    let live = live_object(ctx, at).await.map_err(Failure::Abort)?;
    live.ok_or_else(|| not_created(error, is_fresh))
}

fn not_created(error: k8s::Error, is_fresh: bool) -> Failure {
    match is_fresh {
        true => Failure::Create(error.to_string()),
        false => Failure::Abort(Error::doing(|| "failed to create resource")(error)),
    }
}

/// Three-way: what the chart dropped is taken away, what it says is set (also where somebody changed it), the rest stays.
/// `None` where nothing is to be changed. Custom resources have no strategic merge; for them Helm compares the two
/// manifests alone, and we compare with the live object, so that drift and missing ownership keys are repaired too.
fn patch(original: &Json, modified: &Json, live: &Object) -> Result<Option<Patch>, String> {
    let target = ObjectRef::of(modified);
    let patch = match keys::schema_of(&target.api_version, &target.kind) {
        Some(schema) => {
            let patch = strategic::three_way(original, modified, live, schema);
            Patch::Strategic(patch.map_err(|error| format!("failed to create patch: {error}"))?)
        }
        None => Patch::Merge(json_merge::three_way(original, modified, live)),
    };
    let (Patch::Strategic(body) | Patch::Merge(body)) = &patch else {
        return Ok(Some(patch));
    };
    Ok((!body.as_object().is_some_and(JsonMap::is_empty)).then_some(patch))
}

/// Deletes what only the last revision has, in that one's order. What cannot be deleted is a warning, as in Helm 3.
async fn delete_vanished(
    ctx: &Context,
    plan: &Plan,
    applied: &Applied,
    (release, outcome): (&str, &mut Outcome),
) -> Result<(), Error> {
    let owner = format!("{}/{release}", ctx.namespace);
    for old in vanished(&plan.previous, &plan.targets) {
        let live = match live_object(ctx, &old.at).await {
            Ok(Some(live)) => live,
            Ok(None) => continue,
            Err(error) => {
                outcome.warnings.push(error.to_string());
                continue;
            }
        };
        match removal(&live, &applied.uids, &owner) {
            Removal::Keep(why) => outcome.warnings.push(format!("{} is not deleted: {why}", old.at)),
            Removal::Delete { uid } => match delete(ctx, &old.at, uid).await {
                Ok(()) => outcome.deleted.push(short_name(&old.at)),
                Err(error) => outcome.warnings.push(error.to_string()),
            },
        }
    }
    Ok(())
}

/// Deletes exactly this object, its dependents in the background.
pub(super) async fn delete(ctx: &Context, at: &ObjectRef, uid: String) -> Result<(), Error> {
    delete_as(ctx, at, uid, Propagation::Background).await
}

/// Deletes exactly this object.
pub(super) async fn delete_as(
    ctx: &Context,
    at: &ObjectRef,
    uid: String,
    propagation: Propagation,
) -> Result<(), Error> {
    let options = DeleteOptions {
        uid: Some(uid),
        propagation,
        ..DeleteOptions::default()
    };
    let deleted = ctx.cluster.delete(at, &options).await;
    deleted.map_err(Error::doing(|| format!("deleting {at}")))?;
    Ok(())
}

pub(super) fn options() -> WriteOptions {
    WriteOptions {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..WriteOptions::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config_map(data: &Json) -> Json {
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": data})
    }

    #[test]
    fn nothing_is_sent_where_nothing_differs() {
        let mut live = config_map(&json!({"a": "1"}));
        live["metadata"]["uid"] = json!("u");
        let same = config_map(&json!({"a": "1"}));
        assert_eq!(patch(&same, &same, &live), Ok(None));
    }

    #[test]
    fn drift_is_set_back_and_strangers_fields_stay() {
        let live = config_map(&json!({"a": "changed", "theirs": "x"}));
        let original = config_map(&json!({"a": "1", "dropped": "y"}));
        let modified = config_map(&json!({"a": "1"}));
        let Ok(Some(Patch::Strategic(body))) = patch(&original, &modified, &live) else {
            panic!("a strategic patch was expected");
        };
        assert_eq!(body, json!({"data": {"a": "1", "dropped": null}}));
    }

    #[test]
    fn custom_resources_are_compared_with_the_live_object_too() {
        let custom = |spec: Json| json!({"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": spec});
        let manifest = custom(json!({"size": 1}));
        let live = custom(json!({"size": 50, "theirs": true}));
        let expected = Patch::Merge(json!({"spec": {"size": 1}}));
        assert_eq!(patch(&manifest, &manifest, &live), Ok(Some(expected)));
    }
}
