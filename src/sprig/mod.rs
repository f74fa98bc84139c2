//! The template functions of sprig, one file per family. Pure.

mod args;
mod certificates;
mod convert;
mod crypto;
mod dates;
mod decimal;
mod defaults;
mod dicts;
mod encoding;
mod equal;
mod letters;
mod lists;
mod merge;
mod numeric;
mod paths;
mod random;
mod regex;
mod runes;
mod semver;
mod strings;
mod types;
mod url;
mod wrap;

use crate::golang::Func;

/// Every sprig function that Helm exposes (`env` and `expandenv` are not), sorted by name.
#[must_use]
pub fn functions() -> Vec<(&'static str, Func)> {
    let families = [
        certificates::table(),
        crypto::table(),
        dates::table(),
        defaults::table(),
        dicts::table(),
        encoding::table(),
        letters::table(),
        lists::table(),
        numeric::table(),
        paths::table(),
        random::table(),
        regex::table(),
        semver::table(),
        strings::table(),
        types::table(),
        url::table(),
    ];
    let mut all: Vec<(&'static str, Func)> = families.into_iter().flatten().collect();
    all.sort_by_key(|(name, _)| *name);
    all
}

/// What replaces some of [`functions`] in engines that are built with semver 3.5 (Helm 3.21, 4.2 and later).
#[must_use]
pub fn newer_semver() -> Vec<(&'static str, Func)> {
    semver::newer()
}
