//! From JSON to [`Schema`], with what the validator refuses, in its order.

use std::collections::HashMap;

use serde_json::{Map, Number, Value as Json};

use super::super::references::Pool;
use super::node::{Additional, Dependency, Id, Items, Node, Schema};
use crate::golang::json;
use crate::golang::regexp::{self, ClassNames};

const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "number", "null", "object", "string",
];

type Fields = Map<String, Json>;
type Done = Result<(), String>;

/// Which keywords there are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Draft {
    Four,
    Six,
    Seven,
    /// No draft that is known is named: all keywords of all drafts.
    Hybrid,
}

pub(super) fn read(schema: Json, names: ClassNames) -> Result<Schema, String> {
    let draft = draft(&schema)?;
    let pool = Pool::new(schema, false);
    let mut reader = Reader {
        pool: &pool,
        draft,
        names,
        known: HashMap::new(),
        schema: Schema::default(),
    };
    reader.subschema(&pool.document)?;
    Ok(reader.schema)
}

fn draft(schema: &Json) -> Result<Draft, String> {
    let fields = match schema {
        Json::Bool(_) => return Ok(Draft::Hybrid),
        Json::Object(fields) => fields,
        _ => return Err("schema is invalid".to_owned()),
    };
    let Some(named) = fields.get("$schema") else {
        return Ok(Draft::Hybrid);
    };
    let named = named.as_str().ok_or("$schema must be of type string")?;
    Ok(match named.strip_suffix('#').unwrap_or(named) {
        "http://json-schema.org/draft-04/schema" => Draft::Four,
        "http://json-schema.org/draft-06/schema" => Draft::Six,
        "http://json-schema.org/draft-07/schema" => Draft::Seven,
        _ => Draft::Hybrid,
    })
}

fn invalid_type(expected: &str, given: &str) -> String {
    format!("Invalid type. Expected: {expected}, given: {given}")
}

struct Reader<'p> {
    pool: &'p Pool,
    draft: Draft,
    names: ClassNames,
    /// Reference → what it leads to.
    known: HashMap<&'p str, Id>,
    schema: Schema,
}

impl<'p> Reader<'p> {
    fn subschema(&mut self, json: &'p Json) -> Result<Id, String> {
        let id = self.schema.nodes.len();
        self.schema.nodes.push(Node::default());
        let node = self.node(json)?;
        self.schema.nodes[id] = node;
        Ok(id)
    }

    fn node(&mut self, json: &'p Json) -> Result<Node, String> {
        let mut node = Node::default();
        let fields = match json {
            Json::Bool(pass) if self.draft >= Draft::Six => {
                node.pass = Some(*pass);
                return Ok(node);
            }
            Json::Object(fields) => fields,
            _ => return Err("Expected: valid schema, given: Invalid JSON".to_owned()),
        };
        self.names(fields)?;
        if let Some(Json::String(reference)) = fields.get("$ref") {
            let is_new = !self.known.contains_key(reference.as_str());
            node.target = Some(self.target(reference)?);
            if is_new {
                return Ok(node);
            }
        }
        types(fields, &mut node)?;
        self.members(fields, &mut node)?;
        self.items(fields, &mut node)?;
        self.numbers(fields, &mut node)?;
        self.texts(fields, &mut node)?;
        counts(fields, &mut node)?;
        self.wholes(fields, &mut node)?;
        self.alternatives(fields, &mut node)?;
        Ok(node)
    }

    /// Identifiers, definitions and what is only told to people.
    fn names(&mut self, fields: &'p Fields) -> Done {
        let id = match self.draft {
            Draft::Four => "id",
            Draft::Hybrid if fields.contains_key("id") => "id",
            _ => "$id",
        };
        self.text(fields, id)?;
        match fields.get("definitions") {
            Some(Json::Object(definitions)) => {
                for definition in definitions.values() {
                    if !definition.is_object() && !definition.is_boolean() {
                        return Err(invalid_type("array of schemas", "definitions"));
                    }
                    self.subschema(definition)?;
                }
            }
            Some(_) => return Err(invalid_type("array of schemas", "definitions")),
            None => {}
        }
        for key in ["title", "description", "$ref"] {
            self.text(fields, key)?;
        }
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "one of the readers of fields")]
    fn text(&self, fields: &Fields, key: &str) -> Done {
        match fields.get(key) {
            None | Some(Json::String(_)) => Ok(()),
            Some(_) => Err(invalid_type("string", key)),
        }
    }

    /// A place is read once; references in a circle meet it while it is being read.
    fn target(&mut self, reference: &'p str) -> Result<Id, String> {
        if let Some(id) = self.known.get(reference) {
            return Ok(*id);
        }
        let id = self.schema.nodes.len();
        self.schema.nodes.push(Node::default());
        self.known.insert(reference, id);
        let found = self.pool.find(reference)?;
        if !found.is_object() && !found.is_boolean() {
            return Err("valid schema must be of type object".to_owned());
        }
        let node = self.node(found)?;
        self.schema.nodes[id] = node;
        Ok(id)
    }

    fn members(&mut self, fields: &'p Fields, node: &mut Node) -> Done {
        match fields.get("properties") {
            Some(Json::Object(properties)) => {
                for (name, property) in properties {
                    let id = self.subschema(property)?;
                    node.properties.push((name.clone(), id));
                }
            }
            Some(_) => return Err("properties must be of type object".to_owned()),
            None => {}
        }
        node.additional_properties = self.additional(fields, "additionalProperties")?;
        match fields.get("patternProperties") {
            Some(Json::Object(patterns)) => {
                for (pattern, property) in patterns {
                    let regexp = regexp::compile(pattern.as_bytes(), self.names)
                        .map_err(|_| format!("Invalid regex pattern '{pattern}'"))?;
                    let id = self.subschema(property)?;
                    node.pattern_properties.push((regexp, id));
                }
            }
            Some(_) => return Err(invalid_type("valid schema", "patternProperties")),
            None => {}
        }
        if self.draft >= Draft::Six {
            let wrong = || invalid_type("valid schema", "patternProperties");
            node.property_names = self.one(fields, "propertyNames", wrong)?;
        }
        self.dependencies(fields, node)
    }

    fn additional(&mut self, fields: &'p Fields, key: &str) -> Result<Additional, String> {
        Ok(match fields.get(key) {
            None => Additional::Free,
            Some(Json::Bool(flag)) => Additional::Flag(*flag),
            Some(schema @ Json::Object(_)) => Additional::Schema(self.subschema(schema)?),
            Some(_) => return Err(invalid_type("boolean/valid schema", key)),
        })
    }

    /// A subschema under a key.
    fn one(
        &mut self,
        fields: &'p Fields,
        key: &str,
        wrong: impl FnOnce() -> String,
    ) -> Result<Option<Id>, String> {
        match fields.get(key) {
            None => Ok(None),
            Some(schema) if schema.is_object() || schema.is_boolean() => self.subschema(schema).map(Some),
            Some(_) => Err(wrong()),
        }
    }

    fn dependencies(&mut self, fields: &'p Fields, node: &mut Node) -> Done {
        const WRONG: &str = "dependency must be of type schema or array of strings";
        let dependencies = match fields.get("dependencies") {
            None => return Ok(()),
            Some(Json::Object(dependencies)) => dependencies,
            Some(_) => return Err("dependencies must be of type object".to_owned()),
        };
        for (key, value) in dependencies {
            let dependency = match value {
                Json::Array(names) if names.is_empty() => continue,
                Json::Array(names) => {
                    let names = names.iter().map(|name| name.as_str().map(str::to_owned));
                    Dependency::Names(names.collect::<Option<_>>().ok_or(WRONG)?)
                }
                Json::Object(_) | Json::Bool(_) => Dependency::Schema(self.subschema(value)?),
                _ => return Err(WRONG.to_owned()),
            };
            node.dependencies.insert(key.clone(), dependency);
        }
        Ok(())
    }

    fn items(&mut self, fields: &'p Fields, node: &mut Node) -> Done {
        let wrong = || invalid_type("valid schema/array of schemas", "items");
        node.items = match fields.get("items") {
            None => Items::Free,
            Some(Json::Array(schemas)) => {
                let mut each = Vec::new();
                for schema in schemas {
                    if !schema.is_object() && !schema.is_boolean() {
                        return Err(wrong());
                    }
                    each.push(self.subschema(schema)?);
                }
                Items::Each(each)
            }
            Some(schema) if schema.is_object() || schema.is_boolean() => Items::All(self.subschema(schema)?),
            Some(_) => return Err(wrong()),
        };
        node.additional_items = self.additional(fields, "additionalItems")?;
        Ok(())
    }

    fn numbers(&mut self, fields: &Fields, node: &mut Node) -> Done {
        if let Some(step) = fields.get("multipleOf") {
            let Json::Number(step) = step else {
                return Err(invalid_type("number", "multipleOf"));
            };
            if step.as_f64().is_none_or(|step| step <= 0.0) {
                return Err("multipleOf must be strictly greater than 0".to_owned());
            }
            node.multiple_of = Some(step.clone());
        }
        node.minimum = number(fields, "minimum")?;
        node.exclusive_minimum = self.exclusive(fields, "exclusiveMinimum", "minimum", &mut node.minimum)?;
        node.maximum = number(fields, "maximum")?;
        node.exclusive_maximum = self.exclusive(fields, "exclusiveMaximum", "maximum", &mut node.maximum)?;
        Ok(())
    }

    /// A number, or in old drafts whether the other limit is meant so.
    fn exclusive(
        &self,
        fields: &Fields,
        key: &str,
        other: &str,
        limit: &mut Option<Number>,
    ) -> Result<Option<Number>, String> {
        let (flags, numbers) = (
            matches!(self.draft, Draft::Four | Draft::Hybrid),
            self.draft != Draft::Four,
        );
        match fields.get(key) {
            None => Ok(None),
            Some(Json::Bool(_)) if flags && limit.is_none() => {
                Err(format!("{key} cannot be used without {other}"))
            }
            Some(Json::Bool(flag)) if flags => Ok(flag.then(|| limit.take()).flatten()),
            Some(Json::Number(number)) if numbers => Ok(Some(number.clone())),
            Some(_) => Err(invalid_type(
                match (flags, numbers) {
                    (true, true) => "boolean/number",
                    (true, false) => "boolean",
                    _ => "number",
                },
                key,
            )),
        }
    }

    fn texts(&mut self, fields: &Fields, node: &mut Node) -> Done {
        node.min_length = count(fields, "minLength")?;
        node.max_length = count(fields, "maxLength")?;
        if node.min_length > node.max_length && node.max_length.is_some() {
            return Err("minLength cannot be greater than maxLength".to_owned());
        }
        match fields.get("pattern") {
            None => {}
            Some(Json::String(pattern)) => {
                let regexp = regexp::compile(pattern.as_bytes(), self.names)
                    .map_err(|_| "pattern must be a valid regex")?;
                node.pattern = Some((pattern.clone(), regexp));
            }
            Some(_) => return Err("pattern must be of a string".to_owned()),
        }
        match fields.get("format") {
            None => {}
            Some(Json::String(format)) => node.format.clone_from(format),
            Some(_) => return Err("format must be of type string".to_owned()),
        }
        Ok(())
    }

    /// `contains`, `const` and `enum`.
    fn wholes(&mut self, fields: &'p Fields, node: &mut Node) -> Done {
        if let Some(contains) = fields.get("contains").filter(|_| self.draft >= Draft::Six) {
            node.contains = Some(self.subschema(contains)?);
        }
        let constant = fields.get("const").filter(|_| self.draft >= Draft::Six);
        node.constant = constant.map(text_of);
        let options = match fields.get("enum") {
            None => return Ok(()),
            Some(Json::Array(options)) => options,
            Some(_) => return Err("enum must be of an array".to_owned()),
        };
        for option in options.iter().map(text_of) {
            if node.options.contains(&option) {
                return Err("enum items must be unique".to_owned());
            }
            node.options.push(option);
        }
        Ok(())
    }

    fn alternatives(&mut self, fields: &'p Fields, node: &mut Node) -> Done {
        node.one_of = self.several(fields, "oneOf", "oneOf")?;
        node.any_of = self.several(fields, "anyOf", "anyOf")?;
        node.all_of = self.several(fields, "allOf", "anyOf")?;
        let wrong = |key: &'static str| move || format!("{key} must be of an object");
        node.not = self.one(fields, "not", wrong("not"))?;
        if self.draft >= Draft::Seven {
            node.condition = self.one(fields, "if", wrong("if"))?;
            node.then = self.one(fields, "then", wrong("then"))?;
            node.otherwise = self.one(fields, "else", wrong("else"))?;
        }
        Ok(())
    }

    fn several(&mut self, fields: &'p Fields, key: &str, shown: &str) -> Result<Vec<Id>, String> {
        match fields.get(key) {
            None => Ok(Vec::new()),
            Some(Json::Array(schemas)) => schemas.iter().map(|schema| self.subschema(schema)).collect(),
            Some(_) => Err(format!("{shown} must be of an array")),
        }
    }
}

/// As the validator compares values: Go's JSON, every number a float64.
pub(super) fn text_of(json: &Json) -> String {
    json::encode_serde(&json::with_floats(json.clone()))
}

fn types(fields: &Fields, node: &mut Node) -> Done {
    let wrong = || invalid_type("string/array of strings", "type");
    let found: Vec<&str> = match fields.get("type") {
        None => return Ok(()),
        Some(Json::String(name)) => vec![name],
        Some(Json::Array(names)) => {
            for name in names {
                if name.is_number() {
                    // The validator takes it for a text first, and panics.
                    return Err("unable to validate schema: interface conversion: interface {} is json.Number, not string".to_owned());
                }
                add_type(name.as_str().ok_or_else(wrong)?, node)?;
            }
            return Ok(());
        }
        Some(_) => return Err(wrong()),
    };
    found.into_iter().try_for_each(|name| add_type(name, node))
}

fn add_type(name: &str, node: &mut Node) -> Done {
    if !TYPES.contains(&name) {
        return Err(format!(
            "has a primitive type that is NOT VALID -- given: /{name}/ Expected valid values are:[{}]",
            TYPES.join(" ")
        ));
    }
    if node.types.iter().any(|known| known == name) {
        return Err(format!("{name} type is duplicated"));
    }
    node.types.push(name.to_owned());
    Ok(())
}

fn number(fields: &Fields, key: &str) -> Result<Option<Number>, String> {
    match fields.get(key) {
        None => Ok(None),
        Some(Json::Number(number)) => Ok(Some(number.clone())),
        Some(_) => Err(format!("{key} must be of a number")),
    }
}

/// A whole number that is written as one.
fn count(fields: &Fields, key: &str) -> Result<Option<usize>, String> {
    let Some(value) = fields.get(key) else {
        return Ok(None);
    };
    let count = value
        .as_i64()
        .ok_or_else(|| format!("{key} must be of an integer"))?;
    let negative = |_| format!("{key} must be greater than or equal to 0");
    usize::try_from(count).map(Some).map_err(negative)
}

/// `minProperties` to `uniqueItems`.
fn counts(fields: &Fields, node: &mut Node) -> Done {
    node.min_properties = count(fields, "minProperties")?;
    node.max_properties = count(fields, "maxProperties")?;
    if node.min_properties > node.max_properties && node.max_properties.is_some() {
        return Err("minProperties cannot be greater than maxProperties".to_owned());
    }
    match fields.get("required") {
        None => {}
        Some(Json::Array(names)) => {
            for name in names {
                let name = name.as_str().ok_or("required items must be string")?;
                if node.required.iter().any(|known| known == name) {
                    return Err("required items must be unique".to_owned());
                }
                node.required.push(name.to_owned());
            }
        }
        Some(_) => return Err("required must be of an array".to_owned()),
    }
    node.min_items = count(fields, "minItems")?;
    node.max_items = count(fields, "maxItems")?;
    match fields.get("uniqueItems") {
        None => {}
        Some(Json::Bool(flag)) => node.has_unique_items = *flag,
        Some(_) => return Err("uniqueItems must be of a boolean".to_owned()),
    }
    Ok(())
}
