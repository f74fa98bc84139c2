//! The sandbox against what it must satisfy: HTTP as the API defines it, and real clients.

#![allow(
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "literals as arguments, tables as tests"
)]

mod behaviours;
mod custom;
mod helm;
mod kubectl;
pub(crate) mod support;
mod table;
mod watch;
mod writes;
