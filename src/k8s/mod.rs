//! The Kubernetes adapter: client, discovery, objects, apply, readiness (pure), wait, logs, events, lease.
//! It speaks JSON objects and our own types; the client crate stays inside.

pub mod client;
pub mod clientcmd;
mod connect;
mod discovery;
pub mod error;
pub mod events;
pub mod lease;
pub mod logs;
pub mod lookup;
pub mod objects;
pub mod path_segment;
pub mod readiness;
mod request;
mod transport;
pub mod wait;

pub use client::Cluster;
pub use connect::Connection;
pub use error::Error;
pub use lookup::{LookupError, Question};
pub use objects::ObjectRef;
pub use request::{DeleteOptions, Patch, Propagation, WriteOptions};
pub use wait::{NotReady, WaitError};

/// An object as the API server gives it.
pub type Object = serde_json::Value;

/// The field manager of our writes, unless a caller names another.
pub const FIELD_MANAGER: &str = "deploy-manager";
