//! Executes a plan down the dependency graph.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tracing::{Instrument as _, info_span, warn};

use super::Error;
use super::fault::Fault;
use super::graph::{Graph, Walk};
use super::planning::{Plan, Planned};
use super::show;
use super::state::ComponentRecord;
use super::status::ComponentState;
use super::turn::{self, Done, Failure, Stage};
use crate::base::names::ComponentName;

/// Components that are worked on at the same time: enough for a wave of small ones, few enough for a small API server.
const CONCURRENT: usize = 4;

/// What came of a plan.
#[derive(Debug, Default)]
pub struct Tally {
    /// Components that had a turn that ended well.
    pub done: usize,
    /// Components that failed now or wait after a failure, and those they hold back.
    pub failed: usize,
    /// Something was given up for a newer commit or shutdown.
    pub is_given_up: bool,
}

type Turn<'a> = Pin<Box<dyn Future<Output = (ComponentName, Result<Done, Failure>)> + Send + 'a>>;

/// Executes. A component's turn comes when all it needs is as wanted; one that fails holds back those that need it,
/// and no others.
///
/// # Errors
/// What is remembered cannot be written: nothing new is begun, and what runs is let come to its end.
pub async fn execute(stage: Stage<'_>, plan: Plan) -> Result<Tally, Error> {
    let graph = Graph::of(&stage.scene.desired.cluster);
    let mut run = Run {
        stage,
        walk: Walk::down(&graph),
        planned: plan.components,
        turns: FuturesUnordered::new(),
        failed: BTreeSet::new(),
        tally: Tally::default(),
        error: None,
    };
    run.go().await;
    run.show_held_back(&graph);
    match run.error {
        Some(error) => Err(error),
        None => Ok(run.tally),
    }
}

struct Run<'a> {
    stage: Stage<'a>,
    walk: Walk,
    planned: BTreeMap<ComponentName, Planned>,
    turns: FuturesUnordered<Turn<'a>>,
    failed: BTreeSet<ComponentName>,
    tally: Tally,
    error: Option<Error>,
}

impl<'a> Run<'a> {
    async fn go(&mut self) {
        loop {
            while self.may_begin() {
                let ready = self.walk.take_ready(CONCURRENT - self.turns.len());
                if ready.is_empty() {
                    break;
                }
                for name in ready {
                    self.begin(name).await;
                }
            }
            match self.turns.next().await {
                Some((name, outcome)) => self.end(name, outcome).await,
                None => return,
            }
        }
    }

    fn may_begin(&self) -> bool {
        let is_stopped =
            self.tally.is_given_up || self.error.is_some() || self.stage.cancel.token.is_cancelled();
        !is_stopped && self.turns.len() < CONCURRENT
    }

    async fn begin(&mut self, name: ComponentName) {
        let stage = self.stage;
        let component = stage.scene.desired.cluster.components.get(&name);
        match (component, self.planned.remove(&name)) {
            (Some(component), Some(Planned::Assessed(assessment, rendering))) if assessment.is_due() => {
                let span = info_span!("component", component = %name, release = %component.release);
                let turn = async move {
                    let outcome =
                        turn::take(stage, component, *assessment, rendering.map(|boxed| *boxed)).await;
                    (name, outcome)
                };
                self.turns.push(Box::pin(turn.instrument(span)));
            }
            (_, Some(Planned::Assessed(assessment, _))) => match assessment.verdict {
                super::assess::Verdict::Hold(_) => self.note_failed(name),
                _ => self.walk.finish(&name),
            },
            (_, Some(Planned::Faulty(fault))) => {
                let failure = Failure {
                    fault,
                    inputs: String::new(),
                };
                self.end(name, Err(failure)).await;
            }
            // Planning leaves none of these behind.
            (_, Some(Planned::Unrendered(..)) | None) => self.walk.finish(&name),
        }
    }

    async fn end(&mut self, name: ComponentName, outcome: Result<Done, Failure>) {
        match outcome {
            Ok(done) => {
                self.tally.done += 1;
                self.remember(&name, |record| succeed(record, done)).await;
                self.walk.finish(&name);
            }
            Err(Failure {
                fault: Fault::GivenUp,
                ..
            }) => {
                self.tally.is_given_up = true;
                self.stage.board.set(
                    &name,
                    ComponentState::Waiting,
                    "given up for a newer commit or shutdown",
                );
            }
            Err(failure) => {
                warn!(component = %name, error = failure.fault.message(), "component failed");
                let (message, log) = (failure.fault.message(), failure.fault.log());
                let now = self.stage.scene.now();
                self.remember(&name, |record| {
                    record.note_failure(failure.inputs, &message, log, now);
                })
                .await;
                self.note_failed(name);
            }
        }
    }

    fn note_failed(&mut self, name: ComponentName) {
        self.tally.failed += 1;
        self.failed.insert(name);
    }

    async fn remember(&mut self, name: &ComponentName, change: impl FnOnce(&mut ComponentRecord)) {
        let Some(component) = self.stage.scene.desired.cluster.components.get(name) else {
            return;
        };
        match self.stage.remember(component, change).await {
            Ok(record) => show::record(self.stage.board, name, &record),
            Err(error) => self.error = Some(error),
        }
    }

    /// What is due and never had its turn says whom it waits for.
    fn show_held_back(&mut self, graph: &Graph) {
        for failed in &self.failed {
            for name in graph.dependents(failed) {
                let is_due = matches!(self.planned.get(&name), Some(Planned::Assessed(assessment, _)) if assessment.is_due());
                if is_due {
                    let message = format!("waits for {failed}, which failed");
                    self.stage.board.set(&name, ComponentState::Blocked, message);
                }
            }
        }
    }
}

fn succeed(record: &mut ComponentRecord, done: Done) {
    record.deployed = Some(done.deployed);
    record.init = done.init;
    record.failed = None;
}
