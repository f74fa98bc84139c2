//! Helm's checks of a Chart.yaml, and what it makes of white space in it.

use super::RawMetadata;
use crate::golang::semver::{Edition, Version};
use crate::golang::{path, strconv};
use crate::helm::chart::model::{Dependency, Metadata};
use crate::helm::engines::Engine;

impl RawMetadata {
    /// Helm's checks in Helm's order; the texts come without `validation: `.
    pub(in crate::helm::chart) fn validate(self, engine: &Engine) -> Result<Metadata, String> {
        let mut metadata = self.plain;
        sanitize_all(&mut metadata);
        check(&metadata, engine)?;
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

fn check(metadata: &Metadata, engine: &Engine) -> Result<(), String> {
    // A Chart.yaml without it is one of v1; requirements.yaml alone is none.
    if metadata.api_version.is_empty() {
        return Err("chart.metadata.apiVersion is required".to_owned());
    }
    let name = &metadata.name;
    if name.is_empty() {
        return Err("chart.metadata.name is required".to_owned());
    }
    if engine.refuses_dot_names && matches!(name.as_str(), "." | "..") {
        return Err(format!("chart.metadata.name {name:?} is not allowed"));
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
