//! Which subcharts are enabled, under which name, and what they export to their parent.
//! Source: helm `pkg/chartutil/dependencies.go`, v3.17.2 (the way with merging).

use std::rc::Rc;

use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use crate::golang::semver::{Constraint, Edition, Version};
use crate::golang::{Map, Value, fmt, json};
use crate::helm::chart::{Chart, Dependency};
use crate::helm::engines::Engine;

use super::coalesce::Coalescer;
use super::family::{Declared, Family, SharedDeclared};
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

/// Processes the charts: aliases applied, disabled charts gone, exports imported.
pub(super) struct Processor<'a> {
    pub(super) coalescer: &'a Coalescer,
    pub(super) engine: &'static Engine,
}

impl Processor<'_> {
    /// Decides which subcharts stay, by tags and conditions in `values`; `path` is where the chart's section is in
    /// the values of the root, with a dot at its end.
    pub(super) fn enable(
        &self,
        family: &mut Family,
        at: usize,
        values: &Map,
        path: &str,
    ) -> Result<(), String> {
        let Some(declared) = family.get(at).declared.clone() else {
            return Ok(());
        };
        self.apply_aliases(family, at, &declared);
        let values = self.coalescer.coalesce(family, at, values)?;
        for shared in &declared {
            let dependency = &mut shared.borrow_mut().dependency;
            dependency.enabled = self.by_tags(dependency, &values);
            if let Some(decided) = self.by_condition(dependency, &values, path) {
                dependency.enabled = decided;
            }
        }
        let is_disabled = |name: &str| {
            declared.iter().any(|shared| {
                let dependency = &shared.borrow().dependency;
                !dependency.enabled && dependency.name == name
            })
        };
        let children = family.get(at).children.clone();
        let enabled = children.into_iter();
        let enabled: Vec<usize> = enabled
            .filter(|child| !is_disabled(&family.get(*child).name))
            .collect();
        let kept = declared
            .iter()
            .filter(|shared| !is_disabled(&shared.borrow().dependency.name));
        let kept: Vec<SharedDeclared> = kept.cloned().collect();
        for child in &enabled {
            let path = format!("{path}{}.", family.get(*child).name);
            self.enable(family, *child, &values, &path)?;
        }
        family.get_mut(at).declared = (!kept.is_empty()).then_some(kept);
        family.adopt(at, enabled);
        Ok(())
    }

    /// Charts that no dependency names come first, then one copy for each dependency, under its alias.
    fn apply_aliases(&self, family: &mut Family, at: usize, declared: &[SharedDeclared]) {
        let existing = family.get(at).children.clone();
        let fits = |family: &Family, child: usize, shared: &SharedDeclared| {
            let dependency = &shared.borrow().dependency;
            family.get(child).name == dependency.name
                && is_compatible(&dependency.version, family.version(child), self.engine.semver)
        };
        let is_listed = |child: &usize| declared.iter().any(|shared| fits(family, *child, shared));
        let mut children: Vec<usize> = existing
            .iter()
            .copied()
            .filter(|child| !is_listed(child))
            .collect();
        for shared in declared {
            let found = existing
                .iter()
                .copied()
                .find(|child| fits(family, *child, shared));
            let dependency = &mut shared.borrow_mut().dependency;
            children.extend(found.map(|child| family.copy(child, &dependency.alias)));
            if !dependency.alias.is_empty() {
                dependency.alias.clone_into(&mut dependency.name);
            }
        }
        family.adopt(at, children);
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
    pub(super) fn import(&self, family: &mut Family, at: usize) -> Result<(), String> {
        for child in family.get(at).children.clone() {
            self.import(family, child)?;
        }
        let Some(declared) = family.get(at).declared.clone() else {
            return Ok(());
        };
        let values = self.coalescer.merge(family, at, &Map::new())?;
        let imported = Map::new();
        for shared in &declared {
            let Declared {
                dependency,
                is_imported,
            } = &mut *shared.borrow_mut();
            if *is_imported {
                dependency.import_values.clear();
                continue;
            }
            let wanted = dependency.import_values.iter();
            let wanted = wanted.filter_map(|entry| Import::read(entry, self.engine.prints_import_paths));
            let wanted = wanted.collect::<Result<Vec<_>, _>>();
            let wanted = wanted.map_err(|error| format!("import-values of {}: {error}", dependency.name))?;
            for import in &wanted {
                self.import_one(import, &dependency.name, &values, &imported);
            }
            dependency.import_values = wanted.iter().map(Import::json).collect();
            *is_imported = true;
        }
        let values = tree::deep_copy(&values);
        self.coalescer.tables(&values, &imported, &String::new, true);
        family.get_mut(at).values = Some(Rc::new(tree::json(&values)));
        Ok(())
    }

    fn import_one(&self, import: &Import, subchart: &str, values: &Map, imported: &Map) {
        match tree::table(values, &format!("{subchart}.{}", import.child)) {
            Ok(table) => {
                let table = at_path(&import.parent, table);
                self.coalescer.tables(imported, &table, &String::new, true);
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
    fn read(entry: &Json, prints: bool) -> Option<Result<Import, String>> {
        match entry {
            Json::String(name) => Some(Ok(Import {
                child: format!("exports.{name}"),
                parent: ".".to_owned(),
                is_short: true,
            })),
            Json::Object(fields) => Some(Import::long(fields, prints)),
            _ => None,
        }
    }

    /// `prints`: any value stands for its text. Helm 3 panics where it is none.
    fn long(fields: &JsonMap<String, Json>, prints: bool) -> Result<Import, String> {
        let text = |key: &str| match fields.get(key) {
            Some(Json::String(text)) => Ok(text.clone()),
            other if prints => {
                let value = other.map_or(Value::Nil, json::from_serde);
                Ok(fmt::sprintf(b"%v", &[value]).to_text().into_owned())
            }
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
