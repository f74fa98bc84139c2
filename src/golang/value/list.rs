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
pub struct List {
    elem: Elem,
    items: Option<Rc<[Value]>>,
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
