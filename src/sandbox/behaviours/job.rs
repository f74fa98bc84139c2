//! Jobs: pods until enough have succeeded, or too many failed, or the deadline is over.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::pods::{active, condition, controlled, count, create_pod};
use super::{Later, Task, write};
use crate::sandbox::object::{at, int, list, now, set, text, uid};
use crate::sandbox::state::{Key, State};

pub(super) fn reconcile(state: &mut State, key: &Key, job: &Json) -> Vec<Later> {
    let is_finished = |condition: &Json| {
        matches!(text(condition, "/type"), "Complete" | "Failed") && condition["status"] == "True"
    };
    if list(job, "/status/conditions").iter().any(is_finished) {
        return Vec::new();
    }
    if job["spec"]["suspend"] == true {
        suspend(state, key, job);
        return Vec::new();
    }
    let pods = controlled(state, "/pods", job);
    let in_phase = |phase: &str| {
        count(
            pods.iter()
                .filter(|(_, pod)| text(pod, "/status/phase") == phase)
                .count(),
        )
    };
    let (succeeded, failed) = (in_phase("Succeeded"), in_phase("Failed"));
    let completions = int(job, "/spec/completions", 1);
    let verdict = if succeeded >= completions {
        Some((
            "Complete",
            "CompletionsReached",
            "Reached expected number of succeeded pods",
        ))
    } else if failed > int(job, "/spec/backoffLimit", 6) {
        Some((
            "Failed",
            "BackoffLimitExceeded",
            "Job has reached the specified backoff limit",
        ))
    } else if is_overdue(job) {
        Some((
            "Failed",
            "DeadlineExceeded",
            "Job was active longer than specified deadline",
        ))
    } else {
        None
    };
    let mut later = Vec::new();
    if verdict.is_none() {
        let running = count(active(state, job).len());
        let wanted = (completions - succeeded).min(int(job, "/spec/parallelism", 1));
        for _ in running..wanted {
            create_pod(state, job, None, &[]);
        }
    } else {
        later.extend(discard_later(key, job));
        for (pod, _) in active(state, job) {
            state.take(&pod);
        }
    }
    if text(job, "/status/startTime").is_empty() {
        later.extend(deadline(key, job));
    }
    write_status(state, key, job, (succeeded, failed), verdict);
    later
}

fn suspend(state: &mut State, key: &Key, job: &Json) {
    for (pod, _) in active(state, job) {
        state.take(&pod);
    }
    let mut new = job.clone();
    let suspended = condition(job, "Suspended", true, "JobSuspended", "Job suspended");
    set(&mut new, "/status/conditions", json!([suspended]));
    write(state, key, new);
}

fn write_status(
    state: &mut State,
    key: &Key,
    job: &Json,
    (succeeded, failed): (i64, i64),
    verdict: Option<(&str, &str, &str)>,
) {
    let pods = active(state, job);
    let mut status = json!({
        "startTime": match text(job, "/status/startTime") { "" => now(), time => time.to_owned() },
        "active": pods.len(), "ready": 0, "succeeded": succeeded, "failed": failed, "terminating": 0,
        "uncountedTerminatedPods": {},
    });
    if let Some((kind, reason, message)) = verdict {
        let target = if kind == "Complete" {
            "SuccessCriteriaMet"
        } else {
            "FailureTarget"
        };
        status["conditions"] = json!([
            condition(job, target, true, reason, message),
            condition(job, kind, true, reason, message),
        ]);
        if kind == "Complete" {
            status["completionTime"] = now().into();
        }
    }
    for field in ["active", "succeeded", "failed"] {
        if status[field] == 0 {
            crate::sandbox::object::remove(&mut status, &format!("/{field}"));
        }
    }
    let mut new = job.clone();
    set(&mut new, "/status", status);
    write(state, key, new);
}

fn seconds(job: &Json, pointer: &str) -> Option<Duration> {
    at(job, pointer).as_u64().map(Duration::from_secs)
}

fn is_overdue(job: &Json) -> bool {
    let started = text(job, "/status/startTime").parse::<Timestamp>().ok();
    let limit = at(job, "/spec/activeDeadlineSeconds").as_i64();
    started
        .zip(limit)
        .is_some_and(|(started, limit)| Timestamp::now().as_second() - started.as_second() >= limit)
}

/// When the deadline is over the Job is looked at again: a second later, since start times have no fractions.
fn deadline(key: &Key, job: &Json) -> Option<Later> {
    let after = seconds(job, "/spec/activeDeadlineSeconds")? + Duration::from_secs(1);
    Some(Later {
        after,
        task: Task::Reconcile(key.clone()),
    })
}

fn discard_later(key: &Key, job: &Json) -> Option<Later> {
    Some(Later {
        after: seconds(job, "/spec/ttlSecondsAfterFinished")?,
        task: Task::Discard(key.clone(), uid(job).to_owned()),
    })
}
