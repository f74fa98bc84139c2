//! The audit log of the API server: who asked what.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use deploy_manager::sandbox::Seen;
use serde_json::Value as Json;

/// One answered request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// As the sandbox tells it.
    pub seen: Seen,
    /// Empty for what is of the cluster.
    pub namespace: String,
}

/// What the log has from this byte on; a line that is still being written is left out.
pub fn read(log: &Path, since: u64) -> Vec<Asked> {
    let mut text = String::new();
    if let Ok(mut file) = std::fs::File::open(log) {
        file.seek(SeekFrom::Start(since)).unwrap();
        file.read_to_string(&mut text).unwrap();
    }
    let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    lines
        .map(|line| asked(&serde_json::from_str(line).unwrap()))
        .collect()
}

fn asked(event: &Json) -> Asked {
    let text = |pointer: &str| {
        event
            .pointer(pointer)
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let uri = text("/requestURI");
    let (path, query) = uri.split_once('?').unwrap_or((&uri, ""));
    let method = match text("/verb").as_str() {
        "create" => "POST",
        "update" => "PUT",
        "patch" => "PATCH",
        "delete" | "deletecollection" => "DELETE",
        _ => "GET",
    };
    let code = event.pointer("/responseStatus/code").and_then(Json::as_u64);
    Asked {
        seen: Seen {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            status: u16::try_from(code.unwrap_or_default()).unwrap_or_default(),
        },
        namespace: text("/objectRef/namespace"),
    }
}
