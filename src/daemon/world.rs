//! The world that renders see: the system's entropy (or a seeded one), its clock and its time zones.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rand::Rng;
use sha2::{Digest, Sha256};

use super::keys::OpensslKeys;
use super::memory;
use crate::base::entropy::Entropy;
use crate::helm::render::World;

/// The world of this process.
#[must_use]
pub fn system() -> World {
    World {
        entropy,
        keys: Arc::new(OpensslKeys),
        now: Timestamp::now,
        local_zone: || TimeZone::try_system().unwrap_or(TimeZone::UTC),
        zone,
        trees: Arc::default(),
        kept: Arc::default(),
        begin: memory::begin_thread,
        held: memory::held,
    }
}

/// The system's randomness, or one that starts from `seed` and gives the same bytes in every version of this program.
#[must_use]
pub fn entropy(seed: Option<u64>) -> Box<dyn Entropy> {
    match seed {
        Some(seed) => Box::new(Seeded::new(seed)),
        None => Box::new(System),
    }
}

/// Go's `time.LoadLocation`: the empty name is UTC.
fn zone(name: &str) -> Option<TimeZone> {
    match name {
        "" | "UTC" => Some(TimeZone::UTC),
        _ => TimeZone::get(name).ok(),
    }
}

struct System;

impl Entropy for System {
    fn fill(&mut self, buffer: &mut [u8]) {
        rand::rng().fill_bytes(buffer);
    }
}

/// SHA-256 of (seed, counter), block after block. For reproducible renders in tests: not for secrets.
struct Seeded {
    seed: u64,
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl Seeded {
    fn new(seed: u64) -> Self {
        Seeded {
            seed,
            counter: 0,
            block: [0; 32],
            used: 32,
        }
    }
    fn byte(&mut self) -> u8 {
        if self.used == self.block.len() {
            let mut hash = Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update(self.counter.to_be_bytes());
            self.block = hash.finalize().into();
            self.counter = self.counter.wrapping_add(1);
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, buffer: &mut [u8]) {
        buffer.fill_with(|| self.byte());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(source: &mut dyn Entropy, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        source.fill(&mut bytes);
        bytes
    }

    #[test]
    fn a_seed_gives_the_same_bytes_however_they_are_drawn() {
        let whole = draw(entropy(Some(7)).as_mut(), 100);
        let mut source = entropy(Some(7));
        let mut parts = draw(source.as_mut(), 33);
        parts.extend(draw(source.as_mut(), 67));
        assert_eq!(whole, parts);
        assert_ne!(whole, draw(entropy(Some(8)).as_mut(), 100));
    }

    #[test]
    fn the_system_never_repeats_itself() {
        let mut source = entropy(None);
        assert_ne!(draw(source.as_mut(), 32), draw(source.as_mut(), 32));
    }

    #[test]
    fn unknown_zones_are_not_found() {
        assert!(zone("UTC").is_some());
        assert!(zone("Nowhere/City").is_none());
    }
}
