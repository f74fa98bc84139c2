//! Random charts and command lines, answered by Helm's own libraries and by us, for both engines.
//!
//! A generator is a plain function from a source of random numbers to a [`Case`]; [`run::check`] runs it. What differs is
//! made small and shown with both answers and the seed that makes the same case again.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `DEPLOY_MANAGER_SEED` | Start from this seed (printed with each difference) instead of the fixed one |
//! | `DEPLOY_MANAGER_CASES` | So many cases for each generator; above 10 000 all kinds of differences are collected |
//! | `DEPLOY_MANAGER_ENGINE` | Only this engine: `3.17.2` or `4.3.1` |
//! | `DEPLOY_MANAGER_PROGRAMS` | Ask the real programs instead of the libraries: slower, and of the right Go version |

pub mod case;
mod charts;
mod functions;
pub mod grammar;
mod judge;
mod manifests;
mod minimise;
mod pieces;
pub mod rng;
pub mod run;
mod schemas;
mod templates;
mod values;
mod yaml;

pub use case::Case;
pub use rng::Rng;
