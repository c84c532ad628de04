//! `batch`: accepted in files from the upstream collector; passes everything.
//!
//! # Purpose
//! None here: what waits for a destination is joined into larger requests for it, without waiting for more.
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
pub struct Batch;

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ProcessorConfig> {
    for key in [
        "timeout",
        "send_batch_size",
        "send_batch_max_size",
        "metadata_keys",
        "metadata_cardinality_limit",
    ] {
        // Known, whatever it says.
        let _unused = section.node(key);
    }
    let complaint = Complaint::new("has no effect here");
    let complaint = complaint.hint("batches are formed per destination; remove it");
    section
        .report()
        .warning(section.location(), section.path(), complaint);
    Box::new(Batch)
}

impl ProcessorConfig for Batch {
    fn build(
        self: Box<Self>,
        _: &str,
        _: &Context,
    ) -> Result<Option<Arc<dyn Processor>>, StartError> {
        Ok(None)
    }
}
