//! `values.schema.json`: every chart's values against its schema, offline, told in the words of each Helm's validator.
//! Source: helm `pkg/chartutil/jsonschema.go`, v3.17.2, with xeipuuv/gojsonschema v1.2.0; v4.3.1 with
//! santhosh-tekuri/jsonschema v6.0.2.

mod size;
mod v3;
mod v4;

use jsonschema::{Draft, ValidationError};
use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use crate::golang::json;
use crate::helm::chart::Chart;
use crate::helm::engines::Engine;

/// Checks a chart tree; all violations at once.
pub(super) fn check(chart: &Chart, values: &JsonMap<String, Json>, engine: &Engine) -> Result<(), String> {
    let found = violations(chart, values, engine);
    if found.is_empty() {
        return Ok(());
    }
    Err(format!(
        "values don't meet the specifications of the schema(s) in the following chart(s):\n{found}"
    ))
}

fn violations(chart: &Chart, values: &JsonMap<String, Json>, engine: &Engine) -> String {
    let name = &chart.metadata.name;
    let mut text = match &chart.schema {
        Some(schema) => one_chart(schema, values, engine)
            .err()
            .map_or(String::new(), |error| format!("{name}:\n{error}")),
        None => String::new(),
    };
    for subchart in &chart.dependencies {
        if let Some(Json::Object(section)) = values.get(&subchart.metadata.name) {
            text.push_str(&violations(subchart, section, engine));
        }
    }
    text
}

fn one_chart(schema: &[u8], values: &JsonMap<String, Json>, engine: &Engine) -> Result<(), String> {
    let schema: Json = serde_json::from_slice(schema)
        .map_err(|error| json::decode(schema).err().unwrap_or_else(|| error.to_string()))?;
    size::check(&schema)?;
    let values = Json::Object(
        values
            .iter()
            .map(|(key, value)| (key.clone(), whole(value)))
            .collect(),
    );
    let newest = if engine.is_v4 {
        Draft::Draft202012
    } else {
        Draft::Draft7
    };
    let options = jsonschema::options()
        .with_draft(draft(&schema, newest, engine))
        .should_validate_formats(!engine.is_v4)
        .offline();
    let validator = options.build(&schema).map_err(|error| unusable(&error))?;
    let checked = Checked {
        schema: &schema,
        values: &values,
    };
    let mut lines: Vec<String> = validator
        .iter_errors(&values)
        .flat_map(|error| lines(&error, &checked, engine))
        .collect();
    lines.dedup();
    if lines.is_empty() {
        return Ok(());
    }
    Err(lines.concat())
}

fn lines(error: &ValidationError<'_>, checked: &Checked<'_>, engine: &Engine) -> Vec<String> {
    let lines = if engine.is_v4 {
        v4::lines(error, checked)
    } else {
        v3::lines(error, checked)
    };
    lines.into_iter().map(|line| format!("- {line}\n")).collect()
}

/// Integral floats as integers: Helm validates the JSON text, where they look alike.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the range is checked, and the number is whole"
)]
fn whole(value: &Json) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Json::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() <= EXACT => {
                Json::from(float as i64)
            }
            _ => value.clone(),
        },
        Json::Array(items) => items.iter().map(whole).collect(),
        Json::Object(entries) => Json::Object(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), whole(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// The draft that a schema names, if the engine knows it.
fn draft(schema: &Json, newest: Draft, engine: &Engine) -> Draft {
    let named = schema.get("$schema").and_then(Json::as_str).unwrap_or_default();
    let known: &[(&str, Draft)] = if engine.is_v4 {
        &[
            ("draft-04", Draft::Draft4),
            ("draft-06", Draft::Draft6),
            ("draft-07", Draft::Draft7),
            ("2019-09", Draft::Draft201909),
        ]
    } else {
        &[("draft-04", Draft::Draft4), ("draft-06", Draft::Draft6)]
    };
    let found = known.iter().find(|(name, _)| named.contains(name));
    found.map_or(newest, |(_, draft)| *draft)
}

/// A schema that cannot be used: broken, or pointing to what is not in the chart.
fn unusable(error: &ValidationError<'_>) -> String {
    format!(
        "cannot use values.schema.json: {error} (schemas elsewhere are never fetched: put them into the chart's own under `definitions`)\n"
    )
}

/// What was checked against what.
struct Checked<'a> {
    schema: &'a Json,
    values: &'a Json,
}

/// The value of the keyword that failed, in the schema.
fn keyword<'a>(error: &ValidationError<'_>, checked: &Checked<'a>) -> Option<&'a Json> {
    checked.schema.pointer(error.schema_path().as_str())
}

/// The names that `additionalProperties: false` refuses in an object whose schema names no properties at all: the
/// validator then tells of a false schema.
fn unexpected(error: &ValidationError<'_>, checked: &Checked<'_>) -> Option<Vec<String>> {
    if !error.schema_path().as_str().ends_with("/additionalProperties") {
        return None;
    }
    let object = checked
        .values
        .pointer(error.instance_path().as_str())?
        .as_object()?;
    Some(object.keys().cloned().collect())
}

/// The names of the types that the schema asks for, in its order.
fn types(error: &ValidationError<'_>, checked: &Checked<'_>) -> Vec<String> {
    let text = |json: &Json| json.as_str().map(str::to_owned);
    match keyword(error, checked) {
        Some(Json::Array(names)) => names.iter().filter_map(text).collect(),
        Some(name) => text(name).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The positions of the first two equal items.
fn equal_items(list: &Json) -> (usize, usize) {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    for (later, item) in items.iter().enumerate() {
        if let Some(earlier) = items[..later].iter().position(|other| other == item) {
            return (earlier, later);
        }
    }
    (0, 0)
}

#[cfg(test)]
mod tests;
