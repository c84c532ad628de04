//! A system that no engine knows, in one folder: a record kind, a report and a sample give records, spans, files and a document.
//!
//! What stands below `made_up/` is all that there is of it.

mod kind;
mod report;
mod sample;

use std::fs;

use secspan_jsonl::read::{Settings as ReadSettings, Sources, scan};
use secspan_otlp::keys::Keys;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::SpanView;
use secspan_otlp::walk::{self, WalkLimits};
use secspan_records::definition::Definitions;
use secspan_records::join::{Join, Joined, Settings as JoinSettings};
use secspan_records::record::Record;
use secspan_records::spans::{AttributeValue, Span};
use secspan_records::timestamp::Timestamp;
use secspan_reports::choices::Choices;
use secspan_reports::document::Document;
use secspan_reports::document::Source;
use secspan_reports::render::text;
use secspan_reports::report::Accumulator;
use secspan_sample::sample::{Content, Moment, Settings};
use secspan_system::System;
use secspan_testkit::span::{Attr, TestEvent, TestSpan, request};

static BACKUPS: System = System {
    name: "backups",
    about: "backups of hosts, and how much was kept",
    kinds: &[&kind::BACKUP],
    reports: &[&report::REPORT],
    sample: Some(&sample::SAMPLE),
};

fn moments() -> Vec<Box<dyn Moment>> {
    let settings = Settings {
        seed: 1,
        records: 40,
        days: 10,
        until: Timestamp::parse("2025-12-31T00:00:00Z").unwrap(),
        open: false,
    };
    let sample = (BACKUPS.sample.unwrap().new)(settings).unwrap();
    sample.moments().collect()
}

fn record(moment: &dyn Moment) -> Record<'static> {
    match moment.content().unwrap() {
        Content::Record(record) => record,
        Content::Line { log, .. } => panic!("a line of {log}"),
    }
}

fn test_span(span: &Span) -> TestSpan {
    let attr = |value: &AttributeValue| match value {
        AttributeValue::Text(text) => Attr::Str(text.clone()),
        AttributeValue::Int(number) => Attr::Int(*number),
        AttributeValue::Float(number) => Attr::Double(*number),
        AttributeValue::Bool(value) => Attr::Bool(*value),
    };
    let mut test = TestSpan::new(span.identity.trace, span.identity.span, &span.name);
    test = test.during(span.start, span.end);
    for event in &span.events {
        let mut added = TestEvent::new(event.name, event.time);
        for (key, value) in &event.attributes {
            added = added.with(key, attr(value));
        }
        test = test.event(added);
    }
    test
}

#[test]
fn what_its_spans_say_becomes_its_records() {
    let mut keys = Keys::new();
    let definitions = Definitions::of(BACKUPS.kinds.iter().copied());
    // Whatever the time of the sample, it is now.
    let settings = JoinSettings {
        max_ahead: std::time::Duration::MAX,
        ..JoinSettings::default()
    };
    let join = Join::new(settings, definitions, &mut keys).unwrap();
    let (mut expected, mut out) = (Vec::new(), Vec::new());
    for moment in moments() {
        expected.push(record(moment.as_ref()).to_line());
        let spans: Vec<TestSpan> = moment.spans().iter().map(test_span).collect();
        let mut stage = join.stage();
        let mut visit = |view: &SpanView<'_, '_>| join.observe(&mut stage, view);
        walk::traces(&request(&spans), &keys, &WalkLimits::DEFAULT, &mut visit).unwrap();
        join.commit(stage, UnixNanos(1));
    }
    join.finish(UnixNanos(2), &mut out);
    let made = out.into_iter().map(|item| match item {
        Joined::Record(record) => record.to_line(),
        other => panic!("{other:?}"),
    });
    assert_eq!(made.collect::<Vec<_>>(), expected);
}

/// The report over the sample's files, some lines of which stand there twice.
fn document(choices: &Choices) -> Document {
    let folder = tempfile::tempdir().unwrap();
    for moment in moments() {
        let record = record(moment.as_ref());
        let path = folder.path().join(record.file_name());
        let before = fs::read_to_string(&path).unwrap_or_default();
        let line = record.to_line();
        fs::write(path, format!("{before}{line}\n{line}\n")).unwrap();
    }
    let report = BACKUPS.reports[0];
    let sources = Sources::find(&[folder.path()], BACKUPS.kinds, report.reads).unwrap();
    let whole = Accumulator::new(report, choices).unwrap();
    let read = scan(
        &sources,
        ReadSettings::of(BACKUPS.kinds),
        || whole.part(),
        Accumulator::add,
        |_| {},
    );
    let read = read.unwrap();
    assert_eq!((read.summary.records, read.summary.superseded), (80, 40));
    let mut all = whole.part();
    for part in read.accumulators {
        all.merge(part);
    }
    all.finish(Source {
        records: read.summary.records,
        ..Source::default()
    })
}

#[test]
fn its_report_reads_its_files() {
    let mut choices = Choices::default();
    let all = document(&choices);
    choices.set(&report::HOST, "db-1").unwrap();
    let one = document(&choices);
    let style = text::Style {
        width: Some(80),
        colour: false,
        characters: text::Characters::Ascii,
    };
    insta::assert_snapshot!(text::render(&all, &style) + &text::render(&one, &style));
    assert!(choices.set(&report::HOST, " ").is_err());
}
