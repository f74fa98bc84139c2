//! What differs between two lives of one chart.

use serde_json::Value as Json;

use super::side::Story;

/// How many differences of one thing are named.
const NAMED: usize = 8;

pub fn stories(theirs: &Story, ours: &Story) -> Vec<String> {
    let mut found = Vec::new();
    for (their_step, our_step) in theirs.told.iter().zip(&ours.told) {
        let mut of_step = Vec::new();
        if their_step.error.is_some() != our_step.error.is_some() {
            of_step.push(format!(
                "ends otherwise: helm {:?}, ours {:?}",
                their_step.error, our_step.error
            ));
        }
        values("", &their_step.objects, &our_step.objects, &mut of_step);
        values("record ", &their_step.records, &our_step.records, &mut of_step);
        let more = of_step.len().saturating_sub(NAMED);
        let shown = of_step.into_iter().take(NAMED);
        found.extend(shown.map(|text| format!("{}: {text}", their_step.name)));
        if more > 0 {
            found.push(format!("{}: and {more} more", their_step.name));
        }
    }
    found
}

/// Leaf by leaf.
fn values(path: &str, theirs: &Json, ours: &Json, found: &mut Vec<String>) {
    match (theirs, ours) {
        (Json::Object(a), Json::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let (a, b) = (a.get(key), b.get(key));
                pair(&format!("{path}.{key}"), a, b, found);
            }
        }
        (Json::Array(a), Json::Array(b)) => {
            for index in 0..a.len().max(b.len()) {
                pair(&format!("{path}[{index}]"), a.get(index), b.get(index), found);
            }
        }
        (a, b) if a == b => {}
        (Json::String(a), Json::String(b)) => {
            let differing = a.lines().zip(b.lines()).find(|(a, b)| a != b);
            let (a, b) = differing.unwrap_or((a, b));
            found.push(format!("{path}: helm {:?}, ours {:?}", short(a), short(b)));
        }
        (a, b) => found.push(format!(
            "{path}: helm {}, ours {}",
            short(&a.to_string()),
            short(&b.to_string())
        )),
    }
}

fn pair(path: &str, theirs: Option<&Json>, ours: Option<&Json>, found: &mut Vec<String>) {
    match (theirs, ours) {
        (Some(a), Some(b)) => values(path, a, b, found),
        (Some(a), None) => found.push(format!("{path}: only helm has it: {}", short(&a.to_string()))),
        (None, Some(b)) => found.push(format!("{path}: only ours has it: {}", short(&b.to_string()))),
        (None, None) => {}
    }
}

fn short(text: &str) -> String {
    text.chars().take(160).collect()
}
