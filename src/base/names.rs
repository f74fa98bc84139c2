//! Names that were checked once, at the edge; inside, the type is the proof.

use std::fmt;
use std::str::FromStr;

/// A name that is not allowed, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid {what} `{found}`: {rule}")]
pub struct InvalidName {
    what: &'static str,
    found: String,
    rule: &'static str,
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:expr, $dots:expr, $rule:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = InvalidName;
            fn from_str(text: &str) -> Result<Self, InvalidName> {
                if text.len() <= $max && is_dns_name(text, $dots) {
                    return Ok($name(text.to_owned()));
                }
                Err(InvalidName { what: $what, found: text.to_owned(), rule: $rule })
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(source)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

name_type!(
    /// A Kubernetes namespace: a DNS-1123 label, at most 63 bytes.
    Namespace,
    "namespace",
    63,
    false,
    "use lower-case letters, digits and `-`, at most 63, starting and ending with a letter or digit"
);
name_type!(
    /// A Helm release name: at most 53 bytes. Source: helm `pkg/chart/v2/util/validate_name.go`, v3.17.
    ReleaseName,
    "release name",
    53,
    true,
    "use lower-case letters, digits, `-` and `.`, at most 53, starting and ending with a letter or digit"
);
name_type!(
    /// The name of a component of a cluster: a DNS-1123 label, at most 53 bytes, since it is the default release name.
    ComponentName,
    "component name",
    53,
    false,
    "use lower-case letters, digits and `-`, at most 53, starting and ending with a letter or digit"
);
name_type!(
    /// The name of an init or pre-processing hook: a DNS-1123 label.
    HookName,
    "hook name",
    53,
    false,
    "use lower-case letters, digits and `-`, at most 53, starting and ending with a letter or digit"
);

/// `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`, with `dots` also several of these joined by dots.
fn is_dns_name(text: &str, dots: bool) -> bool {
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        let is_inner = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
        !bytes.is_empty() && bytes.iter().all(is_inner) && bytes[0] != b'-' && bytes[bytes.len() - 1] != b'-'
    };
    if dots {
        text.split('.').all(is_label)
    } else {
        is_label(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn release_names_follow_helm() {
        for good in ["a", "a-b", "a.b-c.d", "0", &"x".repeat(53)] {
            assert!(good.parse::<ReleaseName>().is_ok(), "{good}");
        }
        for bad in ["", "A", "-a", "a-", "a..b", ".a", "a_b", &"x".repeat(54)] {
            assert!(bad.parse::<ReleaseName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn labels_have_no_dots() {
        assert!("a.b".parse::<Namespace>().is_err());
        assert!("a-b".parse::<ComponentName>().is_ok());
    }
}
