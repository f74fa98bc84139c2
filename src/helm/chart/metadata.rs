//! Chart.yaml, requirements.yaml and the lock files: read as Go's JSON decoder fills a struct, then validated.
//!
//! Keys match in any letter case, scalars become text where text is wanted, unknown keys are ignored.
//! Source: helm `pkg/chart/metadata.go`, `dependency.go`, v3.17; sigs.k8s.io/yaml v1.4; go1.23 `encoding/json`.

use serde_json::Value as Json;

use super::model::{Dependency, Lock, Maintainer, Metadata};
use crate::golang::semver::{Edition, Version};
use crate::golang::yaml::{self, ReadError};
use crate::golang::{path, strconv};

/// Chart.yaml before validation: lists may still hold nulls.
#[derive(Clone, Debug, Default)]
pub(super) struct RawMetadata {
    plain: Metadata,
    maintainers: Vec<Option<Maintainer>>,
    dependencies: Vec<Option<Dependency>>,
}

/// Reads a file over what earlier files said; a field that the file has replaces the earlier one.
pub(super) fn merge(mut raw: RawMetadata, text: &[u8]) -> Result<RawMetadata, ReadError> {
    match yaml::object(text)? {
        Json::Null => {}
        Json::Object(entries) => {
            for (key, value) in &entries {
                raw.set(key, value).map_err(decoding)?;
            }
        }
        other => return Err(decoding(mismatch(&other, "Go value", "chart.Metadata"))),
    }
    Ok(raw)
}

/// Reads Chart.lock or requirements.lock; `None` for an empty file.
pub(super) fn lock(text: &[u8]) -> Result<Option<Lock>, ReadError> {
    let entries = match yaml::object(text)? {
        Json::Null => return Ok(None),
        Json::Object(entries) => entries,
        other => return Err(decoding(mismatch(&other, "Go value", "chart.Lock"))),
    };
    let mut lock = Lock {
        generated: "0001-01-01T00:00:00Z".to_owned(),
        ..Lock::default()
    };
    for (key, value) in &entries {
        let set = match key.to_ascii_lowercase().as_str() {
            "generated" => set_time(&mut lock.generated, value),
            "digest" => set_text(&mut lock.digest, value, "Lock.digest"),
            "dependencies" => dependencies(value, "Lock").map(|list| {
                lock.dependencies = list.into_iter().flatten().collect();
            }),
            _ => Ok(()),
        };
        set.map_err(decoding)?;
    }
    Ok(Some(lock))
}

/// How Go's JSON decoder calls a value of this kind.
fn json_kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

fn decoding(message: impl std::fmt::Display) -> ReadError {
    ReadError {
        message: format!("error unmarshaling JSON: while decoding JSON: {message}"),
        line: None,
    }
}

fn mismatch(found: &Json, place: &str, wanted: &str) -> String {
    format!(
        "json: cannot unmarshal {} into {place} of type {wanted}",
        json_kind(found)
    )
}

fn mismatch_in(found: &Json, field: &str, wanted: &str) -> String {
    mismatch(found, &format!("Go struct field {field}"), wanted)
}

// === fields ===

fn set_text(target: &mut String, value: &Json, field: &str) -> Result<(), String> {
    match value {
        Json::Null => {}
        Json::Bool(flag) => *target = flag.to_string(),
        Json::Number(number) => *target = number_text(number),
        Json::String(text) => target.clone_from(text),
        other => return Err(mismatch_in(other, field, "string")),
    }
    Ok(())
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

fn set_flag(target: &mut bool, value: &Json, field: &str) -> Result<(), String> {
    match value {
        Json::Null => {}
        Json::Bool(flag) => *target = *flag,
        other => return Err(mismatch_in(other, field, "bool")),
    }
    Ok(())
}

fn set_texts(target: &mut Vec<String>, value: &Json, field: &str) -> Result<(), String> {
    *target = list(value, field, "[]string", |item| {
        let mut text = String::new();
        set_text(&mut text, item, field)?;
        Ok(text)
    })?;
    Ok(())
}

fn list<T>(
    value: &Json,
    field: &str,
    wanted: &str,
    item: impl Fn(&Json) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    match value {
        Json::Null => Ok(Vec::new()),
        Json::Array(items) => items.iter().map(item).collect(),
        other => Err(mismatch_in(other, field, wanted)),
    }
}

/// A struct in a list; `None` for null.
fn entry<T: Default>(
    value: &Json,
    field: &str,
    wanted: &str,
    set: impl Fn(&mut T, &str, &Json) -> Result<(), String>,
) -> Result<Option<T>, String> {
    match value {
        Json::Null => Ok(None),
        Json::Object(entries) => {
            let mut filled = T::default();
            for (key, value) in entries {
                set(&mut filled, &key.to_ascii_lowercase(), value)?;
            }
            Ok(Some(filled))
        }
        other => Err(mismatch_in(other, field, wanted)),
    }
}

fn dependencies(value: &Json, owner: &str) -> Result<Vec<Option<Dependency>>, String> {
    let field = format!("{owner}.dependencies");
    list(value, &field, "[]*chart.Dependency", |item| {
        entry(item, &field, "chart.Dependency", set_dependency)
    })
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
            to.import_values = list(value, &field, "[]interface {}", |item| Ok(as_floats(item)))?;
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

/// In an `interface{}` every JSON number is a float64.
fn as_floats(value: &Json) -> Json {
    match value {
        Json::Number(number) => number.as_f64().map_or(Json::Null, Json::from),
        Json::Array(items) => items.iter().map(as_floats).collect(),
        Json::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), as_floats(value)));
            Json::Object(entries.collect())
        }
        other => other.clone(),
    }
}

/// Integers in decimal, floats as Go's `%g` of a float32 (`appVersion: 1.10` is `1.1`).
#[expect(
    clippy::cast_possible_truncation,
    reason = "Go formats the float64 with 32 bits"
)]
fn number_text(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => strconv::format_float32(float as f32),
        _ => number.to_string(),
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

    fn set(&mut self, key: &str, value: &Json) -> Result<(), String> {
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
                self.maintainers = list(value, field, "[]*chart.Maintainer", |item| {
                    entry(item, field, "chart.Maintainer", set_maintainer)
                })?;
                Ok(())
            }
            "dependencies" => {
                self.dependencies = dependencies(value, "Metadata")?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Helm's checks in Helm's order; the texts come without `validation: `.
    pub(super) fn validate(self) -> Result<Metadata, String> {
        let mut metadata = self.plain;
        sanitize_all(&mut metadata);
        check(&metadata)?;
        for maintainer in self.maintainers {
            let mut maintainer = maintainer.ok_or("maintainers must not contain empty or null nodes")?;
            for text in [&mut maintainer.name, &mut maintainer.email, &mut maintainer.url] {
                *text = sanitize(text);
            }
            metadata.maintainers.push(maintainer);
        }
        for dependency in self.dependencies {
            let dependency = dependency.ok_or("dependencies must not contain empty or null nodes")?;
            let dependency = validated(dependency)?;
            let key = known_as(&dependency);
            if metadata.dependencies.iter().any(|other| known_as(other) == key) {
                return Err(format!("more than one dependency with name or alias {key:?}"));
            }
            metadata.dependencies.push(dependency);
        }
        Ok(metadata)
    }
}

fn set_annotations(to: &mut Metadata, value: &Json) -> Result<(), String> {
    let field = "Metadata.annotations";
    match value {
        Json::Null => to.annotations.clear(),
        Json::Object(entries) => {
            for (key, value) in entries {
                let mut text = String::new();
                set_text(&mut text, value, field)?;
                to.annotations.insert(key.clone(), text);
            }
        }
        other => return Err(mismatch_in(other, field, "map[string]string")),
    }
    Ok(())
}

fn sanitize_all(metadata: &mut Metadata) {
    for text in [
        &mut metadata.name,
        &mut metadata.description,
        &mut metadata.home,
        &mut metadata.icon,
        &mut metadata.condition,
        &mut metadata.tags,
        &mut metadata.app_version,
        &mut metadata.kube_version,
    ] {
        *text = sanitize(text);
    }
    for text in metadata.sources.iter_mut().chain(&mut metadata.keywords) {
        *text = sanitize(text);
    }
}

fn check(metadata: &Metadata) -> Result<(), String> {
    let name = &metadata.name;
    if name.is_empty() {
        return Err("chart.metadata.name is required".to_owned());
    }
    if path::base(name.as_bytes()) != name.as_bytes() {
        return Err(format!("chart.metadata.name {name:?} is invalid"));
    }
    let version = &metadata.version;
    if version.is_empty() {
        return Err("chart.metadata.version is required".to_owned());
    }
    if Version::parse(version, Edition::V3_3).is_err() {
        return Err(format!("chart.metadata.version {version:?} is invalid"));
    }
    match metadata.kind.as_str() {
        "" | "application" | "library" => Ok(()),
        _ => Err("chart.metadata.type must be application or library".to_owned()),
    }
}

fn validated(mut dependency: Dependency) -> Result<Dependency, String> {
    for text in [
        &mut dependency.name,
        &mut dependency.version,
        &mut dependency.repository,
        &mut dependency.condition,
    ] {
        *text = sanitize(text);
    }
    for tag in &mut dependency.tags {
        *tag = sanitize(tag);
    }
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !dependency.alias.bytes().all(is_allowed) {
        return Err(format!(
            "dependency {:?} has disallowed characters in the alias",
            dependency.name
        ));
    }
    Ok(dependency)
}

fn known_as(dependency: &Dependency) -> &str {
    if dependency.alias.is_empty() {
        &dependency.name
    } else {
        &dependency.alias
    }
}

/// White space of any kind becomes a space, what cannot be printed goes.
fn sanitize(text: &str) -> String {
    let letters = text
        .chars()
        .map(|letter| if letter.is_whitespace() { ' ' } else { letter });
    letters.filter(|letter| strconv::is_print(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(entries: &Json) -> Result<Metadata, String> {
        let mut raw = RawMetadata::default();
        for (key, value) in entries.as_object().unwrap() {
            raw.set(key, value)?;
        }
        raw.with_default_version().validate()
    }

    #[test]
    fn scalars_become_text_where_text_is_wanted() {
        let found = read(&json!({
            "NAME": "c\td\u{0}", "version": 1, "appVersion": 1.10, "home": true,
            "annotations": {"a": 1, "b": true, "c": null}, "sources": [1e3, null, "x"],
        }));
        let found = found.unwrap();
        assert_eq!(
            [
                &found.name,
                &found.version,
                &found.app_version,
                &found.home,
                &found.api_version
            ],
            ["c d", "1", "1.1", "true", "v1"]
        );
        assert_eq!(found.annotations.values().collect::<Vec<_>>(), ["1", "true", ""]);
        assert_eq!(found.sources, ["1000", "", "x"]);
    }

    /// The texts of the rendering reference, which real helm gave.
    #[test]
    fn bad_charts_are_refused_in_helms_words() {
        let base = |extra: Json| {
            let mut entries = json!({"name": "c", "version": "1.0.0"});
            entries
                .as_object_mut()
                .unwrap()
                .extend(extra.as_object().unwrap().clone());
            entries
        };
        for (entries, expected) in [
            (json!({}), "chart.metadata.name is required"),
            (
                base(json!({"name": "a/b"})),
                "chart.metadata.name \"a/b\" is invalid",
            ),
            (json!({"name": "c"}), "chart.metadata.version is required"),
            (
                base(json!({"version": "abc"})),
                "chart.metadata.version \"abc\" is invalid",
            ),
            (
                base(json!({"type": "Library"})),
                "chart.metadata.type must be application or library",
            ),
            (
                base(json!({"maintainers": [null]})),
                "maintainers must not contain empty or null nodes",
            ),
            (
                base(json!({"dependencies": [null]})),
                "dependencies must not contain empty or null nodes",
            ),
            (
                base(json!({"dependencies": [{"name": "x", "alias": "a b"}]})),
                "dependency \"x\" has disallowed characters in the alias",
            ),
            (
                base(json!({"dependencies": [{"name": "x"}, {"name": "y", "alias": "x"}]})),
                "more than one dependency with name or alias \"x\"",
            ),
            (
                base(json!({"sources": "x"})),
                "json: cannot unmarshal string into Go struct field Metadata.sources of type []string",
            ),
            (
                base(json!({"dependencies": [{"name": ["x"]}]})),
                "json: cannot unmarshal array into Go struct field Dependency.dependencies.name of type string",
            ),
        ] {
            assert_eq!(read(&entries), Err(expected.to_owned()), "{entries}");
        }
    }
}
