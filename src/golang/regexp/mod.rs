//! Go's `regexp` (RE2 syntax, leftmost-first) over the `regex` crate, which has the same engine guarantees.

mod names;
mod translate;

pub use names::ClassNames;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use crate::base::pattern::Pattern;

/// A compiled program may take this much memory; larger ones are `expression too large`.
const MAX_PROGRAM: usize = 4 << 20;

/// Compiled patterns that a thread keeps, and the most memory that a kept one takes: templates use the same few again
/// and again.
const MAX_KEPT: usize = 64;
const MAX_KEPT_BYTES: usize = 256 << 10;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Regexp(Rc<Compiled>);

#[derive(Debug)]
struct Compiled {
    pattern: Pattern,
    names: ClassNames,
    is_empty: bool,
}

/// The ranges of a match and its groups.
type Groups = Vec<Option<Range<usize>>>;

thread_local! {
    static KEPT: RefCell<HashMap<Vec<u8>, Regexp>> = RefCell::default();
}

/// `regexp.Compile`.
///
/// # Errors
/// Go's text: ``error parsing regexp: missing closing ]: `[` ``.
pub fn compile(pattern: &[u8], names: ClassNames) -> Result<Regexp, String> {
    if let Some(kept) =
        KEPT.with_borrow(|kept| kept.get(pattern).filter(|kept| kept.0.names == names).cloned())
    {
        return Ok(kept);
    }
    let compiled = compile_anew(pattern, names)?;
    if compiled.0.pattern.memory() <= MAX_KEPT_BYTES {
        KEPT.with_borrow_mut(|kept| {
            if kept.len() >= MAX_KEPT {
                kept.clear();
            }
            kept.insert(pattern.to_vec(), compiled.clone());
        });
    }
    Ok(compiled)
}

fn compile_anew(pattern: &[u8], names: ClassNames) -> Result<Regexp, String> {
    let fail = |reason: &str, part: &str| format!("error parsing regexp: {reason}: `{part}`");
    let pattern =
        std::str::from_utf8(pattern).map_err(|_| fail("invalid UTF-8", &String::from_utf8_lossy(pattern)))?;
    let translated = translate::translate(pattern, names).map_err(|fault| fail(fault.reason, fault.part))?;
    let is_empty = translated.is_empty();
    Pattern::bytes(&translated, MAX_PROGRAM)
        .map(|pattern| {
            Regexp(Rc::new(Compiled {
                pattern,
                names,
                is_empty,
            }))
        })
        .map_err(|error| match error.size_limit() {
            Some(_) => fail("expression too large", pattern),
            None => fail("invalid character class range", pattern),
        })
}

/// `regexp.MustCompile`, as the text of its panic.
///
/// # Errors
/// Go's text: ``regexp: Compile(`[`): error parsing regexp: …``.
pub fn must_compile(pattern: &[u8], names: ClassNames) -> Result<Regexp, String> {
    compile(pattern, names).map_err(|error| {
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
        self.0.pattern.is_match(text)
    }

    /// `FindString`: the leftmost match.
    #[must_use]
    pub fn find<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        self.0.pattern.find_at(text, 0).map(|found| &text[found])
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
        self.replace(text, |groups, out| self.expand(template, text, groups, out))
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
        if text.is_empty() && !self.0.is_empty {
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
        let at = |at| {
            self.0
                .pattern
                .find_at(text, at)
                .map(|range| (range.clone(), range))
        };
        each(text, limit, at, |range| found.push(range));
        found
    }

    fn replace(&self, text: &[u8], mut write: impl FnMut(&Groups, &mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        let mut copied = 0;
        let at = |at| {
            let groups = self.0.pattern.groups_at(text, at)?;
            Some((groups.first()?.clone()?, groups))
        };
        each(text, None, at, |groups: Groups| {
            if let Some(Some(whole)) = groups.first() {
                out.extend_from_slice(&text[copied..whole.start]);
                copied = whole.end;
                write(&groups, &mut out);
            }
        });
        out.extend_from_slice(&text[copied..]);
        out
    }

    /// `Expand`: an unknown or unmatched group is empty; `$` before anything else stays.
    fn expand(&self, mut template: &[u8], text: &[u8], groups: &Groups, out: &mut Vec<u8>) {
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
                Some(number) => Some(number),
                None => self.0.pattern.group(&translate::group_name(name)),
            };
            let range = group.and_then(|number| groups.get(number)?.clone());
            out.extend_from_slice(range.map_or(&[], |range| &text[range]));
            template = rest;
        }
        out.extend_from_slice(template);
    }
}

/// Go's walk over all matches: after an empty one it goes on by a whole character. `find` gives the leftmost match at or
/// behind an offset.
fn each<T>(
    text: &[u8],
    limit: Option<usize>,
    find: impl Fn(usize) -> Option<(Range<usize>, T)>,
    mut visit: impl FnMut(T),
) {
    let mut at = 0;
    let mut last_end = None;
    let mut left = limit.unwrap_or(usize::MAX);
    while left > 0 && at <= text.len() {
        let Some((whole, found)) = find(at) else {
            return;
        };
        let accepted = !(whole.is_empty() && last_end == Some(whole.start));
        if accepted {
            visit(found);
            left -= 1;
        }
        last_end = Some(whole.end);
        at = match whole.is_empty() {
            true => whole.end + character_width(&text[whole.end..]),
            false => whole.end,
        };
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
