//! What is to be done with one component. Pure: the same facts always give the same decision.

use jiff::Timestamp;

use super::inputs::{Axis, Inputs, Move};
use super::retry;
use super::state::{ComponentRecord, Deployed};
use crate::base::names::HookName;
use crate::release::Summary;

/// What is known about a component when its turn is planned.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// What it would be deployed from now.
    pub next: &'a Inputs,
    /// Init hooks that have to run first: until then `next.values` is not known.
    pub pending: &'a [HookName],
    /// What was recorded of it, if it was recorded for the same release.
    pub recorded: Option<&'a ComponentRecord>,
    /// The newest revision of its release.
    pub newest: Option<&'a Summary>,
    /// Now.
    pub now: Timestamp,
    /// Somebody asked for a try now: waiting times after failures do not count.
    pub is_asked: bool,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing: it is deployed from these very inputs.
    Unchanged,
    /// Something moved that may or may not change what is rendered: render and compare, and deploy only if it differs.
    Compare {
        /// With what.
        with: Against,
        /// For people.
        why: String,
    },
    /// Init hooks have to run; what then is due shows itself.
    Prepare {
        /// In order.
        hooks: Vec<HookName>,
    },
    /// Install or upgrade.
    Deploy {
        /// For people.
        why: String,
    },
    /// It failed with these inputs: wait.
    Hold {
        /// For the time of the next try; `None`: for new input.
        until: Option<Timestamp>,
    },
}

/// What a rendering is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// The digest of what we deployed last.
    Recorded,
    /// The newest record of the release, whoever wrote it.
    Stored,
}

/// Decides.
#[must_use]
pub fn decide(facts: &Facts<'_>) -> Decision {
    if let Some(hold) = hold(facts) {
        return hold;
    }
    if !facts.pending.is_empty() {
        return Decision::Prepare {
            hooks: facts.pending.to_vec(),
        };
    }
    let Some(newest) = facts.newest.filter(|newest| newest.status != "uninstalled") else {
        return deploy("not installed yet");
    };
    if newest.status != "deployed" {
        return deploy(&format!("revision {} is {}", newest.revision, newest.status));
    }
    match facts.recorded.and_then(|recorded| recorded.deployed.as_ref()) {
        None => stored("nothing is recorded of this release yet".to_owned()),
        Some(deployed) if !is_ours(newest, deployed) => stored(format!(
            "revision {} was not written by a recorded sync",
            newest.revision
        )),
        Some(deployed) => by_moves(&deployed.inputs.moves(facts.next)),
    }
}

/// Is the newest revision the one of our last success?
#[must_use]
pub fn is_ours(newest: &Summary, deployed: &Deployed) -> bool {
    newest.revision == deployed.revision && (deployed.uid.is_empty() || newest.uid == deployed.uid)
}

fn hold(facts: &Facts<'_>) -> Option<Decision> {
    let failed = facts.recorded?.failed.as_ref()?;
    if facts.is_asked || failed.inputs != facts.next.digest() {
        return None;
    }
    match retry::next_try(failed.count, failed.at) {
        Some(time) if time <= facts.now => None,
        until => Some(Decision::Hold { until }),
    }
}

/// Engine, chart and values always make a new revision, since the record shows them; the rest only where the
/// rendering differs.
fn by_moves(moves: &[Move]) -> Decision {
    let shown: Vec<String> = moves.iter().map(ToString::to_string).collect();
    let why = shown.join(", ");
    let is_certain = |a_move: &Move| matches!(a_move.axis, Axis::Engine | Axis::Chart | Axis::Values);
    match moves {
        [] => Decision::Unchanged,
        moves if moves.iter().any(is_certain) => Decision::Deploy { why },
        _ => Decision::Compare {
            with: Against::Recorded,
            why,
        },
    }
}

fn deploy(why: &str) -> Decision {
    Decision::Deploy { why: why.to_owned() }
}

fn stored(why: String) -> Decision {
    Decision::Compare {
        with: Against::Stored,
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::super::inputs::tests::inputs;
    use super::super::state::Failed;
    use super::*;

    struct Case {
        next: Inputs,
        pending: Vec<HookName>,
        recorded: Option<ComponentRecord>,
        newest: Option<Summary>,
        is_asked: bool,
    }

    fn newest(revision: i64, status: &str) -> Summary {
        Summary {
            name: "keystone".into(),
            namespace: "east".into(),
            revision,
            status: status.into(),
            updated: String::new(),
            chart: "keystone-1.0.0".into(),
            app_version: String::new(),
            description: String::new(),
            uid: format!("uid-{revision}"),
            resource_version: String::new(),
        }
    }

    /// In order: revision 4 deployed from `inputs()`.
    fn in_order() -> Case {
        let deployed = Deployed {
            inputs: inputs(),
            revision: 4,
            uid: "uid-4".into(),
            ..Deployed::default()
        };
        Case {
            next: inputs(),
            pending: Vec::new(),
            recorded: Some(ComponentRecord {
                deployed: Some(deployed),
                ..ComponentRecord::default()
            }),
            newest: Some(newest(4, "deployed")),
            is_asked: false,
        }
    }

    const NOW: &str = "2026-01-01T00:10:00Z";

    fn failed(count: u32, at: &str) -> impl Fn(&mut Case) {
        let at: Timestamp = at.parse().unwrap();
        move |case| {
            let inputs = case.next.digest();
            case.recorded.as_mut().unwrap().failed = Some(Failed {
                count,
                at,
                inputs,
                message: "it broke".into(),
                log: None,
            });
        }
    }

    fn decided(change: impl Fn(&mut Case)) -> String {
        let mut case = in_order();
        change(&mut case);
        let facts = Facts {
            next: &case.next,
            pending: &case.pending,
            recorded: case.recorded.as_ref(),
            newest: case.newest.as_ref(),
            now: NOW.parse().unwrap(),
            is_asked: case.is_asked,
        };
        match decide(&facts) {
            Decision::Unchanged => "unchanged".into(),
            Decision::Compare { with, why } => format!("compare {with:?}: {why}"),
            Decision::Prepare { hooks } => format!("prepare {}", hooks[0]),
            Decision::Deploy { why } => format!("deploy: {why}"),
            Decision::Hold { until } => format!(
                "hold {}",
                until.map_or("for input".into(), |time| time.to_string())
            ),
        }
    }

    #[test]
    fn what_is_in_order_is_left_alone() {
        assert_eq!(decided(|_| ()), "unchanged");
        assert_eq!(
            decided(|case| case
                .recorded
                .as_mut()
                .unwrap()
                .deployed
                .as_mut()
                .unwrap()
                .uid
                .clear()),
            "unchanged",
            "a crash may come before the uid is known"
        );
    }

    #[test]
    fn moved_inputs_deploy_or_are_compared() {
        assert_eq!(decided(|case| case.next.values = "v2".into()), "deploy: values");
        assert_eq!(
            decided(|case| case.next.chart_version = "1.1.0".into()),
            "deploy: chart 1.0.0 → 1.1.0"
        );
        assert_eq!(
            decided(|case| case.next.engine = "4.3.1".into()),
            "deploy: Helm version 3.17.2 → 4.3.1"
        );
        assert_eq!(
            decided(|case| case.next.version = "2025.2".into()),
            "compare Recorded: component version 2025.1 → 2025.2"
        );
        assert_eq!(
            decided(|case| case.next.capabilities = "other".into()),
            "compare Recorded: APIs of the server"
        );
    }

    #[test]
    fn releases_that_are_not_as_recorded_are_looked_at() {
        assert_eq!(decided(|case| case.newest = None), "deploy: not installed yet");
        assert_eq!(
            decided(|case| case.newest = Some(newest(4, "uninstalled"))),
            "deploy: not installed yet"
        );
        assert_eq!(
            decided(|case| case.newest = Some(newest(5, "failed"))),
            "deploy: revision 5 is failed"
        );
        assert_eq!(
            decided(|case| case.newest = Some(newest(5, "pending-upgrade"))),
            "deploy: revision 5 is pending-upgrade"
        );
        assert_eq!(
            decided(|case| case.newest = Some(newest(5, "deployed"))),
            "compare Stored: revision 5 was not written by a recorded sync"
        );
        assert_eq!(
            decided(|case| case.newest.as_mut().unwrap().uid = "other".into()),
            "compare Stored: revision 4 was not written by a recorded sync"
        );
        assert_eq!(
            decided(|case| case.recorded = None),
            "compare Stored: nothing is recorded of this release yet"
        );
    }

    #[test]
    fn pending_init_hooks_come_first() {
        let hook = |case: &mut Case| case.pending = vec!["passwords".parse().unwrap()];
        assert_eq!(decided(hook), "prepare passwords");
        assert_eq!(
            decided(|case| {
                hook(case);
                case.newest = None;
            }),
            "prepare passwords"
        );
    }

    #[test]
    fn failures_hold_until_their_time_new_input_or_a_request() {
        let broken = |case: &mut Case| case.newest = Some(newest(5, "failed"));
        let with = |count, at: &'static str| {
            move |case: &mut Case| {
                broken(case);
                failed(count, at)(case);
            }
        };
        assert_eq!(
            decided(with(1, "2026-01-01T00:09:50Z")),
            "hold 2026-01-01T00:10:20Z"
        );
        assert_eq!(
            decided(with(1, "2026-01-01T00:09:30Z")),
            "deploy: revision 5 is failed"
        );
        assert_eq!(decided(with(4, "2025-01-01T00:00:00Z")), "hold for input");
        assert_eq!(
            decided(|case| {
                with(4, "2025-01-01T00:00:00Z")(case);
                case.is_asked = true;
            }),
            "deploy: revision 5 is failed"
        );
        assert_eq!(
            decided(|case| {
                with(4, "2025-01-01T00:00:00Z")(case);
                case.next.values = "v3".into();
            }),
            "deploy: revision 5 is failed"
        );
    }
}
