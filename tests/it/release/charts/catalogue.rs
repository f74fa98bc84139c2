//! Which charts, and with which values.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

/// A chart and the values files it is installed with.
pub struct Case {
    pub name: String,
    pub chart: PathBuf,
    pub values: Vec<PathBuf>,
}

pub fn cases() -> Vec<Case> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cluster/charts");
    let folder = std::env::var_os("DEPLOY_MANAGER_CHARTS").map_or(own, PathBuf::from);
    let only = std::env::var("DEPLOY_MANAGER_CHARTS_ONLY").unwrap_or_default();
    let only: Vec<&str> = only.split(',').filter(|name| !name.is_empty()).collect();
    let known = known_values(&folder);
    let mut cases: Vec<Case> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("Chart.yaml").is_file() || path.extension().is_some_and(|end| end == "tgz"))
        .map(|chart| case(&folder, chart, &known))
        .filter(|case| only.is_empty() || only.contains(&case.name.as_str()))
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!cases.is_empty(), "no chart in {}", folder.display());
    cases
}

fn case(folder: &Path, chart: PathBuf, known: &[Json]) -> Case {
    let file = chart.file_name().unwrap().to_string_lossy().into_owned();
    let usable = |case: &&Json| {
        case["chart"] == file.as_str()
            && case["expect"] == "ok"
            && case["args"].as_array().is_none_or(Vec::is_empty)
    };
    let values = known
        .iter()
        .find(usable)
        .and_then(|case| case["values"].as_array());
    Case {
        name: file.trim_end_matches(".tgz").to_owned(),
        values: values
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .map(|path| folder.join(path))
            .collect(),
        chart,
    }
}

/// The list of `cases.json`, if there is one: objects with `chart`, `values`, `args` and `expect`.
fn known_values(folder: &Path) -> Vec<Json> {
    let text = std::fs::read_to_string(folder.join("cases.json")).unwrap_or_else(|_| "[]".to_owned());
    serde_json::from_str(&text).unwrap()
}
