//! Creating, changing and deleting objects: the rules of the API server around the store.

mod change;
mod commit;
mod create;
mod delete;

use serde_json::Value as Json;

pub(super) use change::{patch, update};
pub(super) use create::create;
pub(super) use delete::delete;

use super::failure::{Cause, Failure};
use super::kinds::Kind;
use super::object::{namespace, text};
use super::state::{Key, State};

/// What a write is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target<'a> {
    pub(super) kind: &'a Kind,
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) manager: &'a str,
    pub(super) dry_run: bool,
    /// Only `status` is written.
    pub(super) is_status: bool,
}

impl Target<'_> {
    fn key(&self) -> Key {
        State::key(self.kind, self.namespace, self.name)
    }
    fn not_found(&self) -> Failure {
        Failure::not_found(&self.kind.plural, &self.kind.group, self.name)
    }
    fn modified(&self) -> Failure {
        Failure::modified(&self.kind.plural, &self.kind.group, self.name)
    }
    fn check(&self, causes: &[Cause]) -> Result<(), Failure> {
        if causes.is_empty() {
            return Ok(());
        }
        Err(Failure::invalid(
            &self.kind.kind,
            &self.kind.group,
            self.name,
            causes,
        ))
    }
}

/// What a patch is made of.
#[derive(Clone, Debug)]
pub(super) enum Patch {
    Json(json_patch::Patch),
    Merge(Json),
    Strategic(Json),
    Apply(Json),
}

/// How to delete.
#[derive(Clone, Debug, Default)]
pub(super) struct Deletion {
    pub(super) uid: Option<String>,
    pub(super) resource_version: Option<String>,
    pub(super) propagation: String,
}

fn check_body(target: Target<'_>, object: &Json) -> Result<(), Failure> {
    if !object.is_object() {
        return Err(Failure::bad_request("the body of the request is not an object"));
    }
    let (version, kind) = (text(object, "/apiVersion"), text(object, "/kind"));
    let expected = target.kind.api_version();
    if (!version.is_empty() && version != expected) || (!kind.is_empty() && kind != target.kind.kind) {
        let message = format!(
            "{kind} in version {version:?} cannot be handled as a {}: the object provided is unrecognized (must be of type {}, version {expected})",
            target.kind.kind, target.kind.kind,
        );
        return Err(Failure::bad_request(message));
    }
    let found = namespace(object);
    if target.kind.is_namespaced && !found.is_empty() && found != target.namespace {
        let message = "the namespace of the provided object does not match the namespace sent on the request";
        return Err(Failure::bad_request(message));
    }
    Ok(())
}
