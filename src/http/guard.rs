//! What stands before every route: at most so many requests at once, at most so many posts a second, headers that
//! keep browsers careful.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::ApiError;

/// Requests in flight. A status page takes about a millisecond: more than this at once is no use of ours.
const MAX_IN_FLIGHT: usize = 64;
/// Posts a second, on average: webhooks and resyncs join each other anyway.
const POSTS_PER_SECOND: f64 = 5.0;
/// Posts at once, after a quiet time.
const POSTS_AT_ONCE: f64 = 20.0;

/// Room for requests.
#[derive(Clone)]
pub(super) struct Crowd(Arc<Semaphore>);

impl Default for Crowd {
    fn default() -> Self {
        Crowd(Arc::new(Semaphore::new(MAX_IN_FLIGHT)))
    }
}

/// Answers 503 at once where there is no room.
pub(super) async fn turn_away(State(crowd): State<Crowd>, request: Request, next: Next) -> Response {
    match crowd.0.try_acquire() {
        Ok(_room) => next.run(request).await,
        Err(_) => ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "too many requests at once",
        )
        .header(header::RETRY_AFTER, "1")
        .into_response(),
    }
}

/// A bucket of tokens that fills over time.
#[derive(Clone)]
pub(super) struct Rate(Arc<Mutex<Bucket>>);

struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Default for Rate {
    fn default() -> Self {
        Rate(Arc::new(Mutex::new(Bucket {
            tokens: POSTS_AT_ONCE,
            filled: Instant::now(),
        })))
    }
}

impl Bucket {
    fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.filled = now;
        self.tokens = (self.tokens + passed * POSTS_PER_SECOND).min(POSTS_AT_ONCE);
        let is_allowed = self.tokens >= 1.0;
        if is_allowed {
            self.tokens -= 1.0;
        }
        is_allowed
    }
}

/// Answers 429 where the bucket is empty. Before authentication: guessing tokens is slow, too.
pub(super) async fn slow_down(State(rate): State<Rate>, request: Request, next: Next) -> Response {
    let is_allowed = rate
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take(Instant::now());
    if is_allowed {
        return next.run(request).await;
    }
    ApiError::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-requests",
        "too many requests; they would join anyway",
    )
    .header(header::RETRY_AFTER, "1")
    .into_response()
}

/// The page needs its own style sheet and nothing else; nothing is kept by browsers or proxies.
pub(super) async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_bucket_empties_and_fills_again() {
        let start = Instant::now();
        let mut bucket = Bucket {
            tokens: POSTS_AT_ONCE,
            filled: start,
        };
        let taken = (0..100).filter(|_| bucket.take(start)).count();
        assert_eq!(taken, 20);
        assert!(bucket.take(start + Duration::from_millis(250)));
        assert!(!bucket.take(start + Duration::from_millis(260)));
        assert_eq!(
            (0..100)
                .filter(|_| bucket.take(start + Duration::from_secs(3600)))
                .count(),
            20
        );
    }
}
