//! The validator of Helm 4: santhosh-tekuri/jsonschema v6.0.3 (`validator.go`, `objcompiler.go`, `output.go`,
//! `kind/kind.go`, `format.go`), its verdicts and its words. What it says in the order of a Go map is said here in the
//! order of names.

mod alternatives;
mod check;
mod formats;
mod words;

use jsonschema::Draft;
use serde_json::Value as Json;

use super::references::Pool;
use crate::golang::regexp::ClassNames;

/// Checks values against a schema.
///
/// # Errors
/// `- at 'POINTER': VIOLATION`, with the reasons of each below it; or why the schema cannot be used.
pub(super) fn check(schema: Json, values: &Json, draft: Draft, names: ClassNames) -> Result<(), String> {
    let year = match draft {
        Draft::Draft4 => 4,
        Draft::Draft6 => 6,
        Draft::Draft7 => 7,
        Draft::Draft201909 => 2019,
        _ => 2020,
    };
    let pool = Pool::new(schema, true);
    let violations = check::violations(&pool, values, year, names)?;
    if violations.is_empty() {
        return Ok(());
    }
    let mut text = String::new();
    violations
        .iter()
        .for_each(|violation| violation.write(&mut text, 0));
    Err(text)
}
