//! Values: layers merged, dependencies processed, coalesced over subcharts, checked by schema.

mod blame;
mod coalesce;
mod dependencies;
mod layers;
mod schema;
mod set;
mod tree;

pub use blame::Blamed;
pub(crate) use blame::line_of;
pub use layers::file_paths;

use std::sync::Arc;

use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use self::coalesce::Coalescer;
use self::dependencies::Processor;
use crate::golang::semver::{Edition, Version};
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
    /// Helm meets it in its rendering step, after which its command line prints a hint about `--debug`.
    pub in_rendering: bool,
    /// Where, if a values file or a flag is to blame.
    pub blamed: Option<Blamed>,
    /// What Helm would log before it fails.
    pub warnings: Vec<String>,
}

impl From<String> for ValuesError {
    fn from(message: String) -> Self {
        ValuesError {
            message,
            in_rendering: false,
            blamed: None,
            warnings: Vec::new(),
        }
    }
}

/// Merges the layers of a request, processes dependencies, coalesces, and checks schemas.
///
/// # Errors
/// What Helm refuses, in its words.
pub fn compose(request: &Request) -> Result<Composed, ValuesError> {
    let engine = request.engine;
    let edition = edition(engine);
    let config = layers::merged(&request.layers, engine).map_err(|message| ValuesError {
        blamed: blame::layer(&request.layers, engine),
        ..ValuesError::from(message)
    })?;
    check_chart(&request.chart, engine)?;
    let coalescer = Coalescer::new(engine);
    let processor = Processor {
        coalescer: &coalescer,
        edition,
    };
    let composed = with_chart(request, config, &processor);
    let warnings = coalescer.into_warnings();
    match composed {
        Ok(composed) => Ok(Composed { warnings, ..composed }),
        Err(error) => Err(ValuesError { warnings, ..error }),
    }
}

fn with_chart(
    request: &Request,
    config: JsonMap<String, Json>,
    processor: &Processor<'_>,
) -> Result<Composed, ValuesError> {
    let engine = request.engine;
    let mut chart = Chart::clone(&request.chart);
    let user = tree::map(&config);
    let processing = |error: String| {
        if engine.is_v4 {
            format!("chart dependencies processing failed: {error}")
        } else {
            error
        }
    };
    processor.enable(&mut chart, &user, "").map_err(processing)?;
    processor.import(&mut chart).map_err(processing)?;
    let values = tree::json(&processor.coalescer.coalesce(&chart, &user)?);
    if !request.switches.skip_schema {
        schema::check(&chart, &values, engine)?;
    }
    check_kubernetes(request, processor.edition)?;
    Ok(Composed {
        config,
        values,
        chart: Arc::new(chart),
        warnings: Vec::new(),
    })
}

/// Which semver library an engine has.
fn edition(engine: &Engine) -> Edition {
    if engine.is_v4 {
        Edition::V3_5
    } else {
        Edition::V3_3
    }
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

/// The chart's `kubeVersion` against the cluster's, or the engine's default. Source: helm `pkg/action/action.go`, v3.17.
fn check_kubernetes(request: &Request, edition: Edition) -> Result<(), ValuesError> {
    let wanted = &request.chart.metadata.kube_version;
    if wanted.is_empty() {
        return Ok(());
    }
    let (major, minor) = request.engine.kubernetes;
    let version = request
        .capabilities
        .kube_version
        .clone()
        .unwrap_or_else(|| format!("v{major}.{minor}.0"));
    let (compared, shown) = kubernetes_versions(&version, request.engine, edition);
    if dependencies::is_compatible(wanted, &compared, edition) {
        return Ok(());
    }
    Err(ValuesError {
        message: format!(
            "chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {shown}"
        ),
        in_rendering: true,
        blamed: None,
        warnings: Vec::new(),
    })
}

/// The version that constraints see (Helm 4 leaves suffixes out), and the one that people see.
fn kubernetes_versions(version: &str, engine: &Engine, edition: Edition) -> (String, String) {
    let Ok(parsed) = Version::parse(version, edition) else {
        return (version.to_owned(), version.to_owned());
    };
    let plain = format!("v{}.{}.{}", parsed.major, parsed.minor, parsed.patch);
    if engine.is_v4 {
        let with_v = format!("v{}", version.trim_start_matches('v'));
        return (plain, with_v);
    }
    let full = format!("v{parsed}");
    (full.clone(), full)
}
