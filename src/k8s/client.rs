//! The client: one connection, requests by object reference.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use http::Method;
use serde_json::{Value as Json, json};

use super::clientcmd::CommandLine;
use super::connect::{Connection, Resolved, resolve, resolve_as_client};
use super::discovery::{Discovery, Resource};
use super::objects::{ObjectRef, resource_version, text};
use super::request::{DeleteOptions, Patch, WriteOptions, delete_body, escape, write_query};
use super::transport::{Call, Transport};
use super::{Error, Object};
use crate::base::names::Namespace;

/// Objects per page of a list. Source: client-go `tools/pager`, v1.33.
const PAGE_SIZE: usize = 500;
/// Longest log that is read, in bytes.
const LOG_LIMIT: usize = 1 << 20;

/// A connection to one API server. Cheap to clone. Every request is bounded in time; reads, guarded writes and
/// idempotent patches are repeated after transient errors, other writes only where the server did not carry them out.
#[derive(Clone)]
pub struct Cluster {
    inner: Arc<Inner>,
}

/// A server's version, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// `v1.33.1`
    pub git_version: String,
    /// `1`
    pub major: String,
    /// `33`, with some providers `33+`
    pub minor: String,
}

/// A kind that a server serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedKind {
    /// As the server calls it.
    pub kind: String,
    /// Its objects are in namespaces.
    pub is_namespaced: bool,
}

struct Inner {
    transport: Transport,
    namespace: Namespace,
    discovery: ArcSwapOption<Discovery>,
    /// Held while asking, so that many at once ask once.
    asking: tokio::sync::Mutex<()>,
}

impl Cluster {
    /// Connects; asks nothing of the server yet.
    ///
    /// # Errors
    /// [`Error::Config`] naming each way that was tried.
    pub async fn connect(connection: &Connection) -> Result<Cluster, Error> {
        Ok(Cluster::of(resolve(connection).await?, true))
    }
    /// Connects as kubectl and Helm do, and like them fails at once where the server cannot be reached. Asks nothing of
    /// the server yet.
    ///
    /// # Errors
    /// [`Error::Config`] in client-go's words.
    pub async fn connect_as_client(line: &CommandLine) -> Result<Cluster, Error> {
        Ok(Cluster::of(resolve_as_client(line).await?, false))
    }

    /// The same, repeating requests as [`Cluster::connect`] does.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub async fn connect_patiently(line: &CommandLine) -> Result<Cluster, Error> {
        Ok(Cluster::of(resolve_as_client(line).await?, true))
    }

    fn of(resolved: Resolved, is_patient: bool) -> Cluster {
        let inner = Inner {
            transport: Transport {
                client: resolved.client,
                server: resolved.server,
                is_patient,
            },
            namespace: resolved.namespace,
            discovery: ArcSwapOption::empty(),
            asking: tokio::sync::Mutex::new(()),
        };
        Cluster {
            inner: Arc::new(inner),
        }
    }
    pub(super) fn transport(&self) -> &Transport {
        &self.inner.transport
    }
    /// A kind of discovery, where it has been asked for already.
    pub(super) fn known_resource(&self, api_version: &str, kind: &str) -> Option<Resource> {
        let known = self.inner.discovery.load_full()?;
        known.find(api_version, kind).cloned()
    }
    /// The namespace of this connection.
    #[must_use]
    pub fn namespace(&self) -> &Namespace {
        &self.inner.namespace
    }
    /// The server's address, for people.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.inner.transport.server
    }
    /// `gitVersion` of `/version`, such as `v1.33.1`.
    ///
    /// # Errors
    /// The request's.
    pub async fn server_version(&self) -> Result<String, Error> {
        Ok(self.version().await?.git_version)
    }
    /// What the server says at `/version`.
    ///
    /// # Errors
    /// The request's.
    pub async fn version(&self) -> Result<Version, Error> {
        let answer = self.inner.transport.json(&Call::get("/version")).await?;
        Ok(Version {
            git_version: text(&answer, "/gitVersion").to_owned(),
            major: text(&answer, "/major").to_owned(),
            minor: text(&answer, "/minor").to_owned(),
        })
    }

    // === Discovery ===

    /// `group/version` and `group/version/Kind` of all that is served, as Helm's Capabilities list them. Kept until
    /// [`Cluster::forget_discovery`].
    ///
    /// # Errors
    /// The request's.
    pub async fn api_versions(&self) -> Result<Vec<String>, Error> {
        Ok(self.discovery().await?.names())
    }
    /// Asks discovery anew at the next need (a CRD was created).
    pub fn forget_discovery(&self) {
        self.inner.discovery.store(None);
    }
    /// Is this kind namespaced?
    ///
    /// # Errors
    /// [`Error::UnknownKind`], or the request's.
    pub async fn is_namespaced(&self, api_version: &str, kind: &str) -> Result<bool, Error> {
        Ok(self.resource(api_version, kind).await?.is_namespaced)
    }
    /// The apiVersion under which the server serves this kind of this group, the preferred one first; `None` where it
    /// does not.
    ///
    /// # Errors
    /// The request's.
    pub async fn served_version(&self, group: &str, kind: &str) -> Result<Option<String>, Error> {
        Ok(self.discovery().await?.served_version(group, kind))
    }

    /// The kind that a manifest means, which may have it in small letters; `None` where it is not served.
    ///
    /// # Errors
    /// The request's.
    pub async fn served_kind(&self, api_version: &str, kind: &str) -> Result<Option<ServedKind>, Error> {
        let discovery = self.discovery().await?;
        let found = discovery.find_loosely(api_version, kind);
        Ok(found.map(|(kind, resource)| ServedKind {
            kind: kind.to_owned(),
            is_namespaced: resource.is_namespaced,
        }))
    }

    /// Is anything of this apiVersion served?
    ///
    /// # Errors
    /// The request's.
    pub async fn serves_version(&self, api_version: &str) -> Result<bool, Error> {
        Ok(self.discovery().await?.has_version(api_version))
    }

    async fn discovery(&self) -> Result<Arc<Discovery>, Error> {
        if let Some(known) = self.inner.discovery.load_full() {
            return Ok(known);
        }
        let _guard = self.inner.asking.lock().await;
        if let Some(known) = self.inner.discovery.load_full() {
            return Ok(known);
        }
        let found = Arc::new(Discovery::fetch(&self.inner.transport).await?);
        self.inner.discovery.store(Some(Arc::clone(&found)));
        Ok(found)
    }

    /// A kind that is not known may be new: asks discovery once more before giving up.
    async fn resource(&self, api_version: &str, kind: &str) -> Result<Resource, Error> {
        let was_known = self.inner.discovery.load().is_some();
        if let Some(found) = self.discovery().await?.find(api_version, kind) {
            return Ok(found.clone());
        }
        if was_known {
            self.forget_discovery();
        }
        let discovery = self.discovery().await?;
        let found = discovery.find(api_version, kind).cloned();
        found.ok_or_else(|| Error::UnknownKind {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
        })
    }

    /// The path of an object, or of its collection for an empty name.
    async fn path(&self, target: &ObjectRef) -> Result<String, Error> {
        let resource = self.resource(&target.api_version, &target.kind).await?;
        let root = if target.group().is_empty() {
            "/api"
        } else {
            "/apis"
        };
        let mut path = format!("{root}/{}", target.api_version);
        if resource.is_namespaced {
            let own = self.inner.namespace.as_str();
            match target.namespace.as_deref().unwrap_or(own) {
                // All namespaces: of a kind as a whole.
                "" if target.name.is_empty() => {}
                namespace => path = format!("{path}/namespaces/{}", escape(namespace)),
            }
        }
        path = format!("{path}/{}", resource.plural);
        if !target.name.is_empty() {
            path = format!("{path}/{}", escape(&target.name));
        }
        Ok(path)
    }

    // === Reading ===

    /// One object; `None` where there is none.
    ///
    /// # Errors
    /// [`Error::UnknownKind`], or the request's.
    pub async fn get(&self, target: &ObjectRef) -> Result<Option<Object>, Error> {
        let path = self.path(target).await?;
        match self.inner.transport.json(&Call::get(path)).await {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
    /// All objects of a kind in the namespace that match a label selector (empty: all), in pages.
    ///
    /// # Errors
    /// [`Error::UnknownKind`], or the request's.
    pub async fn list(&self, kind: &ObjectRef, selector: &str) -> Result<Vec<Object>, Error> {
        let path = self.path(kind).await?;
        let selector = match selector {
            "" => String::new(),
            selector => format!("&labelSelector={}", escape(selector)),
        };
        match self
            .list_pages(kind, &format!("{path}?limit={PAGE_SIZE}{selector}"))
            .await
        {
            // The continue token outlived the server's memory: once more, in one piece.
            Err(Error::Api { code: 410, .. }) => {
                let whole = format!("{path}?{}", selector.trim_start_matches('&'));
                self.list_pages(kind, &whole).await
            }
            answer => answer,
        }
    }

    async fn list_pages(&self, kind: &ObjectRef, path: &str) -> Result<Vec<Object>, Error> {
        let mut found = Vec::new();
        let mut next = path.to_owned();
        loop {
            let mut page = self.inner.transport.json(&Call::get(next)).await?;
            let token = escape(text(&page, "/metadata/continue"));
            let items = page.get_mut("items").map(Json::take);
            let items = items.and_then(|items| match items {
                Json::Array(items) => Some(items),
                _ => None,
            });
            found.extend(
                items
                    .unwrap_or_default()
                    .into_iter()
                    .map(|item| with_type(item, kind)),
            );
            if token.is_empty() {
                return Ok(found);
            }
            next = format!("{path}&continue={token}");
        }
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
        let path = self.path(pod).await?;
        let container = container
            .map(|name| format!("&container={}", escape(name)))
            .unwrap_or_default();
        let query = format!("tailLines={tail_lines}&limitBytes={LOG_LIMIT}{container}");
        let call = Call {
            accept: "text/plain, */*",
            ..Call::get(format!("{path}/log?{query}"))
        };
        let bytes = self.inner.transport.bytes(&call).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    // === Writing ===

    /// Creates; gives what the server made of it.
    ///
    /// # Errors
    /// [`Error::is_already_exists`], or the request's.
    pub async fn create(&self, object: &Object, options: &WriteOptions) -> Result<Object, Error> {
        let collection = ObjectRef {
            name: String::new(),
            ..ObjectRef::of(object)
        };
        let path = format!("{}?{}", self.path(&collection).await?, write_query(options));
        let call = Call::with_body(Method::POST, path, "application/json", object);
        self.inner.transport.json(&call).await
    }
    /// Replaces; a `metadata.resourceVersion` in the object guards.
    ///
    /// # Errors
    /// [`Error::is_conflict`], or the request's.
    pub async fn replace(&self, object: &Object, options: &WriteOptions) -> Result<Object, Error> {
        let path = self.path(&ObjectRef::of(object)).await?;
        let path = format!("{path}?{}", write_query(options));
        let call = Call::with_body(Method::PUT, path, "application/json", object);
        let is_guarded = !resource_version(object).is_empty();
        let call = if is_guarded { call.repeatable() } else { call };
        self.inner.transport.json(&call).await
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
        let path = format!("{}?{}", self.path(target).await?, write_query(options));
        let call = match patch {
            // The only one that is not idempotent.
            Patch::Json(body) => Call::with_body(Method::PATCH, path, "application/json-patch+json", body),
            Patch::Merge(body) => {
                Call::with_body(Method::PATCH, path, "application/merge-patch+json", body).repeatable()
            }
            Patch::Strategic(body) => {
                let content_type = "application/strategic-merge-patch+json";
                Call::with_body(Method::PATCH, path, content_type, body).repeatable()
            }
            Patch::Apply { object, force } => {
                let path = format!("{path}&force={force}");
                Call::with_body(Method::PATCH, path, "application/apply-patch+yaml", object).repeatable()
            }
        };
        self.inner.transport.json(&call).await
    }
    /// Deletes; `false` where there was nothing.
    ///
    /// # Errors
    /// The request's.
    pub async fn delete(&self, target: &ObjectRef, options: &DeleteOptions) -> Result<bool, Error> {
        let path = self.path(target).await?;
        let call = Call::with_body(Method::DELETE, path, "application/json", &delete_body(options));
        match self.inner.transport.json(&call.repeatable()).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Servers leave the type out of a list's items.
fn with_type(mut item: Object, kind: &ObjectRef) -> Object {
    if let Some(fields) = item.as_object_mut() {
        fields
            .entry("apiVersion")
            .or_insert_with(|| json!(kind.api_version));
        fields.entry("kind").or_insert_with(|| json!(kind.kind));
    }
    item
}
