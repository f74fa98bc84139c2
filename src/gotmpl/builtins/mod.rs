//! The functions that every Go template has. Source: Go `text/template/funcs.go`, go1.23.

mod compare;
mod containers;
mod escape;

use super::ast::Term;
use super::exec::Options;
use super::held::Held;
use crate::golang::{Fault, Type, Value, fmt as gofmt};

/// What a built-in is given.
pub(super) struct Call<'a> {
    pub args: &'a [Held],
    pub options: Options,
    /// The first argument as written: `call` names it in errors.
    pub callee: Option<&'a Term>,
}

#[derive(Clone, Copy)]
pub(super) enum Body {
    /// `and`, `or`: the executor evaluates their arguments one by one.
    Logic {
        stops_at: bool,
    },
    Plain(fn(&Call<'_>) -> Result<Held, Fault>),
}

/// A built-in function. Its parameters take anything, save the format of `printf`.
#[derive(Clone, Copy)]
pub(super) struct Builtin {
    pub fixed: usize,
    pub is_variadic: bool,
    /// What the first argument must be.
    pub first: Type,
    pub body: Body,
}

/// What [`find`] finds.
pub(super) const NAMES: &[&str] = &[
    "and", "or", "not", "call", "html", "js", "urlquery", "index", "slice", "len", "print", "println",
    "printf", "eq", "ne", "lt", "le", "gt", "ge",
];

/// The built-in of this name.
pub(super) fn find(name: &str) -> Option<Builtin> {
    let (fixed, is_variadic, body) = match name {
        "and" => (1, true, Body::Logic { stops_at: false }),
        "or" => (1, true, Body::Logic { stops_at: true }),
        "not" => (1, false, Body::Plain(not)),
        "call" => (1, true, Body::Plain(call)),
        "html" => (0, true, Body::Plain(escape::html)),
        "js" => (0, true, Body::Plain(escape::js)),
        "urlquery" => (0, true, Body::Plain(escape::urlquery)),
        "index" => (1, true, Body::Plain(containers::index)),
        "slice" => (1, true, Body::Plain(containers::slice)),
        "len" => (1, false, Body::Plain(containers::len)),
        "print" => (0, true, Body::Plain(print)),
        "println" => (0, true, Body::Plain(println)),
        "printf" => (1, true, Body::Plain(printf)),
        "eq" => (1, true, Body::Plain(compare::eq)),
        "ne" => (2, false, Body::Plain(compare::ne)),
        "lt" => (2, false, Body::Plain(compare::lt)),
        "le" => (2, false, Body::Plain(compare::le)),
        "gt" => (2, false, Body::Plain(compare::gt)),
        "ge" => (2, false, Body::Plain(compare::ge)),
        _ => return None,
    };
    Some(Builtin {
        fixed,
        is_variadic,
        first: if name == "printf" {
            Type::Str
        } else {
            Type::Reflect
        },
        body,
    })
}

/// Does it look at every byte of its arguments?
pub(super) fn compares(name: &str) -> bool {
    matches!(name, "eq" | "ne" | "lt" | "le" | "gt" | "ge")
}

/// Does it print its arguments?
pub(super) fn makes_text(name: &str) -> bool {
    matches!(name, "print" | "printf" | "println" | "html" | "js" | "urlquery")
}

impl Call<'_> {
    /// The bytes of all arguments that are texts.
    pub(super) fn text_bytes(&self) -> usize {
        let bytes = |held: &Held| match &held.value {
            Value::Str(text) => text.len(),
            _ => 0,
        };
        self.args.iter().map(bytes).sum()
    }
    fn values(&self) -> Vec<Value> {
        self.args.iter().map(|held| held.value.clone()).collect()
    }
    fn value(&self, index: usize) -> &Value {
        self.args.get(index).map_or(&Value::Nil, |held| &held.value)
    }
}

fn not(call: &Call<'_>) -> Result<Held, Fault> {
    Ok(Held::plain(Value::Bool(!call.value(0).is_true())))
}

/// No value that templates can reach is a function.
fn call(call: &Call<'_>) -> Result<Held, Fault> {
    match call.value(0) {
        Value::Nil => Err(Fault::new("call of nil")),
        value => {
            let (name, found) = (call.callee.map(ToString::to_string), value.type_name());
            let name = name.unwrap_or_default();
            Err(Fault::new(format!("non-function {name} of type {found}")))
        }
    }
}

fn print(call: &Call<'_>) -> Result<Held, Fault> {
    Ok(Held::plain(Value::Str(gofmt::sprint(&call.values()))))
}

fn println(call: &Call<'_>) -> Result<Held, Fault> {
    Ok(Held::plain(Value::Str(gofmt::sprintln(&call.values()))))
}

fn printf(call: &Call<'_>) -> Result<Held, Fault> {
    let values = call.values();
    match values.split_first() {
        Some((Value::Str(format), args)) => Ok(Held::plain(Value::Str(gofmt::sprintf(format, args)))),
        _ => Err(Fault::new("the format is not a string")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found() {
        assert!(NAMES.iter().all(|name| find(name).is_some()));
    }
}
