//! What Go's standard library would do, so that templates print what they print under Go. Pure.

pub mod broken;
mod drops;
pub mod env;
pub mod fmt;
pub mod func;
pub mod json;
pub mod path;
pub mod regexp;
pub mod semver;
pub mod strconv;
pub mod time;
pub mod unicode;
pub mod url;
pub mod value;
pub mod yaml;

pub use env::{Env, Fuel};
pub use func::{Fault, Func, Method, Type};
pub use value::{IntKind, List, Map, MapType, Object, Str, UintKind, Value};
