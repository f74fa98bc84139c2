//! Arguments: evaluated, checked and converted by the parameter's Go type.

use super::{At, State};
use crate::golang::value::{Elem, Missing, STRING_ANY};
use crate::golang::{IntKind, List, Map, Type, Value};
use crate::gotmpl::ast::{Term, TermKind};
use crate::gotmpl::error::Error;
use crate::gotmpl::held::Held;

/// A type whose kind is an integer: a literal becomes one.
const DURATION: Type = Type::Named("time.Duration");

/// The parameters of a function or method.
pub(super) struct Signature<'a> {
    pub name: &'a str,
    pub params: &'static [Type],
    pub rest: Option<Type>,
}

impl Signature<'_> {
    /// The type of the argument at this index.
    fn at(&self, index: usize) -> Type {
        self.params.get(index).copied().or(self.rest).unwrap_or(Type::Any)
    }
}

/// What a function or method is called with.
pub(super) struct Given<'t, 'd> {
    pub dot: &'d Held,
    /// The arguments as written.
    pub args: &'t [Term],
    /// The result of the command before, which comes last.
    pub piped: Option<Held>,
}

impl<'d> Given<'_, 'd> {
    /// No arguments.
    pub fn nothing(dot: &'d Held) -> Self {
        Given {
            dot,
            args: &[],
            piped: None,
        }
    }
    /// How many arguments the function gets.
    pub fn count(&self) -> usize {
        self.args.len() + usize::from(self.piped.is_some())
    }
}

impl<'t> State<'t, '_> {
    /// All arguments of a call, ready for the function.
    pub(super) fn arguments(
        &mut self,
        signature: &Signature<'_>,
        given: Given<'t, '_>,
    ) -> Result<Vec<Value>, Error> {
        let (fixed, is_variadic) = (signature.params.len(), signature.rest.is_some());
        self.check_count(signature.name, &given, fixed, is_variadic)?;
        let count = given.count();
        let mut argv = Vec::with_capacity(count);
        for (index, arg) in given.args.iter().enumerate() {
            argv.push(self.argument(given.dot, signature.at(index), arg)?);
        }
        if let Some(piped) = given.piped {
            argv.push(self.checked(piped, signature.at(count - 1))?);
        }
        Ok(argv)
    }

    pub(super) fn check_count(
        &self,
        name: &str,
        given: &Given<'t, '_>,
        fixed: usize,
        is_variadic: bool,
    ) -> Result<(), Error> {
        let (count, written) = (given.count(), given.args.len());
        if is_variadic && count < fixed {
            let detail = format!("wrong number of args for {name}: want at least {fixed} got {written}");
            return Err(self.error(detail));
        }
        if !is_variadic && count != fixed {
            return Err(self.error(format!(
                "wrong number of args for {name}: want {fixed} got {count}"
            )));
        }
        Ok(())
    }

    pub(super) fn argument(&mut self, dot: &Held, wanted: Type, arg: &'t Term) -> Result<Value, Error> {
        self.at = At::Term(arg);
        match &arg.kind {
            TermKind::Nil => match zero(wanted) {
                Some(zero) => Ok(zero),
                None => Err(self.error(format!("cannot assign nil to {}", name(wanted)))),
            },
            TermKind::Bool(_) | TermKind::Number(_) | TermKind::Str { .. } => {
                self.literal_as(dot, wanted, arg)
            }
            _ => {
                let held = self.untyped(dot, arg)?;
                self.checked(held, wanted)
            }
        }
    }

    /// Any term but a literal, without a type to fit.
    pub(super) fn untyped(&mut self, dot: &Held, term: &'t Term) -> Result<Held, Error> {
        self.at = At::Term(term);
        match &term.kind {
            TermKind::Dot => Ok(dot.clone()),
            TermKind::Field(_) | TermKind::Variable { .. } | TermKind::Chain { .. } => {
                self.read(term, Given::nothing(dot))
            }
            TermKind::Pipe(pipe) => self.pipeline(dot, pipe),
            TermKind::Function(name) => self.call_function(name, At::Term(term), Given::nothing(dot)),
            TermKind::Nil => Ok(Held::plain(Value::Nil)),
            _ => self.literal(dot, term),
        }
    }

    /// An argument of Go's built-in functions, which take anything.
    pub(super) fn reflected(&mut self, dot: &Held, arg: &'t Term) -> Result<Held, Error> {
        self.untyped(dot, arg)
    }

    /// A literal takes the type that is wanted, if it can.
    fn literal_as(&mut self, dot: &Held, wanted: Type, arg: &'t Term) -> Result<Value, Error> {
        let expected = |state: &Self, what: &str| Err(state.error(format!("expected {what}; found {arg}")));
        match (wanted, &arg.kind) {
            (Type::Any | Type::Reflect, _) => Ok(self.literal(dot, arg)?.value),
            (Type::Bool, TermKind::Bool(value)) => Ok(Value::Bool(*value)),
            (Type::Bool, _) => expected(self, "bool"),
            (Type::Str, TermKind::Str { text, .. }) => Ok(Value::str(&**text)),
            (Type::Str, _) => expected(self, "string"),
            (Type::Int | Type::Int64 | DURATION, TermKind::Number(number)) if number.int.is_some() => {
                let kind = match wanted {
                    Type::Int64 => IntKind::Int64,
                    DURATION => IntKind::Duration,
                    _ => IntKind::Int,
                };
                Ok(Value::Int(kind, number.int.unwrap_or_default()))
            }
            (Type::Int | Type::Int64 | DURATION, _) => expected(self, "integer"),
            (Type::Float, TermKind::Number(number)) if number.float.is_some() => {
                Ok(Value::Float(number.float.unwrap_or_default()))
            }
            (Type::Float, _) => expected(self, "float"),
            _ => Err(self.error(format!("can't handle {arg} for arg of type {}", name(wanted)))),
        }
    }

    /// A value that must be assignable to the wanted type.
    pub(super) fn checked(&self, held: Held, wanted: Type) -> Result<Value, Error> {
        if held.is_invalid() {
            return match zero(wanted) {
                Some(zero) => Ok(zero),
                None => Err(self.error(format!("invalid value; expected {}", name(wanted)))),
            };
        }
        if is_assignable(&held.value, wanted) {
            return Ok(held.value);
        }
        let found = match &held.value {
            Value::Nil => held.type_name(),
            value => value.type_name().into_owned(),
        };
        Err(self.error(format!(
            "wrong type for value; expected {}; got {found}",
            name(wanted)
        )))
    }
}

fn is_assignable(value: &Value, wanted: Type) -> bool {
    match (wanted, value) {
        (Type::Any | Type::Reflect, _)
        | (Type::Bool, Value::Bool(_))
        | (Type::Float, Value::Float(_))
        | (Type::Str, Value::Str(_))
        | (Type::Bytes, Value::Bytes(_)) => true,
        (Type::Int | Type::Int64, Value::Int(..)) => value.type_name() == name(wanted),
        (Type::AnyList, Value::List(list)) => list.elem() == Elem::Any,
        (Type::StrList, Value::List(list)) => list.elem() == Elem::Str,
        (Type::AnyMap, Value::Map(map)) => map.kind().missing == Missing::NoValue,
        (Type::Named(wanted), value) => value.type_name() == wanted,
        _ => false,
    }
}

/// What nil becomes; `None` for types that cannot be nil.
fn zero(wanted: Type) -> Option<Value> {
    match wanted {
        Type::Any | Type::Reflect => Some(Value::Nil),
        Type::AnyList => Some(Value::List(List::nil(Elem::Any))),
        Type::StrList => Some(Value::List(List::nil(Elem::Str))),
        Type::AnyMap => Some(Value::Map(Map::nil(&STRING_ANY))),
        Type::Bytes => Some(Value::Bytes(std::rc::Rc::from(&b""[..]))),
        Type::Named(name) if name.starts_with(['*', '[']) || name.starts_with("map[") => Some(Value::Nil),
        Type::Bool | Type::Int | Type::Int64 | Type::Float | Type::Str | Type::Named(_) => None,
    }
}

/// The Go name of a parameter's type.
fn name(wanted: Type) -> &'static str {
    match wanted {
        Type::Any => "interface {}",
        Type::Bool => "bool",
        Type::Int => "int",
        Type::Int64 => "int64",
        Type::Float => "float64",
        Type::Str => "string",
        Type::Bytes => "[]uint8",
        Type::AnyList => "[]interface {}",
        Type::StrList => "[]string",
        Type::AnyMap => "map[string]interface {}",
        Type::Named(name) => name,
        Type::Reflect => "reflect.Value",
    }
}
