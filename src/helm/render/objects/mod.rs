//! The objects that templates see: `.Chart`, `.Capabilities`, `.Files`, `.Values` and what holds them together.

pub(super) mod capabilities;
pub(super) mod chart;
pub(super) mod files;
mod glob;
pub(super) mod record;
pub(super) mod values;
