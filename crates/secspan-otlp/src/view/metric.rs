//! What a walk over metrics shows: data points, each with the metric that it belongs to.
//!
//! Head and attributes of a point are decoded while it is walked; its value is decoded when somebody asks for it.

use super::{Attributes, ResourceView, ScopeView};
use crate::time::UnixNanos;
use crate::wire::{Reader, Wire};

/// Whether points carry totals or what was added since the point before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Temporality {
    /// Not set: against the protocol, seen as totals.
    #[default]
    Unspecified,
    /// What was added.
    Delta,
    /// Totals.
    Cumulative,
}

impl Temporality {
    /// From the wire.
    pub fn from_number(number: u64) -> Self {
        match number {
            1 => Self::Delta,
            2 => Self::Cumulative,
            _ => Self::Unspecified,
        }
    }
}

/// What the points of a metric are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Current values.
    Gauge,
    /// Totals or additions.
    Sum {
        /// Which of the two.
        temporality: Temporality,
        /// Whether it never falls.
        monotonic: bool,
    },
    /// Observations in buckets with bounds.
    Histogram(Temporality),
    /// Observations in buckets whose width grows exponentially.
    ExponentialHistogram(Temporality),
    /// Quantiles that the sender computed.
    Summary,
}

impl MetricKind {
    /// The field of a metric that holds data of this kind.
    pub(crate) fn field(self) -> u32 {
        match self {
            Self::Gauge => 5,
            Self::Sum { .. } => 7,
            Self::Histogram(_) => 9,
            Self::ExponentialHistogram(_) => 10,
            Self::Summary => 11,
        }
    }

    /// The field of a data point that holds its flags.
    pub(crate) fn flags_field(self) -> u32 {
        match self {
            Self::Gauge | Self::Sum { .. } | Self::Summary => 8,
            Self::Histogram(_) | Self::ExponentialHistogram(_) => 10,
        }
    }

    /// The field of a data point that holds its attributes.
    pub(crate) fn attributes_field(self) -> u32 {
        match self {
            Self::Gauge | Self::Sum { .. } | Self::Summary => 7,
            Self::Histogram(_) => 9,
            Self::ExponentialHistogram(_) => 1,
        }
    }
}

/// A metric: what its points have in common.
#[derive(Clone, Copy, Debug)]
pub struct MetricView<'s, 'a> {
    /// The resource it belongs to.
    pub resource: &'s ResourceView<'s, 'a>,
    /// The scope it belongs to.
    pub scope: &'s ScopeView<'s, 'a>,
    /// Name.
    pub name: &'a str,
    /// What it measures, for people.
    pub description: &'a str,
    /// Unit, in UCUM.
    pub unit: &'a str,
    /// What its points are.
    pub kind: MetricKind,
}

/// One data point.
#[derive(Clone, Copy, Debug)]
pub struct PointView<'s, 'a> {
    /// Position of the point in the request, from 0, over all metrics.
    pub index: u32,
    /// Its metric.
    pub metric: &'s MetricView<'s, 'a>,
    /// Attributes.
    pub attributes: Attributes<'s, 'a>,
    /// Since when it counts; 0 when not told.
    pub start: UnixNanos,
    /// When it was taken.
    pub time: UnixNanos,
    /// Bit 0: the series has ended, there is no value.
    pub flags: u32,
    /// The whole point, validated.
    pub(crate) body: &'a [u8],
}

/// The value of a gauge's or sum's point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer.
    Int(i64),
    /// A double.
    Double(f64),
}

impl Number {
    /// As the nearest double.
    pub fn as_double(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Double(value) => value,
        }
    }
}

/// A histogram's point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistogramData {
    /// How many observations.
    pub count: u64,
    /// Their sum; absent where it would not be monotonic.
    pub sum: Option<f64>,
    /// Observations per bucket.
    pub counts: Vec<u64>,
    /// Upper bounds, one less than there are buckets.
    pub bounds: Vec<f64>,
}

/// Buckets in one direction from zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketData {
    /// Index of the first bucket.
    pub offset: i32,
    /// Observations per bucket.
    pub counts: Vec<u64>,
}

/// An exponential histogram's point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExponentialData {
    /// How many observations.
    pub count: u64,
    /// Their sum.
    pub sum: Option<f64>,
    /// Buckets per power of two, as a power of two.
    pub scale: i32,
    /// Observations around zero.
    pub zero_count: u64,
    /// Above zero.
    pub positive: BucketData,
    /// Below zero.
    pub negative: BucketData,
}

/// A summary's point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SummaryData {
    /// How many observations.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// Quantiles from 0 to 1 with their values.
    pub quantiles: Vec<(f64, f64)>,
}

impl PointView<'_, '_> {
    /// Whether the point says that its series has ended.
    pub fn is_end_of_series(&self) -> bool {
        self.flags & 1 == 1
    }

    /// The value of a gauge's or sum's point, if it has one.
    pub fn number(&self) -> Option<Number> {
        let mut number = None;
        let mut reader = Reader::new(self.body);
        while let Some(field) = reader.next_field() {
            match field {
                (4, Wire::Fixed64(bits)) => number = Some(Number::Double(f64::from_bits(bits))),
                (6, Wire::Fixed64(bits)) => number = Some(Number::Int(bits.cast_signed())),
                _ => {}
            }
        }
        number
    }

    /// A histogram's point.
    pub fn histogram(&self) -> HistogramData {
        let mut data = HistogramData::default();
        let mut reader = Reader::new(self.body);
        while let Some(field) = reader.next_field() {
            match field {
                (4, Wire::Fixed64(count)) => data.count = count,
                (5, Wire::Fixed64(bits)) => data.sum = Some(f64::from_bits(bits)),
                (6, counts) => data.counts.extend(fixed64s(counts)),
                (7, bounds) => data.bounds.extend(fixed64s(bounds).map(f64::from_bits)),
                _ => {}
            }
        }
        data
    }

    /// An exponential histogram's point.
    pub fn exponential(&self) -> ExponentialData {
        let mut data = ExponentialData::default();
        let mut reader = Reader::new(self.body);
        while let Some(field) = reader.next_field() {
            match field {
                (4, Wire::Fixed64(count)) => data.count = count,
                (5, Wire::Fixed64(bits)) => data.sum = Some(f64::from_bits(bits)),
                (6, Wire::Varint(scale)) => data.scale = unzigzag(scale),
                (7, Wire::Fixed64(count)) => data.zero_count = count,
                (8, Wire::Bytes(buckets)) => read_buckets(buckets, &mut data.positive),
                (9, Wire::Bytes(buckets)) => read_buckets(buckets, &mut data.negative),
                _ => {}
            }
        }
        data
    }

    /// A summary's point.
    pub fn summary(&self) -> SummaryData {
        let mut data = SummaryData::default();
        let mut reader = Reader::new(self.body);
        while let Some(field) = reader.next_field() {
            match field {
                (4, Wire::Fixed64(count)) => data.count = count,
                (5, Wire::Fixed64(bits)) => data.sum = f64::from_bits(bits),
                (6, Wire::Bytes(quantile)) => data.quantiles.push(read_quantile(quantile)),
                _ => {}
            }
        }
        data
    }
}

fn read_quantile(body: &[u8]) -> (f64, f64) {
    let mut pair = (0.0, 0.0);
    let mut reader = Reader::new(body);
    while let Some(field) = reader.next_field() {
        match field {
            (1, Wire::Fixed64(bits)) => pair.0 = f64::from_bits(bits),
            (2, Wire::Fixed64(bits)) => pair.1 = f64::from_bits(bits),
            _ => {}
        }
    }
    pair
}

fn read_buckets(body: &[u8], buckets: &mut BucketData) {
    let mut reader = Reader::new(body);
    while let Some(field) = reader.next_field() {
        match field {
            (1, Wire::Varint(offset)) => buckets.offset = unzigzag(offset),
            (2, Wire::Varint(count)) => buckets.counts.push(count),
            (2, Wire::Bytes(packed)) => {
                let mut packed = Reader::new(packed);
                let counts = std::iter::from_fn(|| packed.varint().ok());
                buckets.counts.extend(counts);
            }
            _ => {}
        }
    }
}

/// The numbers of a repeated field of eight bytes each, packed or not.
fn fixed64s(value: Wire<'_>) -> impl Iterator<Item = u64> {
    let (one, packed): (Option<u64>, &[u8]) = match value {
        Wire::Fixed64(bits) => (Some(bits), &[]),
        Wire::Bytes(packed) => (None, packed),
        Wire::Varint(_) | Wire::Fixed32 => (None, &[]),
    };
    let chunks = packed.as_chunks::<8>().0.iter();
    one.into_iter()
        .chain(chunks.map(|bits| u64::from_le_bytes(*bits)))
}

#[expect(clippy::cast_possible_truncation, reason = "the wire format truncates")]
fn unzigzag(value: u64) -> i32 {
    let value = value as u32;
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}
