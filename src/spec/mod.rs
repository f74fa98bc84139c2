//! `cluster.yaml`, parameters, pins, Handlebars value files, validation. Pure.
//!
//! [`load`] reads and checks a cluster's folder, [`value_layers`] makes Helm's values of a component's value
//! files, [`hook_manifest`] the Job of a hook, and [`validate`] tries it all. Every problem names file and line.

pub mod charts;
mod checks;
mod cluster;
mod component;
mod hooks;
mod load;
pub mod model;
pub mod nearest;
mod node;
mod outputs;
mod parameters;
mod parse;
mod reader;
mod scalar;
mod settings;
mod structure;
mod template;
mod validate;
pub mod values;

pub use load::load;
pub use model::{ChartSource, Cluster, Component, Defaults, Hook, HookKind, Policy, SecretRecipe, WaitMode};
pub use outputs::{NeededOutput, Outputs, list_needed};
pub use validate::validate;
pub use values::{HookFacts, ValuesError, hook_manifest, preview_layers, value_layers};

#[cfg(test)]
mod tests;
