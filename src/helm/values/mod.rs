//! Values: layers merged, dependencies processed, coalesced over subcharts, checked by schema.

use std::sync::Arc;

use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use crate::helm::chart::Chart;
use crate::helm::render::Request;

/// What values composition gives to rendering.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Composed {
    /// The user's values, merged: the record's `config`.
    pub config: JsonMap<String, Json>,
    /// Coalesced with the chart's defaults, subcharts included. Floats are float64, integers (from `--set`) int64.
    pub values: JsonMap<String, Json>,
    /// The chart after dependency processing (disabled ones gone, aliases applied, values imported).
    pub chart: Arc<Chart>,
    /// What Helm would log.
    pub warnings: Vec<String>,
}

/// Why values cannot be composed. The text is Helm's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValuesError(pub String);

/// Merges the layers of a request, processes dependencies, coalesces, and checks schemas.
///
/// # Errors
/// What Helm refuses, in its words.
pub fn compose(request: &Request) -> Result<Composed, ValuesError> {
    todo!("{}", request.release.name)
}
