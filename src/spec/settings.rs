//! `policy`, `defaults`, and the same settings at a component.

use super::model::{Defaults, Policy, WaitMode};
use super::node::{Content, Node};
use super::reader::{Fields, Reader};

/// The settings that `defaults` and every component share.
pub const SETTINGS: &[&str] = &["timeout", "wait", "atomic", "historyMax", "recreate"];

/// More revisions than this would not be looked through by anybody, and each is a Secret.
const MAX_HISTORY: u64 = 1000;

/// `policy`. Of what the lifecycle of objects needs, only the default is supported yet.
pub fn policy(reader: &mut Reader<'_>, node: &Node) -> Policy {
    let keys = ["oneChangeAtATime", "removedApis", "adopt", "prune", "drift"];
    let mut policy = Policy::default();
    let Some(fields) = reader.fields(node, "`policy`", &keys) else {
        return policy;
    };
    if let Some(node) = fields.get("oneChangeAtATime") {
        let words = [("enforce", true), ("report", false)];
        if let Some(enforce) = reader.choice(node, "`policy.oneChangeAtATime`", &words) {
            policy.enforce_one_change = enforce;
        }
    }
    default_only(reader, &fields, "removedApis", &["repair", "report"]);
    default_only(reader, &fields, "adopt", &["recorded", "never", "listed"]);
    default_only(reader, &fields, "prune", &["confirm", "auto", "never"]);
    default_only(reader, &fields, "drift", &["report", "correct"]);
    policy
}

/// Accepts the first word; the others are known, but not supported yet.
fn default_only(reader: &mut Reader<'_>, fields: &Fields<'_>, key: &str, words: &[&str]) {
    let Some(node) = fields.get(key) else { return };
    let what = format!("`policy.{key}`");
    let numbered: Vec<(&str, usize)> = words
        .iter()
        .enumerate()
        .map(|(index, word)| (*word, index))
        .collect();
    match reader.choice(node, &what, &numbered) {
        None | Some(0) => {}
        Some(index) => {
            let instead = format!("leave it out, or write `{}`", words[0]);
            reader.not_supported(node.mark, &format!("`policy.{key}: {}`", words[index]), &instead);
        }
    }
}

/// `defaults`.
pub fn defaults(reader: &mut Reader<'_>, node: &Node) -> Defaults {
    match reader.fields(node, "`defaults`", SETTINGS) {
        Some(fields) => over(reader, &fields, &Defaults::default()),
        None => Defaults::default(),
    }
}

/// The settings among these fields over others.
pub fn over(reader: &mut Reader<'_>, fields: &Fields<'_>, below: &Defaults) -> Defaults {
    let mut settings = below.clone();
    if let Some(node) = fields.get("timeout")
        && let Some(timeout) = reader.duration(node, &fields.path("timeout"))
    {
        settings.timeout = timeout;
    }
    let words = [
        ("none", WaitMode::None),
        ("helm", WaitMode::Helm),
        ("afterHooks", WaitMode::AfterHooks),
        ("auto", WaitMode::Auto),
    ];
    if let Some(node) = fields.get("wait")
        && let Some(wait) = reader.choice(node, &fields.path("wait"), &words)
    {
        settings.wait = wait;
    }
    if let Some(node) = fields.get("atomic")
        && let Some(atomic) = reader.boolean(node, &fields.path("atomic"))
    {
        if atomic {
            let instead = "leave it out, and roll back by reverting the commit";
            reader.not_supported(node.mark, &format!("{}: true", fields.path("atomic")), instead);
        }
        settings.atomic = atomic;
    }
    if let Some(node) = fields.get("historyMax")
        && let Some(number) = reader.number(node, &fields.path("historyMax"), MAX_HISTORY)
    {
        settings.history_max = u32::try_from(number).unwrap_or(u32::MAX);
    }
    if let Some(node) = fields.get("recreate") {
        let what = fields.path("recreate");
        let kinds = reader.list(node, &what).iter();
        let kinds: Vec<String> = kinds
            .filter_map(|node| reader.choice(node, &what, &[("Job", "Job")]))
            .map(str::to_owned)
            .collect();
        settings.recreate = kinds;
    }
    settings
}

/// Accepts an empty list; anything else is not supported yet.
pub fn empty_only(reader: &mut Reader<'_>, fields: &Fields<'_>, key: &str, instead: &str) {
    let Some(node) = fields.get(key) else { return };
    let is_empty = matches!(&node.content, Content::List(items) if items.is_empty());
    if !is_empty {
        reader.not_supported(node.mark, &fields.path(key), instead);
    }
}
