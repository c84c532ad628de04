//! The line of the contract to the byte, the four classes, and what is refused.

use insta::assert_snapshot;
use proptest::prelude::*;
use secspan_otlp::view::{SpanId, TraceId};
use secspan_records::origin::{Identity, Reading};
use secspan_records::record::FieldValue;
use secspan_records::value::ShareUnit;

use super::*;
use crate::values;
use crate::weights::{Dimension, DimensionScores};

/// The example of the contract.
const EXAMPLE: &str = r#"{"workflow_id":"security-analysis-review-v1","investigation_type":"cve","ticket_id":"OPS-771","reviewer":"Jonas","review_date":"2025-12-03T11:02:30Z","total_duration_seconds":1010,"stage_durations":{"stage1":130,"stage2":390,"stage3":170,"stage4":110,"stage5":0,"stage6":150,"stage7":60},"overall_score":88,"quality_classification":"Good","critical_issues":0,"significant_gaps":1,"minor_improvements":4,"fact_verification_performed":false,"accuracy_score":null,"reviewed_analyst":"Mira"}"#;

const STRICT: Reading = Reading {
    share_unit: ShareUnit::Guess,
    strict: true,
};

fn record_of(line: &str, reading: Reading) -> Result<Record<'static>, Invalid> {
    Record::from_line(&REVIEW, line, reading)
}

#[test]
fn the_example_is_written_as_it_was_read() {
    let record = record_of(EXAMPLE, STRICT).unwrap();
    assert_eq!(
        record.to_line().replace(r#","schema_version":"1""#, ""),
        EXAMPLE
    );
}

#[test]
fn the_classes_meet_without_a_gap() {
    for (score, class) in [
        (100.0, Classification::Excellent),
        (90.0, Classification::Excellent),
        (89.99, Classification::Good),
        (75.0, Classification::Good),
        (74.5, Classification::NeedsImprovement),
        (60.0, Classification::NeedsImprovement),
        (59.999, Classification::Inadequate),
        (0.0, Classification::Inadequate),
    ] {
        assert_eq!(
            ReviewScore::new(score).unwrap().classification(),
            class,
            "{score}"
        );
    }
    for class in Classification::ALL {
        let spelt = class.as_str().to_uppercase().replace(' ', "_");
        let read = values::CLASSIFICATION.parse(&spelt);
        assert_eq!(read.and_then(Classification::of_index), Some(class));
    }
}

#[test]
fn every_problem_is_reported_at_once() {
    let line = r#"{"investigation_type":"mail","ticket_id":"T-1","reviewer":"","review_date":"x",
        "total_duration_seconds":10,"stage_durations":{"stage1":9},"overall_score":null,
        "quality_classification":"Fine","critical_issues":-1,"significant_gaps":1.5,
        "fact_verification_performed":"no","accuracy_score":101}"#;
    let problems = record_of(line, STRICT).unwrap_err().reasons();
    assert_snapshot!(problems.join("\n"), @r#"
    investigation_type: "mail" is not one of cve, event
    reviewer: "" is not a name; it is blank
    review_date: "x" is not a time; write UTC as 2025-12-03T09:41:07Z
    stage_durations: the stages add up to 9, total_duration_seconds is 10
    quality_classification: "Fine" is not one of Excellent, Good, Needs Improvement, Inadequate
    critical_issues: -1 is not a whole number, 0 or more
    significant_gaps: 1.5 is not a whole number, 0 or more
    fact_verification_performed: "no" is not true or false
    accuracy_score: 101 is not an accuracy from 0 to 100
    workflow_id: missing; the key is required
    overall_score: missing; null is no value for it
    minor_improvements: missing; the key is required
    "#);
}

/// The example with `from` replaced by `to`, and what is said of it; strictly, as before anything is written.
const REFUSED: [(&str, &str, &str); 18] = [
    (
        r#""review_date":"2025-12-03T11:02:30Z","#,
        "",
        "review_date: missing; the key is required",
    ),
    (
        r#""total_duration_seconds":1010,"#,
        "",
        "total_duration_seconds: missing; the key is required",
    ),
    (
        r#""overall_score":88,"#,
        "",
        "overall_score: missing; the key is required",
    ),
    (
        r#""overall_score":88"#,
        r#""overall_score":null"#,
        "overall_score: missing; null is no value for it",
    ),
    (
        r#""overall_score":88"#,
        r#""overall_score":"88""#,
        r#"overall_score: "88" is not a number"#,
    ),
    (
        r#""overall_score":88"#,
        r#""overall_score":100.5"#,
        "overall_score: 100.5 is out of range; allowed is a score from 0 to 100",
    ),
    (
        r#""quality_classification":"Good","#,
        "",
        "quality_classification: missing; the key is required, with null where there is no value",
    ),
    (
        r#""Good""#,
        r#""Great""#,
        r#"quality_classification: "Great" is not one of Excellent, Good, Needs Improvement, Inadequate"#,
    ),
    (
        r#""critical_issues":0,"#,
        "",
        "critical_issues: missing; the key is required",
    ),
    (
        r#""significant_gaps":1,"#,
        "",
        "significant_gaps: missing; the key is required",
    ),
    (
        r#""minor_improvements":4,"#,
        "",
        "minor_improvements: missing; the key is required",
    ),
    (
        r#""fact_verification_performed":false,"#,
        "",
        "fact_verification_performed: missing; the key is required",
    ),
    (
        r#""ticket_id":"OPS-771","#,
        "",
        "ticket_id: missing; the key is required",
    ),
    (
        r#""reviewer":"Jonas""#,
        r#""reviewer":null"#,
        "reviewer: missing; null is no value for it",
    ),
    (
        r#","reviewed_analyst":"Mira"}"#,
        "",
        "line: ends in the middle of its JSON",
    ),
    (
        r#"{"workflow_id""#,
        "\u{feff}{\"workflow_id\"",
        "line: begins with a byte order mark; write UTF-8 without one",
    ),
    (
        r#""overall_score":88"#,
        r#""overall_score":NaN"#,
        "line: not JSON: expected value at line 1 column 305",
    ),
    (EXAMPLE, " ", "line: blank; every line holds one record"),
];

#[test]
fn what_would_break_a_script_is_refused_with_its_reason() {
    for (from, to, reason) in REFUSED {
        let line = EXAMPLE.replacen(from, to, 1);
        assert_ne!(line, EXAMPLE, "{from} is not in the example");
        let error = record_of(&line, STRICT).unwrap_err();
        assert_eq!(error.to_string(), reason, "{line}");
    }
}

#[test]
fn the_overall_score_is_the_weighted_mean() {
    let weights = Dimension::ALL.map(|dimension| u32::from(dimension.weight_percent()));
    assert_eq!(weights.iter().sum::<u32>(), 100);
    let score = |value: f64| ReviewScore::new(value).unwrap();
    let all = |value: f64| DimensionScores {
        technical_accuracy: score(value),
        completeness: score(value),
        actionability: score(value),
        contextualization: score(value),
        documentation: score(value),
        attack_mapping: score(value),
        bias: score(value),
        citation: score(value),
    };
    for value in [0.0, 0.1, 59.9, 60.0, 74.99, 75.0, 89.9999, 90.0, 100.0] {
        assert_eq!(ReviewScore::weighted(&all(value)), score(value), "{value}");
    }
    let mixed = DimensionScores {
        technical_accuracy: score(95.0),
        completeness: score(90.0),
        actionability: score(100.0),
        bias: score(75.0),
        ..all(90.0)
    };
    // 25 * 95 + 20 * 90 + 15 * 100 + 15 * 90 + 10 * 90 + 5 * 90 + 5 * 75 + 5 * 90, in hundredths.
    assert_eq!(ReviewScore::weighted(&mixed), score(92.0));
    assert_eq!(
        ReviewScore::weighted(&mixed).classification(),
        Classification::Excellent
    );
    let accuracy = DimensionScores {
        technical_accuracy: score(100.0),
        ..all(0.0)
    };
    assert_eq!(ReviewScore::weighted(&accuracy), score(25.0));
}

#[test]
fn a_class_that_contradicts_its_score_is_rejected() {
    let line = EXAMPLE.replace(r#""Good""#, r#""Excellent""#);
    assert!(
        record_of(&line, Reading::default()).is_ok(),
        "a legacy file may"
    );
    let error = record_of(&line, STRICT).unwrap_err().to_string();
    assert_snapshot!(error, @r#"quality_classification: "Excellent" contradicts the score of 88, which is "Good""#);
}

#[test]
fn fields_are_found_by_their_names_in_the_line() {
    let line = EXAMPLE.replace(r#""accuracy_score":null"#, r#""accuracy_score":97"#);
    let record = record_of(&line, STRICT).unwrap();
    let object: serde_json::Value = serde_json::from_str(&line).unwrap();
    for (name, value) in object.as_object().unwrap() {
        match record.field(name) {
            Some(FieldValue::Text(text)) => assert_eq!(value, text, "{name}"),
            Some(FieldValue::Int(number)) => assert_eq!(value, number, "{name}"),
            Some(FieldValue::Float(number)) => assert_eq!(value.as_f64(), Some(number), "{name}"),
            Some(FieldValue::Bool(yes)) => assert_eq!(value, yes, "{name}"),
            None => assert!(
                matches!(&**name, "workflow_id" | "review_date") || value.is_object(),
                "{name} has no field"
            ),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        nanos in proptest::array::uniform7(proptest::option::of(0_u64..3_000_000_000_000)),
        score in 0_u32..=10_000,
        counts in proptest::array::uniform3(any::<u16>()),
        accuracy in proptest::option::of(0_u8..=100),
        event in any::<bool>(),
        identity in any::<Option<[u8; 8]>>(),
        analyst in proptest::option::of("\\PC{0,9}z"),
    ) {
        let score = ReviewScore::new(f64::from(score) / 100.0).unwrap();
        let durations = Review::durations(nanos);
        let review = Review {
            workflow: "w".into(),
            investigation: if event { Investigation::Event } else { Investigation::Cve },
            ticket: "OPS-1".into(),
            reviewer: "Riley, \"R\"".into(),
            completed_at: Timestamp::from_unix_seconds(1_764_759_750),
            total_seconds: durations.total,
            stage_seconds: durations.keys.as_slice().try_into().unwrap(),
            score,
            classification: score.classification(),
            critical_issues: counts[0].into(),
            significant_gaps: counts[1].into(),
            minor_improvements: counts[2].into(),
            fact_verification: nanos[4].is_some(),
            accuracy,
            reviewed_analyst: analyst.map(Cow::Owned),
            origin: Origin {
                identity: identity.map(|id| Identity { trace: TraceId([7; 16]), span: SpanId(id) }),
                ..Origin::default()
            },
        };
        prop_assert_eq!(review.stage_seconds.iter().sum::<u64>(), review.total_seconds);
        let record = review.clone().into_record(&durations);
        let read = record_of(&record.to_line(), STRICT).unwrap();
        prop_assert_eq!(read.to_line(), record.to_line());
        prop_assert_eq!(Review::of(&read), Some(review));
    }
}
