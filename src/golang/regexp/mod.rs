//! Go's `regexp` (RE2 syntax, leftmost-first) over the `regex` crate, which has the same engine guarantees.

mod translate;

use std::ops::Range;

use regex::bytes::{Captures, Regex, RegexBuilder};

/// A compiled program may take this much memory; larger ones are `expression too large`.
const MAX_PROGRAM: usize = 4 << 20;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Regexp(Regex);

/// `regexp.Compile`.
///
/// # Errors
/// Go's text: ``error parsing regexp: missing closing ]: `[` ``.
pub fn compile(pattern: &[u8]) -> Result<Regexp, String> {
    let fail = |reason: &str, part: &str| format!("error parsing regexp: {reason}: `{part}`");
    let pattern =
        std::str::from_utf8(pattern).map_err(|_| fail("invalid UTF-8", &String::from_utf8_lossy(pattern)))?;
    let translated = translate::translate(pattern).map_err(|fault| fail(fault.reason, fault.part))?;
    RegexBuilder::new(&translated)
        .size_limit(MAX_PROGRAM)
        .build()
        .map(Regexp)
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => fail("expression too large", pattern),
            _ => fail("invalid character class range", pattern),
        })
}

/// `regexp.MustCompile`, as the text of its panic.
///
/// # Errors
/// Go's text: ``regexp: Compile(`[`): error parsing regexp: …``.
pub fn must_compile(pattern: &[u8]) -> Result<Regexp, String> {
    compile(pattern).map_err(|error| {
        let text = String::from_utf8_lossy(pattern);
        let shown = match super::strconv::can_backquote(pattern) {
            true => format!("`{text}`"),
            false => super::strconv::quote(pattern),
        };
        format!("regexp: Compile({shown}): {error}")
    })
}

/// `regexp.QuoteMeta`.
#[must_use]
pub fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        if br"\.+*?()|[]{}^$".contains(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out
}

impl Regexp {
    /// `MatchString`.
    #[must_use]
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.0.is_match(text)
    }

    /// `FindString`: the leftmost match.
    #[must_use]
    pub fn find<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        self.0.find(text).map(|found| found.as_bytes())
    }

    /// `FindAllString`: at most `limit` matches, all without a limit. An empty match directly after a match does not
    /// count.
    #[must_use]
    pub fn find_all<'t>(&self, text: &'t [u8], limit: Option<usize>) -> Vec<&'t [u8]> {
        self.ranges(text, limit)
            .into_iter()
            .map(|range| &text[range])
            .collect()
    }

    /// `ReplaceAllString`: `$1`, `${1}`, `$name`, `${name}` and `$$` in `template` are expanded.
    #[must_use]
    pub fn replace_all(&self, text: &[u8], template: &[u8]) -> Vec<u8> {
        self.replace(text, |captures, out| self.expand(template, captures, out))
    }

    /// `ReplaceAllLiteralString`.
    #[must_use]
    pub fn replace_all_literal(&self, text: &[u8], replacement: &[u8]) -> Vec<u8> {
        self.replace(text, |_, out| out.extend_from_slice(replacement))
    }

    /// `Split`: no limit for all pieces, 0 for none (a nil slice in Go).
    #[must_use]
    pub fn split<'t>(&self, text: &'t [u8], limit: Option<usize>) -> Vec<&'t [u8]> {
        if limit == Some(0) {
            return Vec::new();
        }
        if text.is_empty() && !self.0.as_str().is_empty() {
            return vec![text];
        }
        let mut pieces = Vec::new();
        let (mut start, mut end) = (0, 0);
        for found in self.ranges(text, limit) {
            if limit.is_some_and(|limit| pieces.len() + 1 == limit) {
                break;
            }
            end = found.start;
            if found.end != 0 {
                pieces.push(&text[start..end]);
            }
            start = found.end;
        }
        if end != text.len() {
            pieces.push(&text[start..]);
        }
        pieces
    }

    fn ranges(&self, text: &[u8], limit: Option<usize>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.each(text, limit, |captures| {
            found.extend(captures.get(0).map(|whole| whole.range()));
        });
        found
    }

    /// Go's walk over all matches: after an empty one it goes on by a whole character.
    fn each<'t>(&self, text: &'t [u8], limit: Option<usize>, mut visit: impl FnMut(&Captures<'t>)) {
        let mut at = 0;
        let mut last_end = None;
        let mut left = limit.unwrap_or(usize::MAX);
        while left > 0 && at <= text.len() {
            let Some(captures) = self.0.captures_at(text, at) else {
                return;
            };
            let Some(whole) = captures.get(0) else { return };
            let accepted = !(whole.is_empty() && last_end == Some(whole.start()));
            if accepted {
                visit(&captures);
                left -= 1;
            }
            last_end = Some(whole.end());
            at = match whole.is_empty() {
                true => whole.end() + character_width(&text[whole.end()..]),
                false => whole.end(),
            };
        }
    }

    fn replace(&self, text: &[u8], mut write: impl FnMut(&Captures<'_>, &mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        let mut copied = 0;
        self.each(text, None, |captures| {
            if let Some(whole) = captures.get(0) {
                out.extend_from_slice(&text[copied..whole.start()]);
                copied = whole.end();
                write(captures, &mut out);
            }
        });
        out.extend_from_slice(&text[copied..]);
        out
    }

    /// `Expand`: an unknown or unmatched group is empty; `$` before anything else stays.
    fn expand(&self, mut template: &[u8], captures: &Captures<'_>, out: &mut Vec<u8>) {
        while let Some(dollar) = template.iter().position(|byte| *byte == b'$') {
            out.extend_from_slice(&template[..dollar]);
            template = &template[dollar..];
            if template.starts_with(b"$$") {
                out.push(b'$');
                template = &template[2..];
                continue;
            }
            let Some((name, rest)) = reference(template) else {
                out.push(b'$');
                template = &template[1..];
                continue;
            };
            let group = match group_number(name) {
                Some(number) => captures.get(number),
                None => captures.name(&translate::group_name(name)),
            };
            out.extend_from_slice(group.map_or(&[], |group| group.as_bytes()));
            template = rest;
        }
        out.extend_from_slice(template);
    }
}

/// The whole text of digits, if it is a number that Go takes for a group index.
fn group_number(name: &str) -> Option<usize> {
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    let is_canonical = name == "0" || !name.starts_with('0');
    if is_number && is_canonical {
        Some(name.parse().unwrap_or(usize::MAX))
    } else {
        None
    }
}

/// `$name` or `${name}` at the start of the text, and what follows.
fn reference(text: &[u8]) -> Option<(&str, &[u8])> {
    let is_braced = text.get(1) == Some(&b'{');
    let rest = &text[if is_braced { 2 } else { 1 }..];
    let valid = rest.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let length = valid
        .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .unwrap_or(valid.len());
    let (name, rest) = (&valid[..length], &rest[length..]);
    if name.is_empty() {
        return None;
    }
    if is_braced {
        return rest.strip_prefix(b"}").map(|rest| (name, rest));
    }
    Some((name, rest))
}

fn character_width(text: &[u8]) -> usize {
    let head = &text[..text.len().min(4)];
    let letter = head
        .utf8_chunks()
        .next()
        .and_then(|chunk| chunk.valid().chars().next());
    letter.map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests;
