//! Where `$ref` leads, for both validators: identifiers give places of the schema a name, and references are read against the nearest one.

use std::collections::HashMap;

use serde_json::Value as Json;

use crate::golang::url;

/// The schema with its references made absolute, and the places that have a name.
pub(super) struct Pool {
    pub document: Json,
    /// Identifier → JSON pointer.
    named: HashMap<String, String>,
}

impl Pool {
    /// `has_anchors`: is `$anchor` a name, too?
    pub fn new(mut document: Json, has_anchors: bool) -> Self {
        let mut named = HashMap::new();
        walk(&mut document, "", "", &mut named, has_anchors);
        named.insert(String::new(), String::new());
        Pool { document, named }
    }

    /// What an absolute reference leads to.
    pub fn find(&self, reference: &str) -> Result<&Json, String> {
        if let Some(found) = self.named.get(reference).and_then(|at| self.document.pointer(at)) {
            return Ok(found);
        }
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if let Some(found) = self.named.get(base).and_then(|at| self.document.pointer(at)) {
            return follow(found, fragment);
        }
        let url = url::parse(reference.as_bytes()).unwrap_or_default();
        if url.scheme.is_empty() || (url.host.is_empty() && url.scheme != b"file") {
            return Err(format!("Reference {reference} must be canonical"));
        }
        Err(format!(
            "cannot use values.schema.json: it refers to {reference} (schemas elsewhere are never fetched: put them into the chart's own under `definitions`)\n"
        ))
    }
}

/// A JSON pointer in a fragment; one that is none leads to the whole. Source: gojsonpointer.
fn follow<'a>(document: &'a Json, fragment: &str) -> Result<&'a Json, String> {
    let fragment = url::parse(format!("#{fragment}").as_bytes()).map_or(Vec::new(), |url| url.fragment);
    let fragment = String::from_utf8_lossy(&fragment).into_owned();
    let Some(path) = fragment.strip_prefix('/') else {
        return Ok(document);
    };
    let mut node = document;
    for token in path.split('/') {
        node = match node {
            Json::Object(entries) => {
                let key = token.replace("~1", "/").replace("~0", "~");
                let missing = || format!("Object has no key '{key}'");
                entries.get(&key).ok_or_else(missing)?
            }
            Json::Array(items) => {
                let invalid = |_| format!("Invalid array index '{token}'");
                let index: i64 = token.parse().map_err(invalid)?;
                let found = usize::try_from(index).ok().and_then(|index| items.get(index));
                let count = items.len();
                found.ok_or_else(|| format!("Out of bound array[0,{count}] index '{index}'"))?
            }
            _ => return Err(format!("Invalid token reference '{token}'")),
        };
    }
    Ok(node)
}

fn walk(node: &mut Json, base: &str, at: &str, named: &mut HashMap<String, String>, has_anchors: bool) {
    match node {
        Json::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                walk(item, base, &format!("{at}/{index}"), named, has_anchors);
            }
        }
        Json::Object(entries) => {
            let mut base = base.to_owned();
            let id = entries.get("id").or_else(|| entries.get("$id"));
            if let Some(id) = id.and_then(Json::as_str) {
                base = resolve(&base, id);
                if named.contains_key(&base) {
                    return;
                }
                named.insert(base.clone(), at.to_owned());
            }
            if let Some(anchor) = entries
                .get("$anchor")
                .and_then(Json::as_str)
                .filter(|_| has_anchors)
            {
                named.insert(resolve(&base, &format!("#{anchor}")), at.to_owned());
            }
            if let Some(Json::String(reference)) = entries.get_mut("$ref") {
                *reference = resolve(&base, reference);
            }
            for (key, value) in entries {
                let at = format!("{at}/{}", escaped(key));
                match (key.as_str(), value) {
                    ("const" | "enum", _) => {}
                    ("properties" | "dependencies" | "patternProperties", Json::Object(inner)) => {
                        for (key, value) in inner {
                            walk(
                                value,
                                &base,
                                &format!("{at}/{}", escaped(key)),
                                named,
                                has_anchors,
                            );
                        }
                    }
                    (_, value) => walk(value, &base, &at, named, has_anchors),
                }
            }
        }
        _ => {}
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A reference against a base, whose own fragment does not count (RFC 3986, as far as schemas go).
fn resolve(base: &str, reference: &str) -> String {
    let base = base.split('#').next().unwrap_or_default();
    let reference = reference.strip_suffix('#').unwrap_or(reference);
    let (path, fragment) = match reference.split_once('#') {
        Some((path, fragment)) => (path, format!("#{fragment}")),
        None => (reference, String::new()),
    };
    if path.is_empty() {
        return format!("{base}{fragment}");
    }
    let has_scheme = url::parse(path.as_bytes()).is_ok_and(|url| !url.scheme.is_empty());
    if has_scheme {
        return format!("{path}{fragment}");
    }
    let root = base.find("://").map_or(0, |at| {
        base[at + 3..]
            .find('/')
            .map_or(base.len(), |slash| at + 3 + slash)
    });
    let (root, folder) = base.split_at(root);
    let folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
    let whole = match path.strip_prefix('/') {
        Some(path) => path.to_owned(),
        None => format!("{folder}/{path}"),
    };
    let mut kept: Vec<&str> = Vec::new();
    for step in whole.split('/').filter(|step| !step.is_empty() && *step != ".") {
        match step {
            ".." => drop(kept.pop()),
            step => kept.push(step),
        }
    }
    format!("{root}/{}{fragment}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_against_a_base() {
        for (base, reference, expected) in [
            ("", "#/definitions/a", "#/definitions/a"),
            ("", "#", ""),
            ("https://x.org/a/s.json", "#/d", "https://x.org/a/s.json#/d"),
            ("https://x.org/a/s.json#f", "t.json", "https://x.org/a/t.json"),
            ("https://x.org/a/s.json", "/t.json#q", "https://x.org/t.json#q"),
            ("https://x.org", "../t.json", "https://x.org/t.json"),
            ("https://x.org/a", "http://y.org/b", "http://y.org/b"),
        ] {
            assert_eq!(resolve(base, reference), expected, "{base} {reference}");
        }
    }
}
