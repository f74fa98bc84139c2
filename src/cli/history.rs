//! `deploy-manager history`: the revisions of a release, as `helm history` shows them.

use anyhow::bail;
use serde_json::{Value as Json, json};

use super::connection::ClusterArgs;
use super::output::{self, Format};
use super::{Exit, runtime};
use crate::base::names::ReleaseName;
use crate::daemon::world;
use crate::helm::engines;
use crate::release::{self, Holder, Summary};

/// Flags of `history`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Release
    release: ReleaseName,
    /// At most so many revisions, the newest
    #[arg(long, value_name = "COUNT", default_value_t = 256)]
    max: usize,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Reads and prints.
#[must_use]
pub fn run(args: &Args) -> Exit {
    runtime::run(history(args))
}

async fn history(args: &Args) -> anyhow::Result<Exit> {
    let cluster = args.cluster.connect().await?;
    let ctx = release::Context {
        namespace: cluster.namespace().clone(),
        driver: release::Driver::Secret,
        cluster,
        engine: engines::CERTIFIED[0],
        holder: Holder::default(),
        now: world::system().now,
    };
    let observed = release::observe(&ctx, &args.release).await?;
    if observed.history.is_empty() {
        // Helm's words.
        bail!("release: not found");
    }
    let skipped = observed.history.len().saturating_sub(args.max);
    output::result(&shown(&observed.history[skipped..], args.output)?);
    Ok(Exit::Done)
}

fn shown(history: &[Summary], format: Format) -> anyhow::Result<String> {
    match format {
        Format::Table => {
            let head = [
                "REVISION",
                "UPDATED",
                "STATUS",
                "CHART",
                "APP VERSION",
                "DESCRIPTION",
            ];
            Ok(output::table(head, &history.iter().map(row).collect::<Vec<_>>()))
        }
        Format::Json => {
            let items: Vec<Json> = history.iter().map(item).collect();
            Ok(format!("{}\n", serde_json::to_string(&items)?))
        }
    }
}

fn row(summary: &Summary) -> [String; 6] {
    [
        summary.revision.to_string(),
        ansic(&summary.updated),
        summary.status.clone(),
        summary.chart.clone(),
        summary.app_version.clone(),
        summary.description.clone(),
    ]
}

/// The keys of `helm history -o json`. Source: helm `cmd/helm/history.go` (`releaseInfo`), v3.17.
fn item(summary: &Summary) -> Json {
    json!({
        "revision": summary.revision,
        "updated": summary.updated,
        "status": summary.status,
        "chart": summary.chart,
        "app_version": summary.app_version,
        "description": summary.description,
    })
}

/// Go's `time.ANSIC`, as helm shows times; what is no time is shown as it is.
fn ansic(time: &str) -> String {
    match time.parse::<jiff::Timestamp>() {
        Ok(time) => time.strftime("%a %b %e %H:%M:%S %Y").to_string(),
        Err(_) => time.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary() -> Summary {
        Summary {
            name: "web".into(),
            namespace: "east".into(),
            revision: 3,
            status: "deployed".into(),
            updated: "2026-01-02T03:04:05.123456789Z".into(),
            chart: "web-1.0.0".into(),
            app_version: "7".into(),
            description: "Upgrade complete".into(),
            uid: String::new(),
            resource_version: String::new(),
        }
    }

    #[test]
    fn revisions_are_shown_as_helm_shows_them() {
        let expected = "\
REVISION  UPDATED                   STATUS    CHART      APP VERSION  DESCRIPTION
3         Fri Jan  2 03:04:05 2026  deployed  web-1.0.0  7            Upgrade complete
";
        assert_eq!(shown(&[summary()], Format::Table).unwrap(), expected);
        let json: Json = serde_json::from_str(&shown(&[summary()], Format::Json).unwrap()).unwrap();
        assert_eq!(json[0]["app_version"], "7");
    }
}
