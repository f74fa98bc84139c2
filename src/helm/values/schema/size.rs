//! Schemas that a validator would never be done with: small as text, endless when their references are followed.

use std::collections::HashMap;

use serde_json::Value as Json;

/// How many subschemas there may be with references followed.
const MAX_SUBSCHEMAS: u64 = 1_000_000;

/// Refuses a schema that is too large when its references are followed, each circle once.
pub(super) fn check(schema: &Json) -> Result<(), String> {
    let mut walk = Walk {
        root: schema,
        counted: HashMap::new(),
    };
    if walk.count(schema) <= MAX_SUBSCHEMAS {
        return Ok(());
    }
    Err(format!(
        "values.schema.json has more than {MAX_SUBSCHEMAS} subschemas when its references are followed"
    ))
}

struct Walk<'s> {
    root: &'s Json,
    /// Subschemas below a node, by its address; 0 while it is being counted.
    counted: HashMap<*const Json, u64>,
}

impl<'s> Walk<'s> {
    fn count(&mut self, node: &'s Json) -> u64 {
        if !node.is_object() && !node.is_array() {
            return 0;
        }
        let address = std::ptr::from_ref(node);
        if let Some(count) = self.counted.get(&address) {
            return *count;
        }
        self.counted.insert(address, 0);
        let mut count: u64 = 1;
        match node {
            Json::Object(entries) => {
                for (key, value) in entries {
                    let below = match (key.as_str(), value) {
                        ("$ref", Json::String(reference)) => self.referenced(reference),
                        _ => self.count(value),
                    };
                    count = count.saturating_add(below);
                }
            }
            Json::Array(items) => {
                for item in items {
                    count = count.saturating_add(self.count(item));
                }
            }
            _ => {}
        }
        self.counted.insert(address, count);
        count
    }

    fn referenced(&mut self, reference: &str) -> u64 {
        let target = reference
            .strip_prefix('#')
            .and_then(|path| self.root.pointer(path));
        target.map_or(0, |target| self.count(target))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_that_double_are_refused_and_circles_are_not() {
        let mut doubling = json!({"properties": {"a": {"$ref": "#/d0"}}, "d40": {}});
        for level in 0..40 {
            let next = json!({"$ref": format!("#/d{}", level + 1)});
            doubling[format!("d{level}")] = json!({"allOf": [next, next]});
        }
        assert!(check(&doubling).is_err());
        let tree = json!({"properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}});
        assert_eq!(check(&tree), Ok(()));
    }
}
