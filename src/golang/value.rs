//! A value as a Go program holds it in an `interface{}`.
//!
//! Integers and floats are apart, strings are bytes, maps are shared and mutable (`set` and `merge`
//! change what every holder sees), lists are immutable (no template function writes into one).
//! Values live on one thread: a render converts its inputs on the way in and its text on the way out.

use std::any::Any;
use std::borrow::Cow;
use std::cell::{Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use super::drops::{Remains, bury};
use super::func::Method;

/// A Go string: bytes, usually but not always UTF-8 (`trunc` cuts inside characters, `b64dec` gives anything).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Str(Rc<[u8]>);

/// The signed integer types that templates meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntKind {
    /// `int`: literals, `len`, range indices.
    Int,
    /// `int32`, also called rune.
    Int32,
    /// `int64`: sprig arithmetic, `--set` numbers.
    Int64,
    /// `time.Duration`, nanoseconds.
    Duration,
    /// `time.Month`, 1 to 12.
    Month,
    /// `time.Weekday`, 0 (Sunday) to 6.
    Weekday,
}

/// The unsigned integer types that templates meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UintKind {
    /// `uint8`, a byte: `index "text" 0`.
    Uint8,
    /// `uint32`.
    Uint32,
    /// `uint64`.
    Uint64,
    /// `uint`.
    Uint,
}

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

/// The element type of a slice; decides `%T` and what an empty one prints in `%#v`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Elem {
    /// `[]interface {}`
    Any,
    /// `[]string`
    Str,
    /// `[]int`
    Int,
    /// `[][]interface {}` (sprig's `chunk`)
    AnyList,
    /// Another type by its Go name without the brackets, such as `*chart.Maintainer`.
    Named(&'static str),
    /// A defined slice type with a name and methods of its own, such as `chartutil.VersionSet`.
    Defined(&'static ListType),
}

/// A defined slice type. Its elements are typed (not `interface {}`).
#[derive(Debug)]
pub struct ListType {
    /// As `%T` prints it.
    pub name: &'static str,
    /// Methods by name.
    pub methods: &'static [Method],
}

impl PartialEq for ListType {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
impl Eq for ListType {}
impl std::hash::Hash for ListType {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// A Go slice. Cheap to clone.
#[derive(Clone)]
pub struct List {
    elem: Elem,
    items: Option<Rc<[Value]>>,
}

/// The Go type of a map: its printed name and its methods.
#[derive(Debug)]
pub struct MapType {
    /// As `%T` prints it: `map[string]interface {}`, `chartutil.Values`.
    pub name: &'static str,
    /// What a missing key yields.
    pub missing: Missing,
    /// Methods by name. They shadow keys of the same name, as in Go templates.
    pub methods: &'static [Method],
}

/// The zero value that indexing a map with a missing key yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Element type `interface{}`: no value.
    NoValue,
    /// Element type `string`: the empty string.
    EmptyString,
    /// Element type `[]byte`: an empty slice.
    EmptyBytes,
}

/// `map[string]interface {}`.
pub static STRING_ANY: MapType = MapType {
    name: "map[string]interface {}",
    missing: Missing::NoValue,
    methods: &[],
};

/// `map[string]string` (sprig's `split`).
pub static STRING_STRING: MapType = MapType {
    name: "map[string]string",
    missing: Missing::EmptyString,
    methods: &[],
};

/// A Go map with string keys: shared by its clones, mutable, ordered by key bytes (Go prints and ranges sorted).
#[derive(Clone)]
pub struct Map {
    kind: &'static MapType,
    entries: Rc<RefCell<BTreeMap<Str, Value>>>,
}

/// A struct value, a pointer to a struct, or anything else that has fields or methods.
pub trait Object: Any {
    /// The Go type as `%T` prints it: `time.Time`, `*semver.Version`.
    fn type_name(&self) -> Cow<'static, str>;
    /// True where Go holds a pointer (identity decides `eq`; `%v` inside containers is an address).
    fn is_pointer(&self) -> bool {
        false
    }
    /// Exported fields in declaration order.
    fn fields(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }
    /// One exported field; `None` where the struct has no such field.
    fn field(&self, name: &str) -> Option<Value> {
        self.fields()
            .into_iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
    /// The methods that templates may call.
    fn methods(&self) -> &'static [Method] {
        &[]
    }
    /// What `String()` or `Error()` gives when the value itself is printed or passed to a function.
    fn string(&self) -> Option<Str> {
        None
    }
    /// What only a bare `{{ x }}` prints (pointer-receiver `String` on an addressable struct); default: [`Object::string`].
    fn printed(&self) -> Option<Str> {
        self.string()
    }
    /// What `encoding/json` writes, as a tree of maps, lists and scalars; `None`: an object of the fields.
    fn json(&self) -> Option<Value> {
        None
    }
    /// For functions that take this very type: `value.as_any().downcast_ref::<T>()`.
    fn as_any(&self) -> &dyn Any;
}

// === impl Str ===

impl Str {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
    /// The text, with U+FFFD for bytes that are not UTF-8.
    #[must_use]
    pub fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
    /// The text if it is UTF-8.
    #[must_use]
    pub fn as_utf8(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl Deref for Str {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}
impl AsRef<[u8]> for Str {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
impl std::borrow::Borrow<[u8]> for Str {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}
impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Str(text.as_bytes().into())
    }
}
impl From<String> for Str {
    fn from(text: String) -> Self {
        Str(text.into_bytes().into())
    }
}
impl From<&[u8]> for Str {
    fn from(bytes: &[u8]) -> Self {
        Str(bytes.into())
    }
}
impl From<Vec<u8>> for Str {
    fn from(bytes: Vec<u8>) -> Self {
        Str(bytes.into())
    }
}
impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_text(), f)
    }
}

// === impl List ===

impl List {
    /// `[]interface {}` of these items.
    #[must_use]
    pub fn any(items: Vec<Value>) -> Self {
        Self::of(Elem::Any, items)
    }
    /// A slice with this element type.
    #[must_use]
    pub fn of(elem: Elem, items: Vec<Value>) -> Self {
        List {
            elem,
            items: Some(items.into()),
        }
    }
    /// A nil slice of this type (`null` in JSON, empty everywhere else).
    #[must_use]
    pub fn nil(elem: Elem) -> Self {
        List { elem, items: None }
    }
    /// `[]string` of these texts.
    pub fn strings<T: Into<Str>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::of(
            Elem::Str,
            items.into_iter().map(|text| Value::Str(text.into())).collect(),
        )
    }
    /// The element type.
    #[must_use]
    pub fn elem(&self) -> Elem {
        self.elem
    }
    /// True for a nil slice, which is not the same as an empty one.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.items.is_none()
    }
    /// Do both share one backing array?
    #[must_use]
    pub fn same(&self, other: &List) -> bool {
        match (&self.items, &other.items) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        }
    }
}

impl Deref for List {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        self.items.as_deref().unwrap_or(&[])
    }
}

impl Drop for List {
    fn drop(&mut self) {
        if let Some(items) = self.items.take().filter(|items| Rc::strong_count(items) == 1) {
            bury(Remains::List(items));
        }
    }
}

// === impl Map ===

impl Map {
    /// An empty `map[string]interface {}`.
    #[must_use]
    pub fn new() -> Self {
        Self::typed(&STRING_ANY, BTreeMap::new())
    }
    /// A map of a named type.
    #[must_use]
    pub fn typed(kind: &'static MapType, entries: BTreeMap<Str, Value>) -> Self {
        Map {
            kind,
            entries: Rc::new(RefCell::new(entries)),
        }
    }
    /// The same map, shared, under another Go type (as a conversion in Go does).
    #[must_use]
    pub fn retyped(&self, kind: &'static MapType) -> Self {
        Map {
            kind,
            entries: Rc::clone(&self.entries),
        }
    }
    /// The Go type.
    #[must_use]
    pub fn kind(&self) -> &'static MapType {
        self.kind
    }
    /// The value under `key`, if it is there.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.entries.borrow().get(key.as_ref()).cloned()
    }
    /// True where the key is there, whatever its value.
    pub fn contains(&self, key: impl AsRef<[u8]>) -> bool {
        self.entries.borrow().contains_key(key.as_ref())
    }
    /// Sets a key for every holder of this map.
    pub fn insert(&self, key: impl Into<Str>, value: impl Into<Value>) {
        self.entries.borrow_mut().insert(key.into(), value.into());
    }
    /// Removes a key for every holder of this map.
    pub fn remove(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.entries.borrow_mut().remove(key.as_ref())
    }
    /// How many keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.borrow().len()
    }
    /// No keys?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.borrow().is_empty()
    }
    /// A copy of the key list: safe to hold while the map changes.
    #[must_use]
    pub fn keys(&self) -> Vec<Str> {
        self.entries.borrow().keys().cloned().collect()
    }
    /// A copy of the entries (values shared): safe to hold while the map changes.
    #[must_use]
    pub fn snapshot(&self) -> Vec<(Str, Value)> {
        self.entries
            .borrow()
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }
    /// Read access; do not run template code while it is held.
    #[must_use]
    pub fn borrow(&self) -> Ref<'_, BTreeMap<Str, Value>> {
        self.entries.borrow()
    }
    /// Write access; do not run template code while it is held.
    #[must_use]
    pub fn borrow_mut(&self) -> RefMut<'_, BTreeMap<Str, Value>> {
        self.entries.borrow_mut()
    }
    /// Are both the same map (not only equal)?
    #[must_use]
    pub fn same(&self, other: &Map) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries)
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        if let Some(entries) = Rc::get_mut(&mut self.entries) {
            let entries = std::mem::take(entries.get_mut());
            if !entries.is_empty() {
                bury(Remains::Map(entries));
            }
        }
    }
}

impl Default for Map {
    fn default() -> Self {
        Self::new()
    }
}
impl<K: Into<Str>, V: Into<Value>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries = entries
            .into_iter()
            .map(|(key, value)| (key.into(), value.into()))
            .collect();
        Map::typed(&STRING_ANY, entries)
    }
}

// === impl Value ===

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
            Value::List(list) => return list.elem.list_name(),
            Value::Map(map) => map.kind.name,
            Value::Object(object) => return object.type_name(),
        })
    }
}

impl IntKind {
    /// The Go type name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            IntKind::Int => "int",
            IntKind::Int32 => "int32",
            IntKind::Int64 => "int64",
            IntKind::Duration => "time.Duration",
            IntKind::Month => "time.Month",
            IntKind::Weekday => "time.Weekday",
        }
    }
}

impl UintKind {
    /// The Go type name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            UintKind::Uint8 => "uint8",
            UintKind::Uint32 => "uint32",
            UintKind::Uint64 => "uint64",
            UintKind::Uint => "uint",
        }
    }
}

impl Elem {
    /// The Go name of a slice of this element type.
    #[must_use]
    pub fn list_name(self) -> Cow<'static, str> {
        match self {
            Elem::Any => Cow::Borrowed("[]interface {}"),
            Elem::Str => Cow::Borrowed("[]string"),
            Elem::Int => Cow::Borrowed("[]int"),
            Elem::AnyList => Cow::Borrowed("[][]interface {}"),
            Elem::Named(name) => Cow::Owned(format!("[]{name}")),
            Elem::Defined(kind) => Cow::Borrowed(kind.name),
        }
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
