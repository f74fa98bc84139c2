//! Rendering a chart: from values and templates to the manifest, hooks and notes of a release.

pub mod request;

pub use request::{Capabilities, Layer, Lookup, ReleaseFacts, Rendered, Request, Switches};
