//! Runs a generator from a seed, and tells what differs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::judge::{Difference, Judge};
use super::{Case, Rng, minimise, pieces};
use crate::oracle::{Answer, WRONG_USAGE};
use crate::peer;

/// Where nothing else is said: the same cases in every run.
const SEED: u64 = 20_240_229;

/// From so many cases on, a run collects kinds of differences instead of ending at the first.
const COLLECTS_FROM: usize = 10_001;

/// Differences of one look that are made small.
const MAX_ALIKE: usize = 2;

/// Kinds of differences that a collecting run tells.
const MAX_KINDS: usize = 40;

/// Makes cases; each from one seed alone.
pub type Generator = fn(&mut Rng) -> Case;

/// Compares so many cases (a tenth of them with `DEPLOY_MANAGER_FAST`) on both engines.
pub fn check(cases: usize, generator: Generator) {
    let cases = number("DEPLOY_MANAGER_CASES").unwrap_or(if peer::is_fast() { cases / 10 } else { cases });
    let first = number("DEPLOY_MANAGER_SEED").map_or(SEED, |seed| seed as u64);
    let mut told = String::new();
    for mut judge in Judge::all() {
        let kinds = differences(&mut judge, first, cases, generator);
        let version = judge.engine.version;
        for (kind, found) in &kinds {
            let _ = write!(told, "\n{}", report(version, kind, found));
        }
        if cases >= COLLECTS_FROM {
            let (found, lost) = (kinds.len(), judge.lost);
            eprintln!("{cases} cases with {version}: {found} kinds of differences, {lost} cases lost");
        }
    }
    assert!(told.is_empty(), "{told}");
}

fn number(variable: &str) -> Option<usize> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable}: `{text}` is no number")),
    )
}

/// A difference, in its smallest case.
struct Found {
    seed: u64,
    case: Case,
    difference: Difference,
}

/// One difference of each kind. Two causes can look alike at first: a few of each look are made small and told apart.
fn differences(judge: &mut Judge, first: u64, cases: usize, generator: Generator) -> BTreeMap<String, Found> {
    let is_collecting = cases >= COLLECTS_FROM;
    let mut looks: BTreeMap<String, usize> = BTreeMap::new();
    let mut kinds: BTreeMap<String, Found> = BTreeMap::new();
    for seed in (first..).take(cases) {
        let case = generator(&mut Rng::new(seed));
        let Some(difference) = judge.judge(&case) else {
            continue;
        };
        let seen = looks.entry(look(&case.topic, &difference)).or_default();
        *seen += 1;
        if *seen > MAX_ALIKE {
            continue;
        }
        let found = smallest(judge, seed, &case, difference);
        let kind = kind(&found);
        if is_collecting && !kinds.contains_key(&kind) {
            eprintln!("{}", report(judge.engine.version, &kind, &found));
        }
        kinds.entry(kind).or_insert(found);
        if kinds.len() >= if is_collecting { MAX_KINDS } else { 1 } {
            break;
        }
    }
    kinds
}

/// What can be seen of a difference at once.
fn look(topic: &str, difference: &Difference) -> String {
    format!(
        "{topic} | {} | {}",
        shape(&difference.helm.err),
        shape(&difference.ours.err)
    )
}

/// What the smallest case still names, and how it differs: the same for cases of one cause.
fn kind(found: &Found) -> String {
    let texts = found
        .case
        .files
        .iter()
        .filter(|(path, _)| path.starts_with("templates/"));
    let texts: Vec<String> = texts
        .map(|(_, text)| String::from_utf8_lossy(text).into_owned())
        .collect();
    let texts = texts.concat();
    let words = pieces::tokens(&texts)
        .into_iter()
        .filter(|word| word.len() > 1 && word.chars().all(char::is_alphanumeric))
        .collect::<BTreeSet<&str>>();
    let words: Vec<&str> = words.into_iter().collect();
    look(&words.join(" "), &found.difference)
}

/// The end of an error's text, without what varies: numbers and quoted texts.
fn shape(error: &str) -> String {
    let last = error.lines().last().unwrap_or_default();
    let last = last.rsplit_once(">: ").map_or(last, |(_, message)| message);
    let mut shape = String::new();
    for (index, part) in last.split('"').enumerate() {
        shape.push_str(if index % 2 == 1 { "…" } else { part });
    }
    let shape = shape.replace(|letter: char| letter.is_ascii_digit(), "0");
    shape.chars().take(60).collect()
}

fn smallest(judge: &mut Judge, seed: u64, case: &Case, difference: Difference) -> Found {
    let case = minimise::minimise(case, &mut |case| {
        let smaller = judge.compare(case);
        smaller.is_some_and(|smaller| is_alike(&smaller, &difference))
    });
    let difference = judge.compare(&case).unwrap_or(difference);
    Found {
        seed,
        case,
        difference,
    }
}

fn report(version: &str, kind: &str, found: &Found) -> String {
    let mut text = String::new();
    let (case, seed) = (&found.case, found.seed);
    let _ = write!(
        text,
        "##### {version}, DEPLOY_MANAGER_SEED={seed}: {kind}\n{case}"
    );
    for (who, answer) in [("helm", &found.difference.helm), ("ours", &found.difference.ours)] {
        let Answer { out, err } = answer;
        let _ = match err.as_str() {
            "" => writeln!(text, "--- {who} prints\n{out}"),
            _ => writeln!(text, "--- {who} fails\n{err}"),
        };
    }
    text
}

/// Do both differ in the same way: prints or fails on the same side?
fn is_alike(one: &Difference, other: &Difference) -> bool {
    let fails = |difference: &Difference| (difference.helm.err.is_empty(), difference.ours.err.is_empty());
    fails(one) == fails(other) && !one.ours.err.starts_with(WRONG_USAGE)
}

#[test]
fn errors_of_one_cause_have_one_shape() {
    assert_eq!(
        shape("template: c/x:1:3: executing \"c\" at <upper 1>: expected 12 of \"abc\""),
        shape("template: c/y:10:3: executing \"d\" at <upper 2>: expected 34 of \"de\"")
    );
}
