//! `init` and `before`: the hooks of a component.

use std::collections::BTreeMap;
use std::time::Duration;

use super::cluster::Named;
use super::component::Places;
use super::model::{Hook, HookKind, SecretRecipe};
use super::node::{Content, Node};
use super::reader::{Fields, Reader};
use crate::base::names::{ComponentName, HookName};

const KINDS: &[&str] = &["job", "secret", "exec", "http", "manifest", "wait"];
const KEYS: &[&str] = &[
    "name", "timeout", "job", "secret", "exec", "http", "manifest", "wait",
];

/// Letters and digits that no shell, URL, INI file or SQL string needs to quote.
pub const DEFAULT_ALPHABET: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const DEFAULT_PASSWORD_LENGTH: usize = 32;
const DEFAULT_KEY_BYTES: usize = 32;
/// The longest generated text or key: a Secret must stay far below its limit of 1 MiB.
const MAX_GENERATED: u64 = 4096;

/// The component's (init, before) hooks.
pub fn read(
    reader: &mut Reader<'_>,
    component: &ComponentName,
    fields: &Fields<'_>,
    timeout: Duration,
    places: &mut Places,
) -> (Vec<Hook>, Vec<Hook>) {
    let mut names = BTreeMap::new();
    let mut read_list = |key: &str| {
        let mut hooks = Vec::new();
        let Some(node) = fields.get(key) else {
            return hooks;
        };
        for item in reader.list(node, &fields.path(key)) {
            let Some(hook) = read_hook(reader, component, item, timeout, places) else {
                continue;
            };
            if let Some(first) = names.insert(hook.name.clone(), item.mark.line) {
                let message = format!(
                    "two hooks of component `{component}` have the name `{}`: the first stands in line {first}",
                    hook.name
                );
                reader.problem(item.mark, message);
            }
            hooks.push(hook);
        }
        hooks
    };
    (read_list("init"), read_list("before"))
}

fn read_hook(
    reader: &mut Reader<'_>,
    component: &ComponentName,
    node: &Node,
    timeout: Duration,
    places: &mut Places,
) -> Option<Hook> {
    let fields = reader.fields(node, "a hook", KEYS)?;
    let name = fields.required(reader, "name");
    let name: Option<HookName> = name.and_then(|node| reader.name(node, "a hook's `name`"));
    let what = name
        .as_ref()
        .map_or("a hook".to_owned(), |name| format!("hook `{name}`"));
    let timeout = fields
        .get("timeout")
        .and_then(|node| reader.duration(node, &format!("`timeout` of {what}")))
        .unwrap_or(timeout);
    let kind = read_kind(reader, &fields, &what, places);
    let (name, kind) = (name?, kind?);
    let kind = match kind {
        HookKind::Secret { name: given, data } if given.is_empty() => HookKind::Secret {
            name: format!("{component}-{name}"),
            data,
        },
        kind => kind,
    };
    Some(Hook { name, kind, timeout })
}

fn read_kind(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    what: &str,
    places: &mut Places,
) -> Option<HookKind> {
    let given: Vec<&str> = KINDS
        .iter()
        .copied()
        .filter(|kind| fields.get(kind).is_some())
        .collect();
    let [kind] = given[..] else {
        let message = format!(
            "{what} must have exactly one of {}, but has {}",
            KINDS.join(", "),
            if given.is_empty() {
                "none".to_owned()
            } else {
                given.join(" and ")
            }
        );
        reader.problem(fields.mark, message);
        return None;
    };
    let node = fields.get(kind)?;
    match kind {
        "job" => read_job(reader, node, what, places),
        "secret" => reader.in_private(|reader| read_secret(reader, node, what)),
        kind => {
            let what = format!("the kind `{kind}` of {what}");
            reader.not_supported(node.mark, &what, "use a `job` or `secret` hook");
            None
        }
    }
}

/// `job: hooks/backup.yaml`.
fn read_job(reader: &mut Reader<'_>, node: &Node, what: &str, places: &mut Places) -> Option<HookKind> {
    let path = reader.filled_text(node, &format!("`job` of {what}"))?;
    places.manifests.push(Named {
        path: path.to_owned(),
        mark: node.mark,
    });
    Some(HookKind::Job {
        manifest: path.to_owned(),
    })
}

fn read_secret(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<HookKind> {
    let fields = reader.fields(node, &format!("`secret` of {what}"), &["name", "data"])?;
    let name = match fields.get("name") {
        Some(node) => object_name(reader, node, &fields.path("name"))?,
        None => String::new(),
    };
    let data = fields.required(reader, "data")?;
    let Content::Map(entries) = &data.content else {
        reader.wrong_type(data, &fields.path("data"), "a map");
        return None;
    };
    if entries.is_empty() {
        reader.problem(data.mark, format!("{} is empty", fields.path("data")));
    }
    let mut recipes = BTreeMap::new();
    for entry in entries {
        let is_key = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
        if entry.key.is_empty() || entry.key.len() > 253 || !entry.key.chars().all(is_key) {
            let message = "a Secret's key is made of letters, digits, `-`, `_` and `.`";
            reader.problem(entry.mark, message);
        }
        if let Some(recipe) = read_recipe(reader, &entry.value, &format!("key `{}` of {what}", entry.key)) {
            recipes.insert(entry.key.clone(), recipe);
        }
    }
    Some(HookKind::Secret { name, data: recipes })
}

/// A DNS-1123 subdomain. Source: kubernetes `apimachinery/pkg/util/validation`, v1.33.
fn object_name(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<String> {
    let text = reader.filled_text(node, what)?;
    let is_label = |label: &str| {
        let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty() && label.bytes().all(is_inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    if text.len() > 253 || !text.split('.').all(is_label) {
        let message = format!(
            "{what} is no name for an object: use lower-case letters, digits, `-` and `.`, at most 253"
        );
        reader.problem(node.mark, message);
        return None;
    }
    Some(text.to_owned())
}

fn read_recipe(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<SecretRecipe> {
    let fields = reader.fields(node, what, &["password", "key", "value"])?;
    let (password, key, value) = (
        fields.entry("password"),
        fields.entry("key"),
        fields.entry("value"),
    );
    match (password, key, value) {
        (Some(entry), None, None) => read_password(reader, &entry.value, what),
        (None, Some(entry), None) => read_key(reader, &entry.value, what),
        (None, None, Some(entry)) => read_value(reader, &entry.value, what),
        _ => {
            let message = format!("{what} must have exactly one of password, key, value");
            reader.problem(fields.mark, message).hint =
                Some("for example `{ password: {} }` with all defaults".to_owned());
            None
        }
    }
}

fn read_password(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<SecretRecipe> {
    let fields = reader.fields(node, &format!("`password` of {what}"), &["length", "alphabet"])?;
    let length = read_size(reader, &fields, "length", DEFAULT_PASSWORD_LENGTH, 8)?;
    let alphabet = match fields.get("alphabet") {
        Some(node) => reader.text(node, &fields.path("alphabet"))?,
        None => DEFAULT_ALPHABET,
    };
    let mut letters: Vec<char> = alphabet.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    if letters.len() < 10 || letters.len() != alphabet.chars().count() {
        let message = format!(
            "{} needs at least 10 different characters",
            fields.path("alphabet")
        );
        reader.problem(fields.mark, message);
        return None;
    }
    Some(SecretRecipe::Password {
        length,
        alphabet: alphabet.to_owned(),
    })
}

fn read_key(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<SecretRecipe> {
    let fields = reader.fields(node, &format!("`key` of {what}"), &["bytes", "urlSafe"])?;
    let bytes = read_size(reader, &fields, "bytes", DEFAULT_KEY_BYTES, 16)?;
    let url_safe = match fields.get("urlSafe") {
        Some(node) => reader.boolean(node, &fields.path("urlSafe"))?,
        None => false,
    };
    Some(SecretRecipe::Key { bytes, url_safe })
}

fn read_size(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    key: &str,
    default: usize,
    min: u64,
) -> Option<usize> {
    let Some(node) = fields.get(key) else {
        return Some(default);
    };
    let number = reader.number(node, &fields.path(key), MAX_GENERATED)?;
    if number < min {
        let message = format!("{} is {number}, but must be at least {min}", fields.path(key));
        reader.problem(node.mark, message);
        return None;
    }
    usize::try_from(number).ok()
}

/// The text itself never goes into a message.
fn read_value(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<SecretRecipe> {
    match node.as_str() {
        Some(text) => Some(SecretRecipe::Value(text.to_owned())),
        None => {
            reader
                .problem(node.mark, format!("`value` of {what} must be a text"))
                .hint = Some("quote it".to_owned());
            None
        }
    }
}
