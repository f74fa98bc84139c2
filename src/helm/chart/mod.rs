//! Charts: the model, and reading them from files and archives.

pub mod load;
pub mod model;

pub use model::{Chart, Dependency, File, Lock, Maintainer, Metadata};
