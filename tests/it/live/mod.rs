//! `template` with a cluster, against real helm on the same server: what both print must be the same.

mod manifests;
mod support;
mod table;
