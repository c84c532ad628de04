//! One strict pass over an `ExportMetricsServiceRequest`: valid or not, and how many data points.
//!
//! No consumer reads metric content yet, so the messages are a table that [`check`] follows.

use super::WalkLimits;
use super::group::{self, Group, Level};
use crate::any;
use crate::error::{DecodeError, Fault, Malformed};
use crate::keys::Keys;
use crate::wire::{FIXED64, LEN, Reader, Shape, VARINT, descend, tag};

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
        if !METRIC_KINDS.contains(&(found >> 3)) {
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

/// A message: its name for errors, its fields.
struct Message {
    shape: Shape,
    fields: &'static [(u32, Kind)],
}

/// How a field is encoded.
enum Kind {
    Varint,
    Fixed64,
    Text,
    Bytes,
    Attribute,
    Varints,
    Fixed64s,
    Message(&'static Message),
}

impl Kind {
    /// Whether the type allows the wire type: numbers of a list may be packed or not.
    fn allows(&self, wire_type: u32) -> bool {
        match self {
            Self::Varint => wire_type == VARINT,
            Self::Fixed64 => wire_type == FIXED64,
            Self::Varints => matches!(wire_type, VARINT | LEN),
            Self::Fixed64s => matches!(wire_type, FIXED64 | LEN),
            Self::Text | Self::Bytes | Self::Attribute | Self::Message(_) => wire_type == LEN,
        }
    }
}

/// Reads a message strictly; its fields are at `depth`.
fn check(mut reader: Reader<'_>, message: &Message, depth: u32) -> Result<(), Fault> {
    while !reader.is_empty() {
        let start = reader.rest();
        let found = reader.tag()?;
        let known = message
            .fields
            .iter()
            .find(|(field, _)| *field == found >> 3);
        match known {
            Some((_, kind)) if kind.allows(found & 7) => {
                check_field(&mut reader, start, found & 7, kind, depth)?;
            }
            _ => reader.skip(start, found, &message.shape, depth)?,
        }
    }
    Ok(())
}

fn check_field(
    reader: &mut Reader<'_>,
    start: &[u8],
    wire_type: u32,
    kind: &Kind,
    depth: u32,
) -> Result<(), Fault> {
    match (kind, wire_type) {
        (Kind::Varint | Kind::Varints, VARINT) => reader.varint().map(drop),
        (Kind::Fixed64 | Kind::Fixed64s, FIXED64) => reader.fixed64().map(drop),
        (Kind::Text, _) => reader.string().map(drop),
        (Kind::Attribute, _) => {
            let body = reader.bytes()?;
            any::key_value(body, descend(depth, start)?).map(drop)
        }
        (Kind::Message(inner), _) => {
            let body = reader.message()?;
            check(body, inner, descend(depth, start)?)
        }
        (Kind::Varints, _) => {
            let mut packed = reader.message()?;
            while !packed.is_empty() {
                packed.varint()?;
            }
            Ok(())
        }
        (Kind::Fixed64s, _) => {
            let packed = reader.bytes()?;
            let whole = packed.len() % size_of::<u64>() == 0;
            if whole {
                Ok(())
            } else {
                Err(Fault::new(packed, Malformed::Truncated))
            }
        }
        _ => reader.bytes().map(drop),
    }
}

/// The fields of a metric that hold its data points: gauge to summary.
const METRIC_KINDS: [u32; 5] = [5, 7, 9, 10, 11];

static METRIC: Message = Message {
    shape: Shape::new("Metric", &[1, 2, 3, 5, 7, 9, 10, 11, 12]),
    fields: &[
        (1, Kind::Text),
        (2, Kind::Text),
        (3, Kind::Text),
        (5, Kind::Message(&GAUGE)),
        (7, Kind::Message(&SUM)),
        (9, Kind::Message(&HISTOGRAM)),
        (10, Kind::Message(&EXPONENTIAL_HISTOGRAM)),
        (11, Kind::Message(&SUMMARY)),
        (12, Kind::Attribute),
    ],
};

static GAUGE: Message = Message {
    shape: Shape::new("Gauge", &[1]),
    fields: &[(1, Kind::Message(&NUMBER))],
};

static SUM: Message = Message {
    shape: Shape::new("Sum", &[1, 2, 3]),
    fields: &[
        (1, Kind::Message(&NUMBER)),
        (2, Kind::Varint),
        (3, Kind::Varint),
    ],
};

static HISTOGRAM: Message = Message {
    shape: Shape::new("Histogram", &[1, 2]),
    fields: &[(1, Kind::Message(&HISTOGRAM_POINT)), (2, Kind::Varint)],
};

static EXPONENTIAL_HISTOGRAM: Message = Message {
    shape: Shape::new("ExponentialHistogram", &[1, 2]),
    fields: &[(1, Kind::Message(&EXPONENTIAL_POINT)), (2, Kind::Varint)],
};

static SUMMARY: Message = Message {
    shape: Shape::new("Summary", &[1]),
    fields: &[(1, Kind::Message(&SUMMARY_POINT))],
};

static NUMBER: Message = Message {
    shape: Shape::new("NumberDataPoint", &[2, 3, 4, 5, 6, 7, 8]),
    fields: &[
        (2, Kind::Fixed64),
        (3, Kind::Fixed64),
        (4, Kind::Fixed64),
        (5, Kind::Message(&EXEMPLAR)),
        (6, Kind::Fixed64),
        (7, Kind::Attribute),
        (8, Kind::Varint),
    ],
};

static HISTOGRAM_POINT: Message = Message {
    shape: Shape::new("HistogramDataPoint", &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    fields: &[
        (2, Kind::Fixed64),
        (3, Kind::Fixed64),
        (4, Kind::Fixed64),
        (5, Kind::Fixed64),
        (6, Kind::Fixed64s),
        (7, Kind::Fixed64s),
        (8, Kind::Message(&EXEMPLAR)),
        (9, Kind::Attribute),
        (10, Kind::Varint),
        (11, Kind::Fixed64),
        (12, Kind::Fixed64),
    ],
};

static EXPONENTIAL_POINT: Message = Message {
    shape: Shape::new(
        "ExponentialHistogramDataPoint",
        &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
    ),
    fields: &[
        (1, Kind::Attribute),
        (2, Kind::Fixed64),
        (3, Kind::Fixed64),
        (4, Kind::Fixed64),
        (5, Kind::Fixed64),
        (6, Kind::Varint),
        (7, Kind::Fixed64),
        (8, Kind::Message(&BUCKETS)),
        (9, Kind::Message(&BUCKETS)),
        (10, Kind::Varint),
        (11, Kind::Message(&EXEMPLAR)),
        (12, Kind::Fixed64),
        (13, Kind::Fixed64),
        (14, Kind::Fixed64),
    ],
};

static BUCKETS: Message = Message {
    shape: Shape::new("ExponentialHistogramDataPoint.Buckets", &[1, 2]),
    fields: &[(1, Kind::Varint), (2, Kind::Varints)],
};

static SUMMARY_POINT: Message = Message {
    shape: Shape::new("SummaryDataPoint", &[2, 3, 4, 5, 6, 7, 8]),
    fields: &[
        (2, Kind::Fixed64),
        (3, Kind::Fixed64),
        (4, Kind::Fixed64),
        (5, Kind::Fixed64),
        (6, Kind::Message(&QUANTILE)),
        (7, Kind::Attribute),
        (8, Kind::Varint),
    ],
};

static QUANTILE: Message = Message {
    shape: Shape::new("SummaryDataPoint.ValueAtQuantile", &[1, 2]),
    fields: &[(1, Kind::Fixed64), (2, Kind::Fixed64)],
};

static EXEMPLAR: Message = Message {
    shape: Shape::new("Exemplar", &[2, 3, 4, 5, 6, 7]),
    fields: &[
        (2, Kind::Fixed64),
        (3, Kind::Fixed64),
        (4, Kind::Bytes),
        (5, Kind::Bytes),
        (6, Kind::Fixed64),
        (7, Kind::Attribute),
    ],
};
