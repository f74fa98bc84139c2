//! `lookup` for the command line: Helm's log lines as well as its errors.

use serde_json::Value as Json;
use tokio::runtime::Handle;

use super::connect::go_text;
use crate::cli::template::complain;
use crate::golang::strconv::quote;
use crate::helm::engines::Engine;
use crate::helm::render::Lookup;
use crate::k8s::{Cluster, LookupError, Question};

/// A cluster that templates ask.
pub(super) struct ToldLookup {
    pub(super) cluster: Cluster,
    pub(super) runtime: Handle,
    pub(super) engine: &'static Engine,
}

impl Lookup for ToldLookup {
    fn lookup(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<Json, String> {
        let question = Question {
            api_version,
            kind,
            namespace,
            name,
        };
        // The render has a thread of its own, which is no worker of the runtime: blocking on it is allowed there.
        let answer = self.runtime.block_on(self.cluster.look_up(&question));
        answer.map_err(|error| match error {
            LookupError::Kind {
                kind,
                group_version,
                source,
            } => {
                let root = if group_version == "v1" { "/api" } else { "/apis" };
                let why = go_text(&source, &format!("{root}/{group_version}?timeout=32s"));
                complain(&logged(&kind, &group_version, &why, self.engine));
                format!("unable to get apiresource from unstructured: {kind}: {why}")
            }
            LookupError::Request(error) => go_text(&error, ""),
        })
    }
}

/// Source: helm `pkg/engine/lookup_func.go`, v3.17 and v4.3.
fn logged(kind: &str, group_version: &str, why: &str, engine: &Engine) -> String {
    if !engine.is_v4 {
        return format!(
            "lookup_func.go:130: [ERROR] unable to retrieve resource list for: {group_version} , error: {why}\n\
             lookup_func.go:104: [ERROR] unable to get apiresource from unstructured: {kind} , error {why}\n"
        );
    }
    let why = quote(why.as_bytes());
    let group_version = match group_version {
        "" => "\"\"",
        plain => plain,
    };
    format!(
        "level=ERROR msg=\"unable to retrieve resource list\" GroupVersion={group_version} error={why}\n\
         level=ERROR msg=\"unable to get apiresource\" groupVersionKind={} error={why}\n",
        quote(kind.as_bytes())
    )
}
