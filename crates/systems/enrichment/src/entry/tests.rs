//! Two ways to read a line, one meaning: whatever a line looks like, both give the same record or the same problems.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use secspan_records::invalid::Invalid;
use secspan_records::kind::Kind;
use secspan_records::origin::Reading;
use secspan_records::value::ShareUnit;
use std::borrow::Cow;

use super::*;
use crate::kinds::{ENRICHMENT, KINDS, REVIEW, TICKET};

/// A line with every key that our writer knows.
const FULL: &str = r#"{"workflow_id":"security-alert-enrichment-v1","ticket_id":"OPS-771","cve_id":"CVE-2025-40112","analyst":"Mira (Security Analyst)","enrichment_date":"2025-12-03T09:41:07Z","total_duration_seconds":655,"stage_durations":{"stage1_fetch_ticket":41,"stage2_research_cve":262,"stage3_priority_assessment":77,"stage4_context_analysis":108,"stage5_remediation_guidance":119,"stage6_update_jira":48},"perplexity_tool":"deep_research","perplexity_queries":2,"priority_assigned":"P1","cvss_score":9.1,"epss_score":0.4213,"kev_status":true,"sources_cited":6,"mitre_techniques_mapped":2,"schema_version":"1","perplexity_tool_counts":{"search":0,"reason":1,"deep_research":1},"stage_durations_detail":{"triage":41,"cve_research":200,"attack_mapping":62,"priority_assessment":77,"business_context":108,"remediation_planning":119,"documentation":8,"jira_update":40},"elapsed_seconds":700,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","outcome":"timeout","amendment":2,"vulnerability_id":"GHSA-1"}"#;

/// What may stand under a key, the usual first; `null` and absence are tried under all of them.
const VALUES: [(&str, &[&str]); 24] = [
    (
        "workflow_id",
        &[
            "\"security-alert-enrichment-v1\"",
            "\"\"",
            "\"\u{a0}\"",
            "7",
        ],
    ),
    (
        "ticket_id",
        &[
            "\"OPS-771\"",
            "\"OPS\\u002d1\"",
            "\" x\"",
            "\"Zürich-1\"",
            "\"tab\there\"",
        ],
    ),
    (
        "cve_id",
        &[
            "\"CVE-2025-40112\"",
            "\"cve-2025-40112\"",
            "\"CVE-2025-123\"",
            "\"CVE-25-1234\"",
        ],
    ),
    (
        "analyst",
        &[
            "\"Mira (Security Analyst)\"",
            "\"\u{3000}\"",
            "\"Ana \\\"A\\\"\"",
            "\"Łucja\"",
            "\"a\\\\\"",
        ],
    ),
    (
        "enrichment_date",
        &[
            "\"2025-12-03T09:41:07Z\"",
            "\"2025-12-03T09:41:07.999999Z\"",
            "\"2025-12-03T09:41:60Z\"",
            "\"2025-02-29T09:41:07Z\"",
            "\"2025-12-03T09:41:07+02:00\"",
            "\"9999-12-31T09:41:07Z\"",
            "\"soon\"",
        ],
    ),
    (
        "total_duration_seconds",
        &[
            "655",
            "655.4",
            "0",
            "00",
            "-1",
            "10000000000",
            "10000000001",
            "1e3",
        ],
    ),
    (
        "stage_durations",
        &[
            r#"{"stage1_fetch_ticket":41,"stage2_research_cve":262,"stage3_priority_assessment":77,"stage4_context_analysis":108,"stage5_remediation_guidance":119,"stage6_update_jira":48}"#,
            r#"{"stage1_fetch_ticket":41.5,"stage2_research_cve":262,"stage3_priority_assessment":77,"stage4_context_analysis":108,"stage5_remediation_guidance":119,"stage6_update_jira":48}"#,
            r#"{"stage1_fetch_ticket":41}"#,
            r#"{"stage2_research_cve":1,"stage1_fetch_ticket":41}"#,
            "{}",
            "[]",
        ],
    ),
    (
        "perplexity_tool",
        &[
            "\"deep_research\"",
            "\"Search\"",
            "\"mcp__perplexity__reason\"",
            "\"guess\"",
        ],
    ),
    (
        "perplexity_queries",
        &["2", "2.0", "2.5", "999999999", "18446744073709551615"],
    ),
    ("priority_assigned", &["\"P1\"", "\"p5\"", "\"P6\""]),
    (
        "cvss_score",
        &["9.1", "10", "10.1", "0", "-0.0", "9.", ".5", "1e1", "01"],
    ),
    (
        "epss_score",
        &[
            "0.4213",
            "42.13",
            "1",
            "1.0",
            "0.123456789012345678901",
            "100.5",
            "0.00001",
            "7e-2",
        ],
    ),
    (
        "kev_status",
        &["true", "false", "\"Listed\"", "\"maybe\"", "tru"],
    ),
    ("sources_cited", &["6", "\"6\""]),
    ("mitre_techniques_mapped", &["2", "2.5"]),
    ("schema_version", &["\"1\"", "2"]),
    (
        "perplexity_tool_counts",
        &[
            r#"{"search":0,"reason":1,"deep_research":1}"#,
            r#"{"search":"x"}"#,
            r#"{"reason":1}"#,
            "3",
        ],
    ),
    (
        "stage_durations_detail",
        &[
            r#"{"triage":41,"cve_research":200,"attack_mapping":62,"priority_assessment":77,"business_context":108,"remediation_planning":119,"documentation":8,"jira_update":40}"#,
            r#"{"triage":41}"#,
            r#"{"triage":-1}"#,
        ],
    ),
    ("elapsed_seconds", &["700", "700.0", "true"]),
    (
        "trace_id",
        &[
            "\"4bf92f3577b34da6a3ce929d0e0e4736\"",
            "\"4BF92F3577B34DA6A3CE929D0E0E4736\"",
            "\"00000000000000000000000000000000\"",
            "\"4bf92f3577b34da6a3ce929d0e0e473g\"",
            "\"4bf92f\"",
        ],
    ),
    (
        "span_id",
        &[
            "\"00f067aa0ba902b7\"",
            "\"00f067aa0ba902b\"",
            "\"00f067aa0ba902bé\"",
        ],
    ),
    ("outcome", &["\"timeout\"", "\"Success\"", "\"fine\""]),
    ("amendment", &["2", "0", "4294967296"]),
    ("vulnerability_id", &["\"GHSA-1\"", "\"\""]),
];

/// The same for reviews.
const REVIEW_VALUES: [(&str, &[&str]); 21] = [
    ("workflow_id", &["\"security-analysis-review-v1\"", "\"\""]),
    (
        "investigation_type",
        &["\"cve\"", "\"event\"", "\"Event\"", "\"x\""],
    ),
    ("ticket_id", &["\"OPS-771\"", "\"OPS\\u002d1\"", "7"]),
    ("reviewer", &["\"Jonas\"", "\"Łucja\"", "\"\u{3000}\""]),
    (
        "review_date",
        &[
            "\"2025-12-03T11:02:30Z\"",
            "\"2025-12-03 11:02:30\"",
            "\"soon\"",
        ],
    ),
    ("total_duration_seconds", &["1010", "1010.0", "-1"]),
    (
        "stage_durations",
        &[
            r#"{"stage1":130,"stage2":390,"stage3":170,"stage4":110,"stage5":0,"stage6":150,"stage7":60}"#,
            r#"{"stage1":130.5,"stage2":390,"stage3":170,"stage4":110,"stage5":0,"stage6":150,"stage7":60}"#,
            r#"{"stage1":130}"#,
            "[]",
        ],
    ),
    (
        "overall_score",
        &[
            "88",
            "86.5",
            "100",
            "100.5",
            "-1",
            "8.65e1",
            "75.12345678901234567",
        ],
    ),
    (
        "quality_classification",
        &[
            "\"Good\"",
            "\"Needs Improvement\"",
            "\"needs_improvement\"",
            "\"Fine\"",
        ],
    ),
    ("critical_issues", &["0", "0.0", "-1"]),
    ("significant_gaps", &["1", "\"1\""]),
    ("minor_improvements", &["4", "10000000001"]),
    (
        "fact_verification_performed",
        &["false", "true", "\"true\""],
    ),
    ("accuracy_score", &["null", "97", "101", "97.0", "97.5"]),
    ("reviewed_analyst", &["\"Mira\"", "\" \""]),
    ("schema_version", &["\"1\"", "2"]),
    ("elapsed_seconds", &["1100", "-0"]),
    (
        "trace_id",
        &["\"4bf92f3577b34da6a3ce929d0e0e4736\"", "\"4bf92f\""],
    ),
    ("span_id", &["\"00f067aa0ba902b7\"", "\"00F067AA0BA902B7\""]),
    ("outcome", &["\"timeout\"", "\"Success\""]),
    ("amendment", &["2", "-1"]),
];

/// The same for tickets.
const TICKET_VALUES: [(&str, &[&str]); 7] = [
    ("ticket_id", &["\"OPS-771\"", "\"\"", "\"OPS\\u002d1\""]),
    ("priority", &["\"P1\"", "\"p1\"", "\"P6\""]),
    (
        "enrichment_date",
        &["\"2025-12-03T09:41:07Z\"", "\"2025-12-03\""],
    ),
    (
        "closed_date",
        &[
            "\"2025-12-04T09:41:07.999999Z\"",
            "\"2025-12-04T09:41:07+01:00\"",
            "1",
        ],
    ),
    ("schema_version", &["\"1\"", "1"]),
    (
        "trace_id",
        &["\"4bf92f3577b34da6a3ce929d0e0e4736\"", "\"0\""],
    ),
    ("span_id", &["\"00f067aa0ba902b7\"", "7"]),
];

/// One key with its value, how it is spelt and whether it is there.
type Piece = (String, String);

fn pieces_of(
    values: &'static [(&'static str, &'static [&'static str])],
) -> impl Strategy<Value = Vec<Piece>> {
    let piece = |(key, values): &(&'static str, &'static [&'static str])| {
        let (key, values) = (*key, *values);
        let usual = values.first().copied().unwrap_or("null");
        let value = prop_oneof![24 => Just(usual), 1 => select(values), 1 => Just("null")];
        (Just(key), value, prop::bool::weighted(0.97))
    };
    let strategies: Vec<_> = values.iter().map(piece).collect();
    strategies.prop_map(|pieces| {
        let there = pieces.into_iter().filter(|(_, _, there)| *there);
        there
            .map(|(key, value, _)| (key.to_owned(), value.to_owned()))
            .collect()
    })
}

/// What is done to the pieces of a line: mostly nothing.
fn disorder() -> impl Strategy<Value = Option<(Index, Index, &'static str)>> {
    let ways = select(vec!["swap", "repeat", "unknown"]);
    prop::option::weighted(0.2, (any::<Index>(), any::<Index>(), ways))
}

fn written(
    mut pieces: Vec<Piece>,
    disorder: Option<(Index, Index, &str)>,
    spaces: (&str, &str),
) -> String {
    if let Some((one, other, way)) = disorder
        && !pieces.is_empty()
    {
        let (one, other) = (one.index(pieces.len()), other.index(pieces.len()));
        match way {
            "swap" => pieces.swap(one, other),
            "repeat" => pieces.insert(one, pieces[other].clone()),
            _ => pieces.insert(one, ("unknown".to_owned(), "[1,{\"a\":null}]".to_owned())),
        }
    }
    let (colon, comma) = spaces;
    let members: Vec<String> = pieces
        .iter()
        .map(|(key, value)| {
            let value = if value.starts_with('{') {
                value.replace(':', colon).replace(',', comma)
            } else {
                value.clone()
            };
            format!("\"{key}\"{colon}{value}")
        })
        .collect();
    format!("{{{}}}", members.join(comma))
}

fn spaces() -> impl Strategy<Value = (&'static str, &'static str)> {
    select(vec![(":", ","), (": ", ", "), (":", ", "), (" :", "\t,")])
}

fn readings() -> impl Strategy<Value = Reading> {
    let units = [ShareUnit::Guess, ShareUnit::Share, ShareUnit::Percent];
    (select(units.to_vec()), prop::bool::weighted(0.1))
        .prop_map(|(share_unit, strict)| Reading { share_unit, strict })
}

/// Either way, whichever the line is fit for.
fn read<'a>(
    kind: Option<&'static Kind>,
    line: &'a str,
    reading: Reading,
) -> Result<Record<'a>, Invalid> {
    Record::read(&KINDS, kind, line, reading)
}

/// The general decoder alone, where the line itself says of which kind it is: our writer ends no line with a space.
fn read_generally(line: &str) -> Result<Record<'static>, Invalid> {
    let spaced = format!("{line} ");
    read(None, &spaced, Reading::default()).map(Record::into_owned)
}

/// Whether a record was read without the general decoder: only then it borrows.
fn is_plain(record: &Record<'_>) -> bool {
    matches!(record.cow(record.kind().subject), Some(Cow::Borrowed(_)))
}

/// Both ways, and that they agree.
fn agree(kind: &'static Kind, line: &str, reading: Reading) -> Result<(), TestCaseError> {
    let general = Record::from_line(kind, line, reading);
    let either = read(Some(kind), line, reading);
    prop_assert_eq!(&either, &general, "{}", line);
    let is_typed = either.is_err() || either.is_ok_and(|record| Entry::of(&record).is_some());
    prop_assert!(is_typed, "{}", line);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn both_ways_agree_on_lines_made_of_pieces(
        pieces in pieces_of(&VALUES), disorder in disorder(), spaces in spaces(), reading in readings()
    ) {
        agree(&ENRICHMENT, &written(pieces, disorder, spaces), reading)?;
    }

    #[test]
    fn both_ways_agree_on_reviews_and_tickets(
        review in pieces_of(&REVIEW_VALUES), ticket in pieces_of(&TICKET_VALUES),
        disorder in disorder(), spaces in spaces(), reading in readings()
    ) {
        agree(&REVIEW, &written(review, disorder, spaces), reading)?;
        agree(&TICKET, &written(ticket, disorder, spaces), reading)?;
    }

    /// The kind of a line does not depend on which way it is read.
    #[test]
    fn both_ways_agree_on_the_kind(
        enrichment in pieces_of(&VALUES), review in pieces_of(&REVIEW_VALUES), ticket in pieces_of(&TICKET_VALUES)
    ) {
        for pieces in [enrichment, review, ticket] {
            let line = written(pieces, None, (":", ","));
            let general = read_generally(&line);
            prop_assert_eq!(read(None, &line, Reading::default()), general, "{}", line);
        }
    }

    #[test]
    fn both_ways_agree_on_lines_with_a_wrong_byte(
        at in any::<Index>(), byte in prop_oneof![any::<u8>(), select(b"\"\\{}:, 0e.-n\n\t".to_vec())],
        way in 0..4_u8, spaced in any::<bool>()
    ) {
        let spaced_line = FULL.replace("\":", "\": ").replace(",\"", ", \"");
        let mut bytes = if spaced { spaced_line } else { FULL.to_owned() }.into_bytes();
        let at = at.index(bytes.len());
        match way {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            2 => drop(bytes.remove(at)),
            _ => bytes.truncate(at),
        }
        if let Ok(line) = String::from_utf8(bytes) {
            agree(&ENRICHMENT, &line, Reading::default())?;
        }
    }

    /// The fast way must be the one that is taken, or it need not exist.
    #[test]
    fn what_our_writer_writes_is_read_without_the_general_decoder(pieces in pieces_of(&VALUES), spaced in any::<bool>()) {
        let spaces = if spaced { (": ", ", ") } else { (":", ",") };
        let Ok(record) = Record::from_line(&ENRICHMENT, &written(pieces, None, spaces), Reading::default()) else {
            return Ok(());
        };
        let line = record.to_line();
        let again = read(None, &line, Reading::default());
        let exceptional = ["\\", "\"00000000000000000", "9999-", "10000000000", "4294967295"]
            .iter()
            .any(|part| line.contains(part));
        let plain = again.as_ref().is_ok_and(is_plain);
        prop_assert!(exceptional || plain, "{}", line);
        if plain {
            prop_assert_eq!(again, Ok(record));
        }
    }
}

#[test]
fn reviews_and_tickets_of_our_writer_need_no_general_decoder() {
    for (values, kind) in [(&REVIEW_VALUES[..], &REVIEW), (&TICKET_VALUES[..], &TICKET)] {
        let usual = |(key, values): &(&str, &[&str])| ((*key).to_owned(), values[0].to_owned());
        let pieces: Vec<Piece> = values.iter().map(usual).collect();
        for spaces in [(":", ","), (": ", ", ")] {
            let line = written(pieces.clone(), None, spaces);
            let record = Record::from_line(kind, &line, Reading::default()).unwrap();
            let again = read(None, &line, Reading::default()).unwrap();
            assert!(is_plain(&again) && again == record, "{line}");
            let line = record.to_line();
            assert!(is_plain(
                &read(Some(kind), &line, Reading::default()).unwrap()
            ));
        }
    }
}

#[test]
fn a_full_line_is_borrowed_from_with_python_spaces_too() {
    let spaced = FULL.replace("\":", "\": ").replace(",\"", ", \"");
    for line in [FULL, spaced.as_str()] {
        let record = read(None, line, Reading::default()).unwrap();
        let Some(Entry::Enrichment(enrichment)) = Entry::of(&record) else {
            panic!("no enrichment: {line}");
        };
        assert!(matches!(
            enrichment.analyst,
            Cow::Borrowed("Mira (Security Analyst)")
        ));
        assert_eq!(enrichment.origin.amendment, 2);
        agree(&ENRICHMENT, line, Reading::default()).unwrap();
    }
}

#[test]
fn a_line_without_a_telling_file_name_tells_its_kind() {
    let review = r#"{"workflow_id":"security-analysis-review-v1","ticket_id":"OPS-771","reviewer":"Jonas","review_date":"2025-12-03T11:02:30Z","total_duration_seconds":10,"stage_durations":{"stage1":10},"overall_score":88,"quality_classification":"Good","critical_issues":0,"significant_gaps":1,"minor_improvements":4,"fact_verification_performed":false,"accuracy_score":null}"#;
    let ticket = r#"{"ticket_id":"OPS-771","priority":"P1","enrichment_date":"2025-12-03T09:41:07Z","closed_date":null}"#;
    let respaced = FULL.replace("\":", "\" :");
    for (line, kind) in [
        (FULL, &ENRICHMENT),
        (respaced.as_str(), &ENRICHMENT),
        (review, &REVIEW),
        (ticket, &TICKET),
    ] {
        let record = read(None, line, Reading::default()).unwrap();
        assert_eq!(record.kind(), kind);
        assert_eq!(
            read(Some(kind), line, Reading::default()),
            Ok(record.clone())
        );
        let general = Record::from_line(kind, line, Reading::default()).unwrap();
        assert_eq!(record.key(), general.key());
        assert_eq!(record, general);
        let entry = Entry::of(&record).unwrap();
        assert_eq!(entry.completed_at(), record.completed_at());
    }
    let reasons = |line| read(None, line, Reading::default()).unwrap_err().reasons();
    assert_eq!(
        reasons(r#"{"rejected_at":"x"}"#),
        [
            "line: no record of a known kind: it has none of priority_assigned, review_date, closed_date"
        ]
    );
    assert_eq!(reasons("[]"), ["line: not a JSON object"]);
}
