//! What is mutated: the project's own fixtures and goldens, and small seeds of each language.

use std::fs;
use std::path::Path;

/// A language.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Food {
    Template,
    Yaml,
    Json,
    Toml,
    Flag,
    Short,
    Archive,
}

/// The seeds of each language.
pub struct Corpus {
    templates: Vec<Vec<u8>>,
    yaml: Vec<Vec<u8>>,
    json: Vec<Vec<u8>>,
    toml: Vec<Vec<u8>>,
    flags: Vec<Vec<u8>>,
    short: Vec<Vec<u8>>,
    archives: Vec<Vec<u8>>,
}

impl Corpus {
    pub fn of(&self, food: Food) -> &[Vec<u8>] {
        match food {
            Food::Template => &self.templates,
            Food::Yaml => &self.yaml,
            Food::Json => &self.json,
            Food::Toml => &self.toml,
            Food::Flag => &self.flags,
            Food::Short => &self.short,
            Food::Archive => &self.archives,
        }
    }
}

impl Food {
    /// Words that mean something in it.
    #[expect(clippy::too_many_lines, reason = "a catalogue")]
    pub fn tokens(self) -> &'static [&'static str] {
        match self {
            Food::Template => &[
                "{{",
                "}}",
                "{{-",
                "-}}",
                "{{/*",
                "*/}}",
                "(",
                ")",
                "|",
                ".",
                "..",
                "$",
                "$x",
                ":=",
                "=",
                ",",
                "\"",
                "`",
                "'a'",
                "if ",
                "else ",
                "else if ",
                "end",
                "range ",
                "with ",
                "define \"a\"",
                "template \"a\" .",
                "block \"a\" .",
                "include \"a\" .",
                "tpl ",
                "break",
                "continue",
                "nil",
                "true",
                "1",
                "-1",
                "0x",
                "1e9",
                "1_000",
                "1i",
                ".Values",
                "toYaml ",
                "until 10",
                "list ",
                "dict ",
                "printf \"%d\" ",
                "fail ",
                "required ",
                "\n",
                "\\",
                "{{ end }}",
                "ü",
                "\u{feff}",
                "\0",
            ],
            Food::Yaml => &[
                ": ",
                "- ",
                "? ",
                "\n",
                "  ",
                "\t",
                "&a ",
                "*a",
                "<<: ",
                "!!str ",
                "!!binary ",
                "!x ",
                "|",
                ">-",
                "|2+",
                "\"",
                "'",
                "[",
                "]",
                "{",
                "}",
                ",",
                "#",
                " #",
                "---\n",
                "...\n",
                "%YAML 1.1\n",
                "null",
                "~",
                "yes",
                "0o7",
                "0b1",
                "1_000",
                ".inf",
                ".nan",
                "1e400",
                "2001-01-01",
                "12:30:45",
                "\\x41",
                "\\u0041",
                "\r\n",
                "\u{2028}",
                "\u{85}",
                "\u{feff}",
                "@",
                "%",
                "\0",
            ],
            Food::Json => &[
                "{",
                "}",
                "[",
                "]",
                ":",
                ",",
                "\"",
                "\\",
                "\\u0000",
                "\\ud800",
                "null",
                "true",
                "1e400",
                "-0",
                "1.5",
                "01",
                "\"a\":",
                " ",
                "$ref",
                "\"$ref\":\"#\"",
                "pattern",
                "allOf",
                "type",
                "\0",
            ],
            Food::Toml => &[
                "[",
                "]",
                "[[",
                "]]",
                "=",
                ".",
                "\"",
                "'''",
                "\"\"\"",
                "\n",
                "{",
                "}",
                ",",
                "1979-05-27T07:32:00Z",
                "inf",
                "nan",
                "0x1",
                "1_0",
                "true",
                "#",
                "\\u0041",
            ],
            Food::Flag => &[
                "=", ",", ".", "[", "]", "[0]", "[65536]", "[-1]", "{", "}", "\\", "\\,", "\\.", "null",
                "true", "\"", "a", "1", " ", "\n", "ü",
            ],
            Food::Short | Food::Archive => &[
                "%",
                "%d",
                "%[1]",
                "%*",
                "%+v",
                "%#x",
                "%999999d",
                "%.9",
                "(",
                ")",
                "(?i",
                "(?P<a>",
                "[",
                "[^",
                "]",
                "\\pL",
                "\\Q",
                "\\E",
                "{2,5}",
                "{1000}",
                "*",
                "+",
                "?",
                "|",
                "^",
                "$",
                "2006",
                "Jan",
                "_2",
                ".000",
                "Z07:00",
                "MST",
                "PM",
                ">=",
                "~",
                "^1",
                "x",
                "||",
                "-",
                "1.2.3",
                "-alpha.1",
                "+b",
                " ",
                ",",
                "/",
                "..",
                "**",
                "{a,b}",
                "!",
                "#",
                "h",
                "ms",
                "1e999999999",
                "\u{130}",
                "\u{feff}",
                "\0",
                "://",
                "@",
                "%2F",
            ],
        }
    }
}

const SHORT: &[&str] = &[
    "%d %s %v %+v %#v %T %q %x %05d %-5s|%6.2f %t %c %U %e %g %[2]d %*d %%",
    r"^(a|b)*c{2,3}[^x-z\d]\pL(?i:x)(?P<n>y)$",
    "(a+)+b",
    "2006-01-02T15:04:05Z07:00",
    "Mon Jan _2 3:04:05.000 PM MST 2006",
    ">=1.2.3 <2.0.0 || ~1.4 || ^0.3.1-beta || 1.x",
    "1.2.3-alpha.1+build.5",
    "v1.30.1-gke.100",
    "1h30m45.5s",
    "**/*.{yaml,yml}",
    "https://user:pw@host:80/a%20b?q=1#f",
    "a/../b/./c//d",
    "*.txt\n!keep\n/root\ndir/\n# c\n[a-z]?x\n",
    "hello world fooBar_baz-Qux",
    "aGVsbG8gd29ybGQ=",
    "12345.678e-3",
];
const FLAGS: &[&str] = &[
    "a=1,b.c=x,d[0].e=y",
    "list={a,b,c},n=null,t=true",
    "a\\,b=c\\.d,e[2][3]=4",
    "a={\"x\":[1,2]},b=[1]",
    "outer.inner[1]=v,outer.inner[0]=w",
];
const JSON: &[&str] = &[
    r#"{"a":[1,2.5,-3e10,true,null,"x\u00fc\n"],"b":{"c":{}}}"#,
    r#"{"type":"object","required":["a"],"properties":{"a":{"type":"string","pattern":"^a+$","minLength":1}},"additionalProperties":false}"#,
    r##"{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"d":{"enum":[1,"a"]}},"properties":{"a":{"$ref":"#/definitions/d"}}}"##,
    r#"{"anyOf":[{"const":1},{"not":{"multipleOf":2}}],"dependencies":{"a":["b"]},"if":{},"then":{},"patternProperties":{"^a":{}}}"#,
];
const TOML: &[&str] = &[
    "a = 1\nb = [1, 2.5, \"x\"]\n[t.u]\nc = 1979-05-27T07:32:00Z\n[[l]]\nd = { e = true }\n",
    "s = \"\"\"\nmany\nlines\"\"\"\nr = 'raw'\nh = 0xff\ninf = -inf\n",
];
const YAML: &[&str] = &[
    "a: &x {b: 1, c: [x, 'y', \"z\\n\"]}\nd:\n  <<: *x\n  e: |2-\n    text\n   f\n  g: >+\n    folded\n\n    more\n",
    "? [complex, key]\n: - 1\n  - !!str 2\n  - 0x1F\n  - 1_000.5\n  - .inf\n  - 2001-01-01\n  - ~\n",
    "%YAML 1.1\n---\n- a\n- - b\n  - c\n- d: e\n  f: \"x\\u263a\"\n...\n---\nsecond: doc\n",
    "apiVersion: v2\nname: c\nversion: 0.1.0\nkeywords: [a]\nmaintainers:\n- name: x\ndependencies:\n- name: s\n  version: 1.x\n  alias: t\n",
];

pub fn read() -> Corpus {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut corpus = Corpus {
        templates: Vec::new(),
        yaml: seeds(YAML),
        json: seeds(JSON),
        toml: seeds(TOML),
        flags: seeds(FLAGS),
        short: seeds(SHORT),
        archives: Vec::new(),
    };
    for folder in ["fixtures", "tests/golden", "templates"] {
        gather(&root.join(folder), &mut corpus);
    }
    let archive = |templates: &[Vec<u8>]| {
        let mut tar = tar::Builder::new(Vec::new());
        let chart = b"apiVersion: v2\nname: c\nversion: 0.1.0\n".to_vec();
        let files = [("c/Chart.yaml", &chart), ("c/templates/x.yaml", &templates[0])];
        for (name, bytes) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
        }
        tar.into_inner().unwrap()
    };
    corpus.archives.push(archive(&[b"a: {{ 1 }}".to_vec()]));
    corpus
}

fn seeds(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Templates and YAML of a folder, cut into pieces of a size that is soon read.
fn gather(folder: &Path, corpus: &mut Corpus) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            gather(&path, corpus);
            continue;
        }
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        let Ok(bytes) = fs::read(&path) else { continue };
        let pieces = bytes.chunks(1024).map(<[u8]>::to_vec).take(20);
        let is_template = bytes.windows(2).any(|pair| pair == b"{{");
        match ending {
            "tpl" | "yaml" | "txt" if is_template => corpus.templates.extend(pieces),
            "yaml" | "yml" => corpus.yaml.extend(pieces),
            _ => {}
        }
    }
}
