//! Reading and writing fields of JSON objects by JSON pointer, without panics on odd input.

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

static NULL: Json = Json::Null;

/// The value at a pointer such as `/spec/replicas`; null where there is none.
pub(super) fn at<'a>(object: &'a Json, pointer: &str) -> &'a Json {
    object.pointer(pointer).unwrap_or(&NULL)
}
/// The text at a pointer; empty where there is none.
pub(super) fn text<'a>(object: &'a Json, pointer: &str) -> &'a str {
    at(object, pointer).as_str().unwrap_or_default()
}
/// The integer at a pointer, or this default.
pub(super) fn int(object: &Json, pointer: &str, default: i64) -> i64 {
    at(object, pointer).as_i64().unwrap_or(default)
}
/// The list at a pointer; empty where there is none.
pub(super) fn list<'a>(object: &'a Json, pointer: &str) -> &'a [Json] {
    at(object, pointer).as_array().map_or(&[], Vec::as_slice)
}
pub(super) fn name(object: &Json) -> &str {
    text(object, "/metadata/name")
}
pub(super) fn namespace(object: &Json) -> &str {
    text(object, "/metadata/namespace")
}
pub(super) fn uid(object: &Json) -> &str {
    text(object, "/metadata/uid")
}
pub(super) fn is_being_deleted(object: &Json) -> bool {
    !at(object, "/metadata/deletionTimestamp").is_null()
}
/// A label or annotation: keys may hold `/`, so this is no pointer.
pub(super) fn entry<'a>(object: &'a Json, map: &str, key: &str) -> Option<&'a str> {
    at(object, map).get(key).and_then(Json::as_str)
}

/// Sets the value at a pointer; makes the objects on the way, in place of whatever else is there.
pub(super) fn set(object: &mut Json, pointer: &str, value: impl Into<Json>) {
    let mut place = object;
    for key in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = Json::Object(Map::new());
        }
        let Json::Object(map) = place else { return };
        place = map.entry(unescape(key)).or_insert(Json::Null);
    }
    *place = value.into();
}
/// Sets the value at a pointer where nothing or null is.
pub(super) fn set_default(object: &mut Json, pointer: &str, value: impl Into<Json>) {
    if at(object, pointer).is_null() {
        set(object, pointer, value);
    }
}
/// Takes out the value at a pointer.
pub(super) fn remove(object: &mut Json, pointer: &str) -> Option<Json> {
    let (parent, key) = pointer.rsplit_once('/')?;
    object
        .pointer_mut(parent)?
        .as_object_mut()?
        .remove(&unescape(key))
}
/// A key as one part of a pointer.
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// Takes out nulls, as typed objects have none.
pub(super) fn prune_nulls(value: &mut Json) {
    match value {
        Json::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(prune_nulls);
        }
        Json::Array(list) => list.iter_mut().for_each(prune_nulls),
        _ => {}
    }
}

/// A time as the API writes it: seconds, UTC.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
pub(super) fn now() -> String {
    time(Timestamp::now())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn set_makes_its_way() {
        let mut object = json!({"spec": "odd"});
        set(&mut object, "/spec/a/b", 1);
        set(&mut object, "/metadata/annotations/x~1y", "z");
        set_default(&mut object, "/spec/a/b", 2);
        assert_eq!(
            object,
            json!({"spec": {"a": {"b": 1}}, "metadata": {"annotations": {"x/y": "z"}}})
        );
        assert_eq!(
            remove(&mut object, "/metadata/annotations/x~1y"),
            Some(json!("z"))
        );
        assert_eq!(remove(&mut object, "/none/x"), None);
    }
}
