//! A sample as its users meet it: lines that a strict reader takes, spans that become the same records.

use std::collections::BTreeMap;

use proptest::prelude::*;
use secspan_enrichment::enrichment::Enrichment;
use secspan_enrichment::entry::Entry;
use secspan_enrichment::kinds::KINDS;
use secspan_enrichment::ticket::Ticket;
use secspan_records::capture::CallFacts;
use secspan_records::definition::Definitions;
use secspan_records::durations::StageTime;
use secspan_records::facts::{FactValue, SpanFacts, UnixNanos};
use secspan_records::join::{Join, Joined, Settings as JoinSettings};
use secspan_records::origin::Reading;
use secspan_records::record::Record;
use secspan_semconv::{attribute as key, event};

use super::*;
use crate::episode::Content;
use crate::span::{Attributes, SampleSpan, SampleValue};

fn settings(seed: u64, records: u64, days: u32) -> Settings {
    Settings {
        seed,
        records,
        days,
        until: Timestamp::parse("2025-12-31T00:00:00Z").unwrap(),
        open_tickets: false,
    }
}

fn world(seed: u64, records: u64, days: u32) -> World {
    World::new(settings(seed, records, days)).unwrap()
}

fn record(episode: &Episode) -> Option<Record<'static>> {
    match episode.content().expect("a part that is there") {
        Content::Record(record) => Some(record),
        Content::Alert(_) | Content::Untold(_) => None,
    }
}

fn records(world: &World) -> Vec<Record<'static>> {
    world
        .episodes()
        .filter_map(|episode| record(&episode))
        .collect()
}

fn fact_value(value: &SampleValue) -> FactValue {
    match value {
        SampleValue::Text(text) => FactValue::Text(text.as_str().into()),
        SampleValue::Int(number) => FactValue::Int(*number),
        SampleValue::Double(number) => FactValue::Double(*number),
        SampleValue::Bool(yes) => FactValue::Bool(*yes),
    }
}

fn text<'a>(attributes: &'a Attributes, wanted: &str) -> Option<&'a str> {
    attributes.iter().find_map(|(key, value)| match value {
        SampleValue::Text(text) if *key == wanted => Some(text.as_str()),
        _ => None,
    })
}

/// What the join keeps of a span.
fn facts(span: &SampleSpan, definitions: &Definitions) -> SpanFacts {
    let mut facts = SpanFacts {
        span: span.id,
        parent: span.parent.unwrap_or_default(),
        start: span.start,
        end: span.end,
        failed: span.failed,
        ..SpanFacts::default()
    };
    for (key, value) in &span.attributes {
        if let Some(fact) = definitions.fact(key) {
            facts.set(fact, fact_value(value));
        }
    }
    for event in span
        .events
        .iter()
        .filter(|event| event.name == event::SECOPS_PERPLEXITY_CALL)
    {
        let citations = event
            .attributes
            .iter()
            .find(|(key, _)| *key == key::SECOPS_PERPLEXITY_CITATION_COUNT);
        let call = CallFacts {
            sort: text(&event.attributes, key::SECOPS_PERPLEXITY_KIND),
            outcome: text(&event.attributes, key::SECOPS_OUTCOME),
            error: text(&event.attributes, key::ERROR_TYPE).is_some(),
            amount: citations.map(|(_, value)| fact_value(value)),
            ..CallFacts::default()
        };
        let number = definitions.call_of_event(event.name).unwrap();
        facts
            .calls
            .extend(definitions.call(number, event.at, &call));
    }
    facts.name_stage(definitions, span.name);
    facts
}

/// The records that the join makes of the spans of workflows.
fn joined(world: &World) -> BTreeMap<String, Record<'static>> {
    // Whatever the time of the sample, it is now.
    let settings = JoinSettings {
        max_ahead: std::time::Duration::MAX,
        ..JoinSettings::default()
    };
    let join = Join::of_facts(settings, Definitions::of(KINDS)).unwrap();
    for episode in world.episodes() {
        let mut stage = join.stage();
        for span in episode.spans() {
            stage.add(span.trace, facts(&span, join.definitions()));
        }
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

    /// Spans of workflows, joined, are the records that are written directly.
    #[test]
    fn spans_become_the_same_records(seed: u64, count in 1_u64..60, days in 1_u32..120) {
        let world = world(seed, count, days);
        let direct = records(&world).into_iter();
        let direct: BTreeMap<String, Record<'static>> = direct
            .filter(|record| record.kind().is_workflow())
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
            prop_assert!(episode.at().0 >= before);
            before = episode.at().0;
            let Some(record) = record(&episode) else { continue };
            let at = record.completed_at().unix_seconds();
            prop_assert!((first..last).contains(&at), "{}", record.to_line());
            let again = Record::from_line(record.kind(), &record.to_line(), strict);
            prop_assert_eq!(again.as_ref().map(Record::to_line), Ok(record.to_line()));
            enrichments += u64::from(episode.kind() == Kind::Enrichment);
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
        let Some(secspan_records::record::FieldValue::Text(ticket)) = record.field("ticket_id")
        else {
            panic!("{record:?}");
        };
        *tickets.entry(ticket.to_owned()).or_default() += 1;
        if let Some(record) = Enrichment::of(&record) {
            enriched.insert(record.ticket.to_string(), record.completed_at);
        }
        if let Some(record) = Ticket::of(&record) {
            assert_eq!(record.enriched_at, enriched.get(&*record.ticket).copied());
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
                over += usize::from(record.stages().iter().any(StageTime::over_budget));
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
        open_tickets: true,
        ..settings(3, 3_000, 60)
    };
    let world = World::new(settings).unwrap();
    let mut enriched = 0;
    let (mut closed, mut open) = (BTreeMap::new(), Vec::new());
    let (mut alerts, mut untold) = (Vec::new(), 0);
    for episode in world.episodes() {
        match episode.content().unwrap() {
            Content::Record(record) => match Entry::of(&record).unwrap() {
                Entry::Enrichment(_) => enriched += 1,
                Entry::Ticket(record) => {
                    let ticket = record.ticket.to_string();
                    match record.closed_at {
                        Some(at) => drop(closed.insert(ticket, at)),
                        None => open.push(ticket),
                    }
                    assert_eq!(record.closed_at.is_some(), !episode.spans().is_empty());
                }
                Entry::Review(_) | Entry::Decision(_) => {}
            },
            Content::Alert(alert) => alerts.push(alert),
            Content::Untold(_) => untold += 1,
        }
    }
    assert_eq!(closed.len() + open.len(), enriched);
    assert!(open.iter().all(|ticket| !closed.contains_key(ticket)));
    assert!(untold > 0);
    assert!(
        alerts.iter().any(|alert| alert.violated) && alerts.iter().any(|alert| !alert.violated)
    );
    for alert in alerts {
        assert!(
            closed.get(&alert.ticket).is_none_or(|at| *at >= alert.at),
            "{alert:?}"
        );
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let refused = |records, days| World::new(settings(1, records, days)).unwrap_err();
    assert_eq!(refused(0, 90), SettingsError::Records(0));
    assert_eq!(
        refused(RECORDS_MAX + 1, 90),
        SettingsError::Records(RECORDS_MAX + 1)
    );
    assert_eq!(refused(1, 0), SettingsError::Days(0));
    assert_eq!(refused(1, DAYS_MAX + 1), SettingsError::Days(DAYS_MAX + 1));
    let early = Settings {
        until: Timestamp::parse("1971-06-01T00:00:00Z").unwrap(),
        ..settings(1, 1, 365)
    };
    assert_eq!(World::new(early).unwrap_err(), SettingsError::TooEarly(365));
}
