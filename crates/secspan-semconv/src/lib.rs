//! Every span, event, attribute, metric and enumeration name that secspan uses.
//!
//! Names stand here and nowhere else. The modules [`attribute`], [`event`], [`metric`], [`span`] and
//! [`value`] are generated from `registry/*.yaml`, which is written in the form of OpenTelemetry's
//! weaver; `REFERENCE.md` is the same for readers. A constant is the name in upper case with
//! underscores for dots:
//!
//! ```
//! use secspan_semconv::{attribute, event, metric, span, value};
//!
//! assert_eq!(attribute::SECOPS_WORKFLOW_NAME, "secops.workflow.name");
//! assert_eq!(event::SECOPS_PERPLEXITY_CALL, "secops.perplexity.call");
//! assert_eq!(metric::SECOPS_ENRICHMENTS_TOTAL, "secops_enrichments_total");
//! assert_eq!(span::stage::CVE_RESEARCH, "cve_research");
//! assert_eq!(value::perplexity::kind::DEEP_RESEARCH, "deep_research");
//! ```
//!
//! This crate depends on nothing and does nothing but look names up.

pub mod attribute;
pub mod event;
pub mod metric;
pub mod span;
pub mod value;

mod table;

pub use table::{
    AttributeDef, AttributeKind, EventDef, Instrument, MetricDef, Stability, StageDef, WorkflowDef,
};

/// What is known about the metric of this name.
pub fn find_metric(name: &str) -> Option<&'static MetricDef> {
    find(metric::TABLE, name, |def| def.name)
}

fn find<T>(table: &'static [T], name: &str, key: fn(&T) -> &'static str) -> Option<&'static T> {
    let at = table.binary_search_by(|row| key(row).cmp(name)).ok()?;
    table.get(at)
}

#[cfg(test)]
mod tests;
