//! `helm test`: the hooks with the event `test` of the newest revision.
//! Source: helm `pkg/action/release_testing.go`, v3.17.

use tokio_util::sync::CancellationToken;

use super::session::Session;
use super::{Context, Error, Observed, Options, hooks, verb};
use crate::helm::record::Release;

/// Which tests run, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only these; empty: all.
    pub include: Vec<String>,
    /// Not these.
    pub exclude: Vec<String>,
}

impl Filter {
    /// Does this one run?
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        let has = |list: &[String]| list.iter().any(|other| other == name);
        !has(&self.exclude) && (self.include.is_empty() || has(&self.include))
    }
}

/// A release after its tests.
#[derive(Debug)]
pub struct Tested {
    /// As it is recorded.
    pub release: Release,
    /// Why a test failed.
    pub failure: Option<Error>,
}

/// Runs the tests of the newest revision, whatever its status, and records how they ended.
///
/// # Errors
/// No test could be run, or the record could not be written. A test that failed is no error here.
pub async fn test(
    ctx: &Context,
    observed: &Observed,
    filter: &Filter,
    options: &Options,
    cancel: &CancellationToken,
) -> Result<Tested, Error> {
    if observed.history.is_empty() {
        return Err(Error::Helm("release: not found".to_owned()));
    }
    let mut session = Session::open_over_others(ctx, observed, "test", (options, cancel)).await?;
    let result = run(&mut session, filter).await;
    session.close(result).await
}

async fn run(session: &mut Session<'_>, filter: &Filter) -> Result<Tested, Error> {
    let history = session.history().await?;
    let last = history.into_iter().next_back();
    let last = last.ok_or_else(|| Error::Helm("release: not found".to_owned()))?;
    let revision = last.release().version;
    session.journal.revision(revision).await?;
    let mut run = session.run(last, verb::outcome(revision, Vec::new()));
    run.filter = filter.clone();
    let ended = hooks::run(&mut run, "test").await;
    if matches!(ended, Err(Error::TakenOver { .. })) {
        return Err(ended.err().unwrap_or(Error::LockedByOther));
    }
    // Those that were left out come first, as Helm puts the list together again.
    let hooks = &mut run.record.stored.release.hooks;
    hooks.sort_by_key(|hook| filter.takes(&hook.name));
    run.save().await?;
    Ok(Tested {
        release: run.record.stored.release,
        failure: ended.err(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_take_names_in_and_out() {
        let names = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        for (include, exclude, expected) in [
            ("", "", "a b c"),
            ("a b", "", "a b"),
            ("", "b", "a c"),
            ("a b", "b", "a"),
        ] {
            let filter = Filter {
                include: names(include),
                exclude: names(exclude),
            };
            let taken: Vec<&str> = ["a", "b", "c"]
                .into_iter()
                .filter(|name| filter.takes(name))
                .collect();
            assert_eq!(taken.join(" "), expected, "+{include} -{exclude}");
        }
    }
}
