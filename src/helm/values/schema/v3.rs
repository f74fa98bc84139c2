//! The words of gojsonschema v1.2.0 (`locales.go`, `validation.go`).

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value as Json;

use super::{Checked, equal_items, keyword, types, unexpected};

/// One violation, and what it brings along.
pub(super) fn lines(error: &ValidationError<'_>, checked: &Checked<'_>) -> Vec<String> {
    let field = field(error.instance_path().as_str());
    let mut lines: Vec<String> = descriptions(error, checked, &field)
        .into_iter()
        .map(|description| format!("{field}: {description}"))
        .collect();
    lines.extend(reasons(error, checked));
    lines.extend(enclosing(error));
    lines
}

/// `(root)`, or the path with dots.
fn field(pointer: &str) -> String {
    match pointer.strip_prefix('/') {
        None | Some("") => "(root)".to_owned(),
        Some(path) => path.replace('/', ".").replace("~1", "/").replace("~0", "~"),
    }
}

fn descriptions(error: &ValidationError<'_>, checked: &Checked<'_>, field: &str) -> Vec<String> {
    let instance = error.instance();
    let one = match error.kind() {
        Kind::Required { property } => match error.schema_path().as_str().contains("/dependencies/") {
            true => format!("Has a dependency on {}", plain(property)),
            false => format!("{} is required", plain(property)),
        },
        Kind::Type { .. } => {
            let expected = match types(error, checked).as_slice() {
                [one] => one.clone(),
                many => format!("[{}]", many.join(",")),
            };
            format!("Invalid type. Expected: {expected}, given: {}", given(instance))
        }
        Kind::AdditionalProperties { unexpected } => {
            let each = |name: &String| format!("Additional property {name} is not allowed");
            return unexpected.iter().map(each).collect();
        }
        Kind::Minimum { limit } => format!("Must be greater than or equal to {limit}"),
        Kind::Maximum { limit } => format!("Must be less than or equal to {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("Must be greater than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("Must be less than {limit}"),
        Kind::MultipleOf { .. } => format!(
            "Must be a multiple of {}",
            keyword(error, checked).unwrap_or(&Json::Null)
        ),
        Kind::Pattern { pattern } => format!("Does not match pattern '{pattern}'"),
        Kind::MinLength { limit } => format!("String length must be greater than or equal to {limit}"),
        Kind::MaxLength { limit } => format!("String length must be less than or equal to {limit}"),
        Kind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            let options: Vec<String> = options.iter().map(Json::to_string).collect();
            format!("{field} must be one of the following: {}", options.join(", "))
        }
        Kind::Constant { expected_value } => format!("{field} does not match: {expected_value}"),
        Kind::MinItems { limit } => format!("Array must have at least {limit} items"),
        Kind::MaxItems { limit } => format!("Array must have at most {limit} items"),
        Kind::AdditionalItems { .. } => "No additional items allowed on array".to_owned(),
        Kind::UniqueItems => {
            let (earlier, later) = equal_items(instance);
            format!("array items[{earlier},{later}] must be unique")
        }
        Kind::Contains => "At least one of the items must match".to_owned(),
        Kind::MinProperties { limit } => format!("Must have at least {limit} properties"),
        Kind::MaxProperties { limit } => format!("Must have at most {limit} properties"),
        Kind::PropertyNames { error: inner } => {
            format!("Property name of {} does not match", inner.instance())
        }
        Kind::Format { format } => format!("Does not match format '{format}'"),
        Kind::FalseSchema => match unexpected(error, checked) {
            Some(names) => {
                let each = |name: &String| format!("Additional property {name} is not allowed");
                return names.iter().map(each).collect();
            }
            None => "False always fails validation".to_owned(),
        },
        Kind::AnyOf { .. } => "Must validate at least one schema (anyOf)".to_owned(),
        Kind::OneOfNotValid { .. } | Kind::OneOfMultipleValid { .. } => {
            "Must validate one and only one schema (oneOf)".to_owned()
        }
        Kind::Not { .. } => "Must not validate the schema (not)".to_owned(),
        _ => error.to_string(),
    };
    vec![one]
}

/// The reasons of the closest alternative: the first whose type fits, else the first.
fn reasons(error: &ValidationError<'_>, checked: &Checked<'_>) -> Vec<String> {
    match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let is_type = |error: &ValidationError<'_>| matches!(error.kind(), Kind::Type { .. });
            let fits = |branch: &&Vec<ValidationError<'static>>| {
                !branch
                    .iter()
                    .any(|inner| is_type(inner) && inner.instance_path() == error.instance_path())
            };
            let closest = context.iter().find(fits).or_else(|| context.first());
            let inner = closest.map(Vec::as_slice).unwrap_or_default();
            inner.iter().flat_map(|error| lines(error, checked)).collect()
        }
        Kind::PropertyNames { error: inner } => {
            let field = field(error.instance_path().as_str());
            let descriptions = descriptions(inner, checked, &field);
            descriptions
                .into_iter()
                .map(|text| format!("{field}: {text}"))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// `allOf`, `then` and `else` on the way to the keyword add a line of their own at the place where they apply.
fn enclosing(error: &ValidationError<'_>) -> Vec<String> {
    let steps: Vec<&str> = error.evaluation_path().as_str().split('/').skip(1).collect();
    let instance: Vec<&str> = error.instance_path().as_str().split('/').skip(1).collect();
    let mut depth = 0;
    let mut lines = Vec::new();
    let mut index = 0;
    while let Some(step) = steps.get(index) {
        let place = format!("/{}", instance[..depth.min(instance.len())].join("/"));
        let (taken, entered, text) = match *step {
            "properties" | "patternProperties" => (2, 1, None),
            "additionalProperties" if index + 1 < steps.len() => (1, 1, None),
            "items" | "additionalItems" | "contains" => (1, 1, None),
            "allOf" => (2, 0, Some("Must validate all the schemas (allOf)")),
            "then" => (1, 0, Some("Must validate \"then\" as \"if\" was valid")),
            "else" => (1, 0, Some("Must validate \"else\" as \"if\" was not valid")),
            _ => (1, 0, None),
        };
        lines.extend(text.map(|text| format!("{}: {text}", field(&place))));
        index += taken;
        depth += entered;
    }
    lines
}

fn given(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "number",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
