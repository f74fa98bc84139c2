//! Reading chart archives: gzip over tar, every path checked. Source: helm `pkg/chart/loader/archive.go`, v3.17.

use std::io::{BufReader, Read};

use flate2::read::MultiGzDecoder;

use super::load::{Budget, LoadError, is_archive, without_mark};
use super::model::File;
use crate::golang::path;

/// Bytes that are decoded at once.
const DECODED: usize = 64 << 10;

/// The files of an archive, their first folder taken off, in the archive's order; each is shown to `seen` at once.
pub(super) fn files(
    bytes: &[u8],
    budget: &mut Budget,
    seen: &mut dyn FnMut(&File),
) -> Result<Vec<File>, LoadError> {
    const HEADER: usize = 10;
    if bytes.len() < HEADER {
        return Err(LoadError::new(if bytes.is_empty() {
            "EOF"
        } else {
            "unexpected EOF"
        }));
    }
    if !is_archive(bytes) {
        return Err(LoadError::new("gzip: invalid header"));
    }
    // Decoded in large pieces: the archive's reader asks for a few hundred bytes at a time.
    let decoded = BufReader::with_capacity(DECODED, MultiGzDecoder::new(bytes));
    let mut tar = tar::Archive::new(decoded.take(budget.archive_bytes()));
    let mut files = Vec::new();
    for entry in tar.entries().map_err(|error| go_text(&error))? {
        let mut entry = entry.map_err(|error| go_text(&error))?;
        let kind = entry.header().entry_type();
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let is_folder = kind.is_dir() || name.ends_with('/');
        if is_folder || kind.is_pax_global_extensions() || kind.is_pax_local_extensions() {
            continue;
        }
        let name = inner_path(&name)?;
        let size = entry.size();
        let data = contents(&mut entry, size, budget)?;
        let data = without_mark(&data.into());
        let file = File { name, data };
        seen(&file);
        files.push(file);
    }
    if files.is_empty() {
        return Err(LoadError::new("no files in chart archive"));
    }
    Ok(files)
}

/// `size` is what the archive says of it, and no more than a hint.
fn contents(entry: &mut impl Read, size: u64, budget: &mut Budget) -> Result<Vec<u8>, LoadError> {
    const MOST: usize = 1 << 20;
    let mut data = Vec::with_capacity(usize::try_from(size).unwrap_or(MOST).min(MOST));
    entry
        .take(budget.bytes() + 1)
        .read_to_end(&mut data)
        .map_err(|error| go_text(&error))?;
    budget.take(data.len())?;
    Ok(data)
}

/// The path below the archive's first folder, whatever that is.
fn inner_path(name: &str) -> Result<String, LoadError> {
    let delimiter = if name.contains('\\') { '\\' } else { '/' };
    let (first, inner) = name.split_once(delimiter).unwrap_or((name, ""));
    let inner = inner.replace(delimiter, "/");
    if inner.starts_with('/') {
        return Err(LoadError::new("chart illegally contains absolute paths"));
    }
    let inner = String::from_utf8_lossy(&path::clean(inner.as_bytes())).into_owned();
    if inner == "." {
        return Err(LoadError::new(format!(
            "chart illegally contains content outside the base directory: {name:?}"
        )));
    }
    if inner.starts_with("..") {
        return Err(LoadError::new("chart illegally references parent directory"));
    }
    if has_drive(&inner) {
        return Err(LoadError::new("chart contains illegally named files"));
    }
    if first == "Chart.yaml" {
        return Err(LoadError::new("chart yaml not in base directory"));
    }
    Ok(inner)
}

/// `c:/…`
fn has_drive(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1..3) == Some(b":/")
}

/// What Go's readers say of broken input.
fn go_text(error: &std::io::Error) -> LoadError {
    let text = error.to_string();
    LoadError::new(match error.kind() {
        _ if text.starts_with("unexpected EOF") => "unexpected EOF".to_owned(),
        std::io::ErrorKind::UnexpectedEof => "unexpected EOF".to_owned(),
        std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData => {
            "archive/tar: invalid tar header".to_owned()
        }
        _ => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_chart() {
        let outside = "chart illegally contains content outside the base directory";
        for (name, expected) in [
            ("c/Chart.yaml", Ok("Chart.yaml")),
            ("c/templates/../templates/x.yaml", Ok("templates/x.yaml")),
            ("c\\templates\\a.yaml", Ok("templates/a.yaml")),
            ("./Chart.yaml", Ok("Chart.yaml")),
            ("Chart.yaml", Err(format!("{outside}: \"Chart.yaml\""))),
            ("c", Err(format!("{outside}: \"c\""))),
            (
                "c/..x",
                Err("chart illegally references parent directory".to_owned()),
            ),
            (
                "c/templates/../../x",
                Err("chart illegally references parent directory".to_owned()),
            ),
            (
                "c//etc/x",
                Err("chart illegally contains absolute paths".to_owned()),
            ),
            ("c/c:/x", Err("chart contains illegally named files".to_owned())),
        ] {
            let found = inner_path(name).map_err(|error| error.message);
            assert_eq!(found, expected.map(str::to_owned), "{name}");
        }
    }
}
