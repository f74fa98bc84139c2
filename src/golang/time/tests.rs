use super::*;

fn berlin() -> Zone {
    Zone::Named(jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap())
}

#[test]
fn times_are_formatted_by_gos_reference_time() {
    let time = Time::from_unix(1_580_688_183, 120_000_000, Zone::Utc);
    let cases: &[(&str, &str)] = &[
        ("2006-01-02T15:04:05Z07:00", "2020-02-03T00:03:03Z"),
        ("2006-01-02T15:04:05.999999999Z07:00", "2020-02-03T00:03:03.12Z"),
        ("Mon Jan _2 3:04PM 2006", "Mon Feb  3 12:03AM 2020"),
        ("Monday, January 2, 06", "Monday, February 3, 20"),
        (
            "002 __2 .000 ,000000 .99 -0700 -07:00 MST",
            "034  34 .120 ,120000 .12 +0000 +00:00 UTC",
        ),
        ("Janet Month 15h", "Janet Month 00h"),
        ("_2006 pm 1/2 03:4:5", "_2020 am 2/3 12:3:3"),
        ("Z070000 Z07 -070000", "Z Z +000000"),
        ("2006.01.02", "2020.02.03"),
        (".000000000000", ".120000000"),
    ];
    for (layout, expected) in cases {
        assert_eq!(time.format(layout), *expected, "{layout}");
    }
    // Go counts the digits modulo 4096.
    assert_eq!(time.format(&format!(".{}", "0".repeat(70_000))), ".120000000");
    assert_eq!(time.format(&format!(".{}", "0".repeat(4098))), ".12");
    assert_eq!(time.text(), "2020-02-03 00:03:03.12 +0000 UTC");
    assert_eq!(Time::zero().text(), "0001-01-01 00:00:00 +0000 UTC");
    assert_eq!(time.in_zone(berlin()).text(), "2020-02-03 01:03:03.12 +0100 CET");
    assert_eq!(
        time.in_zone(Zone::Fixed("".into(), -5400)).format("-07:00 MST"),
        "-01:30 -0130"
    );
}

#[test]
fn times_are_read_by_gos_reference_time() {
    let cases: &[(&str, &str, Result<&str, &str>)] = &[
        ("2006-01-02", "2020-02-29", Ok("2020-02-29 00:00:00 +0000 UTC")),
        (
            "2006-01-02T15:04:05Z07:00",
            "2020-02-03T01:02:03.5+02:00",
            Ok("2020-02-03 01:02:03.5 +0200 +0200"),
        ),
        (
            "2006-01-02T15:04:05Z07:00",
            "2020-02-03T01:02:03Z",
            Ok("2020-02-03 01:02:03 +0000 UTC"),
        ),
        (
            "Jan _2 2006 3:04PM",
            "feb  3 2020 1:05PM",
            Ok("2020-02-03 13:05:00 +0000 UTC"),
        ),
        (
            "2006-01-02 MST",
            "2020-02-03 PDT",
            Ok("2020-02-03 00:00:00 +0000 PDT"),
        ),
        (
            "2006-01-02 MST",
            "2020-02-03 GMT+3",
            Ok("2020-02-03 03:00:00 +0300 GMT+3"),
        ),
        ("2006 002", "2020 060", Ok("2020-02-29 00:00:00 +0000 UTC")),
        ("06", "70", Ok("1970-01-01 00:00:00 +0000 UTC")),
        (
            "2006-01-02",
            "bad",
            Err("parsing time \"bad\" as \"2006-01-02\": cannot parse \"bad\" as \"2006\""),
        ),
        (
            "2006-01-02",
            "2020-13-01",
            Err("parsing time \"2020-13-01\": month out of range"),
        ),
        (
            "2006-01-02",
            "2021-02-29",
            Err("parsing time \"2021-02-29\": day out of range"),
        ),
        (
            "2006-01-02",
            "2020-02-03x",
            Err("parsing time \"2020-02-03x\": extra text: \"x\""),
        ),
        (
            "2006-01-02",
            "2020/02/03",
            Err("parsing time \"2020/02/03\" as \"2006-01-02\": cannot parse \"/02/03\" as \"-\""),
        ),
        ("15:04", "25:00", Err("parsing time \"25:00\": hour out of range")),
        (
            "2006-01-02",
            "2020-1-02",
            Err("parsing time \"2020-1-02\" as \"2006-01-02\": cannot parse \"1-02\" as \"01\""),
        ),
    ];
    for (layout, text, expected) in cases {
        let found = parse(layout, text, &Zone::Utc).map(|time| time.text());
        assert_eq!(
            found.as_deref().map_err(String::as_str),
            *expected,
            "{layout} {text}"
        );
    }
    let summer = parse("2006-01-02 15:04", "2020-07-01 12:00", &berlin()).unwrap();
    assert_eq!(summer.text(), "2020-07-01 12:00:00 +0200 CEST");
    assert_eq!(summer.unix(), 1_593_597_600);
}

#[test]
fn time_arithmetic_carries_over() {
    let start = parse("2006-01-02", "2020-01-31", &Zone::Utc).unwrap();
    assert_eq!(start.add_date(0, 1, 0).format("2006-01-02"), "2020-03-02");
    assert_eq!(start.add_date(-1, 0, -31).format("2006-01-02"), "2018-12-31");
    assert_eq!(start.add(-1).text(), "2020-01-30 23:59:59.999999999 +0000 UTC");
    assert_eq!(start.sub(&start.add(5)), -5);
    assert_eq!(start.sub(&Time::zero()), i64::MAX);
    assert_eq!(start.year_day(), 31);
    assert_eq!(weekday_name(start.weekday()), "Friday");
    assert_eq!(
        start
            .add(90_061_000_000_000)
            .truncate(3_600_000_000_000)
            .format("15:04:05"),
        "01:00:00"
    );
    assert!(Time::zero().is_zero());
}
