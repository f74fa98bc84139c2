//! Which subcharts are enabled, under which name, and what they export to their parent.
//! Source: helm `pkg/chartutil/dependencies.go`, v3.17.2 (the way with merging).

use std::sync::Arc;

use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use crate::golang::semver::{Constraint, Edition, Version};
use crate::golang::{Map, Value};
use crate::helm::chart::{Chart, Dependency};

use super::coalesce::Coalescer;
use super::tree;

/// Every declared dependency must be there.
pub(super) fn missing(chart: &Chart) -> Vec<&str> {
    let has = |name: &str| {
        chart
            .dependencies
            .iter()
            .any(|subchart| subchart.metadata.name == name)
    };
    let declared = chart
        .metadata
        .dependencies
        .iter()
        .map(|dependency| dependency.name.as_str());
    declared.filter(|name| !has(name)).collect()
}

/// Does the version satisfy the constraint? What cannot be read satisfies nothing. Source: `chartutil.IsCompatibleRange`.
pub(super) fn is_compatible(constraint: &str, version: &str, edition: Edition) -> bool {
    match (
        Constraint::parse(constraint, edition),
        Version::parse(version, edition),
    ) {
        (Ok(constraint), Ok(version)) => constraint.check(&version),
        _ => false,
    }
}

/// Processes a chart tree: aliases applied, disabled charts gone, exports imported.
pub(super) struct Processor<'a> {
    pub(super) coalescer: &'a Coalescer,
    pub(super) edition: Edition,
}

impl Processor<'_> {
    /// Decides which subcharts stay, by tags and conditions in `values`; `path` is where the chart's section is in
    /// the values of the root, with a dot at its end.
    pub(super) fn enable(&self, chart: &mut Chart, values: &Map, path: &str) -> Result<(), String> {
        if chart.metadata.dependencies.is_empty() {
            return Ok(());
        }
        self.apply_aliases(chart);
        let values = self.coalescer.coalesce(chart, values)?;
        let mut declared = std::mem::take(&mut chart.metadata.dependencies);
        for dependency in &mut declared {
            dependency.enabled = self.by_tags(dependency, &values);
            if let Some(decided) = self.by_condition(dependency, &values, path) {
                dependency.enabled = decided;
            }
        }
        let is_disabled = |name: &str| {
            declared
                .iter()
                .any(|dependency| !dependency.enabled && dependency.name == name)
        };
        chart
            .dependencies
            .retain(|subchart| !is_disabled(&subchart.metadata.name));
        let kept: Vec<Dependency> = declared
            .iter()
            .filter(|dependency| !is_disabled(&dependency.name))
            .cloned()
            .collect();
        for subchart in &mut chart.dependencies {
            let path = format!("{path}{}.", subchart.metadata.name);
            self.enable(Arc::make_mut(subchart), &values, &path)?;
        }
        chart.metadata.dependencies = kept;
        Ok(())
    }

    /// Charts that no dependency names come first, then one copy for each dependency, under its alias.
    fn apply_aliases(&self, chart: &mut Chart) {
        let fits = |subchart: &Chart, dependency: &Dependency| {
            subchart.metadata.name == dependency.name
                && is_compatible(&dependency.version, &subchart.metadata.version, self.edition)
        };
        let declared = &mut chart.metadata.dependencies;
        let is_listed = |subchart: &Chart| declared.iter().any(|dependency| fits(subchart, dependency));
        let unlisted = chart.dependencies.iter().filter(|subchart| !is_listed(subchart));
        let mut subcharts: Vec<Arc<Chart>> = unlisted.cloned().collect();
        for dependency in declared {
            let found = chart
                .dependencies
                .iter()
                .find(|subchart| fits(subchart, dependency));
            if let Some(found) = found {
                let mut subchart = Arc::clone(found);
                if !dependency.alias.is_empty() {
                    dependency
                        .alias
                        .clone_into(&mut Arc::make_mut(&mut subchart).metadata.name);
                }
                subcharts.push(subchart);
            }
            if !dependency.alias.is_empty() {
                dependency.alias.clone_into(&mut dependency.name);
            }
        }
        chart.dependencies = subcharts;
    }

    /// Enabled if one of its tags is true, or none is false.
    fn by_tags(&self, dependency: &Dependency, values: &Map) -> bool {
        let Ok(tags) = tree::table(values, "tags") else {
            return true;
        };
        let (mut any_true, mut any_false) = (false, false);
        for tag in &dependency.tags {
            match tags.get(tag) {
                Some(Value::Bool(true)) => any_true = true,
                Some(Value::Bool(false)) => any_false = true,
                Some(_) => self.coalescer.warn(format!(
                    "Warning: Tag '{tag}' for chart {} returned non-bool value",
                    dependency.name
                )),
                None => {}
            }
        }
        any_true || !any_false
    }

    /// The first path of its condition that is a boolean decides.
    fn by_condition(&self, dependency: &Dependency, values: &Map, path: &str) -> Option<bool> {
        let paths = dependency.condition.trim().split(',');
        for condition in paths.filter(|condition| !condition.is_empty()) {
            match tree::leaf(values, &format!("{path}{condition}")) {
                Some(Value::Bool(decided)) => return Some(decided),
                Some(_) => self.coalescer.warn(format!(
                    "Warning: Condition path '{condition}' for chart {} returned non-bool value",
                    dependency.name
                )),
                None => {}
            }
        }
        None
    }

    /// Imports what subcharts export into their parents' defaults, from the leaves up.
    pub(super) fn import(&self, chart: &mut Chart) -> Result<(), String> {
        for subchart in &mut chart.dependencies {
            self.import(Arc::make_mut(subchart))?;
        }
        if chart.metadata.dependencies.is_empty() {
            return Ok(());
        }
        let values = self.coalescer.merge(chart, &Map::new())?;
        let imported = Map::new();
        for dependency in &mut chart.metadata.dependencies {
            let wanted = dependency
                .import_values
                .iter()
                .filter_map(Import::read)
                .collect::<Result<Vec<_>, _>>();
            let wanted = wanted.map_err(|error| format!("import-values of {}: {error}", dependency.name))?;
            for import in &wanted {
                self.import_one(import, &dependency.name, &values, &imported);
            }
            dependency.import_values = wanted.iter().map(Import::json).collect();
        }
        let values = tree::deep_copy(&values);
        self.coalescer.tables(&values, &imported, "", true);
        chart.values = Some(tree::json(&values));
        Ok(())
    }

    fn import_one(&self, import: &Import, subchart: &str, values: &Map, imported: &Map) {
        match tree::table(values, &format!("{subchart}.{}", import.child)) {
            Ok(table) => {
                let table = at_path(&import.parent, table);
                self.coalescer.tables(imported, &table, "", true);
            }
            Err(error) if import.is_short => self
                .coalescer
                .warn(format!("Warning: ImportValues missing table: {error}")),
            Err(error) => self.coalescer.warn(format!(
                "Warning: ImportValues missing table from chart {subchart}: {error}"
            )),
        }
    }
}

/// One entry of `import-values`.
struct Import {
    child: String,
    parent: String,
    is_short: bool,
}

impl Import {
    /// `None` for an entry of neither form, which Helm passes over.
    fn read(entry: &Json) -> Option<Result<Import, String>> {
        match entry {
            Json::String(name) => Some(Ok(Import {
                child: format!("exports.{name}"),
                parent: ".".to_owned(),
                is_short: true,
            })),
            Json::Object(fields) => Some(Import::long(fields)),
            _ => None,
        }
    }

    fn long(fields: &JsonMap<String, Json>) -> Result<Import, String> {
        let text = |key: &str| match fields.get(key) {
            Some(Json::String(text)) => Ok(text.clone()),
            _ => Err(format!("`{key}` must be a text")),
        };
        Ok(Import {
            child: text("child")?,
            parent: text("parent")?,
            is_short: false,
        })
    }

    fn json(&self) -> Json {
        serde_json::json!({"child": self.child, "parent": self.parent})
    }
}

/// The table under a path of its own; `.` is the root.
fn at_path(path: &str, table: Map) -> Map {
    if path == "." {
        return table;
    }
    path.split('.')
        .rev()
        .fold(table, |inner, name| [(name, inner)].into_iter().collect())
}
