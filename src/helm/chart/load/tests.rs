use super::*;
use crate::helm::chart::digest;
use crate::helm::engines::HELM_3_17_2;
use crate::helm::record::chart_json;

const CHART: &str = "apiVersion: v2\nname: c\nversion: 1.0.0\n";

fn folder(files: &[(&str, &str)]) -> Result<Arc<Chart>, LoadError> {
    let files: FileSet = files
        .iter()
        .map(|(name, text)| (*name, text.as_bytes()))
        .collect();
    from_files(&files, &HELM_3_17_2)
}

fn archive_of(files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
        Vec::new(),
        flate2::Compression::fast(),
    ));
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn names(files: &[File]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn files_go_to_their_classes() {
    let chart = folder(&[
        ("Chart.yaml", CHART),
        ("values.yaml", "\u{feff}a: 1\n"),
        ("values.schema.json", "{}"),
        ("templates/a.yaml", "\u{feff}x"),
        ("templates/.hidden", "x"),
        ("crds/x.yaml", "x"),
        ("README.md", "x"),
        ("charts/x.prov", "x"),
        ("charts/_off/y", "x"),
        ("charts/s/Chart.yaml", "name: s\nversion: 1\n"),
        ("charts/s/values.yaml", ""),
        (".helmignore", "*.bak\n"),
        ("x.bak", "x"),
    ]);
    let chart = chart.unwrap();
    assert_eq!(names(&chart.templates), ["templates/a.yaml"]);
    assert_eq!(&*chart.templates[0].data, b"x");
    assert_eq!(
        names(&chart.files),
        [".helmignore", "README.md", "charts/x.prov", "crds/x.yaml"]
    );
    assert_eq!(chart.values.as_ref().map(serde_json::Map::len), Some(1));
    assert_eq!(chart.dependencies[0].metadata.name, "s");
    assert_eq!(chart.dependencies[0].metadata.api_version, "v1");
    assert_eq!(
        chart.dependencies[0].values.as_ref().map(serde_json::Map::len),
        Some(0)
    );
}

#[test]
fn a_folder_and_its_archive_are_one_chart() {
    let files = [
        ("Chart.yaml", CHART),
        ("templates/a.yaml", "a"),
        ("values.yaml", "a: {b: 1}"),
    ];
    let inner = archive_of(
        &files
            .map(|(name, text)| (["c", name].join("/"), text))
            .each_ref()
            .map(|(name, text)| (name.as_str(), *text)),
    );
    let from_folder = folder(&files).unwrap();
    let from_archive = from_archive(&inner, &HELM_3_17_2).unwrap();
    assert_eq!(from_folder, from_archive);
    assert_eq!(digest(&from_folder), digest(&from_archive));
    let other = folder(&[("Chart.yaml", CHART), ("templates/a.yaml", "b")]).unwrap();
    assert_ne!(digest(&from_folder), digest(&other));
}

#[test]
fn the_record_holds_the_top_chart_alone() {
    let chart = folder(&[
        ("Chart.yaml", CHART),
        ("templates/a.yaml", "a"),
        ("charts/s/Chart.yaml", "name: s\nversion: 1\n"),
    ]);
    let expected = serde_json::json!({
        "metadata": {"apiVersion": "v2", "name": "c", "version": "1.0.0"},
        "lock": null, "values": null, "schema": null, "files": null,
        "templates": [{"name": "templates/a.yaml", "data": "YQ=="}],
    });
    assert_eq!(chart_json(&chart.unwrap(), &HELM_3_17_2), expected);
}

#[test]
fn requirements_belong_to_v1_charts() {
    let requirements = "dependencies: [{name: s, version: '1', repository: ''}]";
    let lock = "dependencies: []\ndigest: x\ngenerated: '2020-01-02T03:04:05Z'\n";
    let chart = folder(&[
        ("Chart.yaml", "name: c\nversion: 1.0.0\n"),
        ("requirements.yaml", requirements),
        ("requirements.lock", lock),
    ]);
    let chart = chart.unwrap();
    assert_eq!(chart.metadata.dependencies[0].name, "s");
    assert_eq!(
        chart.lock.as_ref().map(|lock| lock.generated.as_str()),
        Some("2020-01-02T03:04:05Z")
    );
    assert_eq!(names(&chart.files), ["requirements.lock", "requirements.yaml"]);
    let chart = folder(&[("Chart.yaml", CHART), ("requirements.yaml", requirements)]).unwrap();
    assert_eq!(chart.metadata.dependencies[0].name, "s");
    assert!(chart.files.is_empty());
}

#[test]
fn requirements_fill_the_dependencies_that_are_there() {
    let chart = folder(&[
        (
            "Chart.yaml",
            "apiVersion: v1\nname: c\nversion: 1.0.0\ndependencies: [{name: s, version: '1'}]\n",
        ),
        ("requirements.yaml", "dependencies: [{alias: t}, {name: u}]"),
    ]);
    let dependencies = &chart.unwrap().metadata.dependencies;
    let shown: Vec<[&str; 3]> = dependencies
        .iter()
        .map(|one| [one.name.as_str(), &one.version, &one.alias])
        .collect();
    assert_eq!(shown, [["s", "1", "t"], ["u", "", ""]]);
}

#[test]
fn broken_charts_say_which_file() {
    for (files, file, expected) in [
        (&[("values.yaml", "")][..], None, "Chart.yaml file is missing"),
        (
            &[("requirements.yaml", "dependencies: []")],
            Some("Chart.yaml"),
            "validation: chart.metadata.apiVersion is required",
        ),
        (
            &[("Chart.yaml", CHART), ("values.yaml", "- a")],
            Some("values.yaml"),
            "cannot load values.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (
            &[("Chart.yaml", CHART), ("charts/README.md", "x")],
            Some("charts/README.md"),
            "error unpacking subchart README.md in c: Chart.yaml file is missing",
        ),
        (
            &[("Chart.yaml", CHART), ("charts/s/Chart.yaml", "version: 1")],
            Some("charts/s/Chart.yaml"),
            "error unpacking subchart s in c: validation: chart.metadata.name is required",
        ),
        (
            &[("Chart.yaml", CHART), ("charts/s.tgz", "x")],
            Some("charts/s.tgz"),
            "error unpacking subchart s.tgz in c: unexpected EOF",
        ),
        (
            &[("Chart.yaml", CHART), (".helmignore", "a/**")],
            Some(".helmignore"),
            "double-star (**) syntax is not supported",
        ),
    ] {
        let error = folder(files).unwrap_err();
        assert_eq!((error.message.as_str(), error.file.as_deref()), (expected, file));
    }
}

#[test]
fn archives_that_expand_without_end_are_refused() {
    let bytes = archive_of(&[("c/Chart.yaml", CHART), ("c/big", &"x".repeat(2000))]);
    for (limit, files, expected) in [
        (
            1000,
            9,
            "decompressed chart is larger than the maximum size 104857600 bytes",
        ),
        (9000, 1, "chart has more than 50000 files"),
    ] {
        let mut budget = Budget {
            engine: &HELM_3_17_2,
            bytes: limit,
            files,
            values: 0,
        };
        let error = archive::files(&bytes, &mut budget, &mut |_| ()).unwrap_err();
        assert_eq!(error.message, expected);
    }
    assert_eq!(
        from_archive(&bytes[..40], &HELM_3_17_2).unwrap_err().message,
        "unexpected EOF"
    );
}
