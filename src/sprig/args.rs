//! Reading arguments that the engine has checked already, and Go's texts for what goes wrong all the same.

use crate::golang::value::{Elem, List, Map, STRING_ANY, Str};
use crate::golang::{Env, Fault, Value};

/// What a Go program says when it follows a nil pointer.
pub(super) const NIL_POINTER: &str = "runtime error: invalid memory address or nil pointer dereference";
/// What it says of a slice with a negative or enormous length.
pub(super) const BAD_LENGTH: &str = "runtime error: makeslice: len out of range";

/// Any argument; nil where there is none.
pub(super) fn any(args: &[Value], index: usize) -> Value {
    args.get(index).cloned().unwrap_or(Value::Nil)
}

/// A `string` argument.
pub(super) fn text(args: &[Value], index: usize) -> &[u8] {
    match args.get(index) {
        Some(Value::Str(text)) => text.as_bytes(),
        Some(Value::Bytes(bytes)) => bytes,
        _ => b"",
    }
}

/// An `int` or `int64` argument.
pub(super) fn int(args: &[Value], index: usize) -> i64 {
    match args.get(index) {
        Some(Value::Int(_, number)) => *number,
        _ => 0,
    }
}

/// A `bool` argument.
pub(super) fn flag(args: &[Value], index: usize) -> bool {
    matches!(args.get(index), Some(Value::Bool(true)))
}

/// A `map[string]interface {}` argument, whatever named type it came as; `None` for a nil map.
pub(super) fn map(args: &[Value], index: usize) -> Option<Map> {
    match args.get(index) {
        Some(Value::Map(map)) => Some(map.retyped(&STRING_ANY)),
        _ => None,
    }
}

/// All arguments from `start` on.
pub(super) fn rest(args: &[Value], start: usize) -> &[Value] {
    args.get(start..).unwrap_or_default()
}

/// A string result, paid for.
pub(super) fn string(env: &Env, bytes: impl Into<Str>) -> Result<Value, Fault> {
    let text: Str = bytes.into();
    env.fuel.alloc(size(text.len()))?;
    Ok(Value::Str(text))
}

/// A `[]interface {}` result, paid for.
pub(super) fn list(env: &Env, items: Vec<Value>) -> Result<Value, Fault> {
    typed_list(env, Elem::Any, items)
}

/// A list result of another element type, paid for.
pub(super) fn typed_list(env: &Env, elem: Elem, items: Vec<Value>) -> Result<Value, Fault> {
    pay_items(env, items.len())?;
    Ok(Value::List(List::of(elem, items)))
}

/// Pays for this many elements.
pub(super) fn pay_items(env: &Env, count: usize) -> Result<(), Fault> {
    env.fuel
        .alloc(size(count).saturating_mul(size_of::<Value>() as u64))
}

/// A count for the budget.
pub(super) fn size(count: usize) -> u64 {
    count as u64
}
