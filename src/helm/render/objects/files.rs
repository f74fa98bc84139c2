//! `.Files`. Source: helm `pkg/engine/files.go`, v3.17.

use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::glob::Glob;
use crate::golang::func::Method;
use crate::golang::value::{MapType, Missing};
use crate::golang::{Env, Fault, List, Map, Str, Type, Value, path};
use crate::helm::chart::File;

static FILES: MapType = MapType {
    name: "engine.files",
    missing: Missing::EmptyBytes,
    methods: METHODS,
};

/// `.Files` of a chart.
pub fn files(files: &[File]) -> Map {
    let entry = |file: &File| (Str::from(file.name.as_str()), Value::Bytes(Rc::from(&*file.data)));
    Map::typed(&FILES, files.iter().map(entry).collect())
}

const METHODS: &[Method] = &[
    method("Get", &[Type::Str], get),
    method("GetBytes", &[Type::Str], get_bytes),
    method("Glob", &[Type::Str], glob),
    method("AsConfig", &[], as_config),
    method("AsSecrets", &[], as_secrets),
    method("Lines", &[Type::Str], lines),
];

type Call = fn(&Env, &Value, &[Value]) -> Result<Value, Fault>;

const fn method(name: &'static str, params: &'static [Type], call: Call) -> Method {
    Method::new(name, params, call)
}

fn set(value: &Value) -> Result<&Map, Fault> {
    match value {
        Value::Map(map) => Ok(map),
        _ => Err(Fault::new("not a set of files")),
    }
}

/// The bytes of the file that the first argument names.
fn bytes(value: &Value, args: &[Value]) -> Result<Option<Rc<[u8]>>, Fault> {
    let Some(Value::Str(name)) = args.first() else {
        return Ok(None);
    };
    Ok(match set(value)?.get(name) {
        Some(Value::Bytes(bytes)) => Some(bytes),
        _ => None,
    })
}

fn get(_: &Env, value: &Value, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::str(bytes(value, args)?.as_deref().unwrap_or_default()))
}

fn get_bytes(_: &Env, value: &Value, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Bytes(
        bytes(value, args)?.unwrap_or_else(|| Rc::from(&b""[..])),
    ))
}

fn glob(env: &Env, value: &Value, args: &[Value]) -> Result<Value, Fault> {
    let Some(Value::Str(pattern)) = args.first() else {
        return Err(Fault::new("no pattern"));
    };
    // Helm takes everything where a pattern cannot be read.
    let glob = Glob::parse(&pattern.to_text()).unwrap_or_else(Glob::everything);
    let mut found = BTreeMap::new();
    for (name, data) in set(value)?.snapshot() {
        env.fuel.step(1 + name.len() as u64 / 16)?;
        if glob.matches(&name.to_text()) {
            found.insert(name, data);
        }
    }
    Ok(Value::Map(Map::typed(&FILES, found)))
}

fn as_config(_: &Env, value: &Value, _: &[Value]) -> Result<Value, Fault> {
    by_base_name(value, |data| Value::str(data))
}

fn as_secrets(_: &Env, value: &Value, _: &[Value]) -> Result<Value, Fault> {
    by_base_name(value, |data| Value::str(STANDARD.encode(data)))
}

fn by_base_name(value: &Value, convert: fn(&[u8]) -> Value) -> Result<Value, Fault> {
    let map = Map::new();
    for (name, data) in set(value)?.snapshot() {
        if let Value::Bytes(data) = data {
            map.insert(path::base(&name), convert(&data));
        }
    }
    Ok(super::super::functions::to_yaml_text(&Value::Map(map)))
}

fn lines(_: &Env, value: &Value, args: &[Value]) -> Result<Value, Fault> {
    let data = bytes(value, args)?.unwrap_or_else(|| Rc::from(&b""[..]));
    if data.is_empty() {
        return Ok(Value::List(List::strings(Vec::<Str>::new())));
    }
    let text = data.strip_suffix(b"\n").unwrap_or(&data);
    Ok(Value::List(List::strings(
        text.split(|byte| *byte == b'\n').map(Str::from),
    )))
}
