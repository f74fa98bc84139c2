//! What a deploy would be, from the statuses of the revisions. Pure.
//! Source: helm `pkg/action/upgrade.go`, `pkg/action/install.go`, `cmd/helm/upgrade.go`, v3.17 (`upgrade --install`).

use super::Intent;
use crate::helm::record::status;

/// A revision and its status, as far as deciding needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) revision: i64,
    pub(super) status: String,
}

/// What a deploy is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// There is nothing to start from. What was uninstalled with its history kept is superseded.
    Install { revision: i64, replaces: Option<i64> },
    /// The objects of `baseline` are compared with the new ones.
    Upgrade { revision: i64, baseline: i64 },
    /// Somebody is at work.
    Locked,
    /// The name is in use.
    InUse,
    /// Helm's text.
    Refused(String),
}

/// Decides from all revisions, oldest first.
pub(super) fn decide(name: &str, history: &[Step], intent: Intent) -> Decision {
    let last = match (history.last(), intent) {
        (Some(last), Intent::Install { replace }) => return install(last, replace),
        (Some(last), _) => last,
        (None, Intent::Upgrade) => return not_deployed(name),
        (None, _) => {
            return Decision::Install {
                revision: 1,
                replaces: None,
            };
        }
    };
    let revision = last.revision + 1;
    if status::is_pending(&last.status) {
        return Decision::Locked;
    }
    let deployed = history.iter().rev().find(|step| step.status == status::DEPLOYED);
    match (deployed, last.status.as_str()) {
        (Some(step), _) => Decision::Upgrade {
            revision,
            baseline: step.revision,
        },
        (None, status::FAILED | status::SUPERSEDED) => Decision::Upgrade {
            revision,
            baseline: last.revision,
        },
        (None, status::UNINSTALLED) if intent == Intent::Either => Decision::Install {
            revision,
            replaces: Some(last.revision),
        },
        (None, _) => not_deployed(name),
    }
}

fn not_deployed(name: &str) -> Decision {
    Decision::Refused(format!("\"{name}\" has no deployed releases"))
}

/// Over a name that has a history. What failed keeps its status, what was uninstalled is superseded.
/// Source: helm `pkg/action/install.go` (`availableName`, `replaceRelease`), v3.17.
fn install(last: &Step, replace: bool) -> Decision {
    let revision = last.revision + 1;
    match last.status.as_str() {
        status::UNINSTALLED if replace => Decision::Install {
            revision,
            replaces: Some(last.revision),
        },
        status::FAILED if replace => Decision::Install {
            revision,
            replaces: None,
        },
        _ => Decision::InUse,
    }
}

/// The revisions to delete, oldest first, so that one more makes `limit` of them: all but the newest deployed one may go.
/// Source: helm `pkg/storage/storage.go` (`removeLeastRecent`), v3.17.
pub(super) fn prunable(history: &[Step], limit: u32) -> Vec<i64> {
    let Some(room) = limit.checked_sub(1) else {
        return Vec::new(); // 0 keeps all.
    };
    let surplus = history.len().saturating_sub(room as usize);
    let deployed = history.iter().rev().find(|step| step.status == status::DEPLOYED);
    let is_kept = |step: &&Step| deployed.is_none_or(|deployed| deployed.revision != step.revision);
    history
        .iter()
        .filter(is_kept)
        .take(surplus)
        .map(|step| step.revision)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `1 superseded, 2 deployed` as a history.
    fn history(text: &str) -> Vec<Step> {
        let parts = text.split(", ").filter_map(|part| part.split_once(' '));
        let step = |(revision, status): (&str, &str)| Step {
            revision: revision.parse().unwrap(),
            status: status.to_owned(),
        };
        parts.map(step).collect()
    }

    #[test]
    fn a_deploy_starts_from_what_helm_starts_from() {
        let install = |revision, replaces| Decision::Install { revision, replaces };
        let upgrade = |revision, baseline| Decision::Upgrade { revision, baseline };
        let refused = || Decision::Refused("\"x\" has no deployed releases".to_owned());
        for (text, expected) in [
            ("", install(1, None)),
            ("1 deployed", upgrade(2, 1)),
            ("1 superseded, 2 deployed, 3 failed", upgrade(4, 2)),
            ("1 failed", upgrade(2, 1)),
            ("1 superseded, 2 superseded", upgrade(3, 2)),
            ("1 deployed, 2 deployed", upgrade(3, 2)),
            ("1 pending-install", Decision::Locked),
            ("1 deployed, 2 pending-upgrade", Decision::Locked),
            ("1 deployed, 2 pending-rollback", Decision::Locked),
            ("1 superseded, 2 uninstalled", install(3, Some(2))),
            ("1 superseded, 2 uninstalling", refused()),
            ("1 unknown", refused()),
            ("1 deployed, 2 uninstalling", upgrade(3, 1)),
        ] {
            assert_eq!(decide("x", &history(text), Intent::Either), expected, "{text}");
        }
    }

    #[test]
    fn c11_21_an_install_wants_a_free_name_and_an_upgrade_a_release() {
        let install = |revision, replaces| Decision::Install { revision, replaces };
        let (plain, replace) = (
            Intent::Install { replace: false },
            Intent::Install { replace: true },
        );
        let refused = || Decision::Refused("\"x\" has no deployed releases".to_owned());
        for (text, intent, expected) in [
            ("", plain, install(1, None)),
            ("1 deployed", plain, Decision::InUse),
            ("1 deployed", replace, Decision::InUse),
            ("1 failed", plain, Decision::InUse),
            ("1 failed", replace, install(2, None)),
            ("1 superseded, 2 uninstalled", plain, Decision::InUse),
            ("1 superseded, 2 uninstalled", replace, install(3, Some(2))),
            ("1 pending-install", replace, Decision::InUse),
            ("1 uninstalling", replace, Decision::InUse),
            ("", Intent::Upgrade, refused()),
            ("1 uninstalled", Intent::Upgrade, refused()),
            ("1 pending-upgrade", Intent::Upgrade, Decision::Locked),
        ] {
            assert_eq!(decide("x", &history(text), intent), expected, "{text} {intent:?}");
        }
    }

    #[test]
    fn pruning_makes_room_for_one_and_keeps_the_deployed_one() {
        let eight = "1 superseded, 2 superseded, 3 superseded, 4 superseded, 5 failed, 6 failed, 7 superseded, 8 deployed";
        for (text, limit, expected) in [
            (eight, 3, &[1, 2, 3, 4, 5, 6][..]),
            (eight, 0, &[]),
            (eight, 9, &[]),
            (eight, 8, &[1]),
            ("1 deployed", 1, &[]),
            ("1 deployed, 2 failed, 3 failed", 2, &[2, 3]),
            ("1 failed, 2 failed", 1, &[1, 2]),
        ] {
            assert_eq!(prunable(&history(text), limit), expected, "{text} limit {limit}");
        }
    }
}
