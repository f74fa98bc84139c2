//! Which lists merge by which key: from Kubernetes' `patchMergeKey` and `patchStrategy` tags.

/// The schema of one type, for strategic merge. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Schema(pub &'static str);

/// The schema of a kind that has one (built-in types); `None` for custom resources: they take JSON merge patches.
#[must_use]
pub fn schema_of(api_version: &str, kind: &str) -> Option<Schema> {
    todo!("{api_version} {kind}")
}
