//! Lists. Source: sprig v3.3.0 `list.go`. No function changes its input; the `must` twins give the same text as an
//! error that the others panic with, which a template cannot tell apart.

use super::args::{self, BAD_LENGTH, NIL_POINTER, any, int, list, pay_items, rest, typed_list};
use super::convert::{strval, to_int};
use super::equal::deep_equal;
use super::{strings, types};
use crate::golang::Type::{Any, Int};
use crate::golang::value::{Elem, List, UintKind};
use crate::golang::{Env, Fault, Func, Value};

type Body = fn(&Env, &[Value]) -> Result<Value, Fault>;

pub(super) fn table() -> Vec<(&'static str, Func)> {
    let one: &[(&str, &str, Body)] = &[
        ("first", "mustFirst", first),
        ("last", "mustLast", last),
        ("rest", "mustRest", all_but_first),
        ("initial", "mustInitial", all_but_last),
        ("reverse", "mustReverse", reverse),
        ("compact", "mustCompact", compact),
        ("uniq", "mustUniq", uniq),
    ];
    let two: &[(&str, &str, Body)] = &[
        ("append", "mustAppend", append),
        ("push", "mustPush", append),
        ("prepend", "mustPrepend", prepend),
        ("has", "mustHas", has),
    ];
    let mut table = vec![
        (
            "list",
            Func::variadic(&[], Any, |env, args| list(env, args.to_vec())),
        ),
        (
            "tuple",
            Func::variadic(&[], Any, |env, args| list(env, args.to_vec())),
        ),
        ("concat", Func::variadic(&[], Any, concat)),
        ("sortAlpha", Func::new(&[Any], sort_alpha)),
        ("without", Func::variadic(&[Any], Any, without)),
        ("mustWithout", Func::variadic(&[Any], Any, without)),
        ("slice", Func::variadic(&[Any], Any, slice)),
        ("mustSlice", Func::variadic(&[Any], Any, slice)),
        ("chunk", Func::new(&[Int, Any], chunk)),
        ("mustChunk", Func::new(&[Int, Any], chunk)),
    ];
    let twins = |names: &[(&'static str, &'static str, Body)], params: &'static [crate::golang::Type]| {
        let each = names.iter().flat_map(move |(plain, must, body)| {
            [
                (*plain, Func::new(params, *body)),
                (*must, Func::new(params, *body)),
            ]
        });
        each.collect::<Vec<_>>()
    };
    table.extend(twins(one, &[Any]));
    table.extend(twins(two, &[Any, Any]));
    table
}

/// The elements of any kind of list; `None` for what is none.
pub(super) fn items(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::List(list) => Some(list.to_vec()),
        Value::Bytes(bytes) => Some(
            bytes
                .iter()
                .map(|byte| Value::Uint(UintKind::Uint8, u64::from(*byte)))
                .collect(),
        ),
        _ => None,
    }
}

/// The elements, or the panic of a function that does `doing` (`Cannot find first on type`) with something else.
fn items_for(value: &Value, doing: &str) -> Result<Vec<Value>, Fault> {
    match items(value) {
        Some(items) => Ok(items),
        None if value.is_nil() => Err(Fault::new(NIL_POINTER)),
        None => Err(Fault::new(format!("{doing} {}", types::kind(value)))),
    }
}

fn find(args: &[Value], name: &str) -> Result<Vec<Value>, Fault> {
    items_for(&any(args, 0), &format!("Cannot find {name} on type"))
}

fn nil_list() -> Value {
    Value::List(List::nil(Elem::Any))
}

fn first(_: &Env, args: &[Value]) -> Result<Value, Fault> {
    Ok(find(args, "first")?.into_iter().next().unwrap_or(Value::Nil))
}

fn last(_: &Env, args: &[Value]) -> Result<Value, Fault> {
    Ok(find(args, "last")?.pop().unwrap_or(Value::Nil))
}

fn all_but_first(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let items = find(args, "rest")?;
    match items.split_first() {
        Some((_, rest)) => list(env, rest.to_vec()),
        None => Ok(nil_list()),
    }
}

fn all_but_last(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let mut items = find(args, "initial")?;
    match items.pop() {
        Some(_) => list(env, items),
        None => Ok(nil_list()),
    }
}

fn reverse(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let mut items = find(args, "reverse")?;
    items.reverse();
    list(env, items)
}

fn append(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let mut items = items_for(&any(args, 0), "Cannot push on type")?;
    items.push(any(args, 1));
    list(env, items)
}

fn prepend(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let mut items = items_for(&any(args, 0), "Cannot prepend on type")?;
    items.insert(0, any(args, 1));
    list(env, items)
}

fn compact(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let items = items_for(&any(args, 0), "Cannot compact on type")?;
    list(env, items.into_iter().filter(Value::is_true).collect())
}

fn uniq(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let mut kept: Vec<Value> = Vec::new();
    for item in find(args, "uniq")? {
        if !is_in(env, &kept, &item)? {
            kept.push(item);
        }
    }
    list(env, kept)
}

fn without(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let mut kept = Vec::new();
    for item in find(args, "without")? {
        if !is_in(env, rest(args, 1), &item)? {
            kept.push(item);
        }
    }
    list(env, kept)
}

fn has(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let list = any(args, 1);
    if list.is_nil() {
        return Ok(Value::Bool(false));
    }
    let items = items_for(&list, "Cannot find has on type")?;
    Ok(Value::Bool(is_in(env, &items, &any(args, 0))?))
}

fn is_in(env: &Env, items: &[Value], wanted: &Value) -> Result<bool, Fault> {
    for item in items {
        if deep_equal(env, wanted, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn concat(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let mut all = Vec::new();
    for arg in args {
        match items(arg) {
            Some(items) => {
                pay_items(env, items.len())?;
                all.extend(items);
            }
            None if arg.is_nil() => return Err(Fault::new(NIL_POINTER)),
            None => {
                return Err(Fault::new(format!(
                    "Cannot concat type {} as list",
                    types::kind(arg)
                )));
            }
        }
    }
    Ok(if all.is_empty() {
        nil_list()
    } else {
        Value::list(all)
    })
}

fn sort_alpha(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let value = any(args, 0);
    let mut texts = match items(&value) {
        Some(_) => strings::texts(&value),
        None => vec![strval(&value)],
    };
    texts.sort();
    typed_list(env, Elem::Str, texts.into_iter().map(Value::Str).collect())
}

fn slice(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let value = any(args, 0);
    let items = items_for(&value, "list should be type of slice or array but")?;
    if items.is_empty() {
        return Ok(Value::Nil);
    }
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let start = args.get(1).map_or(0, to_int);
    let end = args.get(2).map_or(length, to_int);
    let out_of_bounds = || Fault::new("reflect.Value.Slice: slice index out of bounds");
    if start < 0 || end < start || end > length {
        return Err(out_of_bounds());
    }
    let index = |at: i64| usize::try_from(at).map_err(|_| out_of_bounds());
    let part = items[index(start)?..index(end)?].to_vec();
    match value {
        Value::List(list) => typed_list(env, list.elem(), part),
        Value::Bytes(bytes) => Ok(Value::Bytes(bytes[index(start)?..index(end)?].into())),
        _ => args::list(env, part),
    }
}

/// Lists of `size` elements each; the number of lists is computed in floats, as sprig does.
#[expect(clippy::cast_precision_loss, reason = "sprig computes in float64 too")]
fn chunk(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let size = int(args, 0);
    let items = items_for(&any(args, 1), "Cannot chunk type")?;
    let count = ((items.len() as f64 - 1.0) / size as f64).floor() + 1.0;
    if count == 0.0 {
        return typed_list(env, Elem::AnyList, Vec::new());
    }
    let Some(size) = usize::try_from(size).ok().filter(|size| *size > 0) else {
        return Err(Fault::new(BAD_LENGTH));
    };
    pay_items(env, items.len())?;
    let chunks = items.chunks(size).map(|chunk| Value::list(chunk.to_vec()));
    typed_list(env, Elem::AnyList, chunks.collect())
}
