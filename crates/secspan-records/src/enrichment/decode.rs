//! A line of JSON as an enrichment record: lenient in how values are spelt, exact in what they mean.
//!
//! Accepted beyond what is written: EPSS in percent, KEV as Listed or Yes, durations with fractions, times with an
//! offset or none, unknown keys, absent extras. All problems of a line are reported together.

use secspan_otlp::view::{SpanId, TraceId};
use serde_json::{Map, Value};

use super::{Draft, Durations, EnrichmentRecord, Findings, Origin, PerplexityUse};
use crate::definition::RecordKind;
use crate::invalid::Invalid;
use crate::record::{Identity, Reading};
use crate::score::{CveId, CvssScore, EpssScore, Text, ValueError, known_exploited};
use crate::stage_time::{apportion, round_to_seconds};
use crate::terms::{Outcome, PerplexityKind, Priority};
use crate::timestamp::{NANOS_PER_SECOND, Timestamp};

/// The longest duration that is read, in seconds: a thousand years.
const SECONDS_MAX: f64 = 31_557_600_000.0;

pub(super) fn record(line: &str, reading: Reading) -> Result<EnrichmentRecord, Invalid> {
    let mut invalid = Invalid::default();
    let object = match serde_json::from_str::<Value>(line) {
        Ok(Value::Object(object)) => object,
        Ok(_) => {
            invalid.rejected("line", "not a JSON object");
            return Err(invalid);
        }
        Err(error) => {
            invalid.rejected("line", format_args!("not JSON: {error}"));
            return Err(invalid);
        }
    };
    let mut fields = Fields {
        object: &object,
        invalid: &mut invalid,
    };
    let draft = Draft {
        workflow: fields.text("workflow_id", Text::new),
        ticket: fields.text("ticket_id", Text::new),
        analyst: fields.text("analyst", Text::new),
        completed_at: fields.text("enrichment_date", Timestamp::parse),
        durations: durations(&mut fields, reading),
        priority: fields.text("priority_assigned", Priority::parse),
        findings: findings(&mut fields, reading),
        perplexity: perplexity(&mut fields),
        origin: origin(&mut fields),
    };
    if reading.strict {
        for field in STATED_ALWAYS {
            if !object.contains_key(field) {
                invalid.missing(
                    field,
                    "the key is required, with null where there is no value",
                );
            }
        }
    }
    draft.finish(invalid, |_| "the key is required".to_owned())
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

/// The object being read, and what is wrong with it.
struct Fields<'a> {
    object: &'a Map<String, Value>,
    invalid: &'a mut Invalid,
}

impl<'a> Fields<'a> {
    /// The value under a key, unless it is null.
    fn value(&self, key: &str) -> Option<&'a Value> {
        self.object.get(key).filter(|value| !value.is_null())
    }

    fn text<T, E: std::fmt::Display>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.value(key)? {
            Value::String(text) => self.invalid.keep(key, read(text)),
            other => self.wrong(key, other, "a text"),
        }
    }

    fn number(&mut self, key: &'static str) -> Option<f64> {
        match self.value(key)? {
            Value::Number(number) => number.as_f64(),
            other => self.wrong(key, other, "a number"),
        }
    }

    fn count(&mut self, key: &'static str) -> Option<u64> {
        let value = self.value(key)?;
        match seconds(value) {
            Some(Seconds::Whole(count)) => Some(count),
            _ => self.wrong(key, value, "a whole number, 0 or more"),
        }
    }

    fn wrong<T>(&mut self, key: &'static str, given: &Value, allowed: &'static str) -> Option<T> {
        self.invalid.rejected(key, ValueError::form(given, allowed));
        None
    }
}

/// A duration as files state it.
enum Seconds {
    Whole(u64),
    Nanos(u64),
}

fn seconds(value: &Value) -> Option<Seconds> {
    if let Some(whole) = value.as_u64() {
        return ((whole as f64) <= SECONDS_MAX).then_some(Seconds::Whole(whole));
    }
    let fraction = value
        .as_f64()
        .filter(|seconds| (0.0..=SECONDS_MAX).contains(seconds))?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "range checked"
    )]
    Some(if fraction.fract() == 0.0 {
        Seconds::Whole(fraction as u64)
    } else {
        // Thirty years of nanoseconds and more saturate; nothing that long is measured in fractions.
        Seconds::Nanos((fraction * 1e9).round() as u64)
    })
}

fn durations(fields: &mut Fields<'_>, reading: Reading) -> Option<Durations> {
    const TOTAL: &str = "total_duration_seconds";
    let total = fields.value(TOTAL);
    let total_seconds = match total.map(seconds) {
        Some(Some(Seconds::Whole(whole))) => Some(whole),
        Some(Some(Seconds::Nanos(nanos))) => Some(round_to_seconds(nanos)),
        Some(None) => fields.wrong(TOTAL, total?, "a number of seconds, 0 or more"),
        None => None,
    };
    let legacy = keyed(
        fields,
        "stage_durations",
        RecordKind::Enrichment.legacy_keys(),
    );
    if legacy.is_none() && fields.value("stage_durations").is_none() {
        fields.invalid.missing(
            "stage_durations",
            "an object with the six stage keys is required",
        );
    }
    let names: Vec<&'static str> = RecordKind::Enrichment
        .stages()
        .iter()
        .map(|stage| stage.name)
        .collect();
    let detail = fields
        .value("stage_durations_detail")
        .is_some()
        .then(|| keyed(fields, "stage_durations_detail", &names))
        .flatten();
    let (total, legacy) = (total_seconds?, legacy?);
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

/// The nanoseconds under each of `keys` in the object under `key`; an absent one is 0.
fn keyed(fields: &mut Fields<'_>, key: &'static str, keys: &[&str]) -> Option<Vec<u64>> {
    let object = match fields.value(key)? {
        Value::Object(object) => object,
        other => return fields.wrong(key, other, "an object of seconds by stage"),
    };
    let mut values = Vec::with_capacity(keys.len());
    for stage in keys {
        values.push(match object.get(*stage).map(seconds) {
            None => 0,
            Some(Some(Seconds::Whole(whole))) => whole.saturating_mul(NANOS_PER_SECOND),
            Some(Some(Seconds::Nanos(nanos))) => nanos,
            Some(None) => {
                let allowed = "a number of seconds, 0 or more";
                fields
                    .invalid
                    .rejected(key, format_args!("{stage} is not {allowed}"));
                return None;
            }
        });
    }
    Some(values)
}

/// Whole values stay as they are; values with fractions are apportioned to the total, if they can add up to it.
fn whole_seconds<const N: usize>(total: u64, nanos: &[u64]) -> Option<[u64; N]> {
    let whole = nanos.iter().all(|nanos| nanos % NANOS_PER_SECOND == 0);
    let seconds = if whole {
        nanos.iter().map(|nanos| nanos / NANOS_PER_SECOND).collect()
    } else {
        let sum = round_to_seconds(
            nanos
                .iter()
                .fold(0, |sum, nanos| sum.saturating_add(*nanos)),
        );
        apportion(if total.abs_diff(sum) <= 1 { total } else { sum }, nanos)
    };
    seconds.try_into().ok()
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

fn origin(fields: &mut Fields<'_>) -> Origin {
    let trace = fields.text("trace_id", str::parse::<TraceId>);
    let span = fields.text("span_id", str::parse::<SpanId>);
    Origin {
        identity: trace
            .zip(span)
            .map(|(trace, span)| Identity { trace, span }),
        outcome: fields.text("outcome", Outcome::parse).unwrap_or_default(),
        elapsed_seconds: fields.count("elapsed_seconds"),
        amendment: fields
            .count("amendment")
            .map_or(0, |number| u32::try_from(number).unwrap_or(u32::MAX)),
    }
}
