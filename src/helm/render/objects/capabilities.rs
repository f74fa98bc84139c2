//! `.Capabilities`. Source: helm `pkg/chartutil/capabilities.go`, v3.17; `pkg/chart/common/capabilities.go`, v4.

use super::record::{Field, Record};
use crate::golang::func::Method;
use crate::golang::semver::{Constraint, Version};
use crate::golang::value::{Elem, ListType};
use crate::golang::{Env, Fault, List, Type, Value, strconv};
use crate::helm::engines::{Engine, ValuesPackage};
use crate::helm::render::request::Capabilities;

/// The Kubernetes version as templates see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    /// `.Version`.
    pub version: String,
    /// What Helm 4 made of `--kube-version`, without a suffix; empty for a server's own version.
    pub normalized: String,
    /// `.Major`.
    pub major: String,
    /// `.Minor`.
    pub minor: String,
}

impl KubeVersion {
    /// The version of a request, or the engine's default.
    ///
    /// # Errors
    /// A text that is not a version, in Helm's words.
    pub fn of(capabilities: &Capabilities, engine: &Engine) -> Result<KubeVersion, String> {
        if let Some(server) = &capabilities.server {
            return Ok(KubeVersion {
                version: server.git_version.clone(),
                normalized: String::new(),
                major: server.major.clone(),
                minor: server.minor.clone(),
            });
        }
        let Some(text) = &capabilities.kube_version else {
            let (major, minor) = engine.kubernetes;
            let version = format!("v{major}.{minor}.0");
            return Ok(KubeVersion {
                normalized: version.clone(),
                version,
                major: major.to_string(),
                minor: minor.to_string(),
            });
        };
        let parsed = if engine.keeps_kube_version_text {
            generic(text)
        } else {
            coerced(text, engine)
        };
        parsed.map_err(|error| format!("invalid kube version '{text}': {error}"))
    }

    /// `.String` and `.GitVersion`.
    pub fn text(&self) -> &str {
        match self.normalized.as_str() {
            "" => &self.version,
            normalized => normalized,
        }
    }

    /// Does a chart's `kubeVersion` accept it? A constraint that cannot be read accepts nothing.
    pub fn satisfies(&self, constraint: &str, engine: &Engine) -> bool {
        let version = Version::parse(self.text(), engine.semver);
        let constraint = Constraint::parse(constraint, engine.semver);
        matches!((version, constraint), (Ok(version), Ok(constraint)) if constraint.check(&version))
    }
}

/// Helm 3: any text that the semver library can make a version of.
fn coerced(text: &str, engine: &Engine) -> Result<KubeVersion, String> {
    let parsed = Version::parse(text, engine.semver)?;
    let mut version = format!("v{}.{}.{}", parsed.major, parsed.minor, parsed.patch);
    for (mark, part) in [('-', &parsed.prerelease), ('+', &parsed.metadata)] {
        if !part.is_empty() {
            version.push(mark);
            version.push_str(part);
        }
    }
    Ok(KubeVersion {
        normalized: version.clone(),
        version,
        major: parsed.major.to_string(),
        minor: parsed.minor.to_string(),
    })
}

/// Helm 4: at least two numbers; the text stays as it is. Source: k8s.io/apimachinery `pkg/util/version` (`ParseGeneric`).
fn generic(text: &str) -> Result<KubeVersion, String> {
    let trimmed = text.trim_start_matches([' ', '\t', '\n', '\x0c', '\r']);
    let bare = trimmed.strip_prefix('v').unwrap_or(trimmed);
    let end = bare
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(bare.len());
    // A dot that no digit follows ends the numbers.
    let digits = bare[..end].split('.').take_while(|part| !part.is_empty());
    let parts: Vec<&str> = digits.collect();
    if parts.is_empty() || bare.contains('\n') {
        return Err(format!(
            "could not parse {} as version",
            strconv::quote(text.as_bytes())
        ));
    }
    let [major, _, ..] = parts[..] else {
        return Err(format!(
            "illegal version string {}",
            strconv::quote(text.as_bytes())
        ));
    };
    if major.starts_with('0') && major != "0" {
        return Err(format!(
            "illegal zero-prefixed version component {major:?} in {}",
            strconv::quote(text.as_bytes())
        ));
    }
    let mut numbers = Vec::new();
    for part in &parts {
        let number: u64 = part.parse().map_err(|_| {
            format!(
                "illegal non-numeric version component {part:?} in {}: strconv.ParseUint: parsing {part:?}: value out of range",
                strconv::quote(text.as_bytes())
            )
        })?;
        numbers.push(number.to_string());
    }
    let given = if text.starts_with('v') {
        text.to_owned()
    } else {
        format!("v{text}")
    };
    Ok(KubeVersion {
        version: given,
        normalized: format!("v{}", numbers.join(".")),
        major: numbers[0].clone(),
        minor: numbers[1].clone(),
    })
}

/// `.Capabilities`.
pub fn capabilities(request: &Capabilities, kube_version: &KubeVersion, engine: &Engine) -> Value {
    let is_common = engine.values_package == ValuesPackage::Common;
    let list_type = if is_common { &COMMON_SET } else { &CHARTUTIL_SET };
    let defaults = || {
        engine
            .api_versions
            .iter()
            .map(|name| (*name).to_owned())
            .collect()
    };
    let mut versions: Vec<String> = request.server_versions.clone().unwrap_or_else(defaults);
    versions.extend(request.extra_versions.iter().cloned());
    let set = List::of(
        Elem::Defined(list_type),
        versions.into_iter().map(Value::from).collect(),
    );
    let type_name = if is_common {
        "*common.Capabilities"
    } else {
        "*chartutil.Capabilities"
    };
    let fields = vec![
        Field::plain("KubeVersion", Value::object(kube_record(kube_version, is_common))),
        Field::plain("APIVersions", set),
        Field::plain("HelmVersion", Value::object(helm_record(engine, is_common))),
    ];
    Value::object(Record::pointer(type_name, fields))
}

fn kube_record(version: &KubeVersion, is_common: bool) -> Record {
    let mut fields = vec![
        Field::plain("Version", version.version.clone()),
        Field::plain("Major", version.major.clone()),
        Field::plain("Minor", version.minor.clone()),
    ];
    if is_common {
        fields.insert(1, Field::plain("normalizedVersion", version.normalized.clone()));
    }
    let type_name = if is_common {
        "common.KubeVersion"
    } else {
        "chartutil.KubeVersion"
    };
    Record {
        unexported: &["normalizedVersion"],
        methods: KUBE_METHODS,
        printed: Some(version.text().into()),
        ..Record::new(type_name, fields)
    }
}

fn helm_record(engine: &Engine, is_common: bool) -> Record {
    let (major, minor) = engine.kubernetes;
    let mut fields = vec![
        Field::optional("Version", "version", format!("v{}", engine.version)),
        Field::optional("GitCommit", "git_commit", engine.git_commit),
        Field::optional("GitTreeState", "git_tree_state", "clean"),
        Field::optional("GoVersion", "go_version", engine.go_version),
    ];
    if is_common {
        let client = format!("v{major}.{minor}");
        fields.push(Field {
            omit_empty: false,
            ..Field::optional("KubeClientVersion", "kube_client_version", client)
        });
    }
    Record::new("version.BuildInfo", fields)
}

const KUBE_METHODS: &[Method] = &[
    Method::new("String", &[], kube_string),
    Method::new("GitVersion", &[], kube_string),
];

fn kube_string(_: &Env, receiver: &Value, _: &[Value]) -> Result<Value, Fault> {
    let Value::Object(object) = receiver else {
        return Err(Fault::new("not a Kubernetes version"));
    };
    Ok(object.printed().map_or(Value::Nil, Value::Str))
}

static CHARTUTIL_SET: ListType = ListType {
    name: "chartutil.VersionSet",
    methods: SET_METHODS,
};
static COMMON_SET: ListType = ListType {
    name: "common.VersionSet",
    methods: SET_METHODS,
};
const SET_METHODS: &[Method] = &[Method::new("Has", &[Type::Str], set_has)];

fn set_has(_: &Env, receiver: &Value, args: &[Value]) -> Result<Value, Fault> {
    let (Value::List(list), Some(Value::Str(wanted))) = (receiver, args.first()) else {
        return Err(Fault::new("not a version set"));
    };
    let is_wanted = |item: &Value| matches!(item, Value::Str(text) if text == wanted);
    Ok(Value::Bool(list.iter().any(is_wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::engines::{HELM_3_17_2, HELM_4_3_1};

    fn parsed(text: &str, engine: &Engine) -> Result<(String, String), String> {
        let capabilities = Capabilities {
            kube_version: Some(text.to_owned()),
            ..Capabilities::default()
        };
        KubeVersion::of(&capabilities, engine).map(|version| (version.version, version.normalized))
    }

    #[test]
    fn helm_3_coerces_and_helm_4_keeps_the_text() {
        let pair = |a: &str, b: &str| Ok((a.to_owned(), b.to_owned()));
        for (text, v3, v4) in [
            ("1.30", pair("v1.30.0", "v1.30.0"), pair("v1.30", "v1.30")),
            (
                "v1.30.1-gke.100",
                pair("v1.30.1-gke.100", "v1.30.1-gke.100"),
                pair("v1.30.1-gke.100", "v1.30.1"),
            ),
            (
                "1",
                pair("v1.0.0", "v1.0.0"),
                Err("invalid kube version '1': illegal version string \"1\"".to_owned()),
            ),
        ] {
            assert_eq!(parsed(text, &HELM_3_17_2), v3);
            assert_eq!(parsed(text, &HELM_4_3_1), v4);
        }
        let expected = "invalid kube version 'abc': Invalid Semantic Version";
        assert_eq!(parsed("abc", &HELM_3_17_2), Err(expected.to_owned()));
    }

    #[test]
    fn a_servers_own_version_is_taken_as_it_is() {
        let capabilities = Capabilities {
            kube_version: Some("1.20".to_owned()),
            server: Some(crate::helm::render::ServerVersion {
                git_version: "v1.33.4-gke.1245000".to_owned(),
                major: "1".to_owned(),
                minor: "33+".to_owned(),
            }),
            ..Capabilities::default()
        };
        for engine in [&HELM_3_17_2, &HELM_4_3_1] {
            let version = KubeVersion::of(&capabilities, engine).unwrap();
            assert_eq!(
                (version.text(), version.minor.as_str()),
                ("v1.33.4-gke.1245000", "33+")
            );
            // Both Helms compare the whole text, in which a suffix makes a version older than the release.
            assert!(!version.satisfies(">=1.25.0", engine));
            assert!(version.satisfies(">=1.25.0-0", engine));
        }
    }

    #[test]
    fn suffixes_count_in_helm_3_only() {
        let capabilities = Capabilities {
            kube_version: Some("v1.30.1-gke.100".to_owned()),
            ..Capabilities::default()
        };
        let satisfies = |engine| {
            KubeVersion::of(&capabilities, engine)
                .unwrap()
                .satisfies(">=1.25.0", engine)
        };
        assert!(!satisfies(&HELM_3_17_2));
        assert!(satisfies(&HELM_4_3_1));
    }
}
