//! What a render needs of the world outside: given by the doors, so that this room stays pure.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::base::entropy::{Entropy, KeyMaker};
use crate::golang::env::Gauge;

/// Randomness, keys, time and time zones.
#[derive(Clone)]
pub struct World {
    /// A new source of random bytes: the system's, or one that starts from this seed.
    pub entropy: fn(Option<u64>) -> Box<dyn Entropy>,
    /// Makes private keys and certificates.
    pub keys: Arc<dyn KeyMaker + Send + Sync>,
    /// The system's clock; asked once per render.
    pub now: fn() -> Timestamp,
    /// Go's `time.Local`.
    pub local_zone: TimeZone,
    /// Finds a zone by its IANA name.
    pub zone: fn(&str) -> Option<TimeZone>,
    /// How many bytes of the heap the current thread holds.
    pub held: Gauge,
}
