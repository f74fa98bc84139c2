//! Strategic merge patches. Source: apimachinery `pkg/util/strategicpatch/patch.go`.

use serde_json::Value as Json;

use super::PatchError;
use super::keys::Schema;

/// Applies a strategic merge patch with all its directives.
///
/// # Errors
/// A patch that does not fit the schema.
pub fn apply(target: &Json, patch: &Json, schema: Schema) -> Result<Json, PatchError> {
    todo!("{target} {patch} {schema:?}")
}
/// `CreateTwoWayMergePatch`.
///
/// # Errors
/// Inputs that do not fit the schema.
pub fn two_way(original: &Json, modified: &Json, schema: Schema) -> Result<Json, PatchError> {
    todo!("{original} {modified} {schema:?}")
}
/// `CreateThreeWayMergePatch` with overwrite: what Helm sends. `{}` where nothing is to be changed.
///
/// # Errors
/// Inputs that do not fit the schema.
pub fn three_way(
    original: &Json,
    modified: &Json,
    current: &Json,
    schema: Schema,
) -> Result<Json, PatchError> {
    todo!("{original} {modified} {current} {schema:?}")
}
