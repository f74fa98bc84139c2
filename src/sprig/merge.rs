//! Merging maps. Source: sprig v3.3.0 `dict.go`, dario.cat/mergo v1.0.1 `merge.go`, as it treats maps of interfaces.

use super::args::{map, pay_items};
use super::equal::deeper;
use crate::golang::{Env, Fault, Map, Value};

/// The first map wins where it is not empty. Maps that cannot be merged give an empty text.
pub(super) fn merge(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    match merged(env, args, false) {
        Err(fault) if fault.message == DIFFERENT => Ok(Value::str("")),
        result => result,
    }
}

/// The same, but maps that cannot be merged are an error.
pub(super) fn must_merge(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    merged(env, args, false)
}

/// The last map wins.
pub(super) fn merge_overwrite(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    merged(env, args, true)
}

/// mergo's refusal of a pointer against something else than what it points to.
const DIFFERENT: &str = "src and dst must be of same type";

fn merged(env: &Env, args: &[Value], overwrite: bool) -> Result<Value, Fault> {
    let to = map(args, 0).filter(|map| !map.is_nil()).unwrap_or_default();
    for from in (1..args.len()).filter_map(|index| map(args, index)) {
        merge_maps(env, &to, &from, overwrite, 0)?;
    }
    Ok(Value::Map(to))
}

fn merge_maps(env: &Env, to: &Map, from: &Map, overwrite: bool, depth: u32) -> Result<(), Fault> {
    let depth = deeper(depth)?;
    for (key, value) in from.snapshot() {
        env.fuel.step(1)?;
        pay_items(env, 1)?;
        let there = to.get(&key);
        let replaces = match (&there, &value) {
            (_, Value::Nil) => {
                if overwrite {
                    to.insert(key, Value::Nil);
                }
                continue;
            }
            (Some(there), Value::Map(_)) if is_struct(there) => {
                return Err(Fault::new("reflect: call of reflect.Value.Field on map Value"));
            }
            (Some(Value::Map(there)), Value::Map(value)) => {
                merge_maps(env, there, value, overwrite, depth)?;
                there.is_empty()
            }
            (Some(there), value) if !overwrite && is_refused(there, value) => {
                return Err(Fault::new(DIFFERENT));
            }
            (Some(there), _) => overwrite || is_empty(there),
            (None, _) => true,
        };
        if replaces {
            to.insert(key, value);
        }
    }
    Ok(())
}

/// A struct with fields of its own, which mergo looks for in the other value, too, whatever that is.
fn is_struct(value: &Value) -> bool {
    let has_fields = |name: &str| name.ends_with(".KubeVersion") || name.ends_with(".BuildInfo");
    matches!(value, Value::Object(object) if !object.is_pointer()) && has_fields(&value.type_name())
}

fn is_refused(there: &Value, value: &Value) -> bool {
    let is_pointer = |value: &Value| matches!(value, Value::Object(object) if object.is_pointer());
    let is_struct_or_map = matches!(value, Value::Map(_) | Value::Object(_)) && !is_pointer(value);
    is_pointer(there) && is_struct_or_map && there.type_name().trim_start_matches('*') != value.type_name()
}

/// mergo's idea of empty: as for templates, but objects never are.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Complex(..) => false,
        other => !other.is_true(),
    }
}
