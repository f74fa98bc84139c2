//! From manifests to objects whose kind the server serves and whose namespace is known.

use super::changes::Target;
use super::{Context, Error};
use crate::helm::manifest;
use crate::k8s::{Error as ClusterError, Object, ObjectRef};

/// Groups whose kinds have moved. Source: Kubernetes' deprecation guide, 1.16 and 1.22.
const MOVED_GROUPS: &[(&str, &str, &str)] = &[
    ("extensions", "Deployment", "apps"),
    ("extensions", "DaemonSet", "apps"),
    ("extensions", "ReplicaSet", "apps"),
    ("extensions", "Ingress", "networking.k8s.io"),
    ("extensions", "NetworkPolicy", "networking.k8s.io"),
    ("extensions", "PodSecurityPolicy", "policy"),
];

/// The objects of a manifest that is about to be applied.
///
/// # Errors
/// In Helm's words, after `prefix`: what does not parse, and all kinds that the server does not serve.
pub(super) async fn of_manifest(ctx: &Context, text: &str, prefix: &str) -> Result<Vec<Target>, Error> {
    let documents = manifest::parse(text).map_err(|error| Error::Helm(format!("{prefix}: {error}")))?;
    let (mut targets, mut missing) = (Vec::new(), Vec::new());
    for document in documents {
        match placed(ctx, document.object).await {
            Ok(target) => targets.push(target),
            Err(Misplaced::Unknown(at)) => missing.push(mapping_error(&at)),
            Err(Misplaced::Cluster(error)) => return Err(error),
        }
    }
    match missing.as_slice() {
        [] => Ok(targets),
        [one] => Err(Error::Helm(format!("{prefix}: {one}"))),
        several => Err(Error::Helm(format!("{prefix}: [{}]", several.join(", ")))),
    }
}

/// The objects of a manifest that was applied once, under the API that serves them today, and a warning for each that no
/// API serves any more: it is gone with its API.
///
/// # Errors
/// What does not parse.
pub(super) async fn of_stored_manifest(
    ctx: &Context,
    text: &str,
) -> Result<(Vec<Target>, Vec<String>), Error> {
    let prefix = "unable to build kubernetes objects from current release manifest";
    let documents = manifest::parse(text).map_err(|error| Error::Helm(format!("{prefix}: {error}")))?;
    let (mut targets, mut warnings) = (Vec::new(), Vec::new());
    for document in documents {
        match placed(ctx, document.object).await {
            Ok(target) => targets.push(target),
            Err(Misplaced::Cluster(error)) => return Err(error),
            Err(Misplaced::Unknown(object)) => match moved(ctx, &object).await? {
                Some(target) => targets.push(target),
                None => warnings.push(format!(
                    "{} of the last revision is no longer served as {}: it is left out of the comparison",
                    ObjectRef::of(&object),
                    ObjectRef::of(&object).api_version
                )),
            },
        }
    }
    Ok((targets, warnings))
}

enum Misplaced {
    /// The server does not serve this object's kind.
    Unknown(Object),
    Cluster(Error),
}

/// Fills in the namespace, for a kind that has one.
async fn placed(ctx: &Context, mut object: Object) -> Result<Target, Misplaced> {
    let mut at = ObjectRef::of(&object);
    match ctx.cluster.is_namespaced(&at.api_version, &at.kind).await {
        Ok(true) => {
            let namespace = at.namespace.take().unwrap_or_else(|| ctx.namespace.to_string());
            object["metadata"]["namespace"] = namespace.as_str().into();
            at.namespace = Some(namespace);
        }
        Ok(false) => at.namespace = None,
        Err(ClusterError::UnknownKind { .. }) => return Err(Misplaced::Unknown(object)),
        Err(error) => {
            return Err(Misplaced::Cluster(Error::doing(|| format!("discovering {at}"))(
                error,
            )));
        }
    }
    Ok(Target { at, object })
}

/// The same object under the API that serves its kind today.
async fn moved(ctx: &Context, object: &Object) -> Result<Option<Target>, Error> {
    let at = ObjectRef::of(object);
    let is_this = |(group, kind, _): &&(&str, &str, &str)| *group == at.group() && *kind == at.kind;
    let new_group = MOVED_GROUPS.iter().find(is_this).map(|(_, _, group)| *group);
    for group in [Some(at.group()), new_group].into_iter().flatten() {
        let served = ctx.cluster.served_version(group, &at.kind).await;
        let served = served.map_err(Error::doing(|| format!("discovering {at}")))?;
        let Some(api_version) = served else {
            continue;
        };
        let mut object = object.clone();
        object["apiVersion"] = api_version.into();
        if let Ok(target) = placed(ctx, object).await {
            return Ok(Some(target));
        }
    }
    Ok(None)
}

/// Source: cli-runtime `pkg/resource/mapper.go`, 0.32.
fn mapping_error(object: &Object) -> String {
    let at = ObjectRef::of(object);
    format!(
        "resource mapping not found for name: \"{}\" namespace: \"{}\" from \"\": no matches for kind \"{}\" in version \"{}\"\n\
         ensure CRDs are installed first",
        at.name,
        at.namespace.unwrap_or_default(),
        at.kind,
        at.api_version
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_unserved_kind_is_told_in_helms_words() {
        let object =
            json!({"apiVersion": "extensions/v1beta1", "kind": "Deployment", "metadata": {"name": "obj"}});
        assert_eq!(
            mapping_error(&object),
            "resource mapping not found for name: \"obj\" namespace: \"\" from \"\": no matches for kind \"Deployment\" in version \"extensions/v1beta1\"\nensure CRDs are installed first"
        );
    }
}
