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
mod parameters;
mod parse;
mod reader;
mod scalar;
mod settings;
mod structure;
mod template;
pub mod values;

pub use load::load;
pub use model::{ChartSource, Cluster, Component, Defaults, Hook, HookKind, Policy, SecretRecipe, WaitMode};
pub use values::{
    HookFacts, NeededOutput, Outputs, ValuesError, hook_manifest, preview_layers, validate, value_layers,
};

#[cfg(test)]
mod tests;
