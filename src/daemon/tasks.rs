//! The supervisor: it owns every long task by name. A task that ends by itself is an error, so that nothing dies
//! unnoticed and the orchestrator restarts the process.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};

/// What a task ends with.
pub type Outcome = anyhow::Result<()>;

/// Long tasks by name. Dropping it aborts them.
#[derive(Default)]
pub struct Tasks {
    running: JoinSet<Outcome>,
    names: HashMap<Id, &'static str>,
}

impl Tasks {
    /// No tasks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Starts a task.
    pub fn spawn(&mut self, name: &'static str, task: impl Future<Output = Outcome> + Send + 'static) {
        let handle = self.running.spawn(task);
        self.names.insert(handle.id(), name);
    }
    /// Waits until a task ends: before it was asked to, so that is an error whatever it says. May be dropped.
    pub async fn first_exit(&mut self) -> anyhow::Error {
        match self.running.join_next_with_id().await {
            Some(ended) => {
                let (name, ended) = self.ended(ended);
                match ended {
                    Ok(()) => anyhow::anyhow!("task `{name}` ended by itself"),
                    Err(error) => error.context(format!("task `{name}` failed")),
                }
            }
            None => anyhow::anyhow!("there is no task to wait for"),
        }
    }
    /// Waits for all tasks, which have been asked to end.
    ///
    /// # Errors
    /// The first task that failed, or the names of those that did not end in time; they are aborted.
    pub async fn drain(mut self, grace: Duration) -> Outcome {
        let all = async {
            let mut outcome = Ok(());
            while let Some(ended) = self.running.join_next_with_id().await {
                let (name, ended) = self.ended(ended);
                outcome = outcome.and(ended.map_err(|error| error.context(format!("task `{name}` failed"))));
            }
            outcome
        };
        if let Ok(outcome) = tokio::time::timeout(grace, all).await {
            return outcome;
        }
        let mut late: Vec<&str> = self.names.values().copied().collect();
        late.sort_unstable();
        anyhow::bail!("not done within {} s: {}", grace.as_secs_f32(), late.join(", "))
    }

    fn ended(&mut self, ended: Result<(Id, Outcome), JoinError>) -> (&'static str, Outcome) {
        let (id, outcome) = match ended {
            Ok((id, outcome)) => (id, outcome),
            Err(error) => (error.id(), Err(anyhow::anyhow!("{error}"))),
        };
        (self.names.remove(&id).unwrap_or("unknown"), outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_ends_early_is_named() {
        for (task, expected) in [
            (Ok(()), "task `lease` ended by itself"),
            (Err("no rights"), "task `lease` failed: no rights"),
        ] {
            let mut tasks = Tasks::new();
            tasks.spawn("http", std::future::pending());
            tasks.spawn("lease", async move {
                task.map_err(|text: &str| anyhow::anyhow!(text))
            });
            assert_eq!(format!("{:#}", tasks.first_exit().await), expected);
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_early_end() {
        let mut tasks = Tasks::new();
        tasks.spawn("sync", async { panic!("oh") });
        assert!(format!("{:#}", tasks.first_exit().await).starts_with("task `sync` failed: task"));
    }

    #[tokio::test]
    async fn draining_waits_and_names_the_late() {
        let mut tasks = Tasks::new();
        tasks.spawn("quick", async { Ok(()) });
        assert!(tasks.drain(Duration::from_secs(5)).await.is_ok());
        let mut tasks = Tasks::new();
        tasks.spawn("quick", async { Ok(()) });
        tasks.spawn("slow", std::future::pending());
        let error = tasks.drain(Duration::from_millis(20)).await.unwrap_err();
        assert_eq!(error.to_string(), "not done within 0.02 s: slow");
    }
}
