//! Breaking text into lines. Source: Masterminds/goutils v1.1.1 `wordutils.go`, WrapCustom.

use super::args::{int, size, string, text};
use super::strings::find;
use crate::golang::{Env, Fault, Value};

pub(super) fn wrap(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    wrapped(env, int(args, 0), b"\n", text(args, 1), false)
}

pub(super) fn wrap_with(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let separator = text(args, 1);
    let separator = if separator.is_empty() { b"\n" } else { separator };
    wrapped(env, int(args, 0), separator, text(args, 2), true)
}

/// Lines of at most `width` bytes, broken at blanks; longer words are cut only with `cut_words`.
fn wrapped(env: &Env, width: i64, line_break: &[u8], whole: &[u8], cut_words: bool) -> Result<Value, Fault> {
    let width = usize::try_from(width.max(1)).unwrap_or(usize::MAX);
    let breaks = size(whole.len() / width + 1);
    env.fuel.alloc(
        breaks
            .saturating_mul(size(line_break.len()))
            .saturating_add(size(whole.len())),
    )?;
    let mut lines = Vec::with_capacity(whole.len());
    let mut remaining = whole;
    while remaining.len() > width {
        if let Some(rest) = remaining.strip_prefix(b" ") {
            remaining = rest;
            continue;
        }
        let last_blank = remaining[..=width].iter().rposition(|byte| *byte == b' ');
        let (end, skipped) = match last_blank {
            Some(blank) => (blank, 1),
            None if cut_words => (width, 0),
            None => match find(&remaining[width..], b" ") {
                Some(blank) => (width + blank, 1),
                None => break,
            },
        };
        lines.extend_from_slice(&remaining[..end]);
        lines.extend_from_slice(line_break);
        remaining = &remaining[end + skipped..];
    }
    lines.extend_from_slice(remaining);
    string(env, lines)
}
