//! A value as a Go program holds it in an `interface{}`.
//!
//! Integers and floats are apart, strings are bytes, maps are shared and mutable (`set` and `merge`
//! change what every holder sees), lists are immutable (no template function writes into one).
//! Values live on one thread: a render converts its inputs on the way in and its text on the way out.

mod list;
mod map;
mod number;
mod object;
mod text;

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use super::func::Method;

pub use list::{Elem, List, ListType};
pub use map::{Map, MapType, Missing, STRING_ANY, STRING_STRING};
pub use number::{IntKind, UintKind};
pub use object::Object;
pub use text::Str;

/// One Go value.
#[derive(Clone)]
pub enum Value {
    /// Untyped nil; also a missing map entry ("no value").
    Nil,
    /// `bool`.
    Bool(bool),
    /// A signed integer.
    Int(IntKind, i64),
    /// An unsigned integer.
    Uint(UintKind, u64),
    /// `float64`: every number that comes out of YAML or JSON.
    Float(f64),
    /// `complex128`: real and imaginary part.
    Complex(f64, f64),
    /// `string`.
    Str(Str),
    /// `[]byte`.
    Bytes(Rc<[u8]>),
    /// Any other slice.
    List(List),
    /// A map with string keys.
    Map(Map),
    /// A struct, a pointer to one, or an opaque value with methods.
    Object(Rc<dyn Object>),
}

impl Value {
    /// A Go `int`.
    #[must_use]
    pub fn int(number: i64) -> Self {
        Value::Int(IntKind::Int, number)
    }
    /// A Go `int64`.
    #[must_use]
    pub fn int64(number: i64) -> Self {
        Value::Int(IntKind::Int64, number)
    }
    /// A Go `string`.
    pub fn str(text: impl Into<Str>) -> Self {
        Value::Str(text.into())
    }
    /// A Go `[]interface {}`.
    #[must_use]
    pub fn list(items: Vec<Value>) -> Self {
        Value::List(List::any(items))
    }
    /// An object.
    pub fn object(object: impl Object) -> Self {
        Value::Object(Rc::new(object))
    }
    /// Is this untyped nil?
    #[must_use]
    pub fn is_nil(&self) -> bool {
        matches!(self, Value::Nil)
    }
    /// Go templates' truth (text/template `IsTrue`, go1.23 `exec.go`).
    #[must_use]
    pub fn is_true(&self) -> bool {
        match self {
            Value::Nil => false,
            Value::Bool(value) => *value,
            Value::Int(_, number) => *number != 0,
            Value::Uint(_, number) => *number != 0,
            Value::Float(number) => *number != 0.0,
            Value::Complex(re, im) => *re != 0.0 || *im != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::List(list) => !list.is_empty(),
            Value::Map(map) => !map.is_empty(),
            Value::Object(_) => true,
        }
    }
    /// What happens to a struct that is handed to a function: it is a copy without an address from then on.
    pub fn lose_address(&mut self) {
        if let Value::Object(object) = self
            && let Some(copy) = object.unaddressed()
        {
            *self = copy;
        }
    }
    /// The methods that templates may call.
    #[must_use]
    pub fn methods(&self) -> &'static [Method] {
        match self {
            Value::Int(kind, _) => super::time::int_methods(*kind),
            Value::Map(map) => map.kind().methods,
            Value::Object(object) => object.methods(),
            Value::List(list) => match list.elem() {
                Elem::Defined(kind) => kind.methods,
                _ => &[],
            },
            _ => &[],
        }
    }
    /// The Go type as `%T` prints it; `<nil>` for nil.
    #[must_use]
    pub fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Value::Nil => "<nil>",
            Value::Bool(_) => "bool",
            Value::Int(kind, _) => kind.name(),
            Value::Uint(kind, _) => kind.name(),
            Value::Float(_) => "float64",
            Value::Complex(..) => "complex128",
            Value::Str(_) => "string",
            Value::Bytes(_) => "[]uint8",
            Value::List(list) => return list.elem().list_name(),
            Value::Map(map) => map.kind().name,
            Value::Object(object) => return object.type_name(),
        })
    }
}

/// Debugging only: not Go's `%v` (see `golang::fmt`), and opaque for objects.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => f.write_str("nil"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(kind, number) => write!(f, "{}({number})", kind.name()),
            Value::Uint(kind, number) => write!(f, "{}({number})", kind.name()),
            Value::Float(number) => write!(f, "float64({number})"),
            Value::Complex(re, im) => write!(f, "({re}+{im}i)"),
            Value::Str(text) => write!(f, "{text:?}"),
            Value::Bytes(bytes) => write!(f, "bytes({bytes:?})"),
            Value::List(list) => f.debug_list().entries(list.iter()).finish(),
            Value::Map(map) => f.debug_map().entries(map.borrow().iter()).finish(),
            Value::Object(object) => write!(f, "<{}>", object.type_name()),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}
impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::Float(number)
    }
}
impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Str(text.into())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Str(text.into())
    }
}
impl From<Str> for Value {
    fn from(text: Str) -> Self {
        Value::Str(text)
    }
}
impl From<List> for Value {
    fn from(list: List) -> Self {
        Value::List(list)
    }
}
impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Value::Map(map)
    }
}
