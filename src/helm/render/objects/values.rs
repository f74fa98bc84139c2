//! `.Values` and the root of what a template sees: maps with methods.
//! Source: helm `pkg/chartutil/values.go`, v3.17; `pkg/chart/common/values.go`, v4.

use crate::golang::func::Method;
use crate::golang::strconv::quote;
use crate::golang::value::{MapType, Missing, STRING_ANY};
use crate::golang::{Env, Fault, Map, Type, Value, yaml};
use crate::helm::engines::ValuesPackage;

static CHARTUTIL: MapType = MapType {
    name: "chartutil.Values",
    missing: Missing::NoValue,
    methods: METHODS,
};
static COMMON: MapType = MapType {
    name: "common.Values",
    missing: Missing::NoValue,
    methods: METHODS,
};

/// The map type of an engine.
pub fn map_type(package: ValuesPackage) -> &'static MapType {
    match package {
        ValuesPackage::Chartutil => &CHARTUTIL,
        ValuesPackage::Common => &COMMON,
    }
}

/// The table at a dotted path.
///
/// # Errors
/// Helm's text for a part that is not a table.
pub fn table(map: &Map, path: &str) -> Result<Map, String> {
    let mut found = map.clone();
    for part in path.split('.') {
        found = match found.get(part) {
            Some(Value::Map(next)) => next,
            _ => return Err(format!("{} is not a table", quote(part.as_bytes()))),
        };
    }
    Ok(found)
}

const METHODS: &[Method] = &[
    Method::new("YAML", &[], to_yaml),
    Method::new("AsMap", &[], as_map),
    Method::new("Table", &[Type::Str], table_method),
    Method::new("PathValue", &[Type::Str], path_value),
    Method::new("Encode", &[Type::Named("io.Writer")], encode),
];

fn receiver(value: &Value) -> Result<&Map, Fault> {
    match value {
        Value::Map(map) => Ok(map),
        _ => Err(Fault::new("not a map")),
    }
}

fn path(args: &[Value]) -> String {
    match args.first() {
        Some(Value::Str(path)) => path.to_text().into_owned(),
        _ => String::new(),
    }
}

fn to_yaml(_: &Env, value: &Value, _: &[Value]) -> Result<Value, Fault> {
    yaml::encode(value).map(Value::Str).map_err(Fault::new)
}

fn as_map(_: &Env, value: &Value, _: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Map(receiver(value)?.retyped(&STRING_ANY)))
}

fn table_method(_: &Env, value: &Value, args: &[Value]) -> Result<Value, Fault> {
    let map = receiver(value)?;
    Ok(Value::Map(table(map, &path(args))?.retyped(map.kind())))
}

fn path_value(_: &Env, value: &Value, args: &[Value]) -> Result<Value, Fault> {
    let map = receiver(value)?;
    let path = path(args);
    let (tables, key) = path.rsplit_once('.').unwrap_or(("", &path));
    let parent = match tables {
        "" => Ok(map.clone()),
        tables => table(map, tables),
    };
    match parent.ok().and_then(|parent| parent.get(key)) {
        Some(found) if !matches!(found, Value::Map(_)) => Ok(found),
        _ => Err(Fault::new(format!("{} is not a value", quote(key.as_bytes())))),
    }
}

/// Templates have no writer to give, so that the argument check always fails first.
fn encode(_: &Env, _: &Value, _: &[Value]) -> Result<Value, Fault> {
    Err(Fault::new("no writer"))
}
