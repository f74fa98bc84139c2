//! What a chart is, in 64 hex digits.

use super::model::{Chart, File};
use crate::base::digest::Digest;

/// SHA-256 (hex) over everything that the chart and its subcharts hold: equal for the same chart as folder and
/// as archive, different when any path or byte differs that loading keeps.
#[must_use]
pub fn digest(chart: &Chart) -> String {
    with_chart(Digest::new(), chart).hex()
}

fn with_chart(digest: Digest, chart: &Chart) -> Digest {
    let digest = with_data(digest, &chart.metadata);
    let digest = with_data(digest, &chart.lock);
    let digest = with_data(digest, &chart.values);
    let digest = digest.with(chart.schema.as_deref().unwrap_or_default());
    let digest = with_files(digest, &chart.templates);
    let digest = with_files(digest, &chart.files);
    let mut digest = with_count(digest, chart.dependencies.len());
    for subchart in &chart.dependencies {
        digest = with_chart(digest, subchart);
    }
    digest
}

/// In order of their names; of two with one name the order of loading counts.
fn with_files(digest: Digest, files: &[File]) -> Digest {
    let mut sorted: Vec<&File> = files.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let digest = with_count(digest, sorted.len());
    let with_file = |digest: Digest, file: &File| digest.with(&file.name).with(&file.data);
    sorted.into_iter().fold(digest, with_file)
}

fn with_count(digest: Digest, count: usize) -> Digest {
    digest.with((count as u64).to_be_bytes())
}

fn with_data(digest: Digest, value: &impl serde::Serialize) -> Digest {
    digest.with(serde_json::to_vec(value).expect("these types always serialize"))
}
