//! Every function, with arguments that mostly fit.

use std::sync::OnceLock;

use super::grammar::Grammar;
use super::{Case, Rng, run};

fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| Grammar::read(&["values.txt", "functions.txt"]))
}

/// Ways to show what an expression gives on one line.
const SHOWN: [&str; 4] = [
    "{{ define \"N\" }}{{ E }}{{ end }}N: {{ include \"N\" . | quote }}",
    "N: {{ E | toString | quote }}",
    "N: {{ E | toJson | quote }}",
    "N: {{ printf \"%T %v %#v\" (E) (E) (E) | toJson }}",
];

/// A chart whose one template evaluates a few expressions.
fn expressions(rng: &mut Rng) -> Case {
    let mut text = String::new();
    let mut topic = String::new();
    let lines = if rng.one_in(2) { 1 } else { rng.between(2, 6) };
    for line in 0..lines {
        let expression = grammar().text("expression", rng);
        topic = expression.split([' ', ')']).next().unwrap_or_default().to_owned();
        let shown = rng.pick(&SHOWN).replace('N', &format!("e{line}"));
        text += &(shown.replace('E', &expression) + "\n");
    }
    world(&topic).file("templates/x.yaml", text)
}

/// The chart that expressions of `grammar/values.txt` are about.
pub fn world(topic: &str) -> Case {
    Case::new(topic)
        .file("Chart.yaml", include_str!("grammar/Chart.yaml"))
        .file("values.yaml", include_str!("grammar/values.yaml"))
        .file("data/a.txt", "one\ntwo\n")
        .file("templates/_h.tpl", include_str!("grammar/helpers.tpl"))
        .args([
            "--set",
            "set.i=5,set.big=1234567890123,set.l={x,2,null,true},set.m.k=v,set.s=\\,s",
        ])
}

/// Many patterns in one template: a pattern that is refused does not fail it.
fn matching(rng: &mut Rng) -> Case {
    let lines = (0..20).map(|line| {
        let expression = grammar().text("matching", rng);
        format!("l{line}: {{{{ {expression} | toJson | quote }}}}\n")
    });
    world("matching").file("templates/x.yaml", lines.collect::<String>())
}

#[test]
fn regular_expressions_match_as_gos() {
    run::check(20, matching);
}

#[test]
fn functions_do_what_helms_do() {
    run::check(10, expressions);
}
