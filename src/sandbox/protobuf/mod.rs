//! Bodies in protobuf, which typed Go clients (kubectl, Helm's storage) send: decoded to JSON by a table of the types.
//!
//! Go writes every field that is not a pointer, also if it is empty; JSON leaves those out, and so does this.
//! Source: apimachinery `pkg/runtime/serializer/protobuf/protobuf.go`, v0.33.

mod wire;

use std::collections::HashMap;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use wire::{Reader, Value};

/// The media type.
pub(super) const MEDIA_TYPE: &str = "application/vnd.kubernetes.protobuf";
/// What an encoded object starts with.
const MAGIC: &[u8] = b"k8s\0";

struct Field {
    name: &'static str,
    shape: Shape,
    kind: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Left out where it is empty.
    Plain,
    Pointer,
    List,
    Map,
}

type Message = HashMap<u64, Field>;

struct Messages {
    /// (api version, kind) → message.
    kinds: HashMap<(&'static str, &'static str), &'static str>,
    messages: HashMap<&'static str, Message>,
}

static MESSAGES: LazyLock<Messages> = LazyLock::new(|| parse(include_str!("messages.txt")));

fn parse(table: &'static str) -> Messages {
    let (mut kinds, mut messages) = (HashMap::new(), HashMap::<_, Message>::new());
    let mut current = "";
    for line in table.lines() {
        let words: Vec<&'static str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["#", version, kind, message] => {
                kinds.insert((*version, *kind), *message);
            }
            ["#", ..] => {}
            [name] => {
                current = name;
                messages.insert(current, Message::new());
            }
            [number, name, kind] => {
                let number = number.parse().unwrap_or_default();
                messages
                    .entry(current)
                    .or_default()
                    .insert(number, field(name, kind));
            }
            _ => {}
        }
    }
    Messages { kinds, messages }
}

fn field(name: &'static str, kind: &'static str) -> Field {
    let shapes = [("*", Shape::Pointer), ("[]", Shape::List), ("{}", Shape::Map)];
    let shaped = shapes
        .iter()
        .find_map(|(mark, shape)| Some((*shape, kind.strip_prefix(mark)?)));
    let (shape, kind) = shaped.unwrap_or((Shape::Plain, kind));
    Field { name, shape, kind }
}

/// Decodes an object with its envelope.
///
/// # Errors
/// What is wrong: the bytes, or a kind that the table lacks.
pub(super) fn decode(bytes: &[u8]) -> Result<Json, String> {
    let envelope = bytes
        .strip_prefix(MAGIC)
        .ok_or("the body does not start as a protobuf object of Kubernetes")?;
    let (mut version, mut kind, mut raw) = (String::new(), String::new(), Vec::new());
    for (number, value) in Reader::new(envelope).fields()? {
        match (number, value) {
            (1, Value::Bytes(meta)) => {
                for (number, value) in Reader::new(meta).fields()? {
                    match number {
                        1 => version = value.text(),
                        2 => kind = value.text(),
                        _ => {}
                    }
                }
            }
            (2, Value::Bytes(bytes)) => raw = bytes.to_vec(),
            _ => {}
        }
    }
    let name = match kind.as_str() {
        "DeleteOptions" => Some(&"DeleteOptions"),
        kind => MESSAGES.kinds.get(&(version.as_str(), kind)),
    };
    let name = name.ok_or_else(|| {
        format!("{version} {kind} is not a kind that the sandbox can read as protobuf: send JSON")
    })?;
    let mut object = message(name, &raw)?;
    object.insert("apiVersion".to_owned(), version.into());
    object.insert("kind".to_owned(), kind.into());
    Ok(Json::Object(object))
}

fn message(name: &str, bytes: &[u8]) -> Result<Map<String, Json>, String> {
    let mut object = Map::new();
    let Some(known) = MESSAGES.messages.get(name) else {
        return Ok(object);
    };
    for (number, value) in Reader::new(bytes).fields()? {
        let Some(field) = known.get(&number) else { continue };
        match field.shape {
            Shape::Map => {
                let (key, value) = entry(field.kind, value.bytes())?;
                let map = object.entry(field.name).or_insert_with(|| json!({}));
                map[key] = value;
            }
            Shape::List => {
                let item = scalar(field.kind, value)?;
                let list = object.entry(field.name).or_insert_with(|| json!([]));
                list.as_array_mut()
                    .into_iter()
                    .for_each(|list| list.push(item.clone()));
            }
            Shape::Plain | Shape::Pointer => single(field, value, &mut object)?,
        }
    }
    Ok(object)
}

fn single(field: &Field, value: Value<'_>, object: &mut Map<String, Json>) -> Result<(), String> {
    let decoded = scalar(field.kind, value)?;
    match decoded {
        Json::Object(inlined) if field.name == "." => object.extend(inlined),
        empty if field.shape == Shape::Plain && is_empty(&empty) => {}
        decoded => {
            object.insert(field.name.to_owned(), decoded);
        }
    }
    Ok(())
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(truth) => !truth,
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(map) => map.is_empty(),
    }
}

/// An entry of a map: key 1, value 2.
fn entry(kind: &str, bytes: &[u8]) -> Result<(String, Json), String> {
    let (mut key, mut result) = (String::new(), Json::Null);
    for (number, value) in Reader::new(bytes).fields()? {
        match number {
            1 => key = value.text(),
            2 => result = scalar(kind, value)?,
            _ => {}
        }
    }
    if result.is_null() && matches!(kind, "s" | "b") {
        result = "".into();
    }
    Ok((key, result))
}

fn scalar(kind: &str, value: Value<'_>) -> Result<Json, String> {
    Ok(match kind {
        "s" => value.text().into(),
        "b" => STANDARD.encode(value.bytes()).into(),
        "i" => value.integer().into(),
        "t" => (value.integer() != 0).into(),
        "d" => f64::from_bits(value.integer().cast_unsigned()).into(),
        "@time" => time(value.bytes(), false)?,
        "@microtime" => time(value.bytes(), true)?,
        "@quantity" => first(value.bytes())?.map_or(Json::Null, |value| value.text().into()),
        "@duration" => {
            first(value.bytes())?.map_or(json!("0s"), |value| format!("{}ns", value.integer()).into())
        }
        "@raw" => {
            let raw = first(value.bytes())?;
            raw.and_then(|raw| serde_json::from_slice(raw.bytes()).ok())
                .unwrap_or_default()
        }
        "@items" => {
            let items = Reader::new(value.bytes()).fields()?;
            items.into_iter().map(|(_, item)| item.text()).collect()
        }
        "@intorstring" => int_or_string(value.bytes())?,
        name => Json::Object(message(name, value.bytes())?),
    })
}

/// The value of field 1.
fn first(bytes: &[u8]) -> Result<Option<Value<'_>>, String> {
    let fields = Reader::new(bytes).fields()?;
    Ok(fields
        .into_iter()
        .find(|(number, _)| *number == 1)
        .map(|(_, value)| value))
}

fn time(bytes: &[u8], has_fraction: bool) -> Result<Json, String> {
    let (mut seconds, mut nanoseconds) = (None, 0);
    for (number, value) in Reader::new(bytes).fields()? {
        match number {
            1 => seconds = Some(value.integer()),
            2 => nanoseconds = i32::try_from(value.integer()).unwrap_or_default(),
            _ => {}
        }
    }
    let time = seconds.and_then(|seconds| Timestamp::new(seconds, nanoseconds).ok());
    Ok(match time {
        None => Json::Null,
        Some(time) if has_fraction => time.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string().into(),
        Some(time) => super::object::time(time).into(),
    })
}

fn int_or_string(bytes: &[u8]) -> Result<Json, String> {
    let (mut is_text, mut number, mut text) = (false, 0, String::new());
    for (field, value) in Reader::new(bytes).fields()? {
        match field {
            1 => is_text = value.integer() == 1,
            2 => number = value.integer(),
            3 => text = value.text(),
            _ => {}
        }
    }
    Ok(if is_text { text.into() } else { number.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_reads_as_its_json() {
        let part = |number: u8, bytes: &[u8]| {
            [&[number << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
        };
        let metadata = [
            part(1, b"s"),
            part(2, b""),
            part(11, &[part(1, b"a"), part(2, b"b")].concat()),
        ]
        .concat();
        let data = [part(1, b"k"), part(2, b"hi")].concat();
        let immutable = [5 << 3, 0];
        let secret = [
            part(1, &metadata),
            part(2, &data),
            part(3, b"Opaque"),
            immutable.to_vec(),
        ]
        .concat();
        let meta = [part(1, b"v1"), part(2, b"Secret")].concat();
        let body = [MAGIC, &part(1, &meta), &part(2, &secret)].concat();
        let expected = json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "labels": {"a": "b"}},
            "data": {"k": "aGk="}, "type": "Opaque", "immutable": false,
        });
        assert_eq!(decode(&body).unwrap(), expected);
        assert!(decode(b"k8s\0\x0a\xff").is_err());
        assert!(decode(b"{}").is_err());
    }

    #[test]
    fn every_message_that_a_field_names_is_in_the_table() {
        let named = MESSAGES.messages.values().flat_map(HashMap::values);
        let messages = named.filter(|field| field.kind.len() > 1 && !field.kind.starts_with('@'));
        let missing: Vec<&str> = messages
            .map(|field| field.kind)
            .filter(|kind| !MESSAGES.messages.contains_key(kind))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(
            MESSAGES
                .kinds
                .values()
                .all(|name| MESSAGES.messages.contains_key(name))
        );
    }
}
