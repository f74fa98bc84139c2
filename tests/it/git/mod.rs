//! Fetching from real servers: a folder, `git http-backend`, `sshd`.

pub mod http_server;
pub mod repository;
pub mod ssh_server;

use std::fs;
use std::path::Path;

use deploy_manager::base::secret::Secret;
use deploy_manager::source::git::{self, Credentials, Error, Remote, Revision, Snapshot};

use self::http_server::Demands;
use self::repository::{Bare, Put};
use self::ssh_server::Sshd;

struct Client {
    cache: tempfile::TempDir,
    remote: Remote,
}

fn client(url: impl Into<String>) -> Client {
    let cache = tempfile::tempdir().unwrap();
    let remote = Remote {
        url: url.into(),
        revision: Revision::Branch("main".to_owned()),
        folder: String::new(),
        credentials: Credentials::default(),
        cache: cache.path().join("cache"),
    };
    Client { cache, remote }
}

impl Client {
    fn revision(mut self, revision: Revision) -> Self {
        self.remote.revision = revision;
        self
    }
    fn folder(mut self, folder: &str) -> Self {
        self.remote.folder = folder.to_owned();
        self
    }
    fn password(mut self, password: &str) -> Self {
        self.remote.credentials.username = Some("ann".to_owned());
        self.remote.credentials.password = Some(Secret::new(password));
        self
    }
    fn ssh(mut self, key: String, known_hosts: String) -> Self {
        self.remote.credentials.ssh_key = Some(Secret::new(key));
        self.remote.credentials.known_hosts = Some(known_hosts);
        self
    }
    fn get(&self) -> Result<Snapshot, Error> {
        git::snapshot(&self.remote)
    }
    #[track_caller]
    fn check(&self, commit: &str, files: &[(&str, &str)]) {
        let snapshot = self.get().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(snapshot.commit.id, commit);
        let found: Vec<(String, String)> = snapshot
            .files
            .iter()
            .map(|(path, bytes)| (path.to_owned(), String::from_utf8_lossy(bytes).into_owned()))
            .collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(path, text)| (&**path, &**text)).collect();
        assert_eq!(found, files);
    }
    #[track_caller]
    fn check_fails(&self, expected: &str) {
        let error = self.get().unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

// === What all ways have in common ===

/// Follows a branch through a commit, a forced push and a deletion.
#[track_caller]
fn follows_a_branch(bare: &Bare, client: &Client) {
    let first = bare.commit("main", "first", &[("a", "1"), ("x/b", "2")]);
    client.check(&first, &[("a", "1"), ("x/b", "2")]);
    client.check(&first, &[("a", "1"), ("x/b", "2")]);
    let second = bare.commit("main", "second", &[("a", "3")]);
    client.check(&second, &[("a", "3")]);
    for round in 0..3 {
        bare.commit("main", "between", &[("a", "between")]);
        let next = bare.commit("main", "next", &[("a", &format!("next {round}"))]);
        client.check(&next, &[("a", &format!("next {round}"))]);
    }
    let moved = bare.force("main", "moved", &[("c", "4")]);
    client.check(&moved, &[("c", "4")]);
    bare.commit("other", "keeps the repository alive", &[("a", "1")]);
    bare.delete_branch("main");
    client.check_fails("has no branch `main`");
}

#[track_caller]
fn finds_tags_and_commits(bare: &Bare, client: impl Fn() -> Client) {
    let first = bare.commit("main", "first", &[("a", "1")]);
    let second = bare.commit("main", "second", &[("a", "2")]);
    let tip = bare.commit("main", "third", &[("a", "3")]);
    bare.annotated_tag("v1", &first);
    client()
        .revision(Revision::Tag("v1".to_owned()))
        .check(&first, &[("a", "1")]);
    client()
        .revision(Revision::Commit(second.clone()))
        .check(&second, &[("a", "2")]);
    client().revision(Revision::Default).check(&tip, &[("a", "3")]);
    client()
        .revision(Revision::Tag("v2".to_owned()))
        .check_fails("has no tag `v2`");
    client()
        .revision(Revision::Commit("1".repeat(40)))
        .check_fails("has no commit `1111");
    client()
        .revision(Revision::Commit("abc".to_owned()))
        .check_fails("not a full commit id");
    let moving = client().revision(Revision::Tag("v1".to_owned()));
    moving.check(&first, &[("a", "1")]);
    bare.annotated_tag("v1", &second);
    moving.check(&second, &[("a", "2")]);
}

// === Folder ===

#[test]
fn a_branch_in_a_folder_is_followed() {
    let bare = Bare::new();
    follows_a_branch(&bare, &client(bare.url()));
}

#[test]
fn tags_and_commits_in_a_folder_are_found() {
    let bare = Bare::new();
    finds_tags_and_commits(&bare, || client(bare.url()));
}

#[test]
fn an_empty_repository_says_so() {
    let bare = Bare::new();
    for revision in [Revision::Branch("main".to_owned()), Revision::Default] {
        client(bare.url())
            .revision(revision)
            .check_fails("has no commit yet: it is empty");
    }
}

#[test]
fn a_repository_that_is_not_there_says_so() {
    let folder = tempfile::tempdir().unwrap();
    client(format!("file://{}/none.git", folder.path().display())).check_fails("cannot fetch file://");
    client("git://host/x").check_fails("unknown scheme `git`");
}

#[test]
fn a_commit_says_who_and_what() {
    let bare = Bare::new();
    bare.commit(
        "main",
        "nova: raise the quota\n\nBecause.\n\nTrailer: x\n",
        &[("a", "1")],
    );
    let commit = client(bare.url()).get().unwrap().commit;
    assert_eq!(commit.subject, "nova: raise the quota");
    assert!(commit.message.ends_with("Trailer: x\n"));
    assert_eq!(
        (commit.author.as_str(), commit.time),
        ("Ann <ann@example.org>", 1_700_000_000)
    );
}

#[test]
fn only_the_clusters_folder_is_read() {
    let bare = Bare::new();
    let id = bare.commit(
        "main",
        "x",
        &[("east/cluster.yaml", "1"), ("west/cluster.yaml", "2")],
    );
    client(bare.url())
        .folder("east/")
        .check(&id, &[("cluster.yaml", "1")]);
    client(bare.url())
        .folder("./east/../west")
        .check(&id, &[("cluster.yaml", "2")]);
    client(bare.url())
        .folder("north")
        .check_fails("north: no such folder");
    client(bare.url())
        .folder("../..")
        .check_fails("leaves the repository");
}

#[test]
fn links_and_sizes_are_kept_in_bounds() {
    let bare = Bare::new();
    let good = [("charts/a", Put::Text("1")), ("x/a", Put::Link("../charts/a"))];
    let id = bare.commit_of("main", "x", &good);
    client(bare.url()).folder("x").check(&id, &[("a", "1")]);
    for (put, expected) in [
        (
            Put::Link("/etc/passwd"),
            "bad: links to `/etc/passwd`, outside of the repository",
        ),
        (
            Put::Link("../../etc/passwd"),
            "bad: links to `../../etc/passwd`, outside",
        ),
        (Put::Submodule, "bad: is a submodule"),
        (
            Put::Bytes(vec![0; (16 << 20) + 1]),
            "bad: has 16777217 bytes; at most 16777216",
        ),
    ] {
        bare.commit_of("main", "x", &[("bad", put)]);
        client(bare.url()).check_fails(expected);
    }
}

#[test]
fn a_damaged_cache_is_made_anew() {
    let bare = Bare::new();
    let id = bare.commit("main", "x", &[("a", "1"), ("b", "2")]);
    let client = client(bare.url());
    let expected = [("a", "1"), ("b", "2")];
    client.check(&id, &expected);
    let damage: [fn(&Path); 4] = [
        |cache| fs::remove_dir_all(cache.join("objects")).unwrap(),
        |cache| fs::write(cache.join("HEAD"), "nonsense").unwrap(),
        |cache| fs::remove_dir_all(cache).unwrap(),
        |cache| for_each_object(cache, |file| fs::write(file, "nonsense").unwrap()),
    ];
    for damage in damage {
        damage(&client.remote.cache);
        client.check(&id, &expected);
    }
    assert!(client.cache.path().exists());
}

fn for_each_object(cache: &Path, change: impl Fn(&Path)) {
    let mut folders = vec![cache.join("objects")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let _ = fs::remove_file(path.with_extension("tmp"));
                let mut rights = fs::metadata(&path).unwrap().permissions();
                #[allow(clippy::permissions_set_readonly_false)]
                rights.set_readonly(false);
                fs::set_permissions(&path, rights).unwrap();
                change(&path);
            }
        }
    }
}

// === Worktree ===

#[test]
fn a_worktree_is_read_as_a_commit_of_it_would_be() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    git2::Repository::init(root).unwrap();
    for (path, text) in [
        (".gitignore", "*.tmp\n"),
        ("east/a", "1"),
        ("east/b.tmp", "2"),
        ("shared/c", "3"),
    ] {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), text).unwrap();
    }
    std::os::unix::fs::symlink("../shared", root.join("east/shared")).unwrap();
    let names = |folder: &Path| -> Vec<String> {
        let snapshot = git::read_worktree(folder).unwrap();
        snapshot.files.iter().map(|(path, _)| path.to_owned()).collect()
    };
    assert_eq!(names(root), [".gitignore", "east/a", "east/shared/c", "shared/c"]);
    assert_eq!(names(&root.join("east")), ["a", "shared/c"]);
    let before = git::read_worktree(root).unwrap().commit.id;
    assert_eq!(git::read_worktree(root).unwrap().commit.id, before);
    fs::write(root.join("east/a"), "other").unwrap();
    assert_ne!(git::read_worktree(root).unwrap().commit.id, before);
    std::os::unix::fs::symlink("/etc/passwd", root.join("east/bad")).unwrap();
    let error = git::read_worktree(root).unwrap_err().to_string();
    assert_eq!(
        error,
        "east/bad: links to `/etc/passwd`, outside of the repository"
    );
}

// === HTTP ===

fn http(bare: &Bare, password: Option<&str>) -> Option<String> {
    let Some(_) = http_server::git_program() else {
        eprintln!("skipped: the git program, which serves as the other side, is not installed");
        return None;
    };
    let demands = Demands {
        password: password.map(str::to_owned),
        tls: None,
    };
    Some(format!(
        "http://{}/cluster.git",
        http_server::serve(bare.root(), demands)
    ))
}

#[test]
fn a_branch_over_http_is_followed() {
    let bare = Bare::new();
    let Some(url) = http(&bare, None) else { return };
    follows_a_branch(&bare, &client(url));
}

#[test]
fn tags_and_commits_over_http_are_found() {
    let bare = Bare::new();
    let Some(url) = http(&bare, None) else { return };
    finds_tags_and_commits(&bare, || client(&url));
}

#[test]
fn an_empty_repository_over_http_says_so() {
    let bare = Bare::new();
    let Some(url) = http(&bare, None) else { return };
    client(url).check_fails("has no commit yet: it is empty");
}

#[test]
fn passwords_over_http_are_asked_for_once_and_never_shown() {
    let bare = Bare::new();
    let id = bare.commit("main", "x", &[("a", "1")]);
    let Some(url) = http(&bare, Some("ann:canary")) else {
        return;
    };
    client(&url).password("canary").check(&id, &[("a", "1")]);
    client(&url).check_fails("wants a user name and password, and none is set");
    client(&url)
        .password("wrong")
        .check_fails("refused the user name and password");
    let with_password = url.replace("http://", "http://ann:canary@");
    client(&with_password).check(&id, &[("a", "1")]);
    let error = client(with_password.replace("canary", "wrong-canary"))
        .get()
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    assert!(!error.is_transient());
}

#[test]
fn a_server_that_is_down_may_be_asked_later() {
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = client(format!("http://{address}/x")).get().unwrap_err();
    assert!(error.is_transient(), "{error}");
}

#[test]
fn an_authority_of_ones_own_is_trusted_only_when_given() {
    let bare = Bare::new();
    let id = bare.commit("main", "x", &[("a", "1")]);
    if http(&bare, None).is_none() {
        return;
    }
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(["127.0.0.1".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let demands = Demands {
        password: None,
        tls: Some((certificate.pem(), key.serialize_pem())),
    };
    let address = http_server::serve(bare.root(), demands);
    let mut client = client(format!("https://{address}/cluster.git"));
    client.check_fails("--git-ca-file");
    client.remote.credentials.ca_bundle = Some(certificate.pem());
    client.check(&id, &[("a", "1")]);
    client.remote.credentials.ca_bundle = Some("nonsense".to_owned());
    client.remote.cache = client.cache.path().join("other");
    client.check_fails("CA bundle");
}

// === SSH ===

fn sshd() -> Option<Sshd> {
    let server = Sshd::start();
    if server.is_none() || http_server::git_program().is_none() {
        eprintln!("skipped: sshd or the git program, which serve as the other side, are not installed");
        return None;
    }
    server
}

#[test]
fn a_branch_over_ssh_is_followed() {
    let bare = Bare::new();
    let Some(server) = sshd() else { return };
    let client = client(server.url(&bare.path())).ssh(server.key("client"), server.known_hosts("host.pub"));
    follows_a_branch(&bare, &client);
}

#[test]
fn tags_and_commits_over_ssh_are_found() {
    let bare = Bare::new();
    let Some(server) = sshd() else { return };
    let new = || client(server.url(&bare.path())).ssh(server.key("client"), server.known_hosts("host.pub"));
    finds_tags_and_commits(&bare, new);
}

#[test]
fn ssh_hosts_and_keys_must_be_the_right_ones() {
    let bare = Bare::new();
    bare.commit("main", "x", &[("a", "1")]);
    let Some(server) = sshd() else { return };
    let url = server.url(&bare.path());
    let new = |key: &str, hosts: String| client(&url).ssh(server.key(key), hosts);
    new("client", String::new()).check_fails("with key ssh-ed25519 SHA256:");
    new("client", String::new()).check_fails(&format!("ssh-keyscan -p {} 127.0.0.1", server.port));
    new("client", server.known_hosts("stranger.pub")).check_fails("not the one in known_hosts (ssh-ed25519)");
    new("stranger", server.known_hosts("host.pub")).check_fails("refused the ssh key for user");
    let mut without = client(&url);
    without.remote.credentials.known_hosts = Some(server.known_hosts("host.pub"));
    without.check_fails("wants an ssh key, and none is set");
}
