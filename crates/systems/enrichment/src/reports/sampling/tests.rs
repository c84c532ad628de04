//! The report over a few decisions whose numbers were worked out by hand, and over many in any order and any split.
//!
//! By hand: 12 decisions, 7 required (3 with `Mandatory` in this spelling, 4 without), 5 not. P1 2 of 3, P2 2 of 2, P3 2 of
//! 5, P4 1 of 2, P5 none. OPS-9 is there twice. OPS-3 is a P1 that nobody is to review. Weeks: 2024-W52 has the 29th of
//! December alone, 2025-W01 seven, 2025-W02 none, 2025-W03 four. Reviewers: Jonas 3, Riley 3, one review without.

use proptest::prelude::*;
use std::borrow::Cow;

use crate::decision::Decision;
use crate::kinds::DECISION;
use crate::sampling::SamplingRule;
use crate::terms::Priority;
use secspan_records::origin::Reading;
use secspan_records::record::Record;
use secspan_records::timestamp::MicroTimestamp;

use super::*;
use crate::reports::tests::{headline, statuses};
use secspan_reports::document::{Cell, Document, Note, Section, Source};
use secspan_reports::people::{Key, Names, People};
use secspan_reports::render::{json, text};
use secspan_reports::report::Accumulator;

const DECISIONS: &str = include_str!("../../../testdata/sampling/review-decisions.csv");

fn decisions() -> Vec<Record<'static>> {
    let read = |line| Record::from_line(&DECISION, line, Reading::default()).expect("a decision");
    DECISIONS.lines().map(read).collect()
}

fn accumulator(options: &Options) -> Accumulator {
    Accumulator::of(&REPORT, Box::new(Sampling::new(options.clone())))
}

fn report(options: &Options, entries: &[Record<'_>]) -> Document {
    let mut accumulator = accumulator(options);
    for entry in entries {
        accumulator.add(entry);
    }
    accumulator.finish(Source {
        files: vec!["review-decisions.csv".to_owned()],
        records: entries.len() as u64,
        ..Source::default()
    })
}

/// The cells of a column.
fn column<'a>(document: &'a Document, table: &str, column: &str) -> Vec<&'a Cell> {
    let mut tables = document.sections.iter().flat_map(Section::tables);
    let table = tables
        .find(|found| found.key == table)
        .unwrap_or_else(|| panic!("no table {table}"));
    let place = table.columns.iter().position(|found| found.key == column);
    let place = place.unwrap_or_else(|| panic!("no column {column}"));
    table.rows.iter().map(|row| &row[place]).collect()
}

fn counts(document: &Document, table: &str, name: &str) -> Vec<u64> {
    let count = |cell: &Cell| {
        if let Cell::Count(count) = cell {
            *count
        } else {
            u64::MAX
        }
    };
    column(document, table, name)
        .into_iter()
        .map(count)
        .collect()
}

#[test]
fn the_numbers_are_those_worked_out_by_hand() {
    let document = report(&Options::default(), &decisions());
    for (table, name, expected) in [
        ("overview", "decisions", vec![12]),
        ("overview", "required", vec![7]),
        ("overview", "mandatory", vec![3]),
        ("overview", "sampled", vec![4]),
        ("overview", "not_required", vec![5]),
        ("by_priority", "n", vec![3, 2, 5, 2, 0]),
        ("by_priority", "required", vec![2, 2, 2, 1, 0]),
        ("by_priority", "mandatory", vec![2, 1, 0, 0, 0]),
        ("by_priority", "sampled", vec![0, 1, 2, 1, 0]),
        ("trend", "n", vec![1, 7, 0, 4]),
        ("trend", "required", vec![1, 4, 0, 2]),
        ("reviewers", "n", vec![6]),
    ] {
        assert_eq!(counts(&document, table, name), expected, "{table} {name}");
    }
    let rate = column(&document, "by_priority", "rate");
    assert_eq!(rate[2], &Cell::Number(0.4));
    assert_eq!(rate[4], &Cell::Missing("no data"));
    // Nothing was decided in 2025-W02: that is known, but a rate of nothing is not.
    for name in ["rate", "expected_rate", "change_share"] {
        let week = column(&document, "trend", name)[2];
        assert_eq!(week, &Cell::Missing("no data"), "{name}");
    }
    // Two each of P1 and P2 at 100 %, three of P3 at 25 %: 4.75 of the seven in 2025-W01.
    let Cell::Number(expected) = column(&document, "trend", "expected_rate")[1] else {
        panic!("a number")
    };
    assert!((expected - 4.75 / 7.0).abs() < 1e-12, "{expected}");
    let text = |cell: &Cell| {
        if let Cell::Text(text) = cell {
            text.clone()
        } else {
            String::new()
        }
    };
    let missed: Vec<_> = column(&document, "missed", "ticket_id")
        .into_iter()
        .map(text)
        .collect();
    assert_eq!(missed, ["OPS-3"]);
    let recent: Vec<_> = column(&document, "recent", "ticket_id")
        .into_iter()
        .map(text)
        .collect();
    let latest_first = [
        "OPS-9", "OPS-11", "OPS-10", "OPS-9", "OPS-8", "OPS-7", "OPS-6", "OPS-5", "OPS-4", "OPS-3",
    ];
    assert_eq!(recent, latest_first);
}

#[test]
fn it_opens_with_its_answer() {
    let document = report(&Options::default(), &decisions());
    let expected = [
        ("p1_rate", "missed"),
        ("p2_rate", "too_few"),
        ("p3_rate", "too_few"),
        ("p4_rate", "too_few"),
        ("p5_rate", "no_data"),
        ("mandatory_not_required", "missed"),
    ];
    assert_eq!(statuses(&document), expected);
    let options = Options {
        tolerance_points: 100.0,
        ..Options::default()
    };
    let required: Vec<_> = decisions()
        .into_iter()
        .filter(|entry| Decision::of(entry).is_some_and(|decision| decision.required))
        .collect();
    assert_eq!(
        headline(&report(&options, &required)).answer,
        Note::good(
            "7 of 7 decisions (100.0 %) asked for a review, too few decisions to tell whether the rule is kept."
        )
    );
    assert_eq!(report(&options, &[]).headline, None);
}

#[test]
fn the_whole_report_as_text() {
    let style = text::Style {
        width: Some(120),
        ..text::Style::default()
    };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/sampling"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        let options = Options {
            seed: Some(7),
            ..Options::default()
        };
        insta::assert_snapshot!(
            "report",
            text::render(&report(&options, &decisions()), &style)
        );
        insta::assert_snapshot!("empty", text::render(&report(&options, &[]), &style));
    });
}

#[test]
fn decisions_of_the_rule_are_found_to_be_its_own() {
    let rule = SamplingRule::with_seed(7);
    let decide = |number: u32| {
        let ticket = Cow::Owned(format!("OPS-{number}"));
        let at = MicroTimestamp::from_unix_micros(1_764_754_867_000_000 + i64::from(number));
        Decision::by(&rule, ticket, Priority::ALL[number as usize % 5], at)
    };
    let mut decisions: Vec<Decision<'_>> = (0..500).map(decide).collect();
    let with = |seed, decisions: &[Decision<'_>]| {
        let entries: Vec<_> = decisions
            .iter()
            .cloned()
            .map(Decision::into_record)
            .collect();
        report(
            &Options {
                seed: Some(seed),
                ..Options::default()
            },
            &entries,
        )
    };
    assert_eq!(counts(&with(7, &decisions), "replay", "equal"), [500]);
    let other = with(8, &decisions);
    assert!(counts(&other, "replay", "equal")[0] < 500);
    // P1 and P2 are reviewed whatever the seed is.
    assert!(counts(&other, "replay", "equal")[0] >= 200);
    let skipped = decisions
        .iter()
        .position(|decision| decision.required)
        .expect("some are");
    decisions[skipped].required = false;
    let document = with(7, &decisions);
    assert_eq!(counts(&document, "replay", "equal"), [499]);
    assert_eq!(counts(&document, "replay", "rule_only"), [1]);
    let ticket = Cell::Text(decisions[skipped].ticket.to_string());
    assert_eq!(
        column(&document, "replay_different", "ticket_id"),
        [&ticket]
    );
}

#[test]
fn a_required_review_without_a_reviewer_is_no_reviewer() {
    let entries = decisions();
    let document = report(&Options::default(), &entries[9..10]);
    let json: serde_json::Value = serde_json::from_str(&json::render(&document)).expect("JSON");
    let note = &json["sections"]["reviewers"]["notes"][0];
    assert_eq!(note["level"], "no_data");
}

#[test]
fn with_pseudonyms_no_reviewer_is_named() {
    let key = Key::new("a key of many bytes").expect("long enough");
    let people = People {
        names: Names::Pseudonyms(key),
        cases_min: 2,
    };
    let output = json::render(&report(
        &Options {
            people,
            ..Options::default()
        },
        &decisions(),
    ));
    assert!(
        !output.contains("Jonas") && !output.contains("Riley"),
        "{output}"
    );
    let pseudonyms = output.matches("\"reviewer\": \"reviewer-").count();
    // Two in the table of reviewers, four in the list of the latest decisions: OPS-9, OPS-6, OPS-5 and OPS-4.
    assert_eq!(pseudonyms, 2 + 4);
}

proptest! {
    #[test]
    fn any_order_and_any_split_give_the_same_report(
        order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
        copies in 1..4_usize,
        split in 0..40_usize,
    ) {
        let all = decisions();
        let options = Options { seed: Some(7), ..Options::default() };
        let straight: Vec<Record<'_>> = (0..copies).flat_map(|_| all.iter().cloned()).collect();
        let shuffled: Vec<Record<'_>> = (0..copies).flat_map(|_| order.iter().map(|place| all[*place].clone())).collect();
        let (mut first, mut second) = (accumulator(&options), accumulator(&options));
        for (place, entry) in shuffled.iter().enumerate() {
            if place % 40 < split { first.add(entry) } else { second.add(entry) }
        }
        first.merge(second);
        let source = Source { files: vec!["review-decisions.csv".to_owned()], records: straight.len() as u64, ..Source::default() };
        prop_assert_eq!(first.finish(source), report(&options, &straight));
    }
}
