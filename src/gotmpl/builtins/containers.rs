//! `index`, `slice`, `len`.

use super::Call;
use crate::golang::value::{Elem, UintKind};
use crate::golang::{Fault, List, Value};
use crate::gotmpl::held::Held;

pub(super) fn index(call: &Call<'_>) -> Result<Held, Fault> {
    let Some((first, keys)) = call.args.split_first() else {
        return Err(Fault::new("index of untyped nil"));
    };
    if first.value.is_nil() {
        return Err(Fault::new("index of untyped nil"));
    }
    let mut item = first.clone();
    for key in keys {
        item = index_once(&item, &key.value)?;
    }
    Ok(item.unboxed())
}

fn index_once(item: &Held, key: &Value) -> Result<Held, Fault> {
    match &item.value {
        Value::Nil => Err(Fault::new("index of nil pointer")),
        Value::List(list) => {
            let at = position(key, list.len())?;
            let value = list
                .get(at)
                .ok_or_else(|| Fault::new("reflect: slice index out of range"))?;
            Ok(Held::element(list, value.clone()))
        }
        Value::Str(text) => byte_at(text, key, "reflect: string index out of range"),
        Value::Bytes(bytes) => byte_at(bytes, key, "reflect: slice index out of range"),
        Value::Map(map) => match key {
            Value::Str(key) => Ok(Held::entry(map, key).unwrap_or_else(|| Held::missing(map))),
            Value::Nil => Err(Fault::new("value is nil; should be of type string")),
            other => {
                let found = other.type_name();
                Err(Fault::new(format!("value has type {found}; should be string")))
            }
        },
        other => Err(Fault::new(format!(
            "can't index item of type {}",
            pointed_at(other)
        ))),
    }
}

/// The type that Go names after it has followed pointers.
fn pointed_at(value: &Value) -> String {
    value.type_name().trim_start_matches('*').to_owned()
}

fn byte_at(bytes: &[u8], key: &Value, out_of_range: &str) -> Result<Held, Fault> {
    let at = position(key, bytes.len())?;
    let byte = bytes.get(at).ok_or_else(|| Fault::new(out_of_range))?;
    Ok(Held::plain(Value::Uint(UintKind::Uint8, u64::from(*byte))))
}

/// An index from 0 up to and with the length.
fn position(key: &Value, length: usize) -> Result<usize, Fault> {
    #[expect(clippy::cast_possible_wrap, reason = "as Go converts a uint64")]
    let at = match key {
        Value::Int(_, at) => *at,
        Value::Uint(_, at) => *at as i64,
        Value::Nil => return Err(Fault::new("cannot index slice/array with nil")),
        other => {
            let found = other.type_name();
            return Err(Fault::new(format!("cannot index slice/array with type {found}")));
        }
    };
    match usize::try_from(at) {
        Ok(position) if position <= length => Ok(position),
        _ => Err(Fault::new(format!("index out of range: {at}"))),
    }
}

/// Sprig has a `slice` of its own, which hides this one under Helm.
pub(super) fn slice(call: &Call<'_>) -> Result<Held, Fault> {
    let item = call.value(0);
    let length = match item {
        Value::Nil => return Err(Fault::new("slice of untyped nil")),
        Value::Str(text) => text.len(),
        Value::List(list) => list.len(),
        Value::Bytes(bytes) => bytes.len(),
        other => {
            return Err(Fault::new(format!(
                "can't slice item of type {}",
                other.type_name()
            )));
        }
    };
    let bounds: Result<Vec<usize>, Fault> = call.args[1..]
        .iter()
        .map(|key| position(&key.value, length))
        .collect();
    let bounds = bounds?;
    if bounds.len() > 3 {
        return Err(Fault::new(format!("too many slice indexes: {}", bounds.len())));
    }
    if bounds.len() == 3 && matches!(item, Value::Str(_)) {
        return Err(Fault::new("cannot 3-index slice a string"));
    }
    let start = bounds.first().copied().unwrap_or(0);
    let end = bounds.get(1).copied().unwrap_or(length);
    if start > end {
        return Err(Fault::new(format!("invalid slice index: {start} > {end}")));
    }
    Ok(Held::plain(match item {
        Value::Str(text) => Value::str(&text[start..end]),
        Value::Bytes(bytes) => Value::Bytes(bytes[start..end].into()),
        Value::List(list) => Value::List(List::of(list.elem(), list[start..end].to_vec())),
        _ => Value::List(List::nil(Elem::Any)),
    }))
}

pub(super) fn len(call: &Call<'_>) -> Result<Held, Fault> {
    let Some(held) = call.args.first() else {
        return Err(Fault::new("len of nil pointer"));
    };
    let length = match &held.value {
        Value::Nil if held.in_interface => return Err(Fault::new("len of nil pointer")),
        Value::Nil => {
            return Err(Fault::new("reflect: call of reflect.Value.Type on zero Value"));
        }
        Value::Str(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        other => return Err(Fault::new(format!("len of type {}", pointed_at(other)))),
    };
    Ok(Held::plain(Value::int(i64::try_from(length).unwrap_or(i64::MAX))))
}
