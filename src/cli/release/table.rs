//! The flags of Helm's release commands. Source: helm `cmd/helm/{root,install,upgrade,rollback,uninstall,release_testing,
//! status,history,list,get_*,flags}.go` and `pkg/cli/environment.go`, v3.17.2; the same files below `pkg/` of v4.3.1.

use crate::helm::engines::Engine;

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A truth value, true when it is given alone.
    Switch,
    Text,
    /// May be given several times.
    Texts,
    /// The same, and with commas.
    List,
    /// `key=value,…`
    Pairs,
    Number,
    Duration,
    /// `--dry-run`: alone, `client`.
    DryRun,
    /// Helm 4's `--wait`: alone, `watcher`.
    Strategy,
    Format,
}

/// A flag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) short: Option<char>,
    pub(super) kind: Kind,
    pub(super) help: &'static str,
    /// In Helm 3, in Helm 4.
    of: (bool, bool),
}

impl Flag {
    pub(super) fn is_of(&self, engine: &Engine) -> bool {
        if engine.is_v4 { self.of.1 } else { self.of.0 }
    }
    const fn v3(self) -> Flag {
        Flag {
            of: (true, false),
            ..self
        }
    }
    const fn v4(self) -> Flag {
        Flag {
            of: (false, true),
            ..self
        }
    }
    const fn short(self, letter: char) -> Flag {
        Flag {
            short: Some(letter),
            ..self
        }
    }
}

const fn flag(name: &'static str, kind: Kind, help: &'static str) -> Flag {
    Flag {
        name,
        short: None,
        kind,
        help,
        of: (true, true),
    }
}

const fn switch(name: &'static str, help: &'static str) -> Flag {
    flag(name, Kind::Switch, help)
}

const fn text(name: &'static str, help: &'static str) -> Flag {
    flag(name, Kind::Text, help)
}

const OUTPUT: Flag = flag("output", Kind::Format, "table, json or yaml").short('o');
const REVISION: Flag = flag("revision", Kind::Number, "this revision instead of the newest");
const TIMEOUT: Flag = flag(
    "timeout",
    Kind::Duration,
    "for each hook and each wait (default 5m)",
);
const NO_HOOKS: Flag = switch("no-hooks", "run no Helm hooks");
const DESCRIPTION: Flag = text("description", "instead of the description that Helm writes");
const WAIT_V3: Flag = switch("wait", "wait until the objects are ready").v3();
const WAIT_V4: Flag = flag(
    "wait",
    Kind::Strategy,
    "wait until the objects are ready: watcher, legacy or hookOnly",
)
.v4();
const FORCE: Flag = switch("force", "replace objects instead of patching them");
const FORCE_V4: Flag = switch("force-replace", "replace objects instead of patching them").v4();
const CONFLICTS: Flag = switch("force-conflicts", "take fields over from other managers").v4();
const SERVER_SIDE: Flag = text("server-side", "apply on the server: true, false or auto").v4();
const HISTORY_MAX: Flag = flag(
    "history-max",
    Kind::Number,
    "revisions kept, 0: all (default 10, or $HELM_MAX_HISTORY)",
);
const CLEANUP: Flag = switch("cleanup-on-fail", "delete what was created if it fails");
const WAIT_JOBS: Flag = switch("wait-for-jobs", "with --wait: wait for Jobs, too");
const RECREATE_PODS: Flag = switch("recreate-pods", "not supported").v3();
const RECREATE_KINDS: Flag = flag(
    "recreate-kinds",
    Kind::List,
    "replace objects of these kinds (Job) where their template changed; not a flag of helm",
);

/// Flags of every command.
pub(super) const GLOBAL: &[Flag] = &[
    text(
        "namespace",
        "the release namespace (default: $HELM_NAMESPACE, or the context's)",
    )
    .short('n'),
    text(
        "kubeconfig",
        "a kubeconfig (default: $KUBECONFIG, or ~/.kube/config)",
    ),
    text("kube-context", "context in the kubeconfig"),
    text("kube-token", "bearer token"),
    text("kube-as-user", "act as this user"),
    flag("kube-as-group", Kind::Texts, "act as one of this group"),
    text("kube-apiserver", "address of the API server"),
    text(
        "kube-ca-file",
        "file with the authority that signs the server's certificate",
    ),
    text("kube-tls-server-name", "the name in the server's certificate"),
    switch(
        "kube-insecure-skip-tls-verify",
        "do not check the server's certificate",
    ),
    switch("debug", "tell more"),
    text("registry-config", "without effect"),
    text("repository-config", "without effect"),
    text("repository-cache", "without effect"),
    flag("burst-limit", Kind::Number, "without effect"),
    text("qps", "without effect"),
    text("color", "without effect").v4(),
    text("colour", "without effect").v4(),
    text("content-cache", "without effect").v4(),
    text(
        "helm-version",
        "behave as this Helm: 3.17.2 (default) or 4.3.1; not a flag of helm",
    ),
    switch("help", "show the flags").short('h'),
];

const VALUES: &[Flag] = &[
    flag("values", Kind::List, "values in a YAML file").short('f'),
    flag("set", Kind::Texts, "set values: key1=val1,key2=val2"),
    flag("set-string", Kind::Texts, "set values that stay texts"),
    flag("set-file", Kind::Texts, "set values from files"),
    flag("set-json", Kind::Texts, "set JSON values"),
    flag("set-literal", Kind::Texts, "set a literal text"),
];

const CHART: &[Flag] = &[
    text("version", "without effect on a chart that is on this machine"),
    switch("devel", "without effect"),
    switch("verify", "not supported"),
    text("keyring", "without effect"),
    text("repo", "not supported"),
    text("username", "without effect"),
    text("password", "without effect"),
    text("cert-file", "without effect"),
    text("key-file", "without effect"),
    text("ca-file", "without effect"),
    switch("insecure-skip-tls-verify", "without effect"),
    switch("plain-http", "without effect"),
    switch("pass-credentials", "without effect"),
    switch("dependency-update", "not supported"),
    text("post-renderer", "not supported"),
    flag("post-renderer-args", Kind::List, "not supported"),
];

/// What install and upgrade share.
const DEPLOY: &[Flag] = &[
    switch("create-namespace", "create the release namespace"),
    flag("dry-run", Kind::DryRun, "change nothing: client or server"),
    switch("hide-secret", "with --dry-run: hide Secrets"),
    FORCE,
    FORCE_V4,
    CONFLICTS,
    SERVER_SIDE,
    NO_HOOKS,
    TIMEOUT,
    WAIT_V3,
    WAIT_V4,
    WAIT_JOBS,
    DESCRIPTION,
    switch("disable-openapi-validation", "take objects as they come"),
    switch("atomic", "take a failed deploy back"),
    switch("rollback-on-failure", "take a failed deploy back").v4(),
    switch("skip-crds", "leave the definitions of crds/ out"),
    switch("render-subchart-notes", "render the notes of subcharts, too"),
    switch("skip-schema-validation", "do not check values against schemas"),
    flag("labels", Kind::Pairs, "labels of the record").short('l'),
    switch("enable-dns", "accepted; host names are never looked up"),
    switch("hide-notes", "do not print the notes"),
    switch(
        "take-ownership",
        "it does not matter whose the objects are that exist",
    ),
    OUTPUT,
    RECREATE_KINDS,
];

const INSTALL: &[Flag] = &[
    switch("replace", "use a name whose release failed or was uninstalled"),
    switch("generate-name", "make the name").short('g'),
    text("name-template", "a template for the name"),
];

const UPGRADE: &[Flag] = &[
    switch("install", "install where there is no release").short('i'),
    switch("reset-values", "start from the chart's values"),
    switch("reuse-values", "start from the last release's values"),
    switch(
        "reset-then-reuse-values",
        "start from the chart's values, then the last release's",
    ),
    HISTORY_MAX,
    CLEANUP,
    RECREATE_PODS,
];

const ROLLBACK: &[Flag] = &[
    flag("dry-run", Kind::DryRun, "change nothing"),
    RECREATE_PODS,
    FORCE,
    FORCE_V4,
    CONFLICTS,
    SERVER_SIDE,
    NO_HOOKS,
    TIMEOUT,
    WAIT_V3,
    WAIT_V4,
    WAIT_JOBS,
    CLEANUP,
    HISTORY_MAX,
    text("description", "instead of the description that Helm writes").v4(),
    RECREATE_KINDS,
];

const UNINSTALL: &[Flag] = &[
    switch("dry-run", "change nothing"),
    NO_HOOKS,
    switch("ignore-not-found", "a release that is not there is uninstalled"),
    switch("keep-history", "keep the records"),
    WAIT_V3,
    WAIT_V4,
    text(
        "cascade",
        "what happens to dependents: background, orphan or foreground",
    ),
    TIMEOUT,
    DESCRIPTION,
];

const TEST: &[Flag] = &[
    TIMEOUT,
    switch("logs", "print the logs of the test pods"),
    flag("filter", Kind::List, "name=test1 or !name=test2"),
    switch("hide-notes", "do not print the notes").v3(),
];

const STATUS: &[Flag] = &[
    REVISION,
    OUTPUT,
    switch("show-desc", "print the description").v3(),
    switch("show-resources", "print the objects").v3(),
];

const HISTORY: &[Flag] = &[
    flag("max", Kind::Number, "at most so many, the newest (default 256)"),
    OUTPUT,
    switch("show-rollback-revision", "print what was rolled back to").v4(),
];

const LIST: &[Flag] = &[
    switch("short", "print names only").short('q'),
    switch("no-headers", "print no head"),
    text("time-format", "Go's layout of times"),
    switch("date", "sort by date").short('d'),
    switch("reverse", "the other way round").short('r'),
    switch("all", "in any state").v3().short('a'),
    switch("uninstalled", "uninstalled ones with a kept history"),
    switch("superseded", "superseded ones"),
    switch("uninstalling", "those that are being uninstalled"),
    switch("deployed", "deployed ones"),
    switch("failed", "failed ones"),
    switch("pending", "pending ones"),
    switch("all-namespaces", "of all namespaces").short('A'),
    flag("max", Kind::Number, "at most so many (default 256)").short('m'),
    flag("offset", Kind::Number, "leave the first ones out"),
    text("filter", "a regular expression for names").short('f'),
    text("selector", "labels of the records").short('l'),
    OUTPUT,
];

const GET: &[Flag] = &[REVISION];
const GET_TEMPLATE: &[Flag] = &[REVISION, text("template", "not supported")];
const GET_METADATA: &[Flag] = &[REVISION, OUTPUT];
const GET_VALUES: &[Flag] = &[REVISION, OUTPUT, switch("all", "computed values").short('a')];

/// How many arguments a command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arguments {
    Exactly(usize),
    AtLeast(usize),
}

/// A command.
#[derive(Debug)]
pub(super) struct Command {
    /// `get values`
    pub(super) name: &'static str,
    pub(super) aliases: &'static [&'static str],
    /// As Helm's usage line has them.
    pub(super) arguments_shown: &'static str,
    pub(super) arguments: Arguments,
    pub(super) about: &'static str,
    pub(super) flags: &'static [&'static [Flag]],
}

const fn command(
    name: &'static str,
    (arguments_shown, arguments): (&'static str, Arguments),
    about: &'static str,
    flags: &'static [&'static [Flag]],
) -> Command {
    Command {
        name,
        aliases: &[],
        arguments_shown,
        arguments,
        about,
        flags,
    }
}

const ONE: Arguments = Arguments::Exactly(1);

/// All commands.
pub(super) static COMMANDS: &[Command] = &[
    command(
        "install",
        ("[NAME] [CHART]", Arguments::AtLeast(1)),
        "Install a chart",
        &[INSTALL, DEPLOY, VALUES, CHART, GLOBAL],
    ),
    command(
        "upgrade",
        ("[RELEASE] [CHART]", Arguments::Exactly(2)),
        "Upgrade a release",
        &[UPGRADE, DEPLOY, VALUES, CHART, GLOBAL],
    ),
    command(
        "rollback",
        ("<RELEASE> [REVISION]", Arguments::AtLeast(1)),
        "Roll a release back to an earlier revision",
        &[ROLLBACK, GLOBAL],
    ),
    Command {
        aliases: &["del", "delete", "un"],
        ..command(
            "uninstall",
            ("RELEASE_NAME [...]", Arguments::AtLeast(1)),
            "Uninstall releases",
            &[UNINSTALL, GLOBAL],
        )
    },
    command(
        "test",
        ("[RELEASE]", ONE),
        "Run a release's tests",
        &[TEST, GLOBAL],
    ),
    command(
        "status",
        ("RELEASE_NAME", ONE),
        "Show where a release stands",
        &[STATUS, GLOBAL],
    ),
    Command {
        aliases: &["hist"],
        ..command(
            "history",
            ("RELEASE_NAME", ONE),
            "List the revisions of a release",
            &[HISTORY, GLOBAL],
        )
    },
    Command {
        aliases: &["ls"],
        ..command(
            "list",
            ("", Arguments::Exactly(0)),
            "List releases",
            &[LIST, GLOBAL],
        )
    },
    command(
        "get all",
        ("RELEASE_NAME", ONE),
        "Print all of a release",
        &[GET_TEMPLATE, GLOBAL],
    ),
    command(
        "get hooks",
        ("RELEASE_NAME", ONE),
        "Print its Helm hooks",
        &[GET, GLOBAL],
    ),
    command(
        "get manifest",
        ("RELEASE_NAME", ONE),
        "Print its manifest",
        &[GET, GLOBAL],
    ),
    command(
        "get metadata",
        ("RELEASE_NAME", ONE),
        "Print its metadata",
        &[GET_METADATA, GLOBAL],
    ),
    command(
        "get notes",
        ("RELEASE_NAME", ONE),
        "Print its notes",
        &[GET, GLOBAL],
    ),
    command(
        "get values",
        ("RELEASE_NAME", ONE),
        "Print its values",
        &[GET_VALUES, GLOBAL],
    ),
];
