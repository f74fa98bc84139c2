//! Rendering a chart: from values and templates to the manifest, hooks and notes of a release.

pub mod request;
pub mod world;

pub use request::{Capabilities, Layer, Lookup, ReleaseFacts, Rendered, Request, Switches};
pub use world::World;

/// Why a chart does not render.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RenderError {
    /// The first line: Helm's text, without `Error: `.
    pub message: String,
    /// Where it happened, innermost last: (template, line, column), where it is known.
    pub trail: Vec<(String, u32, u32)>,
    /// Excerpt with a caret and include chain, for people.
    pub excerpt: Option<String>,
    /// A budget ran out.
    pub is_limit: bool,
}

/// Renders on a thread with a deep stack of its own, and blocks until it is done: call it from a blocking task.
///
/// # Errors
/// What Helm refuses, in its words.
pub fn render(request: &Request, world: &World) -> Result<Rendered, RenderError> {
    todo!(
        "{} {}",
        request.release.name,
        world.local_zone.iana_name().unwrap_or_default()
    )
}
