//! Maps. Source: sprig v3.3.0 `dict.go`. `set`, `unset` and the merges change what others hold, as Go's maps do.

use super::args::{any, list, map, pay_items, rest, text, typed_list};
use super::convert::strval;
use super::{equal, merge};
use crate::golang::Type::{Any, AnyMap, Str};
use crate::golang::value::{Elem, STRING_ANY};
use crate::golang::{Env, Fault, Func, Map, Value};

pub(super) fn table() -> Vec<(&'static str, Func)> {
    vec![
        ("dict", Func::variadic(&[], Any, dict)),
        ("get", Func::new(&[AnyMap, Str], get)),
        ("set", Func::new(&[AnyMap, Str, Any], set)),
        ("unset", Func::new(&[AnyMap, Str], unset)),
        (
            "hasKey",
            Func::new(&[AnyMap, Str], |_, args| {
                let found = map(args, 0).is_some_and(|map| map.contains(text(args, 1)));
                Ok(Value::Bool(found))
            }),
        ),
        ("pluck", Func::variadic(&[Str], AnyMap, pluck)),
        ("keys", Func::variadic(&[], AnyMap, keys)),
        ("values", Func::new(&[AnyMap], values)),
        ("pick", Func::variadic(&[AnyMap], Str, pick)),
        ("omit", Func::variadic(&[AnyMap], Str, omit)),
        ("dig", Func::variadic(&[], Any, dig)),
        ("merge", Func::variadic(&[AnyMap], AnyMap, merge::merge)),
        ("mustMerge", Func::variadic(&[AnyMap], AnyMap, merge::must_merge)),
        (
            "mergeOverwrite",
            Func::variadic(&[AnyMap], AnyMap, merge::merge_overwrite),
        ),
        (
            "mustMergeOverwrite",
            Func::variadic(&[AnyMap], AnyMap, merge::merge_overwrite),
        ),
        ("deepCopy", Func::new(&[Any], deep_copy)),
        ("mustDeepCopy", Func::new(&[Any], deep_copy)),
    ]
}

/// Keys and values in turn; a last key without a value gets the empty text.
fn dict(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    pay_items(env, args.len())?;
    let made = Map::new();
    for pair in args.chunks(2) {
        let value = pair.get(1).cloned().unwrap_or_else(|| Value::str(""));
        made.insert(strval(&any(pair, 0)), value);
    }
    Ok(Value::Map(made))
}

fn get(_: &Env, args: &[Value]) -> Result<Value, Fault> {
    let found = map(args, 0).and_then(|map| map.get(text(args, 1)));
    Ok(found.unwrap_or_else(|| Value::str("")))
}

fn set(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let Some(map) = map(args, 0).filter(|map| !map.is_nil()) else {
        return Err(Fault::new("assignment to entry in nil map"));
    };
    pay_items(env, 1)?;
    map.insert(text(args, 1), any(args, 2));
    Ok(Value::Map(map))
}

fn unset(_: &Env, args: &[Value]) -> Result<Value, Fault> {
    let map = map(args, 0).unwrap_or_default();
    map.remove(text(args, 1));
    Ok(Value::Map(map))
}

fn pluck(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let key = text(args, 0);
    let found = (1..args.len()).filter_map(|index| map(args, index)?.get(key));
    list(env, found.collect())
}

/// Go's order is random; ours is sorted.
fn keys(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let maps = (0..args.len()).filter_map(|index| map(args, index));
    let keys = maps.flat_map(|map| map.keys()).map(Value::Str);
    typed_list(env, Elem::Str, keys.collect())
}

fn values(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let entries = map(args, 0).unwrap_or_default().snapshot();
    list(env, entries.into_iter().map(|(_, value)| value).collect())
}

fn pick(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    pay_items(env, args.len())?;
    let from = map(args, 0).unwrap_or_default();
    let picked = Map::new();
    for key in rest(args, 1) {
        if let Some(value) = from.get(strval(key)) {
            picked.insert(strval(key), value);
        }
    }
    Ok(Value::Map(picked))
}

fn omit(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let from = map(args, 0).unwrap_or_default();
    pay_items(env, from.len())?;
    let kept: Map = from.snapshot().into_iter().collect();
    for key in rest(args, 1) {
        kept.remove(strval(key));
    }
    Ok(Value::Map(kept))
}

/// `dig "a" "b" default dict`: the map's type is asserted, named map types are refused.
fn dig(_: &Env, args: &[Value]) -> Result<Value, Fault> {
    let [keys @ .., default, dict] = args else {
        return Err(Fault::new("dig needs at least three arguments"));
    };
    if keys.is_empty() {
        return Err(Fault::new("dig needs at least three arguments"));
    }
    let mut dict = asserted_map(dict)?;
    let keys = keys.iter().map(|key| match key {
        Value::Str(key) => Ok(key.clone()),
        other => Err(not_a(other, "string")),
    });
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    for (index, key) in keys.iter().enumerate() {
        match dict.get(key) {
            None => return Ok(default.clone()),
            Some(found) if index + 1 == keys.len() => return Ok(found),
            Some(found) => dict = asserted_map(&found)?,
        }
    }
    Ok(default.clone())
}

fn asserted_map(value: &Value) -> Result<Map, Fault> {
    match value {
        Value::Map(map) if map.kind().name == STRING_ANY.name => Ok(map.clone()),
        other => Err(not_a(other, STRING_ANY.name)),
    }
}

fn not_a(value: &Value, wanted: &str) -> Fault {
    let found = match value {
        Value::Nil => "nil".into(),
        other => other.type_name(),
    };
    Fault::new(format!(
        "interface conversion: interface {{}} is {found}, not {wanted}"
    ))
}

fn deep_copy(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let value = any(args, 0);
    if value.is_nil() {
        return Err(Fault::new("reflect: call of reflect.Value.Type on zero Value"));
    }
    equal::deep_copy(env, &value)
}
