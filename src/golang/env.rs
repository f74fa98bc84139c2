//! The world as a render may see it: a budget, a source of randomness, a clock that stands still, time zones.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::func::Fault;
use super::regexp::ClassNames;
use super::value::Value;
use crate::base::entropy::{Entropy, KeyMaker};

/// What template functions get besides their arguments.
pub struct Env {
    /// The budget of this render.
    pub fuel: Fuel,
    /// Random bytes for `randAlpha`, `uuidv4`, keys and certificates.
    pub entropy: RefCell<Box<dyn Entropy>>,
    /// Makes private keys and signs certificates.
    pub keys: Rc<dyn KeyMaker>,
    /// The time that `now` gives: one instant for the whole render. Ask [`Env::now`] for it.
    pub now: Timestamp,
    /// Set once the clock, randomness or a new key was asked for: another render of the same may come out differently.
    pub is_changing: Rc<Cell<bool>>,
    /// The zone that Go would call Local.
    pub local_zone: fn() -> TimeZone,
    /// Finds a zone by its IANA name.
    pub zone: fn(&str) -> Option<TimeZone>,
    /// How regular expressions name classes.
    pub class_names: ClassNames,
}

impl Env {
    /// The time of this render.
    pub fn now(&self) -> Timestamp {
        self.is_changing.set(true);
        self.now
    }
}

/// The limits of a render: counted work, never time, so that a render is reproducible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Executed nodes and function calls, plus work that functions declare.
    pub steps: u64,
    /// Bytes that functions and output allocate over the whole render.
    pub bytes: u64,
    /// Bytes of the heap that the render holds at once.
    pub held: u64,
    /// Nested template, include and tpl calls.
    pub depth: u32,
}

/// The longest single text, in bytes. No release that large could be stored: a record holds 1 MiB.
pub const MAX_TEXT: usize = if cfg!(test) { 1 << 20 } else { 16 << 20 };

/// Texts of this size, in bytes, are passed to a function without charge.
const FREE_BYTES: usize = 4096;

/// And lists of this many elements.
const FREE_ELEMENTS: usize = 256;

/// What a function may need for each byte of its arguments beside them.
const ROOM_PER_BYTE: u64 = 8;

/// A budget being spent.
pub struct Fuel {
    limits: Limits,
    steps: Cell<u64>,
    bytes: Cell<u64>,
    held: Gauge,
}

/// Says how many bytes of the heap the current thread holds.
pub type Gauge = fn() -> u64;

/// Nodes executed between two looks at the gauge.
const STEPS_PER_LOOK: u64 = 64;

impl Default for Limits {
    /// Far above what the largest public charts need: 150,000 steps besides those for private
    /// keys, 4 MB written, 15 MB held.
    fn default() -> Self {
        Limits {
            steps: 10_000_000,
            bytes: 512 << 20,
            held: 96 << 20,
            depth: 100_000,
        }
    }
}

impl Fuel {
    /// A full tank. The gauge tells what the thread holds of [`Limits::held`].
    #[must_use]
    pub fn new(limits: Limits, held: Gauge) -> Self {
        Fuel {
            limits,
            steps: Cell::new(0),
            bytes: Cell::new(0),
            held,
        }
    }
    /// The limits.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }
    /// Pays for `count` steps.
    ///
    /// # Errors
    /// A limit fault when more than [`Limits::steps`] have been spent.
    pub fn step(&self, count: u64) -> Result<(), Fault> {
        let before = self.steps.get();
        let spent = before.saturating_add(count);
        self.steps.set(spent);
        if spent > self.limits.steps {
            let limit = self.limits.steps;
            return Err(Fault::limit(format!(
                "the render took more than {limit} steps; is there a loop that never ends?"
            )));
        }
        if before / STEPS_PER_LOOK != spent / STEPS_PER_LOOK {
            return self.hold(0);
        }
        Ok(())
    }
    /// Pays for `count` bytes; call it before allocating.
    ///
    /// # Errors
    /// A limit fault when more than [`Limits::bytes`] have been spent.
    pub fn alloc(&self, count: u64) -> Result<(), Fault> {
        let spent = self.bytes.get().saturating_add(count);
        self.bytes.set(spent);
        if spent > self.limits.bytes {
            let limit = self.limits.bytes;
            return Err(Fault::limit(format!(
                "the render wrote more than {limit} bytes; is there a text or list that grows in a loop?"
            )));
        }
        // What is made is often copied once into its final place.
        self.hold(count.saturating_mul(2))
    }
    /// Bytes of the heap that the render holds now.
    #[must_use]
    pub fn held(&self) -> u64 {
        (self.held)()
    }
    /// Is there room for `more` bytes beside what the render holds now?
    ///
    /// # Errors
    /// A limit fault when that would be more than [`Limits::held`].
    pub fn hold(&self, more: u64) -> Result<(), Fault> {
        let limit = self.limits.held;
        if (self.held)().saturating_add(more) <= limit {
            return Ok(());
        }
        Err(Fault::limit(format!(
            "the render needs more than {limit} bytes of memory; is there a text or list that grows in a loop?"
        )))
    }
    /// Pays for passing values to a function, which will look at all their bytes or elements and may copy them.
    ///
    /// # Errors
    /// A limit fault.
    pub fn pass(&self, args: &[Value]) -> Result<(), Fault> {
        let (mut bytes, mut elements) = (0, 0);
        for arg in args {
            match arg {
                Value::Str(text) => bytes += text.len(),
                Value::Bytes(text) => bytes += text.len(),
                Value::List(list) => elements += list.len(),
                _ => {}
            }
        }
        if bytes > FREE_BYTES {
            self.step(bytes as u64 / 16)?;
            self.hold(bytes as u64 * ROOM_PER_BYTE)?;
        }
        if elements > FREE_ELEMENTS {
            self.step(elements as u64 / 2)?;
            self.hold((elements * size_of::<Value>()) as u64)?;
        }
        Ok(())
    }
    /// Pays for looking at all bytes of these texts.
    ///
    /// # Errors
    /// A limit fault.
    pub fn look(&self, bytes: usize) -> Result<(), Fault> {
        if bytes > FREE_BYTES {
            self.step(bytes as u64 / 16)?;
        }
        Ok(())
    }
    /// Is this what a function may give?
    ///
    /// # Errors
    /// A limit fault for a text of [`MAX_TEXT`] or more bytes: printing cuts what is longer.
    pub fn result(&self, value: &Value) -> Result<(), Fault> {
        match value {
            Value::Str(text) if text.len() >= MAX_TEXT => Err(Fault::limit(format!(
                "the render made a text of {MAX_TEXT} bytes or more; is there one that grows in a loop?"
            ))),
            _ => Ok(()),
        }
    }
    /// Pays for a text that was printed.
    ///
    /// # Errors
    /// A limit fault.
    pub fn text(&self, value: &Value) -> Result<(), Fault> {
        self.result(value)?;
        match value {
            Value::Str(text) => {
                self.step(text.len() as u64 / 16)?;
                self.alloc(text.len() as u64)
            }
            _ => Ok(()),
        }
    }
    /// Steps and bytes spent so far.
    #[must_use]
    pub fn spent(&self) -> (u64, u64) {
        (self.steps.get(), self.bytes.get())
    }
}
