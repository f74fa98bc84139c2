//! Go's `net/url`: taking URLs apart and putting them together. Source: go1.23 `net/url/url.go`.

use super::strconv;

/// A URL in parts, decoded where Go decodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// Lower case, without `:`.
    pub scheme: Vec<u8>,
    /// What follows a scheme without a slash (`mailto:x@y`).
    pub opaque: Vec<u8>,
    /// User name and perhaps a password.
    pub user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    /// Host, with its port.
    pub host: Vec<u8>,
    /// Decoded.
    pub path: Vec<u8>,
    /// As written.
    pub query: Vec<u8>,
    /// Decoded.
    pub fragment: Vec<u8>,
}

/// The place in a URL that decides which characters are escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    User,
    Host,
    Zone,
    Fragment,
}

/// `url.Parse`.
///
/// # Errors
/// Go's text: `parse "://bad": missing protocol scheme`.
pub fn parse(text: &[u8]) -> Result<Url, String> {
    let (before, fragment) = cut(text, b'#');
    let failed = |whole: &[u8], error: String| format!("parse {}: {error}", strconv::quote(whole));
    let mut url = parse_without_fragment(before).map_err(|error| failed(before, error))?;
    url.fragment =
        unescape(fragment.unwrap_or_default(), Part::Fragment).map_err(|error| failed(text, error))?;
    Ok(url)
}

fn parse_without_fragment(text: &[u8]) -> Result<Url, String> {
    if text.iter().any(u8::is_ascii_control) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let mut url = Url::default();
    if text == b"*" {
        url.path = b"*".to_vec();
        return Ok(url);
    }
    let (scheme, rest) = split_scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    let (rest, query) = cut(rest, b'?');
    url.query = query.unwrap_or_default().to_vec();
    if !rest.starts_with(b"/") {
        if !url.scheme.is_empty() {
            url.opaque = rest.to_vec();
            return Ok(url);
        }
        if cut(rest, b'/').0.contains(&b':') {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let has_authority = rest.starts_with(b"//") && (!url.scheme.is_empty() || !rest.starts_with(b"///"));
    let mut path = rest;
    if has_authority {
        let after = &rest[2..];
        let end = after.iter().position(|byte| *byte == b'/').unwrap_or(after.len());
        (url.user, url.host) = parse_authority(&after[..end])?;
        path = &after[end..];
    }
    url.path = unescape(path, Part::Path)?;
    Ok(url)
}

/// Before and after the first separator.
fn cut(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == separator) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

fn split_scheme(text: &[u8]) -> Result<(&[u8], &[u8]), String> {
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if index > 0 => {}
            b':' if index == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((&text[..index], &text[index + 1..])),
            _ => break,
        }
    }
    Ok((b"", text))
}

type Authority = (Option<(Vec<u8>, Option<Vec<u8>>)>, Vec<u8>);

fn parse_authority(text: &[u8]) -> Result<Authority, String> {
    let Some(at) = text.iter().rposition(|byte| *byte == b'@') else {
        return Ok((None, parse_host(text)?));
    };
    let host = parse_host(&text[at + 1..])?;
    let user = &text[..at];
    let is_valid = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
    if !user.iter().all(is_valid) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let (name, password) = cut(user, b':');
    let password = password.map(|password| unescape(password, Part::User));
    Ok((Some((unescape(name, Part::User)?, password.transpose()?)), host))
}

fn parse_host(host: &[u8]) -> Result<Vec<u8>, String> {
    let check_port = |port: &[u8]| match is_optional_port(port) {
        true => Ok(()),
        false => Err(format!("invalid port {} after host", strconv::quote(port))),
    };
    if host.starts_with(b"[") {
        let Some(end) = host.iter().rposition(|byte| *byte == b']') else {
            return Err("missing ']' in host".to_owned());
        };
        check_port(&host[end + 1..])?;
        let zone = host[..end].windows(3).position(|part| part == b"%25");
        if let Some(zone) = zone {
            let parts = [
                unescape(&host[..zone], Part::Host)?,
                unescape(&host[zone..end], Part::Zone)?,
                unescape(&host[end..], Part::Host)?,
            ];
            return Ok(parts.concat());
        }
    } else if let Some(colon) = host.iter().rposition(|byte| *byte == b':') {
        check_port(&host[colon..])?;
    }
    unescape(host, Part::Host)
}

fn is_optional_port(port: &[u8]) -> bool {
    match port.split_first() {
        None => true,
        Some((b':', digits)) => digits.iter().all(u8::is_ascii_digit),
        Some(_) => false,
    }
}

fn must_escape(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return false;
    }
    match part {
        Part::Host | Part::Zone if b"!$&'()*+,;=:[]<>\"".contains(&byte) => false,
        Part::Path if b"$&+,/:;=@".contains(&byte) => false,
        Part::User if b"$&+,;=".contains(&byte) => false,
        Part::Fragment if b"$&+,/:;=?@!()*".contains(&byte) => false,
        _ => true,
    }
}

fn escape(text: &[u8], part: Part) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len());
    for byte in text {
        if must_escape(*byte, part) {
            escaped.extend_from_slice(format!("%{byte:02X}").as_bytes());
        } else {
            escaped.push(*byte);
        }
    }
    escaped
}

fn unescape(text: &[u8], part: Part) -> Result<Vec<u8>, String> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        if *byte == b'%' {
            let (decoded, escape) = hex_pair(rest)?;
            let is_percent = escape == b"%25";
            let is_refused = match part {
                Part::Host => decoded < 0x80 && !is_percent,
                Part::Zone => !is_percent && decoded != b' ' && must_escape(decoded, Part::Host),
                _ => false,
            };
            if is_refused {
                return Err(bad_escape(escape));
            }
            plain.push(decoded);
            rest = &rest[3..];
            continue;
        }
        let is_host = matches!(part, Part::Host | Part::Zone);
        if is_host && byte.is_ascii() && must_escape(*byte, part) {
            let shown = strconv::quote(&[*byte]);
            return Err(format!("invalid character {shown} in host name"));
        }
        plain.push(*byte);
        rest = after;
    }
    Ok(plain)
}

/// The byte of `%XX` at the start, and those three bytes.
fn hex_pair(text: &[u8]) -> Result<(u8, &[u8]), String> {
    let escape = &text[..text.len().min(3)];
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    match escape {
        [_, high, low] => match (digit(high), digit(low)) {
            (Some(high), Some(low)) => Ok((high << 4 | low, escape)),
            _ => Err(bad_escape(escape)),
        },
        _ => Err(bad_escape(escape)),
    }
}

fn bad_escape(escape: &[u8]) -> String {
    format!("invalid URL escape {}", strconv::quote(escape))
}

impl Url {
    /// `URL.Hostname`: the host without its port and brackets.
    #[must_use]
    pub fn hostname(&self) -> &[u8] {
        let mut host = self.host.as_slice();
        let port = host.iter().rposition(|byte| *byte == b':');
        if let Some(colon) = port.filter(|colon| is_optional_port(&host[*colon..])) {
            host = &host[..colon];
        }
        host.strip_prefix(b"[")
            .and_then(|inner| inner.strip_suffix(b"]"))
            .unwrap_or(host)
    }

    /// `Userinfo.String`: escaped; empty without a user.
    #[must_use]
    pub fn userinfo(&self) -> Vec<u8> {
        let Some((name, password)) = &self.user else {
            return Vec::new();
        };
        let mut text = escape(name, Part::User);
        if let Some(password) = password {
            text.push(b':');
            text.extend(escape(password, Part::User));
        }
        text
    }

    /// `URL.String` of a URL that was put together from parts.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        if !self.scheme.is_empty() {
            text.extend_from_slice(&self.scheme);
            text.push(b':');
        }
        if self.opaque.is_empty() {
            self.push_authority_and_path(&mut text);
        } else {
            text.extend_from_slice(&self.opaque);
        }
        if !self.query.is_empty() {
            text.push(b'?');
            text.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            text.push(b'#');
            text.extend(escape(&self.fragment, Part::Fragment));
        }
        text
    }

    fn push_authority_and_path(&self, text: &mut Vec<u8>) {
        let has_user = self.user.is_some();
        let has_place = !self.host.is_empty() || has_user;
        if has_place || !self.scheme.is_empty() && !self.path.is_empty() {
            text.extend_from_slice(b"//");
        }
        if has_user {
            text.extend(self.userinfo());
            text.push(b'@');
        }
        text.extend(escape(&self.host, Part::Host));
        let path = match self.path.as_slice() {
            b"*" => b"*".to_vec(),
            path => escape(path, Part::Path),
        };
        if !path.is_empty() && path[0] != b'/' && !self.host.is_empty() {
            text.push(b'/');
        }
        if text.is_empty() && cut(&path, b'/').0.contains(&b':') {
            text.extend_from_slice(b"./");
        }
        text.extend(path);
    }
}
