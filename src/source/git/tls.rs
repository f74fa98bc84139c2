//! Trust in a certificate authority of one's own, beside the system's.

use std::net::IpAddr;

use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509CheckFlags, X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509PurposeId, X509StoreContext};

/// Was this server certificate issued for `host` by one of the bundle's authorities? Chains end at any
/// certificate of the bundle, so intermediate ones belong into it: the server's own chain is not seen here.
///
/// # Errors
/// What is wrong with the bundle or the certificate.
pub(super) fn is_trusted(bundle_pem: &str, certificate_der: &[u8], host: &str) -> Result<bool, String> {
    let authorities = X509::stack_from_pem(bundle_pem.as_bytes())
        .map_err(|error| format!("the CA bundle is not PEM: {error}"))?;
    if authorities.is_empty() {
        return Err("the CA bundle holds no certificate".to_owned());
    }
    let certificate = X509::from_der(certificate_der).map_err(|error| error.to_string())?;
    verify(authorities, &certificate, host).map_err(|error| error.to_string())
}

fn verify(authorities: Vec<X509>, certificate: &X509, host: &str) -> Result<bool, ErrorStack> {
    let store = store(authorities, host)?;
    let mut context = X509StoreContext::new()?;
    context.init(&store, certificate, &*Stack::<X509>::new()?, |context| {
        context.verify_cert()
    })
}

fn store(authorities: Vec<X509>, host: &str) -> Result<X509Store, ErrorStack> {
    let mut store = X509StoreBuilder::new()?;
    for authority in authorities {
        store.add_cert(authority)?;
    }
    let mut rules = X509VerifyParam::new()?;
    rules.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
    rules.set_purpose(X509PurposeId::SSL_SERVER)?;
    match host.parse::<IpAddr>() {
        Ok(address) => rules.set_ip(address)?,
        Err(_) => {
            rules.set_hostflags(X509CheckFlags::NO_PARTIAL_WILDCARDS);
            rules.set_host(host)?;
        }
    }
    store.set_param(&rules)?;
    Ok(store.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(name: &str) -> (String, rcgen::Issuer<'static, rcgen::KeyPair>) {
        let mut params = rcgen::CertificateParams::new([]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = rcgen::KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        (pem, rcgen::Issuer::new(params, key))
    }

    fn certificate(issuer: &rcgen::Issuer<'static, rcgen::KeyPair>, name: &str) -> Vec<u8> {
        let params = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        params.signed_by(&key, issuer).unwrap().der().to_vec()
    }

    #[test]
    fn only_certificates_of_the_bundle_for_the_host_are_trusted() {
        let ((ours, issuer), (theirs, _)) = (authority("ours"), authority("theirs"));
        for (bundle, name, host, expected) in [
            (&ours, "git.example.org", "git.example.org", true),
            (&ours, "git.example.org", "evil.example.org", false),
            (&theirs, "git.example.org", "git.example.org", false),
            (&ours, "127.0.0.1", "127.0.0.1", true),
            (&ours, "127.0.0.1", "127.0.0.2", false),
        ] {
            let trusted = is_trusted(bundle, &certificate(&issuer, name), host);
            assert_eq!(trusted, Ok(expected), "{name} asked as {host}");
        }
        assert!(is_trusted("", &certificate(&issuer, "x"), "x").is_err());
    }
}
