//! A line of JSON as an enrichment record: lenient in how values are spelt, exact in what they mean.
//!
//! Accepted beyond what is written: EPSS in percent, KEV as Listed or Yes, durations with fractions, times with an
//! offset or none, unknown keys, absent extras. All problems of a line are reported together.

use serde_json::Value;

use super::{Draft, Durations, EnrichmentRecord, Findings, PerplexityUse};
use crate::definition::RecordKind;
use crate::invalid::Invalid;
use crate::json::{self, Fields, whole_seconds};
use crate::record::Reading;
use crate::score::{CveId, CvssScore, EpssScore, Text, ValueError, known_exploited};
use crate::terms::{PerplexityKind, Priority};
use crate::timestamp::Timestamp;

pub(super) fn record(line: &str, reading: Reading) -> Result<EnrichmentRecord, Invalid> {
    let object = json::object(line)?;
    let mut invalid = Invalid::default();
    let mut fields = Fields::new(&object, &mut invalid);
    let draft = Draft {
        workflow: fields.text("workflow_id", Text::new),
        ticket: fields.text("ticket_id", Text::new),
        analyst: fields.text("analyst", Text::new),
        completed_at: fields.text("enrichment_date", Timestamp::parse),
        durations: durations(&mut fields, reading),
        priority: fields.text("priority_assigned", Priority::parse),
        findings: findings(&mut fields, reading),
        perplexity: perplexity(&mut fields),
        origin: fields.origin(),
    };
    if reading.strict {
        fields.require_keys(&STATED_ALWAYS);
    }
    draft.finish(invalid, |field| json::missing(&object, field))
}

/// Keys that must be in a line that is written, even where their value may be null.
const STATED_ALWAYS: [&str; 6] = [
    "cve_id",
    "perplexity_tool",
    "perplexity_queries",
    "cvss_score",
    "epss_score",
    "kev_status",
];

fn durations(fields: &mut Fields<'_>, reading: Reading) -> Option<Durations> {
    let total = fields.seconds("total_duration_seconds");
    let legacy = fields.stage_nanos("stage_durations", RecordKind::Enrichment.legacy_keys());
    if fields.value("stage_durations").is_none() {
        let hint = "an object with the six stage keys is required";
        fields.invalid.missing("stage_durations", hint);
    }
    let names: Vec<&'static str> = RecordKind::Enrichment
        .stages()
        .iter()
        .map(|stage| stage.name)
        .collect();
    let detail = fields.stage_nanos("stage_durations_detail", &names);
    let (total, legacy) = (total?, legacy?);
    let legacy = whole_seconds(total, &legacy)?;
    let detail = detail.and_then(|nanos| whole_seconds(total, &nanos));
    if reading.strict {
        fields
            .invalid
            .keep("stage_durations", Durations::stated(total, legacy, detail))
    } else {
        Some(Durations::stated_loosely(total, legacy, detail))
    }
}

fn findings(fields: &mut Fields<'_>, reading: Reading) -> Findings {
    let kev = match fields.value("kev_status") {
        Some(Value::Bool(known)) => Some(*known),
        Some(Value::String(_)) => fields.text("kev_status", known_exploited),
        Some(other) => fields.wrong("kev_status", other, "true, false or null"),
        None => None,
    };
    let cvss = fields.number("cvss_score");
    let epss = fields.number("epss_score");
    Findings {
        cve: fields.text("cve_id", CveId::new),
        other_vulnerability: fields.text("vulnerability_id", Text::new),
        cvss: cvss.and_then(|v| fields.invalid.keep("cvss_score", CvssScore::new(v))),
        epss: epss.and_then(|v| {
            fields
                .invalid
                .keep("epss_score", EpssScore::read(v, reading.epss_unit))
        }),
        known_exploited: kev,
        sources_cited: fields.count("sources_cited"),
        techniques_mapped: fields.count("mitre_techniques_mapped"),
    }
}

fn perplexity(fields: &mut Fields<'_>) -> PerplexityUse {
    let kind = |text: &str| {
        let allowed = "one of search, reason, deep_research";
        PerplexityKind::parse(text)
            .or_else(|| PerplexityKind::from_tool(text))
            .ok_or_else(|| ValueError::text_form(text, allowed))
    };
    let by_kind = match fields.value("perplexity_tool_counts") {
        Some(Value::Object(counts)) => Some(PerplexityKind::ALL.map(|kind| {
            counts
                .get(kind.as_str())
                .and_then(Value::as_u64)
                .unwrap_or(0)
        })),
        Some(other) => fields.wrong(
            "perplexity_tool_counts",
            other,
            "an object of counts by kind",
        ),
        None => None,
    };
    PerplexityUse {
        queries: fields.count("perplexity_queries").unwrap_or(0),
        deepest: fields.text("perplexity_tool", kind),
        by_kind,
    }
}
