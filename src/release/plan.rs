//! What will be applied, and from what it is told apart: made before anything is touched.

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, StreamExt};

use super::changes::{Identity, Target, by_identity, namesakes};
use super::ownership::{Conflict, Owner, conflict};
use super::{Context, Error, objects};
use crate::k8s::objects::uid;
use crate::k8s::{Object, ObjectRef};

/// Requests at once.
pub(super) const CONCURRENCY: usize = 8;

/// The objects of both manifests, checked.
pub(super) struct Plan {
    /// In install order.
    pub(super) targets: Vec<Target>,
    /// Of the last revision, in its order.
    pub(super) previous: Vec<Target>,
    /// New object → index of the old one in `previous` that is the same stored object under another group.
    pub(super) moved: Vec<(Identity, usize)>,
    pub(super) warnings: Vec<String>,
    /// There is no last revision.
    pub(super) is_install: bool,
}

/// What of the objects that are there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// They must be ours or nobody's.
    Ownership,
    /// They count as ours.
    TakeOver,
}

/// Builds the objects of both manifests and checks that the new ones are ours or nobody's. `manifests`: the new one, and
/// the last revision's.
///
/// # Errors
/// Kinds that are not served, objects of others: all at once.
pub(super) async fn make(
    ctx: &Context,
    release: &str,
    (manifest, previous_manifest): (&str, Option<&str>),
    check: Check,
) -> Result<Plan, Error> {
    let what = if previous_manifest.is_some() {
        "new release manifest"
    } else {
        "release manifest"
    };
    let prefix = format!("unable to build kubernetes objects from {what}");
    let (previous, warnings) = match previous_manifest {
        Some(text) => objects::of_stored_manifest(ctx, text).await?,
        None => Default::default(),
    };
    let mut plan = Plan {
        targets: objects::of_manifest(ctx, manifest, &prefix).await?,
        previous,
        moved: Vec::new(),
        warnings,
        is_install: previous_manifest.is_none(),
    };
    match check_ownership(ctx, release, &mut plan, previous_manifest.is_some()).await {
        Err(Error::Ownership { .. }) if check == Check::TakeOver => Ok(plan),
        checked => checked.map(|()| plan),
    }
}

/// Objects that the last revision names are ours by record, whether they carry the keys or not.
async fn check_ownership(
    ctx: &Context,
    release: &str,
    plan: &mut Plan,
    is_upgrade: bool,
) -> Result<(), Error> {
    let recorded = by_identity(&plan.previous);
    let is_new = |target: &&Target| !recorded.contains_key(&Identity::of(&target.at));
    let unnamed = |target: &&Target| !target.at.name.is_empty();
    let new: Vec<&ObjectRef> = plan
        .targets
        .iter()
        .filter(is_new)
        .filter(unnamed)
        .map(|target| &target.at)
        .collect();
    let found = live_objects(ctx, &new).await?;
    let (mut conflicts, mut moved) = (Vec::new(), Vec::new());
    for (at, live) in new.into_iter().zip(found) {
        let Some(live) = live else {
            continue;
        };
        match verdict(ctx, release, (at, &live), &plan.previous).await? {
            Verdict::Ours => {}
            Verdict::Moved(index) => moved.push((Identity::of(at), index)),
            Verdict::Conflict(conflict) => conflicts.push(conflict),
        }
    }
    plan.moved = moved;
    if conflicts.is_empty() {
        return Ok(());
    }
    Err(Error::Ownership {
        prefix: prefix(ctx, is_upgrade),
        conflicts,
    })
}

enum Verdict {
    Ours,
    /// The old object at this index is the same stored object.
    Moved(usize),
    Conflict(Conflict),
}

async fn verdict(
    ctx: &Context,
    release: &str,
    (at, live): (&ObjectRef, &Object),
    previous: &[Target],
) -> Result<Verdict, Error> {
    for old in namesakes(at, previous) {
        let same = live_object(ctx, &old.at)
            .await?
            .is_some_and(|object| uid(&object) == uid(live));
        let index = previous.iter().position(|target| target == old);
        if let (true, Some(index)) = (same, index) {
            return Ok(Verdict::Moved(index));
        }
    }
    let owner = Owner {
        release,
        namespace: ctx.namespace.as_str(),
    };
    Ok(conflict(live, at, owner).map_or(Verdict::Ours, Verdict::Conflict))
}

/// Source: helm `pkg/action/{install,upgrade}.go`, v3.17 and v4.
fn prefix(ctx: &Context, is_upgrade: bool) -> &'static str {
    match (ctx.engine.is_v4, is_upgrade) {
        (false, false) => "Unable to continue with install",
        (false, true) => "Unable to continue with update",
        (true, false) => "unable to continue with install",
        (true, true) => "unable to continue with update",
    }
}

/// Reads objects, several at a time, in their order.
pub(super) async fn live_objects(
    ctx: &Context,
    targets: &[&ObjectRef],
) -> Result<Vec<Option<Object>>, Error> {
    // Boxed at once: the compiler cannot see that a stream of closures over references may cross threads.
    let reads: Vec<BoxFuture<'_, _>> = targets.iter().map(|at| live_object(ctx, at).boxed()).collect();
    let found: Vec<Result<Option<Object>, Error>> = stream::iter(reads).buffered(CONCURRENCY).collect().await;
    found.into_iter().collect()
}

pub(super) async fn live_object(ctx: &Context, at: &ObjectRef) -> Result<Option<Object>, Error> {
    let doing = || {
        let namespace = at.namespace.as_deref().unwrap_or_default();
        let (kind, name) = (&at.kind, &at.name);
        format!("could not get information about the resource {kind} \"{name}\" in namespace \"{namespace}\"")
    };
    ctx.cluster.get(at).await.map_err(Error::doing(doing))
}
