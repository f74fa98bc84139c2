//! `deploy-manager status`: where the components stand, by the daemon's word or by what is recorded.

use anyhow::Context as _;

use super::connection::ClusterArgs;
use super::output::{self, Format};
use super::{Exit, runtime};
use crate::daemon::world;
use crate::reconcile::{ComponentStatus, Status, recorded};

/// Flags of `status`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Ask this daemon (such as http://localhost:8080) instead of reading what is recorded in the namespace
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Reads and prints.
#[must_use]
pub fn run(args: &Args) -> Exit {
    runtime::run(status(args))
}

async fn status(args: &Args) -> anyhow::Result<Exit> {
    let status = match &args.server {
        Some(server) => asked(server).await?,
        None => {
            let cluster = args.cluster.connect().await?;
            recorded::status(&cluster, world::system().now).await?
        }
    };
    output::result(&match args.output {
        Format::Table => shown(&status),
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&status)?),
    });
    Ok(Exit::Done)
}

async fn asked(server: &str) -> anyhow::Result<Status> {
    // reqwest is built without a TLS provider of its own; a second call finds the first one's.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let url = format!("{}/api/v1/status", server.trim_end_matches('/'));
    let asking = || format!("asking {}", crate::base::secret::redact_url(&url));
    let answer = reqwest::get(&url).await.with_context(asking)?;
    let answer = answer.error_for_status().with_context(asking)?;
    answer.json().await.with_context(asking)
}

fn shown(status: &Status) -> String {
    let commit = status.synced_commit.as_deref().unwrap_or("none yet");
    let mut text = format!(
        "cluster:    {}\nnamespace:  {}\nsynced:     {commit}{}\n",
        status.cluster,
        status.namespace,
        status
            .synced_at
            .as_ref()
            .map(|at| format!(" at {at}"))
            .unwrap_or_default()
    );
    if let Some(error) = &status.fetch_error {
        text.push_str(&format!("fetch:      {error}\n"));
    }
    for blocked in &status.blocked {
        text.push_str(&format!("blocked:    {blocked}\n"));
    }
    let head = [
        "COMPONENT",
        "RELEASE",
        "STATE",
        "REVISION",
        "HELM",
        "CHART",
        "VERSION",
        "MESSAGE",
    ];
    let rows: Vec<_> = status.components.iter().map(row).collect();
    format!("{text}\n{}", output::table(head, &rows))
}

fn row(component: &ComponentStatus) -> [String; 8] {
    let first_line = component.message.lines().next().unwrap_or_default();
    [
        component.name.clone(),
        component.release.clone(),
        format!("{:?}", component.state),
        component
            .revision
            .map(|revision| revision.to_string())
            .unwrap_or_default(),
        component.helm_version.clone(),
        component.chart_version.clone(),
        component.version.clone(),
        first_line.to_owned(),
    ]
}
