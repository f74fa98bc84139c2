//! Defaults, choices and failing. Source: sprig v3.3.0 `defaults.go`, `functions.go`.

use super::args::{any, flag, string, text};
use crate::golang::Type::{Any, Bool, Str};
use crate::golang::{Fault, Func, Value, json};

pub(super) fn table() -> Vec<(&'static str, Func)> {
    let mut table = vec![
        (
            "default",
            Func::variadic(&[Any], Any, |_, args| {
                let given = any(args, 1);
                Ok(if given.is_true() { given } else { any(args, 0) })
            }),
        ),
        (
            "empty",
            Func::new(&[Any], |_, args| Ok(Value::Bool(!any(args, 0).is_true()))),
        ),
        (
            "coalesce",
            Func::variadic(&[], Any, |_, args| {
                Ok(args
                    .iter()
                    .find(|arg| arg.is_true())
                    .cloned()
                    .unwrap_or(Value::Nil))
            }),
        ),
        (
            "all",
            Func::variadic(&[], Any, |_, args| {
                Ok(Value::Bool(args.iter().all(Value::is_true)))
            }),
        ),
        (
            "any",
            Func::variadic(&[], Any, |_, args| {
                Ok(Value::Bool(args.iter().any(Value::is_true)))
            }),
        ),
        (
            "ternary",
            Func::new(&[Any, Any, Bool], |_, args| {
                Ok(any(args, usize::from(!flag(args, 2))))
            }),
        ),
        (
            "fail",
            Func::new(&[Str], |_, args| {
                Err(Fault::new(String::from_utf8_lossy(text(args, 0))))
            }),
        ),
        ("getHostByName", Func::new(&[Str], |env, _| string(env, ""))),
    ];
    table.extend(serialization());
    table
}

/// JSON; Helm replaces some of these by its own.
fn serialization() -> Vec<(&'static str, Func)> {
    vec![
        (
            "fromJson",
            Func::new(&[Str], |_, args| {
                Ok(json::decode(text(args, 0)).unwrap_or(Value::Nil))
            }),
        ),
        (
            "mustFromJson",
            Func::new(&[Str], |_, args| Ok(json::decode(text(args, 0))?)),
        ),
        (
            "toJson",
            Func::new(&[Any], |env, args| {
                string(
                    env,
                    json::encode(&any(args, 0), true).unwrap_or_else(|_| "".into()),
                )
            }),
        ),
        (
            "mustToJson",
            Func::new(&[Any], |env, args| {
                string(env, json::encode(&any(args, 0), true)?)
            }),
        ),
        (
            "toPrettyJson",
            Func::new(&[Any], |env, args| {
                string(
                    env,
                    json::encode_pretty(&any(args, 0), true).unwrap_or_else(|_| "".into()),
                )
            }),
        ),
        (
            "mustToPrettyJson",
            Func::new(&[Any], |env, args| {
                string(env, json::encode_pretty(&any(args, 0), true)?)
            }),
        ),
        (
            "toRawJson",
            Func::new(&[Any], |env, args| {
                string(env, json::encode(&any(args, 0), false)?)
            }),
        ),
        (
            "mustToRawJson",
            Func::new(&[Any], |env, args| {
                string(env, json::encode(&any(args, 0), false)?)
            }),
        ),
    ]
}
