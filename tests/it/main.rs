//! What crosses rooms: one test binary, a module per subject.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests fail by panicking"
)]

mod cluster;
mod daemon;
mod deploy;
mod differential;
mod e2e;
mod failures;
mod fixtures;
mod git;
mod golang;
mod hostile;
mod house;
mod k8s;
mod live;
mod mutator;
mod oracle;
mod peer;
mod preparation;
mod release;
mod sandbox;
mod sprig;
mod template;
mod values;
