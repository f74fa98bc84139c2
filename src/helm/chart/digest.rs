//! What a chart is, in 64 hex digits.

use sha2::{Digest, Sha256};

use super::model::{Chart, File};

/// SHA-256 (hex) over everything that the chart and its subcharts hold: equal for the same chart as folder and
/// as archive, different when any path or byte differs that loading keeps.
#[must_use]
pub fn digest(chart: &Chart) -> String {
    let mut hash = Sha256::new();
    add_chart(&mut hash, chart);
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

fn add_chart(hash: &mut Sha256, chart: &Chart) {
    add_json(hash, &chart.metadata);
    add_json(hash, &chart.lock);
    add_json(hash, &chart.values);
    add(hash, chart.schema.as_deref().unwrap_or_default());
    add_files(hash, &chart.templates);
    add_files(hash, &chart.files);
    hash.update((chart.dependencies.len() as u64).to_be_bytes());
    for subchart in &chart.dependencies {
        add_chart(hash, subchart);
    }
}

/// In order of their names; of two with one name the order of loading counts.
fn add_files(hash: &mut Sha256, files: &[File]) {
    let mut sorted: Vec<&File> = files.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    hash.update((sorted.len() as u64).to_be_bytes());
    for file in sorted {
        add(hash, file.name.as_bytes());
        add(hash, &file.data);
    }
}

fn add_json(hash: &mut Sha256, value: &impl serde::Serialize) {
    add(
        hash,
        &serde_json::to_vec(value).expect("these types always serialize"),
    );
}

/// Length first: no two sequences run together to the same bytes.
fn add(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}
