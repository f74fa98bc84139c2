//! Chart.yaml, requirements.yaml and the lock files: read as Go's JSON decoder fills a struct, then validated.
//!
//! Keys match in any letter case, scalars become text where text is wanted, unknown keys are ignored.
//! Source: helm `pkg/chart/metadata.go`, `dependency.go`, v3.17; sigs.k8s.io/yaml v1.4; go1.23 `encoding/json`.

mod shapes;
mod validate;

use serde_json::Value as Json;

use super::model::{Dependency, Lock, Maintainer, Metadata};
use crate::golang::json::fields::{
    entry, entry_over, list, members, mismatch, set_flag, set_text, set_texts,
};
use crate::golang::json::with_floats;
use crate::golang::yaml::{self, ReadError};
use crate::helm::engines::Engine;

/// Chart.yaml before validation: lists may still hold nulls.
#[derive(Clone, Debug, Default)]
pub(super) struct RawMetadata {
    plain: Metadata,
    maintainers: Vec<Option<Maintainer>>,
    dependencies: Vec<Option<Dependency>>,
}

/// Reads a file over what earlier files said; a field that the file has replaces the earlier one.
pub(super) fn merge(mut raw: RawMetadata, text: &[u8], engine: &Engine) -> Result<RawMetadata, ReadError> {
    match yaml::typed(text, &shapes::METADATA)? {
        Json::Null => {}
        Json::Object(entries) => {
            for (key, value) in &entries {
                raw.set(key, value, engine).map_err(ReadError::while_decoding)?;
            }
        }
        other => {
            return Err(ReadError::while_decoding(mismatch(
                &other,
                "Go value",
                &format!("{}.Metadata", engine.chart_package),
            )));
        }
    }
    Ok(raw)
}

/// The apiVersion alone, as Helm 4 reads it first.
pub(super) fn api_version(text: &[u8]) -> Result<String, ReadError> {
    let mut version = String::new();
    match yaml::typed(text, &shapes::VERSION)? {
        Json::Null => {}
        Json::Object(entries) => {
            for (_, value) in entries
                .iter()
                .filter(|(key, _)| key.eq_ignore_ascii_case("apiVersion"))
            {
                set_text(&mut version, value, "chartBase.apiVersion").map_err(ReadError::while_decoding)?;
            }
        }
        other => {
            let problem = mismatch(&other, "Go value", "loader.chartBase");
            return Err(ReadError::while_decoding(problem));
        }
    }
    Ok(version)
}

/// Reads Chart.lock or requirements.lock; `None` for an empty file.
pub(super) fn lock(text: &[u8], engine: &Engine) -> Result<Option<Lock>, ReadError> {
    let entries = match yaml::typed(text, &shapes::LOCK)? {
        Json::Null => return Ok(None),
        Json::Object(entries) => entries,
        other => {
            return Err(ReadError::while_decoding(mismatch(
                &other,
                "Go value",
                &format!("{}.Lock", engine.chart_package),
            )));
        }
    };
    let mut lock = Lock {
        generated: "0001-01-01T00:00:00Z".to_owned(),
        ..Lock::default()
    };
    for (key, value) in &entries {
        let set = match key.to_ascii_lowercase().as_str() {
            "generated" => set_time(&mut lock.generated, value),
            "digest" => set_text(&mut lock.digest, value, "Lock.digest"),
            "dependencies" => dependencies(value, Vec::new(), "Lock", engine).map(|list| {
                lock.dependencies = list.into_iter().flatten().collect();
            }),
            _ => Ok(()),
        };
        set.map_err(ReadError::while_decoding)?;
    }
    Ok(Some(lock))
}

/// A time is kept as it is written; that it is one is all that Helm checks here.
fn set_time(target: &mut String, value: &Json) -> Result<(), String> {
    match value {
        Json::Null => Ok(()),
        Json::String(text) if text.parse::<jiff::Timestamp>().is_ok() => {
            target.clone_from(text);
            Ok(())
        }
        Json::String(text) => Err(format!(
            "parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse {text:?} as \"2006\""
        )),
        _ => Err("Time.UnmarshalJSON: input is not a JSON string".to_owned()),
    }
}

/// Go fills the entries of a list that is there already: what requirements.yaml does not say of the first dependency stays as
/// Chart.yaml says it.
fn dependencies(
    value: &Json,
    before: Vec<Option<Dependency>>,
    owner: &str,
    engine: &Engine,
) -> Result<Vec<Option<Dependency>>, String> {
    let field = format!("{owner}.dependencies");
    let kind = format!("{}.Dependency", engine.chart_package);
    let mut before = before.into_iter();
    let items = list(value, &field, &format!("[]*{kind}"), |item| Ok(item.clone()))?;
    let filled = items.iter().map(|item| {
        let before = before.next().flatten().unwrap_or_default();
        entry_over(before, item, &field, &kind, set_dependency)
    });
    filled.collect()
}

fn set_dependency(to: &mut Dependency, key: &str, value: &Json) -> Result<(), String> {
    let field = format!("Dependency.dependencies.{key}");
    match key {
        "name" => set_text(&mut to.name, value, &field),
        "version" => set_text(&mut to.version, value, &field),
        "repository" => set_text(&mut to.repository, value, &field),
        "condition" => set_text(&mut to.condition, value, &field),
        "alias" => set_text(&mut to.alias, value, &field),
        "enabled" => set_flag(&mut to.enabled, value, &field),
        "tags" => set_texts(&mut to.tags, value, &field),
        "import-values" => {
            to.import_values = list(value, &field, "[]interface {}", |item| {
                Ok(with_floats(item.clone()))
            })?;
            Ok(())
        }
        _ => Ok(()),
    }
}

fn set_maintainer(to: &mut Maintainer, key: &str, value: &Json) -> Result<(), String> {
    let field = format!("Maintainer.maintainers.{key}");
    match key {
        "name" => set_text(&mut to.name, value, &field),
        "email" => set_text(&mut to.email, value, &field),
        "url" => set_text(&mut to.url, value, &field),
        _ => Ok(()),
    }
}

// === impl RawMetadata ===

impl RawMetadata {
    /// A chart that says no apiVersion is a v1 chart.
    pub(super) fn with_default_version(mut self) -> Self {
        if self.plain.api_version.is_empty() {
            "v1".clone_into(&mut self.plain.api_version);
        }
        self
    }

    pub(super) fn is_v1(&self) -> bool {
        self.plain.api_version == "v1"
    }

    fn set(&mut self, key: &str, value: &Json, engine: &Engine) -> Result<(), String> {
        let to = &mut self.plain;
        let folded = key.to_ascii_lowercase();
        match folded.as_str() {
            "name" => set_text(&mut to.name, value, "Metadata.name"),
            "home" => set_text(&mut to.home, value, "Metadata.home"),
            "sources" => set_texts(&mut to.sources, value, "Metadata.sources"),
            "version" => set_text(&mut to.version, value, "Metadata.version"),
            "description" => set_text(&mut to.description, value, "Metadata.description"),
            "keywords" => set_texts(&mut to.keywords, value, "Metadata.keywords"),
            "icon" => set_text(&mut to.icon, value, "Metadata.icon"),
            "apiversion" => set_text(&mut to.api_version, value, "Metadata.apiVersion"),
            "condition" => set_text(&mut to.condition, value, "Metadata.condition"),
            "tags" => set_text(&mut to.tags, value, "Metadata.tags"),
            "appversion" => set_text(&mut to.app_version, value, "Metadata.appVersion"),
            "deprecated" => set_flag(&mut to.deprecated, value, "Metadata.deprecated"),
            "kubeversion" => set_text(&mut to.kube_version, value, "Metadata.kubeVersion"),
            "type" => set_text(&mut to.kind, value, "Metadata.type"),
            "annotations" => set_annotations(to, value),
            "maintainers" => {
                let field = "Metadata.maintainers";
                let kind = format!("{}.Maintainer", engine.chart_package);
                self.maintainers = list(value, field, &format!("[]*{kind}"), |item| {
                    entry(item, field, &kind, set_maintainer)
                })?;
                Ok(())
            }
            "dependencies" => {
                let before = std::mem::take(&mut self.dependencies);
                self.dependencies = dependencies(value, before, "Metadata", engine)?;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn set_annotations(to: &mut Metadata, value: &Json) -> Result<(), String> {
    let field = "Metadata.annotations";
    if value.is_null() {
        to.annotations.clear();
    }
    for (key, value) in members(value, field, "map[string]string")? {
        let mut text = String::new();
        set_text(&mut text, value, field)?;
        to.annotations.insert(key.clone(), text);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
