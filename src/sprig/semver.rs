//! Versions. Source: sprig v3.3.0 `semver.go`; the methods of Masterminds/semver v3.3.0 `version.go`.

use std::any::Any;
use std::borrow::Cow;
use std::cmp::Ordering;

use super::args::{string, text};
use crate::golang::Type::{Named, Str as Text};
use crate::golang::semver::{Constraint, Edition, Version};
use crate::golang::value::{Object, UintKind};
use crate::golang::{Env, Fault, Func, Method, Str, Value};

pub(super) fn table() -> Vec<(&'static str, Func)> {
    vec![
        ("semver", Func::new(&[Text], |_, args| parse(args, Edition::V3_3))),
        (
            "semverCompare",
            Func::new(&[Text, Text], |_, args| compare(args, Edition::V3_3)),
        ),
    ]
}

/// The same over version 3.5 of the library, which newer Helms have.
pub(super) fn newer() -> Vec<(&'static str, Func)> {
    vec![
        ("semver", Func::new(&[Text], |_, args| parse(args, Edition::V3_5))),
        (
            "semverCompare",
            Func::new(&[Text, Text], |_, args| compare(args, Edition::V3_5)),
        ),
    ]
}

fn parse(args: &[Value], edition: Edition) -> Result<Value, Fault> {
    let version = Version::parse(&String::from_utf8_lossy(text(args, 0)), edition)?;
    Ok(Value::object(Semver(version)))
}

fn compare(args: &[Value], edition: Edition) -> Result<Value, Fault> {
    let constraint = Constraint::parse(&String::from_utf8_lossy(text(args, 0)), edition)?;
    let version = Version::parse(&String::from_utf8_lossy(text(args, 1)), edition)?;
    Ok(Value::Bool(constraint.check(&version)))
}

const TYPE: &str = "*semver.Version";

/// `*semver.Version`: no fields, only methods.
struct Semver(Version);

impl Object for Semver {
    fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(TYPE)
    }
    fn is_pointer(&self) -> bool {
        true
    }
    fn methods(&self) -> &'static [Method] {
        METHODS
    }
    fn string(&self) -> Option<Str> {
        Some(self.0.to_string().into())
    }
    fn json(&self) -> Option<Value> {
        Some(Value::str(self.0.to_string()))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

static METHODS: &[Method] = &[
    plain("Major", |_, of, _| Ok(number(version(of)?.major))),
    plain("Minor", |_, of, _| Ok(number(version(of)?.minor))),
    plain("Patch", |_, of, _| Ok(number(version(of)?.patch))),
    plain("Prerelease", |env, of, _| {
        string(env, version(of)?.prerelease.as_str())
    }),
    plain("Metadata", |env, of, _| {
        string(env, version(of)?.metadata.as_str())
    }),
    plain("Original", |env, of, _| {
        string(env, version(of)?.original.as_str())
    }),
    plain("String", |env, of, _| string(env, version(of)?.to_string())),
    plain("IncMajor", |_, of, _| {
        let old = version(of)?;
        Ok(next(old, (old.major.wrapping_add(1), 0, 0)))
    }),
    plain("IncMinor", |_, of, _| {
        let old = version(of)?;
        Ok(next(old, (old.major, old.minor.wrapping_add(1), 0)))
    }),
    plain("IncPatch", |_, of, _| {
        let old = version(of)?;
        // A pre-release comes before its release: that is the next patch.
        let patch = old.patch.wrapping_add(u64::from(old.prerelease.is_empty()));
        Ok(next(old, (old.major, old.minor, patch)))
    }),
    comparing("Compare", |_, of, args| Ok(Value::int(order(of, args)? as i64))),
    comparing("Equal", |_, of, args| Ok(Value::Bool(order(of, args)?.is_eq()))),
    comparing("LessThan", |_, of, args| {
        Ok(Value::Bool(order(of, args)?.is_lt()))
    }),
    comparing("LessThanEqual", |_, of, args| {
        Ok(Value::Bool(order(of, args)?.is_le()))
    }),
    comparing("GreaterThan", |_, of, args| {
        Ok(Value::Bool(order(of, args)?.is_gt()))
    }),
    comparing("GreaterThanEqual", |_, of, args| {
        Ok(Value::Bool(order(of, args)?.is_ge()))
    }),
];

type Call = fn(&Env, &Value, &[Value]) -> Result<Value, Fault>;

const fn plain(name: &'static str, call: Call) -> Method {
    Method {
        name,
        params: &[],
        variadic: None,
        call,
    }
}

const fn comparing(name: &'static str, call: Call) -> Method {
    Method {
        name,
        params: &[Named(TYPE)],
        variadic: None,
        call,
    }
}

fn number(number: u64) -> Value {
    Value::Uint(UintKind::Uint64, number)
}

fn version(value: &Value) -> Result<&Version, Fault> {
    let found = match value {
        Value::Object(object) => object.as_any().downcast_ref::<Semver>(),
        _ => None,
    };
    found
        .map(|semver| &semver.0)
        .ok_or_else(|| Fault::new(super::args::NIL_POINTER))
}

fn order(of: &Value, args: &[Value]) -> Result<Ordering, Fault> {
    let other = args.first().ok_or_else(|| Fault::new(super::args::NIL_POINTER))?;
    Ok(version(of)?.compare(version(other)?))
}

/// The version with these numbers, as text and original with the `v` that the old one had.
fn next(old: &Version, (major, minor, patch): (u64, u64, u64)) -> Value {
    let mut next = Version {
        major,
        minor,
        patch,
        prerelease: String::new(),
        metadata: String::new(),
        original: String::new(),
    };
    let prefix = if old.original.starts_with('v') { "v" } else { "" };
    next.original = format!("{prefix}{next}");
    Value::object(Semver(next))
}
