//! Values against a schema: the violations, and how close an alternative came to fitting.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::super::numbers::{float, is_multiple, is_whole, shown};
use super::formats;
use super::node::{Additional, Dependency, Id, Items, Node, Schema};
use super::read::text_of;

/// Deeper than values and their alternatives go, only references in a circle lead.
const MAX_DEPTH: usize = 400;

/// `FIELD: VIOLATION`, one for each.
///
/// # Errors
/// References that lead in a circle.
pub(super) fn violations(schema: &Schema, values: &Json) -> Result<Vec<String>, String> {
    let mut checker = Checker {
        schema,
        depth: 0,
        is_endless: false,
    };
    let mut found = Findings::default();
    checker.node(0, values, &mut Vec::new(), &mut found);
    if checker.is_endless {
        return Err("cannot use values.schema.json: its references lead in a circle\n".to_owned());
    }
    Ok(found.lines)
}

/// Violations, and a score: steps that were taken count one, violations take it back and one more.
#[derive(Default)]
struct Findings {
    lines: Vec<String>,
    score: i64,
}

impl Findings {
    fn add(&mut self, path: &[String], text: impl std::fmt::Display) {
        self.lines.push(format!("{}: {text}", field(path)));
        self.score -= 2;
    }

    fn merge(&mut self, other: Findings) {
        self.lines.extend(other.lines);
        self.score += other.score;
    }

    fn is_valid(&self) -> bool {
        self.lines.is_empty()
    }
}

fn field(path: &[String]) -> String {
    match path {
        [] => "(root)".to_owned(),
        path => path.join("."),
    }
}

/// Of alternatives that do not fit, the first of those that come closest.
fn keep_closest(closest: &mut Option<Findings>, found: Findings) {
    if closest.as_ref().is_none_or(|best| found.score > best.score) {
        *closest = Some(found);
    }
}

struct Checker<'s> {
    schema: &'s Schema,
    depth: usize,
    is_endless: bool,
}

impl<'s> Checker<'s> {
    fn apart(&mut self, id: Id, value: &Json, path: &mut Vec<String>) -> Findings {
        let mut found = Findings::default();
        self.node(id, value, path, &mut found);
        found
    }

    /// What is below a key or an index.
    fn below(&mut self, id: Id, value: &Json, step: String, path: &mut Vec<String>) -> Findings {
        path.push(step);
        let found = self.apart(id, value, path);
        path.pop();
        found
    }

    fn node(&mut self, id: Id, value: &Json, path: &mut Vec<String>, found: &mut Findings) {
        if self.depth >= MAX_DEPTH || self.is_endless {
            self.is_endless = true;
            return;
        }
        self.depth += 1;
        let schema = self.schema;
        let node = &schema.nodes[id];
        match (node.pass, node.target) {
            (Some(true), _) => {}
            (Some(false), _) => found.add(path, "False always fails validation"),
            (None, Some(target)) => self.node(target, value, path, found),
            (None, None) => self.typed(node, value, path, found),
        }
        self.depth -= 1;
    }

    fn typed(&mut self, node: &'s Node, value: &Json, path: &mut Vec<String>, found: &mut Findings) {
        let given = type_of(value);
        let fits = |name: &String| name == given || (given == "integer" && name == "number");
        if !node.types.is_empty() && !node.types.iter().any(fits) {
            let expected = match node.types.as_slice() {
                [one] => one.clone(),
                many => format!("[{}]", many.join(",")),
            };
            found.add(
                path,
                format_args!("Invalid type. Expected: {expected}, given: {given}"),
            );
            return;
        }
        self.combined(node, value, path, found);
        match value {
            Json::Null => common(node, value, path, found),
            Json::Array(items) => {
                self.array(node, items, path, found);
                common(node, value, path, found);
            }
            Json::Object(entries) => {
                self.object(node, entries, path, found);
                common(node, value, path, found);
                for (name, property) in &node.properties {
                    if let Some(value) = entries.get(name) {
                        path.push(name.clone());
                        self.node(*property, value, path, found);
                        path.pop();
                    }
                }
            }
            Json::Number(_) | Json::Bool(_) | Json::String(_) => {
                number(node, value, path, found);
                common(node, value, path, found);
                string(node, value, path, found);
            }
        }
        found.score += 1;
    }

    fn combined(&mut self, node: &'s Node, value: &Json, path: &mut Vec<String>, found: &mut Findings) {
        if !node.any_of.is_empty() {
            self.any_of(node, value, path, found);
        }
        if !node.one_of.is_empty() {
            self.one_of(node, value, path, found);
        }
        let mut fails = false;
        for id in &node.all_of {
            let one = self.apart(*id, value, path);
            fails |= !one.is_valid();
            found.merge(one);
        }
        if fails {
            found.add(path, "Must validate all the schemas (allOf)");
        }
        if let Some(not) = node.not
            && self.apart(not, value, path).is_valid()
        {
            found.add(path, "Must not validate the schema (not)");
        }
        if let Json::Object(entries) = value {
            self.dependencies(node, (value, entries), path, found);
        }
        if let Some(condition) = node.condition {
            self.conditional(node, (condition, value), path, found);
        }
        found.score += 1;
    }

    fn any_of(&mut self, node: &'s Node, value: &Json, path: &mut Vec<String>, found: &mut Findings) {
        let mut closest = None;
        for id in &node.any_of {
            let one = self.apart(*id, value, path);
            if one.is_valid() {
                return;
            }
            keep_closest(&mut closest, one);
        }
        found.add(path, "Must validate at least one schema (anyOf)");
        found.merge(closest.unwrap_or_default());
    }

    fn one_of(&mut self, node: &'s Node, value: &Json, path: &mut Vec<String>, found: &mut Findings) {
        let (mut closest, mut valid) = (None, 0);
        for id in &node.one_of {
            let one = self.apart(*id, value, path);
            if one.is_valid() {
                valid += 1;
            } else if valid == 0 {
                keep_closest(&mut closest, one);
            }
        }
        if valid != 1 {
            found.add(path, "Must validate one and only one schema (oneOf)");
        }
        if valid == 0 {
            found.merge(closest.unwrap_or_default());
        }
    }

    fn dependencies(
        &mut self,
        node: &'s Node,
        (value, entries): (&Json, &Map<String, Json>),
        path: &mut Vec<String>,
        found: &mut Findings,
    ) {
        let asked = node
            .dependencies
            .iter()
            .filter(|(key, _)| entries.contains_key(*key));
        for (_, dependency) in asked {
            match dependency {
                Dependency::Names(names) => {
                    for name in names.iter().filter(|name| !entries.contains_key(*name)) {
                        found.add(path, format_args!("Has a dependency on {name}"));
                    }
                }
                Dependency::Schema(id) => self.node(*id, value, path, found),
            }
        }
    }

    fn conditional(
        &mut self,
        node: &'s Node,
        (condition, value): (Id, &Json),
        path: &mut Vec<String>,
        found: &mut Findings,
    ) {
        let holds = self.apart(condition, value, path).is_valid();
        let (branch, text) = match holds {
            true => (node.then, "Must validate \"then\" as \"if\" was valid"),
            false => (node.otherwise, "Must validate \"else\" as \"if\" was not valid"),
        };
        let Some(branch) = branch else { return };
        let inner = self.apart(branch, value, path);
        if !inner.is_valid() {
            found.add(path, text);
            found.merge(inner);
        }
    }

    fn array(&mut self, node: &'s Node, items: &[Json], path: &mut Vec<String>, found: &mut Findings) {
        for (index, item) in items.iter().enumerate() {
            let id = match &node.items {
                Items::Free => continue,
                Items::All(id) => *id,
                Items::Each(ids) => match (ids.get(index), &node.additional_items) {
                    (Some(id), _) => *id,
                    // An empty list of schemas is none at all.
                    (None, Additional::Schema(id)) if !ids.is_empty() => *id,
                    _ => continue,
                },
            };
            let below = self.below(id, item, index.to_string(), path);
            found.merge(below);
        }
        if let (Items::Each(ids), Additional::Flag(false)) = (&node.items, &node.additional_items)
            && !ids.is_empty()
            && ids.len() < items.len()
        {
            found.add(path, "No additional items allowed on array");
        }
        if let Some(least) = node.min_items.filter(|least| items.len() < *least) {
            found.add(path, format_args!("Array must have at least {least} items"));
        }
        if let Some(most) = node.max_items.filter(|most| items.len() > *most) {
            found.add(path, format_args!("Array must have at most {most} items"));
        }
        if node.has_unique_items {
            equal_items(items, path, found);
        }
        if let Some(contains) = node.contains {
            self.contains(contains, items, path, found);
        }
        found.score += 1;
    }

    fn contains(&mut self, id: Id, items: &[Json], path: &mut Vec<String>, found: &mut Findings) {
        let mut closest = None;
        for (index, item) in items.iter().enumerate() {
            let one = self.below(id, item, index.to_string(), path);
            if one.is_valid() {
                return;
            }
            keep_closest(&mut closest, one);
        }
        found.add(path, "At least one of the items must match");
        found.merge(closest.unwrap_or_default());
    }

    fn object(
        &mut self,
        node: &'s Node,
        entries: &Map<String, Json>,
        path: &mut Vec<String>,
        found: &mut Findings,
    ) {
        if let Some(least) = node.min_properties.filter(|least| entries.len() < *least) {
            found.add(path, format_args!("Must have at least {least} properties"));
        }
        if let Some(most) = node.max_properties.filter(|most| entries.len() > *most) {
            found.add(path, format_args!("Must have at most {most} properties"));
        }
        for name in &node.required {
            match entries.contains_key(name) {
                true => found.score += 1,
                false => found.add(path, format_args!("{name} is required")),
            }
        }
        for (name, value) in entries {
            self.additional(node, (name, value), path, found);
        }
        if let Some(names) = node.property_names {
            for name in entries.keys() {
                let inner = self.apart(names, &Json::from(name.as_str()), path);
                if !inner.is_valid() {
                    found.add(path, format_args!("Property name of \"{name}\" does not match"));
                    found.merge(inner);
                }
            }
        }
        found.score += 1;
    }

    /// An entry against `patternProperties`, and against `additionalProperties` where nothing else names it.
    fn additional(
        &mut self,
        node: &'s Node,
        (name, value): (&str, &Json),
        path: &mut Vec<String>,
        found: &mut Findings,
    ) {
        let is_property = node.properties.iter().any(|(known, _)| known == name);
        let mut is_matched = false;
        for (_, id) in node
            .pattern_properties
            .iter()
            .filter(|(pattern, _)| pattern.is_match(name.as_bytes()))
        {
            is_matched = true;
            let below = self.below(*id, value, name.to_owned(), path);
            found.merge(below);
        }
        found.score += i64::from(is_matched);
        if is_property || is_matched {
            return;
        }
        match &node.additional_properties {
            Additional::Free | Additional::Flag(true) => {}
            Additional::Flag(false) => {
                found.add(path, format_args!("Additional property {name} is not allowed"));
            }
            Additional::Schema(id) => {
                let below = self.below(*id, value, name.to_owned(), path);
                found.merge(below);
            }
        }
    }
}

fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if is_whole(number) => "integer",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

fn equal_items(items: &[Json], path: &[String], found: &mut Findings) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        if let Some(earlier) = seen.insert(text_of(item), index) {
            found.add(
                path,
                format_args!("array items[{earlier},{index}] must be unique"),
            );
        }
    }
}

/// `const` and `enum`.
fn common(node: &Node, value: &Json, path: &[String], found: &mut Findings) {
    if node.constant.is_some() || !node.options.is_empty() {
        let (text, field) = (text_of(value), field(path));
        if let Some(constant) = node.constant.as_ref().filter(|constant| **constant != text) {
            found.add(path, format_args!("{field} does not match: {constant}"));
        }
        if !node.options.is_empty() && !node.options.contains(&text) {
            let options = node.options.join(", ");
            found.add(
                path,
                format_args!("{field} must be one of the following: {options}"),
            );
        }
    }
    found.score += 1;
}

fn number(node: &Node, value: &Json, path: &[String], found: &mut Findings) {
    let Json::Number(number) = value else { return };
    if let Some(step) = node
        .multiple_of
        .as_ref()
        .filter(|step| !is_multiple(number, step))
    {
        found.add(path, format_args!("Must be a multiple of {}", shown(step)));
    }
    let value = float(number);
    for (limit, is_broken, text) in [
        (
            &node.maximum,
            (|value, limit| value > limit) as fn(f64, f64) -> bool,
            "less than or equal to",
        ),
        (
            &node.exclusive_maximum,
            |value, limit| value >= limit,
            "less than",
        ),
        (
            &node.minimum,
            |value, limit| value < limit,
            "greater than or equal to",
        ),
        (
            &node.exclusive_minimum,
            |value, limit| value <= limit,
            "greater than",
        ),
    ] {
        if let Some(limit) = limit.as_ref().filter(|limit| is_broken(value, float(limit))) {
            found.add(path, format_args!("Must be {text} {}", shown(limit)));
        }
    }
    // A number has no format, whatever it is.
    if formats::is_known(&node.format) {
        found.add(path, format_args!("Does not match format '{}'", node.format));
    }
    found.score += 1;
}

fn string(node: &Node, value: &Json, path: &[String], found: &mut Findings) {
    let Json::String(text) = value else { return };
    let length = text.chars().count();
    if let Some(least) = node.min_length.filter(|least| length < *least) {
        found.add(
            path,
            format_args!("String length must be greater than or equal to {least}"),
        );
    }
    if let Some(most) = node.max_length.filter(|most| length > *most) {
        found.add(
            path,
            format_args!("String length must be less than or equal to {most}"),
        );
    }
    if let Some((pattern, regexp)) = &node.pattern
        && !regexp.is_match(text.as_bytes())
    {
        found.add(path, format_args!("Does not match pattern '{pattern}'"));
    }
    if !formats::fits(&node.format, text) {
        found.add(path, format_args!("Does not match format '{}'", node.format));
    }
    found.score += 1;
}
