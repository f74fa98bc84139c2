//! Reading charts from files and archives.

use std::sync::Arc;

use super::model::Chart;
use crate::base::files::FileSet;

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

/// A chart from the files of its folder (`.helmignore` applied here), archives under `charts/` included.
///
/// # Errors
/// What Helm refuses, in its words.
pub fn from_files(files: &FileSet) -> Result<Arc<Chart>, LoadError> {
    todo!("{}", files.len())
}
/// A chart from a `.tgz`, within the size and count limits of Helm.
///
/// # Errors
/// What Helm refuses, in its words; also an entry that would leave the chart's root.
pub fn from_archive(bytes: &[u8]) -> Result<Arc<Chart>, LoadError> {
    todo!("{}", bytes.len())
}
