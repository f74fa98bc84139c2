//! Seeded mutation of everything that is read: no input may panic, hang, or be refused without a word.
//!
//! `DEPLOY_MANAGER_MUTATIONS=10000000` runs longer; `DEPLOY_MANAGER_SEED` and a case's number repeat one.

mod change;
mod corpus;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use self::change::Random;
use crate::peer;

/// The inputs of a normal run, and of a fast one.
const INPUTS: (u64, u64) = (100_000, 10_000);
/// Wall time that one input may take: some thousand times what it does take, for machines that are busy.
const MAX_TIME: Duration = Duration::from_secs(10);
/// Inputs may be this long, in bytes.
const MAX_BYTES: usize = 4096;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs the input of this number; what is wrong with it, if anything is.
fn one(seed: u64, number: u64, corpus: &corpus::Corpus) -> Option<String> {
    let mut random = Random::new(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let target = targets::choose(&mut random);
    let seeds = corpus.of(target.food);
    let mut input = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(4) {
        input = change::mutated(&input, seeds, target.food, &mut random);
    }
    input.truncate(MAX_BYTES);
    let start = Instant::now();
    let ended = catch_unwind(AssertUnwindSafe(|| (target.run)(&input, &mut random)));
    let complaint = match ended {
        Ok(Ok(())) if start.elapsed() > MAX_TIME => format!("took {:?}", start.elapsed()),
        Ok(Ok(())) => return None,
        Ok(Err(complaint)) => complaint,
        Err(_) => "panicked".to_owned(),
    };
    let shown = String::from_utf8_lossy(&input).into_owned();
    Some(format!(
        "seed {seed}, input {number}, {}: {complaint}\n{shown:?}",
        target.name
    ))
}

#[test]
fn no_input_panics_hangs_or_is_refused_without_a_word() {
    let seed = setting("DEPLOY_MANAGER_SEED").unwrap_or(1);
    let default = if peer::is_fast() { INPUTS.1 } else { INPUTS.0 };
    let count = setting("DEPLOY_MANAGER_MUTATIONS").unwrap_or(default);
    let corpus = corpus::read();
    let (next, wrong) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    let work = || loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let is_enough = wrong.lock().unwrap().len() >= 10;
        if number >= count || is_enough {
            return;
        }
        if let Some(complaint) = one(seed, number, &corpus) {
            wrong.lock().unwrap().push(complaint);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(work);
        }
    });
    eprintln!("{} inputs", next.into_inner().min(count));
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
