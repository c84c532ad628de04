//! An enrichment line in our writer's shape.

use std::borrow::Cow;

use super::{origin, priority};
use crate::definition::{ENRICHMENT_LEGACY_COUNT, ENRICHMENT_STAGE_COUNT};
use crate::entry::EnrichmentView;
use crate::entry::scan::Scan;
use crate::score::{CvssScore, EpssScore, EpssUnit};
use crate::terms::{Outcome, PerplexityKind};
use crate::timestamp::Timestamp;

/// The start of a line with Python's spaces.
const SPACED_START: &str = "{\"workflow_id\": ";

/// The record of a line in the expected shape.
pub(in crate::entry) fn read(line: &str, unit: EpssUnit) -> Option<EnrichmentView<'_>> {
    if line.starts_with(SPACED_START) {
        record::<true>(Scan::new(line), unit)
    } else {
        record::<false>(Scan::new(line), unit)
    }
}

fn record<const SPACED: bool>(mut scan: Scan<'_>, unit: EpssUnit) -> Option<EnrichmentView<'_>> {
    scan.literal(key!(first "workflow_id"))?;
    let workflow = scan.name()?;
    scan.literal(key!("ticket_id"))?;
    let ticket = scan.name()?;
    scan.literal(key!("cve_id"))?;
    let cve = scan.or_null(|scan| scan.text().filter(|text| is_cve(text)))?;
    scan.literal(key!("analyst"))?;
    let analyst = scan.name()?;
    scan.literal(key!("enrichment_date"))?;
    let completed_at = Timestamp::plain(scan.text()?)?;
    scan.literal(key!("total_duration_seconds"))?;
    let total_seconds = scan.whole()?;
    scan.literal(key!("stage_durations"))?;
    let legacy_seconds = legacy::<SPACED>(&mut scan)?;
    scan.literal(key!("perplexity_tool"))?;
    let deepest = scan.or_null(|scan| kind(scan.text()?))?;
    scan.literal(key!("perplexity_queries"))?;
    let queries = scan.whole()?;
    scan.literal(key!("priority_assigned"))?;
    let priority = priority(scan.text()?)?;
    scan.literal(key!("cvss_score"))?;
    let cvss = scan.or_null(|scan| CvssScore::new(scan.number()?).ok())?;
    scan.literal(key!("epss_score"))?;
    let epss = scan.or_null(|scan| EpssScore::read(scan.number()?, unit).ok())?;
    scan.literal(key!("kev_status"))?;
    let known_exploited = scan.or_null(Scan::flag)?;
    let view = EnrichmentView {
        workflow: Cow::Borrowed(workflow),
        ticket: Cow::Borrowed(ticket),
        cve: cve.map(Cow::Borrowed),
        analyst: Cow::Borrowed(analyst),
        completed_at,
        total_seconds,
        legacy_seconds,
        detail_seconds: None,
        elapsed_seconds: None,
        priority,
        cvss: cvss.map(CvssScore::get),
        epss: epss.map(EpssScore::get),
        known_exploited,
        queries,
        deepest,
        queries_by_kind: None,
        sources_cited: None,
        techniques_mapped: None,
        outcome: Outcome::Success,
        identity: None,
        amendment: 0,
    };
    extras::<SPACED>(scan, view)
}

/// What may follow the required keys, each in its place or absent.
fn extras<'a, const SPACED: bool>(
    mut scan: Scan<'a>,
    mut view: EnrichmentView<'a>,
) -> Option<EnrichmentView<'a>> {
    view.sources_cited = optional!(scan, "sources_cited", scan.whole());
    view.techniques_mapped = optional!(scan, "mitre_techniques_mapped", scan.whole());
    // Any text is allowed: the version is for readers that are stricter than this one.
    let _version = optional!(scan, "schema_version", scan.text());
    view.queries_by_kind = optional!(
        scan,
        "perplexity_tool_counts",
        counts!(scan, "search", "reason", "deep_research")
    );
    view.detail_seconds = optional!(scan, "stage_durations_detail", detail::<SPACED>(&mut scan));
    let origin = origin::<SPACED>(&mut scan)?;
    view.elapsed_seconds = origin.elapsed_seconds;
    view.identity = origin.identity;
    view.outcome = origin.outcome;
    view.amendment = origin.amendment;
    let _other = optional!(scan, "vulnerability_id", scan.name());
    scan.literal("}")?;
    scan.is_at_end().then_some(view)
}

fn legacy<const SPACED: bool>(scan: &mut Scan<'_>) -> Option<[u64; ENRICHMENT_LEGACY_COUNT]> {
    counts!(
        scan,
        "stage1_fetch_ticket",
        "stage2_research_cve",
        "stage3_priority_assessment",
        "stage4_context_analysis",
        "stage5_remediation_guidance",
        "stage6_update_jira"
    )
}

fn detail<const SPACED: bool>(scan: &mut Scan<'_>) -> Option<[u64; ENRICHMENT_STAGE_COUNT]> {
    counts!(
        scan,
        "triage",
        "cve_research",
        "attack_mapping",
        "priority_assessment",
        "business_context",
        "remediation_planning",
        "documentation",
        "jira_update"
    )
}

fn kind(text: &str) -> Option<PerplexityKind> {
    let mut kinds = PerplexityKind::ALL.into_iter();
    kinds.find(|kind| kind.as_str() == text)
}

/// Whether the text is an identifier that the general decoder would leave as it is.
fn is_cve(text: &str) -> bool {
    let Some((b"CVE-", rest)) = text.as_bytes().split_first_chunk() else {
        return false;
    };
    let Some(([y0, y1, y2, y3, b'-'], number)) = rest.split_first_chunk() else {
        return false;
    };
    let year = [y0, y1, y2, y3].into_iter().all(u8::is_ascii_digit);
    year && (4..=19).contains(&number.len()) && number.iter().all(u8::is_ascii_digit)
}
