//! The row of the contract to the byte, round trips, and what is accepted and refused.

use insta::assert_snapshot;
use proptest::prelude::*;
use secspan_records::csv;
use secspan_records::invalid::Invalid;
use secspan_records::origin::Reading;
use secspan_records::row::{self, Columns};
use secspan_records::value::ShareUnit;

use super::*;

const ROW: &str =
    "OPS-802,P3,not_required,Not selected for review (25% sampling),2025-12-03T12:15:44.000310Z,";

const STRICT: Reading = Reading {
    share_unit: ShareUnit::Guess,
    strict: true,
};

fn header() -> &'static str {
    DECISION.header().expect("a table has a header")
}

fn record_of(line: &str, reading: Reading) -> Result<Record<'static>, Invalid> {
    Record::from_line(&DECISION, line, reading)
}

fn typed(record: &Record<'static>) -> Decision<'static> {
    Decision::of(record).expect("a decision")
}

fn read(line: &str) -> Result<Decision<'static>, String> {
    let record = record_of(line, Reading::default());
    record
        .map(|record| typed(&record))
        .map_err(|invalid| invalid.to_string())
}

#[test]
fn the_row_of_the_contract_is_written_as_it_was_read() {
    let record = record_of(ROW, STRICT).unwrap();
    assert_eq!(record.to_line(), ROW);
    let decision = typed(&record);
    assert!(!decision.required && !decision.is_mandatory());
    assert_eq!(
        csv::fields(header()).unwrap().len(),
        csv::fields(ROW).unwrap().len()
    );
    assert_eq!(
        Columns::of_header(&DECISION, &csv::fields(header()).unwrap()),
        Ok(Columns::written(&DECISION))
    );
}

#[test]
fn commas_and_quotes_are_quoted_and_line_breaks_are_not_kept() {
    let mut decision = typed(&record_of(ROW, STRICT).unwrap());
    decision.reason = "because \"he\", she\r\nand\nit".into();
    decision.reviewer = Some("Jonas, senior".into());
    let row = decision.into_record().to_line();
    assert_snapshot!(row, @r#"OPS-802,P3,not_required,"because ""he"", she and it",2025-12-03T12:15:44.000310Z,"Jonas, senior""#);
    let back = record_of(&row, STRICT).unwrap();
    assert_eq!(typed(&back).reason, "because \"he\", she and it");
    assert_eq!(back.to_line(), row);
}

#[test]
fn the_nine_columns_of_the_manuals_are_read() {
    let text = "\u{feff}decision_id,ticket_id,cve_id,priority,decision,sampled,decision_timestamp,reviewer_assigned,notes\r\n\
                1,OPS-1,CVE-2025-1111,p3,Required,True,2025-12-03 12:15:44,Jonas,\"a, b\"\r\n\
                2,OPS-2,CVE-2025-1112,P1,required,no,2025-12-03T12:15:44.5+01:00,,\r\n\
                3,OPS-3,CVE-2025-1113,P4,not-required,false,2025-12-03T12:15:44Z\r\n";
    let mut rows = csv::rows(text).map(Result::unwrap);
    let columns = Columns::of_header(&DECISION, &rows.next().unwrap().fields).unwrap();
    let read: Vec<String> = rows
        .map(|row| {
            let record = row::record(&row.fields, &columns, Reading::default());
            record.unwrap().to_line()
        })
        .collect();
    assert_snapshot!(read.join("\n"), @r"
    OPS-1,P3,required,Randomly selected for review,2025-12-03T12:15:44.000000Z,Jonas
    OPS-2,P1,required,Mandatory review,2025-12-03T11:15:44.500000Z,
    OPS-3,P4,not_required,Not selected for review,2025-12-03T12:15:44.000000Z,
    ");
}

#[test]
fn a_header_must_name_every_column() {
    let error = Columns::of_header(&DECISION, &["ticket_id", "priority"]).unwrap_err();
    assert_snapshot!(error.reasons().join("\n"), @r"
    review_decision: missing; the header must name this column
    reason: missing; the header must name this column
    timestamp: missing; the header must name this column
    ");
}

#[test]
fn every_problem_is_reported_at_once() {
    for (line, problems) in [
        (
            ",P9,maybe,,soon,",
            "priority: \"P9\" is not one of P1, P2, P3, P4, P5; \
             review_decision: \"maybe\" is not one of required, not_required; \
             timestamp: \"soon\" is not a time; write UTC as 2025-12-03T09:41:07Z; \
             ticket_id: missing; the column must have a value; \
             reason: missing; the column must have a value",
        ),
        (header(), "row: the header, which is no decision"),
        (
            "OPS-1,P3,\"required",
            "row: a quoted field has no closing quote: the row is torn",
        ),
        (
            "OPS-1,P3",
            "review_decision: missing; the column must have a value; \
             reason: missing; the column must have a value; \
             timestamp: missing; the column must have a value",
        ),
    ] {
        assert_eq!(read(line), Err(problems.to_owned()), "{line}");
    }
}

#[test]
fn a_row_may_speak_of_columns() {
    let row = ROW.replace("Not selected for review (25% sampling)", "ticket_id");
    assert_eq!(read(&row).unwrap().reason, "ticket_id");
}

#[test]
fn strict_reading_wants_six_fields_and_the_exact_words() {
    let seven = format!("{ROW},x");
    assert!(read(&seven).is_ok());
    let error = record_of(&seven, STRICT).unwrap_err();
    assert_eq!(error.to_string(), "row: 7 fields; allowed are 6");
    let word = ROW.replace("not_required", "skipped");
    assert!(read(&word).is_ok());
    assert!(record_of(&word, STRICT).is_err());
}

fn decision() -> impl Strategy<Value = Decision<'static>> {
    let texts = (
        "OPS-[0-9]{1,6}",
        "[ -~äß]{0,20}x",
        proptest::option::of("[A-Za-z,\" ]{0,9}y"),
    );
    let at = 1_i64..4_000_000_000_000_000;
    (texts, 0_usize..5, any::<bool>(), at).prop_map(|(texts, priority, required, at)| Decision {
        ticket: texts.0.into(),
        priority: Priority::ALL[priority],
        required,
        reason: texts.1.into(),
        decided_at: MicroTimestamp::from_unix_micros(at),
        reviewer: texts.2.map(Cow::Owned),
        origin: Origin::default(),
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(decision in decision()) {
        let record = decision.clone().into_record();
        let row = record.to_line();
        prop_assert!(!row.contains('\n'));
        let read = record_of(&row, STRICT);
        prop_assert_eq!(read.as_ref(), Ok(&record));
        prop_assert_eq!(typed(&read.unwrap()), decision);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,120}") {
        drop(read(&text));
    }
}
