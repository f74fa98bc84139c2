//! Which resource a path means. Source: apiserver `pkg/endpoints/request/requestinfo.go`, v0.33.

/// A path of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// `/`
    Root,
    /// `/version`
    Version,
    /// `/healthz`, `/livez`, `/readyz`, and what is below them.
    Health,
    /// `/api`
    CoreVersions,
    /// `/apis`
    Groups,
    /// `/apis/<group>`
    Group(String),
    /// `/api/v1`, `/apis/<group>/<version>`
    Resources(String, String),
    /// `/openapi/v2`
    OpenApiV2,
    /// `/openapi/v3`
    OpenApiV3,
    /// `/openapi/v3/<path of a group version>`
    OpenApiV3Of(String, String),
    /// Objects.
    Objects(Place),
    /// Anything else.
    Unknown,
}

/// The objects that a path means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) namespace: Option<String>,
    pub(super) plural: String,
    pub(super) name: Option<String>,
    /// `status`, `scale`, `log` …
    pub(super) subresource: Option<String>,
}

/// Reads a path.
pub(super) fn route(path: &str) -> Route {
    let decoded: Vec<String> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(decode)
        .collect();
    let parts: Vec<&str> = decoded.iter().map(String::as_str).collect();
    match parts.as_slice() {
        [] => Route::Root,
        ["version"] => Route::Version,
        ["healthz" | "livez" | "readyz", ..] => Route::Health,
        ["api"] => Route::CoreVersions,
        ["apis"] => Route::Groups,
        ["apis", group] => Route::Group((*group).to_owned()),
        ["api", version] => Route::Resources(String::new(), (*version).to_owned()),
        ["apis", group, version] => Route::Resources((*group).to_owned(), (*version).to_owned()),
        ["openapi", "v2"] => Route::OpenApiV2,
        ["openapi", "v3"] => Route::OpenApiV3,
        ["openapi", "v3", "api", version] => Route::OpenApiV3Of(String::new(), (*version).to_owned()),
        ["openapi", "v3", "apis", group, version] => {
            Route::OpenApiV3Of((*group).to_owned(), (*version).to_owned())
        }
        ["api", version, rest @ ..] => objects("", version, rest),
        ["apis", group, version, rest @ ..] => objects(group, version, rest),
        _ => Route::Unknown,
    }
}

fn objects(group: &str, version: &str, rest: &[&str]) -> Route {
    let own = |text: &&str| (*text).to_owned();
    let (namespace, rest) = match rest {
        ["namespaces", _, "status" | "finalize"] => (None, rest),
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some((*namespace).to_owned()), rest),
        _ => (None, rest),
    };
    let [plural, rest @ ..] = rest else {
        return Route::Unknown;
    };
    if rest.len() > 2 && rest[1] != "proxy" {
        return Route::Unknown;
    }
    Route::Objects(Place {
        group: group.to_owned(),
        version: version.to_owned(),
        namespace,
        plural: own(plural),
        name: rest.first().map(own),
        subresource: rest.get(1).map(own),
    })
}

fn decode(part: &str) -> String {
    let bytes = part.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(byte) = bytes.get(index) {
        let escaped = bytes.get(index + 1..index + 3).filter(|_| *byte == b'%');
        let value = escaped.and_then(|digits| std::str::from_utf8(digits).ok());
        match value.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(value) => {
                decoded.push(value);
                index += 3;
            }
            None => {
                decoded.push(*byte);
                index += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_mean_resources() {
        let place =
            |group: &str, namespace: Option<&str>, plural: &str, name: Option<&str>, sub: Option<&str>| {
                Route::Objects(Place {
                    group: group.to_owned(),
                    version: "v1".to_owned(),
                    namespace: namespace.map(str::to_owned),
                    plural: plural.to_owned(),
                    name: name.map(str::to_owned),
                    subresource: sub.map(str::to_owned),
                })
            };
        for (path, expected) in [
            ("/", Route::Root),
            ("/readyz/ping", Route::Health),
            ("/apis/apps", Route::Group("apps".to_owned())),
            ("/api/v1", Route::Resources(String::new(), "v1".to_owned())),
            ("/api/v1/namespaces", place("", None, "namespaces", None, None)),
            (
                "/api/v1/namespaces/a",
                place("", None, "namespaces", Some("a"), None),
            ),
            (
                "/api/v1/namespaces/a/status",
                place("", None, "namespaces", Some("a"), Some("status")),
            ),
            (
                "/api/v1/namespaces/a/pods",
                place("", Some("a"), "pods", None, None),
            ),
            (
                "/api/v1/namespaces/a/pods/p/log",
                place("", Some("a"), "pods", Some("p"), Some("log")),
            ),
            (
                "/apis/apps/v1/deployments",
                place("apps", None, "deployments", None, None),
            ),
            (
                "/apis/rbac/v1/clusterroles/system%3Anode",
                place("rbac", None, "clusterroles", Some("system:node"), None),
            ),
            ("/metrics", Route::Unknown),
        ] {
            assert_eq!(route(path), expected, "{path}");
        }
    }
}
