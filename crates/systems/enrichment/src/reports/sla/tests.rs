//! The report over a few tickets whose numbers were worked out by hand, and over them in any order and any split.
//!
//! By hand, at 2025-12-15T00:00:00Z, the latest moment in the data:
//!
//! | ticket | | hours | |
//! |---|---|---|---|
//! | A-1 | P1 | 24, exactly the limit | met, W49 |
//! | A-2 | P1 | a second more | missed, W49 |
//! | A-3 | P1 | open for 24 | little time left: none is over |
//! | A-4 | P1 | open for 120 | overdue by 96 |
//! | A-5 | P2 | 96 from the first enrichment that was completed | met, W50 |
//! | A-6 | P2 | 336 | missed, W51 |
//! | A-7 | P3 | 48; an open line and a closed one | met, W49 |
//! | A-8 | P4 | open for 72 | in time |
//! | A-9 | P5 | 240 | no target |
//! | A-10 | P2 | nobody knows | no start |
//! | A-11 | P3 | 192 to the second closing | met, W50 |
//! | A-12 | P3 | has no line | no closing known |
//! | A-13 | P1 | 0, closed before its enrichment | met, W49 |

use crate::kinds;
use crate::service_level::BusinessHours;
use proptest::prelude::*;
use secspan_records::origin::Reading;
use secspan_records::record::Record;
use secspan_records::timestamp::Timestamp;

use super::*;
use crate::reports::tests::{headline, statuses};
use secspan_reports::document::{Cell, Document, Note, Section, Source};
use secspan_reports::render::text;
use secspan_reports::report::Accumulator;

const TICKETS: &str = include_str!("../../../testdata/sla/ticket-metrics.jsonl");
const ENRICHMENTS: &str = include_str!("../../../testdata/sla/enrichment-metrics.jsonl");

fn entries() -> Vec<Record<'static>> {
    let read = |kind, line| {
        Record::read(&kinds::KINDS, Some(kind), line, Reading::default()).expect("a record")
    };
    let tickets = TICKETS.lines().map(|line| read(&kinds::TICKET, line));
    let enrichments = ENRICHMENTS
        .lines()
        .map(|line| read(&kinds::ENRICHMENT, line));
    tickets.chain(enrichments).collect()
}

fn source() -> Source {
    Source {
        files: vec!["metrics".to_owned()],
        records: 19,
        ..Source::default()
    }
}

fn accumulator(options: &Options) -> Accumulator {
    Accumulator::of(&REPORT, Box::new(Sla::new(options.clone())))
}

fn report<'a>(
    options: &Options,
    entries: impl IntoIterator<Item = &'a Record<'static>>,
) -> Document {
    let mut accumulator = accumulator(options);
    for entry in entries {
        accumulator.add(entry);
    }
    accumulator.finish(source())
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

/// A number as it is, a missing value as -1.
fn numbers(document: &Document, table: &str, name: &str) -> Vec<f64> {
    let number = |cell: &Cell| match cell {
        Cell::Count(count) => *count as f64,
        Cell::Number(value) => (value * 1e6).round() / 1e6,
        Cell::Missing(_) => -1.0,
        other => panic!("{other:?}"),
    };
    column(document, table, name)
        .into_iter()
        .map(number)
        .collect()
}

#[test]
fn the_numbers_are_those_worked_out_by_hand() {
    let document = report(&Options::default(), &entries());
    assert_eq!(
        document.source.as_of.map(|at| at.to_string()).as_deref(),
        Some("2025-12-15T00:00:00Z")
    );
    for (table, name, expected) in [
        ("overview", "tickets", &[11.0][..]),
        ("overview", "closed", &[8.0]),
        ("overview", "met", &[5.0]),
        ("overview", "missed", &[2.0]),
        ("overview", "compliance", &[0.714_286]),
        ("overview", "overdue", &[1.0]),
        ("overview", "compliance_with_overdue", &[0.625]),
        ("compliance", "n", &[3.0, 2.0, 2.0, 0.0, 1.0]),
        ("compliance", "met", &[2.0, 1.0, 2.0, 0.0, -1.0]),
        ("compliance", "missed", &[1.0, 1.0, 0.0, 0.0, -1.0]),
        (
            "compliance",
            "limit_hours",
            &[24.0, 168.0, 720.0, 2160.0, -1.0],
        ),
        // 0, 86400 and 86401 seconds: rank 1.8 is 86400.8.
        (
            "time_to_close",
            "median_hours",
            &[24.0, 216.0, 120.0, -1.0, 240.0],
        ),
        (
            "time_to_close",
            "p90_hours",
            &[24.000_222, 312.0, 177.6, -1.0, 240.0],
        ),
        // P1: 4/5 open at 0, 3/5 at 86400 with one open, 3/10 at 86401.
        (
            "time_to_close",
            "median_all_hours",
            &[24.000_278, 216.0, 120.0, -1.0, 240.0],
        ),
        ("open", "open", &[2.0, 0.0, 0.0, 1.0, 0.0]),
        ("open", "warning", &[1.0, 0.0, 0.0, 0.0, -1.0]),
        ("open", "within", &[0.0, 0.0, 0.0, 1.0, -1.0]),
        ("open", "median_age_hours", &[72.0, -1.0, -1.0, 72.0, -1.0]),
        ("open", "oldest_hours", &[120.0, -1.0, -1.0, 72.0, -1.0]),
        ("overdue", "over_hours", &[96.0]),
        ("trend", "n", &[4.0, 2.0, 1.0]),
        ("trend", "met", &[3.0, 2.0, 0.0]),
        ("trend", "change_share", &[-1.0, 0.25, -1.0]),
        // Judged, no closing known, no start, not begun, closed twice, closed early.
        (
            "coverage",
            "tickets",
            &[11.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0],
        ),
        ("no_closing_known", "tickets", &[0.0, 0.0, 1.0, 0.0, 0.0]),
        ("no_closing_known", "overdue_if_open", &[0.0; 5]),
    ] {
        assert_eq!(numbers(&document, table, name), expected, "{table} {name}");
    }
}

#[test]
fn what_happened_after_the_moment_of_asking_has_not_happened() {
    let as_of = Timestamp::parse("2025-12-03T00:00:00Z").expect("a time");
    let options = Options {
        as_of: Some(as_of),
        ..Options::default()
    };
    let document = report(&options, &entries());
    assert_eq!(document.source.as_of, Some(as_of));
    // A-13 began later, as did, which has no line, have their start later too. A-11 was
    // closed for the first time.
    assert_eq!(
        numbers(&document, "coverage", "tickets"),
        [6.0, 0.0, 1.0, 6.0, 0.0, 0.0, 0.0, 0.0]
    );
    assert_eq!(numbers(&document, "overview", "closed"), [4.0]);
    assert_eq!(
        numbers(&document, "open", "open"),
        [0.0, 1.0, 0.0, 0.0, 1.0]
    );
}

#[test]
fn of_tickets_enriched_before_the_period_nothing_is_guessed() {
    let known = |from: &str| {
        let from = Timestamp::parse(from).expect("a time");
        let options = Options {
            from: Some(from),
            ..Options::default()
        };
        let document = report(&options, &entries());
        numbers(&document, "coverage", "tickets")
    };
    let all = numbers(
        &report(&Options::default(), &entries()),
        "coverage",
        "tickets",
    );
    assert_eq!(all.get(1), Some(&1.0), "A-12 has no line");
    assert_eq!(
        known("2025-12-09T00:00:00Z"),
        all,
        "it was enriched on that day"
    );
    let later = known("2025-12-10T00:00:00Z");
    assert_eq!(later.get(1), Some(&0.0), "its line may be held back");
    assert_eq!(later.get(5), Some(&1.0), "it is not lost");
    assert_eq!(later.first(), all.first(), "every line counts");
}

#[test]
fn every_ticket_is_in_one_row_of_the_coverage() {
    let failed = ENRICHMENTS.lines().next().expect("A-5, which failed");
    let of = |ticket: &str, day: &str| {
        failed
            .replace("A-5", ticket)
            .replace("2025-12-07", &format!("2025-12-{day}"))
    };
    // have nothing but enrichments that failed, A-1 has a line of its own as well.
    let failed = [
        of("A-14", "02"),
        of("A-14", "08"),
        of("A-15", "11"),
        of("A-1", "02"),
    ]
    .join("\n");
    let failed = failed.lines().map(|line| {
        Record::read(
            &kinds::KINDS,
            Some(&kinds::ENRICHMENT),
            line,
            Reading::default(),
        )
        .expect("a record")
    });
    let all = [failed.collect(), entries()].concat();
    let time = |text: &str| Some(Timestamp::parse(text).expect("a time"));
    for (as_of, from, not_completed, before) in [
        (None, None, 2.0, 0.0),
        (time("2025-12-03T00:00:00Z"), None, 2.0, 0.0),
        (None, time("2025-12-10T00:00:00Z"), 1.0, 2.0),
        (
            time("2026-12-03T00:00:00Z"),
            time("2025-12-12T00:00:00Z"),
            0.0,
            3.0,
        ),
    ] {
        let options = Options {
            as_of,
            from,
            ..Options::default()
        };
        let mut accumulator = accumulator(&options);
        for entry in &all {
            accumulator.add(entry);
        }
        let rows = numbers(&accumulator.finish(source()), "coverage", "tickets");
        assert_eq!(rows[4..6], [not_completed, before], "{as_of:?} {from:?}");
        let tickets: f64 = rows[..6].iter().sum();
        assert!((tickets - 15.0).abs() < 0.5, "A-1 to A-15: {rows:?}");
    }
}

#[test]
fn tickets_without_a_line_are_overdue_if_they_are_open() {
    // A-12 began on the 9th; 30 days later its 720 hours are used up, and a second later it is late.
    let report_at = |at: &str| {
        let as_of = Timestamp::parse(at).expect("a time");
        report(
            &Options {
                as_of: Some(as_of),
                ..Options::default()
            },
            &entries(),
        )
    };
    let in_time = report_at("2026-01-08T00:00:00Z");
    assert_eq!(
        numbers(&in_time, "no_closing_known", "overdue_if_open"),
        [0.0; 5]
    );
    let late = report_at("2026-01-08T00:00:01Z");
    assert_eq!(
        numbers(&late, "no_closing_known", "overdue_if_open"),
        [0.0, 0.0, 1.0, 0.0, 0.0]
    );
    // Met 5, missed 2, overdue: 5 of 10. A-8 has 90 days.
    let overview = late.sections[0].notes().last().expect("a note");
    assert!(
        overview.text.ends_with(
            "1 of them are overdue, and the share with overdue as too late would be 50.0 %."
        ),
        "{overview:?}"
    );
}

#[test]
fn business_hours_count_while_people_work() {
    let options = Options::default().in_business_hours(BusinessHours::default());
    let document = report(&options, &entries());
    // Monday and Tuesday, 16 hours; A-11: six working days, 48 hours. P1 and P2 stay on the calendar.
    assert_eq!(
        numbers(&document, "time_to_close", "median_hours"),
        [24.0, 216.0, 32.0, -1.0, 240.0]
    );
    let mut notes = document.sections.iter().flat_map(Section::notes);
    assert!(notes.any(|note| note.text.starts_with("Hours of P3, P4 are business hours")));
}

#[test]
fn it_opens_with_its_answer() {
    let document = report(&Options::default(), &entries());
    let expected = [
        ("compliance", "missed"),
        ("p1_compliance", "missed"),
        ("p2_compliance", "missed"),
        ("p3_compliance", "too_few"),
        ("p4_compliance", "no_data"),
        ("compliance_with_overdue", "missed"),
        ("overdue", "missed"),
    ];
    assert_eq!(statuses(&document), expected);
    let of = |ticket: &str| {
        let lines = TICKETS.lines().filter(|line| line.contains(ticket));
        let lines: Vec<_> = lines
            .map(|line| Record::from_line(&kinds::TICKET, line, Reading::default()))
            .collect::<Result<_, _>>()
            .unwrap();
        let document = report(&Options::default(), &lines);
        let headline = headline(&document);
        (headline.answer.clone(), headline.chart)
    };
    let closed = "100.0 % of 1 closing were in time, at least the target of 95.0 %, but they are too few to call it met; no \
                  ticket with a target is open.";
    assert_eq!(
        of("\"A-1\""),
        (Note::info(closed), Some("time_to_close_chart"))
    );
    let open = "No ticket with a target was closed; the open ticket is not overdue.";
    assert_eq!(of("\"A-8\""), (Note::good(open), Some("open_chart")));
}

#[test]
fn the_whole_report_as_text() {
    let style = text::Style {
        width: Some(120),
        ..text::Style::default()
    };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/sla"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        let options = Options::default();
        insta::assert_snapshot!(
            "report",
            text::render(&report(&options, &entries()), &style)
        );
        let enrichments = &entries()[14..];
        insta::assert_snapshot!(
            "no_tickets",
            text::render(&report(&options, enrichments), &style)
        );
    });
}

proptest! {
    #[test]
    fn any_order_and_any_split_give_the_same_report(
        order in Just((0..19_usize).collect::<Vec<_>>()).prop_shuffle(),
        copies in 1..4_usize,
        split in 0..30_usize,
    ) {
        let all = entries();
        let options = Options::default();
        let straight: Vec<_> = (0..copies).flat_map(|_| &all).collect();
        let (mut first, mut second) = (accumulator(&options), accumulator(&options));
        for (place, entry) in (0..copies).flat_map(|_| &order).enumerate() {
            if place % 30 < split { first.add(&all[*entry]) } else { second.add(&all[*entry]) }
        }
        first.merge(second);
        prop_assert_eq!(first.finish(source()), report(&options, straight));
    }
}
