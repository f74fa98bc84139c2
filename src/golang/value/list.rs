//! Slices.

use std::borrow::Cow;
use std::ops::Deref;
use std::rc::Rc;

use super::{Str, Value};
use crate::golang::drops::{Remains, bury};
use crate::golang::func::Method;

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
pub struct List(Rc<Shared>);

struct Shared {
    elem: Elem,
    /// `None` is Go's nil slice.
    items: Option<Vec<Value>>,
}

impl List {
    /// `[]interface {}` of these items.
    #[must_use]
    pub fn any(items: Vec<Value>) -> Self {
        Self::of(Elem::Any, items)
    }
    /// A slice with this element type.
    #[must_use]
    pub fn of(elem: Elem, items: Vec<Value>) -> Self {
        let items = Some(items);
        List(Rc::new(Shared { elem, items }))
    }
    /// A nil slice of this type (`null` in JSON, empty everywhere else).
    #[must_use]
    pub fn nil(elem: Elem) -> Self {
        List(Rc::new(Shared { elem, items: None }))
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
        self.0.elem
    }
    /// True for a nil slice, which is not the same as an empty one.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.0.items.is_none()
    }
    /// Do both share one backing array?
    #[must_use]
    pub fn same(&self, other: &List) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.is_nil() && other.is_nil()
    }
}

impl Deref for List {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        self.0.items.as_deref().unwrap_or(&[])
    }
}

impl Drop for List {
    fn drop(&mut self) {
        if let Some(items) = Rc::get_mut(&mut self.0).and_then(|shared| shared.items.take())
            && !items.is_empty()
        {
            bury(Remains::List(items));
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
