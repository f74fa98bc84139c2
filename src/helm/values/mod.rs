//! Values: layers merged, dependencies processed, coalesced over subcharts, checked by schema.

mod blame;
mod coalesce;
mod dependencies;
mod family;
mod layers;
mod schema;
mod set;
mod tree;

pub use blame::Blamed;
pub(crate) use blame::line_of;
pub use layers::{file_paths, merged as merge_layers};

use std::sync::Arc;

use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use self::coalesce::Coalescer;
use self::dependencies::Processor;
use self::family::{Family, TOP};
use crate::golang::Map;
use crate::golang::env::Gauge;
use crate::helm::chart::Chart;
use crate::helm::engines::Engine;
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
#[error("{message}")]
pub struct ValuesError {
    /// Helm's text.
    pub message: String,
    /// Where, if a values file or a flag is to blame.
    pub blamed: Option<Blamed>,
    /// What Helm would log before it fails.
    pub warnings: Vec<String>,
}

impl From<String> for ValuesError {
    fn from(message: String) -> Self {
        ValuesError {
            message,
            blamed: None,
            warnings: Vec::new(),
        }
    }
}

/// Merges the layers of a request, processes dependencies, coalesces, and checks schemas. `held` tells what the thread
/// holds of the heap.
///
/// # Errors
/// What Helm refuses, in its words.
pub fn compose(request: &Request, held: Gauge) -> Result<Composed, ValuesError> {
    let config = prepare(request)?;
    compose_from(request, config, held).map(|(composed, _)| composed)
}

/// What comes before a release's name is looked at: the layers merged, and the chart as a whole checked.
///
/// # Errors
/// What Helm refuses, in its words.
pub fn prepare(request: &Request) -> Result<JsonMap<String, Json>, ValuesError> {
    let config = layers::merged(&request.layers, request.engine).map_err(|message| ValuesError {
        blamed: blame::layer(&request.layers, request.engine),
        ..ValuesError::from(message)
    })?;
    check_chart(&request.chart, request.engine)?;
    Ok(config)
}

/// [`compose`] behind [`prepare`]. Beside it the composed values as templates see them: what charts share, such as globals below
/// the first level, is shared in them too, so that `set` in one chart is seen by the others.
///
/// # Errors
/// What Helm refuses, in its words.
pub fn compose_from(
    request: &Request,
    config: JsonMap<String, Json>,
    held: Gauge,
) -> Result<(Composed, Map), ValuesError> {
    let engine = request.engine;
    let coalescer = Coalescer::new(engine, (request.limits.held, held));
    let processor = Processor {
        coalescer: &coalescer,
        engine,
    };
    let composed = with_chart(request, config, &processor);
    let warnings = coalescer.into_warnings();
    match composed {
        Ok((composed, shared)) => Ok((Composed { warnings, ..composed }, shared)),
        Err(error) => Err(ValuesError { warnings, ..error }),
    }
}

/// `CoalesceValues` for a chart as a record has it: its values below those that the user gave.
///
/// # Errors
/// Helm's text.
pub fn computed(
    chart: &Chart,
    config: &JsonMap<String, Json>,
    engine: &Engine,
) -> Result<JsonMap<String, Json>, String> {
    let coalescer = Coalescer::new(engine, (u64::MAX, || 0));
    let family = Family::new(&Arc::new(chart.clone()), engine.copies_aliased_deeply);
    Ok(tree::json(&coalescer.coalesce(
        &family,
        TOP,
        &tree::map(config),
    )?))
}

/// The values of an earlier revision below those that are given now: a null takes a value away.
/// Source: helm `pkg/action/upgrade.go` (`reuseValues`), v3.17.
#[must_use]
pub fn over_earlier(
    given: &JsonMap<String, Json>,
    earlier: &JsonMap<String, Json>,
    engine: &Engine,
) -> JsonMap<String, Json> {
    let coalescer = Coalescer::new(engine, (u64::MAX, || 0));
    let values = tree::map(given);
    coalescer.tables(&values, &tree::map(earlier), &String::new, false);
    tree::json(&values)
}

fn with_chart(
    request: &Request,
    config: JsonMap<String, Json>,
    processor: &Processor<'_>,
) -> Result<(Composed, Map), ValuesError> {
    let engine = request.engine;
    let mut family = Family::new(&request.chart, engine.copies_aliased_deeply);
    let user = tree::map(&config);
    let processing = |error: String| {
        if engine.is_v4 {
            format!("chart dependencies processing failed: {error}")
        } else {
            error
        }
    };
    processor
        .enable(&mut family, TOP, &user, "")
        .map_err(processing)?;
    processor.import(&mut family, TOP).map_err(processing)?;
    let shared = processor.coalescer.coalesce(&family, TOP, &user)?;
    let values = tree::json(&shared);
    let chart = family.chart(TOP);
    if !request.switches.skip_schema {
        schema::check(&chart, &values, engine)?;
    }
    let composed = Composed {
        config,
        values,
        chart,
        warnings: Vec::new(),
    };
    Ok((composed, shared))
}

/// Installable, of a known format, and with all that it declares. Source: helm `cmd/helm/install.go`, v3.17.
fn check_chart(chart: &Chart, engine: &Engine) -> Result<(), String> {
    let metadata = &chart.metadata;
    if engine.is_v4 && !matches!(metadata.api_version.as_str(), "v1" | "v2") {
        return Err(match metadata.api_version.as_str() {
            "v3" => "invalid chart apiVersion".to_owned(),
            _ => "unsupported chart version".to_owned(),
        });
    }
    if !matches!(metadata.kind.as_str(), "" | "application") {
        return Err(format!("{} charts are not installable", metadata.kind));
    }
    let missing = dependencies::missing(chart);
    if missing.is_empty() {
        return Ok(());
    }
    let (article, command) = if engine.is_v4 {
        ("an", "'helm dependency build'")
    } else {
        ("An", "`helm dependency build`")
    };
    Err(format!(
        "{article} error occurred while checking for chart dependencies. You may need to run {command} to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}",
        missing.join(", ")
    ))
}
