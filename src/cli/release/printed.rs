//! A release as Helm prints it. Source: helm `cmd/helm/status.go`, v3.17, and `pkg/cmd/status.go`, v4.3.

use std::fmt::Write as _;

use serde_json::{Map as JsonMap, Value as Json};

use super::show::{Format, ansic, time, yaml};
use crate::helm::chart::Chart;
use crate::helm::engines::Engine;
use crate::helm::hook::Hook;
use crate::helm::record::{Release, release_json, release_text};
use crate::helm::values;

/// What of it is printed.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of Helm's printer")]
pub(super) struct Parts<'a> {
    pub(super) debug: bool,
    pub(super) description: bool,
    pub(super) metadata: bool,
    pub(super) without_notes: bool,
    /// It was read from storage.
    pub(super) stored: bool,
    /// The table of objects.
    pub(super) resources: &'a str,
}

/// The whole output.
///
/// # Errors
/// What cannot be written in YAML.
pub(super) fn release(
    release: &Release,
    format: Format,
    parts: Parts<'_>,
    engine: &Engine,
) -> anyhow::Result<String> {
    match format {
        Format::Table => text(release, parts, engine),
        Format::Json => Ok(format!("{}\n", release_text(release, engine))),
        Format::Yaml => yaml(&release_json(release, engine)),
    }
}

fn text(release: &Release, parts: Parts<'_>, engine: &Engine) -> anyhow::Result<String> {
    let info = &release.info;
    let mut out = format!("NAME: {}\n", release.name);
    if time(info.last_deployed.as_deref()).is_some() {
        let _ = writeln!(out, "LAST DEPLOYED: {}", ansic(info.last_deployed.as_deref()));
    }
    let _ = writeln!(out, "NAMESPACE: {}\nSTATUS: {}", release.namespace, info.status);
    let _ = writeln!(out, "REVISION: {}", release.version);
    if parts.metadata {
        for (title, field) in [
            ("CHART", "name"),
            ("VERSION", "version"),
            ("APP_VERSION", "appVersion"),
        ] {
            let _ = writeln!(out, "{title}: {}", release.chart_field(field));
        }
    }
    if parts.description || engine.is_v4 {
        let _ = writeln!(out, "DESCRIPTION: {}", info.description);
    }
    if !parts.resources.is_empty() {
        let _ = writeln!(out, "RESOURCES:\n{}", parts.resources);
    }
    out += &tests(&release.hooks);
    if parts.debug {
        let computed = Json::Object(computed(release, engine)?);
        let _ = writeln!(
            out,
            "USER-SUPPLIED VALUES:\n{}",
            yaml(&given(release, parts.stored))?
        );
        let _ = writeln!(out, "COMPUTED VALUES:\n{}", yaml(&computed)?);
    }
    if parts.debug || info.description.eq_ignore_ascii_case("Dry run complete") {
        let _ = writeln!(
            out,
            "HOOKS:\n{}MANIFEST:\n{}",
            hooks(&release.hooks),
            release.manifest
        );
    }
    if !parts.without_notes && !info.notes.is_empty() {
        let _ = writeln!(out, "NOTES:\n{}", info.notes.trim());
    }
    Ok(out)
}

fn tests(hooks: &[Hook]) -> String {
    let is_test = |hook: &&Hook| hook.events.iter().any(|event| event == "test");
    let tests: Vec<&Hook> = hooks.iter().filter(is_test).collect();
    if tests.is_empty() {
        return "TEST SUITE: None\n".to_owned();
    }
    let shown = tests.iter().filter_map(|hook| {
        let run = &hook.last_run;
        time(run.started_at.as_deref())?;
        Some(format!(
            "TEST SUITE:     {}\nLast Started:   {}\nLast Completed: {}\nPhase:          {}\n",
            hook.name,
            ansic(run.started_at.as_deref()),
            ansic(run.completed_at.as_deref()),
            run.phase
        ))
    });
    shown.collect()
}

/// The hooks' documents.
pub(super) fn hooks(hooks: &[Hook]) -> String {
    let document = |hook: &Hook| format!("---\n# Source: {}\n{}\n", hook.path, hook.manifest);
    hooks.iter().map(document).collect()
}

/// The user's values: no values come back from storage as none at all.
pub(super) fn given(release: &Release, is_stored: bool) -> Json {
    match is_stored && release.config.is_empty() {
        true => Json::Null,
        false => Json::Object(release.config.clone()),
    }
}

/// The chart's values below those of the user.
///
/// # Errors
/// Helm's text.
pub(super) fn computed(release: &Release, engine: &Engine) -> anyhow::Result<JsonMap<String, Json>> {
    let computed = values::computed(&recorded_chart(release), &release.config, engine);
    computed.map_err(|error| anyhow::anyhow!(error))
}

/// The chart, as far as its record tells of its values.
pub(super) fn recorded_chart(release: &Release) -> Chart {
    let mut chart = Chart::default();
    release.chart_field("name").clone_into(&mut chart.metadata.name);
    let values = release.chart.get("values").and_then(Json::as_object);
    chart.values = values.map(|values| {
        // Numbers come back from storage as float64.
        match crate::golang::json::with_floats(Json::Object(values.clone())) {
            Json::Object(values) => values,
            _ => JsonMap::new(),
        }
    });
    chart
}
