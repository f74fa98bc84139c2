//! The template language itself: structures, literals, scopes, and what the parser and the executor refuse.

use std::sync::OnceLock;

use super::functions::world;
use super::grammar::Grammar;
use super::{Case, Rng, run};

fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| Grammar::read(&["language.txt"]))
}

/// A chart with a template, sometimes a second one, and sometimes a subchart that redefines what they include.
fn structures(rng: &mut Rng) -> Case {
    let mut case = world("language").file("templates/_t.tpl", grammar().text("loopdefs", rng));
    case = case.file("templates/x.yaml", grammar().text("file", rng));
    if rng.one_in(4) {
        case = case.file("templates/y.yaml", grammar().text("file", rng));
    }
    if rng.one_in(4) {
        case = case
            .file(
                "charts/sub/Chart.yaml",
                "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
            )
            .file("charts/sub/values.yaml", include_str!("grammar/values.yaml"))
            .file(
                "charts/sub/templates/_s.tpl",
                "{{ define \"sub.t\" }}sub {{ . }}{{ end }}",
            )
            .file("charts/sub/templates/s.yaml", grammar().text("file", rng));
    }
    case
}

/// One of the above, in which a few letters were lost, doubled or exchanged.
fn broken(rng: &mut Rng) -> Case {
    let mut case = structures(rng);
    let Some(text) = case.files.get_mut("templates/x.yaml") else {
        return case;
    };
    for _ in 0..rng.between(1, 3) {
        if text.is_empty() {
            break;
        }
        let at = rng.below(text.len());
        match rng.below(4) {
            0 => {
                text.remove(at);
            }
            1 => text.insert(at, text[at]),
            2 => text.insert(at, *rng.pick(b"{}()|.$:=,\"'`-/* \n0a\\x\xff")),
            _ => {
                let other = rng.below(text.len());
                text.swap(at, other);
            }
        }
    }
    case.topic = "broken".to_owned();
    case
}

#[test]
fn structures_do_what_gos_do() {
    run::check(10, structures);
}

#[test]
fn broken_templates_fail_as_under_go() {
    run::check(10, broken);
}
