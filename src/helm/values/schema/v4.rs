//! The words of santhosh-tekuri/jsonschema v6.0.2 (`kind/kind.go`).

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value as Json;

use super::{Checked, equal_items, keyword, types, unexpected};

/// One violation, with the reasons of alternatives below it.
pub(super) fn lines(error: &ValidationError<'_>, checked: &Checked<'_>) -> Vec<String> {
    let mut text = format!(
        "at '{}': {}",
        error.instance_path().as_str(),
        description(error, checked)
    );
    for inner in reasons(error) {
        for line in lines(inner, checked) {
            text.push_str("\n  - ");
            text.push_str(&line.replace('\n', "\n  "));
        }
    }
    vec![text]
}

fn reasons<'a>(error: &'a ValidationError<'_>) -> Vec<&'a ValidationError<'static>> {
    match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => context.iter().flatten().collect(),
        Kind::PropertyNames { error } => vec![error],
        _ => Vec::new(),
    }
}

fn description(error: &ValidationError<'_>, checked: &Checked<'_>) -> String {
    let instance = error.instance();
    let text = instance.as_str().unwrap_or_default();
    let count = match &**instance {
        Json::Array(items) => items.len(),
        Json::Object(entries) => entries.len(),
        _ => text.chars().count(),
    };
    match error.kind() {
        Kind::Required { property } => format!("missing property {}", display(property)),
        Kind::Type { .. } => format!(
            "got {}, want {}",
            type_name(instance),
            types(error, checked).join(" or ")
        ),
        Kind::AdditionalProperties { unexpected } => not_allowed(unexpected),
        Kind::Minimum { limit } => format!("minimum: got {instance}, want {limit}"),
        Kind::Maximum { limit } => format!("maximum: got {instance}, want {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("exclusiveMinimum: got {instance}, want {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("exclusiveMaximum: got {instance}, want {limit}"),
        Kind::MultipleOf { .. } => format!(
            "multipleOf: got {instance}, want {}",
            keyword(error, checked).unwrap_or(&Json::Null)
        ),
        Kind::Pattern { pattern } => {
            format!("{} does not match pattern {}", quote(text), quote(pattern))
        }
        Kind::MinLength { limit } => format!("minLength: got {count}, want {limit}"),
        Kind::MaxLength { limit } => format!("maxLength: got {count}, want {limit}"),
        Kind::MinItems { limit } => format!("minItems: got {count}, want {limit}"),
        Kind::MaxItems { limit } => format!("maxItems: got {count}, want {limit}"),
        Kind::MinProperties { limit } => format!("minProperties: got {count}, want {limit}"),
        Kind::MaxProperties { limit } => format!("maxProperties: got {count}, want {limit}"),
        Kind::AdditionalItems { limit } => {
            format!(
                "last {} additionalItem(s) not allowed",
                count.saturating_sub(*limit)
            )
        }
        Kind::Enum { options } => one_of(options),
        Kind::Constant { expected_value } => match &**expected_value {
            Json::Array(_) | Json::Object(_) => "'const' failed".to_owned(),
            value => format!("value must be {}", display(value)),
        },
        Kind::UniqueItems => {
            let (earlier, later) = equal_items(instance);
            format!("items at {earlier} and {later} are equal")
        }
        Kind::Contains => "no items match contains schema".to_owned(),
        Kind::PropertyNames { error } => {
            format!(
                "invalid propertyName {}",
                quote(error.instance().as_str().unwrap_or_default())
            )
        }
        Kind::FalseSchema => match unexpected(error, checked) {
            Some(names) => not_allowed(&names),
            None => "false schema".to_owned(),
        },
        Kind::AnyOf { .. } => "'anyOf' failed".to_owned(),
        Kind::OneOfNotValid { .. } => "'oneOf' failed, none matched".to_owned(),
        Kind::Not { .. } => "'not' failed".to_owned(),
        _ => error.to_string(),
    }
}

fn not_allowed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quote(name)).collect();
    format!("additional properties {} not allowed", names.join(", "))
}

fn one_of(options: &Json) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_plain = |value: &Json| !value.is_array() && !value.is_object();
    let shown: Vec<String> = options.iter().map(display).collect();
    match options {
        [only] if is_plain(only) => format!("value must be {}", display(only)),
        many if many.iter().all(is_plain) => format!("value must be one of {}", shown.join(", ")),
        _ => "'enum' failed".to_owned(),
    }
}

fn display(value: &Json) -> String {
    match value {
        Json::String(text) => quote(text),
        other => other.to_string(),
    }
}

fn quote(text: &str) -> String {
    let quoted = format!("{text:?}").replace("\\\"", "\"").replace('\'', "\\'");
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    format!("'{}'", inner.unwrap_or(&quoted))
}

fn type_name(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}
