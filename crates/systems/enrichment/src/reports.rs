//! The reports of the system: one file each, and one line here.

mod enrichment;
mod pairing;
mod quality;
mod sampling;
mod sla;

use secspan_reports::report::ReportDef;

/// Every report, in the order in which help lists them.
pub(crate) const REPORTS: &[&ReportDef] = &[
    &enrichment::REPORT,
    &quality::REPORT,
    &sampling::REPORT,
    &sla::REPORT,
];

#[cfg(test)]
mod tests;
