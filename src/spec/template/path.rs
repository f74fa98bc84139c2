//! Paths in templates: `parameters.a.b`, `this`, `../name`, `@index`, `@root.cluster`, `[a key]`.

/// A path, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// `@root`
    pub is_root: bool,
    /// `@key` and the like.
    pub is_local: bool,
    /// How many `../`.
    pub up: usize,
    /// The keys.
    pub keys: Vec<String>,
}

/// Takes a path apart; the parser has checked that it is one.
#[must_use]
pub fn parse(text: &str) -> Path {
    let mut path = Path::default();
    let mut rest = text;
    if let Some(after) = rest.strip_prefix("@root") {
        path.is_root = true;
        rest = after;
    } else if let Some(after) = rest.strip_prefix('@') {
        path.is_local = true;
        rest = after;
    }
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("..") {
            path.up += 1;
            rest = after;
        } else if let Some(after) = rest.strip_prefix(['.', '/']) {
            rest = after;
        } else if let Some(after) = rest.strip_prefix('[') {
            let (key, after) = after.split_once(']').unwrap_or((after, ""));
            path.keys.push(key.to_owned());
            rest = after;
        } else {
            let end = rest.find(['.', '/']).unwrap_or(rest.len());
            let (key, after) = rest.split_at(end);
            if key != "this" {
                path.keys.push(key.to_owned());
            }
            rest = after;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, is_root: bool, is_local: bool, up: usize, keys: &[&str]) {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let expected = Path {
            is_root,
            is_local,
            up,
            keys,
        };
        assert_eq!(parse(text), expected, "{text}");
    }

    #[test]
    fn paths_are_taken_apart() {
        check("parameters.a.b", false, false, 0, &["parameters", "a", "b"]);
        check("parameters/a", false, false, 0, &["parameters", "a"]);
        check("this", false, false, 0, &[]);
        check("this.x", false, false, 0, &["x"]);
        check("./x", false, false, 0, &["x"]);
        check("../../x.y", false, false, 2, &["x", "y"]);
        check("@index", false, true, 0, &["index"]);
        check("@../key", false, true, 1, &["key"]);
        check("@root.cluster.name", true, false, 0, &["cluster", "name"]);
        check("a.[b c].d", false, false, 0, &["a", "b c", "d"]);
    }
}
