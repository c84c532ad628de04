//! A log record with an event name counts as the event that it is.

use secspan_otlp::encode::{LogRequest, LogWriter, Scope};
use secspan_otlp::view::{LogView, SpanId, TraceId};
use secspan_otlp::walk::{self, WalkLimits};

use super::*;
use crate::family::PointValue;

const RULES: &str = "metrics:
  - name: calls_total
    type: counter
    help: Calls.
    on: event
    match: [{ name: call }]
    labels:
      kind: { from: kind }
      service: { from: $service_name }
      region: { from: cloud.region }
      span: { from: [$span_name, $span_kind, $status_code], default: nobody }
  - { name: seconds_total, type: counter, help: Span., on: event, value: { from: $duration_seconds } }
  - { name: spans_total, type: counter, help: Spans., on: span, labels: { name: { from: $name } } }
";

fn compiled(text: &str) -> (Rules, Keys) {
    let mut keys = Keys::new();
    let file = RuleFile::parse(text).unwrap();
    let rules = Rules::new(&RuleSet::new(vec![file]), &mut keys).unwrap();
    (rules, keys)
}

/// Every series other than 0 after one log record, with its exemplar.
fn counted(text: &str, fill: impl FnOnce(&mut LogWriter<'_>)) -> Vec<(String, Option<Exemplar>)> {
    let (rules, keys) = compiled(text);
    let mut request = LogRequest::new();
    let resource = [
        ("service.name", "scanner".into()),
        ("cloud.region", "north".into()),
    ];
    request.resource(&resource, |resource| {
        resource.scope(&Scope::default(), |scope| {
            scope.log(fill);
        });
    });
    let mut stage = rules.stage();
    let mut visit = |record: &LogView<'_, '_>| rules.observe_log(&mut stage, record);
    walk::logs(&request.finish(), &keys, &WalkLimits::DEFAULT, &mut visit).unwrap();
    rules.commit(stage, UnixNanos(11));
    rules.collect(UnixNanos(12), &mut Vec::new());
    let mut families = Vec::new();
    rules.collect(UnixNanos(13), &mut families);
    let mut found = Vec::new();
    for family in &families {
        for point in &family.points {
            if let PointValue::Counter { value, exemplar } = &point.value
                && *value != 0.0
            {
                let labels = point.labels.iter();
                let labels: Vec<String> = labels
                    .map(|label| format!("{}={}", label.name, label.value))
                    .collect();
                found.push((
                    format!("{} {} {value}", family.name, labels.join(",")),
                    *exemplar,
                ));
            }
        }
    }
    found
}

#[test]
fn its_attributes_and_resource_are_there_and_its_span_is_not() {
    let found = counted(RULES, |log| {
        log.event_name("call").attribute("kind", "search");
        log.time(UnixNanos(7)).observed_time(UnixNanos(8));
        log.trace_id(TraceId([1; 16])).span_id(SpanId([2; 8]));
    });
    let exemplar = Exemplar {
        trace_id: TraceId([1; 16]),
        span_id: SpanId([2; 8]),
        value: 1.0,
        time: UnixNanos(7),
    };
    let series = "calls_total kind=search,service=scanner,region=north,span=nobody 1";
    assert_eq!(found, [(series.to_owned(), Some(exemplar))]);
}

#[test]
fn without_ids_it_counts_and_is_no_example() {
    let found = counted(RULES, |log| {
        log.event_name("call")
            .attribute("kind", "search")
            .observed_time(UnixNanos(8));
    });
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1, None);
}

#[test]
fn the_time_of_its_example_is_the_observed_one_when_it_has_no_other() {
    let found = counted(RULES, |log| {
        log.event_name("call").observed_time(UnixNanos(8));
        log.trace_id(TraceId([1; 16]));
    });
    let exemplar = found[0].1.unwrap();
    assert_eq!(
        (exemplar.time, exemplar.span_id),
        (UnixNanos(8), SpanId::default())
    );
}

#[test]
fn other_event_names_and_plain_log_records_do_not_count() {
    let any = "metrics: [{ name: any_total, type: counter, help: Any., on: event }]";
    for (rules, name, expected) in [
        (RULES, "other", 0),
        (RULES, "", 0),
        (any, "other", 1),
        (any, "", 0),
    ] {
        let found = counted(rules, |log| {
            log.event_name(name).attribute("kind", "search");
        });
        assert_eq!(found.len(), expected, "{name}: {found:?}");
    }
}

#[test]
fn a_dropped_stage_of_log_records_leaves_nothing() {
    let (rules, keys) = compiled(RULES);
    let mut request = LogRequest::new();
    request.resource(&[], |resource| {
        resource.scope(&Scope::default(), |scope| {
            scope.log(|log| {
                log.event_name("call");
            });
        });
    });
    let bytes = request.finish();
    for commit in [false, true] {
        let mut stage = rules.stage();
        let mut visit = |record: &LogView<'_, '_>| rules.observe_log(&mut stage, record);
        walk::logs(&bytes, &keys, &WalkLimits::DEFAULT, &mut visit).unwrap();
        if commit {
            rules.commit(stage, UnixNanos(1));
        }
        let mut families = Vec::new();
        rules.collect(UnixNanos(2), &mut families);
        let calls = families
            .iter()
            .find(|family| *family.name == *"calls_total");
        let points = calls.map_or(0, |family| family.points.len());
        assert_eq!(points, usize::from(commit));
    }
}

#[test]
fn tests_in_a_file_send_log_records_too() {
    insta::assert_snapshot!(problems_of(&format!("{RULES}
tests:
  - name: an event
    logs:
      - {{ name: call, attributes: {{ kind: search }}, resource: {{ service.name: a, cloud.region: b }} }}
      - {{ name: other }}
    expect:
      calls_total{{kind=\"search\",service=\"a\",region=\"b\",span=\"nobody\"}}: 2
      spans_total{{name=\"call\"}}: absent
")), @r#"
    21: tests[0].expect.calls_total{kind="search",service="a",region="b",span="nobody"}: test "an event": expected calls_total{kind="search",region="b",service="a",span="nobody"} 2, got 1
      hint: there is calls_total{kind="search",region="b",service="a",span="nobody"} 1
    "#);
    insta::assert_snapshot!(problems_of(&format!("{RULES}
tests:
  - {{ name: an event, logs: [{{ event: call }}], expect: {{ spans_total: absent }} }}
")), @"
    16: tests[0].logs[0].event: unknown key
      given: event
      allowed: name, attributes, resource
    16: tests[0].logs[0].name: missing
    ");
}
