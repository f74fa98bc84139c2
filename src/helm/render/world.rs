//! What a render needs of the world outside: given by the doors, so that this room stays pure.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::kept::Kept;
use super::trees::Trees;
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
    /// Go's `time.Local`: looked up when a template asks for it, since finding it reads a folder of zones.
    pub local_zone: fn() -> TimeZone,
    /// Finds a zone by its IANA name.
    pub zone: fn(&str) -> Option<TimeZone>,
    /// Templates that are parsed already.
    pub trees: Arc<Trees>,
    /// Renderings that come out the same again.
    pub kept: Arc<Kept>,
    /// Called first on each thread of a render.
    pub begin: fn(),
    /// How many bytes of the heap the current thread holds.
    pub held: Gauge,
}

/// For tests: no randomness, no keys, no time.
#[cfg(test)]
pub(super) fn nowhere() -> World {
    struct Nothing;
    impl Entropy for Nothing {
        fn fill(&mut self, buffer: &mut [u8]) {
            buffer.fill(0);
        }
    }
    impl KeyMaker for Nothing {
        fn private_key(&self, _: crate::base::entropy::KeyKind) -> Result<String, String> {
            Err("no keys here".to_owned())
        }
        fn certificate(
            &self,
            _: &crate::base::entropy::CertificateRequest,
            _: &str,
            _: Option<(&str, &str)>,
        ) -> Result<String, String> {
            Err("no certificates here".to_owned())
        }
    }
    World {
        entropy: |_| Box::new(Nothing),
        keys: Arc::new(Nothing),
        now: || Timestamp::UNIX_EPOCH,
        local_zone: || TimeZone::UTC,
        zone: |_| None,
        trees: Arc::default(),
        kept: Arc::default(),
        begin: || (),
        held: || 0,
    }
}
