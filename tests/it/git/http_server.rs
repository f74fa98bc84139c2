//! `git http-backend` behind a small HTTP server, with or without TLS, with or without a password.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use openssl::ssl::{SslAcceptor, SslMethod};

/// What the server demands.
#[derive(Clone, Default)]
pub struct Demands {
    /// `user:password`
    pub password: Option<String>,
    /// PEM of certificate and key.
    pub tls: Option<(String, String)>,
}

/// Serves the repositories in a folder until the test's process ends.
pub fn serve(root: &Path, demands: Demands) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let tls = demands
        .tls
        .as_ref()
        .map(|(certificate, key)| Arc::new(acceptor(certificate, key)));
    let root = root.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, root, demands, tls) = (stream.unwrap(), root.clone(), demands.clone(), tls.clone());
            std::thread::spawn(move || match tls {
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream) {
                        answer(stream, &root, &demands);
                    }
                }
                None => answer(stream, &root, &demands),
            });
        }
    });
    address
}

fn acceptor(certificate: &str, key: &str) -> SslAcceptor {
    let mut acceptor = SslAcceptor::mozilla_intermediate(SslMethod::tls()).unwrap();
    let certificate = openssl::x509::X509::from_pem(certificate.as_bytes()).unwrap();
    acceptor.set_certificate(&certificate).unwrap();
    let key = openssl::pkey::PKey::private_key_from_pem(key.as_bytes()).unwrap();
    acceptor.set_private_key(&key).unwrap();
    acceptor.build()
}

/// Answers requests on one connection until the client closes it.
fn answer<S: Read + Write>(stream: S, root: &Path, demands: &Demands) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream) {
        let response = if is_allowed(&request, demands) {
            backend(&request, root)
        } else {
            Some((
                401,
                "WWW-Authenticate: Basic realm=\"git\"\r\n".to_owned(),
                Vec::new(),
            ))
        };
        let Some((status, headers, body)) = response else {
            return;
        };
        let head = format!(
            "HTTP/1.1 {status} x\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        let written = stream
            .get_mut()
            .write_all(head.as_bytes())
            .and_then(|()| stream.get_mut().write_all(&body));
        if written.and_then(|()| stream.get_mut().flush()).is_err() {
            return;
        }
    }
}

struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }
}

fn read_request(stream: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut request = Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        request.headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut body = vec![0; request.header("content-length").parse().unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    request.body = body;
    Some(request)
}

fn is_allowed(request: &Request, demands: &Demands) -> bool {
    use base64::Engine as _;
    let Some(password) = &demands.password else {
        return true;
    };
    let wanted = format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(password)
    );
    request.header("authorization") == wanted
}

fn backend(request: &Request, root: &Path) -> Option<(u16, String, Vec<u8>)> {
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env("CONTENT_TYPE", request.header("content-type"))
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(&request.body).ok()?;
    let output = child.wait_with_output().ok()?.stdout;
    let end = output.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&output[..end]).into_owned();
    let status = head
        .lines()
        .find_map(|line| line.strip_prefix("Status: ")?.get(..3)?.parse().ok());
    let headers: String = head
        .lines()
        .filter(|line| !line.starts_with("Status:"))
        .map(|line| format!("{line}\r\n"))
        .collect();
    Some((status.unwrap_or(200), headers, output[end + 4..].to_vec()))
}

/// The git program, where there is one.
pub fn git_program() -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join("git"))
        .find(|path| path.is_file())
}
