//! Hostile chart archives.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::Case;

const CHART: (&str, &[u8]) = ("c/Chart.yaml", b"apiVersion: v2\nname: c\nversion: 0.1.0\n");

/// One entry, its name not checked as the library would.
fn entry(kind: tar::EntryType, name: &str, link: &str, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    let old = header.as_old_mut();
    old.name[..name.len().min(100)].copy_from_slice(&name.as_bytes()[..name.len().min(100)]);
    old.linkname[..link.len()].copy_from_slice(link.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

fn packed(entries: &[(tar::Header, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (header, bytes) in entries {
        tar.append(header, *bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn file<'a>(name: &str, bytes: &'a [u8]) -> (tar::Header, &'a [u8]) {
    (
        entry(tar::EntryType::Regular, name, "", bytes.len() as u64),
        bytes,
    )
}

fn archive(name: &str, expected: &str, bytes: &[u8]) -> Case {
    let mut case = Case::chart(name, expected, &[("chart.tgz", bytes)]).with(&["CHART.tgz"]);
    case.files.retain(|(path, _)| path == "chart.tgz");
    case
}

fn with(name: &str, expected: &str, more: (tar::Header, &[u8])) -> Case {
    archive(name, expected, &packed(&[file(CHART.0, CHART.1), more]))
}

/// Many members, packed without keeping them.
fn many(count: usize, name: impl Fn(usize) -> String, bytes: &[u8]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let (header, chart) = file(CHART.0, CHART.1);
    tar.append(&header, chart).unwrap();
    for number in 0..count {
        let (header, bytes) = file(&name(number), bytes);
        tar.append(&header, bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// A gigabyte of zeros.
fn bomb() -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0; 1 << 20];
    let size = 1 << 30;
    gzip.write_all(entry(tar::EntryType::Regular, "c/big", "", size).as_bytes())
        .unwrap();
    for _ in 0..1024 {
        gzip.write_all(&zeros).unwrap();
    }
    gzip.finish().unwrap()
}

/// An archive in an archive in an archive …
fn nested(levels: usize) -> Vec<u8> {
    let mut inner = packed(&[file(CHART.0, CHART.1)]);
    for _ in 0..levels {
        inner = packed(&[file(CHART.0, CHART.1), file("c/charts/c.tgz", &inner)]);
    }
    inner
}

pub fn cases() -> Vec<Case> {
    use tar::EntryType::{Block, Char, Fifo, Link, Symlink};
    let special = |name: &str, kind, link: &str| {
        let template = (entry(kind, "c/templates/x.yaml", link, 0), &b""[..]);
        with(name, "-", template)
    };
    let outside = "Error: ";
    vec![
        archive("a gzip bomb", "Error: ", &bomb()),
        archive(
            "a hundred thousand members",
            "Error: ",
            &many(100_000, |n| format!("c/f{n}"), b""),
        ),
        archive(
            "many templates",
            "-",
            &many(20_000, |n| format!("c/templates/t{n}.yaml"), b"a: {{ 1 }}"),
        ),
        archive(
            "many files of a subchart",
            "-",
            &many(20_000, |n| format!("c/charts/s/f{n}"), b"x"),
        ),
        archive("archives in archives", "Error: ", &nested(60)),
        archive("empty", outside, b""),
        archive("no archive", outside, b"\x1f\x8b\x08 what else"),
        archive("cut off", outside, &nested(2)[..100]),
        // The first folder is dropped, whatever it is: this becomes `etc/cron.d/x` of the chart.
        with("an absolute path", "-", file("/etc/cron.d/x", b"x")),
        with("an absolute path inside", outside, file("c//etc/x", b"x")),
        with("a path above", outside, file("c/../../x", b"x")),
        with("a path above by backslashes", outside, file("c\\..\\..\\x", b"x")),
        with("a drive", outside, file("c/c:/x", b"x")),
        with("a name with NUL", "-", file("c/a\0b", b"x")),
        with("a name of dots", "-", file("c/templates/./././x", b"x")),
        special("a link to a file outside", Symlink, "/etc/passwd"),
        special("a link to a folder above", Symlink, "../../.."),
        special("a hard link to a file outside", Link, "/etc/passwd"),
        special("a device", Char, ""),
        special("a block device", Block, ""),
        special("a pipe", Fifo, ""),
        with("a size that is a lie", outside, {
            let header = entry(tar::EntryType::Regular, "c/x", "", 1 << 40);
            (header, &b"x"[..])
        }),
        with("a deep path", "-", file(&format!("c/{}x", "a/".repeat(40)), b"x")),
    ]
}
