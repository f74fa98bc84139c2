//! Templates are parsed once, however many charts, renders and threads want them.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use foldhash::HashMap;

use super::host::tree_bytes;
use crate::gotmpl::Parsed;

/// What the trees that are kept may take, in bytes as [`tree_bytes`] estimates them.
const ROOM: u64 = 64 << 20;

/// The trees of texts by the engine whose functions they know. Safe to share between renders: trees do not change.
#[derive(Default)]
pub struct Trees {
    kept: Mutex<Kept>,
    done: Condvar,
}

#[derive(Default)]
struct Kept {
    by_engine: HashMap<&'static str, HashMap<Arc<[u8]>, Entry>>,
    bytes: u64,
}

enum Entry {
    /// Somebody is at it.
    Begun,
    /// `None`: it cannot be parsed. Who needs it parses it again and gets the error.
    Done(Option<Arc<Parsed>>),
}

/// The right and the duty to parse a text.
struct Claim<'t> {
    trees: &'t Trees,
    engine: &'static str,
    text: &'t Arc<[u8]>,
}

impl Trees {
    /// Parses a text, unless somebody has begun with it.
    pub(super) fn parse(
        &self,
        engine: &'static str,
        text: &Arc<[u8]>,
        parse: impl FnOnce(&[u8]) -> Option<Parsed>,
    ) {
        if let Some(claim) = self.claim(engine, text) {
            claim.finish(parse(text));
        }
    }

    /// Has nobody begun with this text?
    pub(super) fn lacks(&self, engine: &'static str, text: &[u8]) -> bool {
        let kept = self.kept();
        kept.by_engine
            .get(engine)
            .is_none_or(|trees| !trees.contains_key(text))
    }

    /// The trees of a text, once whoever is at it is done. `None`: parse it yourself.
    pub(super) fn get(&self, engine: &'static str, text: &[u8]) -> Option<Arc<Parsed>> {
        let mut kept = self.kept();
        loop {
            match kept.by_engine.get(engine)?.get(text)? {
                Entry::Done(parsed) => return parsed.clone(),
                Entry::Begun => kept = self.done.wait(kept).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn claim<'t>(&'t self, engine: &'static str, text: &'t Arc<[u8]>) -> Option<Claim<'t>> {
        let mut kept = self.kept();
        let known = kept
            .by_engine
            .get(engine)
            .is_some_and(|trees| trees.contains_key(&**text));
        if known {
            return None;
        }
        kept.make_room(tree_bytes(text));
        let trees = kept.by_engine.entry(engine).or_default();
        trees.insert(Arc::clone(text), Entry::Begun);
        Some(Claim {
            trees: self,
            engine,
            text,
        })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing under this lock is half done when it panics.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Starts anew where these bytes do not fit any more: what is still wanted is soon there again.
    fn make_room(&mut self, bytes: u64) {
        self.bytes += bytes;
        if self.bytes > ROOM {
            self.bytes = bytes;
            for trees in self.by_engine.values_mut() {
                trees.retain(|_, entry| matches!(entry, Entry::Begun));
            }
        }
    }
}

impl Claim<'_> {
    fn finish(self, parsed: Option<Parsed>) {
        self.set(parsed.map(Arc::new));
    }

    fn set(&self, parsed: Option<Arc<Parsed>>) {
        let mut kept = self.trees.kept();
        let entry = kept
            .by_engine
            .get_mut(self.engine)
            .and_then(|trees| trees.get_mut(&**self.text));
        if let Some(entry @ Entry::Begun) = entry {
            *entry = Entry::Done(parsed);
            self.trees.done.notify_all();
        }
    }
}

impl Drop for Claim<'_> {
    /// Nobody waits for a thread that panicked.
    fn drop(&mut self) {
        self.set(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gotmpl;

    fn parsed(text: &[u8]) -> Option<Parsed> {
        gotmpl::parse("x", text, &gotmpl::builtin).ok()
    }

    #[test]
    fn a_text_is_parsed_once_for_each_engine() {
        let trees = Trees::default();
        let text: Arc<[u8]> = Arc::from(&b"{{ .a }}"[..]);
        assert!(trees.lacks("3", &text) && trees.get("3", &text).is_none());
        trees.parse("3", &text, parsed);
        trees.parse("3", &text, |_| unreachable!("it is there"));
        assert!(trees.get("3", &text).is_some() && trees.lacks("4", &text));
    }

    #[test]
    fn what_cannot_be_parsed_or_panics_keeps_nobody_waiting() {
        let trees = Trees::default();
        let bad: Arc<[u8]> = Arc::from(&b"{{ if }}"[..]);
        trees.parse("3", &bad, parsed);
        assert!(trees.get("3", &bad).is_none());
        let worse: Arc<[u8]> = Arc::from(&b"worse"[..]);
        let died = std::thread::scope(|scope| {
            scope
                .spawn(|| trees.parse("3", &worse, |_| panic!("on purpose")))
                .join()
        });
        assert!(died.is_err() && trees.get("3", &worse).is_none());
    }

    #[test]
    fn old_trees_make_room() {
        let trees = Trees::default();
        let text = |letter: u8| -> Arc<[u8]> {
            let mut text = b"{{/*".to_vec();
            text.resize(700 << 10, letter);
            text.extend(b"*/}}");
            text.into()
        };
        for letter in b'a'..=b'd' {
            trees.parse("3", &text(letter), parsed);
        }
        assert!(trees.lacks("3", &text(b'a')) && !trees.lacks("3", &text(b'd')));
    }
}
