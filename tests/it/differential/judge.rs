//! Asks both sides and compares.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use deploy_manager::helm::engines::{self, Engine};

use regex::Regex;

use super::case::{Case, Place};
use crate::oracle::{self, Answer, Oracle};
use crate::peer;

/// A case that takes Helm longer than this is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Both sides of one engine.
pub struct Judge {
    pub engine: &'static Engine,
    place: Place,
    oracle: Oracle,
    /// The real program: its word counts where the library is of another Go version.
    program: Option<PathBuf>,
    asks_program: bool,
    /// Cases that killed the oracle or took it too long.
    pub lost: usize,
}

/// Two answers that are not the same.
#[derive(Debug, Clone)]
pub struct Difference {
    pub helm: Answer,
    pub ours: Answer,
}

impl Judge {
    /// One judge for each engine whose oracle is here.
    pub fn all() -> Vec<Judge> {
        let wanted = std::env::var("DEPLOY_MANAGER_ENGINE").ok();
        engines::CERTIFIED
            .iter()
            .filter(|engine| wanted.as_ref().is_none_or(|wanted| engine.version == wanted))
            .filter_map(|engine| Judge::of(engine))
            .collect()
    }

    fn of(engine: &'static Engine) -> Option<Judge> {
        Some(Judge {
            engine,
            place: Place::new(),
            oracle: Oracle::start(engine)?,
            program: peer::find(if engine.is_v4 { "helm4" } else { "helm3" }),
            asks_program: std::env::var_os("DEPLOY_MANAGER_PROGRAMS").is_some(),
            lost: 0,
        })
    }

    /// How the answers differ, if they do: the real program has the last word.
    pub fn judge(&mut self, case: &Case) -> Option<Difference> {
        let difference = self.compare(case)?;
        let args = self.place.lay(case);
        let is_settled = self.is_settled_by_program(&args, &difference.ours);
        (!is_settled).then_some(difference)
    }

    /// The same by the library alone, which is quick.
    pub fn compare(&mut self, case: &Case) -> Option<Difference> {
        let args = self.place.lay(case);
        let helm = self.helm(&args)?;
        let helm = comparable(helm);
        let ours = comparable(ours(self.engine, &args));
        (helm != ours && !is_on_purpose(&helm, &ours)).then_some(Difference { helm, ours })
    }

    fn helm(&mut self, args: &[String]) -> Option<Answer> {
        if let (true, Some(program)) = (self.asks_program, &self.program) {
            return Some(told(program, args));
        }
        let answer = self.oracle.ask_within(args, PATIENCE);
        if answer.is_none() {
            self.lost += 1;
            self.oracle = Oracle::start(self.engine)?;
        }
        answer
    }

    fn is_settled_by_program(&self, args: &[String], ours: &Answer) -> bool {
        let program = self.program.as_ref().filter(|_| !self.asks_program);
        // What depends on the order of a Go map comes out in another way next time.
        program.is_some_and(|program| (0..3).any(|_| comparable(told(program, args)) == *ours))
    }
}

/// Differences that `docs/compatibility.md` lists: where Helm itself dies, any error is as good, and a schema that is none is
/// refused in other words.
fn is_on_purpose(helm: &Answer, ours: &Answer) -> bool {
    let is_panic = helm.err.starts_with("panic: ") && !ours.err.is_empty() && ours.err != PANIC;
    let is_schema = helm.err.contains("is not valid against metaschema")
        && ours.err.contains("cannot use values.schema.json");
    is_panic || is_schema
}

/// What the real program says.
fn told(program: &PathBuf, args: &[String]) -> Answer {
    let output = Command::new(program)
        .arg("template")
        .args(args)
        .env("HOME", std::env::temp_dir())
        .env_remove("KUBECONFIG")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let err = errors
        .find("Error: ")
        .map_or("", |at| &errors[at + "Error: ".len()..]);
    Answer {
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: oracle::first_paragraph(err),
    }
}

fn comparable(answer: Answer) -> Answer {
    let mut answer = without_addresses(answer);
    if answer.err.contains(VIOLATIONS) {
        answer.err = sorted(&answer.err);
    }
    answer
}

/// Begins what both validators say in the order of Go maps.
const VIOLATIONS: &str = "values don't meet the specifications of the schema(s)";

/// Lists of lines that begin with `- ` in the order of their texts, those that are indented further below theirs.
fn sorted(text: &str) -> String {
    let (list, rest): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| line.trim_start().starts_with("- "));
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let least = list.iter().map(|line| indent(line)).min().unwrap_or(0);
    for line in list {
        match blocks.last_mut() {
            Some(block) if indent(line) > least => block.push(line),
            _ => blocks.push(vec![line]),
        }
    }
    let mut blocks: Vec<String> = blocks
        .iter()
        .map(|block| match block.split_first() {
            Some((first, inner)) if !inner.is_empty() => format!("{first}\n{}", sorted(&inner.join("\n"))),
            _ => block.concat(),
        })
        .collect();
    blocks.sort();
    [rest.join("\n"), blocks.join("\n")].join("\n").trim().to_owned()
}

/// Go prints pointers inside of containers as their addresses, which are others in each run.
fn without_addresses(answer: Answer) -> Answer {
    let blank = |text: String| match text.contains("0x") {
        true => ADDRESS.replace_all(&text, "0xADDRESS").into_owned(),
        false => text,
    };
    Answer {
        out: blank(answer.out),
        err: blank(answer.err),
    }
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| Regex::new("0x[0-9a-f]{7,12}\\b").unwrap());

const PANIC: &str = "PANIC";

/// Our answer; a panic is one, too.
fn ours(engine: &'static Engine, args: &[String]) -> Answer {
    let answer = catch_unwind(AssertUnwindSafe(|| oracle::ours(engine, args)));
    answer.unwrap_or_else(|_| Answer {
        out: String::new(),
        err: PANIC.to_owned(),
    })
}
