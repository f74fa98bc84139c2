//! Keeps the status document, and shows every change of it to whoever watches.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;

use super::state::{ComponentRecord, Recorded};
use super::status::{ComponentState, ComponentStatus, Phase, Run, Status};
use super::{Ended, Order};
use crate::base::names::{ComponentName, Namespace};

/// The one writer of the status.
pub struct Board {
    status: watch::Sender<Arc<Status>>,
    now: fn() -> Timestamp,
}

impl Board {
    /// What is remembered from earlier runs, before anything was looked at.
    #[must_use]
    pub fn new(namespace: &Namespace, recorded: &Recorded, now: fn() -> Timestamp) -> Board {
        let since = now().to_string();
        let components = recorded.components.iter();
        let status = Status {
            cluster: recorded.sync.cluster.clone(),
            namespace: namespace.to_string(),
            synced_commit: recorded.sync.commit.clone(),
            synced_at: recorded.sync.at.clone(),
            components: components
                .map(|(name, record)| remembered(name, record, &since))
                .collect(),
            ..Status::default()
        };
        Board {
            status: watch::Sender::new(Arc::new(status)),
            now,
        }
    }
    /// The status, now and whenever it changes.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Arc<Status>> {
        self.status.subscribe()
    }
    /// Changes it; those who watch are woken if something differs.
    pub fn change(&self, change: impl FnOnce(&mut Status)) {
        self.status.send_if_modified(|status| {
            let mut next = (**status).clone();
            change(&mut next);
            let is_modified = next != **status;
            *status = Arc::new(next);
            is_modified
        });
    }
    /// A run begins.
    pub fn begin(&self, order: &Order, commit: &crate::source::git::Commit) {
        let started = (self.now)().to_string();
        self.change(|status| {
            status.phase = Phase::Planning;
            status.commit = Some(commit.clone());
            status.run = Some(Run {
                id: order.run.clone(),
                reason: order.reason.clone(),
                started,
                ended: None,
                outcome: None,
            });
        });
    }
    /// The run ended: in an outcome, or in an error that is shown as blocking.
    pub fn end(&self, outcome: Result<Ended, &str>) {
        let now = (self.now)().to_string();
        self.change(|status| {
            status.phase = Phase::Idle;
            if let Some(run) = &mut status.run {
                run.ended = Some(now);
                run.outcome = outcome.ok();
            }
            match outcome {
                Ok(ended) => *status.syncs.entry(format!("{ended:?}")).or_default() += 1,
                Err(error) => {
                    *status.syncs.entry("Error".to_owned()).or_default() += 1;
                    status.blocked = vec![error.to_owned()];
                }
            }
        });
    }
    /// Exactly these components are shown, in name order; new ones as not looked at yet.
    pub fn set_components<'a>(&self, components: impl Iterator<Item = (&'a ComponentName, String)>) {
        let since = (self.now)().to_string();
        self.change(|status| {
            let mut before = std::mem::take(&mut status.components);
            for (name, release) in components {
                let known = before.iter().position(|shown| shown.name == name.as_str());
                let shown = known.map(|index| before.swap_remove(index));
                let mut shown = shown.unwrap_or_else(|| unknown(name, &since));
                shown.release = release;
                status.components.push(shown);
            }
            status.components.sort_by(|one, other| one.name.cmp(&other.name));
        });
    }
    /// A component's state and why.
    pub fn set(&self, name: &ComponentName, state: ComponentState, message: impl Into<String>) {
        self.edit(name, |shown| {
            shown.state = state;
            shown.message = message.into();
        });
    }
    /// Changes what is shown of a component; `since` follows its state.
    pub fn edit(&self, name: &ComponentName, edit: impl FnOnce(&mut ComponentStatus)) {
        let now = (self.now)().to_string();
        self.change(|status| {
            let shown = status
                .components
                .iter_mut()
                .find(|shown| shown.name == name.as_str());
            let Some(shown) = shown else { return };
            let before = shown.state;
            edit(shown);
            if shown.state != before {
                shown.since = now;
            }
        });
    }
    /// What is recorded of a component: pins of the last success, failures in a row.
    pub fn show_record(&self, name: &ComponentName, record: &ComponentRecord) {
        self.edit(name, |shown| fill(shown, record));
    }
}

fn unknown(name: &ComponentName, since: &str) -> ComponentStatus {
    ComponentStatus {
        name: name.to_string(),
        release: String::new(),
        state: ComponentState::Unknown,
        message: String::new(),
        helm_version: String::new(),
        chart_version: String::new(),
        version: String::new(),
        revision: None,
        since: since.to_owned(),
        failures: 0,
        log: None,
    }
}

fn remembered(name: &ComponentName, record: &ComponentRecord, since: &str) -> ComponentStatus {
    let mut shown = unknown(name, since);
    shown.release.clone_from(&record.release);
    fill(&mut shown, record);
    shown
}

fn fill(shown: &mut ComponentStatus, record: &ComponentRecord) {
    if let Some(deployed) = &record.deployed {
        shown.helm_version.clone_from(&deployed.inputs.engine);
        shown.chart_version.clone_from(&deployed.inputs.chart_version);
        shown.version.clone_from(&deployed.inputs.version);
        shown.revision = Some(deployed.revision);
    }
    shown.failures = record.failed.as_ref().map_or(0, |failed| failed.count);
    shown.log = record.failed.as_ref().and_then(|failed| failed.log.clone());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board() -> Board {
        let clock = || Timestamp::UNIX_EPOCH;
        Board::new(&"east".parse().unwrap(), &Recorded::default(), clock)
    }

    #[test]
    fn components_come_go_and_keep_what_is_known_of_them() {
        let board = board();
        let names: Vec<ComponentName> = ["b", "a"].map(|name| name.parse().unwrap()).to_vec();
        board.set_components(names.iter().map(|name| (name, format!("r-{name}"))));
        board.set(&names[0], ComponentState::Ready, "as wanted");
        board.set_components(names[..1].iter().map(|name| (name, "r-b".to_owned())));
        let status = board.watch().borrow().clone();
        let shown: Vec<_> = status
            .components
            .iter()
            .map(|shown| (shown.name.as_str(), shown.state))
            .collect();
        assert_eq!(shown, [("b", ComponentState::Ready)]);
    }

    #[test]
    fn only_real_changes_wake_those_who_watch() {
        let board = board();
        let mut watcher = board.watch();
        watcher.mark_unchanged();
        board.change(|status| status.fetch_error = None);
        assert!(!watcher.has_changed().unwrap());
        board.change(|status| status.fetch_error = Some("gone".into()));
        assert!(watcher.has_changed().unwrap());
    }

    #[test]
    fn syncs_are_counted_by_how_they_ended() {
        let board = board();
        board.end(Ok(Ended::Blocked));
        board.end(Ok(Ended::Blocked));
        board.end(Err("no server"));
        let status = board.watch().borrow().clone();
        assert_eq!(
            status.syncs,
            [("Blocked".to_owned(), 2), ("Error".to_owned(), 1)].into()
        );
        assert_eq!(status.blocked, ["no server"]);
    }
}
