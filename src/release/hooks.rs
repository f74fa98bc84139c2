//! Helm hooks: run in order, waited for, recorded, deleted by their policies.
//! Source: helm `pkg/action/hooks.go`, v3.17.

use super::changes::Target;
use super::journal::InFlight;
use super::plan::live_object;
use super::run::Run;
use super::{Error, Filter, apply, objects};
use crate::helm::hook::Hook;
use crate::k8s::{DeleteOptions, Object, ObjectRef, WaitError, logs, objects::uid, wait};

const BEFORE_CREATION: &str = "before-hook-creation";
const SUCCEEDED: &str = "hook-succeeded";
const FAILED: &str = "hook-failed";
/// Lines kept of each container of a hook that failed.
const LOG_LINES: u32 = 200;

/// The hooks of an event, as indices, in the order in which they run: by weight, then by name.
fn order(hooks: &[Hook], event: &str, filter: &Filter) -> Vec<usize> {
    let has_event = |hook: &Hook| hook.events.iter().any(|name| name == event) && filter.takes(&hook.name);
    let mut found: Vec<usize> = (0..hooks.len())
        .filter(|index| has_event(&hooks[*index]))
        .collect();
    found.sort_by(|a, b| (hooks[*a].weight, &hooks[*a].name).cmp(&(hooks[*b].weight, &hooks[*b].name)));
    found
}

/// Runs all hooks of an event, one after the other.
///
/// # Errors
/// The first that fails, in Helm's words; its log is then in the run.
pub(super) async fn run(run: &mut Run<'_>, event: &str) -> Result<(), Error> {
    if run.options.no_hooks {
        return Ok(());
    }
    let order = order(&run.release().hooks, event, &run.filter);
    for (position, index) in order.iter().enumerate() {
        let done = execute(run, event, *index).await;
        if let Err(Fault { error, is_over }) = done {
            if is_over {
                delete_if(run, *index, FAILED).await;
                for earlier in &order[..position] {
                    delete_if(run, *earlier, SUCCEEDED).await;
                }
            }
            return Err(error);
        }
    }
    for index in order.iter().rev() {
        delete_if(run, *index, SUCCEEDED).await;
    }
    Ok(())
}

/// Why a hook did not succeed; `is_over`: it ran to its end, so that the policies for failed hooks count.
struct Fault {
    error: Error,
    is_over: bool,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault {
            error,
            is_over: false,
        }
    }
}

async fn execute(run: &mut Run<'_>, event: &str, index: usize) -> Result<(), Fault> {
    let hook = prepared(run, index);
    run.step(&format!("{event} {}/{}", hook.kind, hook.name)).await?;
    let prefix = format!("unable to build kubernetes object for {event} hook {}", hook.path);
    let targets = objects::of_manifest(run.ctx, &hook.manifest, &prefix).await?;
    if hook
        .delete_policies
        .iter()
        .any(|policy| policy == BEFORE_CREATION)
    {
        for target in &targets {
            delete(run, &target.at).await?;
        }
    }
    begin(run, index);
    run.save().await?;
    let live = match create(run, &targets).await {
        Ok(live) => live,
        Err(error) => {
            end(run, index, "Failed");
            let words = format!("warning: Hook {event} {} failed: ", hook.path);
            return Err(error.after(&words).into());
        }
    };
    let waited = wait_for(run, &targets).await;
    end(run, index, if waited.is_ok() { "Succeeded" } else { "Failed" });
    let Err(error) = waited else {
        run.journal.hook_ended();
        return Ok(());
    };
    if has_had_its_time(&error) {
        run.journal.hook_ended();
    }
    run.log = log_of(run, &live).await;
    Err(Fault {
        error: in_helms_words(run, &error),
        is_over: !matches!(error, WaitError::Cancelled),
    })
}

/// The hook, its default policy written down, as Helm does at its first execution.
fn prepared(run: &mut Run<'_>, index: usize) -> Hook {
    let hook = &mut run.record.stored.release.hooks[index];
    if hook.delete_policies.is_empty() {
        hook.delete_policies.push(BEFORE_CREATION.to_owned());
    }
    hook.clone()
}

fn begin(run: &mut Run<'_>, index: usize) {
    let now = run.now();
    let last_run = &mut run.record.stored.release.hooks[index].last_run;
    last_run.started_at = Some(now);
    last_run.completed_at = None;
    "Running".clone_into(&mut last_run.phase);
}

fn end(run: &mut Run<'_>, index: usize, phase: &str) {
    let now = run.now();
    let last_run = &mut run.record.stored.release.hooks[index].last_run;
    last_run.completed_at = Some(now);
    phase.clone_into(&mut last_run.phase);
}

async fn create(run: &mut Run<'_>, targets: &[Target]) -> Result<Vec<Object>, Error> {
    let mut created = Vec::new();
    for target in targets {
        let live = run.ctx.cluster.create(&target.object, &apply::options()).await;
        let live = live.map_err(|error| Error::Listed {
            prefix: String::new(),
            errors: vec![error.to_string()],
        })?;
        run.journal.hook(in_flight(&target.at, &live)).await?;
        created.push(live);
    }
    Ok(created)
}

fn in_flight(at: &ObjectRef, live: &Object) -> InFlight {
    InFlight {
        api_version: at.api_version.clone(),
        kind: at.kind.clone(),
        namespace: at.namespace.clone(),
        name: at.name.clone(),
        uid: uid(live).to_owned(),
    }
}

async fn wait_for(run: &Run<'_>, targets: &[Target]) -> Result<(), WaitError> {
    for target in targets {
        wait::until_finished(&run.ctx.cluster, &target.at, run.options.timeout, run.cancel).await?;
    }
    Ok(())
}

fn in_helms_words(run: &Run<'_>, error: &WaitError) -> Error {
    match error {
        WaitError::Failed { failed } => {
            let errors = failed.iter().map(|object| object.why.clone());
            Error::Listed {
                prefix: String::new(),
                errors: errors.collect(),
            }
        }
        error => run.waited(error),
    }
}

/// Best effort: a log that cannot be read does not hide the failure.
async fn log_of(run: &Run<'_>, live: &[Object]) -> Option<String> {
    let mut all = Vec::new();
    for object in live {
        match logs::of(&run.ctx.cluster, object, LOG_LINES).await {
            Ok(log) => all.push(log),
            Err(error) => all.push(format!("(no log: {error})")),
        }
    }
    let text = all.join("\n");
    (!text.is_empty()).then_some(text)
}

/// Deletes a hook's objects if it has this policy. Definitions are never deleted: every custom resource would go too.
/// Failures are warnings: the hook itself is decided.
async fn delete_if(run: &mut Run<'_>, index: usize, policy: &str) {
    let hook = run.release().hooks[index].clone();
    let applies = hook.delete_policies.iter().any(|name| name == policy);
    if !applies || hook.kind == "CustomResourceDefinition" {
        return;
    }
    let Ok(targets) = objects::of_manifest(run.ctx, &hook.manifest, "").await else {
        return;
    };
    for target in targets {
        if let Err(error) = delete(run, &target.at).await {
            run.outcome
                .warnings
                .push(format!("hook {} is not deleted: {error}", hook.path));
        }
    }
}

/// Deletes by name and waits until it is gone.
async fn delete(run: &Run<'_>, at: &ObjectRef) -> Result<(), Error> {
    if at.kind == "CustomResourceDefinition" {
        return Ok(());
    }
    let Some(live) = live_object(run.ctx, at).await? else {
        return Ok(());
    };
    apply::delete(run.ctx, at, uid(&live).to_owned()).await?;
    let gone = wait::until_gone(
        &run.ctx.cluster,
        at,
        Some(uid(&live)),
        run.options.timeout,
        run.cancel,
    )
    .await;
    gone.map_err(|error| run.waited(&error))
}

/// Did it fail, or use up its time? Then it is decided, as in Helm, and the next try begins anew, even if it still runs:
/// else a hook that hangs would hold up the very commit that repairs it.
fn has_had_its_time(error: &WaitError) -> bool {
    matches!(error, WaitError::Failed { .. } | WaitError::TimedOut { .. })
}

/// What a run that died left behind: waits until its hook has ended or used up its time, so that no two of them are at
/// work, and deletes it where the next run would otherwise stumble over it.
pub(super) async fn settle(
    ctx: &super::Context,
    options: &super::Options,
    cancel: &tokio_util::sync::CancellationToken,
    (hook, is_in_the_way): (&InFlight, bool),
) -> Result<(), Error> {
    let at = ObjectRef {
        api_version: hook.api_version.clone(),
        kind: hook.kind.clone(),
        namespace: hook.namespace.clone(),
        name: hook.name.clone(),
    };
    let is_it = |live: &Object| uid(live) == hook.uid;
    if !live_object(ctx, &at).await?.as_ref().is_some_and(is_it) {
        return Ok(());
    }
    match wait::until_finished(&ctx.cluster, &at, options.timeout, cancel).await {
        Err(WaitError::Cancelled) => return Err(Error::Cancelled(super::run::reason(options))),
        Err(error) if !has_had_its_time(&error) => {
            return Err(Error::Helm(format!(
                "waiting for the hook of an interrupted run: {error}"
            )));
        }
        Ok(_) | Err(_) => {}
    }
    if !is_in_the_way {
        return Ok(());
    }
    let options = DeleteOptions {
        uid: Some(hook.uid.clone()),
        ..DeleteOptions::default()
    };
    let deleted = ctx.cluster.delete(&at, &options).await;
    deleted.map_err(Error::doing(|| format!("deleting {at}")))?;
    Ok(())
}

/// Would running this hook again fail because the object of the last time is still there?
pub(super) fn stays_in_the_way(hooks: &[Hook], hook: &InFlight) -> bool {
    let found = hooks
        .iter()
        .find(|known| known.kind == hook.kind && known.name == hook.name);
    let deletes_first = |known: &Hook| {
        known.delete_policies.is_empty() || known.delete_policies.iter().any(|p| p == BEFORE_CREATION)
    };
    found.is_some_and(|known| !deletes_first(known) && known.kind != "CustomResourceDefinition")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(name: &str, weight: i64, events: &[&str]) -> Hook {
        Hook {
            name: name.to_owned(),
            kind: "Job".to_owned(),
            weight,
            events: events.iter().map(|event| (*event).to_owned()).collect(),
            ..Hook::default()
        }
    }

    #[test]
    fn hooks_run_by_weight_then_by_name() {
        let hooks = [
            hook("c", 0, &["pre-install"]),
            hook("b", -1, &["pre-install", "pre-upgrade"]),
            hook("a", 0, &["pre-install"]),
            hook("z", 0, &["post-install"]),
        ];
        let names = |event: &str| -> Vec<&str> {
            order(&hooks, event, &Filter::default())
                .into_iter()
                .map(|index| hooks[index].name.as_str())
                .collect()
        };
        assert_eq!(names("pre-install"), ["b", "a", "c"]);
        assert_eq!(names("pre-upgrade"), ["b"]);
        assert_eq!(names("test"), [""; 0]);
    }

    #[test]
    fn a_hook_without_deletion_before_creation_stays_in_the_way() {
        let in_flight = InFlight {
            api_version: "batch/v1".into(),
            kind: "Job".into(),
            namespace: None,
            name: "a".into(),
            uid: "u".into(),
        };
        for (policies, expected) in [
            (&[][..], false),
            (&["hook-failed"], true),
            (&["before-hook-creation"], false),
        ] {
            let mut known = hook("a", 0, &["pre-install"]);
            known.delete_policies = policies.iter().map(|policy| (*policy).to_owned()).collect();
            assert_eq!(stays_in_the_way(&[known], &in_flight), expected, "{policies:?}");
        }
        assert!(!stays_in_the_way(&[], &in_flight));
    }
}
