//! One component's turn: init hooks, another look, `before` hooks, Helm's verb.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;
use tracing::info;

use super::Error;
use super::assess::{self, Assessment, Verdict};
use super::board::Board;
use super::fault::Fault;
use super::hooks;
use super::inputs::{self, Inputs};
use super::lookups;
use super::planning;
use super::rendering::{self, As, Rendering, Surroundings};
use super::scene::{self, Scene};
use super::state::{ComponentRecord, Deployed, Store};
use super::status::ComponentState;
use crate::base::names::HookName;
use crate::release::{self, Observed, Options, Wait};
use crate::spec::{self, WaitMode};

/// What a turn works with.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    /// What the sync sees.
    pub scene: &'a Scene,
    /// What is remembered.
    pub store: &'a Store,
    /// What is shown.
    pub board: &'a Board,
    /// Give up?
    pub cancel: Cancel<'a>,
}

/// Why a sync is given up: set before its token is cancelled.
pub type GivenUp = Arc<OnceLock<String>>;

/// How a sync is given up.
#[derive(Clone, Copy)]
pub struct Cancel<'a> {
    /// Cancelled: at the next step boundary, or while waiting.
    pub token: &'a CancellationToken,
    /// Why; goes into the release record.
    pub reason: &'a GivenUp,
}

/// How a turn ended well.
#[derive(Clone, Debug)]
pub struct Done {
    /// To be remembered.
    pub deployed: Deployed,
    /// Digests of the init hooks.
    pub init: BTreeMap<HookName, String>,
}

/// How a turn failed: why, and with which inputs.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Why.
    pub fault: Fault,
    /// Digest of the inputs, for counting.
    pub inputs: String,
}

/// Brings one due component to what the commit asks for.
///
/// # Errors
/// See [`Failure`]. The state store's errors are faults as well: the next sync meets them first.
pub async fn take(
    stage: Stage<'_>,
    component: &spec::Component,
    assessment: Assessment,
    planned: Option<Rendering>,
) -> Result<Done, Failure> {
    let mut inputs = assessment.next.digest();
    let done = prepared(stage, component, assessment, &mut inputs);
    let done = match done.await {
        Ok(Prepared::InOrder(done)) => Ok(*done),
        Ok(Prepared::Due(mut assessment)) => deploy(stage, component, &mut assessment, planned).await,
        Err(fault) => Err(fault),
    };
    done.map_err(|fault| Failure { fault, inputs })
}

enum Prepared {
    InOrder(Box<Done>),
    Due(Box<Assessment>),
}

/// Runs init hooks until none is pending, and looks again: what they gave may have changed nothing.
async fn prepared(
    stage: Stage<'_>,
    component: &spec::Component,
    mut assessment: Assessment,
    inputs: &mut String,
) -> Result<Prepared, Fault> {
    // Each round runs at least one hook, so there are no more rounds than hooks.
    for _ in 0..=component.init.len() {
        let hooks = match assessment.verdict {
            Verdict::InOrder(deployed) => return Ok(in_order(*deployed, assessment.prepared.digests)),
            Verdict::Deploy(_) | Verdict::Hold(_) => return Ok(Prepared::Due(Box::new(assessment))),
            Verdict::Prepare(ref hooks) => hooks.clone(),
        };
        for name in &hooks {
            run_init(stage, component, name, &mut assessment.prepared).await?;
        }
        let recorded = stage.store.recorded().await;
        let recorded = planning::recorded_of(&recorded, component);
        assessment = assess::assess(stage.scene, component, recorded).await?;
        *inputs = assessment.next.digest();
    }
    Err(Fault::operation(
        "its init hooks ran, and still their outputs are not there; was what they made deleted meanwhile?",
    ))
}

fn in_order(deployed: Deployed, init: BTreeMap<HookName, String>) -> Prepared {
    Prepared::InOrder(Box::new(Done { deployed, init }))
}

async fn run_init(
    stage: Stage<'_>,
    component: &spec::Component,
    name: &HookName,
    prepared: &mut hooks::Prepared,
) -> Result<(), Fault> {
    let Some(hook) = component.init.iter().find(|hook| hook.name == *name) else {
        return Ok(());
    };
    stage.running(component, format!("running init hook {name}"))?;
    let scene = stage.scene;
    let digest = hooks::digest(scene, component, hook, &prepared.outputs)?;
    let outcome = hooks::run(scene, component, hook, &prepared.outputs, stage.cancel.token).await?;
    scene
        .outputs
        .keep(&component.name, name, &digest, &outcome.outputs);
    prepared.outputs.insert(name.clone(), outcome.outputs);
    let remembered = stage.remember(component, |record| {
        record.init.insert(name.clone(), digest);
    });
    let remembered = remembered.await;
    remembered
        .map(|_| ())
        .map_err(|error| Fault::operation(error.to_string()))
}

async fn deploy(
    stage: Stage<'_>,
    component: &spec::Component,
    assessment: &mut Assessment,
    planned: Option<Rendering>,
) -> Result<Done, Fault> {
    let scene = stage.scene;
    stage.running(component, "rendering".to_owned())?;
    let ctx = scene.verbs(scene.engine(component)?);
    let observed = release::observe(&ctx, &component.release).await;
    let observed = observed.map_err(|error| Fault::of_release(&error))?;
    let rendering = render(scene, component, assessment, &observed, planned).await?;
    for hook in &component.before {
        stage.running(component, format!("running before hook {}", hook.name))?;
        hooks::run(
            scene,
            component,
            hook,
            &assessment.prepared.outputs,
            stage.cancel.token,
        )
        .await?;
    }
    let verb = if observed.is_upgrade {
        "upgrading to"
    } else {
        "installing"
    };
    stage.running(component, format!("{verb} revision {}", observed.next_revision))?;
    let options = options(component, stage.cancel.reason);
    let outcome = release::deploy(&ctx, &observed, &rendering.rendered, &options, stage.cancel.token).await;
    let outcome = outcome.map_err(|error| Fault::of_release(&error))?;
    info!(
        revision = outcome.revision,
        created = outcome.created.len(),
        changed = outcome.changed.len(),
        deleted = outcome.deleted.len(),
        "deployed"
    );
    for warning in &outcome.warnings {
        tracing::warn!(warning, "the release was deployed with a warning");
    }
    let inputs = Inputs {
        lookups: rendering.lookups,
        ..assessment.next.clone()
    };
    Ok(Done {
        init: assessment.prepared.digests.clone(),
        deployed: Deployed {
            inputs,
            content: rendering.content,
            revision: outcome.revision,
            uid: String::new(),
            is_upgrade: observed.is_upgrade,
            commit: scene.desired.commit.clone(),
            at: scene.now().to_string(),
        },
    })
}

/// The planned rendering, if it is still what would be rendered now: charts that draw random values keep what was drawn.
async fn render(
    scene: &Scene,
    component: &spec::Component,
    assessment: &mut Assessment,
    observed: &Observed,
    planned: Option<Rendering>,
) -> Result<Rendering, Fault> {
    let as_revision = As {
        revision: observed.next_revision,
        is_upgrade: observed.is_upgrade,
        at: None,
    };
    let (surroundings, is_same) = surroundings(scene, component, assessment).await?;
    if let Some(planned) = planned.filter(|planned| is_same && planned.as_revision == as_revision) {
        let answers = lookups::ask_again(&scene.settings.cluster, &planned.lookups).await;
        if answers.is_ok_and(|answers| answers == planned.lookups) {
            return Ok(planned);
        }
    }
    let (desired, layers) = (&scene.desired, &assessment.layers);
    Ok(rendering::render(&surroundings, desired, component, layers, as_revision).await?)
}

/// Where it is rendered, and whether that is the same as when it was planned: a component before this one may have
/// brought a CRD that the chart asks for.
async fn surroundings(
    scene: &Scene,
    component: &spec::Component,
    assessment: &mut Assessment,
) -> Result<(Surroundings, bool), Fault> {
    let mut surroundings = scene.surroundings.clone();
    let planned = &mut assessment.next.capabilities;
    let pinned = scene.desired.charts.get(&component.name);
    let Some(pinned) = pinned.filter(|_| !planned.is_empty()) else {
        return Ok((surroundings, true));
    };
    let now = scene::capabilities(&scene.settings).await;
    surroundings.capabilities = now.map_err(|error| Fault::operation(error.to_string()))?;
    let digest = inputs::capabilities_digest(&pinned.chart, &assessment.layers, &surroundings.capabilities);
    let is_same = digest == *planned;
    *planned = digest;
    Ok((surroundings, is_same))
}

fn options(component: &spec::Component, given_up: &GivenUp) -> Options {
    let settings = &component.settings;
    Options {
        timeout: settings.timeout,
        wait: match settings.wait {
            WaitMode::None => Wait::None,
            WaitMode::Helm | WaitMode::Auto => Wait::Helm,
            WaitMode::AfterHooks => Wait::AfterHooks,
        },
        history_max: settings.history_max,
        recreate: settings.recreate.clone(),
        cancel_reason: Arc::clone(given_up),
        ..Options::default()
    }
}

// === impl Stage ===

impl Stage<'_> {
    /// A step begins: the boundary at which a sync is given up.
    fn running(&self, component: &spec::Component, message: String) -> Result<(), Fault> {
        if self.cancel.token.is_cancelled() {
            return Err(Fault::GivenUp);
        }
        info!(doing = message, "next step");
        self.board.set(&component.name, ComponentState::Running, message);
        Ok(())
    }
    /// Changes what is remembered of a component, and gives what then is.
    ///
    /// # Errors
    /// It cannot be written.
    pub async fn remember(
        &self,
        component: &spec::Component,
        change: impl FnOnce(&mut ComponentRecord),
    ) -> Result<ComponentRecord, Error> {
        let name = &component.name;
        let recorded = self.store.update(|recorded| {
            let record = recorded.components.entry(name.clone()).or_default();
            if record.release != component.release.as_str() {
                *record = ComponentRecord::default();
            }
            record.release = component.release.to_string();
            change(record);
        });
        Ok(recorded.await?.components.get(name).cloned().unwrap_or_default())
    }
}
