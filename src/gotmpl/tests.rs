//! What only this engine does: limits, and Go's strict mode. (Whole templates are compared with Helm in `tests/it/template.rs`.)

use std::cell::RefCell;
use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Context, Functions, MissingKey, Options, Templates, execute};
use crate::base::entropy::{CertificateRequest, Entropy, KeyKind, KeyMaker};
use crate::golang::env::Limits;
use crate::golang::regexp::ClassNames;
use crate::golang::{Env, Fuel, Map, Value};

struct Nothing;

impl Entropy for Nothing {
    fn fill(&mut self, _: &mut [u8]) {}
}
impl KeyMaker for Nothing {
    fn private_key(&self, _: KeyKind) -> Result<String, String> {
        Err("no keys here".to_owned())
    }
    fn certificate(
        &self,
        _: &CertificateRequest,
        _: &str,
        _: Option<(&str, &str)>,
    ) -> Result<String, String> {
        Err("no certificates here".to_owned())
    }
}

/// Output, or the error and whether it was a limit.
fn run(template: &str, missing_key: MissingKey, limits: Limits) -> Result<String, (String, bool)> {
    let base = 0u8;
    let functions = Functions::new();
    let mut templates = Templates::new();
    let parsed = templates.parse("t", template.as_bytes(), &functions);
    let tree = parsed.map_err(|error| (error.to_string(), error.is_limit()))?;
    let env = Env {
        fuel: Fuel::new(limits, || 0),
        entropy: RefCell::new(Box::new(Nothing)),
        keys: Rc::new(Nothing),
        now: Timestamp::UNIX_EPOCH,
        local_zone: || TimeZone::UTC,
        is_changing: Rc::default(),
        zone: |_| None,
        class_names: ClassNames::default(),
    };
    let options = Options {
        missing_key,
        ranges_integers: true,
        names_compared_types: false,
        stack_bytes: 512 << 10,
        stack_base: std::ptr::from_ref(&base).addr(),
    };
    let context = Context {
        templates: &templates,
        functions: &functions,
        env: &env,
        options,
    };
    let dot = Value::Map(Map::from_iter([("a", "x")]));
    let mut out = Vec::new();
    match execute(&tree, dot, context, &mut out) {
        Ok(()) => Ok(String::from_utf8(out).unwrap()),
        Err(error) => Err((error.to_string(), error.is_limit())),
    }
}

#[test]
fn strict_mode_refuses_missing_keys() {
    let limits = Limits::default();
    assert_eq!(
        run("{{ .a }}{{ .b }}", MissingKey::Zero, limits),
        Ok("x<no value>".to_owned())
    );
    let expected = r#"template: t:1:3: executing "t" at <.b>: map has no entry for key "b""#;
    assert_eq!(
        run("{{ .b }}", MissingKey::Error, limits),
        Err((expected.to_owned(), false))
    );
}

#[test]
fn endless_work_ends_at_a_limit() {
    let limits = Limits {
        steps: 10_000,
        bytes: 10_000,
        held: u64::MAX,
        depth: 100,
    };
    for (template, expected) in [
        (
            "{{ range 1000000000 }}{{ end }}",
            "the render took more than 10000 steps; is there a loop that never ends?",
        ),
        (
            "{{ range 5000 }}four{{ end }}",
            "the render wrote more than 10000 bytes; is there a text or list that grows in a loop?",
        ),
    ] {
        let (message, is_limit) = run(template, MissingKey::Zero, limits).unwrap_err();
        assert!(message.ends_with(expected), "{message}");
        assert!(is_limit, "{template}");
    }
}

#[test]
fn endless_recursion_ends_before_the_stack_does() {
    let template = r#"{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}"#;
    let (message, is_limit) = run(template, MissingKey::Zero, Limits::default()).unwrap_err();
    assert!(
        message.contains("template calls are nested too deeply"),
        "{message}"
    );
    assert!(is_limit);
}

#[test]
fn endless_nesting_is_refused_by_the_parser() {
    let template = format!("{{{{ {}1{} }}}}", "(".repeat(200_000), ")".repeat(200_000));
    let parsed = std::thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(move || run(&template, MissingKey::Zero, Limits::default()).map_err(|(message, _)| message))
        .unwrap()
        .join()
        .unwrap();
    assert_eq!(
        parsed,
        Err("template: t:1: max expression depth exceeded".to_owned())
    );
}
