//! Values against a schema, keyword by keyword.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::super::numbers::{float, is_multiple, is_whole};
use super::super::references::Pool;
use super::formats;
use super::words::{Violation, count, display, joined, number, one_of, quote};
use crate::golang::json::with_floats;
use crate::golang::regexp::{self, ClassNames};

/// Deeper than values and their alternatives go, only references in a circle lead.
const MAX_DEPTH: usize = 400;

/// The order in which types are named.
const TYPES: [&str; 7] = [
    "null", "boolean", "number", "integer", "string", "array", "object",
];

/// What does not fit, outermost first.
///
/// # Errors
/// References that lead nowhere, or in a circle.
pub(super) fn violations(
    pool: &Pool,
    values: &Json,
    year: u16,
    names: ClassNames,
) -> Result<Vec<Violation>, String> {
    let mut checker = Checker {
        pool,
        year,
        names,
        depth: 0,
        failure: None,
    };
    let judged = checker.judge(&pool.document, values, "", false);
    if let Some(failure) = checker.failure {
        return Err(failure);
    }
    Ok(match judged {
        Ok(_) => Vec::new(),
        Err(Failed::One(violation)) => vec![violation],
        Err(Failed::Several(_, violations)) => violations,
    })
}

/// What no keyword has looked at yet, where somebody wants to know.
#[derive(Clone, Debug, Default)]
pub(super) struct Unseen {
    pub names: BTreeSet<String>,
    pub items: BTreeSet<usize>,
}

impl Unseen {
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.items.is_empty()
    }
    /// Keeps what the other has not seen either.
    pub fn merge(&mut self, other: &Unseen) {
        self.names.retain(|name| other.names.contains(name));
        self.items.retain(|item| other.items.contains(item));
    }
}

/// Why a value does not fit a subschema.
#[derive(Debug)]
pub(super) enum Failed {
    One(Violation),
    /// More than one reason, at this place.
    Several(String, Vec<Violation>),
}

impl From<Failed> for Violation {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::One(violation) => violation,
            Failed::Several(at, reasons) => Violation {
                reasons,
                ..violation(&at, "validation failed")
            },
        }
    }
}

pub(super) fn violation(at: &str, text: impl Into<String>) -> Violation {
    Violation {
        at: at.to_owned(),
        text: text.into(),
        reasons: Vec::new(),
        is_reference: false,
    }
}

pub(super) type Judged = Result<Unseen, Failed>;

pub(super) struct Checker<'s> {
    pub pool: &'s Pool,
    /// 4, 6, 7, 2019 or 2020.
    pub year: u16,
    pub names: ClassNames,
    depth: usize,
    failure: Option<String>,
}

/// One value under one subschema.
pub(super) struct Visit<'s, 'v> {
    pub fields: &'s Map<String, Json>,
    pub value: &'v Json,
    pub at: &'v str,
    pub found: Vec<Violation>,
    pub unseen: Unseen,
}

impl Visit<'_, '_> {
    pub fn add(&mut self, text: impl Into<String>) {
        self.found.push(violation(self.at, text));
    }
    pub fn add_with(&mut self, text: &str, reasons: Vec<Violation>) {
        self.found.push(Violation {
            reasons,
            ..violation(self.at, text)
        });
    }
    fn number(&self, key: &str) -> Option<&serde_json::Number> {
        self.fields.get(key).and_then(Json::as_number)
    }
    fn limit(&self, key: &str) -> Option<usize> {
        let number = self.number(key).filter(|number| is_whole(number))?;
        format!("{:.0}", float(number)).parse().ok()
    }
}

impl<'s> Checker<'s> {
    /// Does the value fit? Says what it has not looked at, if `is_asked` or the subschema wants to know.
    pub fn judge(&mut self, schema: &'s Json, value: &Json, at: &str, is_asked: bool) -> Judged {
        let fields = match schema {
            Json::Bool(false) => return Err(Failed::One(violation(at, "false schema"))),
            Json::Object(fields) => fields,
            _ => return Ok(Unseen::default()),
        };
        if self.depth >= MAX_DEPTH || self.failure.is_some() {
            self.fail("cannot use values.schema.json: its references lead in a circle\n".to_owned());
            return Ok(Unseen::default());
        }
        self.depth += 1;
        let mut visit = Visit {
            fields,
            value,
            at,
            found: Vec::new(),
            unseen: self.unseen(fields, value, is_asked),
        };
        let judged = self.visit(&mut visit);
        self.depth -= 1;
        judged?;
        let mut found = visit.found;
        match (found.len(), found.pop()) {
            (0, _) => Ok(visit.unseen),
            (1, Some(only)) => Err(Failed::One(only)),
            (_, last) => {
                found.extend(last);
                Err(Failed::Several(at.to_owned(), found))
            }
        }
    }

    pub fn fail(&mut self, failure: String) {
        self.failure.get_or_insert(failure);
    }

    fn unseen(&self, fields: &Map<String, Json>, value: &Json, is_asked: bool) -> Unseen {
        let mut unseen = Unseen::default();
        let wants = |key: &str| is_asked || (self.year >= 2019 && fields.contains_key(key));
        match value {
            Json::Object(entries)
                if !fields.contains_key("additionalProperties") && wants("unevaluatedProperties") =>
            {
                unseen.names = entries.keys().cloned().collect();
            }
            Json::Array(items) if wants("unevaluatedItems") => {
                let length = |key: &str| fields.get(key).and_then(Json::as_array).map(Vec::len);
                let seen = match self.year {
                    2020 if fields.contains_key("items") => items.len(),
                    2020 => length("prefixItems").unwrap_or(0),
                    _ if fields.contains_key("additionalItems") => items.len(),
                    _ if fields.contains_key("items") => length("items").unwrap_or(items.len()),
                    _ => 0,
                };
                unseen.items = (seen..items.len()).collect();
            }
            _ => {}
        }
        unseen
    }

    /// An error here is one that ends the visit at once.
    fn visit(&mut self, visit: &mut Visit<'s, '_>) -> Result<(), Failed> {
        let is_old_reference = self.year < 2019 && visit.fields.get("$ref").is_some_and(Json::is_string);
        if !is_old_reference {
            self.at_once(visit)
                .map_or(Ok(()), |text| Err(Failed::One(violation(visit.at, text))))?;
        }
        if let Some(Json::String(reference)) = visit.fields.get("$ref") {
            self.reference(reference, visit);
            if is_old_reference {
                return Ok(());
            }
        }
        match visit.value {
            Json::Object(entries) => self.object(visit, entries),
            Json::Array(items) => self.array(visit, items),
            Json::String(text) => self.text(visit, text),
            Json::Number(_) => numbers(visit),
            _ => {}
        }
        self.combined(visit);
        if self.year >= 2019 {
            self.unevaluated(visit);
        }
        Ok(())
    }

    /// What keeps everything else from being looked at.
    fn at_once(&self, visit: &Visit<'_, '_>) -> Option<String> {
        let (fields, value) = (visit.fields, visit.value);
        if let Some(types) = fields.get("type") {
            let wanted = |name: &str| match types {
                Json::Array(types) => types.iter().any(|known| known == name),
                only => only == name,
            };
            let is_integer = value.as_number().is_some_and(is_whole) && wanted("integer");
            if !wanted(type_of(value)) && !is_integer {
                let names: Vec<&str> = TYPES.into_iter().filter(|name| wanted(name)).collect();
                return Some(format!("got {}, want {}", type_of(value), names.join(" or ")));
            }
        }
        if let Some(constant) = fields.get("const").filter(|_| self.year >= 6)
            && !equal(value, constant)
        {
            return Some(match constant {
                Json::Array(_) | Json::Object(_) => "'const' failed".to_owned(),
                constant => format!("value must be {}", display(constant)),
            });
        }
        if let Some(Json::Array(options)) = fields.get("enum")
            && !options.iter().any(|option| equal(value, option))
        {
            return Some(one_of(options));
        }
        let format = fields.get("format").and_then(Json::as_str)?;
        let text = value.as_str().filter(|_| self.year < 2019)?;
        let problem = formats::check(format, text, self.names).err()?;
        Some(format!("{} is not valid {format}: {problem}", quote(text)))
    }

    fn reference(&mut self, reference: &'s str, visit: &mut Visit<'s, '_>) {
        let target = match self.pool.find(reference) {
            Ok(target) => target,
            Err(failure) => return self.fail(failure),
        };
        match self.judge(target, visit.value, visit.at, !visit.unseen.is_empty()) {
            Ok(unseen) => visit.unseen.merge(&unseen),
            Err(failed) => {
                let reasons = match failed {
                    Failed::One(reason) => vec![reason],
                    Failed::Several(_, reasons) => reasons,
                };
                visit.found.push(Violation {
                    reasons,
                    is_reference: true,
                    ..violation(visit.at, "validation failed")
                });
            }
        }
    }

    /// What is below a key or an index.
    fn below(&mut self, schema: &'s Json, value: &Json, step: &str, visit: &mut Visit<'_, '_>) {
        let at = format!("{}/{}", visit.at, step.replace('~', "~0").replace('/', "~1"));
        if let Err(failed) = self.judge(schema, value, &at, false) {
            visit.found.push(failed.into());
        }
    }

    /// The value itself under another subschema.
    pub fn same(&mut self, schema: &'s Json, visit: &mut Visit<'_, '_>) -> Result<(), Violation> {
        let unseen = self.judge(schema, visit.value, visit.at, !visit.unseen.is_empty())?;
        visit.unseen.merge(&unseen);
        Ok(())
    }

    fn object(&mut self, visit: &mut Visit<'s, '_>, entries: &Map<String, Json>) {
        let got = entries.len();
        for (key, is_broken) in [
            (
                "minProperties",
                (|got, limit| got < limit) as fn(usize, usize) -> bool,
            ),
            ("maxProperties", |got, limit| got > limit),
        ] {
            if let Some(limit) = visit.limit(key).filter(|limit| is_broken(got, *limit)) {
                visit.add(format!("{key}: got {}, want {}", count(got), count(limit)));
            }
        }
        let missing = missing(visit.fields.get("required"), entries);
        match missing.as_slice() {
            [] => {}
            [one] => visit.add(format!("missing property {}", quote(one))),
            many => visit.add(format!("missing properties {}", joined(many))),
        }
        self.dependencies("dependencies", visit, entries);
        let fields = visit.fields;
        let mut unexpected = Vec::new();
        for (name, value) in entries {
            if self.member(fields, (name, value), &mut unexpected, visit) {
                visit.unseen.names.remove(name);
            }
        }
        if !unexpected.is_empty() {
            visit.add(format!(
                "additional properties {} not allowed",
                joined(&unexpected)
            ));
        }
        if let Some(names) = fields.get("propertyNames").filter(|_| self.year >= 6) {
            self.property_names(names, visit, entries);
        }
        if self.year >= 2019 {
            self.dependencies("dependentSchemas", visit, entries);
            self.dependencies("dependentRequired", visit, entries);
        }
    }

    /// One entry; says whether a keyword is about it.
    fn member(
        &mut self,
        fields: &'s Map<String, Json>,
        (name, value): (&str, &Json),
        unexpected: &mut Vec<String>,
        visit: &mut Visit<'_, '_>,
    ) -> bool {
        let mut is_seen = false;
        if let Some(schema) = fields
            .get("properties")
            .and_then(|properties| properties.get(name))
        {
            is_seen = true;
            self.below(schema, value, name, visit);
        }
        let patterns = fields.get("patternProperties").and_then(Json::as_object);
        for (pattern, schema) in patterns.into_iter().flatten() {
            if regexp::compile(pattern.as_bytes(), self.names)
                .is_ok_and(|pattern| pattern.is_match(name.as_bytes()))
            {
                is_seen = true;
                self.below(schema, value, name, visit);
            }
        }
        match fields.get("additionalProperties") {
            Some(additional) if !is_seen => {
                match additional {
                    Json::Bool(false) => unexpected.push(name.to_owned()),
                    schema => self.below(schema, value, name, visit),
                }
                true
            }
            _ => is_seen,
        }
    }

    fn property_names(&mut self, names: &'s Json, visit: &mut Visit<'_, '_>, entries: &Map<String, Json>) {
        for name in entries.keys() {
            let reasons = match self.judge(names, &Json::from(name.as_str()), "", false) {
                Ok(_) => continue,
                Err(Failed::One(reason)) => vec![reason],
                Err(Failed::Several(_, reasons)) => reasons,
            };
            visit.add_with(&format!("invalid propertyName {}", quote(name)), reasons);
        }
    }

    /// What the presence of a property asks for: names, or a schema.
    fn dependencies(&mut self, key: &str, visit: &mut Visit<'s, '_>, entries: &Map<String, Json>) {
        let dependencies = visit.fields.get(key).and_then(Json::as_object);
        let asked = dependencies.into_iter().flatten();
        for (name, dependency) in asked.filter(|(name, _)| entries.contains_key(*name)) {
            if !dependency.is_array() {
                let judged = self.same(dependency, visit);
                visit.found.extend(judged.err());
                continue;
            }
            let missing = missing(Some(dependency), entries);
            if !missing.is_empty() {
                let name = quote(name);
                visit.add(format!(
                    "properties {} required, if {name} exists",
                    joined(&missing)
                ));
            }
        }
    }

    fn array(&mut self, visit: &mut Visit<'s, '_>, items: &[Json]) {
        let got = items.len();
        if let Some(least) = visit.limit("minItems").filter(|least| got < *least) {
            visit.add(format!("minItems: got {}, want {}", count(got), count(least)));
        }
        if let Some(most) = visit.limit("maxItems").filter(|most| got > *most) {
            visit.add(format!("maxItems: got {}, want {}", count(got), count(most)));
        }
        if visit.fields.get("uniqueItems") == Some(&Json::Bool(true))
            && let Some((earlier, later)) = equal_items(items)
        {
            visit.add(format!(
                "items at {} and {} are equal",
                count(earlier),
                count(later)
            ));
        }
        let fields = visit.fields;
        let list = if self.year >= 2020 { "prefixItems" } else { "items" };
        let (each, rest) = match fields.get(list) {
            Some(Json::Array(each)) if self.year >= 2020 => (each.as_slice(), fields.get("items")),
            Some(Json::Array(each)) => (each.as_slice(), fields.get("additionalItems")),
            _ => (&[][..], fields.get("items")),
        };
        for (index, item) in items.iter().enumerate() {
            if let Some(schema) = each.get(index) {
                self.below(schema, item, &index.to_string(), visit);
            }
        }
        let left = got.saturating_sub(each.len());
        match rest {
            Some(Json::Bool(false))
                if left > 0 && self.year < 2020 && fields.get("items").is_some_and(Json::is_array) =>
            {
                visit.add(format!("last {} additionalItem(s) not allowed", count(left)));
            }
            Some(schema) => {
                for (index, item) in items.iter().enumerate().skip(each.len()) {
                    self.below(schema, item, &index.to_string(), visit);
                }
            }
            None => {}
        }
        if let Some(contains) = fields.get("contains").filter(|_| self.year >= 6) {
            self.contains(contains, visit, items);
        }
    }

    fn contains(&mut self, schema: &'s Json, visit: &mut Visit<'_, '_>, items: &[Json]) {
        let (mut reasons, mut matched) = (Vec::new(), Vec::new());
        for (index, item) in items.iter().enumerate() {
            let at = format!("{}/{index}", visit.at);
            match self.judge(schema, item, &at, false) {
                Err(failed) => reasons.push(failed.into()),
                Ok(_) => {
                    matched.push(index.to_string());
                    if self.year >= 2020 {
                        visit.unseen.items.remove(&index);
                    }
                }
            }
        }
        let has_counts = self.year >= 2019;
        let at = matched.join(" ");
        match visit.limit("minContains").filter(|_| has_counts) {
            Some(least) if matched.len() < least => {
                let least = count(least);
                let text = match matched.len() {
                    0 => format!("min {least} items required to match contains schema, but none matched"),
                    some => format!(
                        "min {least} items required to match contains schema, but matched {some} items at {at}"
                    ),
                };
                visit.add_with(&text, reasons);
            }
            None if matched.is_empty() => visit.add_with("no items match contains schema", reasons),
            _ => {}
        }
        if let Some(most) = visit
            .limit("maxContains")
            .filter(|most| has_counts && matched.len() > *most)
        {
            let (most, got) = (count(most), count(matched.len()));
            visit.add(format!(
                "max {most} items required to match contains schema, but matched {got} items at {at}"
            ));
        }
    }

    fn text(&self, visit: &mut Visit<'_, '_>, text: &str) {
        let got = text.chars().count();
        if let Some(least) = visit.limit("minLength").filter(|least| got < *least) {
            visit.add(format!("minLength: got {}, want {}", count(got), count(least)));
        }
        if let Some(most) = visit.limit("maxLength").filter(|most| got > *most) {
            visit.add(format!("maxLength: got {}, want {}", count(got), count(most)));
        }
        if let Some(pattern) = visit.fields.get("pattern").and_then(Json::as_str)
            && regexp::compile(pattern.as_bytes(), self.names)
                .is_ok_and(|regexp| !regexp.is_match(text.as_bytes()))
        {
            visit.add(format!(
                "{} does not match pattern {}",
                quote(text),
                quote(pattern)
            ));
        }
    }

    fn unevaluated(&mut self, visit: &mut Visit<'s, '_>) {
        let fields = visit.fields;
        if let (Json::Object(entries), Some(schema)) = (visit.value, fields.get("unevaluatedProperties")) {
            for name in std::mem::take(&mut visit.unseen.names) {
                if let Some(value) = entries.get(&name) {
                    self.below(schema, value, &name, visit);
                }
            }
        }
        if let (Json::Array(items), Some(schema)) = (visit.value, fields.get("unevaluatedItems")) {
            for index in std::mem::take(&mut visit.unseen.items) {
                if let Some(item) = items.get(index) {
                    self.below(schema, item, &index.to_string(), visit);
                }
            }
        }
    }
}

/// A bound: the keyword with the limit, the keyword that is told, and when a value breaks it.
type Rule = (&'static str, &'static str, fn(f64, f64) -> bool);

fn numbers(visit: &mut Visit<'_, '_>) {
    let Json::Number(got) = visit.value else { return };
    let value = float(got);
    let is_flag = |key: &str| visit.fields.get(key) == Some(&Json::Bool(true));
    let (low, high) = (is_flag("exclusiveMinimum"), is_flag("exclusiveMaximum"));
    let rules: [Rule; 4] = [
        match low {
            true => ("exclusiveMinimum", "minimum", |value, limit| value <= limit),
            false => ("minimum", "minimum", |value, limit| value < limit),
        },
        match high {
            true => ("exclusiveMaximum", "maximum", |value, limit| value >= limit),
            false => ("maximum", "maximum", |value, limit| value > limit),
        },
        ("exclusiveMinimum", "exclusiveMinimum", |value, limit| {
            value <= limit
        }),
        ("exclusiveMaximum", "exclusiveMaximum", |value, limit| {
            value >= limit
        }),
    ];
    for (name, key, is_broken) in rules {
        if let Some(limit) = visit.number(key).filter(|limit| is_broken(value, float(limit))) {
            let text = format!("{name}: got {}, want {}", number(got), number(limit));
            visit.add(text);
        }
    }
    if let Some(step) = visit.number("multipleOf").filter(|step| !is_multiple(got, step)) {
        let text = format!("multipleOf: got {}, want {}", number(got), number(step));
        visit.add(text);
    }
}

/// The names of a list that an object does not have.
fn missing<'a>(names: Option<&'a Json>, entries: &Map<String, Json>) -> Vec<&'a str> {
    let names = names.and_then(Json::as_array).into_iter().flatten();
    names
        .filter_map(Json::as_str)
        .filter(|name| !entries.contains_key(*name))
        .collect()
}

fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

fn equal(one: &Json, other: &Json) -> bool {
    with_floats(one.clone()) == with_floats(other.clone())
}

fn equal_items(items: &[Json]) -> Option<(usize, usize)> {
    let items: Vec<Json> = items.iter().cloned().map(with_floats).collect();
    items.iter().enumerate().find_map(|(later, item)| {
        let earlier = items.iter().take(later).position(|other| other == item)?;
        Some((earlier, later))
    })
}
