//! Rendering components without a cluster: for `validate` and `render`.

use super::desired::Desired;
use super::hooks;
use super::rendering::{self, As, Rendering, Surroundings};
use crate::base::names::Namespace;
use crate::base::report::Problems;
use crate::helm::render::{Capabilities, World};
use crate::spec::{self, Outputs, ValuesError};

/// What came of it.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// As a first installation; generated secrets are samples.
    Rendered(Box<Rendering>),
    /// Its values need these outputs of init hooks, which nobody can guess.
    AfterInit(Vec<String>),
}

/// A server of this version, or of the engine's default one, that holds nothing.
#[must_use]
pub fn surroundings(world: World, namespace: &Namespace, kube_version: Option<String>) -> Surroundings {
    Surroundings {
        world,
        namespace: namespace.to_string(),
        capabilities: Capabilities {
            kube_version,
            ..Capabilities::default()
        },
        live: None,
    }
}

/// Renders one component as its first installation.
///
/// # Errors
/// What is wrong with its values or its chart, with file and line.
pub async fn render(
    surroundings: &Surroundings,
    desired: &Desired,
    component: &spec::Component,
) -> Result<Outcome, Problems> {
    let outputs = hooks::with_samples(component, &Outputs::new());
    let namespace = &surroundings.namespace;
    let layers = spec::value_layers(
        &desired.cluster,
        &component.name,
        &desired.files,
        namespace,
        &outputs,
    );
    let layers = match layers {
        Ok(layers) => layers,
        Err(ValuesError::NeedsOutputs(needed)) => {
            return Ok(Outcome::AfterInit(
                needed.iter().map(ToString::to_string).collect(),
            ));
        }
        Err(ValuesError::Problems(problems)) => return Err(problems),
    };
    let first = As {
        revision: 1,
        is_upgrade: false,
        at: None,
    };
    let rendering = rendering::render(surroundings, desired, component, &layers, first).await;
    let rendering = rendering.map_err(|refused| Problems(vec![refused.problem]))?;
    Ok(Outcome::Rendered(Box::new(rendering)))
}
