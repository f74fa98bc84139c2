//! Manifests: several YAML documents in one text, as the release record stores them.

use serde_json::Value as Json;

/// One document of a manifest, parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The template it came from (`# Source:` line), where it says so.
    pub source: Option<String>,
    /// The object. `List` documents are flattened into their items.
    pub object: Json,
}

/// Why a manifest cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ManifestError {
    /// Helm's text.
    pub message: String,
    /// The template, where it is known.
    pub source_path: Option<String>,
}

/// The objects of a manifest in its order; empty documents are left out.
///
/// # Errors
/// A document that is not an object with apiVersion, kind and name.
pub fn parse(manifest: &str) -> Result<Vec<Document>, ManifestError> {
    todo!("{manifest}")
}
