//! From nodes to plain data (yaml.v2 `decode.go`, then `convertToJSONableObject` of sigs yaml).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Number, Value as Json};

use super::node::{Content, Node};
use super::scalar::{Scalar, is_timestamp, resolve};
use super::{MAX_DEPTH, ReadError};
use crate::golang::strconv::format_float32;
use crate::golang::value::{Map, MapType, Missing, Value};
use crate::golang::{fmt, json};

/// Data that JSON can hold, but for infinities and NaN.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Nil,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str(String),
    List(Vec<Tree>),
    Map(BTreeMap<String, Tree>),
}

const STR: &str = "tag:yaml.org,2002:str";
const BINARY: &str = "tag:yaml.org,2002:binary";

/// The data of a document.
pub(super) fn tree(node: &Node) -> Result<Tree, ReadError> {
    let mut decoder = Decoder::default();
    let tree = decoder.node(node)?;
    decoder.bad_key.map_or(Ok(tree), |(_, error)| Err(error))
}

/// The data of a document without those entries of its map whose keys are not wanted, unless there is something about
/// them that only decoding can judge.
pub(super) fn outline(node: &Node, keep: &dyn Fn(&str) -> bool) -> Result<Tree, ReadError> {
    let Content::Mapping(pairs) = &node.content else {
        return tree(node);
    };
    let mut decoder = Decoder {
        decoded: 1,
        depth: 1,
        ..Decoder::default()
    };
    let mut entries = BTreeMap::new();
    for (key, value) in pairs {
        match unneeded(key, value, keep) {
            Some(nodes) => decoder.decoded += nodes,
            None => decoder.pair(key, value, &mut entries)?,
        }
    }
    let tree = Tree::Map(entries);
    decoder.bad_key.map_or(Ok(tree), |(_, error)| Err(error))
}

/// How many nodes an entry has, if it is not wanted and none of them can be wrong.
fn unneeded(key: &Node, value: &Node, keep: &dyn Fn(&str) -> bool) -> Option<u64> {
    let is_wanted = !matches!(&key.content, Content::Scalar { value, .. } if !keep(value));
    if is_wanted || is_merge(key) || is_bad_key(key) {
        return None;
    }
    Some(plain_nodes(key, 1)? + plain_nodes(value, 1)?)
}

/// A key that JSON cannot hold.
fn is_bad_key(key: &Node) -> bool {
    matches!(&key.content, Content::Scalar { value, is_implicit: true, .. }
        if matches!(resolve(value), Scalar::Nil | Scalar::Uint(_)))
}

/// How many nodes there are, if none can be wrong: no tags, aliases and merges, only finite numbers, and keys that are
/// text.
fn plain_nodes(node: &Node, depth: usize) -> Option<u64> {
    if depth >= MAX_DEPTH {
        return None;
    }
    match &node.content {
        Content::Scalar { tag: Some(_), .. } | Content::Alias(_) => None,
        Content::Scalar {
            value, is_implicit, ..
        } => {
            let may_be_wrong =
                *is_implicit && matches!(resolve(value), Scalar::Float(number) if !number.is_finite());
            (!may_be_wrong).then_some(1)
        }
        Content::Sequence(items) => {
            let counts = items.iter().map(|item| plain_nodes(item, depth + 1));
            counts.sum::<Option<u64>>().map(|count| count + 1)
        }
        Content::Mapping(pairs) => {
            let counts = pairs.iter().map(|(key, value)| {
                let is_text = matches!(&key.content,
                    Content::Scalar { value, tag: None, is_implicit } if !is_implicit || resolve(value) == Scalar::Str);
                if !is_text || is_merge(key) {
                    return None;
                }
                plain_nodes(value, depth + 1).map(|count| count + 1)
            });
            counts.sum::<Option<u64>>().map(|count| count + 1)
        }
    }
}

fn fail<T>(message: impl std::fmt::Display) -> Result<T, ReadError> {
    Err(ReadError::new(format!("yaml: {message}")))
}

#[derive(Default)]
struct Decoder {
    depth: usize,
    decoded: u64,
    aliased: u64,
    alias_depth: usize,
    /// A key that JSON cannot hold, and what is said of it: found only after everything that yaml.v2 itself complains
    /// about, and replaced by an equal key with another value.
    bad_key: Option<(String, ReadError)>,
}

impl Decoder {
    fn node(&mut self, node: &Node) -> Result<Tree, ReadError> {
        self.count(matches!(node.content, Content::Alias(_)))?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return fail(format_args!("exceeded max depth of {MAX_DEPTH}"));
        }
        let tree = match &node.content {
            Content::Scalar {
                value,
                tag,
                is_implicit,
            } => scalar(value, tag.as_deref(), *is_implicit),
            Content::Sequence(items) => items
                .iter()
                .map(|item| self.node(item))
                .collect::<Result<_, _>>()
                .map(Tree::List),
            Content::Mapping(_) => {
                let mut entries = BTreeMap::new();
                self.mapping(node, &mut entries).map(|()| Tree::Map(entries))
            }
            Content::Alias(target) => {
                self.alias_depth += 1;
                let tree = self.node(target);
                self.alias_depth -= 1;
                tree
            }
        };
        self.depth -= 1;
        tree
    }

    /// Most of a large document may not come out of aliases.
    fn count(&mut self, is_alias: bool) -> Result<(), ReadError> {
        self.decoded += 1;
        self.aliased += u64::from(is_alias) + u64::from(self.alias_depth > 0);
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
        let (aliased, decoded) = (self.aliased as f64, self.decoded as f64);
        let allowed = (0.99 - 0.89 * (decoded - 400_000.0) / 3_600_000.0).clamp(0.10, 0.99);
        if self.aliased > 100 && self.decoded > 1000 && aliased / decoded > allowed {
            return fail("document contains excessive aliasing");
        }
        Ok(())
    }

    fn mapping(&mut self, node: &Node, entries: &mut BTreeMap<String, Tree>) -> Result<(), ReadError> {
        let Content::Mapping(pairs) = &node.content else {
            return fail("map merge requires map or sequence of maps as the value");
        };
        pairs
            .iter()
            .try_for_each(|(key, value)| self.pair(key, value, entries))
    }

    fn pair(
        &mut self,
        key: &Node,
        value: &Node,
        entries: &mut BTreeMap<String, Tree>,
    ) -> Result<(), ReadError> {
        if is_merge(key) {
            return self.merge(value, entries);
        }
        let key = self.node(key)?;
        if matches!(key, Tree::List(_) | Tree::Map(_)) {
            return fail(format_args!("invalid map key: {}", go_syntax(&key, b"%#v")));
        }
        let value = self.node(value)?;
        match key_text(key, &value) {
            Ok(key) => drop(entries.insert(key, value)),
            Err(bad) if self.bad_key.as_ref().is_none_or(|(key, _)| *key == bad.0) => {
                self.bad_key = Some(bad);
            }
            Err(_) => {}
        }
        Ok(())
    }

    /// `<<`: in the order of the document, so that what comes later wins; in a list the earlier one wins.
    fn merge(&mut self, value: &Node, entries: &mut BTreeMap<String, Tree>) -> Result<(), ReadError> {
        match &value.content {
            Content::Sequence(items) => {
                for item in items.iter().rev() {
                    self.merge_one(item, entries)?;
                }
                Ok(())
            }
            _ => self.merge_one(value, entries),
        }
    }

    fn merge_one(&mut self, value: &Node, entries: &mut BTreeMap<String, Tree>) -> Result<(), ReadError> {
        self.count(matches!(value.content, Content::Alias(_)))?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return fail(format_args!("exceeded max depth of {MAX_DEPTH}"));
        }
        match &value.content {
            Content::Alias(target) => {
                self.alias_depth += 1;
                self.count(false)?;
                self.mapping(target, entries)?;
                self.alias_depth -= 1;
            }
            _ => self.mapping(value, entries)?,
        }
        self.depth -= 1;
        Ok(())
    }
}

fn is_merge(key: &Node) -> bool {
    match &key.content {
        Content::Scalar {
            value,
            tag,
            is_implicit,
        } => value == "<<" && (*is_implicit || tag.as_deref() == Some("tag:yaml.org,2002:merge")),
        _ => false,
    }
}

fn scalar(text: &str, tag: Option<&str>, is_implicit: bool) -> Result<Tree, ReadError> {
    let string = || Ok(Tree::Str(text.to_owned()));
    let wanted = match tag.filter(|tag| !tag.is_empty()) {
        None if is_implicit => return Ok(of(resolve(text), text)),
        None | Some(STR) => return string(),
        Some(BINARY) => return binary(text),
        Some(tag) => match tag.strip_prefix("tag:yaml.org,2002:") {
            Some(name @ ("bool" | "int" | "float" | "null" | "timestamp")) => name,
            _ => return string(),
        },
    };
    let resolved = resolve(text);
    let is_time = resolved == Scalar::Str && is_timestamp(text);
    let found = if is_time && wanted == "timestamp" {
        "!!timestamp"
    } else {
        resolved.tag()
    };
    match (wanted, &resolved) {
        #[expect(clippy::cast_precision_loss, reason = "Go converts the same way")]
        ("float", Scalar::Int(number)) => Ok(Tree::Float(*number as f64)),
        _ if found.strip_prefix("!!") == Some(wanted) => Ok(of(resolved, text)),
        _ => fail(format_args!("cannot decode {found} `{text}` as a !!{wanted}")),
    }
}

fn of(scalar: Scalar, text: &str) -> Tree {
    match scalar {
        Scalar::Nil => Tree::Nil,
        Scalar::Bool(value) => Tree::Bool(value),
        Scalar::Int(number) => Tree::Int(number),
        Scalar::Uint(number) => Tree::Uint(number),
        Scalar::Float(number) => Tree::Float(number),
        Scalar::Str => Tree::Str(text.to_owned()),
    }
}

/// Bytes that are not UTF-8 do not survive the way through JSON.
fn binary(text: &str) -> Result<Tree, ReadError> {
    let digits: String = text
        .chars()
        .filter(|letter| !matches!(letter, '\n' | '\r'))
        .collect();
    match STANDARD.decode(digits) {
        Ok(bytes) => Ok(Tree::Str(json::replace_invalid(&bytes))),
        Err(_) => fail("!!binary value contains invalid base64 data"),
    }
}

fn key_text(key: Tree, value: &Tree) -> Result<String, (String, ReadError)> {
    Ok(match key {
        Tree::Str(text) => text,
        Tree::Int(number) => number.to_string(),
        Tree::Bool(value) => value.to_string(),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "sigs yaml formats keys as float32"
        )]
        Tree::Float(number) => match format_float32(number as f32).as_str() {
            "+Inf" => ".inf".into(),
            "-Inf" => "-.inf".into(),
            "NaN" => ".nan".into(),
            text => text.to_owned(),
        },
        Tree::Nil | Tree::Uint(_) | Tree::List(_) | Tree::Map(_) => {
            let kind = if matches!(key, Tree::Uint(_)) {
                "uint64"
            } else {
                "%!s(<nil>)"
            };
            let key = go_syntax(&key, b"%+#v");
            let value = go_syntax(value, b"%+#v");
            let message = format!("unsupported map key of type: {kind}, key: {key}, value: {value}");
            return Err((key, ReadError::new(message)));
        }
    })
}

/// The maps that yaml.v2 makes.
static ANY_MAP: MapType = MapType {
    name: "map[interface {}]interface {}",
    missing: Missing::NoValue,
    methods: &[],
};

fn go_syntax(tree: &Tree, format: &[u8]) -> String {
    fmt::sprintf(format, &[tree.as_go()]).to_text().into_owned()
}

/// What becomes of numbers outside the template engine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// All are floats.
    Floats,
    /// Integers are integers, and so are floats that JSON writes without a point.
    AsWritten,
    /// Integers and floats stay apart.
    Apart,
}

impl Tree {
    /// The Go value that yaml.v2 would hold.
    fn as_go(&self) -> Value {
        match self {
            Tree::Nil => Value::Nil,
            Tree::Bool(value) => Value::Bool(*value),
            Tree::Int(number) => Value::int(*number),
            Tree::Uint(number) => Value::Uint(crate::golang::UintKind::Uint64, *number),
            Tree::Float(number) => Value::Float(*number),
            Tree::Str(text) => Value::str(text.as_str()),
            Tree::List(items) => Value::list(items.iter().map(Tree::as_go).collect()),
            Tree::Map(entries) => Value::Map(Map::typed(
                &ANY_MAP,
                entries
                    .iter()
                    .map(|(key, item)| (key.as_str().into(), item.as_go()))
                    .collect(),
            )),
        }
    }

    /// As read back from JSON into `interface{}`: every number a float64.
    pub(super) fn into_value(self) -> Result<Value, ReadError> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "Go reads these numbers into float64 too"
        )]
        Ok(match self {
            Tree::Nil => Value::Nil,
            Tree::Bool(value) => Value::Bool(value),
            Tree::Int(number) => Value::Float(number as f64),
            Tree::Uint(number) => Value::Float(number as f64),
            Tree::Float(number) => Value::Float(finite(number)?),
            Tree::Str(text) => Value::str(text),
            Tree::List(items) => Value::list(
                items
                    .into_iter()
                    .map(Tree::into_value)
                    .collect::<Result<_, _>>()?,
            ),
            Tree::Map(entries) => {
                let map = Map::new();
                for (key, item) in entries {
                    map.insert(key, item.into_value()?);
                }
                Value::Map(map)
            }
        })
    }

    /// The same outside the template engine.
    pub(super) fn into_json(self, numbers: Numbers) -> Result<Json, ReadError> {
        let float = |number: f64| Number::from_f64(number).map_or(Json::Null, Json::Number);
        #[expect(
            clippy::cast_precision_loss,
            reason = "Go reads these numbers into float64 too"
        )]
        Ok(match self {
            Tree::Nil => Json::Null,
            Tree::Bool(value) => Json::Bool(value),
            Tree::Int(number) if numbers != Numbers::Floats => Json::Number(number.into()),
            Tree::Int(number) => float(number as f64),
            Tree::Uint(number) => float(number as f64),
            Tree::Float(number) => {
                let text = json::number(number).map_err(ReadError::new)?;
                match text.parse::<i64>() {
                    Ok(integer) if numbers == Numbers::AsWritten => Json::Number(integer.into()),
                    _ => float(number),
                }
            }
            Tree::Str(text) => Json::String(text),
            Tree::List(items) => Json::Array(
                items
                    .into_iter()
                    .map(|item| item.into_json(numbers))
                    .collect::<Result<_, _>>()?,
            ),
            Tree::Map(entries) => {
                let entry = |(key, item): (String, Tree)| Ok((key, item.into_json(numbers)?));
                Json::Object(entries.into_iter().map(entry).collect::<Result<_, ReadError>>()?)
            }
        })
    }
}

fn finite(number: f64) -> Result<f64, ReadError> {
    if number.is_finite() {
        return Ok(number);
    }
    json::number(number).map(|_| number).map_err(ReadError::new)
}
