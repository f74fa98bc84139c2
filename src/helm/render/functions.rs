//! Helm's own functions that need nothing but their arguments. Source: helm `pkg/engine/funcs.go`, v3.17.

use super::durations;
use super::toml::{self, Floats};
use crate::golang::{Env, Fault, Func, List, Map, Str, Type, Value, json, yaml};
use crate::helm::engines::Engine;

/// The functions of an engine, by name.
pub(super) fn functions(engine: &Engine) -> Vec<(&'static str, Func)> {
    let mut functions = vec![
        ("toYaml", Func::new(&[Type::Any], to_yaml)),
        ("toYamlPretty", Func::new(&[Type::Any], to_yaml_pretty)),
        ("fromYaml", Func::new(&[Type::Str], from_yaml)),
        ("fromYamlArray", Func::new(&[Type::Str], from_yaml_array)),
        ("toJson", Func::new(&[Type::Any], to_json)),
        ("fromJson", Func::new(&[Type::Str], from_json)),
        ("fromJsonArray", Func::new(&[Type::Str], from_json_array)),
        ("toToml", Func::new(&[Type::Any], toml_function(engine))),
        ("fromToml", Func::new(&[Type::Str], from_toml)),
        ("getHostByName", Func::new(&[Type::Str], no_host)),
    ];
    if engine.has_must_encoders {
        functions.push(("mustToYaml", Func::new(&[Type::Any], must_to_yaml)));
        functions.push(("mustToToml", Func::new(&[Type::Any], must_to_toml)));
    }
    if engine.has_durations {
        functions.extend(durations::functions());
    }
    functions
}

/// `toYaml`: without the last line break; nothing where the value cannot be written.
pub(super) fn to_yaml_text(value: &Value) -> Value {
    trimmed(yaml::encode(value).unwrap_or_else(|_| "".into()).as_bytes())
}

/// Helm's functions give nothing for what cannot be written; a limit stays an error.
fn lenient(encoded: Result<Str, String>) -> Result<Str, Fault> {
    match encoded {
        Err(error) if json::is_limit(&error) => Err(Fault::limit(format!(
            "{error}; does a value contain itself, or share its parts many times over?"
        ))),
        encoded => Ok(encoded.unwrap_or_else(|_| "".into())),
    }
}

fn trimmed(text: &[u8]) -> Value {
    Value::str(text.strip_suffix(b"\n").unwrap_or(text))
}

fn first(args: &[Value]) -> &Value {
    args.first().unwrap_or(&Value::Nil)
}

fn text(args: &[Value]) -> &[u8] {
    match first(args) {
        Value::Str(text) => text.as_bytes(),
        _ => b"",
    }
}

/// Pays for a text that is made or read: one step for each 16 bytes.
fn pay(env: &Env, bytes: usize) -> Result<(), Fault> {
    env.fuel.step(bytes as u64 / 16)?;
    env.fuel.alloc(bytes as u64)
}

/// Pays for a text that becomes nodes, each of which is far larger in memory than as text.
fn pay_nodes(env: &Env, text: &[u8]) -> Result<(), Fault> {
    const ROOM_PER_NODE: u64 = 150;
    const ROOM_PER_BYTE: u64 = 8;
    pay(env, text.len())?;
    let starts_node = |byte: &&u8| matches!(byte, b'\n' | b',' | b'[' | b'{' | b':' | b'.');
    let nodes = text.iter().filter(starts_node).count() as u64;
    env.fuel.step(nodes)?;
    env.fuel
        .hold(nodes * ROOM_PER_NODE + text.len() as u64 * ROOM_PER_BYTE)
}

fn to_yaml(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let encoded = lenient(yaml::encode(first(args)))?;
    pay(env, encoded.len())?;
    Ok(trimmed(&encoded))
}

fn to_yaml_pretty(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let encoded = lenient(yaml::encode_pretty(first(args)))?;
    pay(env, encoded.len())?;
    Ok(trimmed(&encoded))
}

fn must_to_yaml(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let encoded = yaml::encode(first(args)).map_err(Fault::new)?;
    pay(env, encoded.len())?;
    Ok(trimmed(&encoded))
}

fn from_yaml(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    pay_nodes(env, text(args))?;
    let map = yaml::decode_map(text(args)).unwrap_or_else(|error| error_map(error.to_string()));
    Ok(Value::Map(map))
}

fn from_yaml_array(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    pay_nodes(env, text(args))?;
    let list = yaml::decode_list(text(args)).unwrap_or_else(|error| error_list(error.to_string()));
    Ok(Value::List(list))
}

fn to_json(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let encoded = lenient(json::encode(first(args), true))?;
    pay(env, encoded.len())?;
    Ok(Value::Str(encoded))
}

fn from_json(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    pay_nodes(env, text(args))?;
    let (map, error) = json::decode_map(text(args));
    if let Some(error) = error {
        map.insert("Error", error);
    }
    Ok(Value::Map(map))
}

fn from_json_array(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    pay_nodes(env, text(args))?;
    let (items, error) = json::decode_list(text(args));
    Ok(Value::List(error.map_or_else(|| List::any(items), error_list)))
}

type Call = fn(&Env, &[Value]) -> Result<Value, Fault>;

fn toml_function(engine: &Engine) -> Call {
    if engine.toml_has_exponents {
        |env, args| to_toml(env, args, Floats::Exponent)
    } else {
        |env, args| to_toml(env, args, Floats::Plain)
    }
}

/// How deep a value may nest that is written as TOML.
const MAX_TOML_DEPTH: u32 = 250;

/// Pays for each node of a value that will be walked whole.
fn weigh(env: &Env, value: &Value, depth: u32) -> Result<(), Fault> {
    env.fuel.step(1)?;
    if depth > MAX_TOML_DEPTH {
        let text = format!("a value nests deeper than {MAX_TOML_DEPTH} levels; does it contain itself?");
        return Err(Fault::limit(text));
    }
    match value {
        Value::List(list) => list.iter().try_for_each(|item| weigh(env, item, depth + 1)),
        Value::Map(map) => map
            .snapshot()
            .iter()
            .try_for_each(|(_, item)| weigh(env, item, depth + 1)),
        _ => Ok(()),
    }
}

/// The error text itself where the value cannot be written.
fn to_toml(env: &Env, args: &[Value], floats: Floats) -> Result<Value, Fault> {
    weigh(env, first(args), 0)?;
    let encoded = toml_text(args, floats)?.unwrap_or_else(|error| error);
    pay(env, encoded.len())?;
    Ok(Value::from(encoded))
}

fn must_to_toml(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    weigh(env, first(args), 0)?;
    let encoded = toml_text(args, Floats::Exponent)?.map_err(Fault::new)?;
    pay(env, encoded.len())?;
    Ok(Value::from(encoded))
}

fn toml_text(args: &[Value], floats: Floats) -> Result<Result<String, String>, Fault> {
    match first(args) {
        Value::Nil => Err(Fault::new("reflect: call of reflect.Value.Type on zero Value")),
        value => Ok(toml::encode(value, floats)),
    }
}

fn from_toml(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    pay_nodes(env, text(args))?;
    Ok(Value::Map(toml::decode(text(args)).unwrap_or_else(error_map)))
}

/// Host names are never looked up: a render depends on its inputs alone.
fn no_host(_: &Env, _: &[Value]) -> Result<Value, Fault> {
    Ok(Value::str(""))
}

fn error_map(error: String) -> Map {
    Map::from_iter([("Error", error)])
}

fn error_list(error: String) -> List {
    List::any(vec![Value::from(error)])
}
