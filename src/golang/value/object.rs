//! Structs and other values with fields or methods.

use std::any::Any;
use std::borrow::Cow;

use super::{Str, Value};
use crate::golang::func::Method;

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
    /// What printing and `deepEqual` see: the fields that are not exported, too.
    fn shown_fields(&self) -> Vec<(&'static str, Value)> {
        self.fields()
    }
    /// What JSON calls the fields and in which order, where it writes an object of some of them.
    fn json_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        None
    }
    /// What copying it with all that it holds gives, where that is not the same: fields that are not exported are lost.
    fn copied(&self) -> Option<Value> {
        None
    }
    /// The same struct where it has no address, if that is something else: the methods of its pointer are gone.
    fn unaddressed(&self) -> Option<Value> {
        None
    }
    /// Is it a nil pointer of its type?
    fn is_nil_pointer(&self) -> bool {
        false
    }
    /// The methods that templates may call.
    fn methods(&self) -> &'static [Method] {
        &[]
    }
    /// What `String()` or `Error()` gives when the value itself is printed or passed to a function.
    fn string(&self) -> Option<Str> {
        None
    }
    /// What `%#v` prints: `GoString()`, or a struct whose fields are not exported.
    fn go_string(&self) -> Option<Str> {
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
