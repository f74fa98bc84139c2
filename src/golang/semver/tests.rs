use super::*;

fn check(constraint: &str, version: &str, edition: Edition) -> Result<bool, String> {
    let constraint = Constraint::parse(constraint, edition)?;
    Ok(constraint.check(&Version::parse(version, edition)?))
}

#[test]
fn versions_are_coerced() {
    for (text, expected) in [
        ("v1", "1.0.0"),
        ("1.2", "1.2.0"),
        ("01.2.3", "1.2.3"),
        ("v1.30.1-gke.100+x", "1.30.1-gke.100+x"),
    ] {
        assert_eq!(
            Version::parse(text, Edition::V3_3).map(|version| version.to_string()),
            Ok(expected.to_owned())
        );
    }
}

#[test]
fn bad_versions_fail_in_the_words_of_each_edition() {
    for (text, old, new) in [
        ("abc", "Invalid Semantic Version", "invalid semantic version"),
        ("", "Invalid Semantic Version", "invalid semantic version"),
        (
            "1.2.3-01",
            "Version segment starts with 0",
            "version segment starts with 0",
        ),
        (
            "99999999999999999999",
            "Error parsing version segment: strconv.ParseUint: parsing \"99999999999999999999\": value out of range",
            "error parsing version segment: strconv.ParseUint: parsing \"99999999999999999999\": value out of range",
        ),
    ] {
        assert_eq!(Version::parse(text, Edition::V3_3), Err(old.to_owned()));
        assert_eq!(Version::parse(text, Edition::V3_5), Err(new.to_owned()));
    }
}

#[test]
fn precedence_follows_the_specification() {
    let ordered = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.1",
    ];
    let parsed: Vec<Version> = ordered
        .iter()
        .map(|text| Version::parse(text, Edition::V3_3).unwrap())
        .collect();
    assert!(
        parsed
            .windows(2)
            .all(|pair| pair[0].compare(&pair[1]) == Ordering::Less)
    );
}

/// The table of the rendering reference, which real helm answered.
#[test]
fn terms_accept_what_the_library_accepts() {
    for (constraint, yes, no) in [
        ("1.2.3", &["1.2.3", "1.2.3+b"][..], &["1.2.4"][..]),
        ("1.2", &["1.2.0", "1.2.9"], &["1.3.0"]),
        ("1.2.x", &["1.2.9"], &["1.3.0", "1.1.9"]),
        ("1", &["1.9.9"], &["2.0.0"]),
        ("*", &["0.0.1", "9.9.9"], &["1.0.0-beta"]),
        ("~1.2.3", &["1.2.3", "1.2.9"], &["1.3.0", "1.2.2"]),
        ("~1", &["1.9.0"], &["2.0.0"]),
        ("~0.0.0", &["7.0.0"], &[]),
        ("^1.2.3", &["1.9.0"], &["2.0.0", "1.2.2"]),
        ("^0.2.3", &["0.2.9"], &["0.3.0"]),
        ("^0.0.3", &["0.0.3"], &["0.0.4"]),
        ("^0.0", &["0.0.9"], &["0.1.0"]),
        ("^0", &["0.9.0"], &["1.0.0"]),
        (">1.2", &["1.3.0"], &["1.2.9"]),
        (">1", &["2.0.0"], &["1.9.0"]),
        ("<=1.2", &["1.2.9"], &["1.3.0"]),
        ("<1.2", &["1.1.9"], &["1.2.0"]),
        (">=1.19", &["1.19.0"], &["v1.20.3-gke.100"]),
        (">=1.19-0", &["v1.20.3-gke.100"], &["1.18.0"]),
        ("!=1.2.x", &["1.3.0"], &["1.2.5"]),
        ("1.2 - 1.4", &["1.4.5"], &["1.5.0"]),
        ("1.2.0 - 1.4.0", &["1.4.0"], &["1.4.5"]),
        (">=1.2, <2 || >=3.0.0", &["1.2.0", "3.1.0"], &["2.0.0", "1.1.0"]),
        (">=1.2 <1.4", &["1.3.0"], &["1.4.0"]),
    ] {
        for edition in [Edition::V3_3, Edition::V3_5] {
            for version in yes {
                assert_eq!(
                    check(constraint, version, edition),
                    Ok(true),
                    "{constraint} {version}"
                );
            }
            for version in no {
                assert_eq!(
                    check(constraint, version, edition),
                    Ok(false),
                    "{constraint} {version}"
                );
            }
        }
    }
}

#[test]
fn editions_differ_in_prereleases_and_texts() {
    assert_eq!(check("!=1.2.3", "1.2.3-rc", Edition::V3_3), Ok(true));
    assert_eq!(check("!=1.2.3", "1.2.3-rc", Edition::V3_5), Ok(false));
    assert_eq!(check(">=1.0.0-0 <2", "1.5.0-rc", Edition::V3_3), Ok(false));
    assert_eq!(check(">=1.0.0-0 <2", "1.5.0-rc", Edition::V3_5), Ok(true));
    for bad in ["", ">=1.2<3", "==1", "1.2.3.4", "a"] {
        assert_eq!(
            check(bad, "1", Edition::V3_3),
            Err(format!("improper constraint: {bad}"))
        );
        assert_eq!(
            check(bad, "1", Edition::V3_5),
            Err(format!("improper constraint: \"{bad}\""))
        );
    }
}
