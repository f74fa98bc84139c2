//! Versions. Source: sprig v3.3.0 `semver.go`; the methods of Masterminds/semver v3.3.0 `version.go`.

use std::any::Any;
use std::borrow::Cow;
use std::cmp::Ordering;

use super::args::{string, text};
use crate::golang::Type::{Named, Str as Text};
use crate::golang::semver::{Constraint, Edition, Version};
use crate::golang::strconv::quote;
use crate::golang::value::{Object, UintKind};
use crate::golang::{Env, Fault, Func, Method, Str, Value};

pub(super) fn table() -> Vec<(&'static str, Func)> {
    vec![
        (
            "semver",
            Func::new(&[Text], |env, args| {
                pay(env, args).and_then(|()| parse(args, Edition::V3_3))
            }),
        ),
        (
            "semverCompare",
            Func::new(&[Text, Text], |env, args| {
                pay(env, args).and_then(|()| compare(args, Edition::V3_3))
            }),
        ),
    ]
}

/// The same over version 3.5 of the library, which newer Helms have.
pub(super) fn newer() -> Vec<(&'static str, Func)> {
    vec![
        (
            "semver",
            Func::new(&[Text], |env, args| {
                pay(env, args).and_then(|()| parse(args, Edition::V3_5))
            }),
        ),
        (
            "semverCompare",
            Func::new(&[Text, Text], |env, args| {
                pay(env, args).and_then(|()| compare(args, Edition::V3_5))
            }),
        ),
    ]
}

/// A part of a constraint takes far more memory than its text.
fn pay(env: &Env, args: &[Value]) -> Result<(), Fault> {
    const ROOM_PER_BYTE: u64 = 100;
    let length = (text(args, 0).len() + text(args, 1).len()) as u64;
    env.fuel.step(length / 4)?;
    env.fuel.hold(length * ROOM_PER_BYTE)
}

fn parse(args: &[Value], edition: Edition) -> Result<Value, Fault> {
    let version = Version::parse(&String::from_utf8_lossy(text(args, 0)), edition)?;
    Ok(Value::object(Semver {
        version,
        edition,
        is_pointer: true,
    }))
}

fn compare(args: &[Value], edition: Edition) -> Result<Value, Fault> {
    let constraint = Constraint::parse(&String::from_utf8_lossy(text(args, 0)), edition)?;
    let version = Version::parse(&String::from_utf8_lossy(text(args, 1)), edition)?;
    Ok(Value::Bool(constraint.check(&version)))
}

const TYPE: &str = "*semver.Version";
const VALUE_TYPE: &str = "semver.Version";

/// `*semver.Version`, or what its methods return, a `semver.Version`: no fields, only methods.
struct Semver {
    version: Version,
    edition: Edition,
    is_pointer: bool,
}

impl Object for Semver {
    fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(if self.is_pointer { TYPE } else { VALUE_TYPE })
    }
    fn is_pointer(&self) -> bool {
        self.is_pointer
    }
    fn methods(&self) -> &'static [Method] {
        // The methods of the pointer come last: a value that has no address lacks them.
        let count = if self.is_pointer {
            METHODS.len()
        } else {
            VALUE_METHODS
        };
        METHODS.get(..count).unwrap_or_default()
    }
    fn shown_fields(&self) -> Vec<(&'static str, Value)> {
        let version = &self.version;
        vec![
            ("major", number(version.major)),
            ("minor", number(version.minor)),
            ("patch", number(version.patch)),
            ("pre", Value::str(version.prerelease.as_str())),
            ("metadata", Value::str(version.metadata.as_str())),
            ("original", Value::str(version.original.as_str())),
        ]
    }
    fn string(&self) -> Option<Str> {
        Some(self.version.to_string().into())
    }
    fn copied(&self) -> Option<Value> {
        Some(Value::object(Semver {
            version: Version::default(),
            ..*self
        }))
    }
    fn json(&self) -> Option<Value> {
        Some(Value::str(self.version.to_string()))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// How many of [`METHODS`] a value has.
const VALUE_METHODS: usize = 14;

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
    plain("String", |env, of, _| string(env, version(of)?.to_string())),
    plain("IncMajor", |_, of, _| {
        let old = semver(of)?;
        next(old, "major", old.version.major, |major, _| [major, 0, 0])
    }),
    plain("IncMinor", |_, of, _| {
        let old = semver(of)?;
        next(old, "minor", old.version.minor, |minor, old| {
            [old.major, minor, 0]
        })
    }),
    plain("IncPatch", |_, of, _| {
        let old = semver(of)?;
        let patch = old.version.patch;
        // A pre-release comes before its release: that is the next patch.
        if !old.version.prerelease.is_empty() {
            return next(old, "patch", 0, |_, old| [old.major, old.minor, old.patch]);
        }
        next(old, "patch", patch, |patch, old| [old.major, old.minor, patch])
    }),
    Method::new("SetPrerelease", &[Text], |_, of, args| {
        let (given, was) = (words(args), semver(of)?);
        let mut version = was.version.clone();
        if !given.is_empty() {
            was.edition.check_prerelease(&given)?;
        }
        version.prerelease = given;
        Ok(changed(was, version))
    }),
    Method::new("SetMetadata", &[Text], |_, of, args| {
        let (given, was) = (words(args), semver(of)?);
        let mut version = was.version.clone();
        if !given.is_empty() {
            was.edition.check_metadata(&given)?;
        }
        version.metadata = given;
        Ok(changed(was, version))
    }),
    plain("MarshalJSON", |_, of, _| {
        let text = quote(version(of)?.to_string().as_bytes());
        Ok(Value::Bytes(text.as_bytes().into()))
    }),
    plain("MarshalText", |_, of, _| {
        Ok(Value::Bytes(version(of)?.to_string().as_bytes().into()))
    }),
    plain("Value", |env, of, _| string(env, version(of)?.to_string())),
    plain("Original", |env, of, _| {
        string(env, version(of)?.original.as_str())
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
    Method::new(name, &[], call)
}

const fn comparing(name: &'static str, call: Call) -> Method {
    Method::new(name, &[Named(TYPE)], call)
}

fn words(args: &[Value]) -> String {
    String::from_utf8_lossy(text(args, 0)).into_owned()
}

fn number(number: u64) -> Value {
    Value::Uint(UintKind::Uint64, number)
}

fn semver(value: &Value) -> Result<&Semver, Fault> {
    let found = match value {
        Value::Object(object) => object.as_any().downcast_ref::<Semver>(),
        _ => None,
    };
    found.ok_or_else(|| Fault::new(super::args::NIL_POINTER))
}

fn version(value: &Value) -> Result<&Version, Fault> {
    semver(value).map(|semver| &semver.version)
}

fn order(of: &Value, args: &[Value]) -> Result<Ordering, Fault> {
    let other = args.first().ok_or_else(|| Fault::new(super::args::NIL_POINTER))?;
    Ok(version(of)?.compare(version(other)?))
}

/// The version after `old` with one number more, if it has a successor.
fn next(
    old: &Semver,
    part: &str,
    number: u64,
    numbers: fn(u64, &Version) -> [u64; 3],
) -> Result<Value, Fault> {
    let number = match (number.checked_add(1), old.edition) {
        (Some(number), _) => number,
        (None, Edition::V3_3) => 0,
        (None, Edition::V3_5) => {
            return Err(Fault::new(format!(
                "{part} version increment would overflow uint64"
            )));
        }
    };
    let [major, minor, patch] = numbers(number, &old.version);
    let next = Version {
        major,
        minor,
        patch,
        prerelease: String::new(),
        metadata: String::new(),
        original: old.version.original.clone(),
    };
    Ok(changed(old, next))
}

/// A changed version, whose original is its text with the `v` that the old one had.
fn changed(old: &Semver, mut version: Version) -> Value {
    let prefix = if old.version.original.starts_with('v') {
        "v"
    } else {
        ""
    };
    version.original = format!("{prefix}{version}");
    Value::object(Semver {
        version,
        edition: old.edition,
        is_pointer: false,
    })
}
