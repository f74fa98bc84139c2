//! Randomness as the pure rooms may see it. The doors give the system's; tests give seeded ones.

/// A source of random bytes.
pub trait Entropy {
    /// Fills the buffer.
    fn fill(&mut self, buffer: &mut [u8]);
}

/// The kinds of private key that sprig's `genPrivateKey` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with this many bits; PEM `RSA PRIVATE KEY`.
    Rsa(u32),
    /// DSA with 2048-bit parameters; PEM `DSA PRIVATE KEY`.
    Dsa,
    /// ECDSA on P-256; PEM `EC PRIVATE KEY`.
    Ecdsa,
    /// Ed25519; PEM `PRIVATE KEY` (PKCS #8).
    Ed25519,
}

/// What a certificate says. Times are Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRequest {
    /// The subject's common name.
    pub common_name: String,
    /// Subject alternative names that are addresses.
    pub ip_addresses: Vec<std::net::IpAddr>,
    /// Subject alternative names that are host names.
    pub dns_names: Vec<String>,
    /// Start of validity.
    pub not_before: i64,
    /// End of validity.
    pub not_after: i64,
    /// A certificate authority?
    pub is_ca: bool,
    /// At most 20 random bytes, big-endian.
    pub serial: Vec<u8>,
}

/// Makes private keys and signs certificates: C code or hardware, therefore outside the pure rooms.
pub trait KeyMaker {
    /// A new private key in PEM.
    ///
    /// # Errors
    /// The library's text.
    fn private_key(&self, kind: KeyKind) -> Result<String, String>;
    /// A private key as its kind is usually written (RSA in PKCS #1, EC in SEC 1, others in PKCS #8).
    ///
    /// # Errors
    /// The library's text, for what is no private key.
    fn normalized(&self, key_pem: &str) -> Result<String, String> {
        Ok(key_pem.to_owned())
    }
    /// A certificate in PEM over the public half of `key_pem`, signed by `issuer` (certificate and key, both PEM),
    /// or by itself.
    ///
    /// # Errors
    /// The library's text.
    fn certificate(
        &self,
        request: &CertificateRequest,
        key_pem: &str,
        issuer: Option<(&str, &str)>,
    ) -> Result<String, String>;
}
