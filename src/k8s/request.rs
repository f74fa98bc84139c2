//! How to write and delete: options, patches, and their place in a request.

use serde_json::{Value as Json, json};

use super::FIELD_MANAGER;

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

pub(super) fn write_query(options: &WriteOptions) -> String {
    let manager = options.field_manager.as_deref().filter(|name| !name.is_empty());
    let mut query = format!("fieldManager={}", escape(manager.unwrap_or(FIELD_MANAGER)));
    if let Some(validation) = options.field_validation {
        query = format!("{query}&fieldValidation={validation}");
    }
    if options.dry_run {
        query += "&dryRun=All";
    }
    query
}

pub(super) fn delete_body(options: &DeleteOptions) -> Json {
    let policy = match options.propagation {
        Propagation::Background => "Background",
        Propagation::Foreground => "Foreground",
        Propagation::Orphan => "Orphan",
    };
    let mut body = json!({"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": policy});
    if let Some(uid) = &options.uid {
        body["preconditions"] = json!({"uid": uid});
    }
    if options.dry_run {
        body["dryRun"] = json!(["All"]);
    }
    body
}

/// Percent-encodes all but RFC 3986's unreserved characters.
pub(super) fn escape(text: &str) -> String {
    use std::fmt::Write;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_escaped() {
        assert_eq!(
            escape("owner=helm,name in (a,b)"),
            "owner%3Dhelm%2Cname%20in%20%28a%2Cb%29"
        );
    }

    #[test]
    fn writes_name_their_manager() {
        assert_eq!(
            write_query(&WriteOptions::default()),
            "fieldManager=deploy-manager"
        );
        let options = WriteOptions {
            dry_run: true,
            field_manager: Some("helm".into()),
            field_validation: Some("Strict"),
        };
        assert_eq!(
            write_query(&options),
            "fieldManager=helm&fieldValidation=Strict&dryRun=All"
        );
    }

    #[test]
    fn deletions_carry_their_guard() {
        let options = DeleteOptions {
            uid: Some("u1".into()),
            ..DeleteOptions::default()
        };
        let expected = json!({"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background",
            "preconditions": {"uid": "u1"}});
        assert_eq!(delete_body(&options), expected);
    }
}
