//! One strict pass over an `ExportMetricsServiceRequest`: valid or not, how many data points, and each of them for those
//! who look.
//!
//! Most requests are forwarded without a look at their points, so messages are validated by their tables; points are
//! decoded, from the validated bytes, only for a visitor.

use super::WalkLimits;
use super::attributes::AttributeList;
use super::group::{self, Group, Level};
use crate::any;
use crate::error::{DecodeError, Fault, Malformed};
use crate::keys::Keys;
use crate::schema::{Field, Kind, METRIC, Message};
use crate::time::UnixNanos;
use crate::view::{MetricKind, MetricView, PointView, Temporality};
use crate::wire::{DEPTH_MAX, FIXED32, FIXED64, LEN, Reader, Shape, VARINT, Wire, descend, tag};

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

/// Sees every data point of a request, in wire order. Implemented by closures too.
pub trait MetricVisitor {
    /// Called once per data point; the view lives only for the call.
    fn point(&mut self, point: &PointView<'_, '_>);
}

impl<F: FnMut(&PointView<'_, '_>)> MetricVisitor for F {
    fn point(&mut self, point: &PointView<'_, '_>) {
        self(point);
    }
}

/// Validates an `ExportMetricsServiceRequest` and counts what it holds.
///
/// # Errors
/// When the bytes are not such a request, or hold more than `limits` allows.
pub fn metrics(bytes: &[u8], limits: &WalkLimits) -> Result<MetricSummary, DecodeError> {
    walk(
        bytes,
        &Keys::new(),
        *limits,
        None::<&mut fn(&PointView<'_, '_>)>,
    )
}

/// The same, showing every data point to `visitor`.
///
/// # Errors
/// As [`metrics`]. The visitor has then seen the points before the error.
pub fn metric_points(
    bytes: &[u8],
    keys: &Keys,
    limits: &WalkLimits,
    visitor: &mut impl MetricVisitor,
) -> Result<MetricSummary, DecodeError> {
    walk(bytes, keys, *limits, Some(visitor))
}

fn walk<V: MetricVisitor>(
    bytes: &[u8],
    keys: &Keys,
    limits: WalkLimits,
    visitor: Option<&mut V>,
) -> Result<MetricSummary, DecodeError> {
    let mut metrics = Metrics {
        keys,
        limits,
        attributes: AttributeList::new(keys),
        visitor,
        summary: MetricSummary::default(),
    };
    group::request(
        bytes,
        RESOURCE_METRICS,
        &REQUEST,
        keys,
        limits,
        &mut metrics,
    )
    .map_err(|fault| fault.within(bytes))?;
    Ok(metrics.summary)
}

struct Metrics<'w, 'a, V> {
    keys: &'w Keys,
    limits: WalkLimits,
    attributes: AttributeList<'a>,
    visitor: Option<&'w mut V>,
    summary: MetricSummary,
}

impl<'a, V: MetricVisitor> Level<'a> for Metrics<'_, 'a, V> {
    const RESOURCE_GROUP: Shape = Shape::new("ResourceMetrics", &[1, 2, 3]);
    const SCOPE_GROUP: Shape = Shape::new("ScopeMetrics", &[1, 2, 3]);

    fn resource(&mut self) -> u32 {
        self.summary.resources += 1;
        self.summary.resources - 1
    }

    fn scope(&mut self) -> u32 {
        self.summary.scopes += 1;
        self.summary.scopes - 1
    }

    fn record(&mut self, body: &'a [u8], depth: u32, group: &Group<'_, 'a>) -> Result<(), Fault> {
        self.limits.count_record(&mut self.summary.metrics, body)?;
        check(Reader::new(body), &METRIC, depth)?;
        let data = Data::of(body);
        if self.visitor.is_some() {
            self.show(body, data, group)?;
        }
        self.summary.data_points += data.points().count() as u64;
        Ok(())
    }
}

impl<'a, V: MetricVisitor> Metrics<'_, 'a, V> {
    /// Shows the points of a valid metric.
    fn show(&mut self, body: &'a [u8], data: Data<'a>, group: &Group<'_, 'a>) -> Result<(), Fault> {
        let Some(kind) = data.kind() else {
            return Ok(());
        };
        let text = |number| {
            let last = any::Fields::new(body, tag(number, LEN)).last();
            last.and_then(|bytes| std::str::from_utf8(bytes).ok())
                .unwrap_or_default()
        };
        let metric = MetricView {
            resource: group.resource,
            scope: group.scope,
            name: text(1),
            description: text(2),
            unit: text(3),
            kind,
        };
        let first = u32::try_from(self.summary.data_points).unwrap_or(u32::MAX);
        for (index, body) in (first..).zip(data.points()) {
            self.attributes.clear();
            let (mut start, mut time, mut flags) = (0, 0, 0);
            let (attributes, flags_field) = (kind.attributes_field(), kind.flags_field());
            let mut reader = Reader::new(body);
            while let Some((number, value)) = reader.next_field() {
                match value {
                    Wire::Bytes(attribute) if number == attributes => {
                        let (depth, keys, limits) = (DEPTH_MAX, self.keys, self.limits);
                        self.attributes.push(attribute, depth, keys, limits)?;
                    }
                    Wire::Fixed64(nanos) if number == 2 => start = nanos,
                    Wire::Fixed64(nanos) if number == 3 => time = nanos,
                    Wire::Varint(bits) if number == flags_field => flags = bits,
                    _ => {}
                }
            }
            let point = PointView {
                index,
                metric: &metric,
                attributes: self.attributes.view(),
                start: UnixNanos(start),
                time: UnixNanos(time),
                flags: u32::try_from(flags & u64::from(u32::MAX)).unwrap_or(0),
                body,
            };
            if let Some(visitor) = &mut self.visitor {
                visitor.point(&point);
            }
        }
        Ok(())
    }
}

/// The data of a valid metric. Its kinds exclude each other: another kind on the wire replaces the points before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Data<'a> {
    /// The field of the kind that counts, 0 when there is none.
    pub(crate) field: u32,
    /// The metric from the first field of that kind on that counts.
    rest: &'a [u8],
}

impl<'a> Data<'a> {
    pub(crate) fn of(metric: &'a [u8]) -> Self {
        let mut data = Self {
            field: 0,
            rest: &[],
        };
        let mut reader = Reader::new(metric);
        loop {
            let start = reader.rest();
            let Some(found) = reader.next_tag() else {
                return data;
            };
            let field = found >> 3;
            if METRIC.oneof.contains(&field) && field != data.field {
                data = Self { field, rest: start };
            }
        }
    }

    /// Whether a part, a slice of the metric, is one of those that count.
    pub(crate) fn holds(self, part: &[u8]) -> bool {
        self.rest.as_ptr_range().contains(&part.as_ptr())
    }

    /// The messages of this kind, parts of one.
    fn parts(self) -> impl Iterator<Item = &'a [u8]> {
        any::Fields::new(self.rest, tag(self.field, LEN))
    }

    /// The data points.
    pub(crate) fn points(self) -> impl Iterator<Item = &'a [u8]> {
        self.parts()
            .flat_map(|part| any::Fields::new(part, tag(1, LEN)))
    }

    /// What the points are.
    pub(crate) fn kind(self) -> Option<MetricKind> {
        let (mut temporality, mut monotonic) = (Temporality::Unspecified, false);
        for part in self.parts() {
            let mut reader = Reader::new(part);
            while let Some(field) = reader.next_field() {
                match field {
                    (2, Wire::Varint(number)) => temporality = Temporality::from_number(number),
                    (3, Wire::Varint(number)) => monotonic = number != 0,
                    _ => {}
                }
            }
        }
        Some(match self.field {
            5 => MetricKind::Gauge,
            7 => MetricKind::Sum {
                temporality,
                monotonic,
            },
            9 => MetricKind::Histogram(temporality),
            10 => MetricKind::ExponentialHistogram(temporality),
            11 => MetricKind::Summary,
            _ => return None,
        })
    }
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
