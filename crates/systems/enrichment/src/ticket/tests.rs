//! The line to the byte, round trips, and what is accepted and refused.

use insta::assert_snapshot;
use proptest::prelude::*;
use secspan_otlp::view::{SpanId, TraceId};
use secspan_records::invalid::Invalid;
use secspan_records::origin::{Identity, Reading};
use secspan_records::value::ShareUnit;

use super::*;

const LINE: &str = r#"{"ticket_id":"OPS-771","priority":"P1","enrichment_date":"2025-12-03T09:41:07Z","closed_date":"2025-12-03T20:00:00Z","schema_version":"1","trace_id":"abababababababababababababababab","span_id":"cdcdcdcdcdcdcdcd"}"#;

const STRICT: Reading = Reading {
    share_unit: ShareUnit::Guess,
    strict: true,
};

fn record_of(line: &str, reading: Reading) -> Result<Record<'static>, Invalid> {
    Record::from_line(&TICKET, line, reading)
}

fn read(line: &str) -> Result<Record<'static>, String> {
    record_of(line, Reading::default()).map_err(|invalid| invalid.to_string())
}

#[test]
fn a_line_is_written_as_it_was_read() {
    let record = record_of(LINE, STRICT).unwrap();
    assert_eq!(record.to_line(), LINE);
    assert_eq!(
        record.field("seconds_to_close"),
        Some(FieldValue::Int(37_133))
    );
    assert_eq!(record.field("open"), Some(FieldValue::Bool(false)));
    assert_eq!(record.field("service_level"), Some(FieldValue::Text("met")));
    assert_eq!(
        record.field("closed_at_seconds"),
        Some(FieldValue::Int(1_764_792_000))
    );
}

#[test]
fn a_service_level_is_known_only_where_there_is_one() {
    let of = |line: &str| {
        let record = read(line).unwrap();
        record
            .field("service_level")
            .map(|value| format!("{value:?}"))
    };
    let late = LINE.replace("2025-12-03T20:00", "2025-12-05T20:00");
    assert_eq!(of(&late).as_deref(), Some("Text(\"missed\")"));
    assert_eq!(of(&LINE.replace("P1", "P5")), None);
    assert_eq!(of(&LINE.replace("\"2025-12-03T20:00:00Z\"", "null")), None);
    assert_eq!(of(&LINE.replace("\"2025-12-03T09:41:07Z\"", "null")), None);
}

#[test]
fn other_spellings_are_read() {
    let line = r#"{"ticket_id":"OPS-1","priority":"p4","enrichment_date":"2025-12-03T09:41:07.5","status":"Open"}"#;
    let record = read(line).unwrap();
    assert_snapshot!(record.to_line(), @r#"{"ticket_id":"OPS-1","priority":"P4","enrichment_date":"2025-12-03T09:41:07Z","closed_date":null,"schema_version":"1"}"#);
    assert_eq!(record.completed_at().to_string(), "2025-12-03T09:41:07Z");
    let ticket = Ticket::of(&record).expect("a ticket");
    assert_eq!(ticket.completed_at(), record.completed_at());
    assert_eq!(record.field("open"), Some(FieldValue::Bool(true)));
    assert!(
        record_of(line, STRICT).is_err(),
        "closed_date must be stated"
    );
    let imported =
        read(r#"{"ticket_id":"OPS-1","priority":"P4","closed_date":"2025-12-03T09:41:07Z"}"#)
            .unwrap();
    let ticket = Ticket::of(&imported).expect("a ticket");
    assert_eq!(ticket.enriched_at, None);
}

#[test]
fn every_problem_is_reported_at_once() {
    for (line, problems) in [
        (
            r#"{"ticket_id":" ","priority":3}"#,
            "ticket_id: \" \" is not a name; it is blank; priority: 3 is not a text; \
             closed_date: missing; a ticket needs a closed_date or, while it is open, an enrichment_date",
        ),
        (
            r#"{"closed_date":"later"}"#,
            "closed_date: \"later\" is not a time; write UTC as 2025-12-03T09:41:07Z; \
             ticket_id: missing; the key is required; priority: missing; the key is required",
        ),
        ("[]", "line: not a JSON object"),
    ] {
        assert_eq!(read(line), Err(problems.to_owned()), "{line}");
    }
}

fn ticket() -> impl Strategy<Value = Ticket<'static>> {
    let at = || 1_i64..4_000_000_000;
    let identity = any::<Option<([u8; 16], [u8; 8])>>();
    (
        "[ -~]{0,9}x",
        0_usize..5,
        proptest::option::of(at()),
        at(),
        identity,
    )
        .prop_map(|(ticket, priority, enriched, closed, identity)| Ticket {
            ticket: ticket.into(),
            priority: Priority::ALL[priority],
            enriched_at: enriched.map(Timestamp::from_unix_seconds),
            closed_at: Some(Timestamp::from_unix_seconds(closed)),
            origin: Origin {
                identity: identity.map(|(trace, span)| Identity {
                    trace: TraceId(trace),
                    span: SpanId(span),
                }),
                ..Origin::default()
            },
        })
}

fn reads_back(ticket: Ticket<'static>) -> Result<(), TestCaseError> {
    let record = ticket.clone().into_record();
    let read = record_of(&record.to_line(), STRICT);
    prop_assert_eq!(read.as_ref(), Ok(&record));
    prop_assert_eq!(read.ok().as_ref().and_then(Ticket::of), Some(ticket));
    Ok(())
}

proptest! {
    #[test]
    fn what_is_written_reads_back(ticket in ticket()) {
        reads_back(ticket)?;
    }

    #[test]
    fn open_tickets_read_back(ticket in ticket()) {
        let open = Ticket {
            enriched_at: ticket.closed_at,
            closed_at: None,
            ..ticket
        };
        reads_back(open)?;
    }
}
