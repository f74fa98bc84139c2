//! The template functions of sprig, one file per family. Pure.

use crate::golang::Func;

/// Every sprig function that Helm exposes (`env` and `expandenv` are not), by name.
#[must_use]
pub fn functions() -> Vec<(&'static str, Func)> {
    todo!()
}
