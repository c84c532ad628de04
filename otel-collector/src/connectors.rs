//! Components that end one pipeline and begin another.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::config::{Complaint, Section};

pub mod signalrules;
pub mod spanmetrics;
pub mod workflow;

/// Bounds of the interval at which metrics leave by exporters that take them pushed.
const PUSH_INTERVALS: RangeInclusive<Duration> =
    Duration::from_millis(100)..=Duration::from_hours(24);

/// Reads `metrics_flush_interval`, upstream's name.
fn push_interval(section: &mut Section<'_>) -> Option<Duration> {
    let interval = section.duration("metrics_flush_interval");
    interval.within(PUSH_INTERVALS).optional()
}

/// Reports a problem that a connector's own library found in its part of the section.
fn reject(section: &Section<'_>, key: &str, problem: &secspan_metrics::problem::Problem) {
    let mut complaint = Complaint::new(match problem.line {
        0 => problem.message.clone(),
        line => format!("{} (line {line})", problem.message),
    });
    if !problem.given.is_empty() {
        complaint = complaint.given(&problem.given);
    }
    if !problem.allowed.is_empty() {
        complaint = complaint.allowed(&problem.allowed);
    }
    if !problem.hint.is_empty() {
        complaint = complaint.hint(&problem.hint);
    }
    section.reject(key, complaint);
}
