//! A value together with what Go's reflection would still know about where it was found.

use crate::golang::value::{Missing, Object};
use crate::golang::{List, Map, Value};

/// A value in execution. Go tells an invalid value from a nil in an `interface{}`, and error messages
/// name the static type; both depend on where the value was found.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub value: Value,
    /// Found in a map or list whose elements are `interface{}`.
    pub in_interface: bool,
}

impl Held {
    /// A value of its own type; nil is Go's invalid value.
    pub fn plain(value: Value) -> Self {
        Held {
            value,
            in_interface: false,
        }
    }
    /// A value found in an `interface{}`.
    pub fn boxed(value: Value) -> Self {
        Held {
            value,
            in_interface: true,
        }
    }
    /// An element of a list.
    pub fn element(list: &List, value: Value) -> Self {
        Held {
            value,
            in_interface: list.elem() == crate::golang::value::Elem::Any,
        }
    }
    /// What a map has under a key; `None` where it is missing.
    pub fn entry(map: &Map, key: &[u8]) -> Option<Self> {
        let value = map.get(key)?;
        Some(Held {
            value,
            in_interface: map.kind().missing == Missing::NoValue,
        })
    }
    /// The zero value of a map's element type.
    pub fn missing(map: &Map) -> Self {
        match map.kind().missing {
            Missing::NoValue => Held::boxed(Value::Nil),
            Missing::EmptyString => Held::plain(Value::str("")),
            Missing::EmptyBytes => Held::plain(Value::Bytes(std::rc::Rc::from(&b""[..]))),
        }
    }
    /// A field of a struct.
    pub fn field(object: &dyn Object, name: &str) -> Option<Self> {
        let value = object.field(name)?;
        let in_interface = value.is_nil();
        Some(Held { value, in_interface })
    }
    /// Go's invalid value: nothing at all.
    pub fn is_invalid(&self) -> bool {
        self.value.is_nil() && !self.in_interface
    }
    /// What a pipeline does with its result: it digs out what lies in an `interface{}`.
    pub fn unboxed(self) -> Self {
        Held::plain(self.value)
    }
    /// The static type.
    pub fn type_name(&self) -> String {
        if self.in_interface {
            return "interface {}".to_owned();
        }
        self.value.type_name().into_owned()
    }
}
