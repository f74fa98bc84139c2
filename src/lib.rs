//! deploy-manager: keeps one Kubernetes namespace in step with a Git repository of pinned Helm charts.
//!
//! The folders are the floors of a house; imports point down only (`tests/it/house.rs` checks it).
//! Read from the ground up: values as Go sees them, the template language, what Helm knows, the
//! adapters to the outside world, Helm's verbs, one sync, and the doors through which people come in.

// Ground floor: plain data and pure functions.
pub mod base;
pub mod golang;
pub mod patch;

// The template language.
pub mod gotmpl;
pub mod sprig;

// What Helm knows, and what operators write. Pure.
pub mod helm;
pub mod spec;

// Adapters: one outside system each.
pub mod k8s;
pub mod notifications;
pub mod source;

// Helm's verbs and the hooks around them.
pub mod preparation;
pub mod release;

// One sync.
pub mod reconcile;

// Doors.
pub mod cli;
pub mod daemon;
pub mod http;
pub mod triggers;

// Annex: an API server in memory, for trying and testing.
pub mod sandbox;
