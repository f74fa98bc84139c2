//! Versions as Masterminds' semver library reads and compares them: coerced (`1.2` is `1.2.0`, a leading `v` is
//! dropped), with constraints of its own grammar. Source: Masterminds/semver v3.3.0 and v3.5.0, `version.go`.

mod constraint;

pub use constraint::Constraint;

use std::cmp::Ordering;
use std::fmt;
use std::sync::LazyLock;

use crate::base::pattern::Pattern;

/// Which generation of the library: they differ in texts and in how a pre-release meets `!=` and AND lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// Up to 3.3 (Helm 3.17 and 3.18).
    V3_3,
    /// From 3.5 (Helm 3.21, 4.2 and later).
    V3_5,
}

/// A version. Build metadata takes no part in comparisons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// The first number.
    pub major: u64,
    /// The second number; 0 where the text had none.
    pub minor: u64,
    /// The third number; 0 where the text had none.
    pub patch: u64,
    /// What follows `-`, without it.
    pub prerelease: String,
    /// What follows `+`, without it.
    pub metadata: String,
    /// The text as it was given.
    pub original: String,
}

/// The longest text that 3.5 takes, in bytes.
const MAX_LENGTH: usize = 256;

static LOOSE: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::constant(&format!("^{}$", version_pattern("0-9"))));

/// The pattern of a version whose numbers are made of the characters in `digits`; eight groups.
fn version_pattern(digits: &str) -> String {
    let identifiers = r"([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*)";
    format!(r"v?([{digits}]+)(\.[{digits}]+)?(\.[{digits}]+)?(-{identifiers})?(\+{identifiers})?")
}

impl Edition {
    /// Is this a pre-release? Identifiers that are empty are let through before 3.5.
    ///
    /// # Errors
    /// The library's text.
    pub fn check_prerelease(self, text: &str) -> Result<(), String> {
        for id in text.split('.') {
            let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
            if id.is_empty() && self == Edition::V3_5 || !is_number && !is_identifier(id) {
                return Err(self.text("invalid Prerelease string"));
            }
            if is_number && id.len() > 1 && id.starts_with('0') {
                return Err(self.text("version segment starts with 0"));
            }
        }
        Ok(())
    }
    /// Is this build metadata?
    ///
    /// # Errors
    /// The library's text.
    pub fn check_metadata(self, text: &str) -> Result<(), String> {
        let is_wrong = |id: &str| id.is_empty() && self == Edition::V3_5 || !is_identifier(id);
        match text.split('.').any(is_wrong) {
            true => Err(self.text("invalid Metadata string")),
            false => Ok(()),
        }
    }
    /// 3.3 starts its error texts with a capital letter.
    fn text(self, lower: &str) -> String {
        let mut letters = lower.chars();
        match (self, letters.next()) {
            (Edition::V3_3, Some(first)) => first.to_ascii_uppercase().to_string() + letters.as_str(),
            _ => lower.to_lowercase(),
        }
    }
}

impl Version {
    /// `semver.NewVersion`: reads and coerces.
    ///
    /// # Errors
    /// The library's text.
    pub fn parse(text: &str, edition: Edition) -> Result<Version, String> {
        if edition == Edition::V3_5 && text.len() > MAX_LENGTH {
            return Err(format!("version string is too long (max {MAX_LENGTH} bytes)"));
        }
        let invalid = || match edition {
            Edition::V3_3 => "Invalid Semantic Version".to_owned(),
            Edition::V3_5 => "invalid semantic version".to_owned(),
        };
        let found = LOOSE.captures(text).ok_or_else(invalid)?;
        let part = |index: usize| found.get(index).copied().unwrap_or_default();
        let number = |text: &str| segment(text.trim_start_matches('.'), edition);
        let version = Version {
            major: number(part(1))?,
            minor: number(part(2))?,
            patch: number(part(3))?,
            prerelease: part(5).to_owned(),
            metadata: part(8).to_owned(),
            original: text.to_owned(),
        };
        let starts_with_zero =
            |id: &str| id.len() > 1 && id.starts_with('0') && id.bytes().all(|byte| byte.is_ascii_digit());
        if version.prerelease.split('.').any(starts_with_zero) {
            return Err(edition.text("version segment starts with 0"));
        }
        Ok(version)
    }

    /// Order by precedence, ignoring metadata.
    #[must_use]
    pub fn compare(&self, other: &Version) -> Ordering {
        let numbers = |version: &Version| (version.major, version.minor, version.patch);
        let by_number = numbers(self).cmp(&numbers(other));
        by_number.then_with(|| match (self.prerelease.as_str(), other.prerelease.as_str()) {
            ("", "") => Ordering::Equal,
            ("", _) => Ordering::Greater,
            (_, "") => Ordering::Less,
            (mine, theirs) => compare_prerelease(mine, theirs),
        })
    }
}

fn is_identifier(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The coerced form, without `v`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

fn segment(digits: &str, edition: Edition) -> Result<u64, String> {
    if digits.is_empty() {
        return Ok(0);
    }
    digits.parse().map_err(|_| {
        let what = edition.text("error parsing version segment");
        format!("{what}: strconv.ParseUint: parsing \"{digits}\": value out of range")
    })
}

fn compare_prerelease(mine: &str, theirs: &str) -> Ordering {
    let (mut mine, mut theirs) = (mine.split('.'), theirs.split('.'));
    loop {
        let order = match (mine.next(), theirs.next()) {
            (None, None) => return Ordering::Equal,
            (mine, theirs) => compare_identifier(mine.unwrap_or(""), theirs.unwrap_or("")),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Numbers come before texts, and a missing identifier before all.
fn compare_identifier(mine: &str, theirs: &str) -> Ordering {
    if mine == theirs || mine.is_empty() || theirs.is_empty() {
        return mine.len().cmp(&theirs.len()).then(mine.cmp(theirs));
    }
    match (mine.parse::<u64>(), theirs.parse::<u64>()) {
        (Ok(mine), Ok(theirs)) if mine > theirs => Ordering::Greater,
        (Ok(_), _) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => mine.cmp(theirs),
    }
}

#[cfg(test)]
mod tests;
