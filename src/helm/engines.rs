//! The table of certified engines: one row per Helm version, each behaviour that differs a flag of the row.

/// One certified engine.
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
    /// Helm 4's way (messages, record layout, server-side apply by default) or Helm 3's.
    pub is_v4: bool,
}

/// Helm 3.17.2, the default.
pub static HELM_3_17_2: Engine = Engine {
    version: "3.17.2",
    git_commit: "cc0bbbd6d6276b83880042c1ecb34087e84d41eb",
    go_version: "go1.23.7",
    kubernetes: (1, 32),
    is_v4: false,
};

/// Helm 4.3.1.
pub static HELM_4_3_1: Engine = Engine {
    version: "4.3.1",
    git_commit: "",
    go_version: "go1.27.2",
    kubernetes: (1, 37),
    is_v4: true,
};

/// All certified engines, oldest first.
pub static CERTIFIED: &[&Engine] = &[&HELM_3_17_2, &HELM_4_3_1];

/// The engine of a version, with or without a leading `v`.
#[must_use]
pub fn find(version: &str) -> Option<&'static Engine> {
    let version = version.strip_prefix('v').unwrap_or(version);
    CERTIFIED.iter().copied().find(|engine| engine.version == version)
}
