//! Access and token reviews: everything is allowed, everybody is the same user.

use serde_json::{Value as Json, json};

use super::kinds::Kind;
use super::object::{set, set_default, text};

/// Answers a review.
pub(super) fn answer(kind: &Kind, mut review: Json) -> Json {
    set(&mut review, "/apiVersion", kind.api_version());
    set(&mut review, "/kind", kind.kind.clone());
    set_default(&mut review, "/metadata", json!({}));
    let user = json!({"username": "sandbox", "uid": "sandbox", "groups": ["system:masters", "system:authenticated"]});
    let status = match kind.kind.as_str() {
        "TokenReview" => {
            let is_known = !text(&review, "/spec/token").is_empty();
            json!({"authenticated": is_known, "user": if is_known { user } else { json!({}) }})
        }
        "SelfSubjectReview" => json!({"userInfo": user}),
        "SelfSubjectRulesReview" => json!({
            "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
            "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}], "incomplete": false,
        }),
        _ => json!({"allowed": true, "reason": "the sandbox allows everything"}),
    };
    set(&mut review, "/status", status);
    review
}

/// Answers a `TokenRequest`: the token opens nothing, since nothing is closed.
pub(super) fn token(mut request: Json) -> Json {
    set(&mut request, "/apiVersion", "authentication.k8s.io/v1");
    set(&mut request, "/kind", "TokenRequest");
    set(&mut request, "/status/token", "sandbox");
    set(
        &mut request,
        "/status/expirationTimestamp",
        "2099-01-01T00:00:00Z",
    );
    request
}
