//! `release test`. Source: helm `cmd/helm/release_testing.go`, v3.17, and `pkg/cmd/release_testing.go`, v4.3.

use anyhow::Context as _;

use super::line::Line;
use super::printed::{self, Parts};
use super::show::Format;
use super::{connect, verbs};
use crate::cli::{Exit, output, runtime};
use crate::helm::hook::Hook;
use crate::k8s::{Cluster, ObjectRef};
use crate::release::{self, Filter};

/// Lines of a log: all, as far as the client reads them.
const ALL_LINES: u32 = u32::MAX;

/// Runs, prints, and fails where a test failed.
///
/// # Errors
/// Helm's text.
pub(super) async fn test(line: &Line) -> anyhow::Result<Exit> {
    let filter = &filter(line.texts("filter"));
    let options = &verbs::options(line)?;
    let ctx = &connect::context(line).await?;
    let name = line.arguments.first().map_or("", String::as_str);
    let name = verbs::name(name, "releaseTest: Release name is invalid")?;
    let observed = &release::observe(ctx, &name).await?;
    let verb = |cancel| async move { release::test(ctx, observed, filter, options, &cancel).await };
    let tested = runtime::interruptible(verb).await?;
    let parts = Parts {
        debug: verbs::is_debugging(line),
        without_notes: line.engine.is_v4 || line.is_set("hide-notes"),
        ..Parts::default()
    };
    output::result(&printed::release(
        &tested.release,
        Format::Table,
        parts,
        line.engine,
    )?);
    if line.is_set("logs") {
        output::result("\n");
        print_logs(
            &ctx.cluster,
            ctx.namespace.as_str(),
            &tested.release.hooks,
            filter,
        )
        .await?;
    }
    match tested.failure {
        Some(error) => Err(error.into()),
        None => Ok(Exit::Done),
    }
}

/// What is neither of the two forms is passed over, as Helm does.
fn filter(texts: &[String]) -> Filter {
    let mut filter = Filter::default();
    for text in texts {
        if let Some(name) = text.strip_prefix("name=") {
            filter.include.push(name.to_owned());
        } else if let Some(name) = text
            .strip_prefix("!name=")
            .or_else(|| text.strip_prefix("! name="))
        {
            filter.exclude.push(name.to_owned());
        }
    }
    filter
}

async fn print_logs(
    cluster: &Cluster,
    namespace: &str,
    hooks: &[Hook],
    filter: &Filter,
) -> anyhow::Result<()> {
    let is_test = |hook: &&Hook| hook.events.iter().any(|event| event == "test") && filter.takes(&hook.name);
    let mut tests: Vec<&Hook> = hooks.iter().filter(is_test).collect();
    tests.sort_by(|a, b| (a.weight, &a.name).cmp(&(b.weight, &b.name)));
    for hook in tests {
        let pod = ObjectRef::new("v1", "Pod", hook.name.as_str()).in_namespace(namespace);
        let log = cluster.pod_log(&pod, None, ALL_LINES).await;
        let log = log.with_context(|| format!("unable to get pod logs for {}", hook.name))?;
        output::result(&format!("POD LOGS: {}\n{log}\n", hook.name));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_as_helm_reads_them() {
        let texts = ["name=a", "!name=b", "! name=c", "other=d"].map(str::to_owned);
        let expected = Filter {
            include: vec!["a".to_owned()],
            exclude: vec!["b".to_owned(), "c".to_owned()],
        };
        assert_eq!(filter(&texts), expected);
    }
}
