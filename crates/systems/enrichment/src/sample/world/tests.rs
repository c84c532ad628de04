//! A sample as its users meet it: lines that a strict reader takes, spans that become the same records.

use std::collections::BTreeMap;

use proptest::prelude::*;
use secspan_otlp::keys::Keys;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanView, StatusCode};
use secspan_otlp::walk::{self, WalkLimits};
use secspan_records::definition::Definitions;
use secspan_records::durations::StageTime;
use secspan_records::join::{Join, Joined, Settings as JoinSettings};
use secspan_records::origin::Reading;
use secspan_records::record::Record;
use secspan_records::spans::{AttributeValue, Span};
use secspan_records::timestamp::Timestamp;
use secspan_sample::sample::Content;
use secspan_testkit::span::{Attr, TestEvent, TestSpan, request};

use super::*;
use crate::entry::Entry;
use crate::kinds::KINDS;

fn settings(seed: u64, records: u64, days: u32) -> Settings {
    Settings {
        seed,
        records,
        days,
        until: Timestamp::parse("2025-12-31T00:00:00Z").unwrap(),
        open: false,
    }
}

fn world(seed: u64, records: u64, days: u32) -> World {
    World::new(settings(seed, records, days)).unwrap()
}

fn record(episode: &Episode) -> Option<Record<'static>> {
    match episode.content().unwrap() {
        Content::Record(record) => Some(record),
        Content::Line { .. } => None,
    }
}

fn records(world: &World) -> Vec<Record<'static>> {
    world
        .episodes()
        .filter_map(|episode| record(&episode))
        .collect()
}

fn attr(value: &AttributeValue) -> Attr {
    match value {
        AttributeValue::Text(text) => Attr::Str(text.clone()),
        AttributeValue::Int(number) => Attr::Int(*number),
        AttributeValue::Float(number) => Attr::Double(*number),
        AttributeValue::Bool(value) => Attr::Bool(*value),
    }
}

fn test_span(span: &Span) -> TestSpan {
    let identity = span.identity;
    let mut test = TestSpan::new(identity.trace, identity.span, &span.name);
    test = test.during(span.start, span.end);
    if let Some(parent) = span.parent {
        test = test.below(parent);
    }
    if span.failed {
        test = test.ended(StatusCode::Error);
    }
    for (key, value) in &span.attributes {
        test = test.with(key, attr(value));
    }
    for event in &span.events {
        let mut added = TestEvent::new(event.name, event.time);
        for (key, value) in &event.attributes {
            added = added.with(key, attr(value));
        }
        test = test.event(added);
    }
    test
}

/// The records that the join makes of the spans.
fn joined(world: &World) -> BTreeMap<String, Record<'static>> {
    let mut keys = Keys::new();
    let definitions = Definitions::of(KINDS);
    // Whatever the time of the sample, it is now.
    let settings = JoinSettings {
        max_ahead: std::time::Duration::MAX,
        ..JoinSettings::default()
    };
    let join = Join::new(settings, definitions, &mut keys).unwrap();
    for episode in world.episodes() {
        let spans: Vec<TestSpan> = episode.spans().iter().map(test_span).collect();
        let mut stage = join.stage();
        let mut visit = |view: &SpanView<'_, '_>| join.observe(&mut stage, view);
        walk::traces(&request(&spans), &keys, &WalkLimits::DEFAULT, &mut visit).unwrap();
        join.commit(stage, UnixNanos(1));
    }
    let mut out = Vec::new();
    join.finish(UnixNanos(2), &mut out);
    let records = out.into_iter().map(|item| match item {
        Joined::Record(record) => (record.to_line(), record),
        other => panic!("{other:#?}"),
    });
    records.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Spans, joined, are the records that are written directly.
    #[test]
    fn spans_become_the_same_records(seed: u64, count in 1_u64..60, days in 1_u32..120) {
        let world = world(seed, count, days);
        let direct = records(&world).into_iter();
        let direct: BTreeMap<String, Record<'static>> = direct
            .map(|record| (record.to_line(), record))
            .collect();
        prop_assert_eq!(joined(&world), direct);
    }

    /// Every line is read back by a strict reader, is in order, and lies within the days.
    #[test]
    fn lines_are_strictly_valid_and_in_order(seed: u64, count in 1_u64..300, days in 1_u32..400) {
        let world = world(seed, count, days);
        let strict = Reading { strict: true, ..Reading::default() };
        let mut before = 0;
        let mut enrichments = 0;
        let last = Timestamp::parse("2026-01-01T00:00:00Z").unwrap().unix_seconds();
        let first = last - i64::from(days) * 86_400;
        for episode in world.episodes() {
            prop_assert!(episode.at >= before);
            before = episode.at;
            let Some(record) = record(&episode) else { continue };
            let at = record.completed_at().unix_seconds();
            prop_assert!((first..last).contains(&at), "{}", record.to_line());
            let again = Record::from_line(record.kind(), &record.to_line(), strict);
            prop_assert_eq!(again.as_ref().map(Record::to_line), Ok(record.to_line()));
            enrichments += u64::from(episode.is_work());
        }
        prop_assert_eq!(enrichments, count);
    }
}

#[test]
fn the_same_settings_give_the_same_world_and_others_another() {
    let lines = |seed, records_of, days| {
        let records = records(&world(seed, records_of, days)).into_iter();
        records.map(|record| record.to_line()).collect::<Vec<_>>()
    };
    assert_eq!(lines(1, 40, 30), lines(1, 40, 30));
    assert_ne!(lines(1, 40, 30), lines(2, 40, 30));
}

/// The stories that are made again, because too many others began meanwhile, are the same ones.
#[test]
fn a_crowded_day_loses_nothing() {
    let world = world(5, 20_000, 1);
    let mut tickets: BTreeMap<String, u64> = BTreeMap::new();
    let mut enriched = BTreeMap::new();
    for record in records(&world) {
        let ticket = record.subject().to_owned();
        *tickets.entry(ticket.clone()).or_default() += 1;
        match Entry::of(&record).unwrap() {
            Entry::Enrichment(enrichment) => {
                enriched.insert(ticket, enrichment.completed_at);
            }
            Entry::Ticket(closed) => {
                assert_eq!(closed.enriched_at, enriched.get(&ticket).copied());
            }
            _ => {}
        }
    }
    assert_eq!(tickets.len(), 20_000);
    assert!(tickets.values().all(|count| (2..=4).contains(count)));
}

#[test]
fn a_sample_looks_like_the_work_of_a_team() {
    let mut minutes = Vec::new();
    let mut scores = Vec::new();
    let (mut required, mut over) = (0, 0);
    for record in records(&world(1, 4_000, 90)) {
        match Entry::of(&record).unwrap() {
            Entry::Enrichment(enrichment) => {
                minutes.push(enrichment.total_seconds as f64 / 60.0);
                let stages = record.stages();
                over += usize::from(stages.iter().any(StageTime::over_budget));
            }
            Entry::Review(review) => scores.push(review.score.get()),
            Entry::Decision(decision) => required += usize::from(decision.required),
            Entry::Ticket(_) => {}
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!((10.0..16.0).contains(&mean(&minutes)), "{}", mean(&minutes));
    assert!((78.0..88.0).contains(&mean(&scores)), "{}", mean(&scores));
    assert!((40..900).contains(&over), "{over}");
    assert!(scores.len() <= required && required < 2_000, "{required}");
}

/// What logs say follows from the records.
#[test]
fn alerts_and_open_tickets_agree_with_what_was_closed() {
    let settings = Settings {
        open: true,
        ..settings(3, 3_000, 60)
    };
    let world = World::new(settings).unwrap();
    let mut enriched = 0;
    let (mut closed, mut open) = (BTreeMap::new(), Vec::new());
    let (mut alerts, mut failures) = (Vec::new(), 0);
    for episode in world.episodes() {
        match episode.content().unwrap() {
            Content::Record(record) => match Entry::of(&record).unwrap() {
                Entry::Enrichment(_) => enriched += 1,
                Entry::Ticket(ticket) => {
                    let name = ticket.ticket.clone().into_owned();
                    match ticket.closed_at {
                        Some(at) => drop(closed.insert(name, at)),
                        None => open.push(name),
                    }
                    assert_eq!(ticket.closed_at.is_some(), !episode.spans().is_empty());
                }
                _ => {}
            },
            Content::Line { log, fields } if log.starts_with("sla") => alerts.push(fields),
            Content::Line { .. } => failures += 1,
        }
    }
    assert_eq!(closed.len() + open.len(), enriched);
    assert!(open.iter().all(|ticket| !closed.contains_key(ticket)));
    assert!(failures > 0);
    for severity in ["WARNING", "VIOLATED"] {
        assert!(alerts.iter().any(|[_, _, given, ..]| given == severity));
    }
    for [at, ticket, ..] in alerts {
        let at = Timestamp::parse(&at).unwrap();
        assert!(
            closed.get(&ticket).is_none_or(|closed| *closed >= at),
            "{ticket}"
        );
    }
}
