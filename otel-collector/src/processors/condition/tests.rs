//! Tests of conditions: what they say of items, and what they say about mistakes.

use secspan_otlp::encode::{LogRequest, MetricRequest, Scope};
use secspan_otlp::keys::Keys;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{MetricKind, SpanId, StatusCode, TraceId};
use secspan_otlp::walk::{self, WalkLimits};
use secspan_testkit::span::{self, TestSpan};

use super::*;

fn of_span(text: &str) -> bool {
    let condition = Condition::parse(text, Context::Span).unwrap();
    let span = TestSpan::new(TraceId([1; 16]), SpanId([1; 8]), "GET /health")
        .with("http.status", 503)
        .with("ratio", 0.5)
        .with("ready", true)
        .with("user", "ann")
        .ended(StatusCode::Error);
    let mut held = None;
    let mut visit = |span: &SpanView<'_, '_>| held = Some(condition.holds(Item::Span(span)));
    let request = span::request([&span]);
    walk::traces(&request, &Keys::new(), &WalkLimits::default(), &mut visit).unwrap();
    held.unwrap()
}

#[test]
fn what_holds_of_a_span() {
    for text in [
        r#"name == "GET /health""#,
        r#"span.name != "x""#,
        r#"attributes["http.status"] >= 500"#,
        r#"attributes["http.status"] == 503.0"#,
        r#"attributes["ratio"] < 1"#,
        r#"attributes["ready"] == true"#,
        r#"attributes["absent"] == nil"#,
        r#"attributes["user"] != nil"#,
        r#"resource.attributes["service.name"] == "secspan-testkit""#,
        r#"scope.name == "testkit""#,
        r#"IsMatch(name, "^GET /(health|ready)$")"#,
        r#"IsMatch(attributes["http.status"], "^5\\d\\d$")"#,
        "status.code == STATUS_CODE_ERROR",
        "kind == SPAN_KIND_INTERNAL and not false",
        r#"name == "x" or (attributes["user"] == "ann" and not (name == "y"))"#,
        r#"true or name == "x" and false"#,
    ] {
        assert!(of_span(text), "{text}");
    }
    for text in [
        r#"attributes["absent"] == "x""#,
        r#"attributes["absent"] < 5"#,
        r#"attributes["user"] > 5"#,
        r#"IsMatch(attributes["absent"], ".*")"#,
        r#"not attributes["absent"] == nil"#,
        "false",
    ] {
        assert!(!of_span(text), "{text}");
    }
}

#[test]
fn what_holds_of_log_records_and_data_points() {
    let log = Condition::parse(
        r#"severity_number < SEVERITY_NUMBER_INFO and IsMatch(log.body, "noise")"#,
        Context::Log,
    );
    let log = log.unwrap();
    let mut request = LogRequest::new();
    request.resource(&[], |resource| {
        resource.scope(&Scope::default(), |scope| {
            scope.log(|log| {
                log.severity(5, "DEBUG").body("much noise");
            });
        });
    });
    let mut visit = |record: &LogView<'_, '_>| assert!(log.holds(Item::Log(record)));
    let (bytes, keys, limits) = (request.finish(), Keys::new(), WalkLimits::default());
    walk::logs(&bytes, &keys, &limits, &mut visit).unwrap();

    let metric = Condition::parse(r#"metric.name == "up""#, Context::Metric).unwrap();
    let text = r#"metric.name == "up" and value_double > 1 and datapoint.attributes["k"] == "v""#;
    let point = Condition::parse(text, Context::Point).unwrap();
    let mut request = MetricRequest::new();
    request.resource(&[], &Scope::default(), |scope| {
        scope.metric("up", "", "", MetricKind::Gauge, |points| {
            points.point(UnixNanos(1), UnixNanos(1), |point| {
                point.attribute("k", "v").double(2.0);
            });
        });
    });
    let mut visit = |own: &PointView<'_, '_>| {
        assert!(metric.holds(Item::Point(own)) && point.holds(Item::Point(own)));
    };
    walk::metric_points(&request.finish(), &keys, &limits, &mut visit).unwrap();
}

#[test]
fn mistakes_are_named_with_what_is_allowed() {
    let error = |text: &str, context| {
        let error = Condition::parse(text, context).unwrap_err();
        format!("{} | {} | {}", error.message, error.given, error.allowed)
    };
    let shown = [
        error(r#"nme == "x""#, Context::Span),
        error(r#"attributes["a"] == "x""#, Context::Metric),
        error("name", Context::Span),
        error(r#"name == "x" && true"#, Context::Span),
        error(r#"name == "x"#, Context::Span),
        error(r#"IsMatch(name, "(")"#, Context::Span),
        error("attributes[k] == 1", Context::Span),
        error("", Context::Log),
        error(&"not ".repeat(100), Context::Log),
    ];
    insta::assert_snapshot!(shown.join("\n"), @r#"
    is nothing that can be asked about | nme == "x" | attributes["key"], resource.attributes["key"], scope.name, scope.version, name, kind, status.code, status.message, IsMatch(…), a text, a number, true, false, nil
    is nothing that can be asked about | attributes["a"] == "x" | resource.attributes["key"], scope.name, scope.version, name, unit, description, IsMatch(…), a text, a number, true, false, nil
    is no comparison | nothing | == != <= >= < >
    is no condition to its end | && true | and, or, or the end
    is no text in quotes | "x | "text"
    is no regular expression | "(") | a pattern
    is no text in quotes | k] == 1 | "text"
    is nothing that can be asked about | nothing | attributes["key"], resource.attributes["key"], scope.name, scope.version, body, severity_number, severity_text, event_name, IsMatch(…), a text, a number, true, false, nil
    nests too deeply |  not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not  | 32 levels
    "#);
}
