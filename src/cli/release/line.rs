//! The command line as Helm reads it, with its errors. Source: pflag `flag.go` and cobra `command.go`, as Helm 3.17.2 has
//! them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::table::{Arguments, COMMANDS, Command, Flag, GLOBAL, Kind};
use crate::golang::strconv::{parse_int, quote};
use crate::golang::time::parse_duration;
use crate::helm::engines::{self, Engine};

/// A command with its arguments and flags.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) command: &'static Command,
    pub(super) arguments: Vec<String>,
    pub(super) engine: &'static Engine,
    flags: BTreeMap<&'static str, Vec<String>>,
}

/// Why there is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// What is wrong with it.
    Wrong(String),
    /// Help is asked for: with this command, or in general.
    Help(Option<&'static str>),
}

impl From<String> for Unread {
    fn from(text: String) -> Unread {
        Unread::Wrong(text)
    }
}

/// Reads the words after `release`.
///
/// # Errors
/// Helm's text.
pub(super) fn read(words: &[String]) -> Result<Line, Unread> {
    let engine = engine(words)?;
    let (command, rest) = command(words)?;
    let mut line = Line {
        command,
        arguments: Vec::new(),
        engine,
        flags: BTreeMap::new(),
    };
    line.take(&rest)?;
    if line.is_set("help") {
        return Err(Unread::Help(Some(command.name)));
    }
    line.check_arguments()?;
    Ok(line)
}

/// Takes the command's name out of the words: the first ones that are neither flags nor their values.
fn command(words: &[String]) -> Result<(&'static Command, Vec<String>), Unread> {
    let mut rest = words.to_vec();
    let mut name: Vec<String> = Vec::new();
    let mut index = 0;
    while let Some(word) = rest.get(index).cloned() {
        if word.starts_with('-') && word != "-" {
            index += if takes_next(&word) { 2 } else { 1 };
            continue;
        }
        rest.remove(index);
        name.push(word);
        if name != ["get"] {
            break;
        }
    }
    let is_help = words.iter().any(|word| word == "--help" || word == "-h");
    match (find(&name), name.as_slice()) {
        (Some(found), _) => Ok((found, rest)),
        (None, [] | [_]) if is_help => Err(Unread::Help(name.first().map(|_| "get"))),
        (None, []) => Err(Unread::Help(None)),
        (None, [one]) if one == "get" => Err(Unread::Help(Some("get"))),
        (None, [one]) if one == "help" => Err(Unread::Help(None)),
        (None, words) => {
            let word = words.last().map_or("", String::as_str);
            let parent = if words.len() > 1 { "helm get" } else { "helm" };
            Err(Unread::Wrong(format!(
                "unknown command {} for \"{parent}\"",
                quote(word.as_bytes())
            )))
        }
    }
}

fn find(name: &[String]) -> Option<&'static Command> {
    let name = name.join(" ");
    let is_it = |command: &&Command| command.name == name || command.aliases.contains(&name.as_str());
    COMMANDS.iter().find(is_it)
}

/// Is the next word the value of this flag, which stands before the command?
fn takes_next(word: &str) -> bool {
    let is_it = |flag: &&Flag| match word.strip_prefix("--") {
        Some(long) => flag.name == long,
        None => flag.short.is_some_and(|short| word == format!("-{short}")),
    };
    GLOBAL
        .iter()
        .find(is_it)
        .is_some_and(|flag| flag.kind != Kind::Switch)
}

/// The Helm whose flags count.
fn engine(words: &[String]) -> Result<&'static Engine, Unread> {
    let mut version = engines::HELM_3_17_2.version.to_owned();
    for (index, word) in words.iter().enumerate() {
        match word.strip_prefix("--helm-version") {
            Some("") => version = words.get(index + 1).cloned().unwrap_or_default(),
            Some(value) if value.starts_with('=') => value[1..].clone_into(&mut version),
            _ => {}
        }
    }
    engines::find(&version).ok_or_else(|| {
        let known: Vec<&str> = engines::CERTIFIED.iter().map(|engine| engine.version).collect();
        Unread::Wrong(format!(
            "unknown Helm version `{version}`; certified are {}",
            known.join(", ")
        ))
    })
}

// === impl Line ===

impl Line {
    fn all(&self) -> impl Iterator<Item = &'static Flag> + use<> {
        let engine = self.engine;
        let flags = self.command.flags.iter().flat_map(|group| group.iter());
        flags.filter(move |flag| flag.is_of(engine))
    }

    fn take(&mut self, words: &[String]) -> Result<(), Unread> {
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            if word == "--" {
                self.arguments.extend(rest.cloned());
                return Ok(());
            }
            if let Some(long) = word.strip_prefix("--") {
                self.long(long, &mut rest)?;
            } else if word.len() > 1 && word.starts_with('-') {
                self.letters(word, &mut rest)?;
            } else {
                self.arguments.push(word.clone());
            }
        }
        Ok(())
    }

    fn long<'a>(&mut self, text: &str, rest: &mut impl Iterator<Item = &'a String>) -> Result<(), Unread> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let Some(flag) = self.all().find(|flag| flag.name == name) else {
            return Err(Unread::Wrong(format!("unknown flag: --{name}")));
        };
        let value = match (value, self.alone(flag)) {
            (Some(value), _) => value.to_owned(),
            (None, Some(value)) => value.to_owned(),
            (None, None) => match rest.next() {
                Some(value) => value.clone(),
                None => return Err(Unread::Wrong(format!("flag needs an argument: --{name}"))),
            },
        };
        self.set(flag, &value)
    }

    fn letters<'a>(&mut self, word: &str, rest: &mut impl Iterator<Item = &'a String>) -> Result<(), Unread> {
        let letters = &word[1..];
        for (index, letter) in letters.char_indices() {
            let Some(flag) = self.all().find(|flag| flag.short == Some(letter)) else {
                return Err(Unread::Wrong(format!(
                    "unknown shorthand flag: '{letter}' in -{letters}"
                )));
            };
            let after = &letters[index + letter.len_utf8()..];
            if let Some(value) = after.strip_prefix('=') {
                return self.set(flag, value);
            }
            if let Some(value) = self.alone(flag) {
                self.set(flag, value)?;
                continue;
            }
            if !after.is_empty() {
                return self.set(flag, after);
            }
            return match rest.next() {
                Some(value) => self.set(flag, value),
                None => Err(Unread::Wrong(format!(
                    "flag needs an argument: '{letter}' in -{letters}"
                ))),
            };
        }
        Ok(())
    }

    /// What a flag stands for that is given without a value.
    fn alone(&self, flag: &Flag) -> Option<&'static str> {
        match flag.kind {
            Kind::Switch => Some("true"),
            Kind::DryRun if self.command.name == "rollback" && !self.engine.is_v4 => Some("true"),
            Kind::DryRun => Some("client"),
            Kind::Strategy => Some("watcher"),
            _ => None,
        }
    }

    fn set(&mut self, flag: &'static Flag, text: &str) -> Result<(), Unread> {
        let values = checked(flag.kind, text).map_err(|why| {
            let shown = match flag.short {
                Some(letter) => format!("-{letter}, --{}", flag.name),
                None => format!("--{}", flag.name),
            };
            let text = quote(text.as_bytes());
            Unread::Wrong(format!("invalid argument {text} for \"{shown}\" flag: {why}"))
        })?;
        let held = self.flags.entry(flag.name).or_default();
        if !matches!(flag.kind, Kind::Texts | Kind::List | Kind::Pairs) {
            held.clear();
        }
        held.extend(values);
        Ok(())
    }

    /// Source: helm `cmd/helm/require/args.go`, v3.17.
    fn check_arguments(&self) -> Result<(), Unread> {
        let Command { name, .. } = self.command;
        let count = self.arguments.len();
        let counted = |number: usize| match number {
            1 => "1 argument".to_owned(),
            number => format!("{number} arguments"),
        };
        let wanted = match self.command.arguments {
            Arguments::Exactly(0) if count > 0 => {
                let usage = format!("Usage:  helm {name} [flags]");
                return Err(Unread::Wrong(format!(
                    "\"helm {name}\" accepts no arguments\n\n{usage}"
                )));
            }
            Arguments::Exactly(number) if count != number => format!("requires {}", counted(number)),
            Arguments::AtLeast(number) if count < number => format!("requires at least {}", counted(number)),
            _ => return Ok(()),
        };
        let usage = format!("Usage:  helm {name} {} [flags]", self.command.arguments_shown);
        Err(Unread::Wrong(format!("\"helm {name}\" {wanted}\n\n{usage}")))
    }

    // === reading ===

    /// Was it given?
    pub(super) fn has(&self, name: &str) -> bool {
        self.flags.contains_key(name)
    }
    /// A switch.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }
    /// A text; `None` where it was not given.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.flags.get(name)?.last().map(String::as_str)
    }
    /// All values.
    pub(super) fn texts(&self, name: &str) -> &[String] {
        self.flags.get(name).map_or(&[], Vec::as_slice)
    }
    /// A number.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        parse_int(self.text(name)?.as_bytes(), 0).ok()
    }
    /// `--timeout`; less than nothing is nothing.
    pub(super) fn timeout(&self) -> Duration {
        const DEFAULT: Duration = Duration::from_secs(300);
        let given = self.text("timeout").and_then(|text| parse_duration(text).ok());
        given.map_or(DEFAULT, |nanos| {
            Duration::from_nanos(u64::try_from(nanos).unwrap_or_default())
        })
    }
}

/// The values that a text stands for: switches as `true` and `false`, lists one by one.
fn checked(kind: Kind, text: &str) -> Result<Vec<String>, String> {
    let syntax = |function: &str| {
        format!(
            "strconv.{function}: parsing {}: invalid syntax",
            quote(text.as_bytes())
        )
    };
    let one = vec![text.to_owned()];
    match kind {
        Kind::Switch => match truth(text) {
            Some(value) => Ok(vec![value.to_string()]),
            None => Err(syntax("ParseBool")),
        },
        Kind::Number if parse_int(text.as_bytes(), 0).is_err() => Err(syntax("ParseInt")),
        Kind::Duration => parse_duration(text).map(|_| one),
        Kind::Format if !["table", "json", "yaml"].contains(&text) => Err("invalid format type".to_owned()),
        Kind::Strategy if !["watcher", "legacy", "hookOnly", "true", "false"].contains(&text) => {
            Err(format!(
                "invalid wait input {}. Valid inputs are watcher, hookOnly, and legacy",
                quote(text.as_bytes())
            ))
        }
        Kind::List => Ok(text
            .split(',')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()),
        Kind::Pairs => {
            let pairs: Vec<String> = text.split(',').map(str::to_owned).collect();
            match pairs.iter().find(|pair| !pair.contains('=')) {
                Some(pair) => Err(format!("{pair} must be formatted as key=value")),
                None => Ok(pairs),
            }
        }
        _ => Ok(one),
    }
}

/// Go's `strconv.ParseBool`.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn flags_stand_anywhere_and_the_last_one_counts() {
        let line = read(&words(
            "-n a --kube-context x install --wait web ./c --wait=false -f 1,2 -f3 -gojson --timeout 1m --timeout=2m30s --set a=b,c",
        ))
        .unwrap();
        assert_eq!(
            (line.command.name, line.arguments.as_slice()),
            ("install", &words("web ./c")[..])
        );
        assert_eq!(
            (line.text("namespace"), line.text("kube-context")),
            (Some("a"), Some("x"))
        );
        assert!(!line.is_set("wait") && line.is_set("generate-name"));
        assert_eq!(
            (line.texts("values"), line.texts("set")),
            (&words("1 2 3")[..], &words("a=b,c")[..])
        );
        assert_eq!(
            (line.text("output"), line.timeout().as_secs()),
            (Some("json"), 150)
        );
        assert_eq!(
            read(&words("get -n a values web")).unwrap().command.name,
            "get values"
        );
        assert_eq!(read(&words("ls")).unwrap().command.name, "list");
    }

    #[test]
    fn what_is_wrong_is_told_in_helms_words() {
        for (text, expected) in [
            ("install a b --nope", "unknown flag: --nope"),
            ("install a b -Z", "unknown shorthand flag: 'Z' in -Z"),
            ("status a --revision", "flag needs an argument: --revision"),
            ("list -m", "flag needs an argument: 'm' in -m"),
            (
                "install a b --timeout x",
                "invalid argument \"x\" for \"--timeout\" flag: time: invalid duration \"x\"",
            ),
            (
                "list -o x",
                "invalid argument \"x\" for \"-o, --output\" flag: invalid format type",
            ),
            (
                "list --deployed=x",
                "invalid argument \"x\" for \"--deployed\" flag: strconv.ParseBool: parsing \"x\": invalid syntax",
            ),
            (
                "install",
                "\"helm install\" requires at least 1 argument\n\nUsage:  helm install [NAME] [CHART] [flags]",
            ),
            (
                "upgrade a",
                "\"helm upgrade\" requires 2 arguments\n\nUsage:  helm upgrade [RELEASE] [CHART] [flags]",
            ),
            (
                "list a",
                "\"helm list\" accepts no arguments\n\nUsage:  helm list [flags]",
            ),
            ("nope", "unknown command \"nope\" for \"helm\""),
            (
                "list -a --helm-version 4.3.1",
                "unknown shorthand flag: 'a' in -a",
            ),
        ] {
            match read(&words(text)) {
                Err(Unread::Wrong(found)) => assert_eq!(found, expected, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
