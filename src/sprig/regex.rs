//! Regular expressions. Source: sprig v3.3.0 `regex.go`. Only `regexMatch` passes over a bad pattern in silence.

use std::borrow::Cow;

use super::args::{int, string, text, typed_list};
use crate::golang::Type::{Int, Str};
use crate::golang::broken::{from_bytes, restored};
use crate::golang::regexp::{self, ClassNames, Regexp};
use crate::golang::value::{Elem, List};
use crate::golang::{Env, Fault, Func, Type, Value};

type Compile = fn(&[u8], ClassNames) -> Result<Regexp, String>;
type Use = fn(&Env, &Regexp, &[Value]) -> Result<Value, Fault>;

pub(super) fn table() -> Vec<(&'static str, Func)> {
    let mut table = vec![
        (
            "regexQuoteMeta",
            Func::new(&[Str], |env, args| string(env, regexp::quote_meta(text(args, 0)))),
        ),
        (
            "regexMatch",
            Func::new(&[Str, Str], |env, args| {
                pay_for_pattern(env, text(args, 0))?;
                let found = regexp::compile(text(args, 0), env.class_names)
                    .is_ok_and(|regex| regex.is_match(&subject(args)));
                Ok(Value::Bool(found))
            }),
        ),
        (
            "mustRegexMatch",
            Func::new(&[Str, Str], |env, args| {
                pay_for_pattern(env, text(args, 0))?;
                Ok(Value::Bool(
                    regexp::compile(text(args, 0), env.class_names)?.is_match(&subject(args)),
                ))
            }),
        ),
    ];
    let pairs: [(&str, &str, &'static [Type], Use); 5] = [
        ("regexFind", "mustRegexFind", &[Str, Str], find),
        ("regexFindAll", "mustRegexFindAll", &[Str, Str, Int], find_all),
        (
            "regexReplaceAll",
            "mustRegexReplaceAll",
            &[Str, Str, Str],
            replace_all,
        ),
        (
            "regexReplaceAllLiteral",
            "mustRegexReplaceAllLiteral",
            &[Str, Str, Str],
            replace_literal,
        ),
        ("regexSplit", "mustRegexSplit", &[Str, Str, Int], split),
    ];
    for (plain, must, params, apply) in pairs {
        table.push((plain, compiled(params, regexp::must_compile, apply)));
        table.push((must, compiled(params, regexp::compile, apply)));
    }
    table
}

/// A function over the pattern in its first argument.
fn compiled(params: &'static [Type], compile: Compile, apply: Use) -> Func {
    let body = move |env: &Env, args: &[Value]| {
        pay_for_pattern(env, text(args, 0))?;
        apply(env, &compile(text(args, 0), env.class_names)?, args)
    };
    Func {
        params,
        variadic: None,
        body: crate::golang::func::Body::Host(std::rc::Rc::new(body)),
    }
}

fn find(env: &Env, regex: &Regexp, args: &[Value]) -> Result<Value, Fault> {
    let subject = subject(args);
    string(
        env,
        restored(regex.find(&subject).unwrap_or_default()).into_owned(),
    )
}

fn find_all(env: &Env, regex: &Regexp, args: &[Value]) -> Result<Value, Fault> {
    pay_for_pieces(env, text(args, 1))?;
    let subject = subject(args);
    let found = regex.find_all(&subject, limit(args));
    if found.is_empty() {
        return Ok(Value::List(List::nil(Elem::Str)));
    }
    texts(env, &found)
}

fn replace_all(env: &Env, regex: &Regexp, args: &[Value]) -> Result<Value, Fault> {
    pay_for_replacing(env, regex, args)?;
    let replaced = regex.replace_all(&subject(args), text(args, 2));
    string(env, restored(&replaced).into_owned())
}

fn replace_literal(env: &Env, regex: &Regexp, args: &[Value]) -> Result<Value, Fault> {
    pay_for_replacing(env, regex, args)?;
    let replaced = regex.replace_all_literal(&subject(args), text(args, 2));
    string(env, restored(&replaced).into_owned())
}

fn split(env: &Env, regex: &Regexp, args: &[Value]) -> Result<Value, Fault> {
    let limit = limit(args);
    if limit == Some(0) {
        return Ok(Value::List(List::nil(Elem::Str)));
    }
    pay_for_pieces(env, text(args, 1))?;
    texts(env, &regex.split(&subject(args), limit))
}

/// The text to look in. Go takes a broken byte for a letter of its own; the crate would match it with nothing.
fn subject(args: &[Value]) -> Cow<'_, [u8]> {
    match from_bytes(text(args, 1)) {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// A negative count is no limit.
fn limit(args: &[Value]) -> Option<usize> {
    usize::try_from(int(args, 2)).ok()
}

fn texts(env: &Env, found: &[&[u8]]) -> Result<Value, Fault> {
    typed_list(
        env,
        Elem::Str,
        found.iter().map(|text| Value::str(&*restored(text))).collect(),
    )
}

/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 64 << 10;

/// Compiling takes time by the length of a pattern, and by how often it repeats its parts.
fn pay_for_pattern(env: &Env, pattern: &[u8]) -> Result<(), Fault> {
    if pattern.len() > MAX_PATTERN {
        return Err(Fault::limit(format!(
            "the render has a regular expression of more than {MAX_PATTERN} bytes"
        )));
    }
    let numbers = pattern
        .split(|byte| !byte.is_ascii_digit())
        .filter_map(|digits| std::str::from_utf8(digits).ok()?.parse::<u64>().ok());
    let repetitions = numbers.max().unwrap_or(0).min(1000);
    env.fuel.step(100 + pattern.len() as u64 * (4 + repetitions))
}

/// At worst every byte is a match.
fn pay_for_pieces(env: &Env, source: &[u8]) -> Result<(), Fault> {
    const PIECE: u64 = 16 + 32;
    env.fuel.hold(source.len() as u64 * PIECE)
}

/// Each match is replaced by the template, in which each `$` may stand for the match.
fn pay_for_replacing(env: &Env, regex: &Regexp, args: &[Value]) -> Result<(), Fault> {
    let (source, template) = (text(args, 1), text(args, 2));
    env.fuel.step(source.len() as u64)?;
    pay_for_pieces(env, source)?;
    let matches = regex.find_all(source, None).len() as u64;
    let variables = template.iter().filter(|byte| **byte == b'$').count() as u64;
    let length = source.len() as u64;
    let grown = matches.saturating_mul(template.len() as u64);
    env.fuel
        .alloc(grown.saturating_add(length.saturating_mul(variables + 1)))
}
