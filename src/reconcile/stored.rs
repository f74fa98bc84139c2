//! Compares a rendering with a release record that somebody else wrote, or of which nothing is remembered.

use serde_json::Value as Json;

use super::digest::Digest;
use super::fault::Fault;
use super::rendering::Rendering;
use super::scene::Scene;
use crate::helm::hook::Hook;
use crate::helm::record::{self, Release};
use crate::helm::render::Rendered;
use crate::k8s::ObjectRef;
use crate::release::Summary;

/// Would deploying this rendering give the record that is there already: manifest, hooks, user values, and the chart's
/// name and version?
///
/// # Errors
/// The API server's; a record that cannot be read.
pub async fn is_same(scene: &Scene, newest: &Summary, rendering: &Rendering) -> Result<bool, Fault> {
    let name = record::object_name(&newest.name, newest.revision);
    let target = ObjectRef::new("v1", "Secret", &name).in_namespace(scene.settings.namespace.as_str());
    let found = scene.settings.cluster.get(&target).await;
    let found = found.map_err(|error| Fault::operation(format!("reading Secret {name}: {error}")))?;
    let Some(object) = found else { return Ok(false) };
    let stored = record::read_object(&object).map_err(|error| Fault::operation(error.to_string()))?;
    Ok(holds(&stored.release, &rendering.rendered))
}

fn holds(release: &Release, rendered: &Rendered) -> bool {
    let chart = &rendered.chart.metadata;
    release.manifest == rendered.manifest
        && (release.chart_field("name"), release.chart_field("version")) == (&*chart.name, &*chart.version)
        && hooks(&release.hooks) == hooks(&rendered.hooks)
        && values(&release.config) == values(&rendered.config)
}

/// What a hook is, without what happened when it last ran. Helm 3 stores hooks trimmed, Helm 4 does not.
fn hooks(hooks: &[Hook]) -> Vec<(&str, &str)> {
    hooks
        .iter()
        .map(|hook| (hook.path.as_str(), hook.manifest.trim()))
        .collect()
}

fn values(config: &serde_json::Map<String, Json>) -> String {
    Digest::new().with_json(&Json::Object(config.clone())).hex()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::helm::chart::{Chart, Metadata};

    fn rendered() -> Rendered {
        let metadata = Metadata {
            name: "web".into(),
            version: "1.0.0".into(),
            ..Metadata::default()
        };
        Rendered {
            manifest: "---\na: 1\n".into(),
            config: json!({"replicas": 3.0}).as_object().cloned().unwrap_or_default(),
            chart: Arc::new(Chart {
                metadata,
                ..Chart::default()
            }),
            ..Rendered::default()
        }
    }

    #[test]
    fn a_record_is_the_same_if_deploying_would_write_it_again() {
        let stored = |manifest: &str, version: &str, replicas: i64| Release {
            manifest: manifest.into(),
            chart: json!({"metadata": {"name": "web", "version": version}}),
            config: json!({ "replicas": replicas })
                .as_object()
                .cloned()
                .unwrap_or_default(),
            ..Release::default()
        };
        for (release, expected) in [
            (stored("---\na: 1\n", "1.0.0", 3), true),
            (stored("---\na: 2\n", "1.0.0", 3), false),
            (stored("---\na: 1\n", "1.0.1", 3), false),
            (stored("---\na: 1\n", "1.0.0", 2), false),
        ] {
            assert_eq!(holds(&release, &rendered()), expected, "{release:?}");
        }
    }
}
