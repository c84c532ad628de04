//! A review line in our writer's shape.

use super::origin;
use crate::entry::scan::Scan;
use crate::review::{
    Accuracy, Classification, Investigation, ReviewDurations, ReviewRecord, ReviewResult,
    ReviewScore,
};
use crate::score::Text;
use crate::timestamp::Timestamp;

/// The start of a line with Python's spaces.
const SPACED_START: &str = "{\"workflow_id\": ";

/// The record of a line in the expected shape.
pub(in crate::entry) fn read(line: &str) -> Option<ReviewRecord> {
    if line.starts_with(SPACED_START) {
        record::<true>(Scan::new(line))
    } else {
        record::<false>(Scan::new(line))
    }
}

fn record<const SPACED: bool>(mut scan: Scan<'_>) -> Option<ReviewRecord> {
    scan.literal(key!(first "workflow_id"))?;
    let workflow = name(&mut scan)?;
    let investigation = optional!(scan, "investigation_type", investigation(scan.text()?));
    scan.literal(key!("ticket_id"))?;
    let ticket = name(&mut scan)?;
    scan.literal(key!("reviewer"))?;
    let reviewer = name(&mut scan)?;
    scan.literal(key!("review_date"))?;
    let completed_at = Timestamp::plain(scan.text()?)?;
    scan.literal(key!("total_duration_seconds"))?;
    let total = scan.whole()?;
    scan.literal(key!("stage_durations"))?;
    let stages = counts!(
        scan, "stage1", "stage2", "stage3", "stage4", "stage5", "stage6", "stage7"
    )?;
    let result = result::<SPACED>(&mut scan)?;
    let reviewed_analyst = optional!(scan, "reviewed_analyst", name(&mut scan));
    // Any text is allowed: the version is for readers that are stricter than this one.
    let _version = optional!(scan, "schema_version", scan.text());
    let origin = origin::<SPACED>(&mut scan)?;
    scan.literal("}")?;
    scan.is_at_end().then(|| ReviewRecord {
        workflow,
        investigation: investigation.unwrap_or_default(),
        ticket,
        reviewer,
        completed_at,
        durations: ReviewDurations::stated_loosely(total, stages),
        result,
        reviewed_analyst,
        origin,
    })
}

fn result<const SPACED: bool>(scan: &mut Scan<'_>) -> Option<ReviewResult> {
    scan.literal(key!("overall_score"))?;
    let score = ReviewScore::new(scan.number()?).ok()?;
    scan.literal(key!("quality_classification"))?;
    let classification = classification(scan.text()?)?;
    scan.literal(key!("critical_issues"))?;
    let critical_issues = scan.whole()?;
    scan.literal(key!("significant_gaps"))?;
    let significant_gaps = scan.whole()?;
    scan.literal(key!("minor_improvements"))?;
    let minor_improvements = scan.whole()?;
    scan.literal(key!("fact_verification_performed"))?;
    let fact_verification = scan.flag()?;
    scan.literal(key!("accuracy_score"))?;
    let accuracy = scan.or_null(|scan| Accuracy::new(scan.whole()?).ok())?;
    Some(ReviewResult {
        score,
        classification,
        critical_issues,
        significant_gaps,
        minor_improvements,
        fact_verification,
        accuracy,
    })
}

fn name(scan: &mut Scan<'_>) -> Option<Text> {
    Text::new(scan.text()?).ok()
}

fn investigation(text: &str) -> Option<Investigation> {
    let mut kinds = [Investigation::Cve, Investigation::Event].into_iter();
    kinds.find(|kind| kind.as_str() == text)
}

fn classification(text: &str) -> Option<Classification> {
    let mut classes = Classification::ALL.into_iter();
    classes.find(|class| class.as_str() == text)
}
