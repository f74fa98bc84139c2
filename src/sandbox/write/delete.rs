//! Deleting.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::commit::is_finalized;
use super::{Deletion, Target};
use crate::sandbox::failure::{Failure, success};
use crate::sandbox::object::{is_being_deleted, list, now, set, text, uid};
use crate::sandbox::state::State;
use crate::sandbox::{garbage, read};

/// Deletes, or marks as being deleted while finalizers are there; gives what the API answers.
pub(in crate::sandbox) fn delete(
    state: &mut State,
    target: Target<'_>,
    how: &Deletion,
) -> Result<Json, Failure> {
    let old = Arc::clone(state.get(&target.key()).ok_or_else(|| target.not_found())?);
    check_preconditions(target, &old, how)?;
    let done = success(&target.kind.plural, &target.kind.group, target.name, uid(&old));
    if target.dry_run {
        return Ok(done);
    }
    let mut marked = (*old).clone();
    match how.propagation.as_str() {
        "Orphan" => garbage::orphan(state, uid(&old)),
        "Foreground" if garbage::has_dependents(state, uid(&old)) => {
            let mut finalizers = list(&old, "/metadata/finalizers").to_vec();
            if !finalizers.contains(&json!("foregroundDeletion")) {
                finalizers.push(json!("foregroundDeletion"));
            }
            set(&mut marked, "/metadata/finalizers", finalizers);
        }
        _ => {}
    }
    let waits = !list(&marked, "/metadata/finalizers").is_empty() || !is_finalized(target.kind, &marked);
    if !waits {
        state.take(&target.key());
        return Ok(done);
    }
    if is_being_deleted(&old) && *old == marked {
        return Ok(read::present(target.kind, &old));
    }
    set(&mut marked, "/metadata/deletionTimestamp", now());
    set(&mut marked, "/metadata/deletionGracePeriodSeconds", 0);
    if &*target.kind.store == "/namespaces" {
        set(&mut marked, "/status/phase", "Terminating");
    }
    let marked = state.put(target.key(), marked);
    Ok(read::present(target.kind, &marked))
}

fn check_preconditions(target: Target<'_>, old: &Json, how: &Deletion) -> Result<(), Failure> {
    let conflict =
        |why: String| Failure::conflict(&target.kind.plural, &target.kind.group, target.name, &why);
    let found = uid(old);
    if let Some(wanted) = how.uid.as_deref().filter(|wanted| *wanted != found) {
        let why = format!("Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}");
        return Err(conflict(why));
    }
    let found = text(old, "/metadata/resourceVersion");
    if let Some(wanted) = how.resource_version.as_deref().filter(|wanted| *wanted != found) {
        let why = format!(
            "Precondition failed: ResourceVersion in precondition: {wanted}, ResourceVersion in object meta: {found}"
        );
        return Err(conflict(why));
    }
    Ok(())
}
