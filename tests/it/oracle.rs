//! Helm's own libraries as servers (`tests/oracle`): one process answers thousands of `helm template` command lines.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Parser;
use deploy_manager::cli::template;
use deploy_manager::helm::engines::Engine;
use serde::Deserialize;

use crate::peer;

/// What a command line comes to: standard output, and the first paragraph of the error (ours goes on with an excerpt,
/// helm's with a hint).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub out: String,
    pub err: String,
}

/// A running oracle; ends with the value.
pub struct Oracle {
    child: Child,
    questions: ChildStdin,
    answers: Receiver<String>,
}

#[derive(Deserialize)]
struct Line {
    out: Option<String>,
    err: Option<String>,
}

impl Oracle {
    /// Starts the oracle of an engine, or says that there is none (see [`peer::find`]).
    pub fn start(engine: &Engine) -> Option<Self> {
        let program = peer::find(if engine.is_v4 { "oracle-v4" } else { "oracle-v3" })?;
        let mut child = Command::new(program)
            .env("HOME", std::env::temp_dir())
            .env("GOGC", "400")
            .env_remove("KUBECONFIG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let questions = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, answers) = channel();
        // The thread ends with the process: a server that hangs must not hang its client.
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Some(Self {
            child,
            questions,
            answers,
        })
    }

    /// Helm's answer to `helm template ARGS`. Paths must be absolute.
    pub fn ask(&mut self, args: &[String]) -> Answer {
        let answer = self.ask_within(args, Duration::from_secs(60));
        answer.unwrap_or_else(|| panic!("the oracle died of {args:?}, or takes too long"))
    }

    /// The same, or nothing where the oracle dies or takes longer; it is of no use then.
    pub fn ask_within(&mut self, args: &[String], patience: Duration) -> Option<Answer> {
        let line = serde_json::to_string(args).unwrap();
        writeln!(self.questions, "{line}").ok()?;
        let answer = self.answers.recv_timeout(patience).ok()?;
        let answer: Line = serde_json::from_str(&answer).ok()?;
        let text = |field: Option<String>| {
            let bytes = STANDARD.decode(field.unwrap_or_default()).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Some(Answer {
            out: text(answer.out),
            err: first_paragraph(&text(answer.err)),
        })
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Begins our error about a command line that cannot be read.
pub const WRONG_USAGE: &str = "wrong usage: ";

#[derive(Parser)]
struct CommandLine {
    #[command(flatten)]
    args: template::Args,
}

/// Our answer to the same command line.
pub fn ours(engine: &Engine, args: &[String]) -> Answer {
    let flags = [
        "template",
        "--kubeconfig=/dev/null",
        "--helm-version",
        engine.version,
    ]
    .map(str::to_owned);
    let line = match CommandLine::try_parse_from(flags.iter().chain(args)) {
        Ok(line) => line,
        Err(error) => {
            return Answer {
                out: String::new(),
                err: format!("{WRONG_USAGE}{error}"),
            };
        }
    };
    match template::template(&line.args) {
        Ok(out) => Answer {
            out,
            err: String::new(),
        },
        Err(error) => Answer {
            out: String::new(),
            err: first_paragraph(&format!("{error:#}")),
        },
    }
}

/// An error up to the first empty line.
pub fn first_paragraph(text: &str) -> String {
    text.split("\n\n")
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_owned()
}

#[test]
fn the_oracles_answer_as_the_programs_do() {
    for engine in deploy_manager::helm::engines::CERTIFIED {
        let helm = peer::find(if engine.is_v4 { "helm4" } else { "helm3" });
        let (Some(mut oracle), Some(helm)) = (Oracle::start(engine), helm) else {
            continue;
        };
        let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/template/shop");
        for flags in [
            &["--include-crds"][..],
            &["--skip-tests", "--set", "image=null"],
            &["--set", "a[x]=1"],
        ] {
            let args: Vec<String> = ["demo", shop]
                .iter()
                .chain(flags)
                .map(|arg| (*arg).to_owned())
                .collect();
            let told = Command::new(&helm).arg("template").args(&args).output().unwrap();
            let answer = oracle.ask(&args);
            assert_eq!(
                answer.out,
                String::from_utf8_lossy(&told.stdout),
                "{} {flags:?}",
                engine.version
            );
            let said = String::from_utf8_lossy(&told.stderr);
            assert!(said.contains(&answer.err), "{} {flags:?}: {said}", engine.version);
            assert_eq!(ours(engine, &args), answer, "{} {flags:?}", engine.version);
        }
    }
}
