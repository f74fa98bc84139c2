//! The real program as a child process, and a client small enough to need nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `deploy-manager run`; killed when dropped.
pub struct Process {
    child: Child,
    log: Arc<Mutex<String>>,
    pub address: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deploy-manager"));
    for (name, _) in
        std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("DEPLOY_MANAGER_"))
    {
        command.env_remove(name);
    }
    command.args(args);
    command
}

impl Process {
    /// Starts it on a free port and waits until it listens.
    pub fn start(kubeconfig: &Path, args: &[&str]) -> Process {
        // What a killed one leaves behind goes with the test's own folder.
        let temporary = kubeconfig.parent().unwrap();
        let kubeconfig = kubeconfig.display().to_string();
        let mut all = vec![
            "run",
            "--kubeconfig",
            &kubeconfig,
            "--listen",
            "127.0.0.1:0",
            "--poll-interval",
            "off",
        ];
        all.extend(["--lease-duration", "1s", "--log-format", "json"]);
        all.extend(args);
        let mut command = command(&all);
        let mut child = command
            .env("TMPDIR", temporary)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (lines, kept) = (
            BufReader::new(child.stderr.take().unwrap()).lines(),
            Arc::clone(&log),
        );
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let mut process = Process {
            child,
            log,
            address: String::new(),
        };
        process.address = eventually("it listens", || {
            let log = process.log();
            let address = log.split("listening on http://").nth(1)?;
            Some(address.split('"').next()?.to_owned())
        });
        process
    }
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }
    pub fn wait(&mut self) -> ExitStatus {
        eventually("it ends", || self.child.try_wait().unwrap())
    }
    pub fn get(&self, path: &str) -> (u16, String) {
        self.ask("GET", path, &[], "")
    }
    pub fn status(&self) -> Json {
        serde_json::from_str(&self.get("/api/v1/status").1).unwrap()
    }
    /// Waits until the status has this value there.
    #[track_caller]
    pub fn wait_for(&self, pointer: &str, expected: &Json) {
        let end = Instant::now() + PATIENCE;
        loop {
            let status = self.status();
            if status.pointer(pointer) == Some(expected) {
                return;
            }
            assert!(
                Instant::now() < end,
                "{pointer} is not {expected}: {status:#}\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    /// HTTP/1.0: the answer ends with the connection.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let headers: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

/// Asks again and again, and gives up loudly.
#[track_caller]
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A file in a folder.
pub fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}
