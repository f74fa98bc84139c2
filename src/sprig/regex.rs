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
                let found = regexp::compile(text(args, 0), env.class_names)
                    .is_ok_and(|regex| regex.is_match(&subject(args)));
                Ok(Value::Bool(found))
            }),
        ),
        (
            "mustRegexMatch",
            Func::new(&[Str, Str], |env, args| {
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
    let body = move |env: &Env, args: &[Value]| apply(env, &compile(text(args, 0), env.class_names)?, args);
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
    let subject = subject(args);
    let found = regex.find_all(&subject, limit(args));
    if found.is_empty() {
        return Ok(Value::List(List::nil(Elem::Str)));
    }
    texts(env, &found)
}

fn replace_all(env: &Env, regex: &Regexp, args: &[Value]) -> Result<Value, Fault> {
    pay_for_replacing(env, args)?;
    let replaced = regex.replace_all(&subject(args), text(args, 2));
    string(env, restored(&replaced).into_owned())
}

fn replace_literal(env: &Env, regex: &Regexp, args: &[Value]) -> Result<Value, Fault> {
    pay_for_replacing(env, args)?;
    let replaced = regex.replace_all_literal(&subject(args), text(args, 2));
    string(env, restored(&replaced).into_owned())
}

fn split(env: &Env, regex: &Regexp, args: &[Value]) -> Result<Value, Fault> {
    let limit = limit(args);
    if limit == Some(0) {
        return Ok(Value::List(List::nil(Elem::Str)));
    }
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

/// At worst every byte is replaced; a template such as `$0$0$0` grows with its own length.
fn pay_for_replacing(env: &Env, args: &[Value]) -> Result<(), Fault> {
    let (source, template) = (text(args, 1).len() as u64, text(args, 2).len() as u64);
    env.fuel.step(source)?;
    env.fuel.alloc(source.saturating_add(template))
}
