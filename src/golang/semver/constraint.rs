//! Constraints: alternatives by `||`, each a list of terms that must all hold.
//! Source: Masterminds/semver v3.3.0 and v3.5.0, `constraints.go`.

use std::cmp::Ordering;
use std::sync::LazyLock;

use crate::base::pattern::Pattern;

use super::{Edition, Version, compare_prerelease, version_pattern};

/// A constraint that versions can be checked against.
#[derive(Clone, Debug)]
pub struct Constraint {
    alternatives: Vec<Vec<Term>>,
    edition: Edition,
}

/// How much of a term's version was written out; the rest is a wildcard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Given {
    Nothing,
    Major,
    Minor,
    All,
}

#[derive(Clone, Debug)]
struct Term {
    operator: Operator,
    version: Version,
    given: Given,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

/// The longest text and the most alternatives that 3.5 takes.
const MAX_LENGTH: usize = 512;
const MAX_ALTERNATIVES: usize = 32;

const OPERATORS: &str = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^";
/// Go's `\s`, which is ASCII only.
const BLANK: &str = r"[\t\n\f\r ]";

struct Patterns {
    range: Pattern,
    valid: Pattern,
    each: Pattern,
    term: Pattern,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let version = version_pattern(r"0-9|xX\*");
    let compile = |pattern: String| Pattern::constant(&pattern);
    let pair = format!("({OPERATORS}){BLANK}*({version})");
    Patterns {
        range: compile(format!("{BLANK}*({version}){BLANK}+-{BLANK}+({version}){BLANK}*")),
        valid: compile(format!(
            "^({BLANK}*{pair}{BLANK}*)((?:{BLANK}+|,{BLANK}*){pair}{BLANK}*)*$"
        )),
        each: compile(pair.clone()),
        term: compile(format!("^{BLANK}*{pair}{BLANK}*$")),
    }
});

impl Constraint {
    /// `semver.NewConstraint`.
    ///
    /// # Errors
    /// The library's text.
    pub fn parse(text: &str, edition: Edition) -> Result<Constraint, String> {
        if edition == Edition::V3_5 && text.len() > MAX_LENGTH {
            return Err(format!("constraint string is too long (max {MAX_LENGTH} bytes)"));
        }
        let text = rewrite_ranges(text);
        let alternatives: Vec<&str> = text.split("||").collect();
        if edition == Edition::V3_5 && alternatives.len() > MAX_ALTERNATIVES {
            return Err(format!("too many constraint groups (max {MAX_ALTERNATIVES})"));
        }
        let parsed = alternatives
            .into_iter()
            .map(|alternative| terms(alternative, edition));
        Ok(Constraint {
            alternatives: parsed.collect::<Result<_, _>>()?,
            edition,
        })
    }

    /// Does the version satisfy one of the alternatives?
    #[must_use]
    pub fn check(&self, version: &Version) -> bool {
        self.alternatives
            .iter()
            .any(|terms| self.all_hold(terms, version))
    }

    fn all_hold(&self, terms: &[Term], version: &Version) -> bool {
        let any_prerelease = terms.iter().any(|term| !term.version.prerelease.is_empty());
        terms.iter().all(|term| {
            let looks_for_prereleases = match self.edition {
                Edition::V3_3 => !term.version.prerelease.is_empty() || term.is_exact_exclusion(),
                Edition::V3_5 => any_prerelease,
            };
            (version.prerelease.is_empty() || looks_for_prereleases) && term.holds(version)
        })
    }
}

/// `A - B` becomes `>= A, <= B `, each occurrence once and in order.
fn rewrite_ranges(text: &str) -> String {
    let mut rewritten = text.to_owned();
    for range in PATTERNS.range.all(text) {
        let part = |index: usize| range.get(index).copied().unwrap_or_default();
        let comparison = format!(">= {}, <= {} ", part(1), part(11));
        rewritten = rewritten.replacen(part(0), &comparison, 1);
    }
    rewritten
}

fn terms(alternative: &str, edition: Edition) -> Result<Vec<Term>, String> {
    if !PATTERNS.valid.is_match(alternative) {
        return Err(improper(alternative, edition));
    }
    let found = PATTERNS.each.all(alternative);
    found
        .map(|groups| Term::parse(groups.first().copied().unwrap_or_default(), edition))
        .collect()
}

fn improper(text: &str, edition: Edition) -> String {
    match edition {
        Edition::V3_3 => format!("improper constraint: {text}"),
        Edition::V3_5 => format!("improper constraint: {text:?}"),
    }
}

impl Term {
    fn parse(text: &str, edition: Edition) -> Result<Term, String> {
        let found = PATTERNS
            .term
            .captures(text)
            .ok_or_else(|| improper(text, edition))?;
        let part = |index: usize| found.get(index).copied().unwrap_or_default();
        let (major, minor, patch, suffix) = (part(3), part(4), part(5), part(6));
        let is_open = |part: &str| matches!(part.trim_start_matches('.'), "" | "x" | "X" | "*");
        let (given, version) = if is_open(major) {
            (Given::Nothing, format!("0.0.0{suffix}"))
        } else if is_open(minor) {
            (Given::Major, format!("{major}.0.0{suffix}"))
        } else if is_open(patch) {
            (Given::Minor, format!("{major}{minor}.0{suffix}"))
        } else {
            (Given::All, part(2).to_owned())
        };
        let version = Version::parse(&version, edition).map_err(|_| match edition {
            Edition::V3_3 => "constraint Parser Error",
            Edition::V3_5 => "constraint parser error",
        })?;
        Ok(Term {
            operator: Operator::parse(part(1)),
            version,
            given,
        })
    }

    /// 3.3 lets pre-releases pass `!=` where the whole version is written out.
    fn is_exact_exclusion(&self) -> bool {
        self.operator == Operator::NotEqual && self.given == Given::All
    }

    /// Does the term hold, pre-releases aside?
    fn holds(&self, version: &Version) -> bool {
        let order = version.compare(&self.version);
        match self.operator {
            Operator::Equal if self.given == Given::All => order == Ordering::Equal,
            Operator::Equal | Operator::Tilde => self.tilde(version),
            Operator::NotEqual => self.not_equal(version),
            Operator::Greater => self.greater(version),
            Operator::Less => order == Ordering::Less,
            Operator::GreaterEqual => order != Ordering::Less,
            Operator::LessEqual => self.less_equal(version),
            Operator::Caret => self.caret(version),
        }
    }

    fn not_equal(&self, version: &Version) -> bool {
        let con = &self.version;
        match self.given {
            Given::All | Given::Nothing => version.compare(con) != Ordering::Equal,
            Given::Major => con.major != version.major,
            Given::Minor if (con.major, con.minor) != (version.major, version.minor) => true,
            Given::Minor => {
                (!version.prerelease.is_empty() || !con.prerelease.is_empty())
                    && compare_prerelease(&version.prerelease, &con.prerelease) != Ordering::Equal
            }
        }
    }

    fn greater(&self, version: &Version) -> bool {
        let con = &self.version;
        match (self.given, version.major.cmp(&con.major)) {
            (Given::All | Given::Nothing, Ordering::Equal) | (Given::All, _) => {
                version.compare(con) == Ordering::Greater
            }
            (_, Ordering::Greater) => true,
            (_, Ordering::Less) | (Given::Major, Ordering::Equal) => false,
            (Given::Minor, Ordering::Equal) => version.minor > con.minor,
        }
    }

    fn less_equal(&self, version: &Version) -> bool {
        let con = &self.version;
        if self.given == Given::All {
            return version.compare(con) != Ordering::Greater;
        }
        match version.major.cmp(&con.major) {
            Ordering::Greater => false,
            Ordering::Equal => self.given == Given::Major || version.minor <= con.minor,
            Ordering::Less => true,
        }
    }

    fn tilde(&self, version: &Version) -> bool {
        let con = &self.version;
        if version.compare(con) == Ordering::Less {
            return false;
        }
        let is_zero = (con.major, con.minor, con.patch) == (0, 0, 0);
        if is_zero && matches!(self.given, Given::All | Given::Nothing) {
            return true;
        }
        version.major == con.major && (version.minor == con.minor || self.given == Given::Major)
    }

    fn caret(&self, version: &Version) -> bool {
        let con = &self.version;
        if version.compare(con) == Ordering::Less {
            return false;
        }
        if con.major > 0 || self.given == Given::Major {
            return version.major == con.major;
        }
        if version.major > 0 {
            return false;
        }
        if con.minor > 0 || self.given == Given::Minor {
            return version.minor == con.minor;
        }
        version.minor == 0 && version.patch == con.patch
    }
}

impl Operator {
    fn parse(text: &str) -> Operator {
        match text {
            "!=" => Operator::NotEqual,
            ">" => Operator::Greater,
            "<" => Operator::Less,
            ">=" | "=>" => Operator::GreaterEqual,
            "<=" | "=<" => Operator::LessEqual,
            "~" | "~>" => Operator::Tilde,
            "^" => Operator::Caret,
            _ => Operator::Equal,
        }
    }
}
