//! What Helm knows: charts, values, rendering, manifests, engines, release records. Pure.

pub mod chart;
pub mod engines;
pub mod hook;
pub mod manifest;
pub mod record;
pub mod render;
pub mod values;
