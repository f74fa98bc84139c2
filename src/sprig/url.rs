//! URLs. Source: sprig v3.3.0 `url.go`.

use super::args::{map, pay_items, string, text};
use super::types::kind;
use crate::golang::Type::{AnyMap, Str};
use crate::golang::url::{self, Url};
use crate::golang::{Env, Fault, Func, Map, Value};

pub(super) fn table() -> Vec<(&'static str, Func)> {
    vec![
        ("urlParse", Func::new(&[Str], url_parse)),
        ("urlJoin", Func::new(&[AnyMap], url_join)),
    ]
}

fn url_parse(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let url = url::parse(text(args, 0)).map_err(|error| format!("unable to parse url: {error}"))?;
    pay_items(env, 8)?;
    let hostname = url.hostname().to_vec();
    let userinfo = url.userinfo();
    let parts: Map = [
        ("scheme", url.scheme),
        ("host", url.host),
        ("hostname", hostname),
        ("path", url.path),
        ("query", url.query),
        ("opaque", url.opaque),
        ("fragment", url.fragment),
        ("userinfo", userinfo),
    ]
    .into_iter()
    .map(|(name, part)| (name, Value::str(part)))
    .collect();
    Ok(Value::Map(parts))
}

fn url_join(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let parts = map(args, 0).unwrap_or_default();
    let mut joined = Url {
        scheme: part(&parts, "scheme")?,
        host: part(&parts, "host")?,
        path: part(&parts, "path")?,
        query: part(&parts, "query")?,
        opaque: part(&parts, "opaque")?,
        fragment: part(&parts, "fragment")?,
        user: None,
    };
    let userinfo = part(&parts, "userinfo")?;
    if !userinfo.is_empty() {
        let whole = [b"proto://", userinfo.as_slice(), b"@host"].concat();
        joined.user = url::parse(&whole)
            .map_err(|error| format!("unable to parse userinfo in dict: {error}"))?
            .user;
    }
    string(env, joined.text())
}

fn part(parts: &Map, name: &str) -> Result<Vec<u8>, Fault> {
    match parts.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Str(text)) => Ok(text.to_vec()),
        Some(Value::Nil) => Err(Fault::new(super::args::NIL_POINTER)),
        Some(other) => Err(Fault::new(format!(
            "unable to parse {name} key, must be of type string, but {} found",
            kind(&other)
        ))),
    }
}
