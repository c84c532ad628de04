//! `memory_limiter`: accepted in files from the upstream collector; passes everything.
//!
//! # Purpose
//! None here: memory is bounded by what receivers take at once (`max_in_flight_bytes` of the `otlp` receiver) and by what
//! waits for destinations (`service.write_ahead_log.max_size`), in bytes and before it is used.
//!
//! # Configuration
//! Upstream's keys are accepted without effect, and a warning says what takes their place.
//!
//! # Telemetry
//! None.
//!
//! # Limits
//! None of its own.

use std::sync::Arc;

use crate::component::{Processor, ProcessorConfig, StartError};
use crate::config::{Complaint, Section};
use crate::context::Context;

/// Stands for nothing.
#[derive(Clone, Copy, Debug)]
pub struct MemoryLimiter;

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ProcessorConfig> {
    for key in [
        "check_interval",
        "limit_mib",
        "spike_limit_mib",
        "limit_percentage",
        "spike_limit_percentage",
        "min_gc_interval_when_soft_limited",
        "min_gc_interval_when_hard_limited",
    ] {
        // Known, whatever it says.
        let _unused = section.node(key);
    }
    let complaint = Complaint::new("has no effect here");
    let complaint = complaint.hint(
        "limits are built in, see max_in_flight_bytes of the otlp receiver and service.write_ahead_log.max_size; remove it",
    );
    section
        .report()
        .warning(section.location(), section.path(), complaint);
    Box::new(MemoryLimiter)
}

impl ProcessorConfig for MemoryLimiter {
    fn build(
        self: Box<Self>,
        _: &str,
        _: &Context,
    ) -> Result<Option<Arc<dyn Processor>>, StartError> {
        Ok(None)
    }
}
