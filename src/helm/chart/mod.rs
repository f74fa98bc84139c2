//! Charts: the model, and reading them from files and archives.

mod archive;
mod digest;
mod ignore;
pub mod load;
mod metadata;
pub mod model;
pub mod values_file;

pub use digest::digest;
pub use load::{LoadError, from_archive, from_files, is_archive};
pub use model::{Chart, Dependency, File, Lock, Maintainer, Metadata};
