//! What storage knows of releases.

use std::collections::BTreeMap;

use super::decide::{self, Decision};
use super::journal::{self, Entry};
use super::storage::{self, Kept};
use super::{Context, Error, Intent, Observed, State, Summary};
use crate::base::names::ReleaseName;
use crate::helm::record::{Stored, status};

/// Reads the records of one release.
///
/// # Errors
/// The API server's.
pub async fn observe(ctx: &Context, name: &ReleaseName) -> Result<Observed, Error> {
    let history = storage::history(ctx, name.as_str()).await?;
    let left = journal::read(ctx, name.as_str()).await?.map(|(entry, _)| entry);
    let mut steps: Vec<decide::Step> = history.iter().map(step).collect();
    let state = state(&steps, left.as_ref());
    if let (State::Pending { .. }, Some(last)) = (&state, steps.last_mut())
        && status::is_pending(&last.status)
    {
        // So it will be, once it is taken over.
        status::FAILED.clone_into(&mut last.status);
    }
    let decision = decide::decide(name.as_str(), &steps, Intent::Either);
    Ok(Observed {
        name: name.clone(),
        state,
        next_revision: steps.last().map_or(1, |last| last.revision + 1),
        is_upgrade: !matches!(decision, Decision::Install { .. }),
        history: history.iter().map(summary).collect(),
    })
}

/// The newest revision of every release in the namespace, by name.
///
/// # Errors
/// The API server's.
pub async fn list(ctx: &Context) -> Result<Vec<Summary>, Error> {
    let mut newest: BTreeMap<String, Summary> = BTreeMap::new();
    for kept in storage::all(ctx, false).await? {
        let found = summary(&kept);
        match newest.get(&found.name) {
            Some(known) if known.revision >= found.revision => {}
            _ => {
                newest.insert(found.name.clone(), found);
            }
        }
    }
    Ok(newest.into_values().collect())
}

/// All revisions of all releases in the namespace, or those that are not superseded, with all that they hold.
///
/// # Errors
/// The API server's.
pub async fn all(ctx: &Context, superseded: bool) -> Result<Vec<Stored>, Error> {
    let found = storage::all(ctx, superseded).await?;
    Ok(found.into_iter().map(|kept| kept.stored).collect())
}

/// The same in all namespaces.
///
/// # Errors
/// The API server's.
pub async fn everywhere(ctx: &Context, superseded: bool) -> Result<Vec<Stored>, Error> {
    let found = storage::everywhere(ctx, superseded).await?;
    Ok(found.into_iter().map(|kept| kept.stored).collect())
}

/// One revision with all that it holds; `None`: the newest.
///
/// # Errors
/// `release: not found`, or the API server's.
pub async fn revision(ctx: &Context, name: &ReleaseName, number: Option<i64>) -> Result<Stored, Error> {
    let found = match number {
        Some(number) => storage::one(ctx, name.as_str(), number).await?,
        None => storage::history(ctx, name.as_str()).await?.pop(),
    };
    let found = found.ok_or_else(|| Error::Helm("release: not found".to_owned()))?;
    Ok(found.stored)
}

/// All revisions with all that they hold, oldest first.
///
/// # Errors
/// The API server's.
pub async fn history(ctx: &Context, name: &ReleaseName) -> Result<Vec<Stored>, Error> {
    let found = storage::history(ctx, name.as_str()).await?;
    Ok(found.into_iter().map(|kept| kept.stored).collect())
}

/// A pending record is ours where our journal names its revision. A journal that somebody has not closed means that they
/// are at work, or died at it, even where the record is at rest: before the first write to it, and after the last.
fn state(steps: &[decide::Step], left: Option<&Entry>) -> State {
    let open = left.filter(|entry| !entry.is_finished());
    let pending = steps.last().filter(|last| status::is_pending(&last.status));
    match (pending, open) {
        (Some(last), Some(entry)) if entry.revision == last.revision => State::Pending {
            holder: entry.holder.clone(),
        },
        (Some(_), _) => State::LockedByOther,
        (None, Some(entry)) => State::Pending {
            holder: entry.holder.clone(),
        },
        (None, None) if steps.is_empty() => State::Absent,
        (None, None) => State::Settled,
    }
}

/// What has been read before; a pending revision of ours counts as failed, as it will be once it is taken over.
pub(super) fn steps_of(observed: &Observed) -> Vec<decide::Step> {
    let is_ours = matches!(observed.state, State::Pending { .. });
    let step = |summary: &Summary| decide::Step {
        revision: summary.revision,
        status: match is_ours && status::is_pending(&summary.status) {
            true => status::FAILED.to_owned(),
            false => summary.status.clone(),
        },
    };
    observed.history.iter().map(step).collect()
}

pub(super) fn step(kept: &Kept) -> decide::Step {
    decide::Step {
        revision: kept.release().version,
        status: kept.release().info.status.clone(),
    }
}

/// A revision as people read it.
pub(super) fn summary(kept: &Kept) -> Summary {
    let release = kept.release();
    Summary {
        name: release.name.clone(),
        namespace: release.namespace.clone(),
        revision: release.version,
        status: release.info.status.clone(),
        updated: release.info.last_deployed.clone().unwrap_or_default(),
        chart: release.chart_name(),
        app_version: release.chart_field("appVersion").to_owned(),
        description: release.info.description.clone(),
        uid: kept.uid().to_owned(),
        resource_version: kept.resource_version().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::Holder;

    fn entry(revision: i64, step: &str) -> Entry {
        Entry {
            release: "x".into(),
            verb: "upgrade".into(),
            revision,
            step: step.into(),
            holder: Holder::default(),
            hook: None,
            updated: String::new(),
        }
    }

    #[test]
    fn a_pending_release_is_ours_only_by_its_journal() {
        let ours = || State::Pending {
            holder: Holder::default(),
        };
        for (last, left, expected) in [
            (None, None, State::Absent),
            (None, Some(entry(0, "preparing")), ours()),
            (Some((2, "deployed")), None, State::Settled),
            (Some((2, "deployed")), Some(entry(2, "finished")), State::Settled),
            (Some((2, "deployed")), Some(entry(3, "record")), ours()),
            (Some((3, "pending-upgrade")), Some(entry(3, "apply")), ours()),
            (
                Some((3, "pending-upgrade")),
                Some(entry(3, "finished")),
                State::LockedByOther,
            ),
            (
                Some((3, "pending-upgrade")),
                Some(entry(2, "apply")),
                State::LockedByOther,
            ),
            (Some((3, "pending-upgrade")), None, State::LockedByOther),
        ] {
            let steps: Vec<decide::Step> = last
                .into_iter()
                .map(|(revision, status): (i64, &str)| decide::Step {
                    revision,
                    status: status.to_owned(),
                })
                .collect();
            assert_eq!(state(&steps, left.as_ref()), expected, "{last:?} {left:?}");
        }
    }
}
