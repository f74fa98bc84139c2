//! `values.schema.json`: every chart's values against its schema, offline, told in the words of each Helm's validator.
//! Source: helm `pkg/chartutil/jsonschema.go`, v3.17.2, with xeipuuv/gojsonschema v1.2.0; v4.3.1 with
//! santhosh-tekuri/jsonschema v6.0.2.

mod four;
mod numbers;
mod references;
mod size;
mod three;

use jsonschema::{Draft, ValidationError};
use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use crate::golang::json;
use crate::golang::regexp::ClassNames;
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
    let schema = read(schema, engine)?;
    size::check(&schema)?;
    let values = Json::Object(
        values
            .iter()
            .map(|(key, value)| (key.clone(), whole(value)))
            .collect(),
    );
    if engine.is_v4 {
        return check_v4(schema, &values, engine.class_names);
    }
    three::check(schema, &values, engine.class_names)
}

/// Both read the first value of the file; Helm 3 whatever follows.
fn read(schema: &[u8], engine: &Engine) -> Result<Json, String> {
    let mut values = serde_json::Deserializer::from_slice(schema).into_iter();
    let first = values.next().ok_or("EOF")?.map_err(|error| {
        let told = json::decode_first(schema).err();
        match told.as_deref() {
            Some("unexpected end of JSON input") => "unexpected EOF".to_owned(),
            _ => told.unwrap_or_else(|| error.to_string()),
        }
    })?;
    let rest = schema.get(values.byte_offset()..).unwrap_or_default();
    if engine.is_v4 && !rest.trim_ascii().is_empty() {
        return Err("invalid character after top-level value".to_owned());
    }
    Ok(first)
}

/// Whether the schema itself is one, another library tells; what it says of values, Helm's validator.
fn check_v4(schema: Json, values: &Json, names: ClassNames) -> Result<(), String> {
    let draft = draft(&schema);
    let options = jsonschema::options()
        .with_draft(draft)
        .should_validate_formats(false)
        .offline();
    options.build(&schema).map_err(|error| unusable(&error))?;
    four::check(schema, values, draft, names)
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

/// The draft that a schema names, or the newest.
fn draft(schema: &Json) -> Draft {
    let named = schema.get("$schema").and_then(Json::as_str).unwrap_or_default();
    let found = [
        ("draft-04", Draft::Draft4),
        ("draft-06", Draft::Draft6),
        ("draft-07", Draft::Draft7),
        ("2019-09", Draft::Draft201909),
    ]
    .into_iter()
    .find(|(name, _)| named.contains(name));
    found.map_or(Draft::Draft202012, |(_, draft)| draft)
}

/// A schema that cannot be used: broken, or pointing to what is not in the chart.
fn unusable(error: &ValidationError<'_>) -> String {
    format!(
        "cannot use values.schema.json: {error} (schemas elsewhere are never fetched: put them into the chart's own under `definitions`)\n"
    )
}

#[cfg(test)]
mod tests;
