//! The Kubernetes adapter against the sandbox.

mod client;
mod lease;
