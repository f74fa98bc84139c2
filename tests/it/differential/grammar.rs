//! Random texts from a grammar that is data: `differential/grammar/*.txt`.
//!
//! ```text
//! # Comment.
//! name:
//!   a text with <other> rules in it
//!   5* a text that is taken five times as often
//! ```
//!
//! `⏎` in a text is a line break, `␍` a carriage return, `⇥` a tab, `\x20` a blank where the line's end or start would hide it, and
//! `\e` is nothing, for a text that is empty. A name in `<>` that is no rule stays as it is.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::Rng;

/// Rules deeper than this take alternatives without rules where they have some.
const MAX_DEPTH: usize = 5;

/// No text grows longer by much.
const MAX_LENGTH: usize = 4000;

enum Part {
    Text(String),
    Rule(usize),
}

struct Alternative {
    weight: usize,
    parts: Vec<Part>,
    is_leaf: bool,
}

/// Rules that make texts.
pub struct Grammar {
    names: HashMap<String, usize>,
    rules: Vec<Vec<Alternative>>,
}

impl Grammar {
    /// The grammar of these files.
    pub fn read(files: &[&str]) -> Grammar {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/differential/grammar");
        let texts: Vec<String> = files
            .iter()
            .map(|file| fs::read_to_string(folder.join(file)).unwrap())
            .collect();
        Grammar::parse(&texts.join("\n"))
    }

    fn parse(text: &str) -> Grammar {
        let lines = || {
            text.lines()
                .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        };
        let mut names = HashMap::new();
        for line in lines().filter_map(name) {
            let next = names.len();
            names.entry(line.to_owned()).or_insert(next);
        }
        let mut rules: Vec<Vec<Alternative>> = Vec::new();
        rules.resize_with(names.len(), Vec::new);
        let mut current = 0;
        for line in lines() {
            match name(line) {
                Some(name) => current = names[name],
                None => rules[current].push(alternative(line, &names)),
            }
        }
        Grammar { names, rules }
    }

    /// A text of this rule.
    pub fn text(&self, rule: &str, rng: &mut Rng) -> String {
        let mut out = String::new();
        self.expand(self.names[rule], 0, rng, &mut out);
        out
    }

    fn expand(&self, rule: usize, depth: usize, rng: &mut Rng, out: &mut String) {
        let alternatives = &self.rules[rule];
        let is_deep = depth >= MAX_DEPTH || out.len() > MAX_LENGTH;
        let is_open = |alternative: &&Alternative| !is_deep || alternative.is_leaf;
        let mut open: Vec<&Alternative> = alternatives.iter().filter(is_open).collect();
        if open.is_empty() {
            open = alternatives.iter().take(1).collect();
        }
        let total = open.iter().map(|alternative| alternative.weight).sum();
        let mut left = rng.below(total);
        let chosen = open.into_iter().find(|alternative| {
            let is_chosen = left < alternative.weight;
            left = left.saturating_sub(alternative.weight);
            is_chosen
        });
        for part in &chosen.unwrap().parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Rule(rule) => self.expand(*rule, depth + 1, rng, out),
            }
        }
    }
}

fn name(line: &str) -> Option<&str> {
    line.strip_suffix(':').filter(|name| !name.starts_with(' '))
}

fn alternative(line: &str, names: &HashMap<String, usize>) -> Alternative {
    let line = line.strip_prefix("  ").unwrap_or(line);
    let (weight, text) = match line.split_once("* ") {
        Some((weight, text)) if weight.parse::<usize>().is_ok() => (weight.parse().unwrap(), text),
        _ => (1, line),
    };
    let parts = parts(&written(text), names);
    let is_leaf = parts.iter().all(|part| matches!(part, Part::Text(_)));
    Alternative {
        weight,
        parts,
        is_leaf,
    }
}

fn written(text: &str) -> String {
    [("⏎", "\n"), ("␍", "\r"), ("⇥", "\t"), ("\\x20", " "), ("\\e", "")]
        .into_iter()
        .fold(text.to_owned(), |text, (sign, meaning)| {
            text.replace(sign, meaning)
        })
}

fn parts(text: &str, names: &HashMap<String, usize>) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut literal, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let inside = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        match inside.and_then(|(name, after)| Some((names.get(name)?, after))) {
            Some((rule, after)) => {
                parts.push(Part::Text(std::mem::take(&mut literal)));
                parts.push(Part::Rule(*rule));
                rest = after;
            }
            None => {
                literal.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    parts.push(Part::Text(literal));
    parts
}

#[test]
fn a_grammar_makes_texts_of_bounded_depth() {
    let grammar = Grammar::parse("a:\n  3* (<a> <b>)\n  x\nb:\n  1 <no> 2\n");
    let mut rng = Rng::new(1);
    let texts: Vec<String> = (0..50).map(|_| grammar.text("a", &mut rng)).collect();
    assert!(texts.iter().any(|text| text == "x"));
    assert!(
        texts
            .iter()
            .any(|text| text.starts_with("(") && text.contains("1 <no> 2"))
    );
    assert!(texts.iter().all(|text| text.matches('(').count() <= MAX_DEPTH));
}
