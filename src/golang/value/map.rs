//! Maps, shared and mutable.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Str, Value};
use crate::golang::drops::{Remains, bury};
use crate::golang::func::Method;

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
    shared: Rc<Shared>,
}

/// What all holders of a map see.
struct Shared {
    /// Go's nil map: it reads as an empty one, and nothing can be put into it.
    is_nil: bool,
    entries: RefCell<BTreeMap<Str, Value>>,
}

impl Map {
    /// An empty `map[string]interface {}`.
    #[must_use]
    pub fn new() -> Self {
        Self::typed(&STRING_ANY, BTreeMap::new())
    }
    /// A map of a named type.
    #[must_use]
    pub fn typed(kind: &'static MapType, entries: BTreeMap<Str, Value>) -> Self {
        Self::made(kind, false, entries)
    }
    /// A nil map of a type.
    #[must_use]
    pub fn nil(kind: &'static MapType) -> Self {
        Self::made(kind, true, BTreeMap::new())
    }
    fn made(kind: &'static MapType, is_nil: bool, entries: BTreeMap<Str, Value>) -> Self {
        let entries = RefCell::new(entries);
        Map {
            kind,
            shared: Rc::new(Shared { is_nil, entries }),
        }
    }
    /// Is it Go's nil map?
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.shared.is_nil
    }
    /// The same map, shared, under another Go type (as a conversion in Go does).
    #[must_use]
    pub fn retyped(&self, kind: &'static MapType) -> Self {
        Map {
            kind,
            shared: Rc::clone(&self.shared),
        }
    }
    /// The Go type.
    #[must_use]
    pub fn kind(&self) -> &'static MapType {
        self.kind
    }
    /// The value under `key`, if it is there.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.shared.entries.borrow().get(key.as_ref()).cloned()
    }
    /// True where the key is there, whatever its value.
    pub fn contains(&self, key: impl AsRef<[u8]>) -> bool {
        self.shared.entries.borrow().contains_key(key.as_ref())
    }
    /// Sets a key for every holder of this map.
    pub fn insert(&self, key: impl Into<Str>, value: impl Into<Value>) {
        self.shared.entries.borrow_mut().insert(key.into(), value.into());
    }
    /// Removes a key for every holder of this map.
    pub fn remove(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.shared.entries.borrow_mut().remove(key.as_ref())
    }
    /// How many keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shared.entries.borrow().len()
    }
    /// No keys?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shared.entries.borrow().is_empty()
    }
    /// A copy of the key list: safe to hold while the map changes.
    #[must_use]
    pub fn keys(&self) -> Vec<Str> {
        self.shared.entries.borrow().keys().cloned().collect()
    }
    /// A copy of the entries (values shared): safe to hold while the map changes.
    #[must_use]
    pub fn snapshot(&self) -> Vec<(Str, Value)> {
        self.shared
            .entries
            .borrow()
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }
    /// Read access; do not run template code while it is held.
    #[must_use]
    pub fn borrow(&self) -> Ref<'_, BTreeMap<Str, Value>> {
        self.shared.entries.borrow()
    }
    /// Write access; do not run template code while it is held.
    #[must_use]
    pub fn borrow_mut(&self) -> RefMut<'_, BTreeMap<Str, Value>> {
        self.shared.entries.borrow_mut()
    }
    /// Are both the same map (not only equal)?
    #[must_use]
    pub fn same(&self, other: &Map) -> bool {
        Rc::ptr_eq(&self.shared, &other.shared)
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        if let Some(shared) = Rc::get_mut(&mut self.shared) {
            let entries = std::mem::take(shared.entries.get_mut());
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
