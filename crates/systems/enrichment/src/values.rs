//! The values of the domain: which words, forms and ranges its fields allow.

use secspan_records::facts::FactValue;
use secspan_records::kind::{Flag, Form, Number, UpTo, Words};

use crate::terms::PerplexityKind;

/// How urgent a ticket is, P1 first.
pub static PRIORITY: Words = Words {
    words: &["P1", "P2", "P3", "P4", "P5"],
    allowed: "one of P1, P2, P3, P4, P5",
    other: None,
};

/// What a Perplexity call was for, shallow to deep.
pub static PERPLEXITY: Words = Words {
    words: &["search", "reason", "deep_research"],
    allowed: "one of search, reason, deep_research",
    other: Some(|tool| PerplexityKind::from_tool(tool).map(PerplexityKind::index)),
};

/// What kind of investigation was reviewed.
pub static INVESTIGATION: Words = Words {
    words: &["cve", "event"],
    allowed: "one of cve, event",
    other: None,
};

/// The four classes of quality, best first.
pub static CLASSIFICATION: Words = Words {
    words: &["Excellent", "Good", "Needs Improvement", "Inadequate"],
    allowed: "one of Excellent, Good, Needs Improvement, Inadequate",
    other: None,
};

/// A CVE identifier such as `CVE-2025-40112`.
pub static CVE: Form = Form {
    allowed: "a CVE identifier such as CVE-2025-40112",
    read: |text| {
        let upper = text.trim().to_ascii_uppercase();
        is_cve_id(&upper).then_some(upper)
    },
    is_plain: is_cve_id,
};

/// A CVSS base score.
pub static CVSS: Number = Number {
    max: 10.0,
    allowed: "a CVSS base score from 0 to 10",
    allowed_percent: None,
    whole: false,
};

/// An EPSS score.
pub static EPSS: Number = Number {
    max: 1.0,
    allowed: "an EPSS probability from 0 to 1",
    allowed_percent: Some("an EPSS probability from 0 to 1, or a percentage up to 100"),
    whole: false,
};

/// The score of a review.
pub static REVIEW_SCORE: Number = Number {
    max: 100.0,
    allowed: "a score from 0 to 100",
    allowed_percent: None,
    whole: true,
};

/// How many of the verified facts were right, in percent.
pub static ACCURACY: UpTo = UpTo {
    max: 100,
    allowed: "an accuracy from 0 to 100",
};

/// Whether a vulnerability is in the catalogue of known exploited ones, as sources spell it.
pub static KNOWN_EXPLOITED: Flag = Flag {
    written: None,
    read: [&["not listed", "no", "false"], &["listed", "yes", "true"]],
    in_attributes: true,
    allowed: "true, false, Listed, Not Listed, Yes or No",
    allowed_values: "true, false or null",
};

/// Whether a review is required.
pub static REQUIRED: Flag = Flag {
    written: Some(["not_required", "required"]),
    read: [
        &["not_sampled", "skipped", "skip", "no", "false", "0"],
        &["mandatory", "sampled", "review", "yes", "true", "1"],
    ],
    in_attributes: false,
    allowed: "one of required, not_required",
    allowed_values: "one of required, not_required",
};

/// Whether a ticket was drawn.
pub static SAMPLED: Flag = Flag {
    written: None,
    read: [&["false", "no", "0"], &["true", "yes", "1"]],
    in_attributes: false,
    allowed: "one of true, false, yes, no, 1, 0",
    allowed_values: "true or false",
};

/// Whether an identifier is meant as a CVE: then it must be one. What is no text at all is not let through as another.
pub fn is_cve(value: &FactValue) -> bool {
    match value {
        FactValue::Text(text) => begins_like_one(text),
        FactValue::Int(_) => false,
        _ => true,
    }
}

/// Whether an identifier is of another sort. Event tickets have no vulnerability, and some vulnerabilities have no CVE.
pub fn is_no_cve(value: &FactValue) -> bool {
    !is_cve(value)
}

fn begins_like_one(text: &str) -> bool {
    let start = text.trim().get(..3);
    start.is_some_and(|start| start.eq_ignore_ascii_case("cve"))
}

/// `CVE-`, a year of four digits, `-`, four to nineteen digits.
fn is_cve_id(text: &str) -> bool {
    let Some((b"CVE-", rest)) = text.as_bytes().split_first_chunk() else {
        return false;
    };
    let Some(([y0, y1, y2, y3, b'-'], number)) = rest.split_first_chunk() else {
        return false;
    };
    let year = [y0, y1, y2, y3].into_iter().all(u8::is_ascii_digit);
    year && (4..=19).contains(&number.len()) && number.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cve_identifiers_follow_their_form() {
        assert_eq!(
            (CVE.read)("cve-2025-40112").as_deref(),
            Some("CVE-2025-40112")
        );
        for text in [
            "CVE-25-1",
            "CVE-2025-123",
            "CVE-2025-12a4",
            "GHSA-xxxx",
            "",
            "CVE-2025",
        ] {
            assert_eq!((CVE.read)(text), None, "{text}");
        }
    }

    #[test]
    fn known_exploited_is_read_in_every_spelling() {
        for (text, expected) in [
            ("Listed", Some(true)),
            ("Not Listed", Some(false)),
            ("YES", Some(true)),
            ("no", Some(false)),
            ("true", Some(true)),
            ("maybe", None),
        ] {
            assert_eq!(KNOWN_EXPLOITED.parse(text, false), expected, "{text}");
        }
    }

    #[test]
    fn strictly_a_decision_has_its_two_words() {
        for (word, lenient, strict) in [
            ("required", Some(true), Some(true)),
            ("Not required", Some(false), Some(false)),
            ("mandatory", Some(true), None),
            ("skip", Some(false), None),
            ("perhaps", None, None),
        ] {
            assert_eq!(REQUIRED.parse(word, false), lenient, "{word}");
            assert_eq!(REQUIRED.parse(word, true), strict, "{word}");
        }
    }
}
