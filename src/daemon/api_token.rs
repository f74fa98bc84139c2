//! The operators' token: given, or made at the first start and kept in Secret `deploy-manager-api`.

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rand::Rng;
use serde_json::json;

use crate::base::names::Namespace;
use crate::base::secret::Secret;
use crate::k8s::{Cluster, Object, ObjectRef, WriteOptions};

/// The Secret's name.
pub const NAME: &str = "deploy-manager-api";
/// The key of the token.
pub const KEY: &str = "token";
/// 256 bits.
const TOKEN_BYTES: usize = 32;

/// The token in the Secret; made where there is none.
///
/// # Errors
/// The API server's, or a Secret without a token in it.
pub async fn ensure(cluster: &Cluster, namespace: &Namespace) -> anyhow::Result<Secret> {
    let target = ObjectRef::new("v1", "Secret", NAME).in_namespace(namespace.as_str());
    let reading =
        || format!("reading Secret {namespace}/{NAME} with the operators' token (or give --api-token-file)");
    if let Some(live) = cluster.get(&target).await.with_context(reading)? {
        return token_of(&live, namespace);
    }
    let token = random_token();
    match cluster
        .create(&object(&token, namespace), &WriteOptions::default())
        .await
    {
        Ok(_) => {
            tracing::info!(secret = NAME, "made a token for operators");
            Ok(token)
        }
        Err(error) if error.is_already_exists() => {
            let live = cluster.get(&target).await.with_context(reading)?;
            token_of(&live.unwrap_or_default(), namespace)
        }
        Err(error) => {
            Err(error).with_context(|| format!("creating Secret {namespace}/{NAME} for the operators' token"))
        }
    }
}

fn object(token: &Secret, namespace: &Namespace) -> Object {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": NAME, "namespace": namespace.as_str()},
        "type": "Opaque",
        "data": {
            "schema": STANDARD.encode("deploy-manager/api/v1"),
            KEY: STANDARD.encode(token.reveal()),
        },
    })
}

fn token_of(live: &Object, namespace: &Namespace) -> anyhow::Result<Secret> {
    let encoded = live.pointer("/data/token").and_then(serde_json::Value::as_str);
    let token = encoded
        .and_then(|text| STANDARD.decode(text).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let token = token
        .map(|token| token.trim().to_owned())
        .filter(|token| !token.is_empty());
    token.map(Secret::new).with_context(|| {
        format!("Secret {namespace}/{NAME} has no key `{KEY}` with a token; delete it to have a new one made")
    })
}

fn random_token() -> Secret {
    let mut bytes = [0; TOKEN_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    Secret::new(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_that_was_written_is_the_one_that_is_read() {
        let namespace: Namespace = "east".parse().unwrap();
        let token = random_token();
        assert_eq!(token_of(&object(&token, &namespace), &namespace).unwrap(), token);
        assert_eq!(token.reveal().len(), 43);
        assert_ne!(random_token(), token);
        for broken in [
            json!({}),
            json!({"data": {"token": ""}}),
            json!({"data": {"token": "%"}}),
        ] {
            let error = token_of(&broken, &namespace).unwrap_err().to_string();
            assert!(
                error.starts_with("Secret east/deploy-manager-api has no key `token`"),
                "{error}"
            );
        }
    }
}
