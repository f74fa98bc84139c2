//! The Kubernetes adapter: client, discovery, objects, apply, readiness (pure), wait, logs, events, lease.
//! It speaks JSON objects and our own types; the client crate stays inside.

pub mod client;
pub mod error;

pub use client::{Cluster, Connection, DeleteOptions, ObjectRef, Patch, Propagation, WriteOptions};
pub use error::Error;

/// An object as the API server gives it.
pub type Object = serde_json::Value;
