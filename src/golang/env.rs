//! The world as a render may see it: a budget, a source of randomness, a clock that stands still, time zones.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::func::Fault;
use crate::base::entropy::{Entropy, KeyMaker};

/// What template functions get besides their arguments.
pub struct Env {
    /// The budget of this render.
    pub fuel: Fuel,
    /// Random bytes for `randAlpha`, `uuidv4`, keys and certificates.
    pub entropy: RefCell<Box<dyn Entropy>>,
    /// Makes private keys and signs certificates.
    pub keys: Rc<dyn KeyMaker>,
    /// The time that `now` gives: one instant for the whole render.
    pub now: Timestamp,
    /// The zone that Go would call Local.
    pub local_zone: TimeZone,
    /// Finds a zone by its IANA name.
    pub zone: fn(&str) -> Option<TimeZone>,
}

/// The limits of a render: counted work, never time, so that a render is reproducible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Executed nodes and function calls, plus work that functions declare.
    pub steps: u64,
    /// Bytes that functions and output allocate over the whole render (not: hold at once).
    pub bytes: u64,
    /// Nested template, include and tpl calls.
    pub depth: u32,
}

/// A budget being spent.
pub struct Fuel {
    limits: Limits,
    steps: Cell<u64>,
    bytes: Cell<u64>,
}

impl Default for Limits {
    /// Far above what the largest public charts need (about 10⁶ steps, 10⁷ bytes).
    fn default() -> Self {
        Limits {
            steps: 200_000_000,
            bytes: 2 << 30,
            depth: 100_000,
        }
    }
}

impl Fuel {
    /// A full tank.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Fuel {
            limits,
            steps: Cell::new(0),
            bytes: Cell::new(0),
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
        let spent = self.steps.get().saturating_add(count);
        self.steps.set(spent);
        if spent > self.limits.steps {
            return Err(Fault::limit(format!(
                "the render took more than {} steps",
                self.limits.steps
            )));
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
            return Err(Fault::limit(format!(
                "the render needed more than {} bytes",
                self.limits.bytes
            )));
        }
        Ok(())
    }
    /// Steps and bytes spent so far.
    #[must_use]
    pub fn spent(&self) -> (u64, u64) {
        (self.steps.get(), self.bytes.get())
    }
}
