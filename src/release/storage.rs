//! The Secrets or `ConfigMaps` that hold the records of a namespace.

use crate::helm::record::{self, Release, Stamp, Stored, object_name};
use crate::k8s::{self, DeleteOptions, Object, ObjectRef, WriteOptions};

use super::{Context, Driver, Error};

/// A record with the storage object that it was read from or written to: the guard of the next write.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) stored: Stored,
    live: Object,
}

impl Kept {
    pub(super) fn release(&self) -> &Release {
        &self.stored.release
    }
    pub(super) fn uid(&self) -> &str {
        k8s::objects::uid(&self.live)
    }
    pub(super) fn resource_version(&self) -> &str {
        k8s::objects::resource_version(&self.live)
    }
}

fn objects(ctx: &Context) -> ObjectRef {
    let kind = match ctx.driver {
        Driver::Secret => "Secret",
        Driver::ConfigMap => "ConfigMap",
    };
    ObjectRef::new("v1", kind, "").in_namespace(ctx.namespace.as_str())
}

fn object(ctx: &Context, stored: &Stored, payload: &str, stamp: Stamp) -> Object {
    match ctx.driver {
        Driver::Secret => record::secret(stored, payload, stamp),
        Driver::ConfigMap => record::config_map(stored, payload, stamp),
    }
}

/// All revisions of a release, oldest first. Records that do not decode are left out, as Helm does, and logged.
pub(super) async fn history(ctx: &Context, name: &str) -> Result<Vec<Kept>, Error> {
    let found = ctx
        .cluster
        .list(&objects(ctx), &record::selector(Some(name)))
        .await;
    let found = found.map_err(Error::doing(|| format!("reading the records of release {name}")))?;
    let mut history = decoded(found);
    history.sort_by_key(|kept| kept.release().version);
    Ok(history)
}

/// One revision.
pub(super) async fn one(ctx: &Context, name: &str, number: i64) -> Result<Option<Kept>, Error> {
    let target = ObjectRef {
        name: object_name(name, number),
        ..objects(ctx)
    };
    let found = ctx.cluster.get(&target).await;
    let found = found.map_err(Error::doing(|| format!("reading record {}", target.name)))?;
    Ok(decoded(found.into_iter().collect()).pop())
}

/// The records of all releases, in any order. Without `superseded`: the newest of each is among them, and the load of a
/// full history is not.
pub(super) async fn all(ctx: &Context, superseded: bool) -> Result<Vec<Kept>, Error> {
    let found = ctx.cluster.list(&objects(ctx), &of_all(superseded)).await;
    let found = found.map_err(Error::doing(|| {
        format!("reading the releases of namespace {}", ctx.namespace)
    }))?;
    Ok(decoded(found))
}

/// The same in all namespaces.
pub(super) async fn everywhere(ctx: &Context, superseded: bool) -> Result<Vec<Kept>, Error> {
    let kind = objects(ctx).in_namespace("");
    let found = ctx.cluster.list(&kind, &of_all(superseded)).await;
    let found = found.map_err(Error::doing(|| "reading the releases of all namespaces"))?;
    Ok(decoded(found))
}

fn of_all(superseded: bool) -> String {
    let selector = record::selector(None);
    match superseded {
        true => selector,
        false => selector + ",status notin (superseded)",
    }
}

fn decoded(found: Vec<Object>) -> Vec<Kept> {
    let read = |live: Object| match record::read_object(&live) {
        Ok(stored) => Some(Kept { stored, live }),
        Err(error) => {
            tracing::warn!(%error, "this record is left out");
            None
        }
    };
    found.into_iter().filter_map(read).collect()
}

/// A revision that the server will take.
pub(super) struct Packed {
    pub(super) stored: Stored,
    payload: String,
}

/// Packs a new revision, before anything is touched for it.
///
/// # Errors
/// It would be too large, and what of it is.
pub(super) fn pack(ctx: &Context, stored: Stored) -> Result<Packed, Error> {
    let payload = record::encode(&stored.release, ctx.engine);
    // Of a ConfigMap the names of the keys count, too.
    let around = match ctx.driver {
        Driver::Secret => 0,
        Driver::ConfigMap => "release".len(),
    };
    match record::over_limit(&stored.release, &payload, around) {
        Some(why) => Err(Error::Helm(format!("create: failed to create: {why}"))),
        None => Ok(Packed { stored, payload }),
    }
}

/// Writes a new revision.
pub(super) async fn create(ctx: &Context, packed: Packed) -> Result<Kept, Error> {
    let Packed { stored, payload } = packed;
    let release = &stored.release;
    let fresh = object(ctx, &stored, &payload, Stamp::Created((ctx.now)().as_second()));
    match ctx.cluster.create(&fresh, &options()).await {
        Ok(live) => Ok(Kept { stored, live }),
        // Helm's only mutual exclusion: somebody else took this revision.
        Err(error) if error.is_already_exists() => Err(Error::Helm("release: already exists".to_owned())),
        Err(source) => Err(Error::Cluster {
            doing: format!("writing record {}", object_name(&release.name, release.version)),
            source,
        }),
    }
}

/// Writes a revision again, unless somebody else did meanwhile. What Helm does not know of the storage object stays.
pub(super) async fn update(ctx: &Context, kept: &mut Kept) -> Result<(), Error> {
    let release = kept.release();
    let payload = record::encode(release, ctx.engine);
    let fresh = object(
        ctx,
        &kept.stored,
        &payload,
        Stamp::Modified((ctx.now)().as_second()),
    );
    let mut object = kept.live.clone();
    object["metadata"]["labels"] = fresh["metadata"]["labels"].clone();
    object["data"] = fresh["data"].clone();
    let doing = || format!("updating record {}", object_name(&release.name, release.version));
    match ctx.cluster.replace(&object, &options()).await {
        Ok(live) => {
            kept.live = live;
            Ok(())
        }
        Err(error) if error.is_conflict() => {
            kept.live = echo(ctx, &object)
                .await
                .ok_or_else(|| Error::doing(doing)(error))?;
            Ok(())
        }
        Err(error) => Err(Error::doing(doing)(error)),
    }
}

/// The live object, if it holds what we wrote: then the conflict was the echo of our own write whose answer got lost.
async fn echo(ctx: &Context, written: &Object) -> Option<Object> {
    let live = ctx.cluster.get(&ObjectRef::of(written)).await.ok()??;
    (live["data"] == written["data"]).then_some(live)
}

/// Deletes a revision.
pub(super) async fn delete(ctx: &Context, kept: &Kept) -> Result<(), Error> {
    let options = DeleteOptions {
        uid: Some(kept.uid().to_owned()),
        ..DeleteOptions::default()
    };
    let name = object_name(&kept.release().name, kept.release().version);
    let target = ObjectRef {
        name: name.clone(),
        ..objects(ctx)
    };
    let deleted = ctx.cluster.delete(&target, &options).await;
    deleted.map_err(Error::doing(|| format!("deleting record {name}")))?;
    Ok(())
}

fn options() -> WriteOptions {
    WriteOptions {
        field_manager: Some(super::FIELD_MANAGER.to_owned()),
        ..WriteOptions::default()
    }
}
