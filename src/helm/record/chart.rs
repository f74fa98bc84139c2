//! The chart as a record holds it: the top chart alone, its files in base64.
//! Source: helm `pkg/chart/chart.go`, v3.17 and v4.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use crate::helm::chart::{Chart, File};
use crate::helm::engines::Engine;

/// Go's zero time, which Helm 4 writes for a schema without one.
const ZERO_TIME: &str = "0001-01-01T00:00:00Z";

/// The record's `chart` of a chart after dependency processing.
#[must_use]
pub fn chart_json(chart: &Chart, engine: &Engine) -> Json {
    let mut json = json!({
        "metadata": chart.metadata,
        "lock": chart.lock,
        "templates": files(&chart.templates),
        "values": chart.values,
        "schema": chart.schema.as_ref().map(|schema| STANDARD.encode(schema)),
        "files": files(&chart.files),
    });
    if engine.is_v4 {
        json["schemamodtime"] = Json::from(ZERO_TIME);
    }
    json
}

/// `null` for no files, as Go writes an absent list.
fn files(files: &[File]) -> Json {
    if files.is_empty() {
        return Json::Null;
    }
    let file = |file: &File| json!({"name": file.name, "data": STANDARD.encode(&file.data)});
    files.iter().map(file).collect()
}
