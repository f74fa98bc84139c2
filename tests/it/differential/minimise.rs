//! Makes a case small while it stays interesting: files, arguments, lines, actions, words.

use super::case::{Case, FOLDER};
use super::pieces;

/// Answers to no more questions than this are asked for one case.
const MAX_QUESTIONS: usize = 800;

/// The smallest case that is found by leaving out and simplifying parts of this one.
pub fn minimise(case: &Case, is_interesting: &mut dyn FnMut(&Case) -> bool) -> Case {
    let mut search = Search {
        best: case.clone(),
        is_interesting,
        left: MAX_QUESTIONS,
    };
    loop {
        let before = search.best.clone();
        search.files();
        search.args();
        for path in before.files.keys() {
            search.pieces(path, pieces::lines);
            search.pieces(path, pieces::actions);
            search.groups(path);
            search.pieces(path, pieces::tokens);
            search.pieces(path, letters);
        }
        if search.best == before || search.left == 0 {
            return search.best;
        }
    }
}

/// The letters of a short text; a long one is cut no further than into words.
fn letters(text: &str) -> Vec<&str> {
    if text.len() > 200 {
        return Vec::new();
    }
    text.split_inclusive(|_| true).collect()
}

struct Search<'a> {
    best: Case,
    is_interesting: &'a mut dyn FnMut(&Case) -> bool,
    left: usize,
}

impl Search<'_> {
    fn accept(&mut self, case: Case) -> bool {
        if self.left == 0 || case == self.best {
            return false;
        }
        self.left -= 1;
        let is_taken = (self.is_interesting)(&case);
        if is_taken {
            self.best = case;
        }
        is_taken
    }

    fn files(&mut self) {
        let paths: Vec<String> = self.best.files.keys().cloned().collect();
        for path in paths {
            let mut case = self.best.clone();
            case.files.remove(&path);
            self.accept(case);
        }
    }

    /// Leaves out arguments: pairs of flag and value first, then single ones; then shortens what remains.
    fn args(&mut self) {
        for width in [2, 1] {
            let mut at = 1;
            while at + width <= self.best.args.len() {
                let mut case = self.best.clone();
                let taken: Vec<String> = case.args.drain(at..at + width).collect();
                let keeps_folder = taken.iter().all(|arg| !arg.starts_with(FOLDER));
                if !(keeps_folder && self.accept(case)) {
                    at += 1;
                }
            }
        }
        for at in 2..self.best.args.len() {
            if self.best.args[at] != FOLDER && !self.best.args[at].starts_with('-') {
                self.argument(at);
            }
        }
    }

    fn argument(&mut self, at: usize) {
        let text = self.best.args[at].clone();
        let (mut start, text) = (0, text.chars().collect::<Vec<char>>());
        let mut kept = text;
        while start < kept.len() && kept.len() < 200 {
            let mut shorter = kept.clone();
            shorter.remove(start);
            let mut case = self.best.clone();
            case.args[at] = shorter.iter().collect();
            if self.accept(case) {
                kept = shorter;
            } else {
                start += 1;
            }
        }
    }

    fn text(&self, path: &str) -> Option<String> {
        let bytes = self.best.files.get(path)?;
        String::from_utf8(bytes.clone()).ok()
    }

    fn accept_text(&mut self, path: &str, text: String) -> bool {
        let mut case = self.best.clone();
        case.files.insert(path.to_owned(), text.into_bytes());
        self.accept(case)
    }

    /// Delta debugging: leaves out runs of pieces, long ones first.
    fn pieces(&mut self, path: &str, cut: fn(&str) -> Vec<&str>) {
        let Some(text) = self.text(path) else { return };
        let mut kept: Vec<String> = cut(&text).into_iter().map(str::to_owned).collect();
        let mut width = kept.len();
        while width > 0 && self.left > 0 {
            let mut at = 0;
            while at < kept.len() {
                let end = (at + width).min(kept.len());
                let shorter: Vec<String> = kept[..at].iter().chain(&kept[end..]).cloned().collect();
                if self.accept_text(path, shorter.concat()) {
                    kept = shorter;
                } else {
                    at += width;
                }
            }
            width /= 2;
        }
    }

    /// Replaces `( … )` by something simple, or by what is inside.
    fn groups(&mut self, path: &str) {
        let mut skipped = 0;
        while let Some(text) = self.text(path) {
            let groups = pieces::groups(&text);
            let Some(&(start, end)) = groups.iter().rev().nth(skipped) else {
                return;
            };
            let inside = &text[start + 1..end - 1];
            let is_shorter = ["1", "\"a\"", "nil", inside].into_iter().any(|simple| {
                let shorter = format!("{}{simple}{}", &text[..start], &text[end..]);
                shorter.len() < text.len() && self.accept_text(path, shorter)
            });
            skipped += usize::from(!is_shorter);
        }
    }
}

#[test]
fn a_case_becomes_as_small_as_what_matters() {
    let case = Case::chart("x")
        .file(
            "templates/a.yaml",
            "x\n{{ if true }}{{ upper (lower (print \"bad\" 1)) }}{{ end }}\ny\n",
        )
        .file("values.yaml", "a: 1\n")
        .args(["--set", "a=1", "--set", "b=bad"]);
    let small = minimise(&case, &mut |case| {
        let text = case.files.get("templates/a.yaml");
        text.is_some_and(|text| String::from_utf8_lossy(text).contains("bad"))
            && case.args.iter().any(|arg| arg.contains("bad"))
    });
    assert_eq!(small.files.len(), 1);
    assert_eq!(small.files["templates/a.yaml"], b"bad");
    assert_eq!(small.args[1..], [FOLDER, "bad"]);
}
