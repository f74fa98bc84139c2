//! Asking for types. Source: sprig v3.3.0 `reflect.go`.

use super::args::{any, string, text};
use super::equal::deep_equal;
use crate::golang::Type::{Any, Str};
use crate::golang::value::IntKind;
use crate::golang::{Func, Value};

pub(super) fn table() -> Vec<(&'static str, Func)> {
    vec![
        (
            "typeOf",
            Func::new(&[Any], |env, args| {
                string(env, any(args, 0).type_name().as_bytes())
            }),
        ),
        (
            "typeIs",
            Func::new(&[Str, Any], |_, args| {
                let found = any(args, 1).type_name();
                Ok(Value::Bool(found.as_bytes() == text(args, 0)))
            }),
        ),
        (
            "typeIsLike",
            Func::new(&[Str, Any], |_, args| {
                let found = any(args, 1).type_name();
                let bare = found.strip_prefix('*').unwrap_or(&found);
                let wanted = text(args, 0);
                Ok(Value::Bool(
                    found.as_bytes() == wanted || bare.as_bytes() == wanted,
                ))
            }),
        ),
        (
            "kindOf",
            Func::new(&[Any], |env, args| string(env, kind(&any(args, 0)))),
        ),
        (
            "kindIs",
            Func::new(&[Str, Any], |_, args| {
                Ok(Value::Bool(kind(&any(args, 1)).as_bytes() == text(args, 0)))
            }),
        ),
        (
            "deepEqual",
            Func::new(&[Any, Any], |env, args| {
                deep_equal(env, &any(args, 0), &any(args, 1)).map(Value::Bool)
            }),
        ),
    ]
}

/// `reflect.Kind` as text.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Nil => "invalid",
        Value::Bool(_) => "bool",
        Value::Int(IntKind::Int | IntKind::Month | IntKind::Weekday, _) => "int",
        Value::Int(IntKind::Int32, _) => "int32",
        Value::Int(IntKind::Int64 | IntKind::Duration, _) => "int64",
        Value::Uint(kind, _) => kind.name(),
        Value::Float(_) => "float64",
        Value::Complex(..) => "complex128",
        Value::Str(_) => "string",
        Value::Bytes(_) | Value::List(_) => "slice",
        Value::Map(_) => "map",
        Value::Object(object) if object.is_pointer() => "ptr",
        Value::Object(_) => "struct",
    }
}
