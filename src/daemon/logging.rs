//! Logs: to stderr, as text or as one JSON object a line.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// What is logged unless somebody wants otherwise.
const DEFAULT_FILTER: &str = "info";

/// Starts logging for the process; a second call changes nothing.
///
/// # Errors
/// An unknown format or filter.
pub fn start(filter: Option<&str>, format: Option<&str>) -> Result<(), String> {
    let text = filter.unwrap_or(DEFAULT_FILTER);
    let filter = EnvFilter::try_new(text).map_err(|error| format!("--log: `{text}`: {error}"))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let _ = match format.unwrap_or("text") {
        "json" => builder.json().flatten_event(true).try_init(),
        "text" => builder
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .try_init(),
        other => return Err(format!("--log-format: `{other}` is not one of `text`, `json`")),
    };
    Ok(())
}
