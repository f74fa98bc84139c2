//! Private keys and certificates by OpenSSL (RSA keys by AWS-LC), laid out as Go's `crypto/x509` does for sprig.

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::dsa::Dsa;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
    SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509NameBuilder};

use super::spare_keys;
use crate::base::entropy::{CertificateRequest, KeyKind, KeyMaker};

/// Bits of the DSA prime; OpenSSL then takes a 256-bit subgroup (sprig v3.3 `crypto.go`: L2048N256).
const DSA_BITS: u32 = 2048;

/// Keys and certificates by the OpenSSL library. Keys are random even where a render is seeded.
pub struct OpensslKeys;

impl KeyMaker for OpensslKeys {
    fn private_key(&self, kind: KeyKind) -> Result<String, String> {
        let pem = match kind {
            KeyKind::Rsa(bits) => rsa_pem(&spare_keys::rsa(bits)?),
            KeyKind::Dsa => Dsa::generate(DSA_BITS).and_then(|key| key.private_key_to_pem()),
            KeyKind::Ecdsa => ecdsa_pem(),
            KeyKind::Ed25519 => PKey::generate_ed25519().and_then(|key| key.private_key_to_pem_pkcs8()),
        };
        String::from_utf8(pem.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
    }

    fn normalized(&self, key_pem: &str) -> Result<String, String> {
        let pem = normalized(key_pem).map_err(|error| error.to_string())?;
        String::from_utf8(pem).map_err(|error| error.to_string())
    }

    fn certificate(
        &self,
        request: &CertificateRequest,
        key_pem: &str,
        issuer: Option<(&str, &str)>,
    ) -> Result<String, String> {
        let pem = certificate(request, key_pem, issuer).map_err(|error| error.to_string())?;
        String::from_utf8(pem).map_err(|error| error.to_string())
    }
}

fn rsa_pem(pkcs8: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    PKey::private_key_from_pkcs8(pkcs8)?.rsa()?.private_key_to_pem()
}

fn ecdsa_pem() -> Result<Vec<u8>, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    EcKey::generate(&group)?.private_key_to_pem()
}

fn normalized(key_pem: &str) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::private_key_from_pem(key_pem.as_bytes())?;
    match key.id() {
        Id::RSA => key.rsa()?.private_key_to_pem(),
        Id::EC => key.ec_key()?.private_key_to_pem(),
        Id::DSA => key.dsa()?.private_key_to_pem(),
        _ => key.private_key_to_pem_pkcs8(),
    }
}

fn certificate(
    request: &CertificateRequest,
    key_pem: &str,
    issuer: Option<(&str, &str)>,
) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::private_key_from_pem(key_pem.as_bytes())?;
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*serial(&request.serial)?)?;
    builder.set_not_before(&*Asn1Time::from_unix(request.not_before)?)?;
    builder.set_not_after(&*Asn1Time::from_unix(request.not_after)?)?;
    let mut subject = X509NameBuilder::new()?;
    if !request.common_name.is_empty() {
        subject.append_entry_by_nid(Nid::COMMONNAME, &request.common_name)?;
    }
    let subject = subject.build();
    builder.set_subject_name(&subject)?;
    builder.set_pubkey(&key)?;
    let (issuer_certificate, signing_key) = match issuer {
        Some((certificate, key)) => (
            Some(X509::from_pem(certificate.as_bytes())?),
            PKey::private_key_from_pem(key.as_bytes())?,
        ),
        None => (None, key),
    };
    match &issuer_certificate {
        Some(issuer) => builder.set_issuer_name(issuer.subject_name())?,
        None => builder.set_issuer_name(&subject)?,
    }
    extend(&mut builder, request, issuer_certificate.as_ref())?;
    builder.sign(&signing_key, digest(&signing_key))?;
    builder.build().to_pem()
}

/// A positive ASN.1 integer.
fn serial(bytes: &[u8]) -> Result<Asn1Integer, ErrorStack> {
    BigNum::from_slice(bytes)?.to_asn1_integer()
}

/// Ed25519 signs without a digest of its own choice.
fn digest(key: &PKey<Private>) -> MessageDigest {
    match key.id() {
        Id::ED25519 => MessageDigest::null(),
        _ => MessageDigest::sha256(),
    }
}

/// The extensions of sprig's template, in the order in which Go writes them.
fn extend(
    builder: &mut X509Builder,
    request: &CertificateRequest,
    issuer: Option<&X509>,
) -> Result<(), ErrorStack> {
    let mut usage = KeyUsage::new();
    usage.critical().digital_signature().key_encipherment();
    if request.is_ca {
        usage.key_cert_sign();
    }
    builder.append_extension(usage.build()?)?;
    builder.append_extension(ExtendedKeyUsage::new().server_auth().client_auth().build()?)?;
    let mut basic = BasicConstraints::new();
    basic.critical();
    if request.is_ca {
        basic.ca();
    }
    builder.append_extension(basic.build()?)?;
    if request.is_ca {
        let context = builder.x509v3_context(None, None);
        let identifier = SubjectKeyIdentifier::new().build(&context)?;
        builder.append_extension(identifier)?;
    }
    if let Some(issuer) = issuer.filter(|issuer| issuer.subject_key_id().is_some()) {
        let context = builder.x509v3_context(Some(issuer), None);
        let identifier = AuthorityKeyIdentifier::new().keyid(true).build(&context)?;
        builder.append_extension(identifier)?;
    }
    alternative_names(builder, request)
}

fn alternative_names(builder: &mut X509Builder, request: &CertificateRequest) -> Result<(), ErrorStack> {
    if request.dns_names.is_empty() && request.ip_addresses.is_empty() {
        return Ok(());
    }
    let mut names = SubjectAlternativeName::new();
    for name in &request.dns_names {
        names.dns(name);
    }
    for address in &request.ip_addresses {
        names.ip(&address.to_string());
    }
    let context = builder.x509v3_context(None, None);
    let names = names.build(&context)?;
    builder.append_extension(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: &str, is_ca: bool) -> CertificateRequest {
        CertificateRequest {
            common_name: name.to_owned(),
            ip_addresses: vec!["10.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
            dns_names: vec!["a.example".to_owned()],
            not_before: 1_700_000_000,
            not_after: 1_800_000_000,
            is_ca,
            serial: vec![0xff; 16],
        }
    }

    #[test]
    fn keys_have_the_pem_labels_of_go() {
        for (kind, label) in [
            (KeyKind::Rsa(2048), "RSA PRIVATE KEY"),
            (KeyKind::Ecdsa, "EC PRIVATE KEY"),
            (KeyKind::Ed25519, "PRIVATE KEY"),
        ] {
            let pem = OpensslKeys.private_key(kind).unwrap();
            assert!(pem.starts_with(&format!("-----BEGIN {label}-----\n")), "{pem}");
            assert!(pem.ends_with(&format!("-----END {label}-----\n")), "{pem}");
        }
    }

    #[test]
    fn a_signed_certificate_verifies_against_its_authority() {
        for kind in [KeyKind::Ecdsa, KeyKind::Ed25519] {
            let ca_key = OpensslKeys.private_key(kind).unwrap();
            let ca = OpensslKeys
                .certificate(&request("ca", true), &ca_key, None)
                .unwrap();
            let key = OpensslKeys.private_key(KeyKind::Ecdsa).unwrap();
            let signed = OpensslKeys
                .certificate(&request("leaf", false), &key, Some((&ca, &ca_key)))
                .unwrap();
            let ca = X509::from_pem(ca.as_bytes()).unwrap();
            let signed = X509::from_pem(signed.as_bytes()).unwrap();
            assert!(signed.verify(&ca.public_key().unwrap()).unwrap());
            assert_eq!(
                signed.authority_key_id().map(|id| id.as_slice().to_vec()),
                ca.subject_key_id().map(|id| id.as_slice().to_vec())
            );
            assert_eq!(signed.subject_alt_names().unwrap().len(), 3);
        }
    }

    #[test]
    fn a_host_name_cannot_smuggle_further_names_in() {
        let mut hostile = request("x", false);
        hostile.dns_names = vec!["a.example,DNS:b.example".to_owned()];
        let key = OpensslKeys.private_key(KeyKind::Ecdsa).unwrap();
        let made = OpensslKeys.certificate(&hostile, &key, None);
        let names = made.map(|pem| {
            let names = X509::from_pem(pem.as_bytes())
                .unwrap()
                .subject_alt_names()
                .unwrap();
            names.len()
        });
        assert!(names.is_err() || names == Ok(3), "{names:?}");
    }
}
