//! The report over forty enrichments, against numbers that `tests/real/python/recompute_reports.py` finds too.

use proptest::prelude::*;
use secspan_records::origin::Reading;
use secspan_records::record::Record;

use super::*;
use crate::reports::tests::{headline, statuses};
use secspan_reports::document::{Document, Level, Note, Section};
use secspan_reports::people::{Key, Names};
use secspan_reports::render;
use secspan_reports::report::Accumulator;

const ENRICHMENTS: &str = include_str!("../../../testdata/enrichment/enrichment-metrics.jsonl");
const REVIEWS: &str = include_str!("../../../testdata/quality/review-metrics.jsonl");
/// Checked by the program in Python; written anew with `INSTA_UPDATE=always`, and then to be checked again.
const EXPECTED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/testdata/enrichment/report.json"
);

fn entries(lines: &str) -> Vec<Record<'_>> {
    let entries = lines
        .lines()
        .map(|line| Record::read(&kinds::KINDS, None, line, Reading::default()));
    entries.collect::<Result<_, _>>().unwrap()
}

fn all() -> Vec<Record<'static>> {
    [entries(ENRICHMENTS), entries(REVIEWS)].concat()
}

fn accumulator(options: &Options) -> Accumulator {
    Accumulator::of(&REPORT, Box::new(Performance::new(options.clone())))
}

fn report(options: &Options, entries: &[Record<'_>]) -> Document {
    let mut accumulator = accumulator(options);
    for entry in entries {
        accumulator.add(entry);
    }
    accumulator.finish(source(entries.len()))
}

fn source(records: usize) -> Source {
    Source {
        files: vec![
            "enrichment-metrics.jsonl".to_owned(),
            "review-metrics.jsonl".to_owned(),
        ],
        records: records as u64,
        ..Source::default()
    }
}

#[test]
fn the_numbers_are_those_of_the_other_program() {
    let entries = all();
    let json = render::json::render(&report(&Options::default(), &entries));
    crate::reports::tests::assert_file(EXPECTED, &json);
}

#[test]
fn the_report_reads_well() {
    let entries = all();
    let document = report(&Options::default(), &entries);
    insta::assert_snapshot!(render::markdown::render(&document));
}

#[test]
fn it_opens_with_its_answer() {
    let document = report(&Options::default(), &all());
    let expected = [("mean_duration", "met"), ("per_day_with_work", "missed")];
    assert_eq!(statuses(&document), expected);
    assert_eq!(headline(&document).answer.level, Level::Warning);
    let document = report(&Options::default(), &entries(ENRICHMENTS)[..1]);
    assert_eq!(
        headline(&document).answer,
        Note::info(
            "1 enrichment took 15 min 48 s, too few cases to judge by the target of 10 to 15 minutes; the pace was 1 per day with \
             work, too few cases to judge by the target of 15 to 20 per day; the largest part of the time, 33.1 %, went to \
             cve_research."
        )
    );
}

#[test]
fn nothing_is_said_about_nothing() {
    let document = report(&Options::default(), &entries(REVIEWS));
    assert!(document.is_empty());
    assert_eq!(document.headline, None);
    assert_eq!(document.sections.len(), OUTLINE.0.len());
    for section in &document.sections {
        assert!(
            section.notes().all(|note| note.level == Level::NoData),
            "{}",
            section.key
        );
        assert_eq!((section.tables().count(), section.charts().count()), (0, 0));
    }
    let full = report(&Options::default(), &all());
    let keys = full
        .sections
        .iter()
        .map(|section| (section.key, &*section.title));
    assert!(
        keys.eq(OUTLINE.0.iter().copied()),
        "empty and full reports have the same sections"
    );
}

#[test]
fn pseudonyms_replace_every_name() {
    let key = Key::new("a key that is long enough").unwrap();
    let people = People {
        names: Names::Pseudonyms(key),
        cases_min: 1,
    };
    let options = Options {
        people,
        ..Options::default()
    };
    let entries = all();
    let document = report(&options, &entries);
    for text in [
        render::json::render(&document),
        render::html::render(&document),
    ] {
        assert!(text.contains("analyst-"));
        for name in ["Mira", "Jonas", "Ada", "Noa", "Pia"] {
            assert!(!text.contains(name), "{name} is shown");
        }
    }
}

#[test]
fn a_record_of_another_kind_is_counted_as_such() {
    let line = r#"{"ticket_id":"OPS-1","priority":"P1","enrichment_date":"2025-12-03T09:41:07Z","closed_date":null}"#;
    let ticket = Record::read(
        &kinds::KINDS,
        Some(&kinds::TICKET),
        line,
        Reading::default(),
    );
    let document = report(&Options::default(), &[ticket.unwrap()]);
    assert_eq!(document.source.other_records, 1);
}

#[test]
fn records_from_the_ends_of_the_calendar_make_no_endless_report() {
    let line = ENRICHMENTS.lines().next().unwrap();
    let mut lines: Vec<String> = (1970..2600)
        .map(|year| line.replace("2024-12-09", &format!("{year}-12-09")))
        .collect();
    lines.push(line.replace("2024-12-09", "9999-12-09"));
    let entries = lines.join("\n");
    let document = report(&Options::default(), &self::entries(&entries));
    let tables = document.sections.iter().flat_map(Section::tables);
    let rows = tables.map(|table| table.rows.len()).max();
    assert_eq!(rows, Some(522));
    let notes = document.sections.iter().flat_map(Section::notes);
    let told = notes.filter(|note| note.text.contains("the first 109 are left out"));
    assert_eq!(told.count(), 2, "by priority and by velocity");
    assert!(render::html::render(&document).len() < 10_000_000);
}

#[test]
fn the_rule_about_known_exploited_can_be_chosen() {
    let found = |kev_rule| {
        let options = Options {
            kev_rule,
            examples: 0,
            ..Options::default()
        };
        let document = report(&options, &all());
        let section = document
            .sections
            .iter()
            .find(|section| section.key == "consistency")
            .unwrap()
            .clone();
        let rows = section.tables().next().unwrap().rows.clone();
        assert_eq!(section.tables().count(), 2, "no tickets are listed");
        rows.iter()
            .map(|row| format!("{:?} {:?}", row[0], row[2]))
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(found(KevRule::P1));
    insta::assert_snapshot!(found(KevRule::AtLeastP2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn order_and_split_change_nothing(
        entries in Just(all()).prop_shuffle(),
        splits in proptest::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let options = Options { examples: 1, ..Options::default() };
        let expected = report(&options, &all());
        let mut places: Vec<usize> = splits.iter().map(|split| split.index(entries.len() + 1)).collect();
        places.push(entries.len());
        places.sort_unstable();
        let mut start = 0;
        let mut merged = accumulator(&options);
        for end in places {
            let mut part = accumulator(&options);
            for entry in &entries[start..end] {
                part.add(entry);
            }
            merged.merge(part);
            start = end;
        }
        prop_assert_eq!(merged.finish(source(entries.len())), expected);
    }
}
