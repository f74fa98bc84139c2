//! Chart, values and rendering of a deploy.

use std::sync::Arc;

use anyhow::{anyhow, bail};
use serde_json::{Map as JsonMap, Value as Json};

use super::line::Line;
use super::printed;
use crate::cli::template::live::told_lookup;
use crate::cli::template::{failure, input};
use crate::daemon::world;
use crate::golang::env::Limits;
use crate::golang::json;
use crate::helm::chart::Chart;
use crate::helm::record::Release;
use crate::helm::render::{self, Capabilities, Layer, ReleaseFacts, Rendered, Request, Switches};
use crate::helm::values;
use crate::k8s::Cluster;

/// What the command line names.
pub(super) struct Named {
    pub(super) chart: Arc<Chart>,
    /// The values that are given, merged.
    pub(super) values: JsonMap<String, Json>,
}

/// Reads chart and values.
///
/// # Errors
/// Helm's text; what is not supported.
pub(super) fn read(line: &Line, path: &str) -> anyhow::Result<Named> {
    refuse(line)?;
    let engine = line.engine;
    let place = input::locate(path)?;
    let given = input::Given {
        values: line.texts("values"),
        set: line.texts("set"),
        set_string: line.texts("set-string"),
        set_file: line.texts("set-file"),
        set_json: line.texts("set-json"),
        set_literal: line.texts("set-literal"),
    };
    let layers = input::layers_of(&given, engine);
    let values = values::merge_layers(&layers, engine).map_err(|error| anyhow!(error))?;
    let chart = input::chart(place, engine, &mut |_| {})?;
    if chart.metadata.deprecated {
        crate::cli::output::note(if engine.is_v4 {
            "level=WARN msg=\"this chart is deprecated\""
        } else {
            "WARNING: This chart is deprecated"
        });
    }
    Ok(Named { chart, values })
}

/// What Helm can and this program cannot.
fn refuse(line: &Line) -> anyhow::Result<()> {
    let cases = [
        (
            "dependency-update",
            "run `helm dependency build` on the chart first",
        ),
        (
            "post-renderer",
            "there is no way to run a program on the manifest",
        ),
        (
            "repo",
            "give a chart that is on this machine, as a folder or an archive",
        ),
        ("verify", "check the chart's signature before"),
        ("recreate-pods", "set an annotation in the pod template instead"),
    ];
    let is_asked = |name: &str| line.has(name) && line.text(name) != Some("false");
    match cases.into_iter().find(|(name, _)| is_asked(name)) {
        Some((name, advice)) => bail!("--{name} is not supported; {advice}"),
        None => Ok(()),
    }
}

/// How values of an earlier revision count. Source: helm `pkg/action/upgrade.go` (`reuseValues`), v3.17.
pub(super) fn reuse(line: &Line, named: Named, current: &Release) -> anyhow::Result<Named> {
    let engine = line.engine;
    let Named { chart, values } = named;
    let earlier = floats(&current.config);
    if line.is_set("reset-values") {
        return Ok(Named { chart, values });
    }
    if line.is_set("reuse-values") {
        let old = Release {
            config: earlier.clone(),
            ..current.clone()
        };
        let defaults = printed::computed(&old, engine)?;
        let mut chart = Arc::unwrap_or_clone(chart);
        chart.values = Some(defaults);
        let values = values::over_earlier(&values, &earlier, engine);
        return Ok(Named {
            chart: Arc::new(chart),
            values,
        });
    }
    let values = match line.is_set("reset-then-reuse-values") {
        true => values::over_earlier(&values, &earlier, engine),
        false if values.is_empty() => earlier,
        false => values,
    };
    Ok(Named { chart, values })
}

/// Numbers come back from storage as float64.
fn floats(values: &JsonMap<String, Json>) -> JsonMap<String, Json> {
    match json::with_floats(Json::Object(values.clone())) {
        Json::Object(values) => values,
        _ => JsonMap::new(),
    }
}

/// As what a chart is rendered.
pub(super) struct As {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) revision: i64,
    pub(super) is_upgrade: bool,
}

/// Renders. `live`: `lookup` asks the cluster, too.
///
/// # Errors
/// Helm's text.
pub(super) async fn render(
    line: &Line,
    named: Named,
    as_release: As,
    capabilities: Capabilities,
    live: Option<Cluster>,
) -> anyhow::Result<Rendered> {
    let engine = line.engine;
    let lookup = live.map(|cluster| told_lookup(&cluster, engine));
    let request = Request {
        chart: named.chart,
        release: ReleaseFacts {
            name: as_release.name,
            namespace: as_release.namespace,
            revision: as_release.revision,
            is_upgrade: as_release.is_upgrade,
        },
        layers: vec![Layer::Data(named.values)],
        engine,
        capabilities,
        switches: Switches {
            skip_schema: line.is_set("skip-schema-validation"),
            subchart_notes: line.is_set("render-subchart-notes"),
            enable_dns: line.is_set("enable-dns"),
            include_crds: false,
        },
        lookup,
        seed: None,
        now: None,
        limits: Limits::default(),
    };
    let rendered = tokio::task::spawn_blocking(move || render::render(request, &world::system())).await;
    let rendered = rendered.map_err(|error| anyhow!("rendering: {error}"))?;
    let warnings = match &rendered {
        Ok(rendered) => &rendered.warnings,
        Err(error) => &error.warnings,
    };
    failure::log(warnings, engine);
    Ok(rendered?)
}
