//! `--create-namespace`: the namespace of a release, made before anything of it. Source: helm `pkg/action/install.go`, v3.17.

use serde_json::json;

use super::plan::{self, Check};
use super::storage;
use super::{Context, Error, Options, apply};
use crate::helm::record::{Release, Stored};
use crate::helm::render::Rendered;
use crate::k8s::ObjectRef;

/// Creates the namespace where it is asked for and missing, once nothing else stands in the way of the install.
pub(super) async fn create_if_asked(
    ctx: &Context,
    options: &Options,
    rendered: &Rendered,
    release: Release,
) -> Result<(), Error> {
    if !options.create_namespace || is_there(ctx).await {
        return Ok(());
    }
    let name = release.name.clone();
    let labels = options.labels.clone();
    storage::pack(ctx, Stored { release, labels })?;
    let check = if options.take_ownership {
        Check::TakeOver
    } else {
        Check::Ownership
    };
    // Kinds of the chart's own definitions are not served yet: the install itself looks at those.
    if options.skip_crds || rendered.crds.is_empty() {
        plan::make(ctx, &name, (&rendered.manifest, None), check).await?;
    }
    let namespace = ctx.namespace.as_str();
    let object = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": namespace, "labels": {"name": namespace}},
    });
    match ctx.cluster.create(&object, &apply::options()).await {
        Err(error) if !error.is_already_exists() => {
            Err(Error::doing(|| format!("creating namespace {namespace}"))(error))
        }
        _ => Ok(()),
    }
}

/// What may not be read may still be created.
async fn is_there(ctx: &Context) -> bool {
    let target = ObjectRef::new("v1", "Namespace", ctx.namespace.as_str());
    matches!(ctx.cluster.get(&target).await, Ok(Some(_)))
}
