//! The flags of `helm template` that change something here; `usage` has all of them and reads the command line.
//! Source: helm `cmd/helm/{template,install,flags,root}.go`, v3.17.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use super::live;

/// Flags, in the groups of helm's source. Booleans also take `=true` and `=false`, as helm's do. The values of lists come
/// one by one. Where a flag comes twice, the last one counts.
#[derive(Debug, Args)]
#[command(args_override_self = true)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of helm's command line"
)]
pub struct TemplateArgs {
    /// Release name and chart, or the chart alone.
    #[arg(value_name = "NAME] [CHART", num_args = 1.., required = true)]
    pub positional: Vec<String>,

    // === values ===
    /// Values in a YAML file (`-` for standard input); may be given several times.
    #[arg(short = 'f', long, value_name = "FILES")]
    pub values: Vec<String>,
    /// Set values: key1=val1,key2=val2.
    #[arg(long, allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// Set values that stay texts.
    #[arg(long, allow_hyphen_values = true)]
    pub set_string: Vec<String>,
    /// Set values from files: key1=path1,key2=path2.
    #[arg(long, allow_hyphen_values = true)]
    pub set_file: Vec<String>,
    /// Set JSON values: key1=jsonval1.
    #[arg(long, allow_hyphen_values = true)]
    pub set_json: Vec<String>,
    /// Set a literal text: key=text.
    #[arg(long, allow_hyphen_values = true)]
    pub set_literal: Vec<String>,

    // === the release ===
    /// The namespace that the chart is rendered for.
    #[arg(short, long, env = "HELM_NAMESPACE", default_value = "")]
    pub namespace: String,
    /// A template for the release name.
    #[arg(long)]
    pub name_template: Option<String>,
    /// Generate the name (helm's `template` accepts it and stays with `release-name`).
    #[arg(short, long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub generate_name: bool,
    /// Labels of the release: checked, and without effect.
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub labels: Vec<String>,
    /// Render for an upgrade.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub is_upgrade: bool,

    // === the cluster ===
    /// The Kubernetes version to render for.
    #[arg(long)]
    pub kube_version: Option<String>,
    /// API versions that the cluster has besides the default ones.
    #[arg(short, long)]
    pub api_versions: Vec<String>,
    /// Ask the cluster whether it would take the manifest; with `--helm-version 4.3.1` the same as `--dry-run=server`.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub validate: bool,
    /// `client`, or `server`: `lookup` finds what is in the cluster.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    pub dry_run: Option<String>,
    /// With `--validate`: take objects as they come.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub disable_openapi_validation: bool,
    /// With `--validate`: it does not matter whose the objects are that exist.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub take_ownership: bool,
    /// How to reach it.
    #[command(flatten)]
    pub kube: Kube,

    // === output ===
    /// Include the objects of `crds/`.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub include_crds: bool,
    /// Accepted: a rendering installs none, and `--include-crds` counts.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub skip_crds: bool,
    /// Only these templates.
    #[arg(short, long)]
    pub show_only: Vec<String>,
    /// Leave out tests.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub skip_tests: bool,
    /// Leave out Helm hooks.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub no_hooks: bool,
    /// Write files below this folder instead of standard output.
    #[arg(long)]
    pub output_dir: Option<PathBuf>,
    /// Put the release name into the path below `--output-dir`.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub release_name: bool,
    /// Print files that are no valid YAML, too (default: $HELM_DEBUG).
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = ArgAction::Set)]
    debug: Option<bool>,

    // === rendering ===
    /// Do not check values against schemas.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub skip_schema_validation: bool,
    /// Render the notes of subcharts, too.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub render_subchart_notes: bool,
    /// Accepted; host names are never looked up.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub enable_dns: bool,
    /// Behave as this Helm: 3.17.2 or 4.3.1. (Not a flag of helm.)
    #[arg(long, default_value = "3.17.2")]
    pub helm_version: String,

    /// How to tell an error: as helm does, with excerpt and chain of calls, as JSON; `auto`: `full` on a terminal and with
    /// `--debug`, otherwise `helm`. (Not a flag of helm.)
    #[arg(long, value_enum, default_value_t = ErrorFormat::Auto, value_name = "FORMAT")]
    pub error_format: ErrorFormat,

    // === what helm takes and this command cannot do, or need not ===
    /// Update dependencies first (not possible here).
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub dependency_update: bool,
    /// Run a program on the output (not possible here).
    #[arg(long)]
    pub post_renderer: Option<String>,
    /// A chart repository (not possible here).
    #[arg(long)]
    pub repo: Option<String>,
    /// Check the chart's signature (not possible here).
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", action = ArgAction::Set)]
    pub verify: bool,
    /// A version constraint for charts from repositories; without effect on a chart given by its path.
    #[arg(long)]
    pub version: Option<String>,
}

/// How to reach the cluster.
#[derive(Debug, Default, Args)]
pub struct Kube {
    /// A kubeconfig (default: $KUBECONFIG, then ~/.kube/config, then in-cluster settings).
    #[arg(long, value_name = "FILE", default_value = "", hide_default_value = true)]
    pub kubeconfig: String,
    /// Context in the kubeconfig.
    #[arg(
        long,
        env = "HELM_KUBECONTEXT",
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    pub kube_context: String,
    /// Address of the API server.
    #[arg(
        long,
        env = "HELM_KUBEAPISERVER",
        value_name = "URL",
        default_value = "",
        hide_default_value = true
    )]
    pub kube_apiserver: String,
    /// Bearer token.
    #[arg(
        long,
        env = "HELM_KUBETOKEN",
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true,
        hide_env_values = true
    )]
    pub kube_token: String,
    /// File with the authority that signs the server's certificate.
    #[arg(
        long,
        env = "HELM_KUBECAFILE",
        value_name = "FILE",
        default_value = "",
        hide_default_value = true
    )]
    pub kube_ca_file: String,
    /// Act as this user.
    #[arg(
        long,
        env = "HELM_KUBEASUSER",
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    pub kube_as_user: String,
    /// Act as one of this group; may be given several times (default: $HELM_KUBEASGROUPS, with commas).
    #[arg(long, value_name = "NAME")]
    pub kube_as_group: Vec<String>,
    /// The name in the server's certificate.
    #[arg(
        long,
        env = "HELM_KUBETLS_SERVER_NAME",
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    pub kube_tls_server_name: String,
    /// Do not check the server's certificate (default: $HELM_KUBEINSECURE_SKIP_TLS_VERIFY).
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = ArgAction::Set)]
    pub kube_insecure_skip_tls_verify: Option<bool>,
}

/// How an error is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ErrorFormat {
    /// For whoever reads standard error.
    #[default]
    Auto,
    /// Exactly as helm does.
    Helm,
    /// With an excerpt and the chain of calls.
    Full,
    /// One line of JSON.
    Json,
}

impl TemplateArgs {
    /// The namespace: as given, or that of the kubeconfig's context, or `default`.
    pub fn namespace(&self) -> String {
        if !self.namespace.is_empty() {
            return self.namespace.clone();
        }
        live::context_namespace(self).unwrap_or_else(|| "default".to_owned())
    }
    /// `--debug`, also by the environment.
    pub fn is_debugging(&self) -> bool {
        self.debug.unwrap_or_else(|| live::is_set("HELM_DEBUG"))
    }
    /// What was asked that this command cannot do, with what to do instead.
    pub fn refusal(&self) -> Option<&'static str> {
        let cases = [
            (
                self.dependency_update,
                "--dependency-update is not supported; run `helm dependency build` on the chart first",
            ),
            (
                self.post_renderer.is_some(),
                "--post-renderer is not supported; pipe the output through the program instead",
            ),
            (
                self.repo.is_some(),
                "--repo is not supported; give a chart that is on this machine, as a folder or an archive",
            ),
            (
                self.verify,
                "--verify is not supported; check the chart's signature before",
            ),
        ];
        cases
            .into_iter()
            .find(|(is_asked, _)| *is_asked)
            .map(|(_, text)| text)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: TemplateArgs,
    }

    #[test]
    fn of_flags_that_come_twice_the_last_one_counts() {
        let line = "template r chart --skip-tests --skip-tests=false -n a -n b -s x -s y --set a=1 --set b=2";
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        assert!(!cli.args.skip_tests);
        assert_eq!(cli.args.namespace, "b");
        assert_eq!(cli.args.show_only, ["x", "y"]);
        assert_eq!(cli.args.set, ["a=1", "b=2"]);
    }

    #[test]
    fn what_cannot_be_done_is_refused_with_advice() {
        for (flag, is_refused) in [
            ("--validate", false),
            ("--dry-run=server", false),
            ("--dependency-update", true),
            ("--post-renderer=./x", true),
            ("--repo=https://charts.example.org", true),
            ("--verify", true),
            ("--dry-run=client", false),
            ("--include-crds", false),
        ] {
            let cli = Cli::try_parse_from(["template", "r", "chart", flag]).unwrap();
            assert_eq!(cli.args.refusal().is_some(), is_refused, "{flag}");
        }
    }
}
