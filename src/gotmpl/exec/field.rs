//! Reading fields, keys and methods: `.a.b`, `$x.a`, `(pipe).a`.

use super::args::{Given, Signature};
use super::{At, MissingKey, State};
use crate::golang::Value;
use crate::golang::func::Method;
use crate::golang::value::Object;
use crate::gotmpl::ast::{Term, TermKind};
use crate::gotmpl::error::{Error, quoted};
use crate::gotmpl::held::Held;

impl<'t> State<'t, '_> {
    /// A field, chain or variable; the arguments go to a method at its end.
    pub(super) fn read(&mut self, term: &'t Term, given: Given<'t, '_>) -> Result<Held, Error> {
        let dot = given.dot;
        self.at = At::Term(term);
        self.step()?;
        let (receiver, fields) = match &term.kind {
            TermKind::Field(fields) => (dot.clone(), fields),
            TermKind::Variable { name, fields } => (self.variable(name)?, fields),
            TermKind::Chain { start, fields } => {
                if matches!(start.kind, TermKind::Nil) {
                    return Err(self.error(format!("indirection through explicit nil in {term}")));
                }
                (self.untyped(dot, start)?, fields)
            }
            _ => return self.literal(dot, term),
        };
        let Some((inner, last)) = fields.split_last() else {
            self.not_a_function(term, &given)?;
            return Ok(receiver);
        };
        let mut receiver = receiver;
        for name in inner {
            receiver = self.field(name, term, Given::nothing(dot), receiver)?;
        }
        self.field(last, term, given, receiver)
    }

    fn field(
        &mut self,
        name: &'t str,
        term: &'t Term,
        given: Given<'t, '_>,
        receiver: Held,
    ) -> Result<Held, Error> {
        if receiver.is_invalid() {
            if self.context.options.missing_key == MissingKey::Error {
                return Err(self.error(format!("nil data; no entry for key {}", quoted(name.as_bytes()))));
            }
            return Ok(receiver);
        }
        if receiver.value.is_nil() {
            let type_name = receiver.type_name();
            return Err(self.error(format!("nil pointer evaluating {type_name}.{name}")));
        }
        if let Some(method) = receiver.value.methods().iter().find(|method| method.name == name) {
            return self.call_method(method, term, given, &receiver.value);
        }
        let has_args = given.count() > 0;
        match &receiver.value {
            Value::Map(_) if has_args => Err(self.error(format!("{name} is not a method but has arguments"))),
            Value::Map(map) => match Held::entry(map, name.as_bytes()) {
                Some(held) => Ok(held),
                None if self.context.options.missing_key == MissingKey::Error => {
                    Err(self.error(format!("map has no entry for key {}", quoted(name.as_bytes()))))
                }
                None => Ok(Held::missing(map)),
            },
            Value::Object(object) => self.struct_field(&**object, name, has_args, &receiver),
            _ => Err(self.cannot_evaluate(name, &receiver)),
        }
    }

    fn struct_field(
        &self,
        object: &dyn Object,
        name: &str,
        has_args: bool,
        receiver: &Held,
    ) -> Result<Held, Error> {
        match Held::field(object, name) {
            Some(_) if has_args => {
                Err(self.error(format!("{name} has arguments but cannot be invoked as function")))
            }
            Some(held) => Ok(held),
            None => Err(self.cannot_evaluate(name, receiver)),
        }
    }

    fn cannot_evaluate(&self, name: &str, receiver: &Held) -> Error {
        let type_name = receiver.type_name();
        self.error(format!("can't evaluate field {name} in type {type_name}"))
    }

    fn call_method(
        &mut self,
        method: &'static Method,
        term: &'t Term,
        given: Given<'t, '_>,
        receiver: &Value,
    ) -> Result<Held, Error> {
        self.step()?;
        let signature = Signature {
            name: method.name,
            params: method.params,
            rest: method.variadic,
        };
        if let Some(reason) = method.refusal {
            self.check_count(method.name, &given, method.params.len(), false)?;
            return Err(self.error(reason));
        }
        let argv = self.arguments(&signature, given)?;
        (method.call)(self.context.env, receiver, &argv)
            .map(Held::plain)
            .map_err(|fault| {
                self.at = At::Term(term);
                self.called(method.name, fault)
            })
    }
}
