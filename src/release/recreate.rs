//! Jobs whose template changed: no API server takes that as a patch. With `recreate: [Job]` they are replaced, if they have
//! ended.

use serde_json::Value as Json;

use super::apply;
use super::run::Run;
use crate::k8s::objects::{number, uid};
use crate::k8s::{Object, ObjectRef, Patch, wait};

/// Is this a change that only a new object can take?
pub(super) fn is_wanted(kinds: &[String], at: &ObjectRef, patch: Option<&Patch>) -> bool {
    let Some(Patch::Strategic(body)) = patch else {
        return false;
    };
    at.group() == "batch" && kinds.contains(&at.kind) && body.pointer("/spec/template").is_some()
}

/// Deletes the object, waits until it is gone, and creates it anew.
///
/// # Errors
/// It is at work, or what the server says.
pub(super) async fn replace(
    run: &Run<'_>,
    at: &ObjectRef,
    modified: &Json,
    live: &Object,
) -> Result<Object, String> {
    if is_running(live) {
        return Err(format!(
            "cannot replace {} \"{}\": its template changed, and it is still running",
            at.kind, at.name
        ));
    }
    let failed = |error: String| format!("cannot replace {} \"{}\": {error}", at.kind, at.name);
    let (ctx, old) = (run.ctx, uid(live).to_owned());
    let deleted = apply::delete(ctx, at, old.clone()).await;
    deleted.map_err(|error| failed(error.to_string()))?;
    let gone = wait::until_gone(&ctx.cluster, at, Some(&old), run.options.timeout, run.cancel).await;
    gone.map_err(|error| failed(error.to_string()))?;
    let created = ctx.cluster.create(modified, &apply::options()).await;
    created.map_err(|error| failed(error.to_string()))
}

/// Has it pods at work?
fn is_running(job: &Object) -> bool {
    let conditions = job.pointer("/status/conditions").and_then(Json::as_array);
    let has_ended = conditions.into_iter().flatten().any(|condition| {
        matches!(condition["type"].as_str(), Some("Complete" | "Failed")) && condition["status"] == "True"
    });
    !has_ended && number(job, "/status/active").unwrap_or(0) > 0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_changed_template_of_a_wanted_kind_is_replaced() {
        let job = ObjectRef::new("batch/v1", "Job", "j");
        let template = Patch::Strategic(json!({"spec": {"template": {"spec": {}}}}));
        let labels = Patch::Strategic(json!({"metadata": {"labels": {"a": "b"}}}));
        let kinds = ["Job".to_owned()];
        for (kinds, at, patch, expected) in [
            (&kinds[..], &job, Some(&template), true),
            (&kinds, &job, Some(&labels), false),
            (&kinds, &job, None, false),
            (&[], &job, Some(&template), false),
            (
                &kinds,
                &ObjectRef::new("example.org/v1", "Job", "j"),
                Some(&template),
                false,
            ),
        ] {
            assert_eq!(is_wanted(kinds, at, patch), expected, "{at} {patch:?}");
        }
    }

    #[test]
    fn a_job_at_work_is_told_from_one_that_has_ended() {
        let ended = json!([{"type": "Complete", "status": "True"}]);
        for (status, expected) in [
            (json!({"active": 1}), true),
            (json!({"active": 1, "conditions": ended}), false),
            (json!({"succeeded": 1, "conditions": ended}), false),
            (json!({}), false),
        ] {
            assert_eq!(is_running(&json!({"status": status})), expected, "{status}");
        }
    }
}
