//! Puts plans and outcomes into words on the status board.

use super::assess::Verdict;
use super::board::Board;
use super::planning::{Plan, Planned};
use super::state::{ComponentRecord, Recorded};
use super::status::ComponentState;
use crate::base::names::ComponentName;

/// Shows what will be done with each component, or what forbids it.
pub fn plan(board: &Board, recorded: &Recorded, plan: &Plan) {
    for (name, planned) in &plan.components {
        let before = recorded.components.get(name);
        if let Some(before) = before {
            board.show_record(name, before);
        }
        let verdict = plan.blocked.iter().find(|blocked| blocked.component == *name);
        let (state, message) = match (verdict, planned) {
            (Some(blocked), _) => (ComponentState::Blocked, blocked.message.clone()),
            (None, Planned::Faulty(fault)) => (ComponentState::Waiting, fault.message()),
            (None, Planned::Unrendered(_, problem)) => (ComponentState::Waiting, problem.to_string()),
            (None, Planned::Assessed(assessment, _)) => match &assessment.verdict {
                Verdict::InOrder(deployed) => {
                    (ComponentState::Ready, format!("revision {}", deployed.revision))
                }
                _ if !plan.blocked.is_empty() => {
                    before.map_or((ComponentState::Waiting, String::new()), in_words)
                }
                Verdict::Prepare(hooks) => (
                    ComponentState::Waiting,
                    format!("init hooks to run: {}", joined(hooks)),
                ),
                Verdict::Deploy(why) => (ComponentState::Waiting, format!("to be deployed: {why}")),
                Verdict::Hold(until) => (ComponentState::Failed, held(before, *until)),
            },
        };
        board.set(name, state, message);
    }
}

/// Shows what is remembered of a component.
pub fn record(board: &Board, name: &ComponentName, record: &ComponentRecord) {
    let (state, message) = in_words(record);
    board.set(name, state, message);
    board.show_record(name, record);
}

fn in_words(record: &ComponentRecord) -> (ComponentState, String) {
    match (&record.failed, &record.deployed) {
        (Some(failed), _) => (ComponentState::Failed, failed.message.clone()),
        (None, Some(deployed)) => (ComponentState::Ready, format!("revision {}", deployed.revision)),
        (None, None) => (ComponentState::Waiting, String::new()),
    }
}

fn held(record: Option<&ComponentRecord>, until: Option<jiff::Timestamp>) -> String {
    let failed = record.and_then(|record| record.failed.as_ref());
    let message = failed.map_or("", |failed| failed.message.as_str());
    match until {
        Some(time) => format!("{message}; next try {time:.0}"),
        None => format!("{message}; no further try before something changes, or a resync"),
    }
}

fn joined<T: ToString>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}
