//! Releases on the sandbox and on a real API server: ours, and real Helm's beside them.

mod charts;
mod cli;
mod crash;
mod deploy;
pub mod ground;
mod hooks;
mod interop;
mod moves;
mod options;
mod pair;
pub mod support;
mod verbs;
