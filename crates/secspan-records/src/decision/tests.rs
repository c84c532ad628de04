//! The row of the contract to the byte, round trips, and what is accepted and refused.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::csv;

const ROW: &str =
    "OPS-802,P3,not_required,Not selected for review (25% sampling),2025-12-03T12:15:44.000310Z,";

const STRICT: Reading = Reading {
    epss_unit: crate::score::EpssUnit::Guess,
    strict: true,
};

fn read(line: &str) -> Result<DecisionRecord, String> {
    DecisionRecord::from_line(line, Reading::default()).map_err(|invalid| invalid.to_string())
}

#[test]
fn the_row_of_the_contract_is_written_as_it_was_read() {
    let record = DecisionRecord::from_line(ROW, STRICT).unwrap();
    assert_eq!(record.to_csv_row(), ROW);
    assert!(!record.required && !record.is_mandatory());
    assert_eq!(
        csv::fields(HEADER).unwrap().len(),
        csv::fields(ROW).unwrap().len()
    );
    assert_eq!(
        Columns::of_header(&csv::fields(HEADER).unwrap()),
        Ok(Columns::WRITTEN)
    );
}

#[test]
fn commas_and_quotes_are_quoted_and_line_breaks_are_not_kept() {
    let mut record = DecisionRecord::from_line(ROW, STRICT).unwrap();
    record.reason = Text::new("because \"he\", she\r\nand\nit").unwrap();
    record.reviewer = Text::new("Jonas, senior").ok();
    let row = record.to_csv_row();
    assert_snapshot!(row, @r#"OPS-802,P3,not_required,"because ""he"", she and it",2025-12-03T12:15:44.000310Z,"Jonas, senior""#);
    let back = DecisionRecord::from_line(&row, STRICT).unwrap();
    assert_eq!(back.reason.as_str(), "because \"he\", she and it");
    assert_eq!(back.to_csv_row(), row);
}

#[test]
fn the_nine_columns_of_the_manuals_are_read() {
    let text = "\u{feff}decision_id,ticket_id,cve_id,priority,decision,sampled,decision_timestamp,reviewer_assigned,notes\r\n\
                1,OPS-1,CVE-2025-1111,p3,Required,True,2025-12-03 12:15:44,Jonas,\"a, b\"\r\n\
                2,OPS-2,CVE-2025-1112,P1,required,no,2025-12-03T12:15:44.5+01:00,,\r\n\
                3,OPS-3,CVE-2025-1113,P4,not-required,false,2025-12-03T12:15:44Z\r\n";
    let mut rows = csv::rows(text).map(Result::unwrap);
    let columns = Columns::of_header(&rows.next().unwrap().fields).unwrap();
    let read: Vec<String> = rows
        .map(|row| {
            let record = DecisionRecord::from_csv_fields(&row.fields, &columns, Reading::default());
            record.unwrap().to_csv_row()
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
    let error = Columns::of_header(&["ticket_id", "priority"]).unwrap_err();
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
            "review_decision: \"maybe\" is not one of required, not_required; \
             priority: \"P9\" is not one of P1, P2, P3, P4, P5; \
             timestamp: \"soon\" is not a time; write UTC as 2025-12-03T09:41:07Z; \
             ticket_id: missing; the column must have a value; \
             reason: missing; the column must have a value",
        ),
        (HEADER, "row: the header, which is no decision"),
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
    assert_eq!(read(&row).unwrap().reason.as_str(), "ticket_id");
}

#[test]
fn strict_reading_wants_six_fields_and_the_exact_words() {
    let seven = format!("{ROW},x");
    assert!(read(&seven).is_ok());
    let error = DecisionRecord::from_line(&seven, STRICT).unwrap_err();
    assert_eq!(error.to_string(), "row: 7 fields; allowed are 6");
    let word = ROW.replace("not_required", "skipped");
    assert!(read(&word).is_ok());
    assert!(DecisionRecord::from_line(&word, STRICT).is_err());
}

pub(crate) fn record() -> impl Strategy<Value = DecisionRecord> {
    let texts = (
        "OPS-[0-9]{1,6}",
        "[ -~äß]{0,20}x",
        proptest::option::of("[A-Za-z,\" ]{0,9}y"),
    );
    let at = 1_i64..4_000_000_000_000_000;
    (texts, 0_usize..5, any::<bool>(), at).prop_map(|(texts, priority, required, at)| {
        DecisionRecord {
            ticket: Text::new(&texts.0).unwrap(),
            priority: Priority::ALL[priority],
            required,
            reason: Text::new(&texts.1).unwrap(),
            decided_at: MicroTimestamp::from_unix_micros(at),
            reviewer: texts.2.map(|name| Text::new(&name).unwrap()),
            origin: Origin::default(),
        }
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(record in record()) {
        let row = record.to_csv_row();
        prop_assert!(!row.contains('\n'));
        prop_assert_eq!(DecisionRecord::from_line(&row, STRICT), Ok(record));
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,120}") {
        drop(read(&text));
    }
}
