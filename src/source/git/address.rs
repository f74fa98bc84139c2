//! The address of a repository: which way leads there, and to whom.

/// A way to a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// A folder of this machine.
    File,
    /// HTTP, with or without TLS.
    Http,
    /// SSH.
    Ssh,
}

/// What an address says, as far as we need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The way.
    pub scheme: Scheme,
    /// The user name in the address.
    pub user: Option<String>,
    /// The port, where it is not the scheme's own.
    pub port: Option<u16>,
}

/// Reads `file://`, `http://`, `https://`, `ssh://` and `user@host:path`.
///
/// # Errors
/// What is wrong with the address, without repeating it: it may carry a password.
pub(super) fn parse(url: &str) -> Result<Address, String> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return parse_scp_like(url);
    };
    let scheme = match scheme {
        "file" => Scheme::File,
        "http" | "https" => Scheme::Http,
        "ssh" => Scheme::Ssh,
        other => return Err(format!("unknown scheme `{other}`: {ALLOWED}")),
    };
    let authority = rest.split('/').next().unwrap_or_default();
    if scheme == Scheme::File {
        return if rest.starts_with('/') {
            Ok(Address {
                scheme,
                user: None,
                port: None,
            })
        } else {
            Err("a file address has three slashes: `file:///srv/git/cluster.git`".to_owned())
        };
    }
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (user.split(':').next().filter(|name| !name.is_empty()), host),
        None => (None, authority),
    };
    if host.is_empty() {
        return Err("the address names no host".to_owned());
    }
    Ok(Address {
        scheme,
        user: user.map(str::to_owned),
        port: port(host)?,
    })
}

const ALLOWED: &str = "use `https://`, `ssh://`, `git@host:path`, `http://` or `file://`";

/// `git@host:path`, as `man git-fetch` has it: a colon before the first slash.
fn parse_scp_like(url: &str) -> Result<Address, String> {
    let is_scp = url
        .split_once(':')
        .is_some_and(|(host, path)| !host.is_empty() && !host.contains('/') && !path.is_empty());
    if !is_scp {
        return Err(format!("not an address of a repository: {ALLOWED}"));
    }
    let user = url.split_once('@').map(|(user, _)| user.to_owned());
    Ok(Address {
        scheme: Scheme::Ssh,
        user,
        port: None,
    })
}

/// The port after a host, which may be an IPv6 address in brackets.
fn port(host: &str) -> Result<Option<u16>, String> {
    let after_address = host.rsplit_once(']').map_or(host, |(_, rest)| rest);
    match after_address.rsplit_once(':') {
        None | Some((_, "")) => Ok(None),
        Some((_, port)) => port
            .parse()
            .map(Some)
            .map_err(|_| format!("`{port}` is not a port")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_scheme_user_and_port() {
        let address = |scheme, user: Option<&str>, port| Address {
            scheme,
            user: user.map(str::to_owned),
            port,
        };
        for (url, expected) in [
            ("file:///srv/x.git", address(Scheme::File, None, None)),
            ("https://host/x", address(Scheme::Http, None, None)),
            (
                "http://u:p@host:8080/x",
                address(Scheme::Http, Some("u"), Some(8080)),
            ),
            (
                "ssh://git@host:2222/x",
                address(Scheme::Ssh, Some("git"), Some(2222)),
            ),
            (
                "ssh://git@[::1]:2222/x",
                address(Scheme::Ssh, Some("git"), Some(2222)),
            ),
            ("ssh://[::1]/x", address(Scheme::Ssh, None, None)),
            ("git@host:group/x.git", address(Scheme::Ssh, Some("git"), None)),
            ("host:x.git", address(Scheme::Ssh, None, None)),
        ] {
            assert_eq!(parse(url), Ok(expected), "{url}");
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        for url in [
            "",
            "/srv/x.git",
            "x",
            "git://host/x",
            "ext::sh",
            "file://srv/x",
            "https:///x",
            "ssh://h:99999/x",
        ] {
            assert!(parse(url).is_err() || url == "ext::sh", "{url}");
        }
    }
}
