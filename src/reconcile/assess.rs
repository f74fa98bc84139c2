//! Looks at one component: what it would be deployed from now, and whether it is due. Changes nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use super::fault::Fault;
use super::hooks::{self, Prepared};
use super::inputs::{self, BUILD, Inputs};
use super::lookups;
use super::plan::{self, Against, Decision, Facts};
use super::rendering::{self, As, Rendering};
use super::scene::Scene;
use super::state::{ComponentRecord, Deployed};
use super::stored;
use crate::base::names::HookName;
use crate::helm::render::Layer;
use crate::release::Summary;
use crate::spec::{self, ValuesError};

/// So far from now that year, month, day, hour, minute and second all differ.
const ANOTHER_TIME: Duration = Duration::from_secs(400 * 86_400 + 3_600 + 60 + 1);

/// What looking at a component showed.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// What it would be deployed from now. `values` stands for the init hooks while some have to run.
    pub next: Inputs,
    /// The value layers.
    pub layers: Vec<Layer>,
    /// Init hooks.
    pub prepared: Prepared,
    /// What to do.
    pub verdict: Verdict,
}

/// What to do with a component.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Nothing but to remember this.
    InOrder(Box<Deployed>),
    /// Run init hooks, and look again.
    Prepare(Vec<HookName>),
    /// Deploy, for this reason.
    Deploy(String),
    /// Wait for this time, or for new input.
    Hold(Option<jiff::Timestamp>),
}

impl Assessment {
    /// Is something to be executed?
    #[must_use]
    pub fn is_due(&self) -> bool {
        matches!(self.verdict, Verdict::Prepare(_) | Verdict::Deploy(_))
    }
}

/// Looks at a component.
///
/// # Errors
/// [`Fault::Commit`] for what the commit has wrong; [`Fault::Operation`] for the API server's.
pub async fn assess(
    scene: &Scene,
    component: &spec::Component,
    recorded: Option<&ComponentRecord>,
) -> Result<Assessment, Fault> {
    let prepared = hooks::look(scene, component, recorded).await?;
    let layers = layers(scene, component, &prepared)?;
    let next = next_inputs(scene, component, recorded, &prepared, &layers).await?;
    let facts = Facts {
        next: &next,
        pending: &prepared.pending,
        recorded,
        newest: scene.newest(component),
        now: scene.now(),
        is_asked: scene.is_asked,
    };
    let verdict = match plan::decide(&facts) {
        Decision::Unchanged => unchanged(&facts),
        Decision::Compare { with, why } => {
            let compared = Compared {
                scene,
                component,
                layers: &layers,
                facts: &facts,
            };
            compared.verdict(with, why).await?
        }
        Decision::Prepare { hooks } => Verdict::Prepare(hooks),
        Decision::Deploy { why } => Verdict::Deploy(why),
        Decision::Hold { until } => Verdict::Hold(until),
    };
    Ok(Assessment {
        next,
        layers,
        prepared,
        verdict,
    })
}

/// The value layers; with samples while init hooks have to run, and none where not even these are enough.
fn layers(scene: &Scene, component: &spec::Component, prepared: &Prepared) -> Result<Vec<Layer>, Fault> {
    let outputs = hooks::with_samples(component, &prepared.outputs);
    let namespace = scene.settings.namespace.as_str();
    let desired = &scene.desired;
    let layers = spec::value_layers(
        &desired.cluster,
        &component.name,
        &desired.files,
        namespace,
        &outputs,
    );
    match layers {
        Ok(layers) => Ok(layers),
        Err(ValuesError::NeedsOutputs(_)) if !prepared.pending.is_empty() => Ok(Vec::new()),
        Err(ValuesError::Problems(problems)) => Err(problems.into()),
        Err(error) => Err(Fault::operation(format!(
            "{error}; the hooks have run without giving them"
        ))),
    }
}

async fn next_inputs(
    scene: &Scene,
    component: &spec::Component,
    recorded: Option<&ComponentRecord>,
    prepared: &Prepared,
    layers: &[Layer],
) -> Result<Inputs, Fault> {
    let (_, pinned) = scene.desired.component(&component.name).ok_or_else(no_chart)?;
    let asked = recorded.and_then(|record| record.deployed.as_ref());
    let asked = asked.map(|deployed| &deployed.inputs.lookups);
    let values = if prepared.pending.is_empty() {
        inputs::values_digest(layers)
    } else {
        prepared.pending_digest.clone()
    };
    Ok(Inputs {
        engine: scene.engine(component)?.version.to_owned(),
        chart_version: component.chart.version.clone(),
        chart: pinned.digest.clone(),
        version: component.version.clone(),
        values,
        server: scene.server.clone(),
        capabilities: inputs::capabilities_digest(&pinned.chart, layers, &scene.surroundings.capabilities),
        lookups: answers(scene, asked).await?,
        build: BUILD.to_owned(),
    })
}

fn no_chart() -> Fault {
    Fault::operation("the component has no chart")
}

async fn answers(
    scene: &Scene,
    asked: Option<&BTreeMap<String, String>>,
) -> Result<BTreeMap<String, String>, Fault> {
    let Some(asked) = asked else {
        return Ok(BTreeMap::new());
    };
    let answers = lookups::ask_again(&scene.settings.cluster, asked).await;
    answers.map_err(|error| Fault::operation(format!("repeating the chart's lookups: {error}")))
}

/// All is as recorded; the uid of the release record may have become known.
fn unchanged(facts: &Facts<'_>) -> Verdict {
    let deployed = facts.recorded.and_then(|record| record.deployed.clone());
    let mut deployed = deployed.unwrap_or_default();
    if let Some(newest) = facts.newest {
        deployed.uid.clone_from(&newest.uid);
    }
    Verdict::InOrder(Box::new(deployed))
}

/// Something moved that may not change the rendering.
struct Compared<'a> {
    scene: &'a Scene,
    component: &'a spec::Component,
    layers: &'a [Layer],
    facts: &'a Facts<'a>,
}

impl Compared<'_> {
    async fn verdict(&self, with: Against, why: String) -> Result<Verdict, Fault> {
        let Some(newest) = self.facts.newest else {
            return Ok(Verdict::Deploy(why));
        };
        let as_revision = self.as_deployed(newest, with);
        let rendering = self.render(as_revision).await?;
        let is_same = match with {
            Against::Recorded => self.recorded_content() == Some(rendering.content.as_str()),
            Against::Stored => stored::is_same(self.scene, newest, &rendering).await?,
        };
        if is_same || self.draws_by_chance(&rendering).await? {
            let deployed = self.deployed(newest, rendering);
            return Ok(Verdict::InOrder(Box::new(deployed)));
        }
        Ok(Verdict::Deploy(why))
    }

    /// Templates see the revision, so what is compared is rendered as the revision that is deployed.
    fn as_deployed(&self, newest: &Summary, with: Against) -> As {
        let deployed = self.facts.recorded.and_then(|record| record.deployed.as_ref());
        let is_upgrade = match (with, deployed) {
            (Against::Recorded, Some(deployed)) => deployed.is_upgrade,
            _ => newest.revision > 1,
        };
        As {
            revision: newest.revision,
            is_upgrade,
            at: None,
        }
    }

    /// A chart that draws random values, or writes the time, never renders the same twice: that alone is no reason to
    /// deploy. A second rendering, at another time, shows it.
    async fn draws_by_chance(&self, first: &Rendering) -> Result<bool, Fault> {
        let later = self.scene.now().checked_add(ANOTHER_TIME);
        let again = As {
            at: later.ok(),
            ..first.as_revision
        };
        Ok(self.render(again).await?.content != first.content)
    }

    async fn render(&self, as_revision: As) -> Result<Rendering, Fault> {
        let scene = self.scene;
        let rendering = rendering::render(
            &scene.surroundings,
            &scene.desired,
            self.component,
            self.layers,
            as_revision,
        );
        Ok(rendering.await?)
    }

    fn recorded_content(&self) -> Option<&str> {
        let deployed = self.facts.recorded?.deployed.as_ref()?;
        Some(&deployed.content)
    }

    fn deployed(&self, newest: &Summary, rendering: Rendering) -> Deployed {
        let before = self.facts.recorded.and_then(|record| record.deployed.clone());
        let before = before.filter(|deployed| plan::is_ours(newest, deployed));
        Deployed {
            inputs: Inputs {
                lookups: rendering.lookups,
                ..self.facts.next.clone()
            },
            content: before
                .as_ref()
                .map_or(rendering.content, |before| before.content.clone()),
            revision: newest.revision,
            uid: newest.uid.clone(),
            is_upgrade: rendering.as_revision.is_upgrade,
            commit: self.scene.desired.commit.clone(),
            at: before.map_or_else(|| newest.updated.clone(), |before| before.at),
        }
    }
}
