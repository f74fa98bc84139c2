//! JSON merge, strategic merge with its key table, three-way merge, diff. Pure.

pub mod json_merge;
pub mod keys;
pub mod strategic;

/// A patch that cannot be made or applied; the text is apimachinery's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PatchError(pub String);
