//! Connections: HTTP/1 whose heads must come in time, so many at once, and an end that nobody holds up.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// For the head of a request, and between two requests: who sends nothing holds no connection.
pub(super) const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections at once; more wait in the system's queue. Far below the usual 1024 files of a process.
const MAX_CONNECTIONS: usize = 512;

/// Serves until stopped, then until requests in flight have been answered.
pub(super) async fn serve_until(
    mut listener: TcpListener,
    router: Router,
    head_timeout: Duration,
    stop: CancellationToken,
) {
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout);
    let (room, connections) = (Arc::new(Semaphore::new(MAX_CONNECTIONS)), TaskTracker::new());
    loop {
        let accepted = async {
            let place = Arc::clone(&room).acquire_owned().await;
            // Unlike the socket's own, this one bears errors: of a client that is gone, or of too many files.
            (Listener::accept(&mut listener).await.0, place)
        };
        let (stream, place) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accepted => accepted,
        };
        let (builder, router, stop) = (builder.clone(), router.clone(), stop.clone());
        connections.spawn(async move {
            attend(&builder, stream, router, &stop).await;
            drop(place);
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn attend(
    builder: &Builder<TokioExecutor>,
    stream: TcpStream,
    router: Router,
    stop: &CancellationToken,
) {
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn a_head_that_does_not_come_in_time_ends_the_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let router = Router::new().route("/", get(async || "here"));
        let timeout = Duration::from_millis(300);
        let serving = tokio::spawn(serve_until(listener, router, timeout, stop.clone()));
        let answer_to = async |sent: &'static str| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(sent.as_bytes()).await.unwrap();
            let mut answer = String::new();
            let read = stream.read_to_string(&mut answer);
            let in_time = tokio::time::timeout(Duration::from_secs(10), read).await;
            in_time.expect("the connection is ended").unwrap();
            answer
        };
        // Complete; without an end; without anything. The first is kept alive for the timeout, too.
        let complete = answer_to("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert!(
            complete.starts_with("HTTP/1.1 200 OK") && complete.ends_with("here"),
            "{complete}"
        );
        for slow in ["GET / HTTP/1.1\r\nhost: a", ""] {
            let answer = answer_to(slow).await;
            assert!(!answer.contains("200 OK"), "{answer}");
        }
        stop.cancel();
        tokio::time::timeout(Duration::from_secs(5), serving)
            .await
            .unwrap()
            .unwrap();
    }
}
