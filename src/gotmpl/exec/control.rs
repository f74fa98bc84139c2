//! `if`, `with`, `range` and `template`.

use super::{At, Flow, MAX_CALLS, State};
use crate::golang::{Value, fmt as gofmt};
use crate::gotmpl::ast::{Branch, Call};
use crate::gotmpl::error::{Error, quoted};
use crate::gotmpl::held::Held;

impl<'t> State<'t, '_> {
    pub(super) fn if_or_with(
        &mut self,
        dot: &Held,
        branch: &'t Branch,
        moves_dot: bool,
    ) -> Result<Flow, Error> {
        let in_scope = self.variables.len();
        let held = self.pipeline(dot, &branch.pipe)?;
        let flow = match (&branch.otherwise, held.value.is_true()) {
            (_, true) if moves_dot => self.list(&held, &branch.body),
            (_, true) => self.list(dot, &branch.body),
            (Some(otherwise), false) => self.list(dot, otherwise),
            (None, false) => Ok(Flow::Next),
        };
        self.variables.truncate(in_scope);
        flow
    }

    pub(super) fn range(&mut self, dot: &Held, branch: &'t Branch) -> Result<Flow, Error> {
        let in_scope = self.variables.len();
        let held = self.pipeline(dot, &branch.pipe)?;
        let flow = match self.iterate(&held, branch)? {
            0 => match &branch.otherwise {
                Some(otherwise) => self.list(dot, otherwise),
                None => Ok(Flow::Next),
            },
            _ => Ok(Flow::Next),
        };
        self.variables.truncate(in_scope);
        flow
    }

    /// Runs the body for each element, and counts how many there were to run it for.
    fn iterate(&mut self, held: &Held, branch: &'t Branch) -> Result<usize, Error> {
        match &held.value {
            Value::Nil => Ok(0),
            Value::List(list) => {
                for (index, item) in list.iter().enumerate() {
                    let element = Held::element(list, item.clone());
                    if !self.iteration(branch, index_value(index), &element)? {
                        break;
                    }
                }
                Ok(list.len())
            }
            Value::Bytes(bytes) => {
                for (index, byte) in bytes.iter().enumerate() {
                    let element = Held::plain(Value::Uint(
                        crate::golang::value::UintKind::Uint8,
                        u64::from(*byte),
                    ));
                    if !self.iteration(branch, index_value(index), &element)? {
                        break;
                    }
                }
                Ok(bytes.len())
            }
            Value::Map(map) => {
                let entries = map.snapshot();
                let count = entries.len();
                for (key, value) in entries {
                    let mut element = Held::missing(map);
                    element.value = value;
                    if !self.iteration(branch, Held::plain(Value::Str(key)), &element)? {
                        break;
                    }
                }
                Ok(count)
            }
            Value::Int(kind, count) if self.context.options.ranges_integers => {
                if branch.pipe.variables.len() > 1 {
                    return Err(self.error(format!(
                        "can't use {count} to iterate over more than one variable"
                    )));
                }
                for number in 0..*count {
                    let element = Held::plain(Value::Int(*kind, number));
                    if !self.iteration(branch, Held::plain(Value::Nil), &element)? {
                        break;
                    }
                }
                Ok(usize::try_from(*count).unwrap_or(0))
            }
            value => {
                let shown = gofmt::sprintf(b"%v", std::slice::from_ref(value));
                Err(self.error(format!("range can't iterate over {}", shown.to_text())))
            }
        }
    }

    /// One turn; false after `break`.
    fn iteration(&mut self, branch: &'t Branch, index: Held, element: &Held) -> Result<bool, Error> {
        self.step()?;
        self.set_range_variables(branch, index, element)?;
        let in_scope = self.variables.len();
        let flow = self.list(element, &branch.body)?;
        self.variables.truncate(in_scope);
        Ok(flow != Flow::Break)
    }

    /// One variable holds the element; of two, the first holds the index or key.
    fn set_range_variables(&mut self, branch: &Branch, index: Held, element: &Held) -> Result<(), Error> {
        let pipe = &branch.pipe;
        match (&pipe.variables[..], pipe.is_assignment) {
            ([one], true) => self.assign(one, element.clone()),
            ([first, second], true) => {
                self.assign(first, index)?;
                self.assign(second, element.clone())
            }
            ([_], false) => {
                self.set_top(1, element.clone());
                Ok(())
            }
            ([_, _], false) => {
                self.set_top(1, element.clone());
                self.set_top(2, index);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Sets the n-th newest variable.
    fn set_top(&mut self, n: usize, held: Held) {
        let at = self.variables.len().checked_sub(n);
        if let Some((_, slot)) = at.and_then(|at| self.variables.get_mut(at)) {
            *slot = held;
        }
    }

    pub(super) fn call_template(&mut self, dot: &Held, call: &'t Call) -> Result<(), Error> {
        self.at = At::Call(call);
        let Some(tree) = self.context.templates.get(&call.name) else {
            let name = quoted(call.name.as_bytes());
            return Err(self.error(format!("template {name} not defined")));
        };
        if self.depth == MAX_CALLS {
            return Err(self.error(format!("exceeded maximum template depth ({MAX_CALLS})")));
        }
        self.check_stack()?;
        let dot = match &call.pipe {
            Some(pipe) => self.pipeline(dot, pipe)?,
            None => Held::plain(Value::Nil),
        };
        let mut callee = State {
            context: self.context,
            out: self.out,
            tree,
            variables: vec![("$", dot.clone())],
            at: self.at,
            depth: self.depth + 1,
        };
        callee.list(&dot, &tree.body).map(|_| ())
    }
}

fn index_value(index: usize) -> Held {
    Held::plain(Value::int(i64::try_from(index).unwrap_or(i64::MAX)))
}
