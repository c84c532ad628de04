//! Tests of the processor `filter`.

use secspan_testkit::span;

use super::*;
use crate::batch::Signal;
use crate::processors::sample;

#[test]
fn a_span_for_which_one_condition_holds_is_dropped() {
    let mut other = sample::span();
    other.name = "GET /health".to_owned();
    let request = span::request([&sample::span(), &other]);
    let yaml = r#"traces: { span: ['name == "x"', 'IsMatch(name, "health")'] }"#;
    let payload = sample::processed(parse, yaml, Signal::Traces, &request);
    assert_eq!(payload.bytes, sample::request());
    let all = r#"traces: { span: ['attributes["attempt"] == 3'] }"#;
    let payload = sample::processed(parse, all, Signal::Traces, &request);
    assert!(payload.bytes.is_empty());
}

#[test]
fn what_no_condition_is_about_passes_as_it_is() {
    let yaml = r#"logs: { log_record: ['body == "x"'] }"#;
    let payload = sample::processed(parse, yaml, Signal::Traces, &sample::request());
    assert_eq!(
        (payload.bytes.as_ref(), payload.items),
        (sample::request().as_slice(), 1)
    );
}

#[test]
fn mistakes_are_named() {
    let problems = |yaml| sample::problems(parse, yaml).join("\n");
    let shown = [
        problems("{}"),
        problems(r#"{ traces: { span: ['nme == "x"'] } }"#),
        problems("{ traces: { spanevent: ['true'] }, logs: { log_record: ['false'] } }"),
        problems("{ spans: { include: {} }, logs: { log_record: ['false'] } }"),
        problems("{ error_mode: loud, logs: { log_record: ['false'] } }"),
    ];
    insta::assert_snapshot!(shown.join("\n"), @r"
    : drops nothing
    traces.span[0]: is nothing that can be asked about
    traces.spanevent: is not supported
    spans: is not supported
    error_mode: unknown value
    ");
}
