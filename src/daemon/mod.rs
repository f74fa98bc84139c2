//! Settings, named task supervisor, leader election, drain.

pub mod keys;
pub mod world;
