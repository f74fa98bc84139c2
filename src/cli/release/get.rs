//! `release get` and `release status`. Source: helm `cmd/helm/{get_*,status}.go`, v3.17, and the same below `pkg/` of v4.3.

use std::collections::BTreeMap;

use anyhow::bail;
use serde_json::{Value as Json, json};

use super::line::Line;
use super::printed::{self, Parts};
use super::show::{self, Format};
use super::{connect, verbs};
use crate::cli::{Exit, output};
use crate::helm::record::{Stored, dependencies_text};
use crate::release;

/// The revision that the flags name.
async fn wanted(line: &Line, what: &str) -> anyhow::Result<Stored> {
    let ctx = connect::context(line).await?;
    let name = line.arguments.first().map_or("", String::as_str);
    let name = verbs::name(name, what)?;
    let number = line.number("revision").filter(|number| *number > 0);
    Ok(release::revision(&ctx, &name, number).await?)
}

/// `release get …`.
///
/// # Errors
/// Helm's text.
pub(super) async fn get(line: &Line) -> anyhow::Result<Exit> {
    if line.text("template").is_some_and(|text| !text.is_empty()) {
        bail!(
            "--template is not supported; take what is needed from the JSON of `get metadata` or `get values`"
        );
    }
    let stored = wanted(line, "releaseContent: Release name is invalid").await?;
    let release = &stored.release;
    let text = match line.command.name {
        "get all" => {
            let parts = Parts {
                debug: true,
                metadata: true,
                stored: true,
                ..Parts::default()
            };
            printed::release(release, Format::Table, parts, line.engine)?
        }
        "get hooks" => printed::hooks(&release.hooks),
        "get manifest" => format!("{}\n", release.manifest),
        "get notes" if release.info.notes.is_empty() => String::new(),
        "get notes" => format!("NOTES:\n{}\n", release.info.notes),
        "get metadata" => metadata(&stored, line)?,
        _ => values(&stored, line)?,
    };
    output::result(&text);
    Ok(Exit::Done)
}

fn values(stored: &Stored, line: &Line) -> anyhow::Result<String> {
    let release = &stored.release;
    let is_all = line.is_set("all");
    let values = match is_all {
        true => Json::Object(printed::computed(release, line.engine)?),
        false => printed::given(release, true),
    };
    let title = if is_all {
        "COMPUTED VALUES"
    } else {
        "USER-SUPPLIED VALUES"
    };
    match Format::of(line) {
        Format::Table => Ok(format!("{title}:\n{}", show::yaml(&values)?)),
        Format::Json => Ok(format!("{}\n", crate::golang::json::encode_serde(&values))),
        Format::Yaml => show::yaml(&values),
    }
}

fn metadata(stored: &Stored, line: &Line) -> anyhow::Result<String> {
    let release = &stored.release;
    let chart = release.chart.get("metadata").cloned().unwrap_or_default();
    let deployed = show::time(release.info.last_deployed.as_deref());
    let deployed = deployed
        .map(|time| time.format(RFC3339_SECONDS))
        .unwrap_or_default();
    let annotations = chart.get("annotations").cloned().unwrap_or_default();
    let dependencies = chart.get("dependencies").cloned().unwrap_or_default();
    let fields: Vec<(&str, Json)> = [
        ("name", json!(release.name)),
        ("chart", json!(release.chart_field("name"))),
        ("version", json!(release.chart_field("version"))),
        ("appVersion", json!(release.chart_field("appVersion"))),
        ("annotations", annotations.clone()),
        ("labels", labels(stored, line)),
        ("dependencies", dependencies.clone()),
        ("namespace", json!(release.namespace)),
        ("revision", json!(release.version)),
        ("status", json!(release.info.status)),
        ("deployedAt", json!(deployed)),
        ("applyMethod", apply_method(stored, line)),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_null())
    .collect();
    match Format::of(line) {
        Format::Json => {
            let one = |(name, value): &(&str, Json)| match *name {
                "dependencies" => format!("\"dependencies\":{}", dependencies_text(value)),
                name => {
                    let text = show::object(&[(name, value.clone())]);
                    text[1..text.len() - 1].to_owned()
                }
            };
            let all: Vec<String> = fields.iter().map(one).collect();
            Ok(format!("{{{}}}\n", all.join(",")))
        }
        Format::Yaml => show::yaml(
            &fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        ),
        Format::Table => Ok(metadata_text(
            stored,
            line,
            &deployed,
            (&annotations, &dependencies),
        )),
    }
}

const RFC3339_SECONDS: &str = "2006-01-02T15:04:05Z07:00";

fn labels(stored: &Stored, line: &Line) -> Json {
    match line.engine.is_v4 && !stored.labels.is_empty() {
        true => json!(stored.labels),
        false => Json::Null,
    }
}

fn apply_method(stored: &Stored, line: &Line) -> Json {
    let method = &stored.release.apply_method;
    match line.engine.is_v4 && !method.is_empty() {
        true => json!(method),
        false => Json::Null,
    }
}

fn metadata_text(
    stored: &Stored,
    line: &Line,
    deployed: &str,
    (annotations, dependencies): (&Json, &Json),
) -> String {
    let release = &stored.release;
    let mut names: Vec<&str> = dependencies
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|dependency| dependency.get("name")?.as_str())
        .collect();
    names.sort_unstable();
    let annotations: BTreeMap<String, String> = annotations
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    let method = match release.apply_method.as_str() {
        "" => "client-side apply (defaulted)".to_owned(),
        "csa" => "client-side apply".to_owned(),
        "ssa" => "server-side apply".to_owned(),
        other => format!("unknown ({other:?})"),
    };
    let is_v4 = line.engine.is_v4;
    let lines = [
        ("NAME", release.name.clone(), true),
        ("CHART", release.chart_field("name").to_owned(), true),
        ("VERSION", release.chart_field("version").to_owned(), true),
        ("APP_VERSION", release.chart_field("appVersion").to_owned(), true),
        ("ANNOTATIONS", pairs(&annotations), true),
        ("LABELS", pairs(&stored.labels), is_v4),
        ("DEPENDENCIES", names.join(","), true),
        ("NAMESPACE", release.namespace.clone(), true),
        ("REVISION", release.version.to_string(), true),
        ("STATUS", release.info.status.clone(), true),
        ("DEPLOYED_AT", deployed.to_owned(), true),
        ("APPLY_METHOD", method, is_v4),
    ];
    let shown = lines.into_iter().filter(|(_, _, is_shown)| *is_shown);
    shown
        .map(|(title, text, _)| format!("{title}: {text}\n"))
        .collect()
}

/// apimachinery's `labels.Set.String`.
fn pairs(map: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = map.iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join(",")
}

/// `release status`.
///
/// # Errors
/// Helm's text.
pub(super) async fn status(line: &Line) -> anyhow::Result<Exit> {
    let mut stored = wanted(line, "releaseContent: Release name is invalid").await?;
    stored.release.chart = Json::Null;
    let parts = Parts {
        description: line.is_set("show-desc"),
        ..Parts::default()
    };
    output::result(&printed::release(
        &stored.release,
        Format::of(line),
        parts,
        line.engine,
    )?);
    Ok(Exit::Done)
}
