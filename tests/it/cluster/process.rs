//! Child processes that end with this one, however it ends.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;

/// Reads process ids from its standard input. When that ends, as it does when the process dies that holds the other end, it
/// kills them all and removes the folder.
const KEEPER: &str = "trap '' INT TERM HUP; pids=; while read -r pid; do pids=\"$pids $pid\"; done; \
                      [ -z \"$pids\" ] || kill -9 $pids 2>/dev/null; rm -rf \"$1\"";

/// A process that ends all others when this one has ended.
pub struct Keeper {
    input: Mutex<ChildStdin>,
    folder: PathBuf,
}

impl Keeper {
    /// With a folder that is removed in the end.
    #[expect(
        clippy::zombie_processes,
        reason = "it ends after this process, which cannot wait for it"
    )]
    pub fn of(folder: &Path) -> Keeper {
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        Keeper {
            input: Mutex::new(keeper.stdin.take().unwrap()),
            folder: folder.to_owned(),
        }
    }

    /// Starts a program whose output goes to `PROGRAM.log`.
    pub fn start(&self, program: &Path, arguments: &[String]) -> Child {
        let name = program.file_name().unwrap().to_string_lossy().into_owned();
        let log = File::create(self.folder.join(format!("{name}.log"))).unwrap();
        let child = Command::new(program)
            .args(arguments)
            .env("HOME", &self.folder)
            .env_remove("KUBECONFIG")
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        writeln!(self.input.lock().unwrap(), "{}", child.id()).unwrap();
        child
    }

    /// The last lines of a program's output.
    pub fn log(&self, program: &str) -> String {
        let text = std::fs::read_to_string(self.folder.join(format!("{program}.log"))).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}
