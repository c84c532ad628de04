//! Facts of an enrichment: typed, in the right unit, and without a field to declare.
//!
//! ```
//! use secspan::enrichment::{self, Priority};
//!
//! # fn main() {
//! enrichment::ticket("OPS-1");
//! enrichment::analyst("Robin");
//! enrichment::vulnerability("CVE-2099-0001");
//! enrichment::priority(Priority::P2);
//! enrichment::cvss(7.5);
//! enrichment::epss(0.002);
//! enrichment::known_exploited(false);
//! enrichment::sources(5);
//! enrichment::techniques(["T1190", "T1059"]);
//! # }
//! ```
//!
//! Each call sets an attribute of the span that is current, a workflow or any of its stages. The
//! record takes the workflow span's value, otherwise that of the span which ended last.
//! Outside any span a call does nothing.

use opentelemetry::{Array, StringValue, Value};
use secspan_semconv::{attribute as key, span, value};

use crate::fact::set;

/// Value of `secops.workflow.name` that makes a span an enrichment workflow.
pub const WORKFLOW: &str = span::workflow::SECURITY_ALERT_ENRICHMENT_V1;

/// Urgency of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Most urgent.
    P1,
    /// Second of five.
    P2,
    /// Third of five.
    P3,
    /// Fourth of five.
    P4,
    /// Least urgent.
    P5,
}

impl Priority {
    /// The attribute's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::P1 => value::priority::P1,
            Self::P2 => value::priority::P2,
            Self::P3 => value::priority::P3,
            Self::P4 => value::priority::P4,
            Self::P5 => value::priority::P5,
        }
    }
}

/// The ticket that is enriched; required for a record.
pub fn ticket(id: impl Into<String>) {
    set(key::SECOPS_TICKET_ID, id.into());
}

/// Who answers for the enrichment; required for a record.
pub fn analyst(name: impl Into<String>) {
    set(key::SECOPS_ANALYST_NAME, name.into());
}

/// The vulnerability, `CVE-…`; leave it out for an event ticket.
pub fn vulnerability(id: impl Into<String>) {
    set(key::SECOPS_VULNERABILITY_ID, id.into());
}

/// The priority assigned; required for a record.
pub fn priority(priority: Priority) {
    set(key::SECOPS_PRIORITY, priority.as_str());
}

/// CVSS base score, 0 to 10.
pub fn cvss(score: f64) {
    set(key::SECOPS_VULNERABILITY_SCORE_BASE, score);
}

/// EPSS probability, 0 to 1 (not percent).
pub fn epss(probability: f64) {
    set(key::SECOPS_VULNERABILITY_EPSS_SCORE, probability);
}

/// Whether the vulnerability is in the catalogue of known exploited ones.
pub fn known_exploited(listed: bool) {
    set(key::SECOPS_VULNERABILITY_KNOWN_EXPLOITED, listed);
}

/// Number of sources cited. Without it, the citations of the Perplexity calls are added up.
pub fn sources(count: usize) {
    set(key::SECOPS_ENRICHMENT_SOURCE_COUNT, crate::call::int(count));
}

/// MITRE ATT&CK techniques mapped, such as `T1190`; their number goes into the record.
pub fn techniques<T: Into<String>>(ids: impl IntoIterator<Item = T>) {
    let ids: Vec<StringValue> = ids
        .into_iter()
        .map(|id| StringValue::from(id.into()))
        .collect();
    let count = crate::call::int(ids.len());
    set(
        key::SECOPS_ENRICHMENT_TECHNIQUES,
        Value::Array(Array::String(ids)),
    );
    set(key::SECOPS_ENRICHMENT_TECHNIQUE_COUNT, count);
}
