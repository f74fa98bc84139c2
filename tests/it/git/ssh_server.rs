//! OpenSSH's `sshd` on loopback, with keys of its own.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server; stops when dropped.
pub struct Sshd {
    folder: tempfile::TempDir,
    child: Child,
    pub port: u16,
    pub user: String,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Sshd {
    /// `None` where the machine has no `sshd`.
    pub fn start() -> Option<Sshd> {
        let program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"]
            .into_iter()
            .find(|path| Path::new(path).is_file())?;
        let folder = tempfile::tempdir().unwrap();
        for key in ["host", "client", "stranger"] {
            keygen(&folder.path().join(key));
        }
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        fs::copy(
            folder.path().join("client.pub"),
            folder.path().join("authorized_keys"),
        )
        .unwrap();
        fs::write(folder.path().join("config"), config(folder.path(), port)).unwrap();
        // Its folder for privilege separation, where the distribution's service was never started.
        let _ = fs::create_dir_all("/run/sshd");
        let child = Command::new(program)
            .args(["-D", "-e", "-f"])
            .arg(folder.path().join("config"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let user = Command::new("id").arg("-un").output().unwrap().stdout;
        let user = String::from_utf8(user).unwrap().trim().to_owned();
        let server = Sshd {
            folder,
            child,
            port,
            user,
        };
        server.wait();
        Some(server)
    }
    fn wait(&self) {
        let end = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < end, "sshd did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    pub fn key(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }
    pub fn known_hosts(&self, key: &str) -> String {
        format!("[127.0.0.1]:{} {}", self.port, self.key(key))
    }
    pub fn url(&self, repository: &Path) -> String {
        format!(
            "ssh://{}@127.0.0.1:{}{}",
            self.user,
            self.port,
            repository.display()
        )
    }
}

fn keygen(path: &PathBuf) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .status()
        .unwrap();
    assert!(made.success());
}

fn config(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized_keys\n\
         StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         PermitRootLogin prohibit-password\nPidFile none\n"
    )
}
