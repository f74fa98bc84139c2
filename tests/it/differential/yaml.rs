//! Random YAML read by `fromYaml`, and random data written by `toYaml`, `toYamlPretty`, `toJson` and `toToml`.

use serde_json::{Map, Value, json};

use super::{Case, Rng, run};

/// Pieces of YAML, put together as they come.
const PIECES: &[&str] = &[
    "a",
    "b: ",
    "- ",
    "? ",
    ": ",
    ":",
    "\n",
    "\n",
    "\n ",
    "\n  ",
    "    ",
    " ",
    "\t",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "&a ",
    "*a",
    "*b",
    "<<: ",
    "<<: *a",
    "<<: [*a, *b]",
    "!!str ",
    "!!int ",
    "!!float ",
    "!!bool ",
    "!!null ",
    "!!binary ",
    "!!timestamp ",
    "!!set ",
    "!foo ",
    "! ",
    "%YAML 1.1\n",
    "%TAG !e! tag:e,2000:\n",
    "!e!x ",
    "---",
    "\n---\n",
    "\n...\n",
    "#",
    "# c",
    "|",
    ">",
    "|-",
    ">+",
    "|2",
    ">1-",
    "\"",
    "'",
    "\"x\"",
    "'y'",
    "\"\\n\"",
    "\"\\x41\"",
    "\"\\q\"",
    "\"a\\\n  b\"",
    "1",
    "-1",
    "0x1F",
    "0o17",
    "0b11",
    "017",
    "08",
    "1_000",
    "1:30",
    "1.5",
    "1e3",
    "1e400",
    ".5",
    ".inf",
    "-.INF",
    ".nan",
    "9007199254740993",
    "18446744073709551616",
    "true",
    "yes",
    "No",
    "on",
    "y",
    "~",
    "null",
    "2001-01-01",
    "2001-12-14t21:59:43.10-05:00",
    "é",
    "\u{2028}",
    "\u{85}",
    "\u{feff}",
    "😀",
    "\u{7}",
    "\r\n",
    "aGVsbG8=",
    "key: value\n",
    "key: [1, 2]\n",
    "- x\n",
    "? k\n: v\n",
    "{a: 1}",
    "[a: b]",
    "{a}",
    "a: b: c",
    "@x",
    "`x`",
    "x #y",
    "- - a\n",
    "a:\n- b\n",
    "  c: d\n",
    "<<",
];

/// Texts that are hard to write.
const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "yes",
    "No",
    "~",
    "null",
    "0x1",
    "1_000",
    "12:30",
    "2001-01-01",
    "2024-1-1",
    "1e3",
    ".5",
    "017",
    "08",
    ".inf",
    "-",
    "--",
    "---",
    "...",
    "<<",
    "=",
    "!",
    "&x",
    "*a",
    "|",
    ">",
    "%",
    "@a",
    "`b`",
    "'",
    "\"",
    "#",
    "a #",
    "a # b",
    "a: b",
    "a:",
    ": a",
    "?",
    "? a",
    "- a",
    "[a]",
    "{",
    "a,b",
    " a",
    "a ",
    "\t",
    "a\tb",
    "\n",
    "a\n",
    "\na",
    "a\nb",
    "a\n\n",
    "a\n b",
    " a\nb",
    "a \nb",
    "\r",
    "a\r\nb",
    "\u{85}",
    "\u{2028}",
    "\u{feff}a",
    "é",
    "日本",
    "😀",
    "\u{0}",
    "\u{7f}",
    "y",
    "n",
    "on",
    "true",
    "tRue",
    "it's",
    "a\\b",
    "a  b",
    "k: v\nl: w",
    "<&>",
    "many words that are long enough to be folded somewhere behind the eightieth column of the line they stand on",
    "1234567890",
    "9007199254740993",
    "1.5",
    "-0",
    "1E5",
    "v1.0",
];

fn text(rng: &mut Rng) -> String {
    let parts = if rng.one_in(2) { 1 } else { rng.between(2, 4) };
    (0..parts).map(|_| *rng.pick(TEXTS)).collect()
}

fn number(rng: &mut Rng) -> Value {
    rng.pick(&[
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e21),
        json!(1e-7),
        json!(1_000_000),
        json!(123_456_789),
        json!(9_007_199_254_740_993_i64),
        json!(1e300),
        json!(0.1),
    ])
    .clone()
}

/// Data of bounded depth.
fn data(rng: &mut Rng, depth: usize) -> Value {
    match rng.below(if depth == 0 { 6 } else { 9 }) {
        0 => number(rng),
        1 => rng
            .pick(&[Value::Null, Value::Bool(true), Value::Bool(false)])
            .clone(),
        2..=5 => Value::String(text(rng)),
        6 | 7 => {
            let entries =
                (0..rng.below(4)).map(|index| (format!("k{index}{}", rng.pick(TEXTS)), data(rng, depth - 1)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        _ => (0..rng.below(4)).map(|_| data(rng, depth - 1)).collect(),
    }
}

/// One line of base64 for each file.
fn shown(expression: &str, files: usize) -> String {
    let line = |index: usize| {
        let value = format!("$.Files.Get \"x{index}.txt\"");
        format!(
            "k{index}: {{{{ {} | b64enc }}}}\n",
            expression.replace("TEXT", &value)
        )
    };
    (0..files).map(line).collect()
}

fn reading(rng: &mut Rng) -> Case {
    let files = rng.between(1, 8);
    let mut case = Case::chart("fromYaml").file("templates/x.yaml", shown("toJson (fromYaml (TEXT))", files));
    for index in 0..files {
        let start = *rng.pick(&["", "", "a: ", "- ", "a: &a {x: 1}\nb: &b {x: 2, y: 3}\n"]);
        let pieces = (0..rng.between(1, 12)).map(|_| *rng.pick(PIECES));
        let text = start.to_owned() + &pieces.collect::<String>();
        case = case.file(&format!("x{index}.txt"), text);
    }
    case
}

fn writing(rng: &mut Rng) -> Case {
    let expression = *rng.pick(&[
        "toYaml (fromJson (TEXT)).v",
        "toYamlPretty (fromJson (TEXT)).v",
        "toJson (fromJson (TEXT))",
        "toPrettyJson (fromJson (TEXT))",
        "toRawJson (fromJson (TEXT))",
        "toToml (fromJson (TEXT))",
        "toJson (fromYaml (toYaml (fromJson (TEXT))))",
    ]);
    let files = rng.between(1, 6);
    let mut case = Case::chart(expression.split(' ').next().unwrap_or_default())
        .file("templates/x.yaml", shown(expression, files));
    for index in 0..files {
        let text = json!({"v": data(rng, 3)}).to_string();
        case = case.file(&format!("x{index}.txt"), text);
    }
    case
}

#[test]
fn yaml_is_read_as_helm_reads_it() {
    run::check(0, reading);
}

#[test]
fn data_is_written_as_helm_writes_it() {
    run::check(0, writing);
}
