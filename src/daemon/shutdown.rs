//! Being asked to stop.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Two wishes of the operator. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    /// Stop: finish the current step.
    pub stop: CancellationToken,
    /// Stop now.
    pub abort: CancellationToken,
}

impl Shutdown {
    /// Nobody asked yet, and no signal is listened to: for embedding and tests.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// The first SIGTERM or SIGINT stops, the second aborts.
    ///
    /// # Errors
    /// The system's.
    pub fn on_signals() -> std::io::Result<Shutdown> {
        let shutdown = Shutdown::new();
        let signals = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?];
        let listening = listen(shutdown.clone(), signals);
        drop(tokio::spawn(listening));
        Ok(shutdown)
    }
}

async fn listen(shutdown: Shutdown, [mut terminate, mut interrupt]: [Signal; 2]) {
    for (count, token) in [shutdown.stop, shutdown.abort].into_iter().enumerate() {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!(
            signal = name,
            "{}",
            if count == 0 {
                "stopping"
            } else {
                "stopping at once"
            }
        );
        token.cancel();
    }
}
