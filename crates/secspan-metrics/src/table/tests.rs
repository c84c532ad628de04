//! Zero first, limits that keep totals, expiry.

#![expect(clippy::float_cmp, reason = "counts are whole numbers")]

use std::collections::HashMap;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::family::PointValue;
use crate::limits::{OVERFLOW, OVERFLOW_SERIES_MAX};

fn counter(labels: Vec<LabelSpec>) -> Description {
    Description::new("events_total", "Events.", Kind::Counter, labels)
}

/// Values by label values joined with `|`, as the collect at `now` shows them.
fn collected(table: &Table, now: u64) -> HashMap<String, f64> {
    let mut out = Vec::new();
    table.collect(UnixNanos(now), &mut out);
    let name = |labels: &[crate::family::Label]| {
        labels
            .iter()
            .map(|label| &*label.value)
            .collect::<Vec<_>>()
            .join("|")
    };
    let value = |value: &PointValue| match value {
        PointValue::Counter { value, .. } | PointValue::Gauge(value) => *value,
        PointValue::Histogram(histogram) => histogram.count as f64,
    };
    out[0]
        .points
        .iter()
        .map(|point| (name(&point.labels), value(&point.value)))
        .collect()
}

fn record(table: &Table, labels: &[&str], now: u64) {
    let labels: Vec<Option<&str>> = labels.iter().copied().map(Some).collect();
    table.record(&labels, 1.0, None, UnixNanos(now));
}

#[test]
fn a_new_series_is_shown_at_zero_once() {
    let table = Table::new(counter(vec![LabelSpec::open("a")]));
    record(&table, &["x"], 10);
    assert_eq!(collected(&table, 11)["x"], 0.0, "first collect");
    record(&table, &["x"], 12);
    assert_eq!(
        collected(&table, 13)["x"],
        2.0,
        "everything counted since is there"
    );
    record(&table, &["y"], 14);
    let shown = collected(&table, 15);
    assert_eq!((shown["x"], shown["y"]), (2.0, 0.0));
}

#[test]
fn a_preset_series_that_counts_before_the_first_collect_is_shown_at_zero_too() {
    let table = Table::new(counter(vec![LabelSpec::closed("a")]));
    table.preset(&[Some("x")]);
    record(&table, &["x"], 10);
    assert_eq!(collected(&table, 11)["x"], 0.0);
    assert_eq!(collected(&table, 12)["x"], 1.0);
    let mut out = Vec::new();
    table.collect(UnixNanos(13), &mut out);
    assert_eq!(out[0].points[0].created, UnixNanos(10));
}

#[test]
fn a_hold_reaches_every_reader() {
    let mut what = counter(vec![LabelSpec::open("a")]);
    what.initial_zero = InitialZero::On {
        hold: Duration::from_nanos(100),
    };
    let table = Table::new(what);
    record(&table, &["x"], 1);
    for (now, expected) in [(10, 0.0), (60, 0.0), (109, 0.0), (110, 1.0)] {
        assert_eq!(collected(&table, now)["x"], expected, "at {now}");
    }
}

#[test]
fn without_initial_zero_and_for_gauges_values_are_shown_at_once() {
    let mut what = counter(vec![]);
    what.initial_zero = InitialZero::Off;
    let table = Table::new(what);
    record(&table, &[], 1);
    assert_eq!(collected(&table, 2)[""], 1.0);

    let gauge = Table::new(Description::new("g", "G.", Kind::Gauge, vec![]));
    gauge.record(&[], 7.0, None, UnixNanos(1));
    assert_eq!(collected(&gauge, 2)[""], 7.0);
}

#[test]
fn a_label_beyond_its_limit_is_folded_and_counted() {
    let mut what = counter(vec![LabelSpec::open("user"), LabelSpec::closed("kind")]);
    what.limits.label_values_max = 2;
    let table = Table::new(what);
    for user in ["a", "b", "c", "d", "a", "c"] {
        record(&table, &[user, "k"], 1);
    }
    collected(&table, 2);
    let shown = collected(&table, 3);
    assert_eq!(shown["a|k"], 2.0);
    assert_eq!(shown["b|k"], 1.0);
    assert_eq!(
        shown[&format!("{OVERFLOW}|k")],
        3.0,
        "other labels stay as they are"
    );
    let over: Vec<_> = table
        .overflow()
        .into_iter()
        .map(|over| (over.label.to_string(), over.events))
        .collect();
    assert_eq!(over, [("user".to_owned(), 3), ("*".to_owned(), 0)]);
}

#[test]
fn a_full_metric_keeps_the_labels_with_few_values() {
    let mut what = counter(vec![LabelSpec::open("service"), LabelSpec::open("path")]);
    what.limits.series_max = 40;
    let table = Table::new(what);
    for at in 0..100 {
        record(&table, &["shop", &format!("/{at}")], 1);
    }
    record(&table, &["cart", "/0"], 1);
    collected(&table, 2);
    let shown = collected(&table, 3);
    assert_eq!(shown.len(), 42);
    assert_eq!(shown[&format!("shop|{OVERFLOW}")], 60.0);
    assert_eq!(shown[&format!("cart|{OVERFLOW}")], 1.0);
}

#[test]
fn series_without_events_expire_and_make_room() {
    let mut what = counter(vec![LabelSpec::open("a")]);
    what.limits.label_values_max = 2;
    what.expiry = Some(Duration::from_nanos(100));
    let table = Table::new(what);
    record(&table, &["x"], 10);
    record(&table, &["y"], 60);
    collected(&table, 100);
    assert_eq!(collected(&table, 120).len(), 1, "x is gone");
    record(&table, &["z"], 130);
    let shown = collected(&table, 140);
    assert_eq!(shown["y"], 1.0);
    assert_eq!(shown["z"], 0.0, "z has the room that x left");
}

#[test]
fn values_that_are_not_finite_add_nothing() {
    let table = Table::new(counter(vec![]));
    table.record(&[], f64::NAN, None, UnixNanos(1));
    table.record(&[], f64::INFINITY, None, UnixNanos(1));
    assert_eq!(collected(&table, 2).len(), 0);
}

proptest! {
    #[test]
    fn totals_and_bounds_hold_whatever_comes(
        events in prop::collection::vec((0u16..60, 0u16..60), 1..400),
        series_max in 1usize..50,
        values_max in 1usize..50,
        batch in 1usize..50,
    ) {
        let mut what = counter(vec![LabelSpec::open("a"), LabelSpec::open("b")]);
        what.limits.series_max = series_max;
        what.limits.label_values_max = values_max;
        let table = Table::new(what);
        for events in events.chunks(batch) {
            let mut stage = table.stage();
            for (a, b) in events {
                stage.key.clear();
                stage.key.written(format_args!("{a}"));
                stage.key.written(format_args!("{b}"));
                table.add(&mut stage, 1.0, 1, None);
            }
            table.commit(&mut stage, UnixNanos(1));
        }
        collected(&table, 2);
        let shown = collected(&table, 3);
        prop_assert_eq!(shown.values().sum::<f64>(), events.len() as f64);
        prop_assert!(shown.len() <= series_max + OVERFLOW_SERIES_MAX + 1, "{} series", shown.len());
        let over: u64 = table.overflow().iter().map(|over| over.events).sum();
        let folded: f64 = shown.iter().filter(|(key, _)| key.contains(OVERFLOW)).map(|(_, value)| value).sum();
        prop_assert!(folded <= over as f64, "every folded event is counted: {folded} of {over}");
    }
}

#[test]
fn a_full_metric_of_small_labels_folds_the_largest() {
    let mut what = counter(vec![LabelSpec::open("a"), LabelSpec::open("b")]);
    what.limits.series_max = 6;
    let table = Table::new(what);
    for (a, b) in [
        (1, 1),
        (1, 2),
        (1, 3),
        (2, 1),
        (2, 2),
        (2, 3),
        (3, 3),
        (2, 4),
    ] {
        record(&table, &[&format!("a{a}"), &format!("b{b}")], 1);
    }
    collected(&table, 2);
    let shown = collected(&table, 3);
    assert_eq!(shown[&format!("a3|{OVERFLOW}")], 1.0);
    assert_eq!(shown[&format!("a2|{OVERFLOW}")], 1.0);
    assert_eq!(table.overflow().last().map(|over| over.events), Some(2));
}

/// The time of the exemplar that a counter, and each bucket of a histogram, show after these arrivals.
fn shown_exemplars(kind: Kind, arrivals: &[(u64, u64)]) -> Vec<u64> {
    let mut what = Description::new("e", "Events.", kind, Vec::new());
    what.initial_zero = InitialZero::Off;
    let table = Table::new(what);
    for (time, now) in arrivals {
        let exemplar = Exemplar {
            trace_id: secspan_otlp::view::TraceId([1; 16]),
            span_id: secspan_otlp::view::SpanId([1; 8]),
            value: 1.0,
            time: UnixNanos(*time),
        };
        table.record(&[], 1.0, Some(exemplar), UnixNanos(*now));
    }
    let mut out = Vec::new();
    table.collect(UnixNanos(1_000), &mut out);
    let times = |value: &PointValue| match value {
        PointValue::Counter { exemplar, .. } => exemplar.iter().map(|own| own.time.0).collect(),
        PointValue::Histogram(point) => point.exemplars.iter().map(|(_, own)| own.time.0).collect(),
        PointValue::Gauge(_) => Vec::new(),
    };
    out[0]
        .points
        .iter()
        .flat_map(|point| times(&point.value))
        .collect::<Vec<u64>>()
}

#[test]
fn exemplars_never_go_back_in_time_and_none_is_from_the_future() {
    for kind in [Kind::Counter, Kind::Histogram] {
        let late = [(50, 100), (40, 101)];
        assert_eq!(shown_exemplars(kind, &late), [50], "{kind:?}");
        let same = [(50, 100), (50, 101), (60, 102)];
        assert_eq!(shown_exemplars(kind, &same), [60], "{kind:?}");
        // It would stand for ever in the way of those that are true.
        let future = [(50, 100), (16_000_000_000, 101), (60, 102)];
        assert_eq!(shown_exemplars(kind, &future), [60], "{kind:?}");
        assert!(shown_exemplars(kind, &[(101, 100)]).is_empty(), "{kind:?}");
    }
}

#[test]
fn threads_that_commit_and_collect_at_once_lose_nothing() {
    let table = Table::new(counter(vec![LabelSpec::open("a")]));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let table = &table;
            scope.spawn(move || {
                let mut stage = table.stage();
                for at in 0..200 {
                    for event in 0..10 {
                        stage.key.clear();
                        stage
                            .key
                            .written(format_args!("{}", (thread + at + event) % 7));
                        table.add(&mut stage, 1.0, 1, None);
                    }
                    table.commit(&mut stage, UnixNanos(at + 1));
                }
            });
        }
        scope.spawn(|| (0..100).for_each(|now| drop(collected(&table, now + 1))));
    });
    collected(&table, 1_000);
    assert_eq!(collected(&table, 1_001).values().sum::<f64>(), 8_000.0);
}
