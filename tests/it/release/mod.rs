//! Releases on the sandbox: ours, and real Helm's beside them.

mod crash;
mod deploy;
mod hooks;
mod interop;
pub mod support;
mod verbs;
