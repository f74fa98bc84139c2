//! Release records as Helm stores them: schema, encoding, storage objects.
//!
//! There is one format for Helm 3 and 4 (`sh.helm.release.v1`); they differ in which empty fields they write. Everything
//! that this program does not know is kept when a record is written again.

mod chart;
mod codec;
mod schema;
mod size;
mod storage;
mod text;

pub use chart::chart_json;
pub use codec::{DecodeError, decode, encode};
pub use schema::{Info, Release, status};
pub use size::{LIMIT, over_limit};
pub use storage::{
    Stamp, Stored, StoredError, check_labels, config_map, labels_with, object_name, read_object, secret,
    selector,
};

pub use text::{dependencies_text, release_json, release_text};

#[cfg(test)]
mod tests;
