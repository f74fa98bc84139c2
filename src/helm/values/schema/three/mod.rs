//! The validator of Helm 3: gojsonschema v1.2.0 (`schema.go`, `schemaPool.go`, `validation.go`, `format_checkers.go`,
//! `locales.go`), its verdicts and its words. What it says in the order of a Go map is said here in the order of names.

mod check;
mod formats;
mod node;
mod read;

use serde_json::Value as Json;

use crate::golang::regexp::ClassNames;

/// Checks values against a schema.
///
/// # Errors
/// `- FIELD: VIOLATION`, a line for each; or why the schema cannot be used.
pub(super) fn check(schema: Json, values: &Json, names: ClassNames) -> Result<(), String> {
    let schema = read::read(schema, names)?;
    let violations = check::violations(&schema, values)?;
    if violations.is_empty() {
        return Ok(());
    }
    Err(violations.iter().map(|line| format!("- {line}\n")).collect())
}
