//! Paths. Source: sprig v3.3.0 `functions.go`: the `os…` twins are the same on Linux, where Helm's servers are.

use super::args::{string, text};
use crate::golang::Type::Str;
use crate::golang::{Env, Fault, Func, Value, path};

pub(super) fn table() -> Vec<(&'static str, Func)> {
    type Body = fn(&Env, &[Value]) -> Result<Value, Fault>;
    let each: [(&str, &str, Body); 5] = [
        ("base", "osBase", |env, args| {
            string(env, path::base(text(args, 0)))
        }),
        ("clean", "osClean", |env, args| {
            string(env, path::clean(text(args, 0)))
        }),
        ("dir", "osDir", |env, args| string(env, path::dir(text(args, 0)))),
        ("ext", "osExt", |env, args| string(env, path::ext(text(args, 0)))),
        ("isAbs", "osIsAbs", |_, args| {
            Ok(Value::Bool(path::is_abs(text(args, 0))))
        }),
    ];
    let pairs = each
        .into_iter()
        .flat_map(|(name, twin, body)| [(name, Func::new(&[Str], body)), (twin, Func::new(&[Str], body))]);
    pairs.collect()
}
