//! A request, read: what the dispatcher decides by.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri, header};
use serde_json::Value as Json;

use super::failure::Failure;
use super::protobuf;
use super::write::{Deletion, Patch};

/// A request with its body.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    query: Vec<(String, String)>,
    pub(super) accept: String,
    content_type: String,
    user_agent: String,
    body: Bytes,
}

impl Call {
    pub(super) fn new(method: Method, uri: &Uri, headers: &HeaderMap, body: Bytes) -> Call {
        let text = |name| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri);
        let content_type = text(header::CONTENT_TYPE);
        Call {
            method,
            path: uri.path().to_owned(),
            query: query.map(|query| query.0).unwrap_or_default(),
            accept: text(header::ACCEPT),
            content_type: content_type
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned(),
            user_agent: text(header::USER_AGENT),
            body,
        }
    }
    /// A parameter of the query; empty where it is not there.
    pub(super) fn query(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }
    pub(super) fn is(&self, name: &str) -> bool {
        matches!(self.query(name), "true" | "1")
    }
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.query(name).parse().ok()
    }
    pub(super) fn is_dry_run(&self) -> bool {
        !self.query("dryRun").is_empty()
    }
    /// `fieldManager`, else the program's name.
    pub(super) fn manager(&self) -> &str {
        match self.query("fieldManager") {
            "" => match self.user_agent.split('/').next() {
                None | Some("") => "unknown",
                Some(program) => program,
            },
            named => named,
        }
    }
    /// The body as an object: JSON, or YAML where the type says so.
    pub(super) fn object(&self) -> Result<Json, Failure> {
        match self.content_type.as_str() {
            "application/yaml" => self.yaml(),
            "" | "application/json" | "*/*" => self.json(),
            protobuf::MEDIA_TYPE => protobuf::decode(&self.body).map_err(Failure::bad_request),
            other => Err(Failure::unsupported_media_type(
                other,
                "application/json, application/yaml",
            )),
        }
    }
    fn json(&self) -> Result<Json, Failure> {
        let refused = |error| Failure::bad_request(format!("the body of the request is not JSON: {error}"));
        serde_json::from_slice(&self.body).map_err(refused)
    }
    fn yaml(&self) -> Result<Json, Failure> {
        let refused = |error| Failure::bad_request(format!("the body of the request is not YAML: {error}"));
        serde_yaml::from_slice(&self.body).map_err(refused)
    }
    /// The body as a patch of the type that its header names.
    pub(super) fn patch(&self) -> Result<Patch, Failure> {
        match self.content_type.as_str() {
            "application/json-patch+json" => {
                let refused = |error| Failure::bad_request(format!("error decoding patch: {error}"));
                serde_json::from_slice(&self.body)
                    .map(Patch::Json)
                    .map_err(refused)
            }
            "application/merge-patch+json" => self.json().map(Patch::Merge),
            "application/strategic-merge-patch+json" => self.json().map(Patch::Strategic),
            "application/apply-patch+yaml" if self.query("fieldManager").is_empty() => {
                Err(Failure::bad_request(
                    "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch",
                ))
            }
            "application/apply-patch+yaml" => self.yaml().map(Patch::Apply),
            other => {
                let supported = "application/json-patch+json, application/merge-patch+json, \
                                 application/strategic-merge-patch+json, application/apply-patch+yaml";
                Err(Failure::unsupported_media_type(other, supported))
            }
        }
    }
    /// `DeleteOptions`, from the body or the query. (deletion, dry run?)
    pub(super) fn deletion(&self) -> Result<(Deletion, bool), Failure> {
        let body = if self.body.is_empty() {
            Json::Null
        } else {
            self.object()?
        };
        let text = |pointer: &str| super::object::text(&body, pointer).to_owned();
        let either = |pointer: &str, query: &str| match text(pointer) {
            found if found.is_empty() => self.query(query).to_owned(),
            found => found,
        };
        let is_orphan = body["orphanDependents"] == true || self.is("orphanDependents");
        let propagation = if is_orphan {
            "Orphan".to_owned()
        } else {
            either("/propagationPolicy", "propagationPolicy")
        };
        let some = |text: String| (!text.is_empty()).then_some(text);
        let deletion = Deletion {
            uid: some(text("/preconditions/uid")),
            resource_version: some(text("/preconditions/resourceVersion")),
            propagation,
        };
        let is_dry_run = self.is_dry_run() || !super::object::list(&body, "/dryRun").is_empty();
        Ok((deletion, is_dry_run))
    }
}
