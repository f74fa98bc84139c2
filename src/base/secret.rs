//! Text that must not be seen.

use std::fmt;

/// A secret: prints as `***`, compares in constant time where it matters (see `subtle` at the use).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }
    /// The text itself: name the reason at the call.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// An address without the password and query that it may carry: for logs and errors.
///
/// ```
/// use deploy_manager::base::secret::redact_url;
/// assert_eq!(redact_url("https://user:pw@host/x?token=1"), "https://user:***@host/x?***");
/// ```
#[must_use]
pub fn redact_url(url: &str) -> String {
    let (head, query) = url.split_once('?').map_or((url, ""), |(head, _)| (head, "?***"));
    let Some((scheme, rest)) = head.split_once("://") else {
        return format!("{head}{query}");
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => format!("{user}@{host}"),
        },
        None => authority.to_owned(),
    };
    format!("{scheme}://{authority}{path}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints() {
        let secret = Secret::new("canary");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
    }

    #[test]
    fn urls_lose_their_passwords() {
        for (url, expected) in [
            ("https://host/a", "https://host/a"),
            ("ssh://git@host/a", "ssh://git@host/a"),
            ("https://u:p@ss@host/a", "https://u:***@host/a"),
            ("git@host:a/b", "git@host:a/b"),
        ] {
            assert_eq!(redact_url(url), expected);
        }
    }
}
