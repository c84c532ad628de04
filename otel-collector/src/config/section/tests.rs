//! Tests of the section reader: every getter collects, nothing stops, unknown keys are named.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::problem::render::{Colour, text};
use crate::config::{ByteSize, Complaint, Mebibytes, Secret, Section, read_text};

/// Reads `yaml` and returns the problems as printed, without the source's name.
fn problems<T>(yaml: &str, read: impl FnOnce(&mut Section<'_>) -> T) -> String {
    let (_, problems) = read_text(yaml, read);
    text(&problems, Colour::Plain).replace("test.yaml:", "")
}

#[test]
fn defaults_apply_to_absent_and_empty_sections_alike() {
    for yaml in ["", "tls:", "tls: {}", "tls:\n  timeout:\n"] {
        let (timeout, problems) = read_text(yaml, |section| {
            section.section("tls", |tls| {
                tls.duration("timeout").or(Duration::from_secs(5))
            })
        });
        assert_eq!(
            (timeout, problems.len()),
            (Duration::from_secs(5), 0),
            "{yaml}"
        );
    }
}

#[test]
fn an_optional_section_is_switched_on_by_its_key_alone() {
    for (yaml, expected) in [
        ("", None),
        ("grpc:", Some(4)),
        ("grpc: {size_mib: 8}", Some(8)),
    ] {
        let (found, problems) = read_text(yaml, |section| {
            section.optional_section("grpc", |grpc| grpc.mib("size_mib").or(Mebibytes::new(4)))
        });
        assert_eq!(found, expected.map(Mebibytes::new), "{yaml}");
        assert_eq!(problems, [], "{yaml}");
    }
}

#[test]
fn every_wrong_value_is_collected() {
    let yaml = "\
endpoint: {}
timeout: 5
level: hihg
size: 4 MegaByte
port: 70000
buckets: [1s, 2x, [3s]]
";
    let shown = problems(yaml, |section| {
        section.string("endpoint").required();
        section.duration("timeout").or(Duration::ZERO);
        section.choice("level", &[("high", 1), ("low", 2)]).or(1);
        section.byte_size("size").or(ByteSize::mib(4));
        section.u64("port").within(1..=65535).or(1);
        section.list::<Duration>("buckets").or(Vec::new());
    });
    insta::assert_snapshot!(shown, @r"
    1:11: error: endpoint: wrong type
      given    a map
      allowed  a text
    2:10: error: timeout: wrong value
      given    5
      allowed  a duration, such as 200ms, 5s or 1h30m
      hint     add a unit: `5s` or `5ms`
    3:8: error: level: unknown value
      given    hihg
      allowed  high, low
      hint     did you mean `high`?
    4:7: error: size: wrong value
      given    4 MegaByte
      allowed  a size in bytes, such as 64KiB, 4MiB or 1GiB
      hint     units are B, KiB, MiB, GiB and TiB
    5:7: error: port: value out of range
      given    70000
      allowed  1 to 65535
    6:15: error: buckets[1]: wrong value
      given    2x
      allowed  a duration, such as 200ms, 5s or 1h30m
      hint     units are ns, us, ms, s, m, h and d, not `x`
    6:19: error: buckets[2]: wrong type
      given    a list
      allowed  a duration, such as 200ms, 5s or 1h30m

    7 errors
    ");
}

#[test]
fn every_wrong_key_is_collected() {
    let yaml = "\
compresion: gzip
tls: yes
rules:
  - name: a
    nme: b
  - 7
";
    let shown = problems(yaml, |section| {
        section
            .choice("compression", &[("gzip", 1), ("none", 2)])
            .or(1);
        section.section("tls", |tls| tls.string("ca_file").required());
        section.sections("rules", |rule| rule.string("name").required());
        section.secret("token").required();
    });
    insta::assert_snapshot!(shown, @r"
    1:1: error: compresion: unknown key
      given    compresion
      allowed  compression, rules, tls, token
      hint     did you mean `compression`?
    1:1: error: token: is missing
      allowed  a text that is not empty
    2:6: error: tls: wrong type
      given    a single value
      allowed  a map of keys to values
    5:5: error: rules[0].nme: unknown key
      given    nme
      allowed  name
      hint     did you mean `name`?
    6:5: error: rules[1]: wrong type
      given    a single value
      allowed  a map of keys to values

    5 errors
    ");
}

#[test]
fn a_check_refuses_and_shows_what_was_given() {
    let shown = problems("buckets: [5s, 1s]\nshare: 2", |section| {
        section
            .list::<Duration>("buckets")
            .check(|bounds| {
                let complaint = Complaint::new("bucket bounds must rise").hint("sort them");
                bounds.is_sorted().then_some(()).ok_or(complaint)
            })
            .or(Vec::new());
        section.f64("share").within(0.0..=1.0).or(0.5);
    });
    insta::assert_snapshot!(shown, @r"
    1:10: error: buckets: bucket bounds must rise
      given    [5s, 1s]
      hint     sort them
    2:8: error: share: value out of range
      given    2
      allowed  0 to 1

    2 errors
    ");
}

#[test]
fn a_secret_is_never_in_a_problem() {
    let shown = problems(
        "token: [hunter2]\nold: hunter2\nheaders: {a: {b: hunter2}}",
        |section| {
            section.secret("token").required();
            section.map::<Secret>("headers").or(BTreeMap::new());
            section.without_effect("old", "nothing reads it");
        },
    );
    assert!(!shown.contains("hunter2"), "{shown}");
    assert_eq!(shown.matches("wrong type").count(), 2, "{shown}");
}

#[test]
fn keys_of_upstream_that_do_nothing_are_warned_about_and_absent_features_refused() {
    let shown = problems("a: 1\nb: 2\nc: 3", |section| {
        section.without_effect("a", "batches are formed per destination");
        section.unsupported("b", "use `d`");
        section.string("d").optional();
    });
    insta::assert_snapshot!(shown, @r"
    1:1: warning: a: has no effect here
      hint     batches are formed per destination
    2:1: error: b: is not supported
      hint     use `d`
    3:1: error: c: unknown key
      given    c
      allowed  d

    2 errors, 1 warning
    ");
}

#[test]
fn named_sections_keep_their_order_and_names() {
    let yaml = "users: {zoe: {age: 3}, adam: }";
    let (users, problems) = read_text(yaml, |section| {
        section.named_sections("users", |name, user| {
            (name.to_owned(), user.u64("age").or(0))
        })
    });
    assert_eq!(users, [("zoe".to_owned(), 3), ("adam".to_owned(), 0)]);
    assert_eq!(problems, []);
}

#[test]
fn a_problem_further_down_is_put_where_it_stands() {
    let yaml = "a:\n  b:\n    - {c: 1}\n    - {c: 2}\nd.e: 3\nf: {g: 4}\nh: x";
    let shown = problems(yaml, |section| {
        section.section("a", |a| a.sections("b", |b| b.u64("c").or(0)));
        section.section("f", |f| f.u64("g").or(0));
        section.u64("d.e").or(0);
        section.u64("h").or(0);
        for key in ["a.b[1].c", "a.b[7].c", "d.e", "f.missing.deeper", "h"] {
            section.reject(key, Complaint::new(format!("about {key}")));
        }
        section.reject("f", Complaint::new("not said: something below was refused"));
        section.reject(
            "a.b[1].c.x",
            Complaint::new("not said: something above was refused"),
        );
        section.reject_all(Complaint::new("not said: a value was refused"));
    });
    insta::assert_snapshot!(shown, @r#"
    3:5: error: a.b[7].c: about a.b[7].c
    4:11: error: a.b[1].c: about a.b[1].c
    5:6: error: ["d.e"]: about d.e
    6:4: error: f.missing.deeper: about f.missing.deeper
    7:4: error: h: wrong value
      given    x
      allowed  a whole number, such as 1000

    5 errors
    "#);
}
