//! Label and field selectors.

use serde_json::Value as Json;

use super::object::{at, text};

/// One requirement of a label selector.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Missing(String),
}

/// Which objects a list, watch or deletion means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selector {
    labels: Vec<Requirement>,
    /// (path, value, equal?)
    fields: Vec<(String, String, bool)>,
}

impl Selector {
    /// Parses both selectors of a query.
    ///
    /// # Errors
    /// What cannot be parsed.
    pub(super) fn parse(labels: &str, fields: &str) -> Result<Selector, String> {
        let labels = split_outside_parentheses(labels);
        let labels = labels
            .iter()
            .map(|text| requirement(text))
            .collect::<Result<_, _>>()?;
        let fields = fields.split(',').map(str::trim).filter(|text| !text.is_empty());
        let fields = fields.map(field).collect::<Result<_, _>>()?;
        Ok(Selector { labels, fields })
    }
    /// The selector of `matchLabels` and `matchExpressions`.
    pub(super) fn of_object(selector: &Json) -> Selector {
        let mut labels = Vec::new();
        for (key, value) in selector["matchLabels"].as_object().into_iter().flatten() {
            labels.push(Requirement::In(
                key.clone(),
                vec![value.as_str().unwrap_or_default().to_owned()],
            ));
        }
        for expression in selector["matchExpressions"].as_array().into_iter().flatten() {
            let key = text(expression, "/key").to_owned();
            let values = at(expression, "/values").as_array().into_iter().flatten();
            let values: Vec<String> = values.filter_map(Json::as_str).map(str::to_owned).collect();
            labels.push(match text(expression, "/operator") {
                "In" => Requirement::In(key, values),
                "NotIn" => Requirement::NotIn(key, values),
                "DoesNotExist" => Requirement::Missing(key),
                _ => Requirement::Exists(key),
            });
        }
        Selector {
            labels,
            fields: Vec::new(),
        }
    }
    /// The selector of a plain map, as Services have it.
    pub(super) fn of_map(map: &Json) -> Selector {
        Selector::of_object(&serde_json::json!({"matchLabels": map}))
    }
    pub(super) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }
    pub(super) fn matches(&self, object: &Json) -> bool {
        let labels = at(object, "/metadata/labels");
        self.labels.iter().all(|requirement| requirement.matches(labels))
            && self
                .fields
                .iter()
                .all(|(path, value, is_equal)| (field_of(object, path) == *value) == *is_equal)
    }
}

impl Requirement {
    fn matches(&self, labels: &Json) -> bool {
        let has = |key: &str, values: &[String]| {
            let value = labels.get(key).and_then(Json::as_str);
            value.is_some_and(|value| values.iter().any(|wanted| wanted == value))
        };
        match self {
            Requirement::In(key, values) => has(key, values),
            Requirement::NotIn(key, values) => !has(key, values),
            Requirement::Exists(key) => labels.get(key).is_some(),
            Requirement::Missing(key) => labels.get(key).is_none(),
        }
    }
}

fn field_of(object: &Json, path: &str) -> String {
    let pointer = format!("/{}", path.replace('.', "/"));
    match at(object, &pointer) {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

fn split_outside_parentheses(text: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0_i32);
    for letter in text.chars() {
        match letter {
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(letter);
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn requirement(text: &str) -> Result<Requirement, String> {
    let text = text.trim();
    if let Some((key, value)) = text.split_once("!=") {
        return Ok(Requirement::NotIn(
            key.trim().to_owned(),
            vec![value.trim().to_owned()],
        ));
    }
    if let Some((key, value)) = text.split_once('=') {
        let value = value.trim_start_matches('=').trim();
        return Ok(Requirement::In(key.trim().to_owned(), vec![value.to_owned()]));
    }
    if let Some((head, values)) = text.split_once('(') {
        let values = values.trim_end_matches(')').split(',');
        let values = values.map(|value| value.trim().to_owned()).collect();
        return match head.split_whitespace().collect::<Vec<_>>().as_slice() {
            [key, "in"] => Ok(Requirement::In((*key).to_owned(), values)),
            [key, "notin"] => Ok(Requirement::NotIn((*key).to_owned(), values)),
            _ => Err(format!("unable to parse requirement: {text}")),
        };
    }
    match text.strip_prefix('!') {
        Some(key) => Ok(Requirement::Missing(key.trim().to_owned())),
        None if text.contains(char::is_whitespace) => Err(format!("unable to parse requirement: {text}")),
        None => Ok(Requirement::Exists(text.to_owned())),
    }
}

fn field(text: &str) -> Result<(String, String, bool), String> {
    let own = |path: &str, value: &str, is_equal| (path.trim().to_owned(), value.trim().to_owned(), is_equal);
    if let Some((path, value)) = text.split_once("!=") {
        return Ok(own(path, value, false));
    }
    match text.split_once('=') {
        Some((path, value)) => Ok(own(path, value.trim_start_matches('='), true)),
        None => Err(format!("invalid field selector: {text}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn selectors_select() {
        let object = json!({
            "metadata": {"name": "n", "labels": {"app": "web", "tier": "front"}},
            "status": {"phase": "Running"}, "type": "Opaque",
        });
        for (labels, fields, expected) in [
            ("", "", true),
            ("app=web", "", true),
            ("app==web,tier=front", "", true),
            ("app!=web", "", false),
            ("other!=x", "", true),
            ("app in (db, web)", "", true),
            ("app notin (db,web)", "", false),
            ("app", "", true),
            ("!app", "", false),
            ("!other,app in (web)", "", true),
            ("", "metadata.name=n,status.phase!=Failed", true),
            ("", "type=Opaque", true),
            ("", "spec.nodeName=", true),
            ("", "metadata.name==m", false),
        ] {
            let selector = Selector::parse(labels, fields).unwrap();
            assert_eq!(selector.matches(&object), expected, "{labels} {fields}");
        }
        assert!(Selector::parse("a b", "").is_err());
        assert!(Selector::parse("", "a").is_err());
        let selector = json!({"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]});
        assert!(Selector::of_object(&selector).matches(&object));
    }
}
