//! What an operator feels: from a start to the first release, a sync without work, a changed value, and memory over
//! many syncs. Starts the real program twice (sandbox and daemon) and talks to it over HTTP.
//!
//! `cargo bench --bench first_light`; one line per figure.

use std::error::Error;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How long anything may take before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(120);
const TOKEN: &str = "bench-token";

/// A started program, ended when dropped.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Scene {
    folder: tempfile::TempDir,
    api: SocketAddr,
}

fn main() -> Outcome<()> {
    // `cargo test` starts benches too, to see that they build.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let scene = Scene {
        folder: tempfile::tempdir()?,
        api: free_address()?,
    };
    let repository = scene.make_repository()?;
    let start = Instant::now();
    let _sandbox = scene.start_sandbox()?;
    let daemon = scene.start_daemon()?;
    scene.wait_for(|status| ready_components(status) > 0)?;
    report("cold start to first release", start.elapsed());
    scene.wait_for(|status| is_idle(status) && status["syncedCommit"].is_string())?;
    report("cold start to the whole cluster", start.elapsed());
    scene.resync_until(5)?;
    let few = resident_kib(&daemon)?;
    report("one sync without work", scene.fastest_resync(10)?);
    report(
        "one changed value to rolled-out release",
        scene.change_a_value(&repository)?,
    );
    scene.resync_until(50)?;
    let many = resident_kib(&daemon)?;
    say(&format!(
        "memory of the daemon after 5 syncs: {few} KiB, after 50: {many} KiB"
    ));
    Ok(())
}

impl Scene {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn make_repository(&self) -> Outcome<git2::Repository> {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cluster");
        copy_folder(&sample, &self.path("repository"))?;
        let mut options = git2::RepositoryInitOptions::new();
        options.initial_head("main");
        let repository = git2::Repository::init_opts(self.path("repository"), &options)?;
        commit_all(&repository, "sample cluster")?;
        Ok(repository)
    }

    fn start_sandbox(&self) -> Outcome<Program> {
        let kubeconfig = self.path("kubeconfig");
        let mut command = Command::new(env!("CARGO_BIN_EXE_deploy-manager"));
        command
            .args(["sandbox", "--listen", "127.0.0.1:0", "--kubeconfig"])
            .arg(&kubeconfig);
        let program = Program(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
        until(|| Ok(kubeconfig.exists()))?;
        Ok(program)
    }

    fn start_daemon(&self) -> Outcome<Program> {
        fs::write(self.path("token"), TOKEN)?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_deploy-manager"));
        command.args([
            "run",
            "--branch",
            "main",
            "--poll-interval",
            "1h",
            "--namespace",
            "default",
        ]);
        command
            .arg("--repo")
            .arg(format!("file://{}", self.path("repository").display()));
        command.arg("--kubeconfig").arg(self.path("kubeconfig"));
        command.arg("--listen").arg(self.api.to_string());
        command.arg("--api-token-file").arg(self.path("token"));
        command.arg("--cache-dir").arg(self.path("cache"));
        Ok(Program(
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?,
        ))
    }

    fn status(&self) -> Option<Json> {
        serde_json::from_str(&request(self.api, "GET", "/api/v1/status").ok()?).ok()
    }

    fn wait_for(&self, is_met: impl Fn(&Json) -> bool) -> Outcome<()> {
        until(|| Ok(self.status().is_some_and(|status| is_met(&status))))
    }

    /// Asks for a sync and waits for its end; how long that took from when the daemon took it.
    fn resync(&self) -> Outcome<Duration> {
        let before = self.count();
        let mut start = Instant::now();
        until(|| {
            start = Instant::now();
            match request(self.api, "POST", "/api/v1/resync") {
                // The daemon takes so many posts a second and no more.
                Err(error) if error.to_string().contains(" 429 ") => {
                    sleep(Duration::from_millis(200));
                    Ok(false)
                }
                asked => asked.map(|_| true),
            }
        })?;
        self.wait_for(|status| count(status) > before && is_idle(status))?;
        Ok(start.elapsed())
    }

    fn count(&self) -> u64 {
        self.status().as_ref().map_or(0, count)
    }

    fn fastest_resync(&self, tries: u32) -> Outcome<Duration> {
        let mut fastest = PATIENCE;
        for _ in 0..tries {
            fastest = fastest.min(self.resync()?);
        }
        Ok(fastest)
    }

    fn resync_until(&self, syncs: u64) -> Outcome<()> {
        while self.count() < syncs {
            self.resync()?;
        }
        Ok(())
    }

    /// From the commit's announcement to the pods' readiness.
    fn change_a_value(&self, repository: &git2::Repository) -> Outcome<Duration> {
        let file = self.path("repository/parameters/common.yaml");
        let values = fs::read_to_string(&file)?;
        let changed = values.replacen("  cache: 1", "  cache: 2", 1);
        if changed == values {
            return Err("the sample has no replicas of the cache to change".into());
        }
        fs::write(&file, changed)?;
        commit_all(repository, "change a value")?;
        let taken = self.resync()?;
        let outcome = self.status().unwrap_or_default()["run"]["outcome"].clone();
        if outcome != "Succeeded" {
            return Err(format!("the changed value ended as {outcome}").into());
        }
        Ok(taken)
    }
}

fn ready_components(status: &Json) -> usize {
    let components = status["components"].as_array();
    components.map_or(0, |all| all.iter().filter(|one| one["state"] == "Ready").count())
}

fn is_idle(status: &Json) -> bool {
    status["phase"] == "Idle"
}

fn count(status: &Json) -> u64 {
    let syncs = status["syncs"].as_object();
    syncs.map_or(0, |by_end| by_end.values().filter_map(Json::as_u64).sum())
}

fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn request(address: SocketAddr, method: &str, path: &str) -> Outcome<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {TOKEN}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("an answer without a body")?;
    if !head.starts_with("HTTP/1.1 2") {
        return Err(format!("{method} {path}: {head}").into());
    }
    Ok(body.to_owned())
}

fn until(mut is_met: impl FnMut() -> Outcome<bool>) -> Outcome<()> {
    let start = Instant::now();
    while !is_met()? {
        if start.elapsed() > PATIENCE {
            return Err("waited too long".into());
        }
        sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn resident_kib(program: &Program) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", program.0.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line
        .and_then(|line| line.split_whitespace().next())
        .ok_or("no VmRSS")?;
    Ok(number.parse()?)
}

fn copy_folder(from: &Path, to: &Path) -> Outcome<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn commit_all(repository: &git2::Repository, subject: &str) -> Outcome<()> {
    let mut index = repository.index()?;
    index.add_all(["*"], git2::IndexAddOption::DEFAULT, None)?;
    index.write()?;
    let tree = repository.find_tree(index.write_tree()?)?;
    let author = git2::Signature::now("Bench", "bench@example.org")?;
    let head = repository.head().ok().and_then(|head| head.peel_to_commit().ok());
    let parents: Vec<&git2::Commit<'_>> = head.iter().collect();
    repository.commit(Some("HEAD"), &author, &author, subject, &tree, &parents)?;
    Ok(())
}

fn report(what: &str, duration: Duration) {
    say(&format!("{what}: {:.3} s", duration.as_secs_f64()));
}

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn say(line: &str) {
    println!("{line}");
}
