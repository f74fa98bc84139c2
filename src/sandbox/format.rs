//! The form in which a client wants objects.

use serde_json::{Value as Json, json};

use super::kinds::Kind;
use super::read::{Page, list_metadata, list_object, partial, present};
use super::table::table;

/// Whole objects, tables for people, or metadata only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Whole,
    /// With what each row carries: `None`, `Metadata` or `Object`.
    Table(String),
    Metadata,
}

impl Format {
    /// Reads `Accept` (the first form we know wins) and `includeObject`.
    pub(super) fn of(accept: &str, includes: &str) -> Format {
        for part in accept.split(',') {
            if part.contains("as=Table") {
                return Format::Table(includes.to_owned());
            }
            if part.contains("as=PartialObjectMetadata") {
                return Format::Metadata;
            }
            if part.trim_start().starts_with("application/json") {
                return Format::Whole;
            }
        }
        Format::Whole
    }
    /// One object, already as its kind's version shows it.
    pub(super) fn one(&self, kind: &Kind, object: &Json) -> Json {
        match self {
            Format::Whole => object.clone(),
            Format::Metadata => partial(object),
            Format::Table(includes) => {
                let metadata = json!({"resourceVersion": object["metadata"]["resourceVersion"]});
                table(kind, std::slice::from_ref(object), &metadata, includes)
            }
        }
    }
    /// A page of objects.
    pub(super) fn many(&self, kind: &Kind, page: &Page) -> Json {
        match self {
            Format::Whole => list_object(kind, page),
            Format::Metadata => json!({
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": list_metadata(page),
                "items": page.items.iter().map(|object| partial(object)).collect::<Vec<_>>(),
            }),
            Format::Table(includes) => {
                let objects: Vec<Json> = page.items.iter().map(|object| present(kind, object)).collect();
                table(kind, &objects, &list_metadata(page), includes)
            }
        }
    }
}
