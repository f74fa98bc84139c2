//! From a commit to a plan: every component is looked at, policy is asked, and what is due is rendered, all before
//! anything is executed.

use std::collections::BTreeMap;

use futures::{FutureExt as _, StreamExt as _};

use super::assess::{self, Assessment, Verdict};
use super::fault::Fault;
use super::policy::{self, Forbidden};
use super::rendering::{self, As, Rendering};
use super::scene::Scene;
use super::state::{ComponentRecord, Recorded};
use crate::base::names::ComponentName;
use crate::spec;

/// Components that are looked at or rendered at the same time: rendering takes CPU, looking takes round trips.
const CONCURRENT: usize = 4;

/// What is to be done.
#[derive(Debug, Default)]
pub struct Plan {
    /// What looking at each component showed.
    pub components: BTreeMap<ComponentName, Planned>,
    /// Why nothing may be executed.
    pub blocked: Vec<Blocked>,
}

/// One component of a plan.
#[derive(Debug)]
pub enum Planned {
    /// It was looked at; what is due is rendered, unless its init hooks come first.
    Assessed(Box<Assessment>, Option<Box<Rendering>>),
    /// It could not be looked at.
    Faulty(Fault),
}

/// Why nothing may be executed.
#[derive(Clone, Debug)]
pub struct Blocked {
    /// Whose fault.
    pub component: ComponentName,
    /// For people.
    pub message: String,
}

/// What was recorded of a component, if it still means the same release.
#[must_use]
pub fn recorded_of<'a>(recorded: &'a Recorded, component: &spec::Component) -> Option<&'a ComponentRecord> {
    let record = recorded.components.get(&component.name)?;
    (record.release == component.release.as_str()).then_some(record)
}

/// Plans. Changes nothing in the cluster.
pub async fn plan(scene: &Scene, recorded: &Recorded) -> Plan {
    // Boxed one by one: a closure that returns borrowing futures would keep the whole sync from being `Send`.
    let plans = scene.desired.in_order().into_iter().map(|component| {
        let named = async move {
            let planned = plan_one(scene, component, recorded_of(recorded, component)).await;
            (component.name.clone(), planned)
        };
        named.boxed()
    });
    let plans = futures::stream::iter(plans.collect::<Vec<_>>()).buffered(CONCURRENT);
    let mut plan = Plan {
        components: plans.collect().await,
        blocked: Vec::new(),
    };
    plan.blocked = blocked(scene, recorded, &plan.components);
    plan
}

async fn plan_one(scene: &Scene, component: &spec::Component, recorded: Option<&ComponentRecord>) -> Planned {
    let assessment = match assess::assess(scene, component, recorded).await {
        Ok(assessment) => assessment,
        Err(fault) => return Planned::Faulty(fault),
    };
    match render(scene, component, &assessment).await {
        Ok(rendering) => Planned::Assessed(Box::new(assessment), rendering.map(Box::new)),
        Err(fault) => Planned::Faulty(fault),
    }
}

/// Renders what is due. While init hooks have to run, samples stand for their outputs: the rendering shows errors, and
/// is not kept.
async fn render(
    scene: &Scene,
    component: &spec::Component,
    assessment: &Assessment,
) -> Result<Option<Rendering>, Fault> {
    let is_sample = matches!(assessment.verdict, Verdict::Prepare(_));
    if !assessment.is_due() || (is_sample && assessment.layers.is_empty()) {
        return Ok(None);
    }
    let newest = scene
        .newest(component)
        .filter(|newest| newest.status != "uninstalled");
    let as_revision = As {
        revision: newest.map_or(1, |newest| newest.revision + 1),
        is_upgrade: newest.is_some(),
        at: None,
    };
    let rendering = rendering::render(
        &scene.surroundings,
        &scene.desired,
        component,
        &assessment.layers,
        as_revision,
    )
    .await?;
    Ok(Some(rendering).filter(|_| !is_sample))
}

fn blocked(
    scene: &Scene,
    recorded: &Recorded,
    components: &BTreeMap<ComponentName, Planned>,
) -> Vec<Blocked> {
    let verdict = |(name, planned): (&ComponentName, &Planned)| {
        let message = match planned {
            Planned::Faulty(Fault::Commit(problems)) => problems.to_string(),
            Planned::Faulty(_) => return None,
            Planned::Assessed(assessment, _) => forbidden(scene, recorded, name, assessment)?.to_string(),
        };
        Some(Blocked {
            component: name.clone(),
            message,
        })
    };
    components.iter().filter_map(verdict).collect()
}

fn forbidden(
    scene: &Scene,
    recorded: &Recorded,
    name: &ComponentName,
    assessment: &Assessment,
) -> Option<Forbidden> {
    let cluster = &scene.desired.cluster;
    if !cluster.policy.enforce_one_change || !assessment.is_due() {
        return None;
    }
    let record = recorded_of(recorded, cluster.components.get(name)?)?;
    let before = &record.deployed.as_ref()?.inputs;
    let mut next = assessment.next.clone();
    if matches!(assessment.verdict, Verdict::Prepare(_)) {
        // What the values will be is not known before the init hooks ran.
        next.values.clone_from(&before.values);
    }
    policy::check(name, before, &next)
}
