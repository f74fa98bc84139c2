//! Reading charts from files and archives. Source: helm `pkg/chart/loader/load.go`, v3.17.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::archive;
use super::ignore::Rules;
use super::metadata::{self, RawMetadata};
use super::model::{Chart, File};
use super::values_file;
use crate::base::files::FileSet;
use crate::golang::{path, yaml};
use crate::helm::engines::Engine;

/// The most bytes that a chart may hold, its subcharts unpacked. Source: helm `MaxDecompressedChartSize`, v3.17.3
/// (3.17.2 has no limit).
pub const MAX_CHART_BYTES: u64 = 100 << 20;
/// The most files that a chart may hold, subcharts included. Ours: Helm has none.
pub const MAX_CHART_FILES: usize = 50_000;
/// The most keys and items in the values of a chart and its subcharts, as [`yaml::weight`] counts them. Ours: Helm has no
/// limit.
const MAX_CHART_VALUES: usize = 2 * yaml::MAX_VALUES;
/// How deep charts may nest. Ours: Helm has none.
const MAX_NESTING: usize = 32;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a chart cannot be loaded. The text is Helm's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LoadError {
    /// Helm's text.
    pub message: String,
    /// The file of the chart that is wrong, where it is one.
    pub file: Option<String>,
    /// 1-based line in it.
    pub line: Option<u32>,
}

/// By whose rules a chart and its subcharts are read, and what is left of the limits.
pub(super) struct Budget {
    engine: &'static Engine,
    bytes: u64,
    files: usize,
    values: usize,
}

/// A chart from the files of its folder (`.helmignore` applied here), archives under `charts/` included.
///
/// # Errors
/// What Helm refuses, in its words.
pub fn from_files(files: &FileSet, engine: &'static Engine) -> Result<Arc<Chart>, LoadError> {
    from_files_seen(files, engine, &mut |_| ())
}

/// The same; each file is shown to `seen` as soon as it is there.
///
/// # Errors
/// As above.
pub fn from_files_seen(
    files: &FileSet,
    engine: &'static Engine,
    seen: &mut dyn FnMut(&File),
) -> Result<Arc<Chart>, LoadError> {
    if let Some(text) = files.get("Chart.yaml").filter(|_| engine.detects_api_version) {
        detect(text)?;
    }
    let rules = match files.get(".helmignore") {
        Some(text) => Rules::parse(text),
        None => Rules::parse(b""),
    };
    let rules = rules.map_err(|message| LoadError::in_file(".helmignore", message))?;
    let mut budget = Budget::new(engine);
    let mut kept: Vec<File> = Vec::new();
    for (name, bytes) in files.iter().filter(|(name, _)| !rules.ignore(name)) {
        budget.take(bytes.len())?;
        let file = File {
            name: name.to_owned(),
            data: without_mark(bytes),
        };
        seen(&file);
        kept.push(file);
    }
    // Helm walks folder by folder, each in the order of its names.
    kept.sort_by(|a, b| a.name.split('/').cmp(b.name.split('/')));
    chart(kept, &mut budget, 0)
}

/// A chart from a `.tgz`, within the size and count limits of Helm.
///
/// # Errors
/// What Helm refuses, in its words; also an entry that would leave the chart's root.
pub fn from_archive(bytes: &[u8], engine: &'static Engine) -> Result<Arc<Chart>, LoadError> {
    from_archive_seen(bytes, engine, &mut |_| ())
}

/// The same; each file is shown to `seen` as soon as it is there.
///
/// # Errors
/// As above.
pub fn from_archive_seen(
    bytes: &[u8],
    engine: &'static Engine,
    seen: &mut dyn FnMut(&File),
) -> Result<Arc<Chart>, LoadError> {
    let mut budget = Budget::new(engine);
    let files = archive::files(bytes, &mut budget, seen)?;
    if engine.detects_api_version {
        let file = files.iter().find(|file| file.name == "Chart.yaml");
        let missing = "unable to detect chart version, no Chart.yaml found";
        detect(&file.ok_or_else(|| LoadError::new(missing))?.data)?;
    }
    chart(files, &mut budget, 0)
}

/// Does it start as a gzipped archive does?
#[must_use]
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b\x08")
}

/// Without a leading byte order mark.
pub(super) fn without_mark(bytes: &Arc<[u8]>) -> Arc<[u8]> {
    match bytes.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => rest.into(),
        None => Arc::clone(bytes),
    }
}

impl LoadError {
    /// A failure of the chart as a whole.
    pub(super) fn new(message: impl Into<String>) -> Self {
        LoadError {
            message: message.into(),
            file: None,
            line: None,
        }
    }
    /// A failure of one file.
    pub(super) fn in_file(file: &str, message: impl Into<String>) -> Self {
        LoadError {
            message: message.into(),
            file: Some(file.to_owned()),
            line: None,
        }
    }
    /// The same seen from the chart above.
    fn in_subchart(self, folder: &str, parent: &str) -> Self {
        let inner = self.file.map_or(String::new(), |file| format!("/{file}"));
        LoadError {
            message: format!("error unpacking subchart {folder} in {parent}: {}", self.message),
            file: Some(format!("charts/{folder}{inner}")),
            line: self.line,
        }
    }
}

impl From<String> for LoadError {
    fn from(message: String) -> Self {
        LoadError::new(message)
    }
}

impl Budget {
    fn new(engine: &'static Engine) -> Self {
        Budget {
            engine,
            bytes: MAX_CHART_BYTES,
            files: MAX_CHART_FILES,
            values: MAX_CHART_VALUES,
        }
    }
    /// How many bytes of files may still come.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
    /// How many bytes of an archive may still come: the files, and headers of each.
    pub(super) fn archive_bytes(&self) -> u64 {
        const HEADERS: u64 = 4096;
        self.bytes + (self.files as u64 + 256) * HEADERS
    }
    /// Pays for the values of a chart.
    fn take_values(&mut self, text: &[u8]) -> Result<(), LoadError> {
        let left = self.values.checked_sub(yaml::weight(text));
        self.values = left.ok_or_else(|| {
            LoadError::in_file(
                "values.yaml",
                format!("cannot load values.yaml: the values of the chart and its subcharts have more than {MAX_CHART_VALUES} lines and items"),
            )
        })?;
        Ok(())
    }
    /// Pays for one file of this many bytes.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), LoadError> {
        let left = self.bytes.checked_sub(bytes as u64).ok_or_else(|| {
            format!("decompressed chart is larger than the maximum size {MAX_CHART_BYTES} bytes")
        })?;
        let files = self
            .files
            .checked_sub(1)
            .ok_or_else(|| format!("chart has more than {MAX_CHART_FILES} files"))?;
        (self.bytes, self.files) = (left, files);
        Ok(())
    }
}

/// Helm's `LoadFiles`: sorts the files into their classes, then reads the subcharts.
fn chart(files: Vec<File>, budget: &mut Budget, depth: usize) -> Result<Arc<Chart>, LoadError> {
    if depth > MAX_NESTING {
        return Err(LoadError::new(format!(
            "charts nest deeper than {MAX_NESTING} levels"
        )));
    }
    let mut raw = None;
    for file in files.iter().filter(|file| file.name == "Chart.yaml") {
        let merged = metadata::merge(raw.unwrap_or_default(), &file.data, budget.engine);
        raw = Some(merged.map_err(|error| unreadable("Chart.yaml", &error))?);
    }
    let mut raw = raw.map(RawMetadata::with_default_version);
    let mut chart = Chart::default();
    let mut subcharts: BTreeMap<String, Vec<File>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.name == "values.yaml") {
        budget.take_values(&file.data)?;
    }
    for file in files {
        classify(file, budget.engine, &mut chart, &mut raw, &mut subcharts)?;
    }
    let Some(raw) = raw else {
        return Err(LoadError::new("Chart.yaml file is missing"));
    };
    chart.metadata = raw
        .validate(budget.engine)
        .map_err(|message| LoadError::in_file("Chart.yaml", format!("validation: {message}")))?;
    for (folder, files) in subcharts {
        let subchart = subchart(&folder, files, &chart.metadata.name, budget, depth)?;
        chart.dependencies.extend(subchart);
    }
    Ok(Arc::new(chart))
}

/// Helm 4 looks at the apiVersion alone before it chooses a loader. Source: helm `pkg/chart/loader/load.go`, v4.
fn detect(text: &[u8]) -> Result<(), LoadError> {
    let version = metadata::api_version(text).map_err(|error| unreadable("Chart.yaml", &error))?;
    match version.as_str() {
        "" | "v1" | "v2" | "v3" => Ok(()),
        _ => Err(LoadError::in_file("Chart.yaml", "unsupported chart version")),
    }
}

fn classify(
    file: File,
    engine: &Engine,
    chart: &mut Chart,
    raw: &mut Option<RawMetadata>,
    subcharts: &mut BTreeMap<String, Vec<File>>,
) -> Result<(), LoadError> {
    match file.name.as_str() {
        "Chart.yaml" => {}
        "values.yaml" => {
            chart.values = Some(values(&file.data, engine)?);
        }
        "values.schema.json" => chart.schema = Some(file.data),
        "Chart.lock" => chart.lock = lock(&file, engine)?,
        "requirements.yaml" => {
            let merged = metadata::merge(raw.take().unwrap_or_default(), &file.data, engine);
            let merged = merged.map_err(|error| unreadable("requirements.yaml", &error))?;
            keep_if_v1(file, chart, &merged);
            *raw = Some(merged);
        }
        "requirements.lock" => {
            chart.lock = lock(&file, engine)?;
            let metadata = raw.take().unwrap_or_default();
            keep_if_v1(file, chart, &metadata);
            *raw = Some(metadata);
        }
        name if name.starts_with("templates/") => chart.templates.push(file),
        name => match name.strip_prefix("charts/") {
            Some(inner) if path::ext(inner.as_bytes()) != b".prov" => {
                let folder = inner.split('/').next().unwrap_or_default().to_owned();
                let file = File {
                    name: inner.to_owned(),
                    data: file.data,
                };
                subcharts.entry(folder).or_default().push(file);
            }
            _ => chart.files.push(file),
        },
    }
    Ok(())
}

/// The files of Helm 2's dependency lists stay visible to templates of v1 charts.
fn keep_if_v1(file: File, chart: &mut Chart, metadata: &RawMetadata) {
    if metadata.is_v1() {
        chart.files.push(file);
    }
}

fn values(text: &[u8], engine: &Engine) -> Result<serde_json::Map<String, serde_json::Value>, LoadError> {
    values_file::read(text, engine).map_err(|error| unreadable("values.yaml", &error))
}

fn lock(file: &File, engine: &Engine) -> Result<Option<super::model::Lock>, LoadError> {
    metadata::lock(&file.data, engine).map_err(|error| unreadable(&file.name, &error))
}

fn unreadable(file: &str, error: &yaml::ReadError) -> LoadError {
    LoadError {
        message: format!("cannot load {file}: {}", error.message),
        file: Some(file.to_owned()),
        line: error.line,
    }
}

/// A folder or archive under `charts/`; `None` where its name hides it.
fn subchart(
    folder: &str,
    files: Vec<File>,
    parent: &str,
    budget: &mut Budget,
    depth: usize,
) -> Result<Option<Arc<Chart>>, LoadError> {
    if folder.starts_with(['_', '.']) {
        return Ok(None);
    }
    let files = if path::ext(folder.as_bytes()) == b".tgz" {
        let Some(file) = files.first().filter(|file| file.name == folder) else {
            let found = files.first().map_or("nothing", |file| file.name.as_str());
            return Err(LoadError::new(format!(
                "error unpacking subchart tar in {parent}: expected {folder}, got {found}"
            )));
        };
        archive::files(&file.data, budget, &mut |_| ())
    } else {
        let below = files.into_iter().filter_map(|file| {
            let (_, name) = file.name.split_once('/')?;
            Some(File {
                name: name.to_owned(),
                data: file.data,
            })
        });
        Ok(below.collect())
    };
    files
        .and_then(|files| chart(files, budget, depth + 1))
        .map(Some)
        .map_err(|error| error.in_subchart(folder, parent))
}

#[cfg(test)]
mod tests;
