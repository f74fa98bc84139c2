//! The definitions under `crds/`: created before a first install, never changed afterwards.
//! Source: helm `pkg/action/install.go` (`installCRDs`), v3.17.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Context, Error, apply};
use crate::helm::manifest;
use crate::k8s::{Object, ObjectRef, wait};

/// How long new definitions may take to be served. Helm's number.
const ESTABLISHED_WITHIN: Duration = Duration::from_secs(60);

/// Creates what is missing, waits until it is established, and lets discovery look again. `files`: (path, text).
///
/// # Errors
/// In Helm's words.
pub(super) async fn install(
    ctx: &Context,
    files: &[(String, String)],
    cancel: &CancellationToken,
) -> Result<Vec<String>, Error> {
    let mut created = Vec::new();
    for (path, text) in files {
        let documents = manifest::parse(text);
        let documents =
            documents.map_err(|error| Error::Helm(format!("failed to install CRD {path}: {error}")))?;
        for document in documents {
            created.extend(create(ctx, path, document.object).await?);
        }
    }
    if created.is_empty() {
        return Ok(Vec::new());
    }
    ctx.cluster.forget_discovery();
    let waited = wait::until_ready(&ctx.cluster, &created, false, ESTABLISHED_WITHIN, cancel).await;
    waited.map_err(|error| match error {
        wait::WaitError::Cancelled => Error::Cancelled(String::new()),
        error => Error::Helm(format!("new definitions of `crds/` are not served: {error}")),
    })?;
    ctx.cluster.forget_discovery();
    let name = |object: &Object| {
        let at = ObjectRef::of(object);
        format!("{}/{}", at.kind, at.name)
    };
    Ok(created.iter().map(name).collect())
}

/// `None` where it is there already.
async fn create(ctx: &Context, path: &str, object: Object) -> Result<Option<Object>, Error> {
    match ctx.cluster.create(&object, &apply::options()).await {
        Ok(live) => Ok(Some(live)),
        Err(error) if error.is_already_exists() => Ok(None),
        Err(error) => Err(Error::doing(|| format!("failed to install CRD {path}"))(error)),
    }
}
