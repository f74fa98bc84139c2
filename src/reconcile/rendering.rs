//! Rendering one component: the request, what of the result matters, and errors as problems of the repository.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::desired::{Desired, PinnedChart};
use super::digest::Digest;
use super::fault::Fault;
use super::lookups::LiveLookup;
use crate::base::report::Problem;
use crate::golang::env::Limits;
use crate::helm::render::{
    self, Capabilities, Layer, Lookup, ReleaseFacts, RenderError, Rendered, Request, Switches, World,
};
use crate::k8s::Cluster;
use crate::spec;

/// The longest message of a chart that is shown.
const MAX_MESSAGE_BYTES: usize = 2048;

/// Where a component is rendered: against a live cluster, or offline.
#[derive(Clone)]
pub struct Surroundings {
    /// Randomness, time, zones.
    pub world: World,
    /// `.Release.Namespace`.
    pub namespace: String,
    /// `.Capabilities`.
    pub capabilities: Capabilities,
    /// Answers `lookup`; offline nothing is found.
    pub live: Option<Cluster>,
}

/// As which revision a component is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct As {
    /// `.Release.Revision`.
    pub revision: i64,
    /// `.Release.IsUpgrade`.
    pub is_upgrade: bool,
    /// How far from now `now` is: a second rendering at another time shows what depends on it.
    pub at: Option<jiff::Timestamp>,
}

/// A rendering, and what it was made from.
#[derive(Clone, Debug)]
pub struct Rendering {
    /// The result.
    pub rendered: Arc<Rendered>,
    /// As which revision.
    pub as_revision: As,
    /// Digest of what matters of it.
    pub content: String,
    /// What it looked up, and the digests of the answers.
    pub lookups: BTreeMap<String, String>,
}

/// Why a component does not render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What Helm refuses, at its place in the repository.
    pub problem: Problem,
    /// The chart had looked something up in the cluster: what is not there yet may be the cause.
    pub has_looked: bool,
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Fault {
        refused.problem.into()
    }
}

/// Renders a component on a blocking thread.
///
/// # Errors
/// See [`Refused`].
pub async fn render(
    surroundings: &Surroundings,
    desired: &Desired,
    component: &spec::Component,
    layers: &[Layer],
    as_revision: As,
) -> Result<Rendering, Refused> {
    let plain = |problem| Refused {
        problem,
        has_looked: false,
    };
    let engine = desired.engine(component).map_err(plain)?;
    let pinned = desired.charts.get(&component.name);
    let pinned =
        pinned.ok_or_else(|| plain(Problem::in_file("cluster.yaml", "the component has no chart")))?;
    let live = surroundings.live.clone().map(LiveLookup::new);
    let request = Request {
        chart: Arc::clone(&pinned.chart),
        release: ReleaseFacts {
            name: component.release.to_string(),
            namespace: surroundings.namespace.clone(),
            revision: as_revision.revision,
            is_upgrade: as_revision.is_upgrade,
        },
        layers: layers.to_vec(),
        engine,
        capabilities: surroundings.capabilities.clone(),
        switches: Switches::default(),
        lookup: live.clone().map(|live| live as Arc<dyn Lookup>),
        seed: None,
        now: as_revision.at,
        limits: Limits::default(),
    };
    let world = surroundings.world.clone();
    let key = key(&request, &pinned.digest);
    if let Some(rendered) = world.kept.get(&key).filter(|_| as_revision.at.is_none()) {
        return Ok(Rendering {
            content: content(&rendered),
            rendered,
            as_revision,
            lookups: BTreeMap::new(),
        });
    }
    let kept = Arc::clone(&world.kept);
    let rendered = blocking(move || render::render(request, &world)).await;
    let rendered = rendered.ok_or_else(|| plain(internal(component)))?;
    let lookups = live.map(|live| live.asked()).unwrap_or_default();
    let rendered = rendered.map_err(|error| Refused {
        problem: problem(component, pinned, &error),
        has_looked: !lookups.is_empty(),
    })?;
    let rendered = Arc::new(rendered);
    if lookups.is_empty() {
        kept.put(key, &rendered);
    }
    Ok(Rendering {
        content: content(&rendered),
        rendered,
        as_revision,
        lookups,
    })
}

/// All that goes into a render, save the clock, randomness and what is looked up.
fn key(request: &Request, chart: &str) -> String {
    let digest = Digest::new()
        .with(chart)
        .with(request.engine.version)
        .with(format!("{:?}", request.release))
        .with(format!("{:?}", request.capabilities))
        .with(format!("{:?}", request.switches));
    let add = |digest: Digest, layer: &Layer| match layer {
        Layer::File { name, text } => digest.with("file").with(name).with(text),
        Layer::Data(map) => digest.with("data").with_json(&Json::Object(map.clone())),
        other => digest.with(format!("{other:?}")),
    };
    request.layers.iter().fold(digest, add).hex()
}

/// Runs CPU-heavy work beside the runtime's workers. `None`: it panicked (the panic is in the log), which is a fault of
/// this program and shall not take the daemon down with it.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => Some(result),
        Err(error) if error.is_panic() => None,
        // The runtime is going down, and this task with it.
        Err(_) => std::future::pending().await,
    }
}

/// The digest of what a release would consist of: manifest, hooks, user values.
fn content(rendered: &Rendered) -> String {
    let digest = Digest::new().with(&rendered.manifest);
    let add = |digest: Digest, hook: &crate::helm::hook::Hook| {
        digest
            .with(&hook.path)
            .with(&hook.manifest)
            .with(hook.events.join(","))
            .with(hook.weight.to_string())
            .with(hook.delete_policies.join(","))
    };
    let digest = rendered.hooks.iter().fold(digest, add);
    digest.with_json(&Json::Object(rendered.config.clone())).hex()
}

/// Shows an error of a chart where the operator finds the chart.
fn problem(component: &spec::Component, pinned: &PinnedChart, error: &RenderError) -> Problem {
    let path = &component.chart.path;
    let message = format!("component `{}`: {}", component.name, shortened(&error.message));
    let Some(place) = error.trail.last().filter(|place| !place.file.starts_with('-')) else {
        return Problem::in_file(path, message);
    };
    let inside = place
        .file
        .strip_prefix(&format!("{}/", pinned.chart.metadata.name));
    // A values file is the cluster's, not the chart's.
    let file = inside.map_or_else(|| place.file.clone(), |inside| format!("{path}/{inside}"));
    let mut problem = Problem::in_file(file, message);
    problem.line = Some(place.line).filter(|line| *line > 0);
    problem.column = Some(place.column).filter(|column| *column > 0);
    problem
}

/// Beginning and end of a message: an endless `include` is told a thousand times over, once for each level.
fn shortened(message: &str) -> Cow<'_, str> {
    if message.len() <= MAX_MESSAGE_BYTES {
        return Cow::Borrowed(message);
    }
    let half = MAX_MESSAGE_BYTES / 2;
    let is_boundary = |index: &usize| message.is_char_boundary(*index);
    let start = (0..half).rev().find(is_boundary).unwrap_or(0);
    let end = (message.len() - half..message.len()).find(is_boundary);
    let end = end.unwrap_or(message.len());
    Cow::Owned(format!("{} … {}", &message[..start], &message[end..]))
}

fn internal(component: &spec::Component) -> Problem {
    let message = format!(
        "component `{}`: rendering met a bug of this program",
        component.name
    );
    Problem::in_file(&component.chart.path, message).hint("see the log, and please report it with the chart")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_messages_keep_their_beginning_and_end() {
        let long = format!("begin {} end", "é".repeat(MAX_MESSAGE_BYTES));
        let short = shortened(&long);
        assert!(short.len() < MAX_MESSAGE_BYTES + 10, "{}", short.len());
        assert!(short.starts_with("begin é") && short.contains("é … é") && short.ends_with("é end"));
        assert_eq!(shortened("begin end"), "begin end");
    }
}
