//! What a document is read into: sigs yaml writes numbers as text where the Go type has a string.
//! Source: sigs.k8s.io/yaml `yaml.go` (`convertToJSONableObject`), v1.4.

use serde_json::Value as Json;

use super::ReadError;
use super::decode::{Numbers, Tree};

/// A Go type, as far as it decides what becomes of numbers.
#[derive(Debug, PartialEq, Eq)]
pub enum Shape {
    /// A bool, an `interface{}`, or a type that reads itself.
    Any,
    /// A string.
    Text,
    /// A slice.
    List(&'static Shape),
    /// A map.
    Map(&'static Shape),
    /// A struct with these fields; their names match in any letter case.
    Struct(&'static [(&'static str, Shape)]),
}

impl Shape {
    fn field(&self, key: &str) -> &Shape {
        match self {
            Shape::Map(item) => item,
            Shape::Struct(fields) => {
                let named = |name: &&(&str, Shape)| name.0.eq_ignore_ascii_case(key);
                fields.iter().find(named).map_or(&Shape::Any, |(_, shape)| shape)
            }
            _ => &Shape::Any,
        }
    }
    fn item(&self) -> &Shape {
        match self {
            Shape::List(item) => item,
            _ => &Shape::Any,
        }
    }
}

impl Tree {
    /// As JSON for a type: numbers that JSON cannot hold, or not exactly, are texts where texts are wanted. The others
    /// stay numbers, integers and floats apart.
    pub(super) fn into_shape(self, shape: &Shape) -> Result<Json, ReadError> {
        match self {
            Tree::List(items) => items
                .into_iter()
                .map(|item| item.into_shape(shape.item()))
                .collect::<Result<_, _>>()
                .map(Json::Array),
            Tree::Map(entries) => {
                let entry = |(key, item): (String, Tree)| {
                    let item = item.into_shape(shape.field(&key))?;
                    Ok((key, item))
                };
                entries
                    .into_iter()
                    .map(entry)
                    .collect::<Result<_, ReadError>>()
                    .map(Json::Object)
            }
            Tree::Uint(number) if *shape == Shape::Text => Ok(Json::String(number.to_string())),
            Tree::Float(number) if *shape == Shape::Text && !number.is_finite() => {
                let text = if number.is_nan() {
                    "NaN"
                } else if number > 0.0 {
                    "+Inf"
                } else {
                    "-Inf"
                };
                Ok(Json::String(text.to_owned()))
            }
            scalar => scalar.into_json(Numbers::Apart),
        }
    }
}
