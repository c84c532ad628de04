//! One strict pass over an `ExportMetricsServiceRequest`: valid or not, and how many data points.
//!
//! No consumer reads metric content yet, so its messages are read by their tables.

use super::WalkLimits;
use super::group::{self, Group, Level};
use crate::any;
use crate::error::{DecodeError, Fault, Malformed};
use crate::keys::Keys;
use crate::schema::{Field, Kind, METRIC, Message};
use crate::wire::{FIXED32, FIXED64, LEN, Reader, Shape, VARINT, descend, tag};

const REQUEST: Shape = Shape::new("ExportMetricsServiceRequest", &[1]);
const RESOURCE_METRICS: u32 = tag(1, LEN);

/// What a request of metrics held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MetricSummary {
    /// Resources, as messages on the wire.
    pub resources: u32,
    /// Scopes, as messages on the wire.
    pub scopes: u32,
    /// Metrics.
    pub metrics: u32,
    /// Data points of all metrics.
    pub data_points: u64,
}

/// Validates an `ExportMetricsServiceRequest` and counts what it holds.
///
/// # Errors
/// When the bytes are not such a request, or hold more than `limits` allows.
pub fn metrics(bytes: &[u8], limits: &WalkLimits) -> Result<MetricSummary, DecodeError> {
    let mut metrics = Metrics {
        limits: *limits,
        summary: MetricSummary::default(),
    };
    group::request(
        bytes,
        RESOURCE_METRICS,
        &REQUEST,
        &Keys::new(),
        *limits,
        &mut metrics,
    )
    .map_err(|fault| fault.within(bytes))?;
    Ok(metrics.summary)
}

struct Metrics {
    limits: WalkLimits,
    summary: MetricSummary,
}

impl<'a> Level<'a> for Metrics {
    const RESOURCE_GROUP: Shape = Shape::new("ResourceMetrics", &[1, 2, 3]);
    const SCOPE_GROUP: Shape = Shape::new("ScopeMetrics", &[1, 2, 3]);

    fn resource(&mut self) -> u32 {
        self.summary.resources += 1;
        self.summary.resources - 1
    }

    fn scope(&mut self) {
        self.summary.scopes += 1;
    }

    fn record(&mut self, body: &'a [u8], depth: u32, _: &Group<'_, 'a>) -> Result<(), Fault> {
        self.limits.count_record(&mut self.summary.metrics, body)?;
        check(Reader::new(body), &METRIC, depth)?;
        self.summary.data_points += data_points(body);
        Ok(())
    }
}

/// The data points of a valid metric. Its kinds exclude each other: another kind on the wire
/// replaces the points before it.
fn data_points(metric: &[u8]) -> u64 {
    let (mut kind, mut points) = (0, 0);
    let mut reader = Reader::new(metric);
    while !reader.is_empty() {
        let mut field = reader;
        let Some(found) = reader.next_tag() else {
            break;
        };
        if !METRIC.oneof.contains(&(found >> 3)) {
            continue;
        }
        if kind != found {
            (kind, points) = (found, 0);
        }
        let body = field.next_of(found).unwrap_or_default();
        points += any::Fields::new(body, tag(1, LEN)).count() as u64;
    }
    points
}

/// Reads a message strictly; its fields are at `depth`.
fn check(mut reader: Reader<'_>, message: &Message, depth: u32) -> Result<(), Fault> {
    while !reader.is_empty() {
        let start = reader.rest();
        let found = reader.tag()?;
        match message.by_number(found >> 3) {
            Some(field) => check_field(&mut reader, start, found, field, message, depth)?,
            None => reader.skip(start, found, &Shape::new(message.name, &[]), depth)?,
        }
    }
    Ok(())
}

fn check_field(
    reader: &mut Reader<'_>,
    start: &[u8],
    found: u32,
    field: &Field,
    message: &Message,
    depth: u32,
) -> Result<(), Fault> {
    let wire_type = field.kind.wire_type();
    if found & 7 == wire_type {
        return check_value(reader, start, field.kind, depth);
    }
    let packed = field.repeated && found & 7 == LEN && wire_type != LEN;
    if !packed {
        let what = Malformed::WireType {
            message: message.name,
            field: field.number,
            found: found & 7,
        };
        return Err(Fault::new(start, what));
    }
    let mut packed = reader.message()?;
    while !packed.is_empty() {
        let start = packed.rest();
        check_value(&mut packed, start, field.kind, depth)?;
    }
    Ok(())
}

fn check_value(reader: &mut Reader<'_>, start: &[u8], kind: Kind, depth: u32) -> Result<(), Fault> {
    match kind {
        Kind::Message(inner) => {
            let body = reader.message()?;
            check(body, inner, descend(depth, start)?)
        }
        Kind::Text => reader.string().map(drop),
        kind => match kind.wire_type() {
            FIXED32 => reader.fixed32().map(drop),
            FIXED64 => reader.fixed64().map(drop),
            VARINT => reader.varint().map(drop),
            _ => reader.bytes().map(drop),
        },
    }
}
