//! One strict pass over the wire bytes of a request, showing each span or log record to a visitor.
//!
//! The pass accepts exactly what `prost` with the OTLP schema accepts and shows the same content:
//! fields in any order, messages split over several fields and merged, unknown fields skipped. The
//! order of fields is free on the wire, so a resource or scope is gathered first (one hop per
//! message that holds spans) and a record is shown when all of it was read.
//!
//! A visitor may be called before a later part of the request turns out to be malformed. What it
//! gathers is therefore staged by the caller and dropped on an error.
//!
//! ```
//! use secspan_otlp::keys::Keys;
//! use secspan_otlp::view::SpanView;
//! use secspan_otlp::walk::{self, WalkLimits};
//!
//! let request = [0x0a, 0x04, 0x12, 0x02, 0x12, 0x00]; // one resource, one scope, one empty span
//! let mut seen = 0;
//! let mut visitor = |_: &SpanView<'_, '_>| seen += 1;
//! let summary = walk::traces(&request, &Keys::new(), &WalkLimits::DEFAULT, &mut visitor)?;
//! assert_eq!((summary.spans, seen), (1, 1));
//! # Ok::<(), secspan_otlp::DecodeError>(())
//! ```

mod attributes;
mod group;
mod logs;
mod metrics;
mod span;

pub use logs::{LogSummary, LogVisitor, logs};
pub(crate) use metrics::Data as MetricData;
pub use metrics::{MetricSummary, MetricVisitor, metric_points, metrics};

use crate::error::{DecodeError, Fault, Malformed};
use crate::keys::Keys;
use crate::view::SpanView;
use crate::wire::{LEN, Shape, tag};
use group::{Group, Level};
use span::SpanScratch;

const REQUEST: Shape = Shape::new("ExportTraceServiceRequest", &[1]);
const RESOURCE_SPANS: u32 = tag(1, LEN);

/// Sees every span of a request, in wire order. Implemented by closures too.
pub trait SpanVisitor {
    /// Called once per span; the view lives only for the call.
    fn span(&mut self, span: &SpanView<'_, '_>);
}

impl<F: FnMut(&SpanView<'_, '_>)> SpanVisitor for F {
    fn span(&mut self, span: &SpanView<'_, '_>) {
        self(span);
    }
}

/// What one request may hold; beyond it the walk ends with an error.
///
/// A walk needs memory for the attributes, events and links of one record only; the limits bound it
/// (a hostile request of a few megabytes can hold a span with a million empty attributes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkLimits {
    /// Most spans, log records or metrics in one request.
    pub records_max: u32,
    /// Most attributes, events or links of one record or resource; each kind is counted by itself,
    /// the attributes of all events of a span together.
    pub entries_max: u32,
}

impl WalkLimits {
    /// A million records, and 32 768 entries of a record: far above what any SDK sends.
    pub const DEFAULT: Self = Self {
        records_max: 1 << 20,
        entries_max: 1 << 15,
    };
}

impl Default for WalkLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl WalkLimits {
    /// Counts one more record, unless it is one too many. Returns its index.
    #[inline]
    fn count_record(self, records: &mut u32, at: &[u8]) -> Result<u32, Fault> {
        let index = *records;
        if index >= self.records_max {
            let what = Malformed::TooManyRecords {
                limit: self.records_max,
            };
            return Err(Fault::new(at, what));
        }
        *records = index + 1;
        Ok(index)
    }

    /// Whether a list of `len` entries may take one more.
    #[inline]
    fn check_entry(self, len: usize, at: &[u8]) -> Result<(), Fault> {
        if len >= self.entries_max as usize {
            let what = Malformed::TooManyEntries {
                limit: self.entries_max,
            };
            return Err(Fault::new(at, what));
        }
        Ok(())
    }
}

/// What a request of spans held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WalkSummary {
    /// Resources, as messages on the wire.
    pub resources: u32,
    /// Scopes, as messages on the wire.
    pub scopes: u32,
    /// Spans.
    pub spans: u32,
    /// Events of all spans.
    pub events: u64,
    /// Links of all spans.
    pub links: u64,
}

/// Shows every span of an `ExportTraceServiceRequest` to `visitor`.
///
/// # Errors
/// When the bytes are not such a request, or hold more than `limits` allows. The visitor has then
/// seen the spans before the error.
pub fn traces(
    bytes: &[u8],
    keys: &Keys,
    limits: &WalkLimits,
    visitor: &mut impl SpanVisitor,
) -> Result<WalkSummary, DecodeError> {
    let mut spans = Spans {
        scratch: SpanScratch::new(keys, *limits),
        visitor,
        summary: WalkSummary::default(),
    };
    group::request(bytes, RESOURCE_SPANS, &REQUEST, keys, *limits, &mut spans)
        .map_err(|fault| fault.within(bytes))?;
    Ok(spans.summary)
}

/// The spans of one request, while it is walked.
struct Spans<'w, 'a, V> {
    scratch: SpanScratch<'w, 'a>,
    visitor: &'w mut V,
    summary: WalkSummary,
}

impl<'a, V: SpanVisitor> Level<'a> for Spans<'_, 'a, V> {
    const RESOURCE_GROUP: Shape = Shape::new("ResourceSpans", &[1, 2, 3]);
    const SCOPE_GROUP: Shape = Shape::new("ScopeSpans", &[1, 2, 3]);

    fn resource(&mut self) -> u32 {
        self.summary.resources += 1;
        self.summary.resources - 1
    }

    fn scope(&mut self) -> u32 {
        self.summary.scopes += 1;
        self.summary.scopes - 1
    }

    fn record(&mut self, body: &'a [u8], depth: u32, group: &Group<'_, 'a>) -> Result<(), Fault> {
        let limits = self.scratch.limits;
        let index = limits.count_record(&mut self.summary.spans, body)?;
        self.scratch.read(body, depth)?;
        let span = self.scratch.view(index, group);
        self.summary.events += span.events.len() as u64;
        self.summary.links += span.links.len() as u64;
        self.visitor.span(&span);
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
