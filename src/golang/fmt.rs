//! Go's `fmt`: what `print`, `printf` and `{{ x }}` make of a value.

use super::value::{Str, Value};

/// `fmt.Sprint`.
#[must_use]
pub fn sprint(args: &[Value]) -> Str {
    todo!("{args:?}")
}
/// `fmt.Sprintln`.
#[must_use]
pub fn sprintln(args: &[Value]) -> Str {
    todo!("{args:?}")
}
/// `fmt.Sprintf`.
#[must_use]
pub fn sprintf(format: &[u8], args: &[Value]) -> Str {
    todo!("{format:?} {args:?}")
}
/// What a bare `{{ x }}` prints (text/template `printValue`).
#[must_use]
pub fn printed(value: &Value) -> Str {
    todo!("{value:?}")
}
