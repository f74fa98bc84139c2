//! The client: one connection, requests by object reference.

use std::path::PathBuf;

use serde_json::Value as Json;

use super::{Error, Object};
use crate::base::names::Namespace;

/// Where the API server is: the first of these that is there, else in-cluster settings, else the default kubeconfig.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// A kubeconfig file.
    pub kubeconfig: Option<PathBuf>,
    /// A context in it.
    pub context: Option<String>,
    /// Instead of the context's or pod's namespace.
    pub namespace: Option<Namespace>,
}

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

/// How to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// `dryRun=All`.
    pub dry_run: bool,
    /// `fieldManager`; empty: `deploy-manager`.
    pub field_manager: Option<String>,
    /// `fieldValidation`: `Strict`, `Warn`, `Ignore`.
    pub field_validation: Option<&'static str>,
}

/// What a deletion does with dependents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    /// The default of Helm 3.
    #[default]
    Background,
    /// Waits for dependents.
    Foreground,
    /// Leaves dependents alone.
    Orphan,
}

/// How to delete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// Dependents.
    pub propagation: Propagation,
    /// Only the object with this uid.
    pub uid: Option<String>,
    /// `dryRun=All`.
    pub dry_run: bool,
}

/// A patch and its content type.
#[derive(Clone, Debug, PartialEq)]
pub enum Patch {
    /// `application/merge-patch+json`
    Merge(Json),
    /// `application/strategic-merge-patch+json`
    Strategic(Json),
    /// `application/json-patch+json`
    Json(Json),
    /// `application/apply-patch+yaml`
    Apply {
        /// The whole intent.
        object: Json,
        /// Take fields over from other managers.
        force: bool,
    },
}

/// A connection to one API server. Cheap to clone.
#[derive(Clone)]
pub struct Cluster {}

impl Cluster {
    /// Connects; asks nothing of the server yet.
    ///
    /// # Errors
    /// [`Error::Config`] naming each way that was tried.
    pub async fn connect(connection: &Connection) -> Result<Cluster, Error> {
        todo!("{connection:?}")
    }
    /// The namespace of this connection.
    #[must_use]
    pub fn namespace(&self) -> &Namespace {
        todo!()
    }
    /// The server's address, for people.
    #[must_use]
    pub fn server(&self) -> &str {
        todo!()
    }
    /// `gitVersion` of `/version`, such as `v1.33.1`.
    ///
    /// # Errors
    /// The request's.
    pub async fn server_version(&self) -> Result<String, Error> {
        todo!()
    }
    /// `group/version` and `group/version/Kind` of all that is served, as Helm's Capabilities list them. Kept until
    /// [`Cluster::forget_discovery`].
    ///
    /// # Errors
    /// The request's.
    pub async fn api_versions(&self) -> Result<Vec<String>, Error> {
        todo!()
    }
    /// Asks discovery anew at the next need (a CRD was created).
    pub fn forget_discovery(&self) {
        todo!()
    }
    /// Is this kind namespaced?
    ///
    /// # Errors
    /// [`Error::UnknownKind`], or the request's.
    pub async fn is_namespaced(&self, api_version: &str, kind: &str) -> Result<bool, Error> {
        todo!("{api_version} {kind}")
    }
    /// One object; `None` where there is none.
    ///
    /// # Errors
    /// [`Error::UnknownKind`], or the request's.
    pub async fn get(&self, target: &ObjectRef) -> Result<Option<Object>, Error> {
        todo!("{target:?}")
    }
    /// All objects of a kind in the namespace that match a label selector (empty: all), in pages.
    ///
    /// # Errors
    /// [`Error::UnknownKind`], or the request's.
    pub async fn list(&self, kind: &ObjectRef, selector: &str) -> Result<Vec<Object>, Error> {
        todo!("{kind:?} {selector}")
    }
    /// Creates; gives what the server made of it.
    ///
    /// # Errors
    /// [`Error::is_already_exists`], or the request's.
    pub async fn create(&self, object: &Object, options: &WriteOptions) -> Result<Object, Error> {
        todo!("{object} {options:?}")
    }
    /// Replaces; a `metadata.resourceVersion` in the object guards.
    ///
    /// # Errors
    /// [`Error::is_conflict`], or the request's.
    pub async fn replace(&self, object: &Object, options: &WriteOptions) -> Result<Object, Error> {
        todo!("{object} {options:?}")
    }
    /// Patches.
    ///
    /// # Errors
    /// The request's.
    pub async fn patch(
        &self,
        target: &ObjectRef,
        patch: &Patch,
        options: &WriteOptions,
    ) -> Result<Object, Error> {
        todo!("{target:?} {patch:?} {options:?}")
    }
    /// Deletes; `false` where there was nothing.
    ///
    /// # Errors
    /// The request's.
    pub async fn delete(&self, target: &ObjectRef, options: &DeleteOptions) -> Result<bool, Error> {
        todo!("{target:?} {options:?}")
    }
    /// The log of a pod's container (`None`: its only one), at most the last `tail_lines`.
    ///
    /// # Errors
    /// The request's.
    pub async fn pod_log(
        &self,
        pod: &ObjectRef,
        container: Option<&str>,
        tail_lines: u32,
    ) -> Result<String, Error> {
        todo!("{pod:?} {container:?} {tail_lines}")
    }
}
