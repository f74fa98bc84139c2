//! Requests that fail, as the `Status` objects of the API. Wording: apimachinery `pkg/api/errors/errors.go`, v0.33.

use serde_json::{Value as Json, json};

/// A `Status` with `status: Failure`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Failure {
    pub(super) code: u16,
    pub(super) reason: &'static str,
    pub(super) message: String,
    pub(super) details: Json,
}

/// One problem of an invalid object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) reason: &'static str,
    pub(super) field: String,
    pub(super) message: String,
}

impl Cause {
    pub(super) fn required(field: &str, detail: &str) -> Cause {
        let detail = if detail.is_empty() {
            String::new()
        } else {
            format!(": {detail}")
        };
        Cause {
            reason: "FieldValueRequired",
            field: field.to_owned(),
            message: format!("Required value{detail}"),
        }
    }
    pub(super) fn invalid(field: &str, value: &Json, detail: &str) -> Cause {
        Cause {
            reason: "FieldValueInvalid",
            field: field.to_owned(),
            message: format!("Invalid value: {value}: {detail}"),
        }
    }
    /// A value that may hold secrets or is long: not shown.
    pub(super) fn immutable(field: &str) -> Cause {
        Cause {
            reason: "FieldValueInvalid",
            field: field.to_owned(),
            message: "Invalid value: field is immutable".to_owned(),
        }
    }
    pub(super) fn forbidden(field: &str, detail: &str) -> Cause {
        Cause {
            reason: "FieldValueForbidden",
            field: field.to_owned(),
            message: format!("Forbidden: {detail}"),
        }
    }
}

/// `deployments.apps`, or `pods` for the core group.
pub(super) fn qualified(resource: &str, group: &str) -> String {
    if group.is_empty() {
        resource.to_owned()
    } else {
        format!("{resource}.{group}")
    }
}

impl Failure {
    pub(super) fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Failure {
        Failure {
            code,
            reason,
            message: message.into(),
            details: json!({}),
        }
    }
    pub(super) fn not_found(resource: &str, group: &str, name: &str) -> Failure {
        let message = format!("{} {name:?} not found", qualified(resource, group));
        Failure::about((404, "NotFound"), message, resource, group, name)
    }
    pub(super) fn already_exists(resource: &str, group: &str, name: &str) -> Failure {
        let message = format!("{} {name:?} already exists", qualified(resource, group));
        Failure::about((409, "AlreadyExists"), message, resource, group, name)
    }
    pub(super) fn conflict(resource: &str, group: &str, name: &str, why: &str) -> Failure {
        let resource_name = qualified(resource, group);
        let message = format!("Operation cannot be fulfilled on {resource_name} {name:?}: {why}");
        Failure::about((409, "Conflict"), message, resource, group, name)
    }
    pub(super) fn modified(resource: &str, group: &str, name: &str) -> Failure {
        let why =
            "the object has been modified; please apply your changes to the latest version and try again";
        Failure::conflict(resource, group, name, why)
    }
    pub(super) fn invalid(kind: &str, group: &str, name: &str, causes: &[Cause]) -> Failure {
        let texts: Vec<String> = causes
            .iter()
            .map(|cause| format!("{}: {}", cause.field, cause.message))
            .collect();
        let text = match texts.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        let message = format!("{} {name:?} is invalid: {text}", qualified(kind, group));
        let mut failure = Failure::about((422, "Invalid"), message, kind, group, name);
        let causes = causes
            .iter()
            .map(|cause| json!({"reason": cause.reason, "message": cause.message, "field": cause.field}));
        failure.details["causes"] = causes.collect();
        failure
    }
    pub(super) fn bad_request(message: impl Into<String>) -> Failure {
        Failure::new(400, "BadRequest", message)
    }
    pub(super) fn forbidden(resource: &str, group: &str, name: &str, why: &str) -> Failure {
        let message = format!("{} {name:?} is forbidden: {why}", qualified(resource, group));
        Failure::about((403, "Forbidden"), message, resource, group, name)
    }
    pub(super) fn no_such_path() -> Failure {
        Failure::new(
            404,
            "NotFound",
            "the server could not find the requested resource",
        )
    }
    pub(super) fn not_allowed() -> Failure {
        let message = "the server does not allow this method on the requested resource";
        Failure::new(405, "MethodNotAllowed", message)
    }
    pub(super) fn unsupported_media_type(found: &str, supported: &str) -> Failure {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: {supported} (found {found})"
        );
        Failure::new(415, "UnsupportedMediaType", message)
    }
    pub(super) fn expired(wanted: u64, oldest: u64) -> Failure {
        Failure::new(
            410,
            "Expired",
            format!("too old resource version: {wanted} ({oldest})"),
        )
    }
    fn about(
        (code, reason): (u16, &'static str),
        message: String,
        kind: &str,
        group: &str,
        name: &str,
    ) -> Failure {
        let mut details = json!({"name": name, "kind": kind});
        if !group.is_empty() {
            details["group"] = group.into();
        }
        Failure {
            code,
            reason,
            message,
            details,
        }
    }
    /// The `Status` object.
    pub(super) fn status(&self) -> Json {
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "details": self.details, "code": self.code,
        })
    }
}

/// What a deletion answers.
pub(super) fn success(resource: &str, group: &str, name: &str, uid: &str) -> Json {
    let mut details = json!({"name": name, "kind": resource, "uid": uid});
    if !group.is_empty() {
        details["group"] = group.into();
    }
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})
}
