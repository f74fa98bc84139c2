//! What `lookup` of a Helm template finds. Source: helm `pkg/engine/lookup_func.go`, v3.17 and v4.3; client-go
//! `dynamic/simple.go` and apimachinery `pkg/apis/meta/v1/unstructured/helpers.go`, v0.32.

use serde_json::{Value as Json, json};

use super::client::Cluster;
use super::discovery::Resource;
use super::objects::text;
use super::request::escape;
use super::transport::Call;
use super::{Error, path_segment};

/// What a template asks: an object, or all of a kind for an empty name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question<'a> {
    /// `apps/v1`
    pub api_version: &'a str,
    /// `Deployment`
    pub kind: &'a str,
    /// Empty: all namespaces.
    pub namespace: &'a str,
    /// `metadata.name`
    pub name: &'a str,
}

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LookupError {
    /// The kind is not to be found.
    #[error("unable to get apiresource from unstructured: {kind}: {source}")]
    Kind {
        /// As client-go prints it: `apps/v1, Kind=Deployment`.
        kind: String,
        /// `apps/v1`; empty for what is no apiVersion.
        group_version: String,
        /// Why.
        source: Box<Error>,
    },
    /// The server refuses.
    #[error(transparent)]
    Request(#[from] Error),
}

impl Cluster {
    /// The object, a list object, or an empty map where there is none.
    ///
    /// # Errors
    /// See [`LookupError`]. Whatever is not found is no error, but an apiVersion that the server does not serve is.
    pub async fn look_up(&self, question: &Question<'_>) -> Result<Json, LookupError> {
        let (group, version) = split(question.api_version).unwrap_or_default();
        let kind = self.lookup_kind(group, version, question.kind).await;
        let kind = kind.map_err(|error| LookupError::Kind {
            kind: format!("{group}/{version}, Kind={}", question.kind),
            group_version: join(group, version),
            source: Box::new(error),
        })?;
        let path = path((group, version), kind.as_ref(), question)?;
        match self.transport().json(&Call::get(path)).await {
            Ok(object) if question.name.is_empty() => Ok(as_list(object)),
            Ok(object) => Ok(object),
            Err(error) if error.is_not_found() => Ok(json!({})),
            Err(error) => Err(error.into()),
        }
    }

    /// `None` where the server serves the version, but no such kind.
    async fn lookup_kind(&self, group: &str, version: &str, kind: &str) -> Result<Option<Resource>, Error> {
        let name = join(group, version);
        if let Some(known) = self.known_resource(&name, kind) {
            return Ok(Some(known));
        }
        if name.is_empty() {
            return Err(Error::Config("groupVersion shouldn't be empty".to_owned()));
        }
        let root = if name == "v1" { "/api" } else { "/apis" };
        let list = match self.transport().json(&Call::get(format!("{root}/{name}"))).await {
            Ok(list) => list,
            Err(error) if error.is_not_found() && name == "v1" => return Ok(None),
            Err(error) => return Err(error),
        };
        let resources = list
            .get("resources")
            .and_then(Json::as_array)
            .into_iter()
            .flatten();
        let mut fitting = resources
            .filter(|resource| text(resource, "/kind") == kind && !text(resource, "/name").contains('/'));
        Ok(fitting.next().map(Resource::of_legacy))
    }
}

/// Group and version; `None` for what is neither.
fn split(api_version: &str) -> Option<(&str, &str)> {
    match api_version.split_once('/') {
        None => Some(("", api_version)),
        Some((_, version)) if version.contains('/') => None,
        Some(parts) => Some(parts),
    }
}

fn join(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

/// Helm asks for a kind that it has not found as well: at the path of no resource.
fn path(
    (group, version): (&str, &str),
    kind: Option<&Resource>,
    question: &Question<'_>,
) -> Result<String, Error> {
    let mut path = match (kind, group) {
        (None, _) => "/api".to_owned(),
        (Some(_), "") => format!("/api/{version}"),
        (Some(_), group) => format!("/apis/{group}/{version}"),
    };
    for (what, part) in [
        ("namespace", question.namespace),
        ("resource name", question.name),
    ] {
        let is_used = what == "resource name" || kind.is_some_and(|kind| kind.is_namespaced);
        if let Some(problem) = path_segment::problem(part).filter(|_| is_used) {
            return Err(Error::Config(format!("invalid {what} {part:?}: [{problem}]")));
        }
    }
    if let Some(kind) = kind {
        if kind.is_namespaced && !question.namespace.is_empty() {
            path = format!("{path}/namespaces/{}", escape(question.namespace));
        }
        path = format!("{path}/{}", kind.plural);
    }
    if !question.name.is_empty() {
        path = format!("{path}/{}", escape(question.name));
    }
    Ok(path)
}

/// A list whose items say what they are; anything else becomes one without items.
fn as_list(mut list: Json) -> Json {
    let kind = text(&list, "/kind");
    let kind = kind.strip_suffix("List").unwrap_or(kind).to_owned();
    let api_version = text(&list, "/apiVersion").to_owned();
    let items = list.get_mut("items").map(Json::take);
    let Some(Json::Array(mut items)) = items else {
        list["items"] = json!([]);
        return list;
    };
    for item in &mut items {
        if item.is_object() && (text(item, "/kind").is_empty() || text(item, "/apiVersion").is_empty()) {
            item["kind"] = kind.as_str().into();
            item["apiVersion"] = api_version.as_str().into();
        }
    }
    list["items"] = items.into();
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_that_helm_asks() {
        let resource = |is_namespaced| Resource {
            plural: "things".to_owned(),
            is_namespaced,
        };
        let (inside, outside) = (resource(true), resource(false));
        for (group, kind, namespace, name, expected) in [
            ("", Some(&inside), "n", "a", Ok("/api/v1/namespaces/n/things/a")),
            ("", Some(&inside), "", "a", Ok("/api/v1/things/a")),
            ("g", Some(&inside), "", "", Ok("/apis/g/v1/things")),
            ("g", Some(&outside), "n", "a", Ok("/apis/g/v1/things/a")),
            ("g", None, "n", "a", Ok("/api/a")),
            ("g", None, "n", "", Ok("/api")),
            (
                "",
                Some(&inside),
                "n",
                "a/b",
                Err("invalid resource name \"a/b\": [may not contain '/']"),
            ),
            (
                "",
                Some(&inside),
                "..",
                "",
                Err("invalid namespace \"..\": [may not be '..']"),
            ),
        ] {
            let question = Question {
                api_version: "",
                kind: "",
                namespace,
                name,
            };
            let found = path((group, "v1"), kind, &question).map_err(|error| error.to_string());
            assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned));
        }
    }

    #[test]
    fn items_of_a_list_say_what_they_are() {
        let list = json!({"kind": "ThingList", "apiVersion": "g/v1", "metadata": {"resourceVersion": "3"}, "items": [{"spec": 1}]});
        let expected = json!({"kind": "ThingList", "apiVersion": "g/v1", "metadata": {"resourceVersion": "3"},
            "items": [{"spec": 1, "kind": "Thing", "apiVersion": "g/v1"}]});
        assert_eq!(as_list(list), expected);
        assert_eq!(
            as_list(json!({"kind": "APIVersions"})),
            json!({"kind": "APIVersions", "items": []})
        );
    }

    #[test]
    fn an_api_version_has_at_most_two_parts() {
        assert_eq!(split("v1"), Some(("", "v1")));
        assert_eq!(split("a/v1"), Some(("a", "v1")));
        assert_eq!(split("a/b/c"), None);
    }
}
