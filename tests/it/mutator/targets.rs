//! The readers, and what must hold for whatever they are given.

use std::io::Write as _;
use std::sync::Arc;

use deploy_manager::base::files::FileSet;
use deploy_manager::daemon::world;
use deploy_manager::golang::env::Limits;
use deploy_manager::golang::semver::{Edition, Version};
use deploy_manager::golang::{json, regexp, yaml};
use deploy_manager::gotmpl;
use deploy_manager::helm::chart::{Chart, load};
use deploy_manager::helm::engines;
use deploy_manager::helm::render::{Capabilities, Layer, ReleaseFacts, Request, Switches, render};
use serde_json::json;

use super::change::Random;
use super::corpus::Food;

/// A reader and the language it reads.
pub struct Target {
    pub name: &'static str,
    pub food: Food,
    /// How often, in a thousand.
    weight: usize,
    pub run: fn(&[u8], &mut Random) -> Result<(), String>,
}

const TARGETS: &[Target] = &[
    target("template, parsed", Food::Template, 380, parse_template),
    target("template, rendered", Food::Template, 15, render_template),
    target("YAML", Food::Yaml, 250, read_yaml),
    target("JSON", Food::Json, 100, read_json),
    target("regexp", Food::Short, 60, read_regexp),
    target("version", Food::Short, 60, read_version),
    target("flag", Food::Flag, 40, read_flag),
    target("files of a chart", Food::Short, 20, read_rules),
    target("Chart.yaml", Food::Yaml, 30, read_chart),
    target("archive", Food::Archive, 20, read_archive),
    target("schema", Food::Json, 5, read_schema),
    target("functions of texts", Food::Short, 15, call_function),
    target("functions of TOML", Food::Toml, 5, call_toml),
];

const fn target(
    name: &'static str,
    food: Food,
    weight: usize,
    run: fn(&[u8], &mut Random) -> Result<(), String>,
) -> Target {
    Target {
        name,
        food,
        weight,
        run,
    }
}

pub fn choose(random: &mut Random) -> &'static Target {
    let total = TARGETS.iter().map(|target| target.weight).sum();
    let mut at = random.below(total);
    for target in TARGETS {
        match at.checked_sub(target.weight) {
            Some(left) => at = left,
            None => return target,
        }
    }
    &TARGETS[0]
}

/// An error must say something.
fn told(what: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err(format!("{what} without a word"));
    }
    Ok(())
}

// === languages ===

fn parse_template(input: &[u8], _: &mut Random) -> Result<(), String> {
    match gotmpl::parse("t", input, &|name| (name.len() % 7 != 0).then_some("f")) {
        Ok(_) => Ok(()),
        Err(error) if error.line() == 0 => Err(format!("an error without a line: {error}")),
        Err(error) if error.line() > 1 + input.iter().filter(|byte| **byte == b'\n').count() => {
            Err(format!("an error behind the end: {error}"))
        }
        Err(error) => told("refused", error.detail()),
    }
}

/// What was read is written, and what is written reads as the same.
fn read_yaml(input: &[u8], _: &mut Random) -> Result<(), String> {
    if let Ok(text) = std::str::from_utf8(input) {
        let _ = yaml::documents(text);
    }
    let value = match yaml::decode(input) {
        Ok(value) => value,
        Err(error) => return told("refused", &error.message),
    };
    for (what, text) in [
        ("toYaml", yaml::encode(&value)),
        ("toYamlPretty", yaml::encode_pretty(&value)),
    ] {
        let Ok(text) = text else { continue };
        let again =
            yaml::decode(&text).map_err(|error| format!("{what} cannot be read: {error}: {text:?}"))?;
        let (before, after) = (json::encode(&value, true), json::encode(&again, true));
        // yaml.v3's way of writing numbers loses precision, and a key `<<` is read as a merge: Helm's own.
        let is_exact = what == "toYaml" && !text.windows(2).any(|pair| pair == b"<<");
        if is_exact && before != after {
            return Err(format!("{what} changes {before:?} to {after:?}: {text:?}"));
        }
    }
    Ok(())
}

fn read_json(input: &[u8], _: &mut Random) -> Result<(), String> {
    let _ = json::decode_list(input);
    let (map, error) = json::decode_map(input);
    if let Some(error) = error {
        return told("refused", &error);
    }
    let value = deploy_manager::golang::Value::Map(map);
    let text = json::encode(&value, true)?;
    let (again, _) = json::decode_map(&text);
    let text_again = json::encode(&deploy_manager::golang::Value::Map(again), true)?;
    if text != text_again {
        return Err(format!("{text:?} becomes {text_again:?}"));
    }
    Ok(())
}

fn read_regexp(input: &[u8], _: &mut Random) -> Result<(), String> {
    match regexp::compile(input, regexp::ClassNames::Exact) {
        Ok(regex) => {
            let text = b"aaabbb 2006-01-02 \xff\xc3\xbc x";
            let _ = (
                regex.is_match(text),
                regex.find_all(text, None),
                regex.split(text, Some(3)),
            );
            let _ = regex.replace_all(text, input);
            Ok(())
        }
        Err(error) => told("refused", &error),
    }
}

fn read_version(input: &[u8], _: &mut Random) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    for edition in [Edition::V3_3, Edition::V3_5] {
        let version = Version::parse(&text, edition);
        let constraint = deploy_manager::golang::semver::Constraint::parse(&text, edition);
        match (version, constraint) {
            (Err(error), _) | (_, Err(error)) => told("refused", &error)?,
            (Ok(version), Ok(constraint)) => {
                let _ = constraint.check(&version);
                let again = Version::parse(&version.to_string(), edition);
                if again.as_ref().map(ToString::to_string) != Ok(version.to_string()) {
                    return Err(format!("{version} is read as {again:?}"));
                }
            }
        }
    }
    Ok(())
}

// === charts ===

fn files(more: &[(&str, &[u8])]) -> FileSet {
    let chart: (&str, &[u8]) = ("Chart.yaml", b"apiVersion: v2\nname: c\nversion: 0.1.0\n");
    [chart]
        .iter()
        .chain(more)
        .map(|(path, bytes)| (*path, bytes.to_vec()))
        .collect()
}

fn load(files: &FileSet) -> Result<Option<Arc<Chart>>, String> {
    match load::from_files(files, &engines::HELM_3_17_2) {
        Ok(chart) => Ok(Some(chart)),
        Err(error) => told("refused", &error.message).map(|()| None),
    }
}

fn read_rules(input: &[u8], _: &mut Random) -> Result<(), String> {
    let files = files(&[
        (".helmignore", input),
        ("templates/a.yaml", b""),
        ("d/e/f.txt", b""),
    ]);
    load(&files).map(|_| ())
}

fn read_chart(input: &[u8], _: &mut Random) -> Result<(), String> {
    for name in ["Chart.yaml", "requirements.yaml", "Chart.lock", "values.yaml"] {
        load(&files(&[(name, input)]))?;
    }
    Ok(())
}

fn read_archive(input: &[u8], random: &mut Random) -> Result<(), String> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(input).map_err(|error| error.to_string())?;
    let mut bytes = gzip.finish().map_err(|error| error.to_string())?;
    if random.below(4) == 0 {
        let at = random.below(bytes.len());
        bytes[at] ^= 1 << random.below(8);
    }
    match load::from_archive(&bytes, &engines::HELM_4_3_1) {
        Ok(_) => Ok(()),
        Err(error) => told("refused", &error.message),
    }
}

// === renders ===

fn rendered(files: &FileSet, layers: Vec<Layer>, is_v4: bool) -> Result<(), String> {
    let Some(chart) = load(files)? else { return Ok(()) };
    let request = Request {
        chart,
        release: ReleaseFacts {
            name: "r".into(),
            namespace: "n".into(),
            revision: 1,
            is_upgrade: false,
        },
        layers,
        engine: if is_v4 {
            &engines::HELM_4_3_1
        } else {
            &engines::HELM_3_17_2
        },
        capabilities: Capabilities::default(),
        switches: Switches::default(),
        lookup: None,
        seed: Some(1),
        now: Some(jiff::Timestamp::UNIX_EPOCH),
        limits: Limits {
            steps: 20_000,
            bytes: 4 << 20,
            held: 16 << 20,
            depth: 1000,
        },
    };
    match render(request, &world::system()) {
        Ok(_) => Ok(()),
        Err(error) if error.message.contains("internal error") => Err("panicked".to_owned()),
        Err(error) => told("refused", &error.message),
    }
}

fn render_template(input: &[u8], random: &mut Random) -> Result<(), String> {
    let values = "a: {b: [1, x, null]}\ns: text\n".as_bytes();
    let files = files(&[("templates/x.yaml", input), ("values.yaml", values)]);
    rendered(&files, Vec::new(), random.below(2) == 0)
}

fn read_flag(input: &[u8], random: &mut Random) -> Result<(), String> {
    let text = String::from_utf8_lossy(input).into_owned();
    let layer = match random.below(4) {
        0 => Layer::Set(text),
        1 => Layer::SetString(text),
        2 => Layer::SetJson(text),
        _ => Layer::SetLiteral(text),
    };
    rendered(
        &files(&[("values.yaml", b"a: {b: 1}\nl: [1]\n")]),
        vec![layer],
        random.below(2) == 0,
    )
}

fn read_schema(input: &[u8], random: &mut Random) -> Result<(), String> {
    let files = files(&[("values.schema.json", input), ("values.yaml", b"a: aaa\nb: 1\n")]);
    rendered(&files, Vec::new(), random.below(2) == 0)
}

/// Expressions over `.x`, which is the input.
const CALLS: &[&str] = &[
    "printf .x 1 \"a\" 2.5 true",
    "regexFindAll .x \"aab b\" -1",
    "regexReplaceAll \"(a)(b)?\" \"aab\" .x",
    "semver .x",
    "semverCompare .x \"1.2.3\"",
    "date .x now",
    "toDate .x .x",
    "duration .x",
    "durationRound .x",
    "dateModify .x now",
    "ago .x",
    "urlParse .x",
    "clean .x",
    "base .x",
    "ext .x",
    "b64dec .x",
    "b32dec .x",
    "fromYaml .x",
    "fromJson .x",
    "tpl .x .",
    "camelcase .x",
    "snakecase .x",
    "kebabcase .x",
    "title .x",
    "wrap 3 .x",
    "abbrev 5 .x",
    "initials .x",
    "trunc -3 .x",
    "substr 1 4 .x",
    "splitList .x \"abc\"",
    "$.Files.Glob .x",
    "int .x",
    "float64 .x",
    "atoi .x",
    "addf .x 1",
    "mulf .x .x",
    "divf 1 .x",
    "round .x 2",
    "toDecimal .x",
    "quote .x",
    "toToml (dict .x .x)",
    "toYaml (dict .x .x)",
    "toYamlPretty (list .x)",
    "htmlDate .x",
    "nospace .x",
    "swapcase .x",
    "untitle .x",
    "plural .x .x 2",
    "sha256sum .x",
    "index (list 1) .x",
    "get (dict) .x",
    "dig .x .x 1 (dict)",
    "urlquery .x",
    "html .x",
    "js .x",
    "encryptAES .x .x",
    "decryptAES .x .x",
    "buildCustomCert .x .x",
    "htpasswd .x \"p\"",
    "htmlDateInZone now .x",
    "dateInZone .x now .x",
    "unixEpoch .x",
];

fn call_with(input: &[u8], call: &str, is_v4: bool) -> Result<(), String> {
    let template = format!("{{{{ with .Values }}}}{{{{ {call} }}}}{{{{ end }}}}");
    let text = String::from_utf8_lossy(input).into_owned();
    let serde_json::Value::Object(values) = json!({ "x": text }) else {
        return Ok(());
    };
    let files = files(&[("templates/NOTES.txt", template.as_bytes())]);
    rendered(&files, vec![Layer::Data(values)], is_v4)
}

fn call_function(input: &[u8], random: &mut Random) -> Result<(), String> {
    let call = random.pick(CALLS);
    call_with(input, call, random.below(2) == 0)
}

fn call_toml(input: &[u8], random: &mut Random) -> Result<(), String> {
    call_with(input, "fromToml .x | toToml", random.below(2) == 0)
}
