//! Helm's functions that reach into the render: `include`, `tpl`, `required`, `fail`, `lookup`.
//! Source: helm `pkg/engine/engine.go`, v3.17.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::error::Error as StdError;
use std::fmt;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use foldhash::HashMap;
use serde_json::Value as Json;

use super::functions;
use super::request::Request;
use crate::golang::func::Body;
use crate::golang::strconv::quote;
use crate::golang::{Env, Fault, Func, Str, Type, Value, json};
use crate::gotmpl::{self, Context, Functions, Options, Templates, Tree};
use crate::helm::engines::Engine;
use crate::sprig;

/// A template may be entered again this many times before Helm takes it for a loop.
/// Source: helm `pkg/engine/engine.go` (`recursionMaxNums`), v3.17.
const MAX_INCLUDES: u32 = 1000;

/// Stack that nested `include` and `tpl` may take, in bytes: a thousand of them, Helm's own limit, take a tenth of it.
const INCLUDE_STACK: usize = 96 << 20;

/// Texts given to `tpl` whose trees are kept.
const MAX_CACHED_TEXTS: usize = 4096;

/// One render in progress.
pub(super) struct Host {
    functions: Functions,
    options: Options,
    /// The template sets in force; `tpl` lays one over the other.
    sets: RefCell<Vec<Arc<Templates>>>,
    includes: RefCell<HashMap<Str, u32>>,
    parsed: RefCell<HashMap<Str, Rc<gotmpl::Parsed>>>,
    depth: Cell<u32>,
    lookup: Option<Arc<dyn super::Lookup>>,
    lookups: RefCell<Vec<(String, Json)>>,
}

/// What `fail` and `required` were given: Helm shows it at the place of the outermost call.
#[derive(Debug)]
pub(super) struct Refused(pub String);

/// A failure inside `include` or `tpl`, with what Helm puts before it.
#[derive(Debug)]
pub(super) struct Wrapped {
    prefix: String,
    inner: gotmpl::Error,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl StdError for Refused {}

impl fmt::Display for Wrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.prefix, self.inner)
    }
}
impl StdError for Wrapped {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.inner)
    }
}

impl Host {
    /// A render of this request.
    pub fn new(request: &Request, options: Options) -> Rc<Host> {
        Rc::new_cyclic(|host| Host {
            functions: all_functions(request.engine, host),
            options,
            sets: RefCell::new(Vec::new()),
            includes: RefCell::default(),
            parsed: RefCell::default(),
            depth: Cell::new(0),
            lookup: request.lookup.clone(),
            lookups: RefCell::default(),
        })
    }
    /// The functions of this render.
    pub fn functions(&self) -> &Functions {
        &self.functions
    }
    /// What `lookup` was asked and answered.
    pub fn lookups(&self) -> Vec<(String, Json)> {
        self.lookups.borrow().clone()
    }
    /// Makes a set the one in force.
    pub fn push(&self, set: Arc<Templates>) {
        self.sets.borrow_mut().push(set);
    }

    fn set(&self) -> Arc<Templates> {
        self.sets.borrow().last().cloned().unwrap_or_default()
    }

    /// Executes a template of the set in force.
    ///
    /// # Errors
    /// Go's text.
    pub fn execute(&self, name: &str, dot: Value, env: &Env) -> Result<Vec<u8>, gotmpl::Error> {
        let set = self.set();
        let tree = set
            .get(name)
            .ok_or_else(|| gotmpl::Error::not_found(name.as_bytes()))?;
        self.run(tree, dot, &set, env)
    }

    fn run(&self, tree: &Tree, dot: Value, set: &Templates, env: &Env) -> Result<Vec<u8>, gotmpl::Error> {
        let context = Context {
            templates: set,
            functions: &self.functions,
            env,
            options: self.options,
        };
        let mut out = Vec::new();
        gotmpl::execute(tree, dot, context, &mut out).map(|()| out)
    }

    /// One more nested `include` or `tpl`; leave it by [`Host::leave`].
    fn enter(&self, env: &Env) -> Result<(), Fault> {
        let depth = self.depth.get() + 1;
        let limit = env.fuel.limits().depth;
        if depth > limit || !self.options.has_stack_within(INCLUDE_STACK) {
            return Err(Fault::limit(format!(
                "include and tpl are nested too deeply ({depth} levels)"
            )));
        }
        self.depth.set(depth);
        Ok(())
    }

    fn leave(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    fn include(&self, env: &Env, args: &[Value]) -> Result<Value, Fault> {
        let [Value::Str(name), dot] = args else {
            return Err(Fault::new("include wants a name and a value"));
        };
        let active = self.includes.borrow().get(name).copied().unwrap_or(0);
        if active > MAX_INCLUDES {
            let name = name.to_text();
            return Err(Fault::new(format!(
                "rendering template has a nested reference name: {name}: unable to execute template"
            )));
        }
        self.enter(env)?;
        self.includes.borrow_mut().insert(name.clone(), active + 1);
        let executed = match std::str::from_utf8(name) {
            Ok(name) => self.execute(name, dot.clone(), env),
            Err(_) => Err(gotmpl::Error::not_found(name)),
        };
        self.includes.borrow_mut().insert(name.clone(), active);
        self.leave();
        executed.map(Value::str).map_err(nested)
    }

    fn tpl(&self, env: &Env, args: &[Value]) -> Result<Value, Fault> {
        let [Value::Str(text), dot] = args else {
            return Err(Fault::new("tpl wants a text and a value"));
        };
        env.fuel.step(1 + text.len() as u64 / 16)?;
        // A name is looked up in the sets of all `tpl` around this one.
        env.fuel.step(4 * self.sets.borrow().len() as u64)?;
        env.fuel.hold(tree_bytes(text))?;
        let wrapped = |prefix: &str| {
            let prefix = prefix.to_owned();
            move |inner| wrapped_fault(format!("{prefix} {}", quote(text)), inner)
        };
        let parsed = self.parsed(text).map_err(wrapped("cannot parse template"))?;
        let mut set = Templates::over(&self.set());
        for tree in &parsed.trees {
            set.adopt(Arc::clone(tree));
        }
        self.enter(env)?;
        let set = Arc::new(set);
        self.push(Arc::clone(&set));
        let executed = self.run(&parsed.main, dot.clone(), &set, env);
        self.sets.borrow_mut().pop();
        self.leave();
        let out = executed.map_err(wrapped("error during tpl function execution for"))?;
        Ok(Value::str(without_no_value(out)))
    }

    /// The trees of a text: charts give the same ones to `tpl` again and again.
    fn parsed(&self, text: &Str) -> Result<Rc<gotmpl::Parsed>, gotmpl::Error> {
        if let Some(parsed) = self.parsed.borrow().get(text) {
            return Ok(Rc::clone(parsed));
        }
        let parsed = gotmpl::parse("gotpl", text, &|name| self.functions.named(name))?;
        let parsed = Rc::new(parsed);
        let mut cache = self.parsed.borrow_mut();
        if cache.len() < MAX_CACHED_TEXTS {
            cache.insert(text.clone(), Rc::clone(&parsed));
        }
        Ok(parsed)
    }

    fn look_up(&self, args: &[Value]) -> Result<Value, Fault> {
        let part = |index: usize| match args.get(index) {
            Some(Value::Str(text)) => text.to_text().into_owned(),
            _ => String::new(),
        };
        let Some(lookup) = &self.lookup else {
            return Ok(Value::Map(crate::golang::Map::new()));
        };
        let (api_version, kind, namespace, name) = (part(0), part(1), part(2), part(3));
        let found = lookup.lookup(&api_version, &kind, &namespace, &name)?;
        let value = json::from_serde(&found);
        let asked = format!("{api_version}/{kind} {namespace}/{name}");
        self.lookups.borrow_mut().push((asked, found));
        Ok(value)
    }
}

/// About how many bytes the tree of a template takes: what is inside its actions takes far more memory than as text.
pub(super) fn tree_bytes(text: &[u8]) -> u64 {
    const ROOM_PER_ACTION: u64 = 600;
    const ROOM_PER_BYTE: u64 = 64;
    let (mut actions, mut inside, mut rest) = (0, 0, text);
    while let Some(at) = memchr::memmem::find(rest, b"{{") {
        rest = &rest[at + 2..];
        let length = memchr::memmem::find(rest, b"}}").unwrap_or(rest.len());
        (actions, inside) = (actions + 1, inside + length as u64);
        rest = &rest[length..];
    }
    text.len() as u64 + actions * ROOM_PER_ACTION + inside * ROOM_PER_BYTE
}

/// Removes what Go prints for a missing value, wherever it came from.
/// Source: helm `pkg/engine/engine.go` (the `<no value>` replacement), v3.17.
pub(super) fn without_no_value(text: Vec<u8>) -> Vec<u8> {
    const NO_VALUE: &[u8] = b"<no value>";
    if memchr::memmem::find(&text, NO_VALUE).is_none() {
        return text;
    }
    let mut kept = Vec::with_capacity(text.len());
    let mut rest = &text[..];
    while let Some(at) = memchr::memmem::find(rest, NO_VALUE) {
        kept.extend_from_slice(&rest[..at]);
        rest = &rest[at + NO_VALUE.len()..];
    }
    kept.extend_from_slice(rest);
    kept
}

/// The text of a nested error is not copied into the outer one: a thousand levels would square it.
fn nested(inner: gotmpl::Error) -> Fault {
    Fault {
        message: String::new(),
        is_limit: inner.is_limit(),
        cause: Some(Rc::new(inner)),
    }
}

fn wrapped_fault(prefix: String, inner: gotmpl::Error) -> Fault {
    Fault {
        message: String::new(),
        is_limit: inner.is_limit(),
        cause: Some(Rc::new(Wrapped { prefix, inner })),
    }
}

/// The functions that templates know under an engine, beside Go's built-in ones.
pub(super) fn function_names(engine: &'static Engine) -> HashSet<&'static str> {
    all_functions(engine, &Weak::new()).names()
}

fn all_functions(engine: &Engine, host: &Weak<Host>) -> Functions {
    let mut all: Functions = sprig::functions().into_iter().collect();
    if engine.is_v4 {
        for (name, function) in sprig::newer_semver() {
            all.insert(name, function);
        }
    }
    for (name, function) in functions::functions(engine) {
        all.insert(name, function);
    }
    all.insert("include", hosted(host, &[Type::Str, Type::Any], Host::include));
    all.insert("tpl", hosted(host, &[Type::Str, Type::Any], Host::tpl));
    const TEXTS: &[Type] = &[Type::Str, Type::Str, Type::Str, Type::Str];
    all.insert("lookup", hosted(host, TEXTS, |host, _, args| host.look_up(args)));
    all.insert("required", Func::new(&[Type::Str, Type::Any], required));
    all.insert("fail", Func::new(&[Type::Str], fail));
    all
}

type HostCall = fn(&Host, &Env, &[Value]) -> Result<Value, Fault>;

fn hosted(host: &Weak<Host>, params: &'static [Type], call: HostCall) -> Func {
    let host = Weak::clone(host);
    let body = move |env: &Env, args: &[Value]| match host.upgrade() {
        Some(host) => call(&host, env, args),
        None => Err(Fault::new("the render is over")),
    };
    Func {
        params,
        variadic: None,
        body: Body::Host(Rc::new(body)),
    }
}

fn required(_: &Env, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Str(message), Value::Nil] => Err(refused(message)),
        [Value::Str(message), Value::Str(text)] if text.is_empty() => Err(refused(message)),
        [_, value] => Ok(value.clone()),
        _ => Err(Fault::new("required wants a message and a value")),
    }
}

fn fail(_: &Env, args: &[Value]) -> Result<Value, Fault> {
    match args {
        [Value::Str(message)] => Err(refused(message)),
        _ => Err(Fault::new("fail wants a message")),
    }
}

fn refused(message: &Str) -> Fault {
    let message = message.to_text().into_owned();
    Fault {
        cause: Some(Rc::new(Refused(message.clone()))),
        message,
        is_limit: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_for_missing_values_is_removed_everywhere() {
        for (text, expected) in [
            ("a<no value>b", "ab"),
            ("<no <no value>value>", "<no value>"),
            ("", ""),
        ] {
            assert_eq!(without_no_value(text.as_bytes().to_vec()), expected.as_bytes());
        }
    }
}
