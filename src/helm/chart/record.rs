//! A chart as the release record stores it. Source: helm `pkg/chart/chart.go` (JSON tags), v3.17.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::model::{Chart, File, Lock};

/// The chart as Helm 3 writes it into a record: the top chart alone, subcharts are not stored.
/// Empty lists of files are `null`, as Go writes slices that were never filled.
#[must_use]
pub fn record_json(chart: &Chart) -> Json {
    json!({
        "metadata": chart.metadata,
        "lock": chart.lock.as_ref().map(lock),
        "templates": files(&chart.templates),
        "values": chart.values,
        "schema": chart.schema.as_ref().map(|schema| STANDARD.encode(schema)),
        "files": files(&chart.files),
    })
}

fn lock(lock: &Lock) -> Json {
    let dependencies = Some(&lock.dependencies).filter(|list| !list.is_empty());
    json!({"generated": lock.generated, "digest": lock.digest, "dependencies": dependencies})
}

fn files(files: &[File]) -> Json {
    if files.is_empty() {
        return Json::Null;
    }
    let each = |file: &File| json!({"name": file.name, "data": STANDARD.encode(&file.data)});
    files.iter().map(each).collect()
}
