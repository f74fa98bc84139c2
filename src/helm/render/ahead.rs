//! What a second core can do meanwhile: parse templates, and read the documents of files that are rendered already.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use super::RenderError;
use super::context::Template;
use super::host::tree_bytes;
use crate::gotmpl::{self, Parsed};
use crate::helm::chart::Chart;
use crate::helm::engines::Engine;
use crate::helm::manifest::sort::{Read, documents};

/// Less text than this is not worth a thread.
const LEAST_BYTES: usize = 64 << 10;

/// Trees of more bytes than this are made when their turn comes, by the thread whose memory is watched.
const MOST_BYTES: u64 = 64 << 20;

/// Files that wait to be read.
const MAX_WAITING: usize = 32;

/// Larger files are not copied for another thread.
const MAX_FILE: usize = 256 << 10;

/// A name that no template has.
const PLACEHOLDER: &str = "\0";

/// Deep blocks nest; only what is used is paid for.
const STACK_BYTES: usize = 256 << 20;

/// The texts of a chart's templates being parsed, each once however many charts have it.
pub(super) struct Parsing<'c> {
    texts: Vec<&'c [u8]>,
    functions: HashSet<&'static str>,
    next: AtomicUsize,
}

/// Trees by the texts that they come from.
pub(super) struct Trees<'c>(BTreeMap<(usize, &'c [u8]), Parsed>);

impl<'c> Parsing<'c> {
    /// Of a chart and all its subcharts, for templates that know these functions beside the built-in ones.
    pub fn new(chart: &'c Chart, functions: HashSet<&'static str>) -> Self {
        let mut texts = BTreeSet::new();
        collect(chart, &mut texts);
        if texts.iter().map(|(_, text)| tree_bytes(text)).sum::<u64>() > MOST_BYTES {
            texts.clear();
        }
        Parsing {
            texts: texts.into_iter().map(|(_, text)| text).collect(),
            functions,
            next: AtomicUsize::new(0),
        }
    }

    /// Runs `meanwhile` while another thread parses, then helps it to finish. Texts that cannot be parsed are left out:
    /// who parses them again gets the error.
    pub fn beside<T, E>(&self, meanwhile: impl FnOnce() -> Result<T, E>) -> Result<(T, Trees<'c>), E> {
        let is_much = self.texts.iter().map(|text| text.len()).sum::<usize>() >= LEAST_BYTES;
        std::thread::scope(|scope| {
            let helper = is_much.then(|| spawn(scope, "parse", || self.some())).flatten();
            let done = meanwhile();
            if done.is_err() {
                self.next.store(self.texts.len(), Ordering::Relaxed);
            }
            let mut parsed = self.some();
            parsed.extend(helper.and_then(|thread| thread.join().ok()).unwrap_or_default());
            done.map(|done| (done, Trees(parsed.into_iter().collect())))
        })
    }

    /// Parses texts that nobody has begun with, until there are no more.
    fn some(&self) -> Vec<((usize, &'c [u8]), Parsed)> {
        let knows = |name: &str| self.functions.contains(name) || gotmpl::is_builtin(name);
        let mut done = Vec::new();
        while let Some(text) = self.texts.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if let Ok(parsed) = gotmpl::parse(PLACEHOLDER, text, &knows) {
                done.push(((text.len(), *text), parsed));
            }
        }
        done
    }
}

impl Trees<'_> {
    /// What a template's text was parsed to, under its name.
    pub fn of(&self, template: &Template) -> Option<Parsed> {
        let text = &*template.text;
        self.0.get(&(text.len(), text))?.under(&template.name)
    }
}

fn collect<'c>(chart: &'c Chart, texts: &mut BTreeSet<(usize, &'c [u8])>) {
    let own = chart.templates.iter().map(|file| (file.data.len(), &*file.data));
    texts.extend(own);
    chart.dependencies.iter().for_each(|child| collect(child, texts));
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
    use std::sync::Arc;

    use crate::golang::Map;
    use crate::helm::chart::File;
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
        let texts: Vec<String> = (0..20)
            .map(|index| match index {
                7 => "{{ if }}".to_owned(),
                8 => "{{ define \"c/8\" }}x{{ end }}".to_owned(),
                _ => format!(
                    "{{{{ trim {} }}}}{{{{ define \"d\" }}}}y{{{{ end }}}}{padding}",
                    index / 2
                ),
            })
            .collect();
        let templates: Vec<Template> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| template(&format!("c/{index}"), text))
            .collect();
        let file = |template: &Template| File {
            name: template.name.clone(),
            data: Arc::clone(&template.text),
        };
        let chart = Chart {
            templates: templates.iter().map(file).collect(),
            ..Chart::default()
        };
        let parsing = Parsing::new(&chart, HashSet::from(["trim"]));
        assert!(
            parsing.texts.len() < templates.len(),
            "equal texts are parsed once"
        );
        let (_, trees) = parsing.beside(|| Ok::<_, ()>(())).unwrap();
        for (index, template) in templates.iter().enumerate() {
            let parsed = trees.of(template);
            let names = parsed.map(|parsed| {
                let trees = parsed.trees.iter().map(|tree| tree.name.to_string());
                (parsed.main.source.name.to_string(), trees.collect::<Vec<_>>())
            });
            let name = template.name.clone();
            let expected = (name.clone(), vec!["d".to_owned(), name]);
            assert_eq!(names, (!matches!(index, 7 | 8)).then_some(expected));
        }
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
