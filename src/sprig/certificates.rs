//! Private keys and certificates, made by the doors. Source: sprig v3.3.0 `crypto.go`.

use std::any::Any as StdAny;
use std::borrow::Cow;
use std::net::IpAddr;

use super::args::{any, int, string, text};
use super::convert::shown;
use super::encoding::base64_decode;
use super::{lists, random};
use crate::base::entropy::{CertificateRequest, KeyKind};
use crate::golang::Type::{self, AnyList, Int, Named, Str};
use crate::golang::value::Object;
use crate::golang::{Env, Fault, Func, Value};

/// What an RSA key of 2048 bits costs of the render's budget, in steps: a render can make about fifty.
const KEY_STEPS: u64 = 200_000;
/// What an RSA key of 4096 bits or a DSA key costs: a render can make about ten.
const LONG_KEY_STEPS: u64 = 1_000_000;
/// What a signature costs, or a key on an elliptic curve.
const SIGNATURE_STEPS: u64 = 10_000;
const DAY: i64 = 86_400;

const CERTIFICATE: Type = Named("sprig.certificate");

pub(super) fn table() -> Vec<(&'static str, Func)> {
    vec![
        ("genPrivateKey", Func::new(&[Str], private_key)),
        (
            "genCA",
            Func::new(&[Str, Int], |env, args| {
                let key = new_key(env)?;
                authority(env, args, key)
            }),
        ),
        (
            "genCAWithKey",
            Func::new(&[Str, Int, Str], |env, args| {
                let key = given_key(env, args, 2)?;
                authority(env, args, key)
            }),
        ),
        (
            "genSelfSignedCert",
            Func::new(&[Str, AnyList, AnyList, Int], |env, args| {
                let key = new_key(env)?;
                made(env, &request(env, args)?, key, None)
            }),
        ),
        (
            "genSelfSignedCertWithKey",
            Func::new(&[Str, AnyList, AnyList, Int, Str], |env, args| {
                let key = given_key(env, args, 4)?;
                made(env, &request(env, args)?, key, None)
            }),
        ),
        (
            "genSignedCert",
            Func::new(&[Str, AnyList, AnyList, Int, CERTIFICATE], |env, args| {
                let key = new_key(env)?;
                signed(env, args, key)
            }),
        ),
        (
            "genSignedCertWithKey",
            Func::new(&[Str, AnyList, AnyList, Int, CERTIFICATE, Str], |env, args| {
                let key = given_key(env, args, 5)?;
                signed(env, args, key)
            }),
        ),
        ("buildCustomCert", Func::new(&[Str, Str], custom)),
    ]
}

/// `sprig.certificate`: a struct of two texts.
struct Certificate {
    cert: String,
    key: String,
}

impl Object for Certificate {
    fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed("sprig.certificate")
    }
    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("Cert", Value::str(self.cert.as_str())),
            ("Key", Value::str(self.key.as_str())),
        ]
    }
    fn as_any(&self) -> &dyn StdAny {
        self
    }
}

/// An unknown type gives a text that says so, not an error.
fn private_key(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let kind = match text(args, 0) {
        b"" | b"rsa" => KeyKind::Rsa(4096),
        b"dsa" => KeyKind::Dsa,
        b"ecdsa" => KeyKind::Ecdsa,
        b"ed25519" => KeyKind::Ed25519,
        other => return string(env, [b"Unknown type ", other].concat()),
    };
    env.fuel.step(match kind {
        KeyKind::Rsa(bits) if bits <= 2048 => KEY_STEPS,
        KeyKind::Rsa(_) | KeyKind::Dsa => LONG_KEY_STEPS,
        KeyKind::Ecdsa | KeyKind::Ed25519 => SIGNATURE_STEPS,
    })?;
    let key = env.keys.private_key(kind);
    string(
        env,
        key.unwrap_or_else(|error| format!("failed to generate private key: {error}")),
    )
}

fn new_key(env: &Env) -> Result<String, Fault> {
    env.fuel.step(KEY_STEPS)?;
    let key = env.keys.private_key(KeyKind::Rsa(2048));
    key.map_err(|error| Fault::new(format!("error generating rsa key: {error}")))
}

fn given_key(env: &Env, args: &[Value], index: usize) -> Result<String, Fault> {
    parsed_key(env, &String::from_utf8_lossy(text(args, index)))
        .map_err(|error| Fault::new(format!("parsing private key: {error}")))
}

/// A private key in the PEM form that sprig writes for its kind.
fn parsed_key(env: &Env, pem: &str) -> Result<String, String> {
    let label = pem_label(pem).ok_or("no PEM data in input")?;
    match label.strip_suffix("PRIVATE KEY") {
        Some("" | "RSA " | "EC " | "DSA ") => env.keys.normalized(pem),
        Some(kind) if kind.ends_with(' ') => Err(format!("invalid private key type {label}")),
        _ => Err(format!("no private key data in PEM block of type {label}")),
    }
}

/// The label of the first PEM block.
fn pem_label(pem: &str) -> Option<&str> {
    let (_, after) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = after.split_once("-----")?;
    rest.contains(&format!("-----END {label}-----")).then_some(label)
}

fn authority(env: &Env, args: &[Value], key: String) -> Result<Value, Fault> {
    let name = String::from_utf8_lossy(text(args, 0)).into_owned();
    let request = CertificateRequest {
        is_ca: true,
        ..base_request(env, name, int(args, 1))
    };
    made(env, &request, key, None)
}

fn signed(env: &Env, args: &[Value], key: String) -> Result<Value, Fault> {
    let value = any(args, 4);
    let issuer = match &value {
        Value::Object(object) => object.as_any().downcast_ref::<Certificate>(),
        _ => None,
    };
    let issuer = issuer.ok_or_else(|| Fault::new("unable to decode certificate"))?;
    check_certificate(issuer.cert.as_bytes(), "decodedSignerCert")?;
    parsed_key(env, &issuer.key)
        .map_err(|error| Fault::new(format!("error parsing private key: {error}")))?;
    made(env, &request(env, args)?, key, Some((&issuer.cert, &issuer.key)))
}

fn made(
    env: &Env,
    request: &CertificateRequest,
    key: String,
    issuer: Option<(&str, &str)>,
) -> Result<Value, Fault> {
    env.fuel.step(SIGNATURE_STEPS)?;
    let cert = env
        .keys
        .certificate(request, &key, issuer)
        .map_err(|error| Fault::new(format!("error creating certificate: {error}")))?;
    Ok(Value::object(Certificate { cert, key }))
}

fn base_request(env: &Env, common_name: String, days: i64) -> CertificateRequest {
    let now = env.now().as_second();
    CertificateRequest {
        common_name,
        ip_addresses: Vec::new(),
        dns_names: Vec::new(),
        not_before: now,
        not_after: now.saturating_add(days.saturating_mul(DAY)),
        is_ca: false,
        serial: random::array::<16>(env).to_vec(),
    }
}

/// Common name, addresses, host names, days.
fn request(env: &Env, args: &[Value]) -> Result<CertificateRequest, Fault> {
    let addresses = lists::items(&any(args, 1)).unwrap_or_default();
    let ip_addresses = addresses.iter().map(address).collect::<Result<_, _>>()?;
    let names = lists::items(&any(args, 2)).unwrap_or_default();
    let dns_names = names.iter().map(host_name).collect::<Result<_, _>>()?;
    let common_name = std::str::from_utf8(text(args, 0))
        .map_err(|_| Fault::new("error creating certificate: asn1: string not valid UTF-8"))?
        .to_owned();
    Ok(CertificateRequest {
        ip_addresses,
        dns_names,
        ..base_request(env, common_name, int(args, 3))
    })
}

fn address(value: &Value) -> Result<IpAddr, Fault> {
    let Value::Str(text) = value else {
        let text = shown(value);
        return Err(Fault::new(format!(
            "error parsing ip: {} is not a string",
            text.to_text()
        )));
    };
    let parsed = text.to_text().parse();
    parsed.map_err(|_| Fault::new(format!("error parsing ip: {}", text.to_text())))
}

fn host_name(value: &Value) -> Result<String, Fault> {
    match value {
        Value::Str(text) => Ok(text.to_text().into_owned()),
        other => Err(Fault::new(format!(
            "error processing alternate dns name: {} is not a string",
            shown(other).to_text()
        ))),
    }
}

/// A certificate and a key made elsewhere, both in base64 over PEM.
fn custom(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let decode = |index: usize, what: &str| {
        base64_decode(text(args, index)).map_err(|_| Fault::new(format!("unable to decode base64 {what}")))
    };
    let cert = decode(0, "certificate")?;
    let key = decode(1, "private key")?;
    check_certificate(&cert, "decodedCert")?;
    let key = String::from_utf8_lossy(&key).into_owned();
    parsed_key(env, &key).map_err(|error| Fault::new(format!("error parsing private key: {error}")))?;
    Ok(Value::object(Certificate {
        cert: String::from_utf8_lossy(&cert).into_owned(),
        key,
    }))
}

fn check_certificate(pem: &[u8], what: &str) -> Result<(), Fault> {
    let Ok((_, block)) = x509_parser::pem::parse_x509_pem(pem) else {
        return Err(Fault::new("unable to decode certificate"));
    };
    let parsed = block.parse_x509();
    parsed
        .map(drop)
        .map_err(|error| Fault::new(format!("error parsing certificate: {what}.Bytes: x509: {error}")))
}
