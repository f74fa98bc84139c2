//! `reflect.DeepEqual` and deep copies, within a depth that maps holding themselves cannot pass.

use std::rc::Rc;

use crate::golang::value::List;
use crate::golang::{Env, Fault, Map, Value};

/// How deep values may nest. Ours: Go overflows its stack instead.
const MAX_DEPTH: u32 = 1000;

/// A value that nests without end.
pub(super) fn too_deep() -> Fault {
    Fault::limit(format!("a value nests deeper than {MAX_DEPTH} levels"))
}

/// One level down, or the fault of having gone too far.
pub(super) fn deeper(depth: u32) -> Result<u32, Fault> {
    if depth >= MAX_DEPTH {
        return Err(too_deep());
    }
    Ok(depth + 1)
}

/// `reflect.DeepEqual`: types count, `1` is not `1.0`.
pub(super) fn deep_equal(env: &Env, a: &Value, b: &Value) -> Result<bool, Fault> {
    equal(env, a, b, 0)
}

fn equal(env: &Env, a: &Value, b: &Value, depth: u32) -> Result<bool, Fault> {
    env.fuel.step(1)?;
    let depth = deeper(depth)?;
    Ok(match (a, b) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(kind, a), Value::Int(other, b)) => kind == other && a == b,
        (Value::Uint(kind, a), Value::Uint(other, b)) => kind == other && a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Complex(a, i), Value::Complex(b, j)) => a == b && i == j,
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::List(a), Value::List(b)) => lists(env, a, b, depth)?,
        (Value::Map(a), Value::Map(b)) => maps(env, a, b, depth)?,
        (Value::Object(left), Value::Object(right)) => {
            Rc::ptr_eq(left, right)
                || left.type_name() == right.type_name()
                    && left.is_nil_pointer() == right.is_nil_pointer()
                    && fields(env, &left.shown_fields(), &right.shown_fields(), depth)?
        }
        _ => false,
    })
}

fn lists(env: &Env, a: &List, b: &List, depth: u32) -> Result<bool, Fault> {
    if a.elem() != b.elem() || a.is_nil() != b.is_nil() || a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.iter().zip(b.iter()) {
        if !equal(env, a, b, depth)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn maps(env: &Env, a: &Map, b: &Map, depth: u32) -> Result<bool, Fault> {
    if a.kind().name != b.kind().name || a.len() != b.len() || a.is_nil() != b.is_nil() {
        return Ok(false);
    }
    if a.same(b) {
        return Ok(true);
    }
    for (key, value) in a.snapshot() {
        let Some(other) = b.get(&key) else {
            return Ok(false);
        };
        if !equal(env, &value, &other, depth)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn fields(
    env: &Env,
    a: &[(&'static str, Value)],
    b: &[(&'static str, Value)],
    depth: u32,
) -> Result<bool, Fault> {
    for ((_, a), (_, b)) in a.iter().zip(b) {
        if !equal(env, a, b, depth)? {
            return Ok(false);
        }
    }
    Ok(a.len() == b.len())
}

/// `copystructure.Copy`: maps and lists are new, down to the leaves.
pub(super) fn deep_copy(env: &Env, value: &Value) -> Result<Value, Fault> {
    copy(env, value, 0)
}

fn copy(env: &Env, value: &Value, depth: u32) -> Result<Value, Fault> {
    env.fuel.step(1)?;
    env.fuel.alloc(size_of::<Value>() as u64)?;
    let depth = deeper(depth)?;
    match value {
        Value::Map(map) => {
            let entries = map.snapshot().into_iter();
            let entries = entries.map(|(key, value)| Ok((key, copy(env, &value, depth)?)));
            let entries = entries.collect::<Result<_, Fault>>()?;
            Ok(Value::Map(Map::typed(map.kind(), entries)))
        }
        Value::List(list) if !list.is_nil() => {
            let items = list.iter().map(|item| copy(env, item, depth));
            let items = items.collect::<Result<_, Fault>>()?;
            Ok(Value::List(List::of(list.elem(), items)))
        }
        Value::Object(object) => Ok(object.copied().unwrap_or_else(|| value.clone())),
        other => Ok(other.clone()),
    }
}
