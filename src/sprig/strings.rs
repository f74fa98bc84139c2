//! Text. Source: sprig v3.3.0 `strings.go`, Masterminds/goutils v1.1.1, go1.23 `strings`.

use super::args::{int, size, string, text};
use super::convert::{shown, strval};
use super::runes::{self, runes};
use super::{lists, wrap};
use crate::golang::Type::{Any, Int, Str};
use crate::golang::value::{List, Map, STRING_STRING};
use crate::golang::{Env, Fault, Func, Value, strconv};

pub(super) fn table() -> Vec<(&'static str, Func)> {
    let mut table = vec![
        ("hello", Func::new(&[], |env, _| string(env, "Hello!"))),
        ("quote", Func::variadic(&[], Any, quote)),
        ("squote", Func::variadic(&[], Any, squote)),
        ("cat", Func::variadic(&[], Any, cat)),
        ("indent", Func::new(&[Int, Str], indent)),
        ("nindent", Func::new(&[Int, Str], nindent)),
        ("replace", Func::new(&[Str, Str, Str], replace)),
        ("repeat", Func::new(&[Int, Str], repeat)),
        ("substr", Func::new(&[Int, Int, Str], substr)),
        ("trunc", Func::new(&[Int, Str], trunc)),
        ("abbrev", Func::new(&[Int, Str], abbrev)),
        ("abbrevboth", Func::new(&[Int, Int, Str], abbrevboth)),
        ("plural", Func::new(&[Str, Str, Int], plural)),
        (
            "split",
            Func::new(&[Str, Str], |env, args| split_map(env, args, -1)),
        ),
        ("splitn", Func::new(&[Str, Int, Str], splitn)),
        ("splitList", Func::new(&[Str, Str], split_list)),
        ("join", Func::new(&[Str, Any], join)),
        (
            "toString",
            Func::new(&[Any], |env, args| {
                string(env, strval(&super::args::any(args, 0)))
            }),
        ),
        ("toStrings", Func::new(&[Any], to_strings)),
        ("nospace", Func::new(&[Str], nospace)),
        ("initials", Func::new(&[Str], initials)),
        ("wrap", Func::new(&[Int, Str], wrap::wrap)),
        ("wrapWith", Func::new(&[Int, Str, Str], wrap::wrap_with)),
    ];
    table.extend(searches());
    table
}

/// Looking for and taking off parts.
fn searches() -> Vec<(&'static str, Func)> {
    vec![
        (
            "contains",
            Func::new(&[Str, Str], |env, args| {
                let (whole, part) = (text(args, 1), text(args, 0));
                env.fuel
                    .step(size(whole.len()).saturating_mul(size(part.len())) / 1024)?;
                Ok(Value::Bool(find(whole, part).is_some()))
            }),
        ),
        (
            "hasPrefix",
            Func::new(&[Str, Str], |_, args| {
                Ok(Value::Bool(text(args, 1).starts_with(text(args, 0))))
            }),
        ),
        (
            "hasSuffix",
            Func::new(&[Str, Str], |_, args| {
                Ok(Value::Bool(text(args, 1).ends_with(text(args, 0))))
            }),
        ),
        (
            "trim",
            Func::new(&[Str], |env, args| {
                string(env, runes::trim(text(args, 0), char::is_whitespace))
            }),
        ),
        ("trimAll", Func::new(&[Str, Str], trim_all)),
        ("trimall", Func::new(&[Str, Str], trim_all)),
        (
            "trimPrefix",
            Func::new(&[Str, Str], |env, args| {
                let whole = text(args, 1);
                string(env, whole.strip_prefix(text(args, 0)).unwrap_or(whole))
            }),
        ),
        (
            "trimSuffix",
            Func::new(&[Str, Str], |env, args| {
                let whole = text(args, 1);
                string(env, whole.strip_suffix(text(args, 0)).unwrap_or(whole))
            }),
        ),
    ]
}

fn quote(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let quoted: Vec<String> = args
        .iter()
        .filter(|arg| !arg.is_nil())
        .map(|arg| strconv::quote(&strval(arg)))
        .collect();
    string(env, quoted.join(" "))
}

fn squote(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let quoted: Vec<Vec<u8>> = args
        .iter()
        .filter(|arg| !arg.is_nil())
        .map(|arg| [b"'", shown(arg).as_bytes(), b"'"].concat())
        .collect();
    string(env, quoted.join(&b' '))
}

fn cat(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let parts: Vec<Vec<u8>> = args
        .iter()
        .filter(|arg| !arg.is_nil())
        .map(|arg| shown(arg).to_vec())
        .collect();
    string(env, parts.join(&b' '))
}

fn indent(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    string(env, indented(env, args, b"")?)
}

fn nindent(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    string(env, indented(env, args, b"\n")?)
}

/// Blanks before every line, empty ones included.
fn indented(env: &Env, args: &[Value], start: &[u8]) -> Result<Vec<u8>, Fault> {
    let whole = text(args, 1);
    let width = repeat_count(int(args, 0))?;
    let lines = 1 + memchr::memchr_iter(b'\n', whole).count();
    env.fuel.alloc(
        size(lines)
            .saturating_mul(size(width))
            .saturating_add(size(whole.len())),
    )?;
    let pad = vec![b' '; width];
    let mut indented = Vec::with_capacity(start.len() + whole.len() + lines * width);
    indented.extend_from_slice(start);
    let mut rest = whole;
    while let Some(at) = memchr::memchr(b'\n', rest) {
        indented.extend_from_slice(&pad);
        indented.extend_from_slice(&rest[..=at]);
        rest = &rest[at + 1..];
    }
    indented.extend_from_slice(&pad);
    indented.extend_from_slice(rest);
    Ok(indented)
}

fn repeat(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let count = repeat_count(int(args, 0))?;
    let part = text(args, 1);
    env.fuel.alloc(size(count).saturating_mul(size(part.len())))?;
    string(env, part.repeat(count))
}

fn repeat_count(count: i64) -> Result<usize, Fault> {
    usize::try_from(count).map_err(|_| Fault::new("strings: negative Repeat count"))
}

/// `strings.ReplaceAll`; an empty old text matches between all runes.
fn replace(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let (old, new, source) = (text(args, 0), text(args, 1), text(args, 2));
    let joints = count_pieces(env, source, old)?;
    let total = joints
        .saturating_mul(size(new.len()) + size_of::<&[u8]>() as u64)
        .saturating_add(size(source.len()));
    env.fuel.alloc(total)?;
    env.fuel.hold(total.saturating_mul(3))?;
    let pieces = split_at(source, old, usize::MAX);
    let replaced = pieces.join(new);
    if old.is_empty() && !source.is_empty() {
        return string(env, [new, &replaced, new].concat());
    }
    string(env, if old.is_empty() { new.to_vec() } else { replaced })
}

fn substr(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let (start, end, whole) = (int(args, 0), int(args, 1), text(args, 2));
    let length = i64::try_from(whole.len()).unwrap_or(i64::MAX);
    let (from, to) = if start < 0 {
        (0, end)
    } else if end < 0 || end > length {
        (start, length)
    } else {
        (start, end)
    };
    if !(0..=length).contains(&to) {
        let bound = format!("[:{to}]");
        let with_length = if to < 0 {
            String::new()
        } else {
            format!(" with length {length}")
        };
        return Err(Fault::new(format!(
            "runtime error: slice bounds out of range {bound}{with_length}"
        )));
    }
    if from > to {
        return Err(Fault::new(format!(
            "runtime error: slice bounds out of range [{from}:{to}]"
        )));
    }
    let index = |at: i64| usize::try_from(at).unwrap_or(0);
    string(env, &whole[index(from)..index(to)])
}

fn trunc(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let (count, whole) = (int(args, 0), text(args, 1));
    let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    string(
        env,
        if wanted >= whole.len() {
            whole
        } else if count < 0 {
            &whole[whole.len() - wanted..]
        } else {
            &whole[..wanted]
        },
    )
}

fn abbrev(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let (width, whole) = (int(args, 0), text(args, 1));
    string(env, abbreviated(whole, 0, width))
}

fn abbrevboth(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let (left, right, whole) = (int(args, 0), int(args, 1), text(args, 2));
    if right < 4 || left > 0 && right < 7 {
        return string(env, whole);
    }
    string(env, abbreviated(whole, left, right))
}

/// `goutils.AbbreviateFull`, in bytes.
fn abbreviated(whole: &[u8], offset: i64, width: i64) -> Vec<u8> {
    let Ok(width) = usize::try_from(width) else {
        return whole.to_vec();
    };
    let length = whole.len();
    if width < 4 || length <= width {
        return whole.to_vec();
    }
    let shown = width - 3;
    let offset = usize::try_from(offset).unwrap_or(0).min(length);
    let offset = if length - offset < shown {
        length - shown
    } else {
        offset
    };
    if offset <= 4 {
        return [&whole[..shown], b"..."].concat();
    }
    if offset + shown < length {
        let width = i64::try_from(shown).unwrap_or(i64::MAX);
        return [b"...", abbreviated(&whole[offset..], 0, width).as_slice()].concat();
    }
    [b"...", &whole[length - shown..]].concat()
}

fn plural(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let index = usize::from(int(args, 2) != 1);
    string(env, text(args, index))
}

fn splitn(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let pair = [super::args::any(args, 0), super::args::any(args, 2)];
    split_map(env, &pair, int(args, 1))
}

/// `map[string]string` with keys `_0`, `_1` ….
fn split_map(env: &Env, args: &[Value], limit: i64) -> Result<Value, Fault> {
    pay_pieces(env, text(args, 1), text(args, 0))?;
    let parts = split_limited(text(args, 1), text(args, 0), limit);
    let entries = parts
        .iter()
        .enumerate()
        .map(|(index, part)| (format!("_{index}").into(), Value::str(*part)));
    Ok(Value::Map(Map::typed(&STRING_STRING, entries.collect())))
}

fn split_list(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    pay_pieces(env, text(args, 1), text(args, 0))?;
    let parts = split_limited(text(args, 1), text(args, 0), -1);
    Ok(Value::List(List::strings(parts)))
}

/// Pays for all pieces between separators before there are any: each is far larger in memory than as text.
fn pay_pieces(env: &Env, whole: &[u8], separator: &[u8]) -> Result<(), Fault> {
    /// A slice, a value, and the piece on the heap.
    const PIECE: u64 = 16 + 32 + 32;
    let pieces = count_pieces(env, whole, separator)?;
    env.fuel.alloc(pieces.saturating_mul(PIECE))
}

/// How many pieces there are between separators.
fn count_pieces(env: &Env, whole: &[u8], separator: &[u8]) -> Result<u64, Fault> {
    let pieces = match separator {
        [] => size(whole.len()),
        [byte] => size(whole.iter().filter(|other| *other == byte).count()),
        _ => {
            // Searching may compare each byte of the one with each of the other.
            env.fuel
                .step(size(whole.len()).saturating_mul(size(separator.len())) / 1024)?;
            let mut count = 0;
            let mut remaining = whole;
            while let Some(at) = find(remaining, separator) {
                count += 1;
                remaining = &remaining[at + separator.len()..];
            }
            count
        }
    };
    env.fuel.step(pieces / 4)?;
    Ok(pieces + 1)
}

/// `strings.SplitN`: a negative limit is none, 0 gives nothing.
fn split_limited<'a>(whole: &'a [u8], separator: &[u8], limit: i64) -> Vec<&'a [u8]> {
    match usize::try_from(limit) {
        Ok(0) => Vec::new(),
        Ok(limit) => split_at(whole, separator, limit),
        Err(_) => split_at(whole, separator, usize::MAX),
    }
}

/// Pieces between separators; an empty separator splits after each rune.
fn split_at<'a>(whole: &'a [u8], separator: &[u8], limit: usize) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut remaining = whole;
    if separator.is_empty() {
        for (_, _, width) in runes::with_offsets(whole) {
            if pieces.len() + 1 >= limit {
                break;
            }
            let (rune, after) = remaining.split_at(width);
            pieces.push(rune);
            remaining = after;
        }
        if !remaining.is_empty() {
            pieces.push(remaining);
        }
        return pieces;
    }
    while pieces.len() + 1 < limit {
        let Some(at) = find(remaining, separator) else {
            break;
        };
        pieces.push(&remaining[..at]);
        remaining = &remaining[at + separator.len()..];
    }
    pieces.push(remaining);
    pieces
}

/// Where a text first occurs.
pub(super) fn find(whole: &[u8], part: &[u8]) -> Option<usize> {
    match part {
        [] => Some(0),
        [byte] => whole.iter().position(|other| other == byte),
        _ => whole.windows(part.len()).position(|window| window == part),
    }
}

fn join(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let parts = texts(&super::args::any(args, 1));
    let separator = text(args, 0);
    let length: usize = parts.iter().map(|part| part.len() + separator.len()).sum();
    env.fuel.alloc(size(length))?;
    let parts: Vec<&[u8]> = parts.iter().map(crate::golang::Str::as_bytes).collect();
    string(env, parts.join(separator))
}

fn to_strings(_: &Env, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::List(List::strings(texts(&super::args::any(args, 0)))))
}

/// `strslice`: the texts of a list's elements without nils, or of the value alone.
pub(super) fn texts(value: &Value) -> Vec<crate::golang::Str> {
    match lists::items(value) {
        Some(items) => items.iter().filter(|item| !item.is_nil()).map(strval).collect(),
        None if value.is_nil() => Vec::new(),
        None => vec![strval(value)],
    }
}

fn trim_all(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let cut = runes(text(args, 0));
    string(env, runes::trim(text(args, 1), |letter| cut.contains(&letter)))
}

/// Removes white space byte by byte: what is not ASCII is then written as Latin-1 in UTF-8, as goutils does.
fn nospace(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let whole = text(args, 0);
    let kept: String = whole
        .iter()
        .map(|byte| char::from(*byte))
        .filter(|letter| !letter.is_whitespace())
        .collect();
    if kept.chars().count() == whole.len() {
        return string(env, whole);
    }
    string(env, kept)
}

/// The first byte of each word.
fn initials(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let mut after_gap = true;
    let mut found = String::new();
    for letter in text(args, 0) {
        let letter = char::from(*letter);
        if letter.is_whitespace() {
            after_gap = true;
        } else if after_gap {
            found.push(letter);
            after_gap = false;
        }
    }
    string(env, found)
}
