//! What a second core can do meanwhile: parse templates, and read the documents of files that are rendered already.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use super::context::Template;
use super::host::{function_names, tree_bytes};
use super::trees::Trees;
use super::{RenderError, World};
use crate::gotmpl::{self, Parsed};
use crate::helm::chart::Chart;
use crate::helm::engines::Engine;
use crate::helm::manifest::sort::{Read, documents};

/// Less text than this is not worth a thread.
const LEAST_BYTES: usize = 64 << 10;

/// Trees of more bytes than this are made when their turn comes, by the thread whose memory is watched.
const MOST_BYTES: u64 = 64 << 20;

/// Larger files are read by the thread whose memory is watched.
const MAX_FILE: usize = 1 << 20;

/// A name that no template has.
const PLACEHOLDER: &str = "\0";

/// Deep blocks nest; only what is used is paid for.
const STACK_BYTES: usize = 256 << 20;

/// Parses texts before anybody asks for them, on a thread of its own that ends when this is gone: for who reads a chart file
/// by file and will render it next.
pub struct Parser<'w> {
    engine: &'static Engine,
    world: &'w World,
    /// Too little yet for a thread.
    waiting: Vec<Arc<[u8]>>,
    thread: Option<Sender<Arc<[u8]>>>,
}

impl<'w> Parser<'w> {
    /// For templates that this engine will render in this world.
    #[must_use]
    pub fn new(engine: &'static Engine, world: &'w World) -> Self {
        Parser {
            engine,
            world,
            waiting: Vec::new(),
            thread: None,
        }
    }

    /// Takes a text. What is not parsed ahead is parsed later.
    pub fn take(&mut self, text: &Arc<[u8]>) {
        if let Some(thread) = &self.thread {
            let _ = thread.send(Arc::clone(text));
            return;
        }
        self.waiting.push(Arc::clone(text));
        if self.waiting.iter().map(|text| text.len()).sum::<usize>() >= LEAST_BYTES {
            self.thread = start(self.engine, self.world);
            for text in self.waiting.drain(..) {
                let _ = self.thread.as_ref().map(|thread| thread.send(text));
            }
        }
    }
}

fn start(engine: &'static Engine, world: &World) -> Option<Sender<Arc<[u8]>>> {
    let (sender, receiver) = channel::<Arc<[u8]>>();
    let (trees, begin) = (Arc::clone(&world.trees), world.begin);
    let work = move || {
        begin();
        let functions = function_names(engine);
        let mut left = MOST_BYTES;
        for text in receiver {
            let bytes = tree_bytes(&text);
            if bytes <= left {
                left -= bytes;
                trees.parse(engine.version, &text, |text| parsed(text, &functions));
            }
        }
    };
    let builder = Builder::new().name("parse".to_owned()).stack_size(STACK_BYTES);
    builder.spawn(work).ok().map(|_| sender)
}

fn parsed(text: &[u8], functions: &HashSet<&'static str>) -> Option<Parsed> {
    let knows = |name: &str| functions.get(name).copied().or_else(|| gotmpl::builtin(name));
    gotmpl::parse(PLACEHOLDER, text, &knows).ok()
}

/// The texts of a chart's templates being parsed, each once however many charts have it.
pub(super) struct Parsing<'c> {
    texts: Vec<&'c Arc<[u8]>>,
    engine: &'static str,
    functions: HashSet<&'static str>,
    trees: Arc<Trees>,
    begin: fn(),
    next: AtomicUsize,
}

impl<'c> Parsing<'c> {
    /// Of a chart and all its subcharts.
    pub fn new(
        chart: &'c Chart,
        engine: &'static Engine,
        functions: HashSet<&'static str>,
        world: &World,
    ) -> Self {
        let mut texts = BTreeSet::new();
        collect(chart, &mut texts);
        let wanted = |text: &&'c Arc<[u8]>| world.trees.lacks(engine.version, text);
        let mut texts: Vec<&Arc<[u8]>> = texts.into_iter().map(|(_, text)| text).filter(wanted).collect();
        if texts.iter().map(|text| tree_bytes(text)).sum::<u64>() > MOST_BYTES {
            texts.clear();
        }
        Parsing {
            texts,
            engine: engine.version,
            functions,
            trees: Arc::clone(&world.trees),
            begin: world.begin,
            next: AtomicUsize::new(0),
        }
    }

    /// Runs `meanwhile` while another thread parses, then helps it to finish. Texts that cannot be parsed are left out:
    /// who parses them again gets the error.
    pub fn beside<T, E>(&self, meanwhile: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let is_much = self.texts.iter().map(|text| text.len()).sum::<usize>() >= LEAST_BYTES;
        std::thread::scope(|scope| {
            if is_much {
                spawn(scope, "parse", self.begin, || self.some());
            }
            let done = meanwhile();
            if done.is_err() {
                self.next.store(self.texts.len(), Ordering::Relaxed);
            }
            self.some();
            done
        })
    }

    /// Parses texts that nobody has begun with, until there are no more.
    fn some(&self) {
        while let Some(text) = self.texts.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let parse = |text: &[u8]| parsed(text, &self.functions);
            self.trees.parse(self.engine, text, parse);
        }
    }

    /// What a template's text was parsed to, under its name.
    pub fn of(&self, template: &Template) -> Option<Parsed> {
        self.trees.get(self.engine, &template.text)?.under(&template.name)
    }
}

fn collect<'c>(chart: &'c Chart, texts: &mut BTreeSet<(usize, &'c Arc<[u8]>)>) {
    let own = chart.templates.iter().map(|file| (file.data.len(), &file.data));
    texts.extend(own);
    chart.dependencies.iter().for_each(|child| collect(child, texts));
}

/// A rendered file: its path and text.
type Text = (String, Arc<[u8]>);

/// Do templates of this much text render to something that is worth a thread for reading it?
pub(super) fn is_much(templates: &[Template]) -> bool {
    templates
        .iter()
        .map(|template| template.text.len())
        .sum::<usize>()
        >= LEAST_BYTES
}

/// Where rendered files go to be read.
pub(super) struct Reader(Option<Sender<Text>>);

impl Reader {
    /// Has a file read.
    pub fn read(&self, path: &str, text: &Arc<[u8]>) {
        if let Some(sender) = self.0.as_ref().filter(|_| text.len() <= MAX_FILE) {
            // What is not taken is read later.
            let _ = sender.send((path.to_owned(), Arc::clone(text)));
        }
    }
}

/// Runs `render` while another thread reads what it hands over, helps it to finish, and gives what was read.
pub(super) fn reading(
    (engine, begin): (&'static Engine, fn()),
    is_much: bool,
    render: impl FnOnce(&Reader) -> Result<(), RenderError>,
) -> Result<Read, RenderError> {
    let (sender, receiver) = channel();
    let receiver = Mutex::new(receiver);
    std::thread::scope(|scope| {
        let helper = is_much
            .then(|| spawn(scope, "read", begin, || read(&receiver, engine)))
            .flatten();
        let reader = Reader(helper.is_some().then_some(sender));
        let rendered = render(&reader);
        drop(reader);
        rendered?;
        let mut done = read(&receiver, engine);
        done.extend(helper.and_then(|thread| thread.join().ok()).unwrap_or_default());
        Ok(done)
    })
}

/// Reads files until there are no more.
fn read(receiver: &Mutex<Receiver<Text>>, engine: &Engine) -> Read {
    let next = || {
        let receiver = receiver.lock().unwrap_or_else(PoisonError::into_inner);
        receiver.recv().ok()
    };
    std::iter::from_fn(next)
        .map(|(path, text)| {
            let found = documents(&path, &text, engine);
            (path, found)
        })
        .collect()
}

/// A thread, if the system gives one.
fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    begin: fn(),
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, T>> {
    let builder = Builder::new().name(name.to_owned()).stack_size(STACK_BYTES);
    let run = move || {
        begin();
        work()
    };
    builder.spawn_scoped(scope, run).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let world = crate::helm::render::world::nowhere();
        let parsing = Parsing::new(&chart, &HELM_3_17_2, HashSet::from(["trim"]), &world);
        assert!(
            parsing.texts.len() < templates.len(),
            "equal texts are parsed once"
        );
        parsing.beside(|| Ok::<_, ()>(())).unwrap();
        let again = Parsing::new(&chart, &HELM_3_17_2, HashSet::new(), &world);
        assert!(again.texts.is_empty(), "what is parsed is kept");
        for (index, template) in templates.iter().enumerate() {
            let parsed = parsing.of(template);
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
        let read = reading((&HELM_3_17_2, || ()), true, |reader| {
            reader.read("c/a.yaml", &Arc::from(&b"kind: A\n---\nkind: B\n"[..]));
            reader.read("c/b.yaml", &Arc::from(&b"a: ["[..]));
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
