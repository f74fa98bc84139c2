//! Chart defaults under user values, down the tree of subcharts, with globals. Go's maps are shared, and Helm's
//! algorithm lets nested maps be seen from several places: so do the maps here.
//! Source: helm `pkg/chartutil/coalesce.go`, v3.17.2; `pkg/chart/common/util/coalesce.go`, v4.3.1.

use std::cell::RefCell;

use crate::golang::env::Gauge;
use crate::golang::{Map, Value, fmt};
use crate::helm::engines::Engine;

use super::family::Family;
use super::tree;

const GLOBAL: &str = "global";

/// What coalescing needs to know, and the messages that it has for the log.
pub(super) struct Coalescer {
    /// Nulls in a chart's own defaults vanish (Helm 4.2 and later).
    drops_chart_nulls: bool,
    warnings: RefCell<Vec<String>>,
    /// What values may hold of the heap, in bytes, and what the thread does hold.
    room: (u64, Gauge),
}

impl Coalescer {
    pub(super) fn new(engine: &Engine, room: (u64, Gauge)) -> Self {
        Coalescer {
            drops_chart_nulls: engine.is_v4,
            warnings: RefCell::default(),
            room,
        }
    }

    pub(super) fn warn(&self, message: String) {
        self.warnings.borrow_mut().push(message);
    }

    pub(super) fn into_warnings(self) -> Vec<String> {
        self.warnings.into_inner()
    }

    /// `CoalesceValues`: a null in `values` deletes the default below it.
    pub(super) fn coalesce(&self, family: &Family, at: usize, values: &Map) -> Result<Map, String> {
        let values = tree::deep_copy(values);
        self.chart((family, at), &values, "", false)?;
        Ok(values)
    }

    /// `MergeValues`: nulls stay.
    pub(super) fn merge(&self, family: &Family, at: usize, values: &Map) -> Result<Map, String> {
        let values = tree::deep_copy(values);
        self.chart((family, at), &values, "", true)?;
        Ok(values)
    }

    /// Is there room for the values of one more chart?
    pub(super) fn check_room(&self) -> Result<(), String> {
        let (limit, held) = self.room;
        if held() <= limit {
            return Ok(());
        }
        Err(format!(
            "values need more than {limit} bytes of memory: are there many aliases of a chart with many values?"
        ))
    }

    fn chart(
        &self,
        (family, at): (&Family, usize),
        into: &Map,
        prefix: &str,
        merge: bool,
    ) -> Result<(), String> {
        self.check_room()?;
        let chart = family.get(at);
        self.defaults((family, at), into, prefix, merge);
        let prefix = join(prefix, &chart.name);
        for subchart in &chart.children {
            let name = &family.get(*subchart).name;
            let section = match into.get(name) {
                None => {
                    let section = Map::new();
                    into.insert(name.as_str(), section.clone());
                    section
                }
                Some(Value::Map(section)) => section,
                Some(other) => {
                    let shown = fmt::sprintf(b"%t", &[other]);
                    return Err(format!("type mismatch on {name}: {}", shown.to_text()));
                }
            };
            self.globals(&section, into, &prefix);
            self.chart((family, *subchart), &section, &prefix, merge)?;
        }
        Ok(())
    }

    /// A chart's own defaults below what is there.
    fn defaults(&self, (family, at): (&Family, usize), into: &Map, prefix: &str, merge: bool) {
        let chart = family.get(at);
        let prefix = join(prefix, &chart.name);
        let defaults = chart.values.as_deref().map(tree::map).unwrap_or_default();
        for (key, default) in defaults.snapshot() {
            match into.get(&key) {
                Some(Value::Nil) if !merge => {
                    into.remove(&key);
                }
                Some(Value::Map(table)) => {
                    let name = || format!("{prefix}.{}", key.to_text());
                    match default {
                        Value::Map(default) => {
                            let merge = merge || is_subchart((family, at), &key);
                            self.default_table(&table, &default, &name, merge);
                        }
                        Value::Nil => {}
                        _ => self.warn(format!("warning: skipped value for {}: Not a table.", name())),
                    }
                }
                Some(_) => {}
                None if self.drops_chart_nulls && !merge => {
                    if let Value::Map(table) = &default {
                        drop_nulls(table);
                    }
                    if !default.is_nil() {
                        into.insert(key, default);
                    }
                }
                None => into.insert(key, default),
            }
        }
    }

    fn default_table(&self, table: &Map, default: &Map, name: &dyn Fn() -> String, merge: bool) {
        if self.drops_chart_nulls && !merge {
            drop_nulls(default);
        }
        self.tables(table, default, name, merge);
    }

    /// `coalesceTablesFullKey`: fills `to` from `from`; what is in `to` wins.
    pub(super) fn tables(&self, to: &Map, from: &Map, prefix: &dyn Fn() -> String, merge: bool) {
        let given = if self.drops_chart_nulls {
            from.snapshot()
        } else {
            Vec::new()
        };
        let is_given = |key: &[u8]| {
            given
                .iter()
                .any(|(name, value)| name.as_bytes() == key && !value.is_nil())
        };
        if self.drops_chart_nulls {
            for (key, value) in to.snapshot() {
                if value.is_nil() {
                    from.insert(key, Value::Nil);
                }
            }
        }
        for (key, value) in from.snapshot() {
            let name = || join(&prefix(), &key.to_text());
            match (to.get(&key), value) {
                (Some(Value::Nil), _) if !merge && (!self.drops_chart_nulls || is_given(&key)) => {
                    to.remove(&key);
                }
                (None, value) => to.insert(key.clone(), value),
                (Some(Value::Map(table)), Value::Map(value)) => self.tables(&table, &value, &name, merge),
                (Some(_), Value::Map(value)) => self.warn(format!(
                    "warning: cannot overwrite table with non table for {} ({})",
                    name(),
                    shown(&Value::Map(value))
                )),
                (Some(Value::Map(_)), value) if !value.is_nil() => self.warn(format!(
                    "warning: destination for {} is a table. Ignoring non-table value ({})",
                    name(),
                    shown(&value)
                )),
                _ => {}
            }
        }
    }

    /// The parent's globals over the subchart's.
    fn globals(&self, section: &Map, parent: &Map, prefix: &str) {
        let table = |map: &Map| match map.get(GLOBAL) {
            None => Some(Map::new()),
            Some(Value::Map(globals)) => Some(globals),
            Some(_) => None,
        };
        let Some(to) = table(section) else {
            return self
                .warn("warning: skipping globals because destination global is not a table.".to_owned());
        };
        let Some(from) = table(parent) else {
            return self.warn("warning: skipping globals because source global is not a table.".to_owned());
        };
        for (key, value) in from.snapshot() {
            let name = key.to_text().into_owned();
            match (value, to.get(&key)) {
                (Value::Map(value), there) => {
                    // One level is copied; deeper maps stay shared with the parent, as in Helm.
                    let copy: Map = value.snapshot().into_iter().collect();
                    match there {
                        None => to.insert(key, copy),
                        Some(Value::Map(there)) => {
                            self.tables(&copy, &there, &|| join(prefix, &name), true);
                            to.insert(key, copy);
                        }
                        Some(_) => self.warn(format!(
                            "Conflict: cannot merge map onto non-map for {name:?}. Skipping."
                        )),
                    }
                }
                (_, Some(Value::Map(_))) => self.warn(format!("key {name} is table. Skipping")),
                (value, _) => to.insert(key, value),
            }
        }
        section.insert(GLOBAL, to);
    }
}

/// Nulls survive in a section that belongs to a subchart: the subchart's own defaults meet them later.
fn is_subchart((family, at): (&Family, usize), key: &[u8]) -> bool {
    let mut names = family
        .get(at)
        .children
        .iter()
        .map(|child| &family.get(*child).name);
    names.any(|name| name.as_bytes() == key)
}

/// `cleanNilValues`.
fn drop_nulls(map: &Map) {
    for (key, value) in map.snapshot() {
        match value {
            Value::Nil => {
                map.remove(&key);
            }
            Value::Map(inner) => drop_nulls(&inner),
            _ => {}
        }
    }
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}.{name}")
    }
}

fn shown(value: &Value) -> String {
    fmt::sprintf(b"%v", std::slice::from_ref(value))
        .to_text()
        .into_owned()
}
