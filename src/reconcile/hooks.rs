//! The init hooks of one component: which have run, what they gave, which have to run.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use super::fault::Fault;
use super::scene::Scene;
use super::state::ComponentRecord;
use crate::base::names::{ComponentName, HookName};
use crate::base::secret::Secret;
use crate::preparation::{self, Outcome};
use crate::spec::{self, HookKind, Outputs, SecretRecipe};

/// Where a component's init hooks stand.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    /// Outputs of those that have run.
    pub outputs: Outputs,
    /// Their digests.
    pub digests: BTreeMap<HookName, String>,
    /// Those that have to run, in order.
    pub pending: Vec<HookName>,
    /// A digest over what has to run, as far as it is known: a try that failed is remembered by it.
    pub pending_digest: String,
}

/// Outputs that were read once, by component and hook, with the hook's digest: a sync that has nothing to do does not
/// read them again. They never leave memory.
#[derive(Default)]
pub struct OutputMemory {
    known: Mutex<BTreeMap<(ComponentName, HookName), Known>>,
}

type Known = (String, BTreeMap<String, Secret>);

impl OutputMemory {
    /// Forgets all.
    pub fn clear(&self) {
        self.lock().clear();
    }
    /// What this hook gave when its digest was this.
    fn recall(
        &self,
        component: &ComponentName,
        hook: &HookName,
        digest: &str,
    ) -> Option<BTreeMap<String, Secret>> {
        let known = self.lock();
        let (known_digest, outputs) = known.get(&(component.clone(), hook.clone()))?;
        (known_digest == digest).then(|| outputs.clone())
    }
    /// Keeps what a hook gave.
    pub fn keep(
        &self,
        component: &ComponentName,
        hook: &HookName,
        digest: &str,
        outputs: &BTreeMap<String, Secret>,
    ) {
        let key = (component.clone(), hook.clone());
        self.lock().insert(key, (digest.to_owned(), outputs.clone()));
    }
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(ComponentName, HookName), Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at a component's init hooks without running any. A hook has run if its digest is recorded and its outputs are
/// there; where the whole record of an installed component was lost, outputs that are there are enough.
///
/// # Errors
/// A manifest that does not render; the API server's.
pub async fn look(
    scene: &Scene,
    component: &spec::Component,
    recorded: Option<&ComponentRecord>,
) -> Result<Prepared, Fault> {
    let mut prepared = Prepared::default();
    let mut content = super::digest::Digest::new();
    for hook in &component.init {
        let digest = digest(scene, component, hook, &prepared.outputs);
        let digest = match digest {
            Ok(digest) => digest,
            // It needs outputs of a hook before it, which has not run.
            Err(_) if !prepared.pending.is_empty() => {
                prepared.pending.push(hook.name.clone());
                continue;
            }
            Err(fault) => return Err(fault),
        };
        content = content.with(&digest);
        let has_run = match recorded {
            Some(record) => record.init.get(&hook.name) == Some(&digest),
            None => scene.newest(component).is_some(),
        };
        let outputs = if has_run {
            outputs(scene, component, hook, &digest).await?
        } else {
            None
        };
        match outputs {
            Some(outputs) => {
                prepared.outputs.insert(hook.name.clone(), outputs);
                prepared.digests.insert(hook.name.clone(), digest);
            }
            None => prepared.pending.push(hook.name.clone()),
        }
    }
    prepared.pending_digest = content.hex();
    Ok(prepared)
}

/// The digest of a hook's content.
///
/// # Errors
/// Its manifest does not render.
pub fn digest(
    scene: &Scene,
    component: &spec::Component,
    hook: &spec::Hook,
    outputs: &Outputs,
) -> Result<String, Fault> {
    let target = target(scene, component, outputs);
    preparation::digest(target, hook, &scene.settings.namespace).map_err(Fault::of_hook)
}

fn target<'a>(
    scene: &'a Scene,
    component: &'a spec::Component,
    outputs: &'a Outputs,
) -> preparation::Target<'a> {
    preparation::Target {
        cluster: &scene.desired.cluster,
        component: &component.name,
        files: &scene.desired.files,
        outputs,
    }
}

/// Runs one hook to its end.
///
/// # Errors
/// The hook's.
pub async fn run(
    scene: &Scene,
    component: &spec::Component,
    hook: &spec::Hook,
    outputs: &Outputs,
    cancel: &CancellationToken,
) -> Result<Outcome, Fault> {
    let ctx = scene.preparation();
    let target = target(scene, component, outputs);
    let outcome = preparation::run(&ctx, target, hook, cancel).await;
    outcome.map_err(Fault::of_hook)
}

async fn outputs(
    scene: &Scene,
    component: &spec::Component,
    hook: &spec::Hook,
    digest: &str,
) -> Result<Option<BTreeMap<String, Secret>>, Fault> {
    let memory = &scene.outputs;
    if let Some(outputs) = memory.recall(&component.name, &hook.name, digest) {
        return Ok(Some(outputs));
    }
    let ctx = scene.preparation();
    let outcome = preparation::outputs(&ctx, &component.name, hook).await;
    let outputs = outcome.map_err(Fault::of_hook)?.map(|outcome| outcome.outputs);
    if let Some(outputs) = &outputs {
        memory.keep(&component.name, &hook.name, digest, outputs);
    }
    Ok(outputs)
}

/// Outputs as they might be, for hooks that have not run: what value templates and charts make of them can be checked
/// before anything is executed. What a Job will give is not known; those hooks are left out.
#[must_use]
pub fn with_samples(component: &spec::Component, known: &Outputs) -> Outputs {
    let mut outputs = known.clone();
    for hook in &component.init {
        if let (HookKind::Secret { data, .. }, false) = (&hook.kind, outputs.contains_key(&hook.name)) {
            let samples = data.iter().map(|(key, recipe)| (key.clone(), sample(recipe)));
            outputs.insert(hook.name.clone(), samples.collect());
        }
    }
    outputs
}

/// Well-formed as the real one will be, and nothing that could be mistaken for a secret.
fn sample(recipe: &SecretRecipe) -> Secret {
    Secret::new(match recipe {
        SecretRecipe::Password { length, alphabet } => alphabet.chars().cycle().take(*length).collect(),
        SecretRecipe::Key { bytes, url_safe } => {
            let zeros = vec![0_u8; *bytes];
            if *url_safe {
                data_encoding::BASE64URL.encode(&zeros)
            } else {
                data_encoding::BASE64.encode(&zeros)
            }
        }
        SecretRecipe::Value(text) => text.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_have_the_form_of_the_real_thing() {
        let password = SecretRecipe::Password {
            length: 5,
            alphabet: "ab".into(),
        };
        let key = |url_safe| SecretRecipe::Key { bytes: 3, url_safe };
        for (recipe, expected) in [
            (password, "ababa"),
            (key(true), "AAAA"),
            (key(false), "AAAA"),
            (SecretRecipe::Value("x".into()), "x"),
        ] {
            assert_eq!(sample(&recipe).reveal(), expected);
        }
    }

    #[test]
    fn outputs_are_recalled_for_the_same_content_only() {
        let memory = OutputMemory::default();
        let (component, hook) = ("mariadb".parse().unwrap(), "passwords".parse().unwrap());
        let outputs = BTreeMap::from([("root".to_owned(), Secret::new("canary"))]);
        memory.keep(&component, &hook, "d1", &outputs);
        assert_eq!(memory.recall(&component, &hook, "d1"), Some(outputs));
        assert_eq!(memory.recall(&component, &hook, "d2"), None);
        memory.clear();
        assert_eq!(memory.recall(&component, &hook, "d1"), None);
    }
}
