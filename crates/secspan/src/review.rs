//! Facts of a review: typed, in the right unit, and without a field to declare; and the decision whether one is due.
//!
//! ```
//! use secspan::enrichment::Priority;
//! use secspan::review::{self, Decision, Investigation};
//!
//! #[tracing::instrument(skip_all, fields(secops.workflow.name = secspan::REVIEW))]
//! fn review(ticket: &str) {
//!     review::ticket(ticket);
//!     review::reviewer("Jonas");
//!     review::analyst("Mira");
//!     review::investigation(Investigation::Cve);
//!     evaluation();
//! }
//!
//! // A stage, because of its name.
//! #[tracing::instrument]
//! fn evaluation() {
//!     review::score(88.0);
//!     review::critical_issues(0);
//!     review::significant_gaps(1);
//!     review::minor_improvements(4);
//! }
//!
//! review::decided(&Decision {
//!     ticket: "OPS-771",
//!     priority: Priority::P1,
//!     required: true,
//!     reason: "Mandatory review for P1 priority",
//!     reviewer: Some("Jonas"),
//! });
//! review("OPS-771");
//! ```
//!
//! Each fact is an attribute of the span that is current, the workflow or any of its stages. The record takes the
//! workflow span's value, otherwise that of the span which ended last. Outside any span these calls do nothing.
//! The stages are `preparation`, `evaluation`, `gap_identification`, `bias_detection`, `fact_verification`,
//! `documentation` and `feedback_loop`.
//!
//! [`decided`] is different: it is a fact on its own, one event that becomes one record, and needs no workflow.

use opentelemetry::KeyValue;
use secspan_semconv::{attribute as key, event, span, value};

use crate::call::int;
use crate::enrichment::Priority;
use crate::fact;

/// Value of `secops.workflow.name` that makes a span a review workflow.
pub const WORKFLOW: &str = span::workflow::SECURITY_ANALYSIS_REVIEW_V1;

/// What the reviewed ticket is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Investigation {
    /// A vulnerability.
    Cve,
    /// A security event.
    Event,
}

impl Investigation {
    /// The attribute's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cve => value::review::investigation_type::CVE,
            Self::Event => value::review::investigation_type::EVENT,
        }
    }
}

/// The class that a score falls into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Classification {
    /// Below 60.
    Inadequate,
    /// 60 to below 75.
    NeedsImprovement,
    /// 75 to below 90.
    Good,
    /// 90 and more.
    Excellent,
}

impl Classification {
    /// The attribute's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inadequate => value::review::classification::INADEQUATE,
            Self::NeedsImprovement => value::review::classification::NEEDS_IMPROVEMENT,
            Self::Good => value::review::classification::GOOD,
            Self::Excellent => value::review::classification::EXCELLENT,
        }
    }
}

/// The ticket whose analysis is reviewed; required for a record.
pub fn ticket(id: impl Into<String>) {
    fact::set(key::SECOPS_TICKET_ID, id.into());
}

/// Who reviews; required for a record.
pub fn reviewer(name: impl Into<String>) {
    fact::set(key::SECOPS_REVIEWER_NAME, name.into());
}

/// Whose analysis is reviewed.
pub fn analyst(name: impl Into<String>) {
    fact::set(key::SECOPS_ANALYST_NAME, name.into());
}

/// What the ticket is about; a vulnerability when it is not said.
pub fn investigation(kind: Investigation) {
    fact::set(key::SECOPS_REVIEW_INVESTIGATION_TYPE, kind.as_str());
}

/// Overall quality score, 0 to 100; required for a record.
pub fn score(points: f64) {
    fact::set(key::SECOPS_REVIEW_SCORE, points);
}

/// The class of the score. Leave it out and it is derived; one that contradicts the score is rejected.
pub fn classification(class: Classification) {
    fact::set(key::SECOPS_REVIEW_CLASSIFICATION, class.as_str());
}

/// Number of critical issues found, 0 included; required for a record.
pub fn critical_issues(count: usize) {
    fact::set(key::SECOPS_REVIEW_FINDING_CRITICAL_COUNT, int(count));
}

/// Number of significant gaps found, 0 included; required for a record.
pub fn significant_gaps(count: usize) {
    fact::set(key::SECOPS_REVIEW_FINDING_SIGNIFICANT_COUNT, int(count));
}

/// Number of minor improvements proposed, 0 included; required for a record.
pub fn minor_improvements(count: usize) {
    fact::set(key::SECOPS_REVIEW_FINDING_MINOR_COUNT, int(count));
}

/// Whether facts were verified. Leave it out and it is whether the stage `fact_verification` ran.
pub fn fact_verification(performed: bool) {
    fact::set(key::SECOPS_REVIEW_FACT_VERIFICATION, performed);
}

/// Share of the verified facts that were right, 0 to 100 percent; leave it out when none were verified.
pub fn accuracy(percent: u8) {
    fact::set(key::SECOPS_REVIEW_ACCURACY, i64::from(percent));
}

/// Whether the analysis of a ticket is to be reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision<'a> {
    /// The ticket.
    pub ticket: &'a str,
    /// Its priority, on which the decision rests.
    pub priority: Priority,
    /// Whether a review is required.
    pub required: bool,
    /// Why, or why not. Report scripts recognise a mandatory review by the word `Mandatory` in it.
    pub reason: &'a str,
    /// Who is to review, when that is known.
    pub reviewer: Option<&'a str>,
}

impl Decision<'_> {
    fn attributes(&self) -> Vec<KeyValue> {
        let mut attributes = vec![
            KeyValue::new(key::SECOPS_TICKET_ID, self.ticket.to_owned()),
            KeyValue::new(key::SECOPS_PRIORITY, self.priority.as_str()),
            KeyValue::new(key::SECOPS_REVIEW_REQUIRED, self.required),
            KeyValue::new(key::SECOPS_REVIEW_REASON, self.reason.to_owned()),
        ];
        let reviewer = self.reviewer.map(ToOwned::to_owned);
        attributes.extend(reviewer.map(|name| KeyValue::new(key::SECOPS_REVIEWER_NAME, name)));
        attributes
    }
}

/// It was decided whether a ticket is to be reviewed: one event, one line of `review-decisions.csv`.
///
/// The event goes onto the current span. Where there is none, or where it holds as many events as it may, it gets a
/// short span of its own. Only a sampler that leaves the trace out, or an SDK that is switched off, leaves it out.
pub fn decided(decision: &Decision<'_>) {
    fact::record(event::SECOPS_REVIEW_DECIDED, || decision.attributes());
}
