//! One entry of `components`.

use super::cluster::{Named, check_apply, helm_version, paths};
use super::hooks;
use super::model::{ChartSource, Component, Defaults};
use super::node::{Entry, Mark, Node};
use super::reader::{Fields, Reader};
use super::settings;
use crate::base::names::{ComponentName, ReleaseName};

const KEYS: &[&str] = &[
    "version",
    "release",
    "chart",
    "helm",
    "dependsOn",
    "values",
    "init",
    "before",
    "state",
    "adopt",
    "timeout",
    "wait",
    "atomic",
    "historyMax",
    "recreate",
];

/// Where a component names what must exist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// `release`, or the key where it is the default.
    pub release: Mark,
    /// `chart.path`.
    pub chart: Mark,
    /// `chart.version`.
    pub chart_version: Mark,
    /// Each entry of `dependsOn`.
    pub depends_on: Vec<(String, Mark)>,
    /// Each value file.
    pub values: Vec<Named>,
    /// Each hook manifest.
    pub manifests: Vec<Named>,
}

/// Reads a component, and where it names others; no component where too much is missing to go on with it.
pub fn read(
    reader: &mut Reader<'_>,
    name: &ComponentName,
    entry: &Entry,
    defaults: &Defaults,
) -> (Option<Component>, Places) {
    let mut places = Places {
        release: entry.mark,
        ..Places::default()
    };
    let component = read_fields(reader, name, entry, defaults, &mut places);
    (component, places)
}

fn read_fields(
    reader: &mut Reader<'_>,
    name: &ComponentName,
    entry: &Entry,
    defaults: &Defaults,
    places: &mut Places,
) -> Option<Component> {
    let fields = reader.fields(&entry.value, &format!("component `{name}`"), KEYS)?;
    let version = fields.required(reader, "version");
    let version = version.and_then(|node| reader.filled_text(node, &fields.path("version")));
    let chart = read_chart(reader, &fields, places);
    let release = read_release(reader, name, &fields, places);
    let depends_on = read_dependencies(reader, &fields, places);
    if let Some(node) = fields.get("values") {
        places.values = paths(reader, node, &fields.path("values"));
    }
    let settings = settings::over(reader, &fields, defaults);
    let (init, before) = hooks::read(reader, name, &fields, settings.timeout, places);
    settings::empty_only(
        reader,
        &fields,
        "adopt",
        "adopt objects with Helm's annotations and label by hand",
    );
    Some(Component {
        name: name.clone(),
        version: version?.to_owned(),
        release: release?,
        chart: chart?,
        helm_version: read_helm(reader, &fields),
        depends_on,
        values: places.values.iter().map(|named| named.path.clone()).collect(),
        init,
        before,
        settings,
        is_absent: read_state(reader, &fields),
        line: entry.mark.line,
    })
}

fn read_release(
    reader: &mut Reader<'_>,
    name: &ComponentName,
    fields: &Fields<'_>,
    places: &mut Places,
) -> Option<ReleaseName> {
    let Some(node) = fields.get("release") else {
        return name.as_str().parse().ok();
    };
    places.release = node.mark;
    reader.name(node, &fields.path("release"))
}

fn read_helm(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<String> {
    let node = fields.get("helm")?;
    let helm = reader.fields(node, &fields.path("helm"), &["version", "apply"])?;
    check_apply(reader, &helm);
    helm_version(reader, helm.get("version")?, &fields.path("helm.version"))
}

fn read_state(reader: &mut Reader<'_>, fields: &Fields<'_>) -> bool {
    let Some(node) = fields.get("state") else {
        return false;
    };
    let words = [("present", false), ("absent", true)];
    reader
        .choice(node, &fields.path("state"), &words)
        .unwrap_or(false)
}

fn read_dependencies(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    places: &mut Places,
) -> Vec<ComponentName> {
    let Some(node) = fields.get("dependsOn") else {
        return Vec::new();
    };
    let what = fields.path("dependsOn");
    let mut found: Vec<ComponentName> = Vec::new();
    for item in reader.list(node, &what) {
        let Some(text) = reader.text(item, &format!("each entry of {what}")) else {
            continue;
        };
        places.depends_on.push((text.to_owned(), item.mark));
        if let Ok(name) = text.parse()
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found
}

fn read_chart(reader: &mut Reader<'_>, fields: &Fields<'_>, places: &mut Places) -> Option<ChartSource> {
    let node = fields.required(reader, "chart")?;
    let keys = ["path", "version", "repo", "name", "oci", "git", "ref"];
    let chart = reader.fields(node, &fields.path("chart"), &keys)?;
    places.chart = chart.mark;
    for remote in ["repo", "oci", "git"] {
        if let Some(entry) = chart.entry(remote) {
            reader.not_supported(
                entry.mark,
                &format!("a chart from `{remote}`"),
                "put the chart's folder or .tgz into the repository and name it by `path`",
            );
            return None;
        }
    }
    for key in ["name", "ref"] {
        if let Some(entry) = chart.entry(key) {
            reader.problem(entry.mark, format!("`{key}` has no meaning beside `path`"));
        }
    }
    let version = chart.required(reader, "version");
    let version = version.and_then(|node| reader.filled_text(node, &fields.path("chart.version")));
    places.chart_version = chart.get("version").map_or(chart.mark, |node: &Node| node.mark);
    let path = chart.required(reader, "path")?;
    places.chart = path.mark;
    Some(ChartSource {
        path: reader.filled_text(path, &fields.path("chart.path"))?.to_owned(),
        version: version?.to_owned(),
    })
}
