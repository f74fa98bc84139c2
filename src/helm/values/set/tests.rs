use super::*;
use serde_json::json;

fn parse(text: &str, grammar: Grammar<'_>) -> Result<Json, String> {
    let mut values = JsonMap::new();
    apply(text, grammar, &crate::helm::engines::HELM_3_17_2, &mut values)?;
    Ok(Json::Object(values))
}

/// The tables of the rendering reference, which real helm answered.
#[test]
fn set_reads_what_helm_reads() {
    for (text, expected) in [
        (
            "a=1,b=-5,c=+5,d=0,e=00,f=012",
            json!({"a": 1, "b": -5, "c": 5, "d": 0, "e": "00", "f": "012"}),
        ),
        (
            "a=1.5,b=0.10,c=1e3,d=0x10,e=1_000",
            json!({"a": "1.5", "b": "0.10", "c": "1e3", "d": "0x10", "e": "1_000"}),
        ),
        ("a=9223372036854775808", json!({"a": "9223372036854775808"})),
        (
            "a=true,b=TRUE,c=False,d=yes,e=~,f=null,g=Null,h=",
            json!({"a": true, "b": true, "c": false, "d": "yes", "e": "~", "f": null, "g": null, "h": ""}),
        ),
        ("a=b=c", json!({"a": "b=c"})),
        ("a= x , b=1", json!({"a": " x ", " b": 1})),
        ("a=\"x\"", json!({"a": "\"x\""})),
        ("a=b\\,c", json!({"a": "b,c"})),
        ("a\\.b=1", json!({"a.b": 1})),
        ("a.b\\.c=1", json!({"a": {"b.c": 1}})),
        ("a=x\\ny", json!({"a": "xny"})),
        (
            "a={1,x,true,null,1.5, b}",
            json!({"a": [1, "x", true, null, "1.5", " b"]}),
        ),
        ("a={},b={,},c={ }", json!({"a": [""], "b": ["", ""], "c": [" "]})),
        ("a[0]=1,b[1]=x", json!({"a": [1], "b": [null, "x"]})),
        ("a[0].b=1,c[0][1]=x", json!({"a": [{"b": 1}], "c": [[null, "x"]]})),
        ("a={x},a[1]=z", json!({"a": ["x", "z"]})),
        ("a[0]={x,y}", json!({"a": [["x", "y"]]})),
        ("a.b=1,a=2", json!({"a": 2})),
        ("a=1,", json!({"a": 1})),
        ("a[0]", json!({"a": []})),
        ("a[0].b=1,a[0].c=2", json!({"a": [{"b": 1, "c": 2}]})),
        ("=1", json!({})),
        (".a=1", json!({})),
        ("", json!({})),
    ] {
        assert_eq!(parse(text, Grammar::Typed), Ok(expected), "{text}");
    }
}

#[test]
fn set_refuses_what_helm_refuses() {
    let conversion = "unable to parse key: interface conversion: interface {} is";
    for (text, expected) in [
        ("a", "key \"a\" has no value".to_owned()),
        ("a.b", "key \"b\" has no value".to_owned()),
        ("a=1,,b=2", "key \"\" has no value (cannot end with ,)".to_owned()),
        (
            "a=1,a.b=2",
            format!("{conversion} int64, not map[string]interface {{}}"),
        ),
        ("a=x,a[0]=2", format!("{conversion} string, not []interface {{}}")),
        ("a..b=1", "key map \"a\" has no value".to_owned()),
        ("a.=1", "key map \"a\" has no value".to_owned()),
        (
            "a[x]=1",
            "error parsing index: strconv.Atoi: parsing \"x\": invalid syntax".to_owned(),
        ),
        ("a[-1]=1", "negative -1 index not allowed".to_owned()),
        (
            "a[65537]=1",
            "index of 65537 is greater than maximum supported index of 65536".to_owned(),
        ),
        (
            "a[0]x=1",
            "unexpected data at end of array index: ['x']".to_owned(),
        ),
        ("a={1", "list must terminate with '}'".to_owned()),
        ("a=[1,2]", "key \"2]\" has no value".to_owned()),
        ("a={{x}}", "key \"}\" has no value".to_owned()),
        (
            &format!("{}a=1", "a.".repeat(31)),
            "value name nested level is greater than maximum supported nested level of 30".to_owned(),
        ),
    ] {
        assert_eq!(parse(text, Grammar::Typed), Err(expected), "{text}");
    }
}

#[test]
fn the_other_grammars_differ_after_the_equals_sign() {
    assert_eq!(
        parse("a=null,b=1", Grammar::Text),
        Ok(json!({"a": "null", "b": "1"}))
    );
    assert_eq!(
        parse("a=[1, {\"b\": null}] ,c=,d.e[1]=2", Grammar::Json),
        Ok(json!({"a": [1.0, {"b": null}], "c": null, "d": {"e": [null, 2.0]}}))
    );
    assert_eq!(parse("[1]", Grammar::Json), Ok(json!({})));
    assert!(parse("a=x", Grammar::Json).is_err());
    assert_eq!(parse("a=1,b=2", Grammar::Literal), Ok(json!({"a": "1,b=2"})));
    assert_eq!(parse("a\\.b=1", Grammar::Literal), Ok(json!({"a\\": {"b": "1"}})));
    let read = |path: &str| Ok(Json::from(format!("<{path}>")));
    assert_eq!(
        parse("a=x.txt,b={y,z}", Grammar::File(&read)),
        Ok(json!({"a": "<x.txt>", "b": ["<y>", "<z>"]}))
    );
    let fails = |path: &str| Err(format!("open {path}: no such file or directory"));
    assert_eq!(
        parse("a=x", Grammar::File(&fails)),
        Err("open x: no such file or directory".to_owned())
    );
}
