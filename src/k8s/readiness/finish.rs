//! Jobs and pods that run to an end.

use super::services::phase_name;
use super::{Object, Readiness, Subject, condition, condition_part, subject, text};
use crate::k8s::objects::number;

/// Kubernetes' default for `spec.backoffLimit`.
const DEFAULT_BACKOFF_LIMIT: i64 = 6;

/// `--wait-for-jobs`: without `completions` a Job counts as done at once, as in Helm.
pub(super) fn job(job: &Object) -> Readiness {
    let failed = number(job, "/status/failed").unwrap_or_default();
    let limit = number(job, "/spec/backoffLimit").unwrap_or(DEFAULT_BACKOFF_LIMIT);
    if failed > limit {
        let (namespace, name) = (text(job, "/metadata/namespace"), text(job, "/metadata/name"));
        return Readiness::Failed(format!("job is failed: {namespace}/{name}"));
    }
    let succeeded = number(job, "/status/succeeded").unwrap_or_default();
    match number(job, "/spec/completions") {
        Some(wanted) if succeeded < wanted => {
            Readiness::Waiting(format!("{succeeded} of {wanted} completions"))
        }
        _ => Readiness::Ready,
    }
}

/// Has a Job or Pod run to its end? Other kinds are done as soon as they exist. This is how Helm hooks are waited for.
/// Source: helm `pkg/kube/client.go` (`waitForJob`, `waitForPodSuccess`), v3.17.2.
#[must_use]
pub fn finished(object: &Object) -> Readiness {
    let name = text(object, "/metadata/name");
    match subject(object) {
        Subject::Job if condition(object, "Complete") == "True" => Readiness::Ready,
        Subject::Job if condition(object, "Failed") == "True" => {
            let reason = condition_part(object, "Failed", "reason");
            Readiness::Failed(format!("job {name} failed: {reason}"))
        }
        Subject::Job => Readiness::Waiting("the job is still running".to_owned()),
        Subject::Pod => match text(object, "/status/phase") {
            "Succeeded" => Readiness::Ready,
            "Failed" => Readiness::Failed(format!("pod {name} failed")),
            phase => Readiness::Waiting(format!("the pod is {}", phase_name(phase))),
        },
        _ => Readiness::Ready,
    }
}
