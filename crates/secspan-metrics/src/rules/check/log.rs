//! The log records of a test, encoded as the request that a client would send.

use super::super::tree::Place;
use super::span::{Attributes, START_NANOS, put_attributes, read_attributes};
use crate::problem::Problem;
use crate::wire::{bytes, fixed64, message, text};

/// One log record of a test: an event of a span that is elsewhere.
#[derive(Clone, Debug)]
pub(in crate::rules) struct TestLog {
    event_name: String,
    attributes: Attributes,
    resource: Attributes,
}

impl TestLog {
    pub(super) fn read(place: &Place<'_>, problems: &mut Vec<Problem>) -> Option<Self> {
        let section = place.section(&["name", "attributes", "resource"], problems);
        Some(Self {
            attributes: read_attributes(section.get("attributes"), problems),
            resource: read_attributes(section.get("resource"), problems),
            event_name: section.required("name", problems)?.text(problems)?,
        })
    }

    /// The record as an `ExportLogsServiceRequest`.
    pub(super) fn request(&self) -> Vec<u8> {
        let mut out = Vec::new();
        message(&mut out, 1, |out| {
            message(out, 1, |out| put_attributes(out, 1, &self.resource));
            message(out, 2, |out| message(out, 2, |out| self.encode(out)));
        });
        out
    }

    fn encode(&self, out: &mut Vec<u8>) {
        fixed64(out, 1, START_NANOS);
        put_attributes(out, 6, &self.attributes);
        bytes(out, 9, &[1; 16]);
        bytes(out, 10, &[2; 8]);
        text(out, 12, &self.event_name);
    }
}
