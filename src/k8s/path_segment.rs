//! What may be one part of a path on the API server. Source: apimachinery `pkg/api/validation/path/name.go`, v0.32.

/// What is wrong with a name or namespace.
#[must_use]
pub fn problem(name: &str) -> Option<String> {
    if [".", ".."].contains(&name) {
        return Some(format!("may not be '{name}'"));
    }
    let found: Vec<String> = ['/', '%']
        .into_iter()
        .filter(|letter| name.contains(*letter))
        .map(|letter| format!("may not contain '{letter}'"))
        .collect();
    (!found.is_empty()).then(|| found.join(" "))
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn slashes_percents_and_dots_alone_are_refused() {
        for (name, expected) in [
            ("a.b", None),
            ("", None),
            ("..", Some("may not be '..'")),
            ("a%/b", Some("may not contain '/' may not contain '%'")),
        ] {
            assert_eq!(problem(name).as_deref(), expected, "{name}");
        }
    }
}
