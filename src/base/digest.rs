//! Digests: SHA-256 over things that are told apart by their lengths, so that no two different lists look the same.

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

/// 2⁵³: integers below it are exact as `f64`.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// A digest being made.
#[derive(Clone, Default)]
pub struct Digest(Sha256);

impl Digest {
    /// Of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Adds one part.
    #[must_use]
    pub fn with(mut self, part: impl AsRef<[u8]>) -> Self {
        let part = part.as_ref();
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
        self
    }
    /// Adds a JSON tree; the order of its keys does not matter.
    #[must_use]
    pub fn with_json(self, json: &Json) -> Self {
        let mut text = String::new();
        write_sorted(json, &mut text);
        self.with(text)
    }
    /// 64 lower-case hex digits.
    #[must_use]
    pub fn hex(self) -> String {
        data_encoding::HEXLOWER.encode(&self.0.finalize())
    }
}

fn write_sorted(json: &Json, out: &mut String) {
    match json {
        Json::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            out.push('{');
            for key in keys {
                out.push_str(&Json::String(key.clone()).to_string());
                out.push(':');
                write_sorted(&map[key], out);
                out.push(',');
            }
            out.push('}');
        }
        Json::Array(items) => {
            out.push('[');
            for item in items {
                write_sorted(item, out);
                out.push(',');
            }
            out.push(']');
        }
        // 3 and 3.0 are one number to Helm, and which of them it is depends on who wrote the JSON.
        Json::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() || float.abs() < MAX_EXACT => out.push_str(&float.to_string()),
            _ => out.push_str(&number.to_string()),
        },
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parts_do_not_run_together() {
        let one = Digest::new().with("ab").with("c").hex();
        let other = Digest::new().with("a").with("bc").hex();
        assert_ne!(one, other);
        assert_eq!(one.len(), 64);
    }

    #[test]
    fn the_order_of_keys_does_not_matter_and_that_of_items_does() {
        let of = |json: Json| Digest::new().with_json(&json).hex();
        assert_eq!(of(json!({"a": 1, "b": [1, 2]})), of(json!({"b": [1, 2], "a": 1})));
        assert_ne!(of(json!([1, 2])), of(json!([2, 1])));
        assert_ne!(of(json!({"a": "1"})), of(json!({"a": 1})));
        assert_eq!(of(json!(3)), of(json!(3.0)));
        assert_ne!(of(json!(3)), of(json!(3.5)));
        assert_ne!(of(json!(u64::MAX)), of(json!(u64::MAX - 1)));
    }
}
