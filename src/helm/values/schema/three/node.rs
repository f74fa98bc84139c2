//! A schema as the validator holds it.

use std::collections::BTreeMap;

use serde_json::Number;

use crate::golang::regexp::Regexp;

/// A subschema's place in [`Schema::nodes`].
pub(super) type Id = usize;

/// A schema with its subschemas; the first one is the root.
#[derive(Debug, Default)]
pub(super) struct Schema {
    pub nodes: Vec<Node>,
}

/// `additionalProperties` and `additionalItems`.
#[derive(Debug, Default)]
pub(super) enum Additional {
    #[default]
    Free,
    Flag(bool),
    Schema(Id),
}

#[derive(Debug, Default)]
pub(super) enum Items {
    #[default]
    Free,
    All(Id),
    Each(Vec<Id>),
}

#[derive(Debug)]
pub(super) enum Dependency {
    Names(Vec<String>),
    Schema(Id),
}

/// A subschema.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// `true` or `false` in place of a schema.
    pub pass: Option<bool>,
    /// What `$ref` leads to: nothing else counts then.
    pub target: Option<Id>,
    pub types: Vec<String>,
    pub properties: Vec<(String, Id)>,
    pub additional_properties: Additional,
    pub pattern_properties: Vec<(Regexp, Id)>,
    pub property_names: Option<Id>,
    pub dependencies: BTreeMap<String, Dependency>,
    pub items: Items,
    pub additional_items: Additional,
    pub multiple_of: Option<Number>,
    pub minimum: Option<Number>,
    pub exclusive_minimum: Option<Number>,
    pub maximum: Option<Number>,
    pub exclusive_maximum: Option<Number>,
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,
    pub pattern: Option<(String, Regexp)>,
    pub format: String,
    pub min_properties: Option<usize>,
    pub max_properties: Option<usize>,
    pub required: Vec<String>,
    pub min_items: Option<usize>,
    pub max_items: Option<usize>,
    pub has_unique_items: bool,
    pub contains: Option<Id>,
    /// As JSON.
    pub constant: Option<String>,
    /// Each as JSON.
    pub options: Vec<String>,
    pub one_of: Vec<Id>,
    pub any_of: Vec<Id>,
    pub all_of: Vec<Id>,
    pub not: Option<Id>,
    pub condition: Option<Id>,
    pub then: Option<Id>,
    pub otherwise: Option<Id>,
}
