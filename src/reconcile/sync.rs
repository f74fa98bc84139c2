//! One sync from its start to its end: read, look, plan, execute, remember.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::assess::Verdict;
use super::board::Board;
use super::desired::{self, Desired};
use super::execute::{self, Tally};
use super::hooks::OutputMemory;
use super::planning::{self, Plan, Planned};
use super::rendering::blocking;
use super::scene::{self, Scene};
use super::show;
use super::state::{ComponentRecord, Recorded, Store, SyncRecord};
use super::status::{ComponentState, Phase};
use super::turn::{Cancel, Stage};
use super::{Ended, Error, Order, Reason, Settings};
use crate::base::names::{ComponentName, Namespace};
use crate::base::report::{Problem, Problems};
use crate::release::Summary;
use crate::source::git::Snapshot;

/// What is kept from sync to sync, and never longer than the process lives.
#[derive(Default)]
pub struct Memory {
    desired: Option<Arc<Desired>>,
    outputs: Arc<OutputMemory>,
}

/// What a sync works with.
pub struct Sync<'a> {
    /// Who and where we are.
    pub settings: &'a Settings,
    /// What is remembered in the cluster.
    pub store: &'a Store,
    /// What is shown.
    pub board: &'a Board,
    /// Why, and under which id.
    pub order: &'a Order,
    /// Give up?
    pub cancel: Cancel<'a>,
}

impl Sync<'_> {
    /// Syncs to this snapshot.
    ///
    /// # Errors
    /// What kept it from being tried.
    pub async fn to(&self, snapshot: &Snapshot, memory: &mut Memory) -> Result<Ended, Error> {
        self.board.change(|status| status.blocked.clear());
        let desired = match read(snapshot, &self.settings.namespace, memory).await {
            Ok(desired) => desired,
            Err(problems) => return Ok(self.refuse(&problems)),
        };
        self.store.reload().await?;
        let seen = scene::look(self.settings).await?;
        if let Some(problem) = desired.refuses_server(&seen.server_version) {
            return Ok(self.refuse(&Problems(vec![problem])));
        }
        let outputs = Arc::clone(&memory.outputs);
        let mut scene = Scene::new(self.settings, &self.order.run, desired, seen, outputs);
        scene.is_asked = self.order.reason == Reason::Resync;
        if scene.is_asked {
            memory.outputs.clear();
        }
        self.plan_and_execute(&scene).await
    }

    async fn plan_and_execute(&self, scene: &Scene) -> Result<Ended, Error> {
        let recorded = self.store.recorded().await;
        self.show_components(scene, &recorded);
        let plan = planning::plan(scene, &recorded).await;
        let stage = Stage {
            scene,
            store: self.store,
            board: self.board,
            cancel: self.cancel,
        };
        show::plan(self.board, &recorded, &plan);
        for reported in &plan.reported {
            tracing::warn!("policy, which only reports: {reported}");
        }
        if !plan.blocked.is_empty() {
            self.board.change(|status| {
                status.blocked = plan
                    .blocked
                    .iter()
                    .map(|blocked| blocked.message.clone())
                    .collect();
            });
            return Ok(Ended::Blocked);
        }
        self.remember_what_is_in_order(scene, &plan).await?;
        self.board.change(|status| status.phase = Phase::Executing);
        let tally = execute::execute(stage, plan).await?;
        self.finish(scene, &tally).await
    }

    /// The commit is broken: nothing changes.
    fn refuse(&self, problems: &Problems) -> Ended {
        self.board.change(|status| {
            status.blocked = problems.0.iter().map(ToString::to_string).collect();
        });
        Ended::Blocked
    }

    fn show_components(&self, scene: &Scene, recorded: &Recorded) {
        let cluster = &scene.desired.cluster;
        self.board
            .change(|status| status.cluster.clone_from(&cluster.name));
        let wanted = cluster.components.values();
        let wanted = wanted.map(|component| (&component.name, component.release.to_string()));
        let orphans = recorded.components.iter();
        let orphans = orphans.filter(|(name, record)| is_orphan(scene, name, record));
        let orphans: Vec<_> = orphans
            .map(|(name, record)| (name, record.release.clone()))
            .collect();
        self.board.set_components(wanted.chain(orphans.iter().cloned()));
        for (name, _) in orphans {
            let message = "gone from cluster.yaml, and still installed: nothing is deleted by itself";
            self.board.set(name, ComponentState::Orphaned, message);
        }
        let absent = cluster.components.values();
        for component in absent.filter(|component| component.is_absent) {
            let (state, message) = if scene.is_installed(component.release.as_str()) {
                (
                    ComponentState::Orphaned,
                    "to be absent, and still installed: nothing is deleted by itself",
                )
            } else {
                (ComponentState::Ready, "absent, as wanted")
            };
            self.board.set(&component.name, state, message);
        }
    }

    /// One write for all components that need nothing else, and for those that are gone with their release.
    async fn remember_what_is_in_order(&self, scene: &Scene, plan: &Plan) -> Result<(), Error> {
        let update = self.store.update(|recorded| {
            let cluster = &scene.desired.cluster;
            recorded.components.retain(|name, record| {
                cluster.components.contains_key(name) || is_orphan(scene, name, record)
            });
            for (name, planned) in &plan.components {
                if let (Some(component), Planned::Assessed(assessment, _)) =
                    (cluster.components.get(name), planned)
                    && let Verdict::InOrder(deployed) = &assessment.verdict
                {
                    let record = ComponentRecord {
                        release: component.release.to_string(),
                        deployed: Some((**deployed).clone()),
                        init: assessment.prepared.digests.clone(),
                        failed: None,
                    };
                    recorded.components.insert(name.clone(), record);
                }
            }
        });
        let recorded = update.await?;
        for (name, record) in &recorded.components {
            self.board.show_record(name, record);
        }
        Ok(())
    }

    async fn finish(&self, scene: &Scene, tally: &Tally) -> Result<Ended, Error> {
        let ended = match tally {
            tally if tally.is_given_up || self.cancel.token.is_cancelled() => Ended::Superseded,
            tally if tally.failed > 0 => Ended::Failed,
            tally if tally.done == 0 => Ended::NoChange,
            _ => Ended::Succeeded,
        };
        // What was written just now is recognised by its uid from here on. If this list fails, the next sync has it.
        let releases = match tally.done {
            0 => None,
            _ => scene::releases(self.settings).await.ok(),
        };
        let now = scene.now().to_string();
        let update = self.store.update(|recorded| {
            note_uids(recorded, &releases.unwrap_or_default());
            if matches!(ended, Ended::NoChange | Ended::Succeeded) {
                note_synced(&mut recorded.sync, scene, now);
            }
        });
        let recorded = update.await?;
        self.board.change(|status| {
            status.synced_commit.clone_from(&recorded.sync.commit);
            status.synced_at.clone_from(&recorded.sync.at);
        });
        Ok(ended)
    }
}

fn note_uids(recorded: &mut Recorded, releases: &BTreeMap<String, Summary>) {
    for record in recorded.components.values_mut() {
        if let (Some(newest), Some(deployed)) = (releases.get(&record.release), &mut record.deployed)
            && newest.revision == deployed.revision
        {
            deployed.uid.clone_from(&newest.uid);
        }
    }
}

/// Gone from cluster.yaml, still installed, and nobody else's release now.
fn is_orphan(scene: &Scene, name: &ComponentName, record: &ComponentRecord) -> bool {
    !scene.desired.cluster.components.contains_key(name) && scene.is_left_behind(&record.release)
}

/// The time is that of the first success, so that a sync that changes nothing writes nothing.
fn note_synced(sync: &mut SyncRecord, scene: &Scene, now: String) {
    let commit = Some(scene.desired.commit.clone());
    if sync.commit == commit && sync.cluster == scene.desired.cluster.name {
        return;
    }
    *sync = SyncRecord {
        cluster: scene.desired.cluster.name.clone(),
        commit,
        at: Some(now),
    };
}

/// Reads the commit, unless it is the one that was read last.
async fn read(
    snapshot: &Snapshot,
    namespace: &Namespace,
    memory: &mut Memory,
) -> Result<Arc<Desired>, Problems> {
    let known = memory.desired.as_ref();
    if let Some(known) = known.filter(|known| known.commit == snapshot.commit.id) {
        return Ok(Arc::clone(known));
    }
    let (commit, files) = (snapshot.commit.id.clone(), Arc::clone(&snapshot.files));
    let namespace = namespace.clone();
    let desired = blocking(move || desired::read(&commit, &files, &namespace)).await;
    let bug = || {
        let problem = Problem::in_file("cluster.yaml", "reading the commit met a bug of this program");
        Problems(vec![problem.hint("see the log, and please report it")])
    };
    let desired = Arc::new(desired.ok_or_else(bug)??);
    memory.desired = Some(Arc::clone(&desired));
    Ok(desired)
}
