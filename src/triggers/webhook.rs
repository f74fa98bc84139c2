//! Push webhooks as GitHub sends them; Gitea and Forgejo send the same. Pure.
//! Source: GitHub documentation, "Validating webhook deliveries" and "Webhook events and payloads"; Gitea
//! `services/webhook/deliver.go`, v1.22.

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

use crate::base::secret::Secret;
pub use crate::source::git::Revision;

/// A payload larger than this is refused. GitHub caps its own at 25 MiB; a push needs far less.
pub const MAX_BODY_BYTES: usize = 2 << 20;

/// What a webhook says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The set-up test.
    Ping,
    /// A branch or tag was moved.
    Push(Push),
    /// Something else.
    Other(String),
}

/// A push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// `refs/heads/main`
    pub reference: String,
    /// The new commit; all zeros where the branch was deleted.
    pub after: String,
    /// The repository's default branch, where the payload names it.
    pub default_branch: Option<String>,
}

/// Is this body signed with our secret? `header` is `X-Hub-Signature-256`: `sha256=` and 64 hex digits. Takes the same
/// time wherever the signature differs.
#[must_use]
pub fn is_signed(secret: &Secret, body: &[u8], header: &str) -> bool {
    let Some(signature) = header.strip_prefix("sha256=") else {
        return false;
    };
    let Ok(signature) = data_encoding::HEXLOWER_PERMISSIVE.decode(signature.as_bytes()) else {
        return false;
    };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()) else {
        return false;
    };
    mac.update(body);
    mac.verify_slice(&signature).is_ok()
}

/// Reads a payload. `kind` is the header `X-GitHub-Event` (or Gitea's); without one, what has a `ref` is a push.
///
/// # Errors
/// The body is not the JSON of such an event.
pub fn parse(kind: Option<&str>, body: &[u8]) -> Result<Event, String> {
    match kind {
        Some("ping") => return Ok(Event::Ping),
        Some("push") | None => {}
        Some(other) => return Ok(Event::Other(other.to_owned())),
    }
    let payload: Payload = serde_json::from_slice(body).map_err(|error| {
        format!("not the JSON of a push event: {error}; set the content type `application/json`")
    })?;
    Ok(Event::Push(Push {
        reference: payload.reference,
        after: payload.after,
        default_branch: payload
            .repository
            .and_then(|repository| repository.default_branch),
    }))
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(default)]
    after: String,
    repository: Option<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    default_branch: Option<String>,
}

impl Push {
    /// Does it move what we follow?
    #[must_use]
    pub fn moves(&self, followed: &Revision) -> bool {
        match followed {
            Revision::Branch(branch) => self.reference.strip_prefix("refs/heads/") == Some(branch),
            Revision::Tag(tag) => self.reference.strip_prefix("refs/tags/") == Some(tag),
            Revision::Default => {
                let branch = self.reference.strip_prefix("refs/heads/");
                branch.is_some()
                    && (self.default_branch.is_none() || self.default_branch.as_deref() == branch)
            }
            Revision::Commit(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_checked_as_github_documents_them() {
        // The example of GitHub's documentation.
        let secret = Secret::new("It's a Secret to Everybody");
        let good = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        for (body, header, expected) in [
            ("Hello, World!", good, true),
            (
                "Hello, World!",
                &good.to_uppercase().replace("SHA256=", "sha256="),
                true,
            ),
            ("Hello, World", good, false),
            ("Hello, World!", &good[..good.len() - 2], false),
            ("Hello, World!", "sha256=", false),
            ("Hello, World!", "", false),
            ("Hello, World!", &good.replace("sha256=", "sha1="), false),
            ("Hello, World!", "sha256=zz", false),
        ] {
            assert_eq!(
                is_signed(&secret, body.as_bytes(), header),
                expected,
                "{body} {header}"
            );
        }
        assert!(!is_signed(&Secret::new("other"), b"Hello, World!", good));
    }

    #[test]
    fn events_are_read() {
        let push = |reference: &str, default_branch: Option<&str>| {
            Event::Push(Push {
                reference: reference.to_owned(),
                after: "abc".to_owned(),
                default_branch: default_branch.map(str::to_owned),
            })
        };
        for (kind, body, expected) in [
            (Some("ping"), "{}", Ok(Event::Ping)),
            (Some("issues"), "nonsense", Ok(Event::Other("issues".to_owned()))),
            (
                Some("push"),
                r#"{"ref":"refs/heads/main","after":"abc"}"#,
                Ok(push("refs/heads/main", None)),
            ),
            (
                None,
                r#"{"ref":"refs/tags/v1","after":"abc","repository":{"default_branch":"main","x":1}}"#,
                Ok(push("refs/tags/v1", Some("main"))),
            ),
            (Some("push"), "{}", Err(())),
            (Some("push"), "payload=%7B%7D", Err(())),
        ] {
            assert_eq!(
                parse(kind, body.as_bytes()).map_err(|_| ()),
                expected,
                "{kind:?} {body}"
            );
        }
    }

    #[test]
    fn only_pushes_to_what_is_followed_count() {
        let branch = |name: &str| Revision::Branch(name.to_owned());
        for (reference, followed, expected) in [
            ("refs/heads/main", branch("main"), true),
            ("refs/heads/other", branch("main"), false),
            ("refs/tags/main", branch("main"), false),
            ("refs/heads/a/b", branch("a/b"), true),
            ("refs/tags/v1", Revision::Tag("v1".to_owned()), true),
            ("refs/heads/trunk", Revision::Default, true),
            ("refs/heads/other", Revision::Default, false),
            ("refs/tags/trunk", Revision::Default, false),
            ("refs/heads/main", Revision::Commit("1".repeat(40)), false),
        ] {
            let push = Push {
                reference: reference.to_owned(),
                after: String::new(),
                default_branch: Some("trunk".to_owned()),
            };
            assert_eq!(push.moves(&followed), expected, "{reference} {followed:?}");
        }
    }
}
