//! Digests of inputs.

pub use crate::base::digest::Digest;
