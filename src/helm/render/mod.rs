//! Rendering a chart: from values and templates to the manifest, hooks and notes of a release.

mod ahead;
mod context;
mod durations;
mod failure;
mod functions;
mod host;
mod kept;
mod objects;
mod pipeline;
pub mod request;
mod toml;
mod trees;
pub mod world;

use std::sync::mpsc::sync_channel;
use std::thread::Builder;

use crate::helm::engines::Engine;

pub use ahead::Parser;
pub use kept::Kept;
pub use pipeline::sourced;
pub use request::{Capabilities, Layer, Lookup, ReleaseFacts, Rendered, Request, ServerVersion, Switches};
pub use trees::Trees;
pub use world::World;

/// The stack of a render's thread. It is only address space until it is used. Go's own limit is the same.
const STACK_BYTES: usize = 1 << 30;

/// Kept free for the functions that the deepest template calls.
const STACK_RESERVE: usize = 64 << 20;

/// Why a chart does not render.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RenderError {
    /// The first line: Helm's text, without `Error: `.
    pub message: String,
    /// Where it happened, innermost last, where it is known.
    pub trail: Vec<Place>,
    /// Excerpt with a caret and include chain, for people.
    pub excerpt: Option<String>,
    /// A budget ran out.
    pub is_limit: bool,
    /// It happened while rendering, not before: Helm then hints at `--debug`.
    pub is_in_rendering: bool,
    /// Where the rendered files are no valid manifests: the files, (path, text), for `--debug`.
    pub files: Vec<(String, String)>,
    /// What Helm logs before it fails, one line each.
    pub warnings: Vec<String>,
}

/// A place in a template, a values file or a flag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The path of the template, chart name included; the name of the values file; the flag (`--set`).
    pub file: String,
    /// Counted from 1; 0 where it is not known.
    pub line: u32,
    /// Bytes from the start of the line, as Go counts; 0 where it is not known.
    pub column: u32,
    /// The action that was executed there, as Go prints it; empty where there is none.
    pub action: String,
}

impl Place {
    /// A template of the chart, not a values file or flag.
    #[must_use]
    pub fn is_template(&self) -> bool {
        self.file.split('/').any(|part| part == "templates") && !self.file.starts_with('-')
    }
}

/// Renders on a thread with a deep stack of its own, and blocks until it is done: call it from a blocking task.
///
/// # Errors
/// What Helm refuses, in its words.
pub fn render(request: Request, world: &World) -> Result<Rendered, RenderError> {
    let world = world.clone();
    on_deep_stack(move |give| {
        (world.begin)();
        let base = 0u8;
        let stack = (STACK_BYTES - STACK_RESERVE, std::ptr::from_ref(&base).addr());
        match pipeline::run(&request, &world, stack) {
            Ok((rendered, remains)) => {
                give(Ok(rendered));
                drop(remains);
            }
            Err(error) => give(Err(error)),
        }
    })
}

/// Can the Kubernetes version be read? Helm asks before anything else.
///
/// # Errors
/// What Helm refuses, in its words.
pub fn check_capabilities(capabilities: &Capabilities, engine: &Engine) -> Result<(), RenderError> {
    pipeline::check_capabilities(capabilities, engine)
}

/// A release name from a template, with sprig's functions: `--name-template`.
///
/// # Errors
/// Go's text.
pub fn name(template: &str, world: &World) -> Result<String, RenderError> {
    let (template, world) = (template.to_owned(), world.clone());
    on_deep_stack(move |give| give(pipeline::name(&template, &world)))
}

/// Runs work on a thread with a deep stack until it gives its result. What it does afterwards nobody waits for.
fn on_deep_stack<T: Send + 'static>(
    work: impl FnOnce(&dyn Fn(Result<T, RenderError>)) + Send + 'static,
) -> Result<T, RenderError> {
    let (sender, receiver) = sync_channel(1);
    let run = move || {
        work(&|result| {
            // Whoever asked waits for it.
            let _ = sender.send(result);
        });
    };
    Builder::new()
        .name("render".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(run)
        .map_err(|error| RenderError::before(format!("cannot start a thread for rendering: {error}")))?;
    receiver.recv().unwrap_or_else(|_| {
        Err(RenderError::rendering(
            "rendering template failed: internal error",
        ))
    })
}
