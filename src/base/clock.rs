//! Time as the pure rooms may see it.

use jiff::Timestamp;

/// Tells the time. Implemented by the system's clock in the doors, and by fixed clocks in tests.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}
