//! What kind of record a line is that stands in a file without a telling name.

use serde_json::{Map, Value};

use crate::definition::RecordKind;
use crate::invalid::Invalid;
use crate::json;

/// For each kind, keys of which every record has at least one and no record of a kind above it has any.
const TELLING_KEYS: [(RecordKind, &[&str]); 3] = [
    (
        RecordKind::Review,
        &["review_date", "overall_score", "quality_classification"],
    ),
    (
        RecordKind::Enrichment,
        &[
            "priority_assigned",
            "stage_durations",
            "total_duration_seconds",
        ],
    ),
    (RecordKind::Ticket, &["closed_date", "enrichment_date"]),
];

/// The kind that the keys of a line tell.
///
/// # Errors
/// When the line is not an object, or has no telling key.
pub(super) fn of_line(line: &str) -> Result<RecordKind, Invalid> {
    let object = json::object(line)?;
    of_object(&object).ok_or_else(|| {
        let mut invalid = Invalid::default();
        let reason =
            "no record of a known kind: it has none of review_date, priority_assigned, closed_date";
        invalid.rejected("line", reason);
        invalid
    })
}

fn of_object(object: &Map<String, Value>) -> Option<RecordKind> {
    let mut kinds = TELLING_KEYS.into_iter();
    let (kind, _) = kinds.find(|(_, keys)| keys.iter().any(|key| object.contains_key(*key)))?;
    Some(kind)
}
