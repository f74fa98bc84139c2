//! What every room may use: validated names, version constraints, the traits of clock and entropy,
//! secrets that never print, sets of files, digests, reports of problems. Pure.

pub mod clock;
pub mod digest;
pub mod entropy;
pub mod files;
pub mod names;
pub mod pattern;
pub mod report;
pub mod secret;
