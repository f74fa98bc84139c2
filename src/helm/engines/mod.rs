//! The table of certified engines: one row per Helm version, each behaviour that differs a flag of the row.

pub mod api_versions;

use crate::golang::regexp::ClassNames;
use crate::golang::semver;

/// How a rendered file is split into documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Splitting {
    /// A separator swallows the white space around it, and documents are trimmed at both ends (before v4.2).
    Swallowing,
    /// A separator starts a line, and a document keeps its end (since v4.2.4).
    LineStart,
}

/// How failures of templates are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorStyle {
    /// Go's one line.
    Raw,
    /// One block for each level of the call, where every level is a template error (since v4.0).
    Blocks,
}

/// How several errors are told as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorList {
    /// Counted, each behind a bullet, also a single one (before v4.0). Source: hashicorp/go-multierror `format.go`, v1.1.1.
    Bullets,
    /// One a line (since v4.0). Source: Go's `errors.Join`.
    Lines,
}

impl ErrorList {
    /// The text.
    #[must_use]
    pub fn text(self, errors: &[String]) -> String {
        let bullets = || {
            let points: Vec<String> = errors.iter().map(|error| format!("* {error}")).collect();
            points.join("\n\t")
        };
        match (self, errors) {
            (ErrorList::Lines, errors) => errors.join("\n"),
            (ErrorList::Bullets, [_]) => format!("1 error occurred:\n\t{}\n\n", bullets()),
            (ErrorList::Bullets, errors) => {
                format!("{} errors occurred:\n\t{}\n\n", errors.len(), bullets())
            }
        }
    }
}

/// One certified engine. Each behaviour that differs between Helm versions is a field.
#[derive(Debug, PartialEq, Eq)]
pub struct Engine {
    /// Without a `v`: `3.17.2`.
    pub version: &'static str,
    /// `.Capabilities.HelmVersion.GitCommit`.
    pub git_commit: &'static str,
    /// `.Capabilities.HelmVersion.GoVersion`.
    pub go_version: &'static str,
    /// The Kubernetes version that `template` assumes without a cluster: major, minor.
    pub kubernetes: (u32, u32),
    /// `.Capabilities.APIVersions` without a cluster.
    pub api_versions: &'static [&'static str],
    /// Helm 4's way (messages, record layout, server-side apply by default) or Helm 3's.
    pub is_v4: bool,
    /// Documents of a rendered file.
    pub splitting: Splitting,
    /// All documents of a values file count, merged, not only the first (since v4.0).
    pub merges_documents: bool,
    /// The Go package of Chart.yaml's types, as errors name it.
    pub chart_package: &'static str,
    /// Charts of an apiVersion that is not known are refused before anything else is read (since v4.0).
    pub detects_api_version: bool,
    /// A chart that gets an alias is copied with what it declares and the charts directly below it (since v4.0); before,
    /// copies share both: of a chart under two aliases only the first imports, and charts below keep their old paths.
    pub copies_aliased_deeply: bool,
    /// Paths of `import-values` may be any value, taken as its text (since v4.0).
    pub prints_import_paths: bool,
    /// `--set a[0` without a `]` is the end of the flag, not an error (since v4.0).
    pub forgives_open_index: bool,
    /// A chart may not be called `.` or `..` (since v4.0).
    pub refuses_dot_names: bool,
    /// Webhook configurations have a place in the install order (since v4.0).
    pub ranks_webhooks: bool,
    /// The Go package of the type that heads are read into, as errors name it.
    pub head_package: &'static str,
    /// `range 3` works (built with Go 1.24 or later).
    pub ranges_integers: bool,
    /// How regular expressions name classes (loosely if built with Go 1.25 or later).
    pub class_names: ClassNames,
    /// Comparison errors name both types (built with Go 1.24 or later).
    pub names_compared_types: bool,
    /// `.Chart` is a map, so that a missing field is empty instead of an error (since v4.0).
    pub chart_is_map: bool,
    /// The Go package of `.Values` and `.Capabilities`: `chartutil` or `common`.
    pub values_package: ValuesPackage,
    /// Shape of template errors.
    pub error_style: ErrorStyle,
    /// `mustToYaml` and `mustToToml` exist (since v4.0).
    pub has_must_encoders: bool,
    /// `mustToDuration`, `durationHours` and so on exist (since v4.3).
    pub has_durations: bool,
    /// `toToml` writes large floats with an exponent (its library from 1.5).
    pub toml_has_exponents: bool,
    /// The semver library's edition: constraints and error texts.
    pub semver: semver::Edition,
    /// Several errors in one.
    pub error_list: ErrorList,
    /// What an install says of a name that has a history.
    pub name_in_use: &'static str,
    /// What takes a failed deploy back, as messages name it.
    pub atomic_flag: &'static str,
    /// `--kube-version` keeps its text, and constraints ignore its suffix (since v4.1).
    pub keeps_kube_version_text: bool,
    /// `template --dry-run=server` is `--validate`, and has capabilities of the cluster as well as `lookup` (since v4.0).
    pub validates_on_dry_run: bool,
    /// An object may have `generateName` instead of a name, not both (since v4.0).
    pub checks_generated_names: bool,
}

/// The Go package that `%T` names for Helm's own types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValuesPackage {
    /// `chartutil.Values`.
    Chartutil,
    /// `common.Values` (since v4.0).
    Common,
}

/// Helm 3.17.2, the default.
pub static HELM_3_17_2: Engine = Engine {
    version: "3.17.2",
    git_commit: "cc0bbbd6d6276b83880042c1ecb34087e84d41eb",
    go_version: "go1.23.7",
    kubernetes: (1, 32),
    api_versions: api_versions::KUBERNETES_0_32,
    is_v4: false,
    splitting: Splitting::Swallowing,
    merges_documents: false,
    chart_package: "chart",
    detects_api_version: false,
    copies_aliased_deeply: false,
    prints_import_paths: false,
    forgives_open_index: false,
    refuses_dot_names: false,
    ranks_webhooks: false,
    head_package: "releaseutil",
    ranges_integers: false,
    class_names: ClassNames::Exact,
    names_compared_types: false,
    chart_is_map: false,
    values_package: ValuesPackage::Chartutil,
    error_style: ErrorStyle::Raw,
    has_must_encoders: false,
    has_durations: false,
    toml_has_exponents: false,
    semver: semver::Edition::V3_3,
    error_list: ErrorList::Bullets,
    name_in_use: "cannot re-use a name that is still in use",
    atomic_flag: "atomic",
    keeps_kube_version_text: false,
    validates_on_dry_run: false,
    checks_generated_names: false,
};

/// Helm 4.3.1.
pub static HELM_4_3_1: Engine = Engine {
    version: "4.3.1",
    git_commit: "c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff",
    go_version: "go1.27.2",
    kubernetes: (1, 37),
    api_versions: api_versions::KUBERNETES_0_37,
    is_v4: true,
    splitting: Splitting::LineStart,
    merges_documents: true,
    chart_package: "v2",
    detects_api_version: true,
    copies_aliased_deeply: true,
    prints_import_paths: true,
    forgives_open_index: true,
    refuses_dot_names: true,
    ranks_webhooks: true,
    head_package: "util",
    ranges_integers: true,
    class_names: ClassNames::Loose,
    names_compared_types: true,
    chart_is_map: true,
    values_package: ValuesPackage::Common,
    error_style: ErrorStyle::Blocks,
    has_must_encoders: true,
    has_durations: true,
    toml_has_exponents: true,
    semver: semver::Edition::V3_5,
    error_list: ErrorList::Lines,
    name_in_use: "release name check failed: cannot reuse a name that is still in use",
    atomic_flag: "rollback-on-failure",
    keeps_kube_version_text: true,
    validates_on_dry_run: true,
    checks_generated_names: true,
};

/// All certified engines, oldest first.
pub static CERTIFIED: &[&Engine] = &[&HELM_3_17_2, &HELM_4_3_1];

/// The engine of a version, with or without a leading `v`.
#[must_use]
pub fn find(version: &str) -> Option<&'static Engine> {
    let version = version.strip_prefix('v').unwrap_or(version);
    CERTIFIED.iter().copied().find(|engine| engine.version == version)
}
