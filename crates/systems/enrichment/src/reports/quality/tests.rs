//! The report over twenty-eight reviews, against numbers that `tests/real/python/recompute_reports.py` finds too.

use proptest::prelude::*;
use secspan_records::origin::Reading;
use secspan_records::record::Record;

use super::*;
use crate::reports::tests::{headline, statuses};
use secspan_reports::document::{Document, Level, Note};
use secspan_reports::render;
use secspan_reports::report::Accumulator;

const ENRICHMENTS: &str = include_str!("../../../testdata/enrichment/enrichment-metrics.jsonl");
const REVIEWS: &str = include_str!("../../../testdata/quality/review-metrics.jsonl");
/// Checked by the program in Python; written anew with `INSTA_UPDATE=always`, and then to be checked again.
const EXPECTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/quality/report.json");

fn entries(lines: &str) -> Vec<Record<'_>> {
    let entries = lines
        .lines()
        .map(|line| Record::read(&kinds::KINDS, None, line, Reading::default()));
    entries.collect::<Result<_, _>>().unwrap()
}

fn all() -> Vec<Record<'static>> {
    [entries(ENRICHMENTS), entries(REVIEWS)].concat()
}

fn options() -> Options {
    Options {
        reviewed_analysts: true,
        ..Options::default()
    }
}

fn accumulator(options: &Options) -> Accumulator {
    Accumulator::of(
        &REPORT,
        Box::new(Quality {
            options: options.clone(),
            ..Quality::default()
        }),
    )
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
    let json = render::json::render(&report(&options(), &entries));
    crate::reports::tests::assert_file(EXPECTED, &json);
}

#[test]
fn the_report_reads_well() {
    let entries = all();
    insta::assert_snapshot!(render::markdown::render(&report(&options(), &entries)));
}

#[test]
fn it_opens_with_its_answer() {
    let document = report(&Options::default(), &all());
    let expected = [
        ("mean_score", "met"),
        ("critical_rate", "missed"),
        ("first_pass_rate", "missed"),
        ("mean_accuracy", "missed"),
        ("mean_duration", "met"),
        ("per_day_with_work", "missed"),
        ("balance", "missed"),
    ];
    assert_eq!(statuses(&document), expected);
    let one = report(&Options::default(), &entries(REVIEWS)[..1]);
    let headline = headline(&one);
    assert_eq!(headline.chart, None, "one week is no trend");
    assert_eq!(
        headline.answer,
        Note::info(
            "1 review scored 87.0 points, too few cases to judge by the target of more than 80 points; none found critical \
             issues, too few cases to judge by the target of less than 5 percent."
        )
    );
}

#[test]
fn nothing_is_said_about_nothing() {
    let document = report(&Options::default(), &entries(ENRICHMENTS));
    assert!(document.is_empty());
    assert_eq!(document.headline, None);
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
        "results by analyst are shown only when asked for"
    );
}

/// A review on a day of 2025, with a score, critical issues and significant gaps.
fn review((month, day): (u8, u8), score: f64, critical: u64, gaps: u64) -> Record<'static> {
    let line = format!(
        r#"{{"workflow_id":"w","ticket_id":"T","reviewer":"R","review_date":"2025-{month:02}-{day:02}T10:00:00Z",
        "total_duration_seconds":900,"stage_durations":{{}},"overall_score":{score},"quality_classification":null,
        "critical_issues":{critical},"significant_gaps":{gaps},"minor_improvements":0,
        "fact_verification_performed":false,"accuracy_score":null}}"#
    );
    Record::from_line(&kinds::REVIEW, &line, Reading::default()).unwrap()
}

/// The alerts of these reviews, each as its week and name.
fn alerts(reviews: &[Record<'_>]) -> Vec<String> {
    let document = report(&Options::default(), reviews);
    let section = document
        .sections
        .iter()
        .find(|section| section.key == "alerts")
        .unwrap();
    let tables = section.tables().flat_map(|table| table.rows.clone());
    tables
        .map(|row| {
            format!(
                "{} {}",
                render::value::cell(&row[0], secspan_reports::document::Unit::Plain),
                render::value::cell(&row[1], secspan_reports::document::Unit::Plain)
            )
        })
        .collect()
}

#[test]
fn alerts_are_raised_beyond_their_limits_and_not_at_them() {
    // 2025-12-01 is the Monday of 2025-W49.
    assert!(alerts(&[review((12, 1), 75.0, 0, 0)]).is_empty());
    assert_eq!(
        alerts(&[review((12, 1), 74.9, 0, 9)]),
        ["2025-W49 low mean score"]
    );
    let hundred = review((12, 1), 100.0, 0, 0);
    assert!(alerts(&[hundred.clone(), review((12, 8), 85.0, 0, 0)]).is_empty());
    assert_eq!(
        alerts(&[hundred.clone(), review((12, 8), 84.9, 0, 0)]),
        ["2025-W50 mean score dropped"]
    );
    assert!(
        alerts(&[hundred, review((12, 15), 84.9, 0, 0)]).is_empty(),
        "a week lies between"
    );
    let mut reviews: Vec<Record<'_>> = (0..17).map(|_| review((12, 1), 90.0, 0, 0)).collect();
    reviews.extend((0..3).map(|_| review((12, 1), 90.0, 2, 0)));
    assert!(alerts(&reviews).is_empty(), "3 of 20 are 15 %");
    reviews.push(review((12, 7), 90.0, 1, 0));
    assert_eq!(alerts(&reviews), ["2025-W49 many critical issues"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn order_and_split_change_nothing(
        entries in Just(all()).prop_shuffle(),
        splits in proptest::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let expected = report(&options(), &all());
        let mut places: Vec<usize> = splits.iter().map(|split| split.index(entries.len() + 1)).collect();
        places.push(entries.len());
        places.sort_unstable();
        let mut start = 0;
        let mut merged = accumulator(&options());
        for end in places {
            let mut part = accumulator(&options());
            for entry in &entries[start..end] {
                part.add(entry);
            }
            merged.merge(part);
            start = end;
        }
        prop_assert_eq!(merged.finish(source(entries.len())), expected);
    }
}
