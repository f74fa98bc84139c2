//! `--validate` and `--dry-run`: what they ask of the cluster.

use crate::golang::strconv::quote;
use crate::helm::engines::Engine;

/// What is asked of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli::template) struct Asked {
    /// Capabilities are the cluster's, and it must be able to take the manifest.
    pub(in crate::cli::template) validation: bool,
    /// `lookup` finds what is there.
    pub(in crate::cli::template) lookup: bool,
}

impl Asked {
    /// No cluster is needed.
    pub(in crate::cli::template) const NOTHING: Asked = Asked {
        validation: false,
        lookup: false,
    };
}

/// What the flags ask, and what Helm logs about them.
pub(in crate::cli::template) fn of_flags(
    validate: bool,
    dry_run: Option<&str>,
    engine: &Engine,
) -> (Result<Asked, String>, Vec<String>) {
    if engine.validates_on_dry_run {
        return in_one(validate, dry_run.unwrap_or("client"));
    }
    (apart(validate, dry_run.unwrap_or("true")), Vec::new())
}

/// Helm 3: two flags for two things. Source: helm `cmd/helm/{template,install}.go`, v3.17.
fn apart(validate: bool, dry_run: &str) -> Result<Asked, String> {
    let lookup = match dry_run {
        "" | "true" | "client" => false,
        "server" | "none" | "false" => true,
        _ => {
            return Err(
                "Invalid dry-run flag. Flag must one of the following: false, true, none, client, server"
                    .to_owned(),
            );
        }
    };
    Ok(Asked {
        validation: validate,
        lookup,
    })
}

/// Helm 4: all or nothing. Source: helm `pkg/cmd/{template,helpers}.go`, v4.3.
fn in_one(validate: bool, dry_run: &str) -> (Result<Asked, String>, Vec<String>) {
    let all = Asked {
        validation: true,
        lookup: true,
    };
    let wrong = |choice: &str| {
        let value = quote(dry_run.as_bytes());
        (
            Err(format!("invalid dry-run value ({value}). Must be {choice}")),
            Vec::new(),
        )
    };
    let (asked, warning) = match dry_run {
        "unset" => {
            let text = "--dry-run is deprecated and should be replaced with '--dry-run=client'";
            (Asked::NOTHING, Some(text.to_owned()))
        }
        "client" => (Asked::NOTHING, None),
        "server" => (all, None),
        "none" => return wrong(r#""server" or "client""#),
        _ => match parse_bool(dry_run) {
            None => return wrong(r#""none", "server", or "client""#),
            Some(false) => return wrong(r#""server" or "client""#),
            Some(true) => {
                let text = format!(
                    "boolean '--dry-run={dry_run}' flag is deprecated and must be replaced with '--dry-run=client'"
                );
                (Asked::NOTHING, Some(text))
            }
        },
    };
    let warnings = warning.map(|text| format!("level=WARN msg={}", quote(text.as_bytes())));
    (
        Ok(if validate { all } else { asked }),
        warnings.into_iter().collect(),
    )
}

/// Go's `strconv.ParseBool`.
pub(in crate::cli::template) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::engines::{HELM_3_17_2, HELM_4_3_1};

    #[test]
    fn helm_3_has_two_flags_for_two_things() {
        for (validate, dry_run, expected) in [
            (false, None, Some((false, false))),
            (true, None, Some((true, false))),
            (false, Some("server"), Some((false, true))),
            (true, Some("server"), Some((true, true))),
            (false, Some("none"), Some((false, true))),
            (false, Some("false"), Some((false, true))),
            (false, Some("client"), Some((false, false))),
            (false, Some(""), Some((false, false))),
            (false, Some("1"), None),
        ] {
            let (asked, _) = of_flags(validate, dry_run, &HELM_3_17_2);
            let asked = asked.ok().map(|asked| (asked.validation, asked.lookup));
            assert_eq!(asked, expected, "{validate} {dry_run:?}");
        }
    }

    #[test]
    fn helm_4_asks_all_or_nothing() {
        for (validate, dry_run, expected, warnings) in [
            (false, None, Some((false, false)), 0),
            (true, None, Some((true, true)), 0),
            (false, Some("server"), Some((true, true)), 0),
            (false, Some("unset"), Some((false, false)), 1),
            (false, Some("t"), Some((false, false)), 1),
            (false, Some("none"), None, 0),
            (false, Some("F"), None, 0),
            (false, Some(""), None, 0),
        ] {
            let (asked, told) = of_flags(validate, dry_run, &HELM_4_3_1);
            let asked = asked.ok().map(|asked| (asked.validation, asked.lookup));
            assert_eq!(
                (asked, told.len()),
                (expected, warnings),
                "{validate} {dry_run:?}"
            );
        }
    }
}
