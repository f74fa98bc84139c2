//! The command line as Helm reads it: its errors and warnings, before anything else happens.
//! Source: pflag `flag.go` and cobra `command.go`, `flag_groups.go`, as Helm 3.17.2 and 4.3.1 have them.

mod table;
mod values;

use std::collections::BTreeSet;
use std::ffi::OsString;

use crate::golang::strconv::quote;
use crate::helm::engines::{self, Engine};

use table::{FLAGS, Flag};

/// A command line in plain words: each flag as `--name=value`, each value once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// For the parser of flags; the first two are the program and `template`.
    pub args: Vec<OsString>,
    /// What Helm says to standard error about flags, line breaks included.
    pub warnings: String,
    /// The whole is wrong: said after the warnings.
    pub problem: Option<String>,
}

/// Reads the words after `template`.
///
/// # Errors
/// Helm's text for a flag that is wrong.
pub fn read(words: &[String]) -> Result<Plain, String> {
    let engine = engine_of(words);
    let mut line = Line {
        engine,
        flags: Vec::new(),
        positional: Vec::new(),
        given: BTreeSet::new(),
        warnings: String::new(),
        wants_help: false,
    };
    line.read(words)?;
    Ok(line.plain())
}

/// Which Helm's flags count. A version that is not known is told later.
fn engine_of(words: &[String]) -> &'static Engine {
    let before_end = words.iter().take_while(|word| *word != "--");
    let words: Vec<&String> = before_end.collect();
    let mut version = "";
    for (index, word) in words.iter().enumerate() {
        match word.strip_prefix("--helm-version") {
            Some("") => version = words.get(index + 1).map_or("", |next| next.as_str()),
            Some(value) => version = value.strip_prefix('=').unwrap_or(version),
            None => {}
        }
    }
    engines::find(version).unwrap_or(&engines::HELM_3_17_2)
}

struct Line {
    engine: &'static Engine,
    /// `--name=value`
    flags: Vec<String>,
    positional: Vec<String>,
    /// Names of all flags that were given.
    given: BTreeSet<&'static str>,
    warnings: String,
    wants_help: bool,
}

impl Line {
    fn read(&mut self, words: &[String]) -> Result<(), String> {
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match word.strip_prefix("--") {
                Some("") => {
                    self.positional.extend(rest.cloned());
                    return Ok(());
                }
                Some(long) => self.long(long, &mut rest)?,
                None if word.len() > 1 && word.starts_with('-') => self.short(word, &mut rest)?,
                None => self.positional.push(word.clone()),
            }
        }
        Ok(())
    }

    fn long<'a>(&mut self, word: &str, rest: &mut impl Iterator<Item = &'a String>) -> Result<(), String> {
        if word.starts_with(['-', '=']) {
            return Err(format!("bad flag syntax: --{word}"));
        }
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let Some(flag) = self.known(|flag| flag.name == name) else {
            if name == "help" {
                self.wants_help = true;
                return Ok(());
            }
            return Err(format!("unknown flag: --{name}"));
        };
        let value = value.or_else(|| flag.without_value(self.engine));
        let value = value.or_else(|| rest.next().map(String::as_str));
        let value = value.ok_or_else(|| format!("flag needs an argument: --{name}"))?;
        self.set(flag, value)
    }

    /// One letter or several, the last of them with its value.
    fn short<'a>(&mut self, word: &str, rest: &mut impl Iterator<Item = &'a String>) -> Result<(), String> {
        let mut letters = word.get(1..).unwrap_or_default();
        while let Some(letter) = letters.chars().next() {
            let after = letters.get(letter.len_utf8()..).unwrap_or_default();
            let Some(flag) = self.known(|flag| flag.short == Some(letter)) else {
                if letter == 'h' {
                    self.wants_help = true;
                    return Ok(());
                }
                return Err(format!(
                    "unknown shorthand flag: {} in -{letters}",
                    quoted(letter)
                ));
            };
            if let Some(value) = after.strip_prefix('=').filter(|value| !value.is_empty()) {
                return self.set(flag, value);
            }
            if let Some(value) = flag.without_value(self.engine) {
                self.set(flag, value)?;
                letters = after;
                continue;
            }
            let value = Some(after).filter(|after| !after.is_empty());
            let value = value.or_else(|| rest.next().map(String::as_str));
            let value =
                value.ok_or_else(|| format!("flag needs an argument: {} in -{letters}", quoted(letter)))?;
            return self.set(flag, value);
        }
        Ok(())
    }

    fn known(&self, is_wanted: impl Fn(&Flag) -> bool) -> Option<&'static Flag> {
        let mut fitting = FLAGS
            .iter()
            .filter(|flag| flag.is_of(self.engine) && is_wanted(flag));
        fitting.next()
    }

    fn set(&mut self, flag: &'static Flag, value: &str) -> Result<(), String> {
        let plain = values::plain(flag.value, value).map_err(|problem| {
            let shown = match flag.short {
                Some(short) => format!("-{short}, --{}", flag.name),
                None => format!("--{}", flag.name),
            };
            let (value, shown) = (quote(value.as_bytes()), quote(shown.as_bytes()));
            format!("invalid argument {value} for {shown} flag: {problem}")
        })?;
        self.given.insert(flag.name);
        if let Some(why) = flag.deprecated.filter(|_| self.engine.is_v4) {
            self.warnings += &format!("Flag --{} has been deprecated, {why}\n", flag.name);
        }
        if flag.is_used {
            self.flags
                .extend(plain.iter().map(|value| format!("--{}={value}", flag.name)));
        }
        Ok(())
    }

    fn plain(self) -> Plain {
        let problem = self.problem().filter(|_| !self.wants_help);
        let help = self.wants_help.then(|| "--help".to_owned());
        let program = ["deploy-manager", "template"].map(str::to_owned);
        let flags = program.into_iter().chain(help).chain(self.flags);
        let args = flags.chain(["--".to_owned()]).chain(self.positional);
        Plain {
            args: args.map(OsString::from).collect(),
            warnings: self.warnings,
            problem,
        }
    }

    fn problem(&self) -> Option<String> {
        if self.positional.is_empty() {
            let usage = "Usage:  helm template [NAME] [CHART] [flags]";
            return Some(format!(
                "\"helm template\" requires at least 1 argument\n\n{usage}"
            ));
        }
        let groups = table::EXCLUSIVE.iter().filter(|_| self.engine.is_v4);
        let mut clashing = groups.filter(|group| group.iter().all(|name| self.given.contains(name)));
        let group = clashing.next()?;
        let mut sorted = group.to_vec();
        sorted.sort_unstable();
        Some(format!(
            "if any flags in the group [{}] are set none of the others can be; [{}] were all set",
            group.join(" "),
            sorted.join(" ")
        ))
    }
}

/// Go's `%q` of a letter. pflag looks at single bytes.
fn quoted(letter: char) -> String {
    let mut bytes = [0; 4];
    let byte = letter
        .encode_utf8(&mut bytes)
        .as_bytes()
        .first()
        .copied()
        .unwrap_or_default();
    format!("'{}'", char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(line: &str) -> Result<(String, String, Option<String>), String> {
        let words: Vec<String> = line
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        read(&words).map(|plain| {
            let args: Vec<String> = plain.args[2..]
                .iter()
                .map(|word| word.to_string_lossy().into_owned())
                .collect();
            (args.join(" "), plain.warnings, plain.problem)
        })
    }

    #[test]
    fn flags_are_taken_as_pflag_takes_them() {
        for (line, expected) in [
            ("r c", "-- r c"),
            (
                "r c -nx --include-crds",
                "--namespace=x --include-crds=true -- r c",
            ),
            ("r -gn x c", "--generate-name=true --namespace=x -- r c"),
            (
                "r c -n=x --include-crds=F",
                "--namespace=x --include-crds=false -- r c",
            ),
            ("r c -f a,b -f c", "--values=a --values=b --values=c -- r c"),
            ("r c --dry-run server", "--dry-run=client -- r c server"),
            ("r c --set a=b,c=d --wait --timeout 5s", "--set=a=b,c=d -- r c"),
            ("r --include-crds -- c --x", "--include-crds=true -- r c --x"),
            (
                "r c --helm-version 4.3.1 --dry-run",
                "--helm-version=4.3.1 --dry-run=unset -- r c",
            ),
            ("r c - ", "-- r c -"),
        ] {
            assert_eq!(
                plain(line),
                Ok((expected.to_owned(), String::new(), None)),
                "{line}"
            );
        }
    }

    #[test]
    fn wrong_flags_are_told_in_pflags_words() {
        for (line, expected) in [
            ("r c --nope", "unknown flag: --nope"),
            ("r c --nope=1", "unknown flag: --nope"),
            ("r c -x", "unknown shorthand flag: 'x' in -x"),
            ("r c -gxy", "unknown shorthand flag: 'x' in -xy"),
            ("r c --set", "flag needs an argument: --set"),
            ("r c -gn", "flag needs an argument: 'n' in -n"),
            ("r c ---x", "bad flag syntax: ---x"),
            ("r c --=x", "bad flag syntax: --=x"),
            (
                "r c --validate=x",
                "invalid argument \"x\" for \"--validate\" flag: strconv.ParseBool: parsing \"x\": invalid syntax",
            ),
            (
                "r c -g=x",
                "invalid argument \"x\" for \"-g, --generate-name\" flag: strconv.ParseBool: parsing \"x\": invalid syntax",
            ),
            ("r c --rollback-on-failure", "unknown flag: --rollback-on-failure"),
            (
                "r c --wait=x",
                "invalid argument \"x\" for \"--wait\" flag: strconv.ParseBool: parsing \"x\": invalid syntax",
            ),
        ] {
            assert_eq!(plain(line), Err(expected.to_owned()), "{line}");
        }
    }

    #[test]
    fn the_whole_is_judged_after_the_flags() {
        let usage =
            "\"helm template\" requires at least 1 argument\n\nUsage:  helm template [NAME] [CHART] [flags]";
        assert_eq!(plain("--debug").unwrap().2.as_deref(), Some(usage));
        let (_, warnings, problem) = plain("r c --helm-version=4.3.1 --validate --dry-run=server").unwrap();
        assert_eq!(
            warnings,
            "Flag --validate has been deprecated, use '--dry-run=server' instead\n"
        );
        let group = "if any flags in the group [validate dry-run] are set none of the others can be; [dry-run validate] were all set";
        assert_eq!(problem.as_deref(), Some(group));
        assert_eq!(plain("r c --validate --dry-run=server").unwrap().2, None);
    }
}
