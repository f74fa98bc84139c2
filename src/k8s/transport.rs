//! One HTTP request: bounded in time, its errors told apart, repeated where that is safe.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use kube::client::Body;
use serde_json::Value as Json;

use super::Error;

/// How long one attempt may take, from the first byte sent to the last one read.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Tries after the first one; with the delays below this gives up after about 6 s.
const MAX_RETRIES: usize = 5;
const FIRST_DELAY: Duration = Duration::from_millis(200);
const LONGEST_DELAY: Duration = Duration::from_secs(5);
/// Longer wishes of a server are cut to this, so that no request outlives its caller's patience.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(30);

/// When a request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// After any transient error: reads, and writes guarded by a precondition or idempotent.
    WhenTransient,
    /// Only where the server certainly did not carry it out.
    WhenNotExecuted,
}

/// A request, ready to be sent as often as needed.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    /// Path and query.
    pub(super) path: String,
    pub(super) accept: &'static str,
    /// Content type and bytes.
    pub(super) body: Option<(&'static str, Vec<u8>)>,
    pub(super) repeat: Repeat,
}

impl Call {
    /// A GET.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Call {
            method: Method::GET,
            path: path.into(),
            accept: "application/json",
            body: None,
            repeat: Repeat::WhenTransient,
        }
    }
    /// A request with a JSON body of this content type.
    pub(super) fn with_body(method: Method, path: String, content_type: &'static str, body: &Json) -> Self {
        Call {
            body: Some((content_type, body.to_string().into_bytes())),
            repeat: Repeat::WhenNotExecuted,
            method,
            ..Call::get(path)
        }
    }
    /// The same, also repeated after errors that leave open whether it was carried out.
    pub(super) fn repeatable(mut self) -> Self {
        self.repeat = Repeat::WhenTransient;
        self
    }
    fn may_repeat(&self, error: &Error) -> bool {
        match self.repeat {
            Repeat::WhenTransient => error.is_transient(),
            Repeat::WhenNotExecuted => error.was_not_executed(),
        }
    }
}

/// The way to one server.
pub(super) struct Transport {
    pub(super) client: kube::Client,
    pub(super) server: String,
    /// Repeats after transient errors; without it, only where the server asks for it.
    pub(super) is_patient: bool,
}

impl Transport {
    /// Sends and reads JSON.
    pub(super) async fn json(&self, call: &Call) -> Result<Json, Error> {
        let bytes = self.bytes(call).await?;
        serde_json::from_slice(&bytes).map_err(|error| Error::Answer {
            server: self.server.clone(),
            request: format!("{} {}", call.method, call.path),
            message: format!("not JSON: {error}"),
        })
    }

    /// Sends, with retries, and reads the body of a successful answer.
    pub(super) async fn bytes(&self, call: &Call) -> Result<Vec<u8>, Error> {
        let delays = ExponentialBuilder::default()
            .with_min_delay(FIRST_DELAY)
            .with_max_delay(LONGEST_DELAY)
            .with_max_times(MAX_RETRIES)
            .with_jitter();
        (|| self.attempt(call))
            .retry(delays)
            .when(|error| call.may_repeat(error) && (self.is_patient || error.retry_after().is_some()))
            .adjust(next_delay)
            .notify(|error, delay| tracing::debug!(method = %call.method, path = %call.path, %error, ?delay, "request is repeated"))
            .await
    }

    async fn attempt(&self, call: &Call) -> Result<Vec<u8>, Error> {
        match tokio::time::timeout(REQUEST_TIMEOUT, self.send(call)).await {
            Ok(answer) => answer,
            Err(_) => Err(self.broken(format!("no answer within {} s", REQUEST_TIMEOUT.as_secs()))),
        }
    }

    async fn send(&self, call: &Call) -> Result<Vec<u8>, Error> {
        let response = self.client.send(self.request(call)?).await;
        let response = response.map_err(|error| self.failed(&error))?;
        let status = response.status();
        let retry_after = retry_after(&response);
        let body = response.into_body().collect().await;
        let bytes = body.map_err(|error| self.failed(&error))?.to_bytes();
        if status.is_success() {
            return Ok(bytes.to_vec());
        }
        Err(api_error(status, &bytes, retry_after))
    }

    fn request(&self, call: &Call) -> Result<Request<Body>, Error> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(&call.path)
            .header(http::header::ACCEPT, call.accept);
        let body = match &call.body {
            Some((content_type, bytes)) => {
                request = request.header(http::header::CONTENT_TYPE, *content_type);
                Body::from(bytes.clone())
            }
            None => Body::empty(),
        };
        request.body(body).map_err(|error| Error::Answer {
            server: self.server.clone(),
            request: format!("{} {}", call.method, call.path),
            message: error.to_string(),
        })
    }

    fn broken(&self, message: String) -> Error {
        Error::Connection {
            server: self.server.clone(),
            message,
            is_unsent: false,
        }
    }

    /// The innermost cause says what happened; the layers above only say that a request failed.
    fn failed(&self, error: &(dyn std::error::Error + 'static)) -> Error {
        let mut innermost = error;
        let mut is_unsent = false;
        while let Some(source) = innermost.source() {
            innermost = source;
            let io = innermost.downcast_ref::<std::io::Error>();
            is_unsent |= io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused);
        }
        Error::Connection {
            server: self.server.clone(),
            message: innermost.to_string(),
            is_unsent,
        }
    }
}

/// Waits at least as long as the server asks.
fn next_delay(error: &Error, planned: Option<Duration>) -> Option<Duration> {
    let asked = error.retry_after().unwrap_or_default().min(LONGEST_RETRY_AFTER);
    planned.map(|delay| delay.max(asked))
}

/// `Retry-After` in seconds; API servers send no dates.
fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let header = response.headers().get(http::header::RETRY_AFTER)?;
    let seconds = header.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// A `Status` object, or whatever text a proxy sent instead of one.
fn api_error(status: http::StatusCode, bytes: &[u8], retry_after: Option<Duration>) -> Error {
    let body: Json = serde_json::from_slice(bytes).unwrap_or_default();
    let field = |name: &str| {
        body.get(name)
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let message = match field("message") {
        message if !message.is_empty() => message,
        _ => {
            let text = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
            let text = text.trim();
            if text.is_empty() {
                status.to_string()
            } else {
                format!("{status}: {text}")
            }
        }
    };
    Error::Api {
        code: status.as_u16(),
        reason: field("reason"),
        message,
        retry_after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_object_gives_reason_and_message() {
        let body = br#"{"kind":"Status","message":"pods \"x\" not found","reason":"NotFound","code":404}"#;
        let error = api_error(http::StatusCode::NOT_FOUND, body, None);
        assert!(error.is_not_found());
        assert_eq!(error.to_string(), "pods \"x\" not found");
    }

    #[test]
    fn a_proxys_page_is_shown_short() {
        let error = api_error(http::StatusCode::BAD_GATEWAY, b"<html>bad</html>", None);
        assert_eq!(error.to_string(), "502 Bad Gateway: <html>bad</html>");
        let error = api_error(http::StatusCode::SERVICE_UNAVAILABLE, b"", None);
        assert_eq!(error.to_string(), "503 Service Unavailable");
    }

    #[test]
    fn the_servers_wish_lengthens_the_delay_within_bounds() {
        let wish = |seconds| Error::Api {
            code: 429,
            reason: String::new(),
            message: String::new(),
            retry_after: Some(Duration::from_secs(seconds)),
        };
        let planned = Some(Duration::from_secs(1));
        assert_eq!(next_delay(&wish(3), planned), Some(Duration::from_secs(3)));
        assert_eq!(next_delay(&wish(0), planned), planned);
        assert_eq!(next_delay(&wish(9999), planned), Some(LONGEST_RETRY_AFTER));
        assert_eq!(next_delay(&wish(3), None), None);
    }
}
