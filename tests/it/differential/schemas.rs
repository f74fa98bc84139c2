//! Values against schemas: what fits, what does not and why, and which schemas are refused.

use std::sync::OnceLock;

use super::grammar::Grammar;
use super::{Case, Rng, run};

fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| Grammar::read(&["schemas.txt"]))
}

fn schemas(rng: &mut Rng) -> Case {
    Case::chart("schemas")
        .file("values.schema.json", grammar().text("schema", rng))
        .file("values.yaml", grammar().text("values", rng))
}

#[test]
fn schemas_judge_as_under_helm() {
    run::check(20, schemas);
}
