//! What a Job's log says: outputs in its last line, and the rest for people. Pure.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::base::secret::Secret;

/// The longest log kept, in bytes: it goes into the status.
const MAX_LOG_BYTES: usize = 16 << 10;

/// The outputs in the last line of a log (a JSON object of texts), and the log without them: outputs may be secret.
#[must_use]
pub fn split(log: &str) -> (BTreeMap<String, Secret>, String) {
    let trimmed = log.trim_end();
    let (before, last) = trimmed.rsplit_once('\n').unwrap_or(("", trimmed));
    match parse(last.trim()) {
        Some(outputs) => {
            let keys: Vec<&str> = outputs.keys().map(String::as_str).collect();
            let log = format!("{before}\n(outputs: {})", keys.join(", "));
            (outputs, bounded(log.trim_start_matches('\n')))
        }
        None => (BTreeMap::new(), bounded(trimmed)),
    }
}

fn parse(line: &str) -> Option<BTreeMap<String, Secret>> {
    let Json::Object(map) = serde_json::from_str(line).ok()? else {
        return None;
    };
    let text = |(key, value): (String, Json)| match value {
        Json::String(text) => Some((key, Secret::new(text))),
        _ => None,
    };
    map.into_iter().map(text).collect()
}

/// The end of a log, from the beginning of a line.
fn bounded(log: &str) -> String {
    let Some(mut start) = log.len().checked_sub(MAX_LOG_BYTES).filter(|start| *start > 0) else {
        return log.to_owned();
    };
    while !log.is_char_boundary(start) {
        start += 1;
    }
    let end = log.get(start..).unwrap_or_default();
    let whole_lines = end.split_once('\n').map_or(end, |(_, rest)| rest);
    format!("…\n{whole_lines}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(log: &str, expected: &[(&str, &str)], kept: &str) {
        let (outputs, log) = split(log);
        let outputs: Vec<(&str, &str)> = outputs
            .iter()
            .map(|(key, text)| (key.as_str(), text.reveal()))
            .collect();
        assert_eq!((outputs.as_slice(), log.as_str()), (expected, kept));
    }

    #[test]
    fn outputs_are_the_last_line_and_leave_the_log() {
        check(
            "working\n{\"a\": \"x\", \"b\": \"y\"}\n",
            &[("a", "x"), ("b", "y")],
            "working\n(outputs: a, b)",
        );
        check("{\"a\": \"x\"}", &[("a", "x")], "(outputs: a)");
        check("{}\n", &[], "(outputs: )");
    }

    #[test]
    fn other_last_lines_are_just_log() {
        for log in ["", "done", "{\"a\": 1}", "[\"a\"]", "{\"a\": \"x\"}\ndone"] {
            check(log, &[], log);
        }
    }

    #[test]
    fn long_logs_lose_their_beginning() {
        let log = "ä line\n".repeat(10_000);
        let (_, kept) = split(&log);
        assert!(kept.len() <= MAX_LOG_BYTES + 8 && kept.starts_with("…\nä line\n"));
    }
}
