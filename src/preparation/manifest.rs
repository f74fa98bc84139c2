//! The Job of a `job` hook: rendered, named by its content, labelled.

use serde_json::{Value as Json, json};

use super::{Context, Error, Target, labels};
use crate::base::digest::Digest;
use crate::base::names::Namespace;
use crate::base::report::{Problem, Problems};
use crate::spec::{self, Hook, HookFacts};

/// A Job ready to be created.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The object.
    pub object: Json,
    /// The digest of its content without commit and run.
    pub digest: String,
}

/// Renders the manifest twice: as it will run, and with stand-ins for commit and run, for its digest. `name_by` is what
/// the name depends on besides the content.
///
/// # Errors
/// The manifest does not render, or is not one Job of this namespace.
pub fn plan(
    ctx: &Context,
    target: Target<'_>,
    hook: &Hook,
    path: &str,
    name_by: &str,
) -> Result<Planned, Error> {
    let digest = digest(target, hook, path, &ctx.namespace)?;
    let facts = HookFacts {
        namespace: ctx.namespace.as_str(),
        commit: &ctx.commit,
        run: &ctx.run,
        outputs: target.outputs,
    };
    let mut object = render(target, hook, path, &facts)?;
    let name_digest = Digest::new().with(&digest).with(name_by).hex();
    let given = object["metadata"]["name"].as_str().unwrap_or("hook");
    object["metadata"]["name"] = json!(labels::job_name(given, &name_digest));
    object["metadata"]["namespace"] = json!(ctx.namespace);
    let own = labels::of(target.component, hook);
    labels::set(&mut object, "labels", &own);
    labels::set(
        &mut object,
        "annotations",
        &json!({ labels::DIGEST: digest, labels::RUN: ctx.run }),
    );
    labels::set(&mut object["spec"]["template"], "labels", &own);
    Ok(Planned { object, digest })
}

/// The digest of the manifest without commit and run.
///
/// # Errors
/// As [`plan`].
pub fn digest(target: Target<'_>, hook: &Hook, path: &str, namespace: &Namespace) -> Result<String, Error> {
    let facts = HookFacts {
        namespace: namespace.as_str(),
        commit: "commit",
        run: "run",
        outputs: target.outputs,
    };
    let object = render(target, hook, path, &facts)?;
    Ok(Digest::new().with("job").with_json(&object).hex())
}

fn render(target: Target<'_>, hook: &Hook, path: &str, facts: &HookFacts<'_>) -> Result<Json, Error> {
    let objects = spec::hook_manifest(target.cluster, target.component, path, target.files, facts);
    let mut objects = objects.map_err(|error| Error::values(hook, error))?;
    let problem = |message: String| Error::Manifest {
        hook: hook.name.clone(),
        problems: Problems(vec![Problem::in_file(path, message).at(1, 1)]),
    };
    let is_job = |object: &Json| object["apiVersion"] == "batch/v1" && object["kind"] == "Job";
    if objects.len() != 1 || !objects.iter().all(is_job) {
        return Err(problem(
            "a hook's manifest holds exactly one Job of batch/v1".to_owned(),
        ));
    }
    let object = objects.remove(0);
    match object["metadata"]["namespace"].as_str() {
        Some(other) if other != facts.namespace => Err(problem(format!(
            "a hook's Job runs in the daemon's namespace {}, not in {other}",
            facts.namespace
        ))),
        _ => Ok(object),
    }
}
