//! The limit that the API server sets to a record, and what to cut when it is passed.

use serde_json::Value as Json;

use super::schema::Release;

/// Bytes that the values of a Secret or ConfigMap may have together. Source: kubernetes
/// `pkg/apis/core/types.go` (`MaxSecretSize`), v1.33.
pub const LIMIT: usize = 1 << 20;
/// Parts that the report names.
const SHOWN: usize = 3;

/// What to tell of a payload that the server would refuse: its size and its three largest parts; `None` where it fits.
/// `around`: bytes that count beside it.
#[must_use]
pub fn over_limit(release: &Release, payload: &str, around: usize) -> Option<String> {
    if payload.len() + around <= LIMIT {
        return None;
    }
    let mut parts = parts(release);
    parts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let shown = parts
        .iter()
        .take(SHOWN)
        .map(|(name, size)| format!("{name} ({size} bytes unpacked)"));
    let shown: Vec<String> = shown.collect();
    Some(format!(
        "the record would have {} bytes, and the API server takes at most {LIMIT}; its largest parts are {}; \
         keep files that no template uses out of the chart with .helmignore",
        payload.len(),
        shown.join(", ")
    ))
}

/// (what, bytes).
fn parts(release: &Release) -> Vec<(String, usize)> {
    let hooks = release.hooks.iter().map(|hook| hook.manifest.len()).sum();
    let mut parts = vec![
        ("the manifest".to_owned(), release.manifest.len()),
        ("the hooks".to_owned(), hooks),
        ("the notes".to_owned(), release.info.notes.len()),
    ];
    for list in ["templates", "files"] {
        let files = release.chart.get(list).and_then(Json::as_array);
        for file in files.into_iter().flatten() {
            let text = |field: &str| file.get(field).and_then(Json::as_str).unwrap_or_default();
            parts.push((format!("chart file {}", text("name")), text("data").len()));
        }
    }
    for (field, name) in [("values", "values.yaml"), ("schema", "values.schema.json")] {
        let size = release
            .chart
            .get(field)
            .map_or(0, |value| value.to_string().len());
        parts.push((format!("chart file {name}"), size));
    }
    parts
}
