//! The flags of `helm template`. Source: helm `cmd/helm/{root,template,install,flags}.go` and `pkg/cli/environment.go`,
//! v3.17.2, and the same files below `pkg/` of v4.3.1.

use crate::helm::engines::Engine;

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Flag,
    Text,
    /// Several, with commas between them.
    List,
    /// `key=value,…`
    Pairs,
    Integer,
    Float,
    Duration,
    /// `--dry-run`: a text that may be left out.
    DryRun,
    /// Helm 4's `--wait`: the name of a strategy, that may be left out.
    Strategy,
}

/// Which Helm has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Both,
    V3,
    V4,
}

/// A flag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) short: Option<char>,
    pub(super) value: Value,
    of: Of,
    /// Helm 4's word on it.
    pub(super) deprecated: Option<&'static str>,
    /// Changes something here: the parser of flags knows it.
    pub(super) is_used: bool,
}

impl Flag {
    pub(super) fn is_of(&self, engine: &Engine) -> bool {
        match self.of {
            Of::Both => true,
            Of::V3 => !engine.is_v4,
            Of::V4 => engine.is_v4,
        }
    }
    /// What it stands for when it is given alone.
    pub(super) fn without_value(&self, engine: &Engine) -> Option<&'static str> {
        match self.value {
            Value::Flag => Some("true"),
            Value::DryRun if engine.is_v4 => Some("unset"),
            Value::DryRun => Some("client"),
            Value::Strategy => Some("watcher"),
            _ => None,
        }
    }
}

const fn used(name: &'static str, value: Value) -> Flag {
    Flag {
        name,
        short: None,
        value,
        of: Of::Both,
        deprecated: None,
        is_used: true,
    }
}

const fn short(name: &'static str, short: char, value: Value) -> Flag {
    Flag {
        short: Some(short),
        ..used(name, value)
    }
}

const fn ignored(name: &'static str, value: Value, of: Of) -> Flag {
    Flag {
        of,
        is_used: false,
        ..used(name, value)
    }
}

const fn deprecated(flag: Flag, why: &'static str) -> Flag {
    Flag {
        deprecated: Some(why),
        ..flag
    }
}

const NO_EFFECT: &str = "this flag has no effect for 'helm template' and will be removed in Helm 5";

/// All of them.
pub(super) static FLAGS: &[Flag] = &[
    // === ours ===
    used("helm-version", Value::Text),
    used("error-format", Value::Text),
    // === values ===
    short("values", 'f', Value::List),
    used("set", Value::Text),
    used("set-string", Value::Text),
    used("set-file", Value::Text),
    used("set-json", Value::Text),
    used("set-literal", Value::Text),
    // === the release ===
    short("namespace", 'n', Value::Text),
    used("name-template", Value::Text),
    short("generate-name", 'g', Value::Flag),
    used("is-upgrade", Value::Flag),
    short("labels", 'l', Value::Pairs),
    used("take-ownership", Value::Flag),
    // === the cluster ===
    used("kube-version", Value::Text),
    short("api-versions", 'a', Value::List),
    deprecated(used("validate", Value::Flag), "use '--dry-run=server' instead"),
    used("dry-run", Value::DryRun),
    used("disable-openapi-validation", Value::Flag),
    used("kubeconfig", Value::Text),
    used("kube-context", Value::Text),
    used("kube-apiserver", Value::Text),
    used("kube-token", Value::Text),
    used("kube-ca-file", Value::Text),
    used("kube-as-user", Value::Text),
    used("kube-as-group", Value::Text),
    used("kube-tls-server-name", Value::Text),
    used("kube-insecure-skip-tls-verify", Value::Flag),
    ignored("burst-limit", Value::Integer, Of::Both),
    ignored("qps", Value::Float, Of::Both),
    // === output ===
    used("include-crds", Value::Flag),
    used("skip-crds", Value::Flag),
    short("show-only", 's', Value::Text),
    used("skip-tests", Value::Flag),
    used("no-hooks", Value::Flag),
    used("output-dir", Value::Text),
    used("release-name", Value::Flag),
    used("debug", Value::Flag),
    // === rendering ===
    used("skip-schema-validation", Value::Flag),
    deprecated(used("render-subchart-notes", Value::Flag), NO_EFFECT),
    used("enable-dns", Value::Flag),
    // === the chart's origin ===
    used("dependency-update", Value::Flag),
    used("post-renderer", Value::Text),
    used("repo", Value::Text),
    used("verify", Value::Flag),
    used("version", Value::Text),
    ignored("post-renderer-args", Value::Text, Of::Both),
    ignored("devel", Value::Flag, Of::Both),
    ignored("ca-file", Value::Text, Of::Both),
    ignored("cert-file", Value::Text, Of::Both),
    ignored("key-file", Value::Text, Of::Both),
    ignored("keyring", Value::Text, Of::Both),
    ignored("username", Value::Text, Of::Both),
    ignored("password", Value::Text, Of::Both),
    ignored("pass-credentials", Value::Flag, Of::Both),
    ignored("plain-http", Value::Flag, Of::Both),
    ignored("insecure-skip-tls-verify", Value::Flag, Of::Both),
    ignored("registry-config", Value::Text, Of::Both),
    ignored("repository-config", Value::Text, Of::Both),
    ignored("repository-cache", Value::Text, Of::Both),
    ignored("content-cache", Value::Text, Of::V4),
    ignored("color", Value::Text, Of::V4),
    ignored("colour", Value::Text, Of::V4),
    // === deploying, which a rendering does not do ===
    deprecated(
        ignored("atomic", Value::Flag, Of::Both),
        "use --rollback-on-failure instead",
    ),
    ignored("rollback-on-failure", Value::Flag, Of::V4),
    ignored("create-namespace", Value::Flag, Of::Both),
    ignored("description", Value::Text, Of::Both),
    deprecated(
        ignored("force", Value::Flag, Of::Both),
        "use --force-replace instead",
    ),
    ignored("force-replace", Value::Flag, Of::V4),
    ignored("force-conflicts", Value::Flag, Of::V4),
    ignored("server-side", Value::Flag, Of::V4),
    deprecated(ignored("hide-notes", Value::Flag, Of::Both), NO_EFFECT),
    ignored("replace", Value::Flag, Of::Both),
    ignored("timeout", Value::Duration, Of::Both),
    ignored("wait", Value::Flag, Of::V3),
    ignored("wait", Value::Strategy, Of::V4),
    ignored("wait-for-jobs", Value::Flag, Of::Both),
];

/// Flags of Helm 4 that exclude each other, in the order in which cobra looks at them.
pub(super) const EXCLUSIVE: &[&[&str]] = &[
    &["force", "force-conflicts"],
    &["force-replace", "force-conflicts"],
    &["validate", "dry-run"],
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::Args as _;

    use super::*;
    use crate::cli::template::flags::TemplateArgs;

    #[test]
    fn the_parser_of_flags_knows_those_that_are_used() {
        let command = TemplateArgs::augment_args(clap::Command::new("template"));
        let parsed: BTreeSet<&str> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
        let used = FLAGS.iter().filter(|flag| flag.is_used);
        let used: BTreeSet<&str> = used.map(|flag| flag.name).collect();
        assert_eq!(parsed, used);
    }
}
