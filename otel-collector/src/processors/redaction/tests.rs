//! Tests of the processor `redaction`.

use secspan_testkit::span;

use super::*;
use crate::batch::Signal;
use crate::processors::sample;

fn attributes(yaml: &str) -> String {
    sample::attributes(&sample::processed(
        parse,
        yaml,
        Signal::Traces,
        &sample::request(),
    ))
}

#[test]
fn only_allowed_keys_stay_and_blocked_values_are_masked() {
    let yaml = r#"
allowed_keys: [user, http.url, service.name]
ignored_keys: [attempt]
blocked_key_patterns: ["^user$"]
blocked_values: ["token=\\d+"]
summary: debug
"#;
    insta::assert_snapshot!(attributes(yaml), @r#"
    user = {"stringValue":"****"}
    attempt = {"intValue":"3"}
    http.url = {"stringValue":"https://h/p?****"}
    redaction.masked.count = {"intValue":"2"}
    redaction.masked.keys = {"stringValue":"http.url,user"}
    event: redaction.redacted.count = {"intValue":"1"}
    event: redaction.redacted.keys = {"stringValue":"token"}
    resource: service.name = {"stringValue":"secspan-testkit"}
    "#);
}

#[test]
fn a_canary_is_nowhere_left() {
    let yaml = "{ allow_all_keys: true, blocked_values: ['4711', 'ann@\\S+'] }";
    let payload = sample::processed(parse, yaml, Signal::Traces, &sample::request());
    for canary in ["4711", "ann@"] {
        let mut windows = payload.bytes.windows(canary.len());
        assert!(!windows.any(|own| own == canary.as_bytes()), "{canary}");
    }
}

#[test]
fn allowed_values_and_equal_hashes_stay_recognisable() {
    let hashed = "{ allow_all_keys: true, blocked_values: ['4711'], hash_function: hmac-sha256, hmac_key: k }";
    let shown = attributes(hashed);
    let mac = super::super::hexadecimal(&hmac_sha256::HMAC::mac(b"4711", b"k"));
    assert_eq!(shown.matches(&mac).count(), 2, "{shown}");
    let allowed =
        "{ allow_all_keys: true, blocked_values: ['token=\\d+'], allowed_values: ['^https'] }";
    assert!(attributes(allowed).contains("token=4711"));
}

#[test]
fn bodies_of_log_records_are_masked() {
    use secspan_otlp::encode::{LogRequest, Scope};
    let mut request = LogRequest::new();
    request.resource(&[], |resource| {
        resource.scope(&Scope::default(), |scope| {
            scope.log(|log| {
                log.body("password=hunter2 for ann");
            });
        });
    });
    let yaml = "{ allow_all_keys: true, blocked_values: ['password=\\S+'] }";
    let payload = sample::processed(parse, yaml, Signal::Logs, &request.finish());
    let text = String::from_utf8_lossy(&payload.bytes).into_owned();
    assert!(text.contains("**** for ann"), "{text}");
}

#[test]
fn nothing_to_hide_leaves_the_very_bytes() {
    let yaml = "{ allow_all_keys: true, blocked_values: ['absent'] }";
    let request = span::request([&sample::span()]);
    let payload = sample::processed(parse, yaml, Signal::Traces, &request);
    assert_eq!(payload.bytes, request);
    let missing = sample::problems(parse, "{ hash_function: hmac-sha256 }");
    assert_eq!(missing, ["hmac_key: is missing for hmac-sha256"]);
    assert_eq!(sample::problems(parse, "{ hash_function: md5 }").len(), 1);
}
