//! What `helm template` prints and writes. Source: helm `cmd/helm/template.go`, v3.17.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::flags::TemplateArgs;
use crate::golang::path;
use crate::helm::engines::Engine;
use crate::helm::hook::Hook;
use crate::helm::manifest;
use crate::helm::render::{Rendered, sourced};

/// The whole of standard output; files are written where `--output-dir` asks for it.
pub(super) fn output(
    rendered: &Rendered,
    release: &str,
    args: &TemplateArgs,
    engine: &Engine,
) -> anyhow::Result<String> {
    let mut out = String::new();
    match &args.output_dir {
        Some(folder) => write_files(&mut out, folder, rendered, release, args)?,
        None => {
            out.push_str(rendered.manifest.trim());
            out.push('\n');
            for hook in shown_hooks(rendered, args) {
                out.push_str(&sourced(&hook.path, &hook.manifest));
            }
        }
    }
    if args.show_only.is_empty() {
        return Ok(out);
    }
    show_only(&out, &args.show_only, engine)
}

fn shown_hooks<'a>(rendered: &'a Rendered, args: &'a TemplateArgs) -> impl Iterator<Item = &'a Hook> {
    let is_test = |hook: &Hook| hook.events.iter().any(|event| event == "test");
    let all = rendered.hooks.iter().filter(|_| !args.no_hooks);
    all.filter(move |hook| !(args.skip_tests && is_test(hook)))
}

/// The documents of the output whose template matches one of the patterns, in the order of the patterns.
fn show_only(output: &str, patterns: &[String], engine: &Engine) -> anyhow::Result<String> {
    let documents: Vec<String> = manifest::split(output.as_bytes(), engine.splitting)
        .into_iter()
        .map(|document| String::from_utf8_lossy(document).into_owned())
        .collect();
    let mut shown = String::new();
    for pattern in patterns {
        let is_match = |document: &&String| {
            template_of(document).is_some_and(|name| path::matches(pattern, name).unwrap_or(false))
        };
        let before = shown.len();
        for document in documents.iter().filter(is_match) {
            shown.push_str(&format!("---\n{document}\n"));
        }
        if shown.len() == before {
            bail!("could not find template {pattern} in chart");
        }
    }
    Ok(shown)
}

/// What follows the chart's name in the first `# Source:` comment.
fn template_of(document: &str) -> Option<&str> {
    let rest = document
        .lines()
        .find_map(|line| line.split_once("# Source: ").map(|(_, rest)| rest))?;
    let (chart, name) = rest.split_once('/')?;
    (!chart.is_empty() && !name.is_empty()).then_some(name)
}

// === --output-dir ===

fn write_files(
    out: &mut String,
    folder: &Path,
    rendered: &Rendered,
    release: &str,
    args: &TemplateArgs,
) -> anyhow::Result<()> {
    let below = match args.release_name {
        true => folder.join(release),
        false => folder.to_owned(),
    };
    let mut written = BTreeSet::new();
    let crds = rendered.crds.iter().filter(|_| args.include_crds);
    for (name, text) in crds {
        write_file(out, folder, name, text, &mut written)?;
    }
    for (name, text) in &rendered.documents {
        write_file(out, &below, name, text, &mut written)?;
    }
    out.push('\n');
    let mut hooks = String::new();
    for hook in shown_hooks(rendered, args) {
        if below.join(&hook.path).exists() {
            written.insert(hook.path.clone());
        }
        write_file(&mut hooks, &below, &hook.path, &hook.manifest, &mut written)?;
    }
    // Helm prints these lines while it still holds the (empty) manifest back.
    out.insert_str(out.len() - 1, &hooks);
    Ok(())
}

/// Writes a document; the first one of a file replaces what is there, later ones are appended.
fn write_file(
    out: &mut String,
    folder: &Path,
    name: &str,
    text: &str,
    written: &mut BTreeSet<String>,
) -> anyhow::Result<()> {
    let path = format!("{}/{name}", folder.display());
    if let Some(parent) = Path::new(&path).parent() {
        fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
    }
    let is_first = written.insert(name.to_owned());
    let mut options = OpenOptions::new();
    options
        .create(true)
        .write(true)
        .append(!is_first)
        .truncate(is_first);
    let mut file = options.open(&path).with_context(|| path.clone())?;
    file.write_all(sourced(name, text).as_bytes())
        .with_context(|| path.clone())?;
    out.push_str(&format!("wrote {path}\n"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::engines::HELM_3_17_2;

    #[test]
    fn patterns_choose_documents_in_their_own_order() {
        let output = "---\n# Source: c/templates/a.yaml\na: 1\n---\n# Source: c/templates/b.yaml\nb: 1\n";
        let shown = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(|text| (*text).to_owned()).collect();
            show_only(output, &patterns, &HELM_3_17_2).map_err(|error| error.to_string())
        };
        let (a, b) = (
            "---\n# Source: c/templates/a.yaml\na: 1\n",
            "---\n# Source: c/templates/b.yaml\nb: 1\n",
        );
        assert_eq!(
            shown(&["templates/b.yaml", "templates/*"]),
            Ok(format!("{b}{a}{b}"))
        );
        let expected = "could not find template templates in chart";
        assert_eq!(shown(&["templates"]), Err(expected.to_owned()));
    }
}
