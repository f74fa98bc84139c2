//! The asynchronous runtime of commands that talk to others, and how they are interrupted.

use std::future::Future;
use std::time::Duration;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use super::{Exit, output};

/// Threads that wait for Git may take their time: the process does not wait for them.
const BLOCKING_GRACE: Duration = Duration::from_millis(200);

/// Runs a command to its end; its error is printed.
pub fn run<F: Future<Output = anyhow::Result<Exit>>>(command: F) -> Exit {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = match runtime.context("starting the runtime") {
        Ok(runtime) => runtime,
        Err(error) => return output::error(&error),
    };
    let outcome = runtime.block_on(command);
    runtime.shutdown_timeout(BLOCKING_GRACE);
    outcome.unwrap_or_else(|error| output::error(&error))
}

/// Runs work that may be interrupted: SIGINT and SIGTERM cancel the token, and the work comes to its end by itself.
pub async fn interruptible<T, F: Future<Output = T>>(work: impl FnOnce(CancellationToken) -> F) -> T {
    let cancel = CancellationToken::new();
    let work = work(cancel.clone());
    tokio::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = signalled() => cancel.cancel(),
    }
    work.await
}

/// Waits for SIGINT or SIGTERM.
pub async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        // Without handlers the signals end the process at once, which every step is made for.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
