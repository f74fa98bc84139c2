//! `known_hosts` lines, as OpenSSH reads them (`man sshd`, SSH_KNOWN_HOSTS FILE FORMAT). Pure.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Digest;

/// What the lines say of a host's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The host is known with this key.
    Known,
    /// No line names the host.
    Unknown,
    /// The host is known, with other keys: their types.
    OtherKey(Vec<String>),
    /// The key is marked `@revoked`.
    Revoked,
}

/// Looks a host's key up. `key` is the key as the protocol carries it; its type is inside.
pub(super) fn check(lines: &str, host: &str, port: u16, key: &[u8]) -> Verdict {
    let name = if port == SSH_PORT {
        host.to_lowercase()
    } else {
        format!("[{}]:{port}", host.to_lowercase())
    };
    let mut other_types = Vec::new();
    let mut is_known = false;
    for line in lines.lines().filter_map(parse) {
        if !line.is_for(&name) {
            continue;
        }
        match (line.marker, line.key == key) {
            (Some("@revoked"), true) => return Verdict::Revoked,
            // Certificate authorities for hosts are not supported: the host's own key is needed.
            (Some(_), _) => {}
            (None, true) => is_known = true,
            (None, false) => other_types.push(line.key_type.to_owned()),
        }
    }
    match (is_known, other_types.is_empty()) {
        (true, _) => Verdict::Known,
        (false, true) => Verdict::Unknown,
        (false, false) => Verdict::OtherKey(other_types),
    }
}

/// The port that `known_hosts` leaves out.
pub(super) const SSH_PORT: u16 = 22;

/// `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it.
pub(super) fn fingerprint(key: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(sha2::Sha256::digest(key)))
}

/// The type inside a key, such as `ssh-ed25519`. Source: RFC 4253, section 6.6.
pub(super) fn key_type(key: &[u8]) -> Option<&str> {
    let (length, rest) = key.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    std::str::from_utf8(rest.get(..length)?).ok()
}

struct Line<'a> {
    marker: Option<&'a str>,
    hosts: &'a str,
    key_type: &'a str,
    key: Vec<u8>,
}

fn parse(line: &str) -> Option<Line<'_>> {
    let mut fields = line.split_whitespace().peekable();
    if fields.peek()?.starts_with('#') {
        return None;
    }
    let marker = fields.next_if(|field| field.starts_with('@'));
    let (hosts, key_type) = (fields.next()?, fields.next()?);
    let key = STANDARD.decode(fields.next()?).ok()?;
    Some(Line {
        marker,
        hosts,
        key_type,
        key,
    })
}

impl Line<'_> {
    fn is_for(&self, name: &str) -> bool {
        if let Some(hashed) = self.hosts.strip_prefix("|1|") {
            return is_hash_of(hashed, name).unwrap_or(false);
        }
        let mut is_named = false;
        for pattern in self.hosts.split(',') {
            match pattern.strip_prefix('!') {
                Some(excluded) if matches(excluded, name) => return false,
                Some(_) => {}
                None => is_named |= matches(pattern, name),
            }
        }
        is_named
    }
}

/// `salt|hash` with hash = HMAC-SHA1(salt, name). Source: OpenSSH `hostfile.c`, `host_hash`.
fn is_hash_of(hashed: &str, name: &str) -> Option<bool> {
    let (salt, hash) = hashed.split_once('|')?;
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&STANDARD.decode(salt).ok()?).ok()?;
    mac.update(name.as_bytes());
    Some(mac.verify_slice(&STANDARD.decode(hash).ok()?).is_ok())
}

/// `*` and `?`, without regard to case.
fn matches(pattern: &str, name: &str) -> bool {
    fn go(pattern: &[u8], name: &[u8]) -> bool {
        match pattern.split_first() {
            None => name.is_empty(),
            Some((b'*', rest)) => (0..=name.len()).any(|skip| go(rest, &name[skip..])),
            Some((wanted, rest)) => name.split_first().is_some_and(|(found, after)| {
                (*wanted == b'?' || wanted.eq_ignore_ascii_case(found)) && go(rest, after)
            }),
        }
    }
    // More stars than any host pattern has, and few enough to stay fast.
    const MAX_STARS: usize = 8;
    pattern.bytes().filter(|byte| *byte == b'*').count() <= MAX_STARS
        && go(pattern.as_bytes(), name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kind: &str, body: &str) -> Vec<u8> {
        let mut key = u32::try_from(kind.len()).unwrap().to_be_bytes().to_vec();
        key.extend(kind.as_bytes());
        key.extend(body.as_bytes());
        key
    }

    #[test]
    fn hosts_are_found_as_openssh_finds_them() {
        let (ours, theirs) = (key("ssh-ed25519", "a"), key("ssh-rsa", "b"));
        let (good, bad) = (STANDARD.encode(&ours), STANDARD.encode(&theirs));
        // Made with `ssh-keygen -H` for the name `example.org`.
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(b"salt").unwrap();
        mac.update(b"example.org");
        let hash = STANDARD.encode(mac.finalize().into_bytes());
        let salt = STANDARD.encode("salt");
        for (lines, port, expected) in [
            (
                format!("example.org ssh-ed25519 {good} comment"),
                22,
                Verdict::Known,
            ),
            (
                format!("# note\n\nEXAMPLE.org,10.0.0.1 ssh-ed25519 {good}"),
                22,
                Verdict::Known,
            ),
            (format!("*.org ssh-ed25519 {good}"), 22, Verdict::Known),
            (
                format!("*.org,!example.org ssh-ed25519 {good}"),
                22,
                Verdict::Unknown,
            ),
            (
                format!("[example.org]:2222 ssh-ed25519 {good}"),
                2222,
                Verdict::Known,
            ),
            (format!("example.org ssh-ed25519 {good}"), 2222, Verdict::Unknown),
            (format!("|1|{salt}|{hash} ssh-ed25519 {good}"), 22, Verdict::Known),
            (
                format!("|1|{salt}|{salt} ssh-ed25519 {good}"),
                22,
                Verdict::Unknown,
            ),
            (
                format!("example.org ssh-rsa {bad}"),
                22,
                Verdict::OtherKey(vec!["ssh-rsa".to_owned()]),
            ),
            (
                format!("example.org ssh-rsa {bad}\nexample.org ssh-ed25519 {good}"),
                22,
                Verdict::Known,
            ),
            (
                format!("example.org ssh-ed25519 {good}\n@revoked * ssh-ed25519 {good}"),
                22,
                Verdict::Revoked,
            ),
            (
                format!("@cert-authority *.org ssh-ed25519 {good}"),
                22,
                Verdict::Unknown,
            ),
            (
                "example.org ssh-ed25519 not-base64!".to_owned(),
                22,
                Verdict::Unknown,
            ),
            (String::new(), 22, Verdict::Unknown),
        ] {
            assert_eq!(check(&lines, "Example.org", port, &ours), expected, "{lines}");
        }
    }

    #[test]
    fn a_key_says_its_type() {
        assert_eq!(key_type(&key("ssh-ed25519", "x")), Some("ssh-ed25519"));
        assert_eq!(key_type(&[0, 0, 0, 9, b'x']), None);
        assert_eq!(key_type(&[]), None);
    }
}
