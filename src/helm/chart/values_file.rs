//! Values files: a chart's own and those of the command line.

use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use crate::golang::yaml::{self, ReadError};
use crate::helm::engines::Engine;

/// A values file: its first document, or with Helm 4 all of them merged.
/// Source: helm `pkg/chartutil/values.go`, v3.17; `pkg/chart/v2/loader/load.go` (`LoadValues`), v4.
///
/// # Errors
/// Helm's text.
pub fn read(text: &[u8], engine: &Engine) -> Result<JsonMap<String, Json>, ReadError> {
    if !engine.merges_documents {
        return yaml::values_map(text);
    }
    let mut values = JsonMap::new();
    for text in documents(text) {
        let next = yaml::values_map(&text).map_err(|mut error| {
            error.message.insert_str(0, "cannot unmarshal yaml document: ");
            error
        })?;
        merge(&mut values, next);
    }
    Ok(values)
}

/// Split at lines that are `---`, perhaps with a comment; each line ends in a line feed alone. Source: apimachinery `pkg/util/yaml/decoder.go`, `YAMLReader`.
fn documents(text: &[u8]) -> Vec<Vec<u8>> {
    let mut documents = vec![Vec::new()];
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let is_separator = line.strip_prefix(b"---").is_some_and(|rest| {
            let rest = rest.trim_ascii();
            rest.is_empty() || rest.starts_with(b"#")
        });
        match documents.last_mut() {
            Some(last) if !is_separator => {
                let bare = line.strip_suffix(b"\n").unwrap_or(line);
                let bare = line.strip_suffix(b"\r\n").unwrap_or(bare);
                last.extend_from_slice(bare);
                last.push(b'\n');
            }
            Some(last) if last.is_empty() => {}
            _ => documents.push(Vec::new()),
        }
    }
    documents
}

/// Maps merge, everything else (null too) replaces.
pub fn merge(into: &mut JsonMap<String, Json>, from: JsonMap<String, Json>) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Json::Object(there)), Json::Object(value)) => merge(there, value),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::documents;

    #[test]
    fn helm_4_reads_line_by_line() {
        let found = documents(b"a: 1\r\nb: 2\n--- # next\nc: 3\r");
        assert_eq!(found, [&b"a: 1\nb: 2\n"[..], b"c: 3\r\n"]);
    }
}
