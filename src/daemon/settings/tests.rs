use std::collections::BTreeMap;

use super::*;

const FILES: [(&str, &str); 7] = [
    ("/pw", "s3cret\n"),
    ("/key", "-----BEGIN-----\nx\n-----END-----\n"),
    ("/empty", "\n"),
    ("/hosts", "h ssh-rsa AA"),
    ("/mounted/git-username", "robot\n"),
    ("/mounted/git-known-hosts", "h ssh-rsa BB"),
    ("/mounted/webhook-secret", "mounted\n"),
];

fn resolve_with(raw: &Raw, variables: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let variables: BTreeMap<String, String> = variables
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let read_file = |path: &Path| {
        let found = FILES.iter().find(|(name, _)| Path::new(name) == path);
        found
            .map(|(_, text)| (*text).to_owned())
            .ok_or_else(|| std::io::Error::new(std::io::ErrorKind::NotFound, "no such file"))
    };
    resolve(
        raw,
        &World {
            read_file: &read_file,
            variable: &|name| variables.get(name).cloned(),
        },
    )
}

fn raw(settings: &[(&str, &str)]) -> Raw {
    let text: String = settings
        .iter()
        .map(|(key, value)| format!("{key}: \"{value}\"\n"))
        .collect();
    Raw::from_file(Path::new("test.yaml"), &text).unwrap()
}

#[test]
fn flags_win_over_the_file() {
    let flags = raw(&[("repo", "file:///flag"), ("branch", "main")]);
    let file = raw(&[("repo", "file:///file"), ("pollInterval", "5m")]);
    let merged = flags.over(&file);
    assert_eq!(
        merged,
        raw(&[
            ("repo", "file:///flag"),
            ("branch", "main"),
            ("pollInterval", "5m")
        ])
    );
}

#[test]
fn empty_settings_are_no_settings() {
    assert_eq!(
        raw(&[("repo", "file:///x"), ("branch", "")]).without_empty(),
        raw(&[("repo", "file:///x")])
    );
}

#[test]
fn defaults_are_safe() {
    let config = resolve_with(&raw(&[("repo", "https://host/x")]), &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.poll.interval, Duration::from_secs(60));
    assert_eq!(
        (config.lease_duration, config.grace_period),
        (Duration::from_secs(15), Duration::from_secs(25))
    );
    assert!(config.webhook_secret.is_none() && config.api_token.is_none() && config.watch.is_none());
    let Source::Repository(remote) = config.source else {
        panic!("a repository")
    };
    assert_eq!((remote.revision, remote.folder.as_str()), (Revision::Default, ""));
}

#[test]
fn values_are_read() {
    let config = resolve_with(
        &raw(&[
            ("repo", "ssh://git@host/x"),
            ("tag", "v1"),
            ("path", "east"),
            ("pollInterval", "off"),
            ("leaseDuration", "1s"),
            ("gracePeriod", "1m30s"),
            ("listen", "[::]:9000"),
            ("namespace", "east"),
            ("gitSshKeyFile", "/key"),
            ("gitKnownHostsFile", "/hosts"),
            ("webhookSecretFile", "/pw"),
        ]),
        &[
            ("DEPLOY_MANAGER_API_TOKEN", "from-env"),
            ("DEPLOY_MANAGER_WEBHOOK_SECRET", "not this one"),
        ],
    )
    .unwrap();
    assert!(config.poll.interval.is_zero());
    assert_eq!(
        (config.lease_duration, config.grace_period),
        (Duration::from_secs(1), Duration::from_secs(90))
    );
    assert_eq!(config.listen.port(), 9000);
    assert_eq!(config.webhook_secret.as_ref().unwrap().reveal(), "s3cret");
    assert_eq!(config.api_token.as_ref().unwrap().reveal(), "from-env");
    assert!(!format!("{config:?}").contains("s3cret"));
    let Source::Repository(remote) = config.source else {
        panic!("a repository")
    };
    assert_eq!(remote.revision, Revision::Tag("v1".to_owned()));
    assert!(
        remote
            .credentials
            .ssh_key
            .unwrap()
            .reveal()
            .ends_with("-----END-----\n")
    );
}

#[test]
fn a_mounted_secret_is_read_file_by_file_where_it_is_there() {
    let settings = raw(&[("repo", "https://host/x"), ("secretsDir", "/mounted")]);
    let config = resolve_with(&settings, &[("DEPLOY_MANAGER_WEBHOOK_SECRET", "not this one")]).unwrap();
    assert_eq!(config.webhook_secret.unwrap().reveal(), "mounted");
    assert!(config.api_token.is_none());
    let Source::Repository(remote) = config.source else {
        panic!("a repository")
    };
    assert_eq!(remote.credentials.username.as_deref(), Some("robot"));
    assert_eq!(remote.credentials.known_hosts.as_deref(), Some("h ssh-rsa BB"));
    assert!(remote.credentials.ssh_key.is_none());

    // What is named by itself wins.
    let settings = raw(&[("webhookSecretFile", "/pw"), ("gitUsername", "me")]).over(&settings);
    let config = resolve_with(&settings, &[]).unwrap();
    assert_eq!(config.webhook_secret.unwrap().reveal(), "s3cret");
}

#[test]
fn a_watched_folder_alone_is_the_source() {
    let config = resolve_with(&raw(&[("watch", "/srv/clusters"), ("path", "east")]), &[]).unwrap();
    let Source::Folder(folder) = config.source else {
        panic!("a folder")
    };
    assert_eq!(folder, PathBuf::from("/srv/clusters/east"));
    assert_eq!(config.watch, Some(PathBuf::from("/srv/clusters")));
}

#[test]
fn wrong_values_are_named_all_at_once() {
    let repo = ("repo", "https://host/x");
    for (settings, expected) in [
        (vec![], "--repo: name the cluster's Git repository"),
        (vec![("repo", "/srv/x")], "--repo: not an address of a repository"),
        (
            vec![repo, ("branch", "a"), ("tag", "b")],
            "--branch: give one of --branch, --tag and --commit",
        ),
        (
            vec![repo, ("pollInterval", "often")],
            "--poll-interval: `often` is not a time, such as `30s`",
        ),
        (
            vec![repo, ("pollInterval", "0s")],
            "--poll-interval: `0s` is not a time",
        ),
        (
            vec![repo, ("pollInterval", "-5s")],
            "--poll-interval: `-5s` is not a time",
        ),
        (
            vec![repo, ("leaseDuration", "10ms")],
            "--lease-duration: must be 1s at least",
        ),
        (
            vec![repo, ("listen", "8080")],
            "--listen: `8080` is not an address and port",
        ),
        (
            vec![repo, ("namespace", "East")],
            "--namespace: invalid namespace `East`",
        ),
        (
            vec![repo, ("apiTokenFile", "/empty")],
            "--api-token-file: is empty",
        ),
        (
            vec![repo, ("apiTokenFile", "/none")],
            "--api-token-file: reading `/none`: no such file",
        ),
    ] {
        let problems = resolve_with(&raw(&settings), &[]).unwrap_err();
        assert!(
            problems.len() == 1 && problems[0].starts_with(expected),
            "{problems:?}"
        );
    }
    let many = raw(&[("listen", "x"), ("namespace", "X"), ("gracePeriod", "x")]);
    assert_eq!(resolve_with(&many, &[]).unwrap_err().len(), 4);
}

#[test]
fn files_with_mistakes_say_where() {
    for (text, expected) in [
        (
            "repo: x\nbrach: main\n",
            "s.yaml:2: unknown setting `brach`; did you mean `branch`?",
        ),
        (
            "poll-interval: 1m\n",
            "s.yaml:1: unknown setting `poll-interval`; did you mean `pollInterval`?",
        ),
        ("zzzzzzzzzzz: 1\n", "s.yaml:1: unknown setting `zzzzzzzzzzz`"),
        (
            "repo: [a]\n",
            "s.yaml:1: `repo` must be a plain value, such as a text",
        ),
        ("- repo\n", "s.yaml:1: expected a mapping of settings"),
        ("repo: \"a\n", "s.yaml:"),
    ] {
        let problems = Raw::from_file(Path::new("s.yaml"), text).unwrap_err();
        assert!(
            problems.len() == 1 && problems[0].starts_with(expected),
            "{problems:?}"
        );
    }
    assert_eq!(
        Raw::from_file(Path::new("s.yaml"), "# nothing\n"),
        Ok(Raw::default())
    );
    let numbers = Raw::from_file(Path::new("s.yaml"), "branch: 1.5\ntag: true\n").unwrap();
    assert_eq!(
        (numbers.branch.as_deref(), numbers.tag.as_deref()),
        (Some("1.5"), Some("true"))
    );
}

#[test]
fn settings_never_print_their_values() {
    let raw = raw(&[("repo", "https://u:canary@host/x")]);
    assert_eq!(format!("{raw:?}"), "{\"repo\"}");
    let config = resolve_with(&raw, &[]).unwrap();
    assert!(!format!("{config:?}").contains("canary"));
}

#[test]
fn every_setting_is_documented_under_its_three_names() {
    use clap::Args as _;
    let manual = include_str!("../../../docs/operations.md");
    let command = Raw::augment_args(clap::Command::new("run"));
    let keys = serde_json::to_value(Raw::default()).unwrap();
    let keys: Vec<&String> = keys.as_object().unwrap().keys().collect();
    for argument in command.get_arguments() {
        let flag = argument.get_long().unwrap();
        let variable = argument.get_env().unwrap().to_str().unwrap();
        assert_eq!(variable, variable_name(flag));
        let rows: Vec<&str> = manual
            .lines()
            .filter(|line| line.contains(&format!("| `{variable}` |")))
            .collect();
        assert!(
            rows.len() == 1 && rows[0].starts_with(&format!("| `--{flag}`")),
            "{flag}: {rows:?}"
        );
        let key = rows[0]
            .split('`')
            .rfind(|part| keys.iter().any(|key| key == part));
        assert_eq!(key.map(str::to_lowercase), Some(flag.replace('-', "")), "{flag}");
    }
    assert_eq!(command.get_arguments().count(), keys.len());
}
