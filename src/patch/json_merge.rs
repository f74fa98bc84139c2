//! RFC 7386 JSON merge patches.

use serde_json::Value as Json;

/// Applies a merge patch.
#[must_use]
pub fn apply(target: &Json, patch: &Json) -> Json {
    todo!("{target} {patch}")
}
/// The patch that turns `original` into `modified`; `{}` where nothing differs.
#[must_use]
pub fn diff(original: &Json, modified: &Json) -> Json {
    todo!("{original} {modified}")
}
/// evanphx/json-patch's three-way rule as kubectl and Helm use it: additions and changes from (current, modified),
/// deletions from (original, modified).
#[must_use]
pub fn three_way(original: &Json, modified: &Json, current: &Json) -> Json {
    todo!("{original} {modified} {current}")
}
