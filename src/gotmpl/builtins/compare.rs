//! `eq`, `ne`, `lt`, `le`, `gt`, `ge`.

use std::cmp::Ordering;
use std::rc::Rc;

use super::Call;
use crate::golang::value::Object;
use crate::golang::{Fault, Value, fmt as gofmt};
use crate::gotmpl::held::Held;

type Compared = Result<Held, Fault>;

pub(super) fn eq(call: &Call<'_>) -> Compared {
    truth(equal(call))
}

pub(super) fn ne(call: &Call<'_>) -> Compared {
    truth(equal(call).map(|equal| !equal))
}

pub(super) fn lt(call: &Call<'_>) -> Compared {
    truth(less(call))
}

pub(super) fn le(call: &Call<'_>) -> Compared {
    truth(Ok(less(call)? || equal(call)?))
}

pub(super) fn gt(call: &Call<'_>) -> Compared {
    truth(Ok(!(less(call)? || equal(call)?)))
}

pub(super) fn ge(call: &Call<'_>) -> Compared {
    truth(less(call).map(|less| !less))
}

fn truth(compared: Result<bool, Fault>) -> Compared {
    compared.map(|value| Held::plain(Value::Bool(value)))
}

/// What decides which values compare with which.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Bool,
    Complex,
    Float,
    Int,
    Str,
    Uint,
    /// Maps, lists, structs, nil.
    Other,
}

fn class(value: &Value) -> Class {
    match value {
        Value::Bool(_) => Class::Bool,
        Value::Int(..) => Class::Int,
        Value::Uint(..) => Class::Uint,
        Value::Float(_) => Class::Float,
        Value::Complex(..) => Class::Complex,
        Value::Str(_) => Class::Str,
        Value::Nil | Value::Bytes(_) | Value::List(_) | Value::Map(_) | Value::Object(_) => Class::Other,
    }
}

/// Does the first argument equal any of the others?
fn equal(call: &Call<'_>) -> Result<bool, Fault> {
    if call.args.len() < 2 {
        return Err(Fault::new("missing argument for comparison"));
    }
    let first = call.value(0);
    for held in &call.args[1..] {
        if equal_pair(first, &held.value, call)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal_pair(a: &Value, b: &Value, call: &Call<'_>) -> Result<bool, Fault> {
    if let Some(ordering) = integers(a, b) {
        return Ok(ordering == Ordering::Equal);
    }
    if class(a) != class(b) {
        return match a.is_nil() || b.is_nil() {
            true => Ok(false),
            false => Err(incompatible(a, b, call)),
        };
    }
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Ok(a == b),
        (Value::Float(a), Value::Float(b)) => Ok(a == b),
        (Value::Complex(a, ai), Value::Complex(b, bi)) => Ok(a == b && ai == bi),
        (Value::Str(a), Value::Str(b)) => Ok(a == b),
        _ => equal_others(a, b),
    }
}

fn equal_others(a: &Value, b: &Value) -> Result<bool, Fault> {
    if is_nil(a) || is_nil(b) {
        return Ok(is_nil(a) && is_nil(b));
    }
    if kind(a) != kind(b) {
        let (shown, found, other_type) = (shown(a), a.type_name(), b.type_name());
        let other = gofmt::sprintf(b"%v", std::slice::from_ref(b));
        let other = other.to_text();
        return Err(Fault::new(format!(
            "non-comparable types {shown}: {found}, {other_type}: {other}"
        )));
    }
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if a.is_pointer() || b.is_pointer() => Ok(Rc::ptr_eq(a, b)),
        (Value::Object(_), Value::Object(object)) if is_comparable(&**object) => {
            Ok(a.type_name() == b.type_name() && shown(a) == shown(b))
        }
        _ => Err(Fault::new(format!(
            "non-comparable type {}: {}",
            shown(b),
            b.type_name()
        ))),
    }
}

/// Go's kind of what is neither a number nor a text.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Bytes(_) | Value::List(_) => "slice",
        Value::Map(_) => "map",
        Value::Object(object) if object.is_pointer() => "ptr",
        _ => "struct",
    }
}

/// Has the struct no field that cannot be compared?
fn is_comparable(object: &dyn Object) -> bool {
    object.shown_fields().iter().all(|(_, value)| match value {
        Value::Bytes(_) | Value::List(_) | Value::Map(_) => false,
        Value::Object(object) => object.is_pointer() || is_comparable(&**object),
        _ => true,
    })
}

fn shown(value: &Value) -> String {
    gofmt::sprintf(b"%s", std::slice::from_ref(value))
        .to_text()
        .into_owned()
}

fn is_nil(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::List(list) => list.is_nil(),
        Value::Map(map) => map.is_nil(),
        _ => false,
    }
}

/// Integers compare whatever their sign.
fn integers(a: &Value, b: &Value) -> Option<Ordering> {
    let wide = |value: &Value| match value {
        Value::Int(_, number) => Some(i128::from(*number)),
        Value::Uint(_, number) => Some(i128::from(*number)),
        _ => None,
    };
    Some(wide(a)?.cmp(&wide(b)?))
}

fn less(call: &Call<'_>) -> Result<bool, Fault> {
    let (a, b) = (call.value(0), call.value(1));
    if let Some(ordering) = integers(a, b) {
        return Ok(ordering == Ordering::Less);
    }
    let classes = (class(a), class(b));
    if classes.0 == Class::Other || classes.1 == Class::Other {
        return Err(Fault::new("invalid type for comparison"));
    }
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => Ok(a < b),
        (Value::Str(a), Value::Str(b)) => Ok(a < b),
        _ if classes.0 != classes.1 => Err(incompatible(a, b, call)),
        _ => Err(Fault::new("invalid type for comparison")),
    }
}

fn incompatible(a: &Value, b: &Value, call: &Call<'_>) -> Fault {
    const TEXT: &str = "incompatible types for comparison";
    if !call.options.names_compared_types {
        return Fault::new(TEXT);
    }
    Fault::new(format!("{TEXT}: {} and {}", a.type_name(), b.type_name()))
}
