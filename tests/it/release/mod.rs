//! Releases on the sandbox: ours, and real Helm's beside them.

mod cli;
mod crash;
mod deploy;
mod hooks;
mod interop;
mod pair;
pub mod support;
mod verbs;
