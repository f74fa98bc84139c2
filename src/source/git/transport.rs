//! Who we are to a server, and who it is to us; how long we wait.

use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use git2::{CertificateCheckStatus, Cred, CredentialType, RemoteCallbacks};

use super::address::Address;
use super::{Credentials, known_hosts, tls};

/// For a connection to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// For each read and write: a server may think that long between two packets.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(30);
/// For a whole transfer, however busy.
const TRANSFER_TIMEOUT: Duration = Duration::from_secs(600);
/// For a whole transfer: far above a cluster repository, far below a full disk.
const MAX_TRANSFER_BYTES: usize = 1 << 30;

/// Our own word on why a connection was refused: libgit2 would replace it by a general one.
#[derive(Clone, Default)]
pub(super) struct Refusal(Arc<Mutex<Option<String>>>);

impl Refusal {
    fn refuse(&self, message: impl Into<String>) -> git2::Error {
        let message = message.into();
        let error = git2::Error::from_str(&message);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(message);
        error
    }
    /// Takes the word.
    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The callbacks for one connection.
pub(super) fn callbacks<'a>(
    address: &'a Address,
    credentials: &'a Credentials,
    refusal: &Refusal,
) -> RemoteCallbacks<'a> {
    let mut callbacks = RemoteCallbacks::new();
    let refused = refusal.clone();
    let mut tries = 0;
    callbacks.credentials(move |_, user, allowed| {
        tries += u32::from(!allowed.contains(CredentialType::USERNAME));
        credential(address, credentials, user, allowed, tries).map_err(|message| refused.refuse(message))
    });
    let refused = refusal.clone();
    callbacks.certificate_check(move |certificate, host| {
        let verdict = match (certificate.as_hostkey(), certificate.as_x509()) {
            (Some(host_key), _) => check_host_key(address, credentials, host, host_key.hostkey()),
            (None, Some(x509)) => check_certificate(credentials, host, x509.data()),
            (None, None) => Err("the server's certificate is of an unknown kind".to_owned()),
        };
        verdict.map_err(|message| refused.refuse(message))
    });
    let refused = refusal.clone();
    let end = Instant::now() + TRANSFER_TIMEOUT;
    callbacks.transfer_progress(move |progress| {
        let message = if Instant::now() > end {
            format!("the transfer took longer than {} s", TRANSFER_TIMEOUT.as_secs())
        } else if progress.received_bytes() > MAX_TRANSFER_BYTES {
            format!("the transfer passed {MAX_TRANSFER_BYTES} bytes: is this a cluster repository?")
        } else {
            return true;
        };
        let _ = refused.refuse(message);
        false
    });
    callbacks
}

/// `tries` counts how often a proof was asked for: libgit2 asks again after each refusal.
fn credential(
    address: &Address,
    credentials: &Credentials,
    user: Option<&str>,
    allowed: CredentialType,
    tries: u32,
) -> Result<Cred, String> {
    let name = credentials
        .username
        .as_deref()
        .or(user)
        .or(address.user.as_deref());
    if allowed.contains(CredentialType::USERNAME) {
        return Cred::username(name.unwrap_or("git")).map_err(|error| error.message().to_owned());
    }
    if allowed.contains(CredentialType::SSH_KEY) || allowed.contains(CredentialType::SSH_MEMORY) {
        return ssh_credential(credentials, user.or(name).unwrap_or("git"), tries);
    }
    if allowed.contains(CredentialType::USER_PASS_PLAINTEXT) {
        return password_credential(credentials, name, tries);
    }
    Err("the server wants a kind of credential that is not supported".to_owned())
}

fn ssh_credential(credentials: &Credentials, user: &str, tries: u32) -> Result<Cred, String> {
    let Some(key) = &credentials.ssh_key else {
        return Err("the server wants an ssh key, and none is set (`--git-ssh-key-file`)".to_owned());
    };
    if tries > 1 {
        return Err(refused_key(user));
    }
    let passphrase = credentials.ssh_passphrase.as_ref().map(super::Secret::reveal);
    Cred::ssh_key_from_memory(user, None, key.reveal(), passphrase)
        .map_err(|error| error.message().to_owned())
}

/// What a refused ssh key means.
pub(super) fn refused_key(user: &str) -> String {
    format!("the server refused the ssh key for user `{user}`; add its public half there as a deploy key")
}

fn password_credential(credentials: &Credentials, user: Option<&str>, tries: u32) -> Result<Cred, String> {
    let Some(password) = &credentials.password else {
        let hint = "the server wants a user name and password, and none is set (`--git-password-file`)";
        return Err(format!("{hint}; a repository that does not exist looks the same"));
    };
    if tries > 1 {
        return Err("the server refused the user name and password (or token)".to_owned());
    }
    // Any name does for the tokens of GitHub, GitLab and Gitea; an empty one does not.
    Cred::userpass_plaintext(user.unwrap_or("git"), password.reveal())
        .map_err(|error| error.message().to_owned())
}

fn check_host_key(
    address: &Address,
    credentials: &Credentials,
    host: &str,
    key: Option<&[u8]>,
) -> Result<CertificateCheckStatus, String> {
    use known_hosts::Verdict;
    let key = key.ok_or("the server's host key could not be read")?;
    let port = address.port.unwrap_or(known_hosts::SSH_PORT);
    let lines = credentials.known_hosts.as_deref().unwrap_or_default();
    let found = format!(
        "{} {}",
        known_hosts::key_type(key).unwrap_or("unknown"),
        known_hosts::fingerprint(key)
    );
    match known_hosts::check(lines, host, port, key) {
        Verdict::Known => Ok(CertificateCheckStatus::CertificateOk),
        Verdict::Unknown => Err(format!(
            "unknown host `{host}` (port {port}) with key {found}; if that is the right key, add it to known_hosts \
             (`ssh-keyscan -p {port} {host}`)"
        )),
        Verdict::OtherKey(types) => Err(format!(
            "host `{host}` (port {port}) shows key {found}, which is not the one in known_hosts ({}); somebody may be \
             in between, or the server has a new key",
            types.join(", ")
        )),
        Verdict::Revoked => Err(format!(
            "host `{host}` shows key {found}, which known_hosts marks as revoked"
        )),
    }
}

/// The authority of the bundle first; else what the system's authorities said (libgit2 asked them).
fn check_certificate(
    credentials: &Credentials,
    host: &str,
    der: &[u8],
) -> Result<CertificateCheckStatus, String> {
    let trusted = match &credentials.ca_bundle {
        Some(bundle) => tls::is_trusted(bundle, der, host)?,
        None => false,
    };
    Ok(if trusted {
        CertificateCheckStatus::CertificateOk
    } else {
        CertificateCheckStatus::CertificatePassthrough
    })
}

/// Sets libgit2's timeouts, once for the process: without them a silent server holds a thread for ever.
#[expect(
    unsafe_code,
    reason = "git2 has no safe setter; see below why this one call is sound"
)]
pub(super) fn set_timeouts() {
    static SET: Once = Once::new();
    let milliseconds = |time: Duration| i32::try_from(time.as_millis()).unwrap_or(i32::MAX);
    SET.call_once(|| {
        // SAFETY: both write a C integer that only libgit2's connecting code reads. This room is the only user of
        // git2, and passes through here before its first connection; `Once` orders the write before every such read.
        let set = unsafe {
            git2::opts::set_server_connect_timeout_in_milliseconds(milliseconds(CONNECT_TIMEOUT))
                .and_then(|()| git2::opts::set_server_timeout_in_milliseconds(milliseconds(SILENCE_TIMEOUT)))
        };
        if let Err(error) = set {
            tracing::warn!(%error, "git servers are waited for without a limit");
        }
    });
}
