//! Bearer tokens.

use axum::http::{HeaderMap, StatusCode, header};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::ApiError;
use crate::base::secret::Secret;

/// Lets operators in. Source: RFC 6750, section 3.
pub(super) fn require_operator(headers: &HeaderMap, token: &Secret) -> Result<(), ApiError> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let Some(given) = given.and_then(bearer) else {
        return Err(unauthorized("no bearer token", "Bearer realm=\"deploy-manager\"")
            .hint("send `Authorization: Bearer <token>`; the token is in Secret `deploy-manager-api`, key `token`"));
    };
    if is_equal(given, token) {
        return Ok(());
    }
    Err(unauthorized(
        "the bearer token is not valid",
        "Bearer realm=\"deploy-manager\", error=\"invalid_token\"",
    ))
}

fn unauthorized(message: &str, challenge: &'static str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
        .header(header::WWW_AUTHENTICATE, challenge)
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Over digests: the time says nothing about length or content. An empty token lets nobody in.
fn is_equal(given: &str, token: &Secret) -> bool {
    let (given, wanted) = (Sha256::digest(given), Sha256::digest(token.reveal()));
    !token.reveal().is_empty() && bool::from(given.as_slice().ct_eq(wanted.as_slice()))
}
