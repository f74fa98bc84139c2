//! Names of objects, and reading the parts that every object has.

use std::fmt;

use serde_json::Value as Json;

use super::Object;

/// Names one object (or, with an empty name, a kind in a namespace).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// `apps/v1`
    pub api_version: String,
    /// `Deployment`
    pub kind: String,
    /// `None`: the connection's namespace for namespaced kinds; ignored for cluster-scoped ones.
    pub namespace: Option<String>,
    /// `metadata.name`
    pub name: String,
}

impl ObjectRef {
    /// An object of a kind, in the connection's namespace if the kind has one.
    pub fn new(api_version: impl Into<String>, kind: impl Into<String>, name: impl Into<String>) -> Self {
        ObjectRef {
            api_version: api_version.into(),
            kind: kind.into(),
            namespace: None,
            name: name.into(),
        }
    }
    /// The same in this namespace.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }
    /// What an object says of itself; absent parts are empty.
    #[must_use]
    pub fn of(object: &Object) -> Self {
        let namespace = text(object, "/metadata/namespace");
        ObjectRef {
            api_version: text(object, "/apiVersion").to_owned(),
            kind: text(object, "/kind").to_owned(),
            namespace: (!namespace.is_empty()).then(|| namespace.to_owned()),
            name: text(object, "/metadata/name").to_owned(),
        }
    }
    /// An object that is only its name.
    #[must_use]
    pub fn stub(&self) -> Object {
        let mut metadata = serde_json::json!({"name": self.name});
        if let Some(namespace) = &self.namespace {
            metadata["namespace"] = Json::from(namespace.as_str());
        }
        serde_json::json!({"apiVersion": self.api_version, "kind": self.kind, "metadata": metadata})
    }
    /// The API group; empty for the core one.
    #[must_use]
    pub fn group(&self) -> &str {
        group_of(&self.api_version)
    }
}

impl fmt::Display for ObjectRef {
    /// `Deployment default/web`, or `Deployment web` without a namespace.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}

/// The group of an apiVersion: `apps/v1` → `apps`, `v1` → empty.
#[must_use]
pub fn group_of(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// The text at a JSON pointer; empty where there is none.
#[must_use]
pub fn text<'a>(object: &'a Object, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

/// The integer at a JSON pointer.
#[must_use]
pub fn number(object: &Object, pointer: &str) -> Option<i64> {
    object.pointer(pointer).and_then(Json::as_i64)
}

/// `metadata.uid`; empty before creation.
#[must_use]
pub fn uid(object: &Object) -> &str {
    text(object, "/metadata/uid")
}

/// `metadata.resourceVersion`; empty before creation.
#[must_use]
pub fn resource_version(object: &Object) -> &str {
    text(object, "/metadata/resourceVersion")
}

/// A label's value.
#[must_use]
pub fn label<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get("metadata")?.get("labels")?.get(key)?.as_str()
}

/// An annotation's value.
#[must_use]
pub fn annotation<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get("metadata")?.get("annotations")?.get(key)?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_names_itself() {
        let object = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "prod"}});
        let target = ObjectRef::of(&object);
        assert_eq!(target.to_string(), "Deployment prod/web");
        assert_eq!(target.group(), "apps");
        assert_eq!(target.stub(), object);
        assert_eq!(
            ObjectRef::of(&json!({"kind": "Node", "metadata": {"name": "n"}})).to_string(),
            "Node n"
        );
    }
}
