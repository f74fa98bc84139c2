//! Patterns that are matched a few times per process: building one must cost little, so no tables are made ahead.

use std::ops::Range;

use regex_automata::Input;
use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::util::syntax;

/// How deep a pattern over bytes may nest: charts write them, and Go takes a thousand groups in each other.
const MAX_NESTING: u32 = 5000;

/// A compiled pattern (the `regex` crate's syntax).
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles a pattern over text.
    ///
    /// # Errors
    /// It is no pattern, or its program takes more than `max_bytes` of memory.
    pub fn new(pattern: &str, max_bytes: usize) -> Result<Self, Box<BuildError>> {
        Self::with(syntax::Config::new(), pattern, max_bytes)
    }

    /// The same over bytes that may not be UTF-8.
    ///
    /// # Errors
    /// As [`Pattern::new`].
    pub fn bytes(pattern: &str, max_bytes: usize) -> Result<Self, Box<BuildError>> {
        let syntax = syntax::Config::new().utf8(false).nest_limit(MAX_NESTING);
        Self::with(syntax, pattern, max_bytes)
    }

    fn with(syntax: syntax::Config, pattern: &str, max_bytes: usize) -> Result<Self, Box<BuildError>> {
        let config = Config::new()
            .utf8_empty(false)
            .dfa(false)
            .onepass(false)
            .nfa_size_limit(Some(max_bytes));
        let built = Regex::builder().configure(config).syntax(syntax).build(pattern);
        built.map(Pattern).map_err(Box::new)
    }

    /// A pattern that is written in the source.
    ///
    /// # Panics
    /// If it is no pattern.
    #[must_use]
    pub fn constant(pattern: &str) -> Self {
        Self::new(pattern, usize::MAX).expect("the pattern is a constant")
    }

    /// Is there a match?
    #[must_use]
    pub fn is_match(&self, text: impl AsRef<[u8]>) -> bool {
        self.0.is_match(text.as_ref())
    }

    /// The leftmost match that starts at `at` or behind it.
    #[must_use]
    pub fn find_at(&self, text: &[u8], at: usize) -> Option<Range<usize>> {
        let found = self.0.search(&Input::new(text).range(at..))?;
        Some(found.range())
    }

    /// The groups of the leftmost match that starts at `at` or behind it; the first is the whole match.
    #[must_use]
    pub fn groups_at(&self, text: &[u8], at: usize) -> Option<Vec<Option<Range<usize>>>> {
        let mut found = self.0.create_captures();
        self.0.search_captures(&Input::new(text).range(at..), &mut found);
        if !found.is_match() {
            return None;
        }
        Some(found.iter().map(|group| group.map(|span| span.range())).collect())
    }

    /// The texts of the groups of the first match; a group that took no part is empty.
    #[must_use]
    pub fn captures<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let groups = self.groups_at(text.as_bytes(), 0)?;
        let part = |group: Option<Range<usize>>| group.and_then(|range| text.get(range)).unwrap_or_default();
        Some(groups.into_iter().map(part).collect())
    }

    /// All matches, one behind the other, each with its groups.
    pub fn all<'t>(&self, text: &'t str) -> impl Iterator<Item = Vec<&'t str>> {
        let part = |group: Option<regex_automata::Span>| {
            group.and_then(|span| text.get(span.range())).unwrap_or_default()
        };
        let found = self.0.captures_iter(text);
        found
            .map(move |groups| groups.iter().map(part).collect::<Vec<_>>())
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The number of a named group.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<usize> {
        self.0
            .group_info()
            .to_index(regex_automata::PatternID::ZERO, name)
    }

    /// Bytes that the compiled pattern takes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.0.memory_usage()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_found_by_place_and_by_name() {
        let pattern = Pattern::constant(r"(?P<key>\w+)=(\d+)?");
        assert_eq!(pattern.captures("a=1"), Some(vec!["a=1", "a", "1"]));
        assert_eq!(pattern.all("a=1 b=").count(), 2);
        assert_eq!(
            pattern.groups_at(b"a= b=2", 2),
            Some(vec![Some(3..6), Some(3..4), Some(5..6)])
        );
        assert_eq!(pattern.group("key"), Some(1));
    }

    #[test]
    fn a_program_that_is_too_large_is_refused() {
        assert!(Pattern::new(r"\w{1000}", 1 << 20).is_err());
    }
}
