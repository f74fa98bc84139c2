//! Reading what the command line names: charts and value files.

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};

use super::flags::TemplateArgs;
use crate::base::files::FileSet;
use crate::golang::url;
use crate::helm::chart::{Chart, File, load};
use crate::helm::engines::Engine;
use crate::helm::render::Layer;

/// The most bytes that a chart's folder may hold. Helm 3.18 and later refuse charts of more than 100 MiB.
const MAX_FOLDER_BYTES: u64 = 256 << 20;

/// The chart's place on this machine.
pub(in crate::cli) fn locate(path: &str) -> anyhow::Result<&str> {
    let path = path.trim();
    match fs::metadata(path) {
        Ok(_) => Ok(path),
        Err(_) if path.starts_with(['.', '/']) => bail!("path {path:?} not found"),
        Err(_) if path.contains("://") => {
            bail!("cannot fetch {path}: give a chart that is on this machine, as a folder or an archive")
        }
        Err(_) => bail!("chart {path:?} not found: give a folder or an archive on this machine"),
    }
}

/// A chart from a folder or an archive; each file is shown to `seen` as soon as it is there.
pub(in crate::cli) fn chart(
    path: &str,
    engine: &'static Engine,
    seen: &mut dyn FnMut(&File),
) -> anyhow::Result<Arc<Chart>> {
    if Path::new(path).is_dir() {
        let metadata = fs::canonicalize(path)?.join("Chart.yaml");
        if engine.detects_api_version && !metadata.exists() {
            let shown = metadata.display();
            bail!("unable to detect chart at {shown}: open {shown}: no such file or directory");
        }
        return Ok(load::from_files_seen(&folder(Path::new(path))?, engine, seen)?);
    }
    let bytes = fs::read(path).map_err(|error| go_error("open", path, &error))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(not_an_archive(path));
    }
    Ok(load::from_archive_seen(&bytes, engine, seen)?)
}

/// Source: helm `pkg/chart/loader/archive.go` (`ensureArchive`), v3.17.
fn not_an_archive(path: &str) -> anyhow::Error {
    if path.ends_with(".yml") || path.ends_with(".yaml") {
        return anyhow!("file '{path}' seems to be a YAML file, but expected a gzipped archive");
    }
    anyhow!("file '{path}' does not appear to be a gzipped archive; got 'application/octet-stream'")
}

/// All files of a folder. Links are followed, also out of the chart, as Helm does on a command line.
fn folder(root: &Path) -> anyhow::Result<FileSet> {
    let mut walk = Walk {
        files: FileSet::new(),
        bytes: 0,
        open: HashSet::new(),
    };
    walk.enter(root, "")?;
    Ok(walk.files)
}

struct Walk {
    files: FileSet,
    bytes: u64,
    /// The real paths of the folders being walked: a link back to one of them would never end.
    open: HashSet<PathBuf>,
}

impl Walk {
    fn enter(&mut self, folder: &Path, name: &str) -> anyhow::Result<()> {
        let real = fs::canonicalize(folder).with_context(|| folder.display().to_string())?;
        if !self.open.insert(real.clone()) {
            bail!("{}: a link leads back to a folder above it", folder.display());
        }
        let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
        for entry in entries {
            let entry = entry?;
            let own = entry.file_name();
            let own = own.to_string_lossy();
            let name = if name.is_empty() {
                own.into_owned()
            } else {
                format!("{name}/{own}")
            };
            self.entry(&entry.path(), name)?;
        }
        self.open.remove(&real);
        Ok(())
    }

    fn entry(&mut self, path: &Path, name: String) -> anyhow::Result<()> {
        let shown = path.display();
        let found = fs::metadata(path).map_err(|_| {
            let target = fs::read_link(path).unwrap_or_default();
            anyhow!(
                "error evaluating symlink {shown}: lstat {}: no such file or directory",
                target.display()
            )
        })?;
        if found.is_dir() {
            return self.enter(path, &name);
        }
        if !found.is_file() {
            bail!("cannot load irregular file {shown} as it has file mode type bits set");
        }
        self.bytes += found.len();
        if self.bytes > MAX_FOLDER_BYTES {
            bail!("error reading {shown}: chart exceeds maximum size of {MAX_FOLDER_BYTES} bytes");
        }
        self.files
            .insert(name, fs::read(path).with_context(|| shown.to_string())?);
        Ok(())
    }
}

/// The flags that set values.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Given<'a> {
    pub(in crate::cli) values: &'a [String],
    pub(in crate::cli) set: &'a [String],
    pub(in crate::cli) set_string: &'a [String],
    pub(in crate::cli) set_file: &'a [String],
    pub(in crate::cli) set_json: &'a [String],
    pub(in crate::cli) set_literal: &'a [String],
}

/// The values of the command line, in the order in which helm applies them.
pub(super) fn layers(args: &TemplateArgs, engine: &Engine) -> Vec<Layer> {
    let given = Given {
        values: &args.values,
        set: &args.set,
        set_string: &args.set_string,
        set_file: &args.set_file,
        set_json: &args.set_json,
        set_literal: &args.set_literal,
    };
    layers_of(&given, engine)
}

/// The same for any command. Source: helm `pkg/cli/values/options.go` (`MergeValues`), v3.17.
pub(in crate::cli) fn layers_of(args: &Given<'_>, engine: &Engine) -> Vec<Layer> {
    let mut layers = Vec::new();
    for name in args.values {
        layers.push(match read(name) {
            Ok(text) => Layer::File {
                name: name.clone(),
                text,
            },
            Err(error) => Layer::Unreadable(error.to_string()),
        });
    }
    layers.extend(args.set_json.iter().cloned().map(Layer::SetJson));
    layers.extend(args.set.iter().cloned().map(Layer::Set));
    layers.extend(args.set_string.iter().cloned().map(Layer::SetString));
    for text in args.set_file {
        layers.push(set_file(text, engine));
    }
    layers.extend(args.set_literal.iter().cloned().map(Layer::SetLiteral));
    layers
}

fn standard_input() -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text)?;
    Ok(text)
}

/// Source: helm `pkg/cli/values/options.go` (`readFile`), v3.17: each name is read as a URL first.
fn read(path: &str) -> anyhow::Result<Vec<u8>> {
    if path.trim() == "-" {
        return standard_input();
    }
    let url = url::parse(path.as_bytes()).map_err(|error| anyhow!(error))?;
    if [&b"http"[..], b"https", b"oci"].contains(&url.scheme.as_slice()) {
        bail!("cannot fetch {path}: give a file that is on this machine");
    }
    fs::read(path).map_err(|error| go_error("open", path, &error))
}

/// `--set-file`: the flag with the contents of the files that it names.
fn set_file(text: &str, engine: &Engine) -> Layer {
    let paths = crate::helm::values::file_paths(text, engine).into_iter();
    let files = paths.map(|path| {
        let contents = read(&path).map_err(|error| error.to_string());
        (path, contents)
    });
    Layer::SetFile {
        text: text.to_owned(),
        files: files.collect(),
    }
}

/// Go's `os.PathError`.
fn go_error(verb: &str, path: &str, error: &std::io::Error) -> anyhow::Error {
    let text = match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => return anyhow!("read {path}: is a directory"),
        _ => error.to_string(),
    };
    anyhow!("{verb} {path}: {text}")
}
