//! Git fetch and checkout, chart repositories; reads folders into (path, bytes).

pub mod git;
