//! What a second core can do meanwhile: parse templates, and read the documents of files that are rendered already.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use super::RenderError;
use super::context::Template;
use crate::gotmpl::{self, Parsed};
use crate::helm::engines::Engine;
use crate::helm::manifest::sort::{Read, documents};

/// Less text than this is not worth a thread.
const LEAST_BYTES: usize = 64 << 10;

/// Files that wait to be read.
const MAX_WAITING: usize = 32;

/// Larger files are not copied for another thread.
const MAX_FILE: usize = 256 << 10;

/// Deep blocks nest; only what is used is paid for.
const STACK_BYTES: usize = 256 << 20;

/// The trees of each template. `None` for one that cannot be parsed, or was not: the caller does it and gets the error.
pub(super) fn parse(templates: &[Template], functions: &HashSet<&'static str>) -> Vec<Option<Parsed>> {
    let mut found: Vec<Option<Parsed>> = templates.iter().map(|_| None).collect();
    let texts: Vec<(&str, &[u8])> = templates
        .iter()
        .map(|template| (template.name.as_str(), &*template.text))
        .collect();
    if texts.iter().map(|(_, text)| text.len()).sum::<usize>() < LEAST_BYTES {
        return found;
    }
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let work = || some_of(&texts, &next, functions);
        let helper = spawn(scope, "parse", work);
        let mut all = work();
        all.extend(helper.and_then(|thread| thread.join().ok()).unwrap_or_default());
        for (index, parsed) in all {
            found[index] = Some(parsed);
        }
    });
    found
}

/// Parses templates that nobody has begun with, until there are no more.
fn some_of(
    texts: &[(&str, &[u8])],
    next: &AtomicUsize,
    functions: &HashSet<&'static str>,
) -> Vec<(usize, Parsed)> {
    let knows = |name: &str| functions.contains(name) || gotmpl::is_builtin(name);
    let mut done = Vec::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some((name, text)) = texts.get(index) else {
            return done;
        };
        if let Ok(parsed) = gotmpl::parse(name, text, &knows) {
            done.push((index, parsed));
        }
    }
}

/// Where rendered files go to be read.
pub(super) struct Reader(Option<SyncSender<(String, Vec<u8>)>>);

impl Reader {
    /// Has a file read, if there is room.
    pub fn read(&self, path: &str, text: &[u8]) {
        if let Some(sender) = self.0.as_ref().filter(|_| text.len() <= MAX_FILE) {
            // What is not taken is read later.
            let _ = sender.try_send((path.to_owned(), text.to_vec()));
        }
    }
}

/// Runs `render` while another thread reads what it hands over, and gives what was read.
pub(super) fn reading(
    engine: &'static Engine,
    render: impl FnOnce(&Reader) -> Result<(), RenderError>,
) -> Result<Read, RenderError> {
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel::<(String, Vec<u8>)>(MAX_WAITING);
        let work = move || {
            let read = |(path, text): (String, Vec<u8>)| {
                let found = documents(&path, &text, engine);
                (path, found)
            };
            receiver.into_iter().map(read).collect::<Read>()
        };
        let helper = spawn(scope, "read", work);
        let reader = Reader(helper.is_some().then_some(sender));
        render(&reader)?;
        drop(reader);
        Ok(helper.and_then(|thread| thread.join().ok()).unwrap_or_default())
    })
}

/// A thread, if the system gives one.
fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, T>> {
    let builder = Builder::new().name(name.to_owned()).stack_size(STACK_BYTES);
    builder.spawn_scoped(scope, work).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golang::Map;
    use crate::helm::engines::HELM_3_17_2;

    fn template(name: &str, text: &str) -> Template {
        Template {
            name: name.to_owned(),
            text: text.as_bytes().into(),
            dot: Map::new(),
            base_path: String::new(),
        }
    }

    #[test]
    fn each_template_gets_its_own_trees_and_a_bad_one_none() {
        let padding = "x".repeat(LEAST_BYTES / 8);
        let templates: Vec<Template> = (0..20)
            .map(|index| match index {
                7 => template("c/7", "{{ if }}"),
                _ => template(&format!("c/{index}"), &format!("{{{{ trim .a }}}}{padding}")),
            })
            .collect();
        let parsed = parse(&templates, &HashSet::from(["trim"]));
        for (index, (template, parsed)) in templates.iter().zip(&parsed).enumerate() {
            let name = parsed.as_ref().map(|parsed| &*parsed.main.name);
            assert_eq!(name, (index != 7).then_some(template.name.as_str()));
        }
        let too_little = parse(&templates[..1], &HashSet::from(["trim"]));
        assert!(too_little.iter().all(Option::is_none));
    }

    #[test]
    fn what_is_handed_over_is_read() {
        let read = reading(&HELM_3_17_2, |reader| {
            reader.read("c/a.yaml", b"kind: A\n---\nkind: B\n");
            reader.read("c/b.yaml", b"a: [");
            Ok(())
        });
        let read = read.unwrap();
        assert_eq!(read["c/a.yaml"].as_ref().map(Vec::len), Ok(2));
        let error = read["c/b.yaml"].as_ref().unwrap_err();
        assert!(
            error.message.starts_with("YAML parse error on c/b.yaml: "),
            "{error}"
        );
    }
}
