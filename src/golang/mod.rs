//! What Go's standard library would do, so that templates print what they print under Go. Pure.

pub mod env;
pub mod func;
pub mod value;

pub use env::{Env, Fuel};
pub use func::{Fault, Func, Method, Type};
pub use value::{IntKind, List, Map, MapType, Object, Str, UintKind, Value};
