//! Functions and methods that templates can call, with the parameter types Go would check.

use std::fmt;
use std::rc::Rc;

use super::env::Env;
use super::value::Value;

/// The Go type of a parameter. The template engine checks and converts arguments by it, in Go's words,
/// before the function runs: a function sees only values of its declared types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `interface {}`: anything, also nil.
    Any,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `int64`.
    Int64,
    /// `float64`.
    Float,
    /// `string`.
    Str,
    /// `[]byte`.
    Bytes,
    /// `[]interface {}`.
    AnyList,
    /// `[]string`.
    StrList,
    /// `map[string]interface {}`; named map types with the same shape are assignable.
    AnyMap,
    /// Another type by the name that [`Value::type_name`] gives.
    Named(&'static str),
    /// `reflect.Value`: anything; nil arrives as nil without a type check (Go's built-in functions).
    Reflect,
}

/// What a function call failed with.
#[derive(Clone)]
pub struct Fault {
    /// Go's error text, without the `error calling NAME: ` that the engine puts before it. Empty where the
    /// cause says it all: then the cause's text is shown, without being copied at every level of a call.
    pub message: String,
    /// The error beneath, where there is one with more to tell (a template error inside `include`).
    pub cause: Option<Rc<dyn std::error::Error>>,
    /// A limit was passed: no function may turn this into a value.
    pub is_limit: bool,
}

/// A function of the host: a closure over its state.
pub type HostFn = dyn Fn(&Env, &[Value]) -> Result<Value, Fault>;

/// The body of a function.
#[derive(Clone)]
pub enum Body {
    /// A plain function.
    Native(fn(&Env, &[Value]) -> Result<Value, Fault>),
    /// A function of the host that holds state (`include`, `tpl`, `lookup`).
    Host(Rc<HostFn>),
}

/// A named template function.
#[derive(Clone)]
pub struct Func {
    /// The fixed parameters.
    pub params: &'static [Type],
    /// The type of further arguments, if the function takes any number of them.
    pub variadic: Option<Type>,
    /// What it does.
    pub body: Body,
}

/// A method: a function with a receiver.
#[derive(Debug)]
pub struct Method {
    /// Its Go name.
    pub name: &'static str,
    /// The fixed parameters, without the receiver.
    pub params: &'static [Type],
    /// The type of further arguments.
    pub variadic: Option<Type>,
    /// What it does: receiver, then arguments.
    pub call: MethodCall,
    /// Why templates cannot call it after all: it has more results than one.
    pub refusal: Option<&'static str>,
}

/// The body of a method.
pub type MethodCall = fn(&Env, &Value, &[Value]) -> Result<Value, Fault>;

impl Method {
    /// A method with fixed parameters.
    #[must_use]
    pub const fn new(name: &'static str, params: &'static [Type], call: MethodCall) -> Self {
        Method {
            name,
            params,
            variadic: None,
            call,
            refusal: None,
        }
    }
    /// A method that Go has and templates cannot call, with the reason.
    /// Source: Go `text/template/funcs.go` (`goodFunc`), go1.23.
    #[must_use]
    pub const fn refused(name: &'static str, params: &'static [Type], reason: &'static str) -> Self {
        let mut method = Method::new(name, params, |_, _, _| Ok(Value::Nil));
        method.refusal = Some(reason);
        method
    }
}

impl Func {
    /// A plain function with fixed parameters.
    #[must_use]
    pub fn new(params: &'static [Type], call: fn(&Env, &[Value]) -> Result<Value, Fault>) -> Self {
        Func {
            params,
            variadic: None,
            body: Body::Native(call),
        }
    }
    /// A plain function that takes any number of further arguments.
    #[must_use]
    pub fn variadic(
        params: &'static [Type],
        rest: Type,
        call: fn(&Env, &[Value]) -> Result<Value, Fault>,
    ) -> Self {
        Func {
            params,
            variadic: Some(rest),
            body: Body::Native(call),
        }
    }
    /// Runs the body on arguments that have been checked already.
    ///
    /// # Errors
    /// Whatever the function fails with.
    pub fn call(&self, env: &Env, args: &[Value]) -> Result<Value, Fault> {
        match &self.body {
            Body::Native(call) => call(env, args),
            Body::Host(call) => call(env, args),
        }
    }
}

impl Fault {
    /// A failure with Go's text.
    pub fn new(message: impl Into<String>) -> Self {
        Fault {
            message: message.into(),
            cause: None,
            is_limit: false,
        }
    }
    /// A limit that was passed.
    pub fn limit(message: impl Into<String>) -> Self {
        Fault {
            message: message.into(),
            cause: None,
            is_limit: true,
        }
    }
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Fault::new(message)
    }
}
impl From<&str> for Fault {
    fn from(message: &str) -> Self {
        Fault::new(message)
    }
}
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({:?})", self.message)
    }
}
