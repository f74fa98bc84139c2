//! Executing templates. Source of the rules: Go `text/template/exec.go`, go1.23 (and go1.24 for `range 3`).

mod args;
mod control;
mod field;

use std::fmt::Display;
use std::sync::Arc;

use self::args::{Given, Signature};
use super::ast::{Call, Command, Node, Pipe, Term, TermKind, Tree};
use super::builtins;
use super::error::{Cause, Error, Place};
use super::held::Held;
use super::set::{Functions, Templates};
use crate::golang::{Env, Fault, Type, Value, fmt as gofmt};

/// What a missing map key gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingKey {
    /// The zero value of the element type (`missingkey=zero`).
    Zero,
    /// An error (`missingkey=error`).
    Error,
}

/// How templates run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What a missing map key gives.
    pub missing_key: MissingKey,
    /// `range 3` counts (Go 1.24 and later).
    pub ranges_integers: bool,
    /// Comparison errors name both types (Go 1.24 and later).
    pub names_compared_types: bool,
    /// Bytes of stack that may be used below the start of the outermost execution.
    pub stack_bytes: usize,
    /// An address near that start.
    pub stack_base: usize,
}

impl Options {
    /// Is there stack for another call?
    #[must_use]
    pub fn has_stack_left(&self) -> bool {
        self.has_stack_within(self.stack_bytes)
    }
    /// Is less than this much of it used?
    #[must_use]
    pub fn has_stack_within(&self, bytes: usize) -> bool {
        let here = 0u8;
        let used = self.stack_base.abs_diff(std::ptr::from_ref(&here).addr());
        used <= bytes.min(self.stack_bytes)
    }
}

/// What an execution may use.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Templates that can be called by name.
    pub templates: &'a Templates,
    /// Functions.
    pub functions: &'a Functions,
    /// Budget, entropy, time.
    pub env: &'a Env,
    /// Behaviour.
    pub options: Options,
}

/// Stack and heap that nested `template` calls may take together, in bytes: Helm's own limit is reached first, in debug builds
/// too, unless each level is wrapped in several blocks.
const MAX_STACK: usize = 208 << 20;

/// `template` calls within one execution. Source: Go `text/template/exec.go` (`maxExecDepth`).
const MAX_CALLS: usize = 100_000;

/// Runs a tree with `dot` as its data, appending to `out`.
///
/// # Errors
/// The first failure, with Go's words and place. What was written before it stays in `out`.
pub fn execute(tree: &Tree, dot: Value, context: Context<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
    let dot = Held::plain(dot);
    let mut state = State {
        context,
        out,
        tree,
        variables: vec![("$", dot.clone())],
        at: At::Start,
        depth: 0,
    };
    state.list(&dot, &tree.body).map(|_| ())
}

/// The same by name.
///
/// # Errors
/// Also where there is no template of this name.
pub fn execute_named(name: &str, dot: Value, context: Context<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
    let tree = context
        .templates
        .get(name)
        .ok_or_else(|| Error::not_found(name.as_bytes()))?;
    execute(tree, dot, context, out)
}

/// The node being executed: what an error points at.
#[derive(Clone, Copy)]
enum At<'t> {
    Start,
    Pipe(&'t Pipe),
    Command(&'t Command),
    Term(&'t Term),
    Call(&'t Call),
}

/// Where execution goes after a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

struct State<'t, 'o> {
    context: Context<'t>,
    out: &'o mut Vec<u8>,
    tree: &'t Tree,
    variables: Vec<(&'t str, Held)>,
    at: At<'t>,
    depth: usize,
}

impl<'t> State<'t, '_> {
    // === errors ===

    fn error(&self, detail: impl Into<String>) -> Error {
        Error::execute(self.place(), detail.into(), Cause::None, false)
    }

    fn limit(&self, fault: &Fault) -> Error {
        Error::execute(self.place(), fault.message.clone(), Cause::None, true)
    }

    fn called(&self, name: &str, fault: Fault) -> Error {
        let detail = format!("error calling {name}: {}", fault.message);
        let cause = match fault.cause {
            None => Cause::Function,
            Some(cause) if fault.message.is_empty() => Cause::Nested(cause),
            Some(cause) => Cause::Told(cause),
        };
        Error::execute(self.place(), detail, cause, fault.is_limit)
    }

    fn place(&self) -> Place {
        let (pos, node): (usize, &dyn Display) = match &self.at {
            At::Start => (0, &""),
            At::Pipe(pipe) => (pipe.pos, *pipe),
            At::Command(command) => (command.pos, *command),
            At::Term(term) => (term.pos, *term),
            At::Call(call) => (call.pos, *call),
        };
        let (line, column) = self.tree.source.line_and_column(pos);
        Place {
            template: Arc::clone(&self.tree.source.name),
            line,
            column,
            executing: Arc::clone(&self.tree.name),
            node: node.to_string(),
        }
    }

    // === budget ===

    fn step(&self) -> Result<(), Error> {
        self.context.env.fuel.step(1).map_err(|fault| self.limit(&fault))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let paid = self.context.env.fuel.alloc(bytes.len() as u64);
        paid.map_err(|fault| self.limit(&fault))?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// Refuses a call that would come near the end of the stack.
    fn check_stack(&self) -> Result<(), Error> {
        let held = usize::try_from(self.context.env.fuel.held()).unwrap_or(usize::MAX);
        let room = MAX_STACK.saturating_sub(held);
        if self.context.options.has_stack_within(room) {
            return Ok(());
        }
        let depth = self.depth;
        Err(self.limit(&Fault::limit(format!(
            "template calls are nested too deeply ({depth} here)"
        ))))
    }

    // === nodes ===

    fn list(&mut self, dot: &Held, nodes: &'t [Node]) -> Result<Flow, Error> {
        for node in nodes {
            let flow = self.node(dot, node)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn node(&mut self, dot: &Held, node: &'t Node) -> Result<Flow, Error> {
        self.step()?;
        match node {
            Node::Text(range) => {
                let tree: &'t Tree = self.tree;
                self.write(tree.source.text.get(range.clone()).unwrap_or_default())?;
            }
            Node::Action(pipe) => self.action(dot, pipe)?,
            Node::If(branch) => return self.if_or_with(dot, branch, false),
            Node::With(branch) => return self.if_or_with(dot, branch, true),
            Node::Range(branch) => return self.range(dot, branch),
            Node::Template(call) => self.call_template(dot, call)?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn action(&mut self, dot: &Held, pipe: &'t Pipe) -> Result<(), Error> {
        let held = self.pipeline(dot, pipe)?;
        if !pipe.variables.is_empty() {
            return Ok(());
        }
        match &held.value {
            Value::Str(text) => self.write(text),
            value => {
                let text = Value::Str(gofmt::printed(value));
                let paid = self.context.env.fuel.text(&text);
                paid.map_err(|fault| self.limit(&fault))?;
                match &text {
                    Value::Str(text) => self.write(text),
                    _ => Ok(()),
                }
            }
        }
    }

    // === pipelines ===

    fn pipeline(&mut self, dot: &Held, pipe: &'t Pipe) -> Result<Held, Error> {
        self.at = At::Pipe(pipe);
        self.step()?;
        let mut last = None;
        for command in &pipe.commands {
            last = Some(self.command(dot, command, last)?.unboxed());
        }
        let held = last.unwrap_or_else(|| Held::plain(Value::Nil));
        for name in &pipe.variables {
            if pipe.is_assignment {
                self.assign(name, held.clone())?;
            } else {
                self.variables.push((name, held.clone()));
            }
        }
        Ok(held)
    }

    /// A command; `piped` is the result of the one before, which becomes the last argument.
    fn command(&mut self, dot: &Held, command: &'t Command, piped: Option<Held>) -> Result<Held, Error> {
        let Some(first) = command.words.first() else {
            return Err(self.error("empty command"));
        };
        let given = Given {
            dot,
            args: &command.words[1..],
            piped,
        };
        match &first.kind {
            TermKind::Field(_) | TermKind::Chain { .. } | TermKind::Variable { .. } => {
                self.read(first, given)
            }
            TermKind::Function(name) => {
                self.at = At::Term(first);
                self.call_function(name, At::Command(command), given)
            }
            TermKind::Pipe(pipe) => {
                self.not_a_function(first, &given)?;
                self.pipeline(dot, pipe)
            }
            _ => {
                self.at = At::Term(first);
                self.not_a_function(first, &given)?;
                if matches!(first.kind, TermKind::Nil) {
                    return Err(self.error("nil is not a command"));
                }
                self.literal(dot, first)
            }
        }
    }

    fn not_a_function(&self, first: &Term, given: &Given<'_, '_>) -> Result<(), Error> {
        if given.count() == 0 {
            return Ok(());
        }
        let shown = match &first.kind {
            TermKind::Pipe(pipe) => pipe.to_string(),
            _ => first.to_string(),
        };
        Err(self.error(format!("can't give argument to non-function {shown}")))
    }

    /// What a literal or the dot stands for by itself.
    fn literal(&mut self, dot: &Held, term: &'t Term) -> Result<Held, Error> {
        self.at = At::Term(term);
        match &term.kind {
            TermKind::Bool(value) => Ok(Held::plain(Value::Bool(*value))),
            TermKind::Dot => Ok(dot.clone()),
            TermKind::Str { text, .. } => Ok(Held::plain(Value::str(&**text))),
            TermKind::Number(number) => {
                if let Some((re, im)) = number.complex {
                    return Ok(Held::plain(Value::Complex(re, im)));
                }
                let value = match (number.float, number.int) {
                    (Some(float), _) if number.looks_like_float() => Value::Float(float),
                    (_, Some(int)) => Value::int(int),
                    _ => return Err(self.error(format!("{} overflows int", number.text))),
                };
                Ok(Held::plain(value))
            }
            _ => Err(self.error(format!(
                "can't evaluate command {}",
                super::error::quoted(term.to_string().as_bytes())
            ))),
        }
    }

    // === functions ===

    fn call_function(&mut self, name: &'t str, site: At<'t>, given: Given<'t, '_>) -> Result<Held, Error> {
        self.step()?;
        if let Some(function) = self.context.functions.get(name) {
            let signature = Signature {
                name,
                params: function.params,
                rest: function.variadic,
            };
            let mut argv = self.arguments(&signature, given)?;
            argv.iter_mut().for_each(Value::lose_address);
            let env = self.context.env;
            let paid = env.fuel.pass(&argv).and_then(|()| function.call(env, &argv));
            let checked = paid.and_then(|value| env.fuel.result(&value).map(|()| value));
            return match checked {
                Ok(value) => Ok(Held::plain(value)),
                Err(fault) => {
                    self.at = site;
                    Err(self.called(name, fault))
                }
            };
        }
        let Some(builtin) = builtins::find(name) else {
            let shown = super::error::quoted(name.as_bytes());
            return Err(self.error(format!("{shown} is not a defined function")));
        };
        self.call_builtin(name, builtin, site, given)
    }

    fn call_builtin(
        &mut self,
        name: &'t str,
        builtin: builtins::Builtin,
        site: At<'t>,
        given: Given<'t, '_>,
    ) -> Result<Held, Error> {
        self.check_count(name, &given, builtin.fixed, builtin.is_variadic)?;
        if let builtins::Body::Logic { stops_at } = builtin.body {
            return self.and_or(stops_at, given);
        }
        let mut argv = Vec::with_capacity(given.count());
        let Given { dot, args, piped } = given;
        for (index, arg) in args.iter().enumerate() {
            argv.push(match (index, builtin.first) {
                (0, Type::Reflect) | (1.., _) => self.reflected(dot, arg)?,
                (0, wanted) => Held::plain(self.argument(dot, wanted, arg)?),
            });
        }
        if let Some(piped) = piped {
            argv.push(match (args.is_empty(), builtin.first) {
                (false, _) | (true, Type::Reflect) => piped,
                (true, wanted) => Held::plain(self.checked(piped, wanted)?),
            });
        }
        let call = builtins::Call {
            args: &argv,
            options: self.context.options,
            callee: args.first(),
        };
        let builtins::Body::Plain(body) = builtin.body else {
            return Ok(Held::plain(Value::Nil));
        };
        let fuel = &self.context.env.fuel;
        let made = if builtins::makes_text(name) {
            // Of all that is printed the bytes are paid before the next call can double them.
            body(&call).and_then(|made| fuel.text(&made.value).map(|()| made))
        } else if builtins::compares(name) {
            fuel.look(call.text_bytes()).and_then(|()| body(&call))
        } else {
            body(&call)
        };
        made.map_err(|fault| {
            self.at = site;
            self.called(name, fault)
        })
    }

    /// `and` and `or` evaluate only as far as they must, and give the deciding argument.
    fn and_or(&mut self, stops_at: bool, given: Given<'t, '_>) -> Result<Held, Error> {
        let mut last = Held::plain(Value::Nil);
        for arg in given.args {
            last = self.reflected(given.dot, arg)?;
            if last.value.is_true() == stops_at {
                return Ok(last);
            }
        }
        Ok(given.piped.unwrap_or(last))
    }

    // === variables ===

    fn assign(&mut self, name: &str, held: Held) -> Result<(), Error> {
        let found = self.variables.iter_mut().rev().find(|(known, _)| *known == name);
        match found {
            Some((_, slot)) => {
                *slot = held;
                Ok(())
            }
            None => Err(self.error(format!("undefined variable: {name}"))),
        }
    }

    fn variable(&self, name: &str) -> Result<Held, Error> {
        let found = self.variables.iter().rev().find(|(known, _)| *known == name);
        match found {
            Some((_, held)) => Ok(held.clone()),
            None => Err(self.error(format!("undefined variable: {name}"))),
        }
    }
}
