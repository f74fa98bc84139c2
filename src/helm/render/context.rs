//! The template set of a chart and its subcharts, and what each template sees as its dot.
//! Source: helm `pkg/engine/engine.go` (`allTemplates`, `recAllTpls`, `sortTemplates`), v3.17.

use std::sync::Arc;

use super::objects::{chart as chart_object, files, values};
use crate::golang::{Map, Value};
use crate::helm::chart::Chart;
use crate::helm::engines::Engine;
use crate::helm::manifest::sort::is_partial;

/// One file under `templates/`.
pub(super) struct Template {
    /// Chart path and file name.
    pub name: String,
    pub text: Arc<[u8]>,
    /// The chart's context, shared by all its templates.
    pub dot: Map,
    pub base_path: String,
}

/// Parts of the context that all charts share.
pub(super) struct Shared {
    pub values: Map,
    pub release: Value,
    pub capabilities: Value,
    pub engine: &'static Engine,
}

/// All templates in the order in which Helm parses and executes them.
pub(super) fn templates(chart: &Chart, shared: &Shared) -> Vec<Template> {
    let mut found = Vec::new();
    collect(chart, &chart.metadata.name, None, shared, &mut found);
    // Of two with one name (below aliases) the later one is there.
    found.reverse();
    found.sort_by(|a, b| parse_order(&b.name, &a.name));
    found.dedup_by(|a, b| a.name == b.name);
    found
}

fn collect(
    chart: &Chart,
    path: &str,
    parent: Option<&Map>,
    shared: &Shared,
    found: &mut Vec<Template>,
) -> Map {
    let engine = shared.engine;
    let values_type = values::map_type(engine.values_package);
    let own_values = match parent {
        None => shared.values.retyped(values_type),
        Some(parent) => values::table(parent, &format!("Values.{}", chart.metadata.name))
            .unwrap_or_default()
            .retyped(values_type),
    };
    let subcharts = Map::new();
    let chart_value = chart_object::chart(&chart.metadata, parent.is_none(), engine.chart_is_map);
    let dot: Map = [
        ("Chart", chart_value),
        ("Files", Value::Map(files::files(&chart.files))),
        ("Release", shared.release.clone()),
        ("Capabilities", shared.capabilities.clone()),
        ("Values", Value::Map(own_values)),
        ("Subcharts", Value::Map(subcharts.clone())),
    ]
    .into_iter()
    .collect();
    for child in &chart.dependencies {
        let name = &child.metadata.name;
        let child_path = path_below(path, child);
        let child_dot = collect(child, &child_path, Some(&dot), shared, found);
        subcharts.insert(name.as_str(), child_dot);
    }
    let is_library = chart.metadata.kind.eq_ignore_ascii_case("library");
    let usable = chart
        .templates
        .iter()
        .filter(|file| !is_library || is_partial(&file.name));
    found.extend(usable.map(|file| Template {
        name: join(path, &file.name),
        text: Arc::clone(&file.data),
        dot: dot.retyped(values_type),
        base_path: join(path, "templates"),
    }));
    dot
}

/// Where the templates of a subchart say they are.
pub(super) fn path_below(path: &str, child: &Chart) -> String {
    let natural = || format!("{path}/charts/{}", child.metadata.name);
    child.path.clone().unwrap_or_else(natural)
}

/// Go's `path.Join` of a chart path and a file name.
fn join(path: &str, name: &str) -> String {
    let joined = crate::golang::path::clean(format!("{path}/{name}").as_bytes());
    String::from_utf8_lossy(&joined).into_owned()
}

/// Fewer slashes first, then byte order; Helm takes the reverse.
fn parse_order(a: &str, b: &str) -> std::cmp::Ordering {
    let slashes = |name: &str| name.matches('/').count();
    slashes(a).cmp(&slashes(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deepest_first_then_from_the_end_of_the_alphabet() {
        let mut names = ["c/templates/a", "c/charts/s/templates/a", "c/templates/b"];
        names.sort_by(|a, b| parse_order(b, a));
        assert_eq!(
            names,
            ["c/charts/s/templates/a", "c/templates/b", "c/templates/a"]
        );
    }
}
