//! From a commit to a plan: every component is looked at, policy is asked, and what is due is rendered, all before
//! anything is executed.

use std::collections::{BTreeMap, BTreeSet};

use futures::{FutureExt as _, StreamExt as _};

use super::assess::{self, Assessment, Verdict};
use super::fault::Fault;
use super::graph::Graph;
use super::policy::{self, Forbidden};
use super::rendering::{self, As, Refused, Rendering};
use super::scene::Scene;
use super::state::{ComponentRecord, Recorded};
use crate::base::names::ComponentName;
use crate::base::report::Problem;
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
    /// What policy would forbid, if it were enforced.
    pub reported: Vec<Forbidden>,
}

/// One component of a plan.
#[derive(Debug)]
pub enum Planned {
    /// It was looked at; what is due is rendered, unless something has to be done first.
    Assessed(Box<Assessment>, Option<Box<Rendering>>),
    /// It does not render now, and may when what it needs is there: it asks what the cluster holds or serves.
    Unrendered(Box<Assessment>, Problem),
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
    let mut components: BTreeMap<ComponentName, Planned> = plans.collect().await;
    settle_unrendered(&Graph::of(&scene.desired.cluster), &mut components);
    let forbidden: Vec<Forbidden> = components
        .iter()
        .filter_map(|(name, planned)| forbidden(scene, recorded, name, planned))
        .collect();
    let is_enforced = scene.desired.cluster.policy.enforce_one_change;
    let (enforced, reported) = if is_enforced {
        (forbidden, Vec::new())
    } else {
        (Vec::new(), forbidden)
    };
    let enforced = enforced.into_iter().map(|forbidden| Blocked {
        message: forbidden.to_string(),
        component: forbidden.component,
    });
    Plan {
        blocked: broken(&components)
            .chain(renamed(scene, recorded))
            .chain(enforced)
            .collect(),
        reported,
        components,
    }
}

/// A component that needs something that is about to change is rendered at its turn; one that does not is broken.
fn settle_unrendered(graph: &Graph, components: &mut BTreeMap<ComponentName, Planned>) {
    let is_due = |planned: &Planned| match planned {
        Planned::Assessed(assessment, _) | Planned::Unrendered(assessment, _) => assessment.is_due(),
        Planned::Faulty(_) => false,
    };
    let due = components.iter().filter(|(_, planned)| is_due(planned));
    let awaited: BTreeSet<ComponentName> = due.flat_map(|(name, _)| graph.dependents(name)).collect();
    for (name, planned) in components {
        let Planned::Unrendered(assessment, problem) = planned else {
            continue;
        };
        *planned = if awaited.contains(name) || matches!(assessment.verdict, Verdict::Prepare(_)) {
            Planned::Assessed(assessment.clone(), None)
        } else {
            Planned::Faulty(problem.clone().into())
        };
    }
}

async fn plan_one(scene: &Scene, component: &spec::Component, recorded: Option<&ComponentRecord>) -> Planned {
    let assessment = match assess::assess(scene, component, recorded).await {
        Ok(assessment) => assessment,
        Err(fault) => return Planned::Faulty(fault),
    };
    match render(scene, component, &assessment).await {
        Ok(rendering) => Planned::Assessed(Box::new(assessment), rendering.map(Box::new)),
        Err(refused) if refused.has_looked || !assessment.next.capabilities.is_empty() => {
            Planned::Unrendered(Box::new(assessment), refused.problem)
        }
        Err(refused) => Planned::Faulty(refused.into()),
    }
}

/// Renders what is due. While init hooks have to run, samples stand for their outputs: the rendering shows errors, and
/// is not kept.
async fn render(
    scene: &Scene,
    component: &spec::Component,
    assessment: &Assessment,
) -> Result<Option<Rendering>, Refused> {
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

/// What is wrong with the commit.
fn broken(components: &BTreeMap<ComponentName, Planned>) -> impl Iterator<Item = Blocked> + '_ {
    components.iter().filter_map(|(name, planned)| match planned {
        Planned::Faulty(Fault::Commit(problems)) => Some(Blocked {
            component: name.clone(),
            message: problems.to_string(),
        }),
        _ => None,
    })
}

/// Components whose release has another name now, while the one under the old name is still installed: Helm cannot
/// rename a release, and a second one beside it would fight for the same objects, or leave the first one forgotten.
fn renamed(scene: &Scene, recorded: &Recorded) -> impl Iterator<Item = Blocked> {
    let components = scene.desired.cluster.components.values();
    components.filter_map(|component| {
        let before = &recorded.components.get(&component.name)?.release;
        if *before == component.release.as_str() || !scene.is_left_behind(before) {
            return None;
        }
        let (name, now) = (&component.name, &component.release);
        Some(Blocked {
            component: name.clone(),
            message: format!(
                "component {name}: its release is `{now}` now, but `{before}` is still installed, and Helm renames no release\n  \
                hint: write `release: {before}`, or uninstall it first: helm uninstall {before}"
            ),
        })
    })
}

fn forbidden(
    scene: &Scene,
    recorded: &Recorded,
    name: &ComponentName,
    planned: &Planned,
) -> Option<Forbidden> {
    let Planned::Assessed(assessment, _) = planned else {
        return None;
    };
    let component = scene.desired.cluster.components.get(name)?;
    let record = recorded_of(recorded, component).filter(|_| assessment.is_due())?;
    let before = &record.deployed.as_ref()?.inputs;
    let mut next = assessment.next.clone();
    if matches!(assessment.verdict, Verdict::Prepare(_)) {
        // What the values will be is not known before the init hooks ran.
        next.values.clone_from(&before.values);
    }
    policy::check(name, before, &next)
}
