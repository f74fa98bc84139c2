//! Charts: the model, reading them from files and archives, and what is stored of them.

mod archive;
mod digest;
mod ignore;
pub mod load;
mod metadata;
pub mod model;
mod record;

pub use digest::digest;
pub use load::{LoadError, from_archive, from_files, is_archive};
pub use model::{Chart, Dependency, File, Lock, Maintainer, Metadata};
pub use record::record_json;
