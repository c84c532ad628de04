//! Prometheus protobuf format: length-delimited `io.prometheus.client.MetricFamily` messages.
//!
//! Written by hand: the schema is small and frozen, and the only place where native histograms have a form.

use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::SpanId;

use super::Options;
use super::open_metrics::Hex;
use crate::family::{Exemplar, Family, HistogramPoint, Kind, Point, PointValue};
use crate::native::{Buckets, NativePoint, ZERO_THRESHOLD};
use crate::wire::{double, message, sint, text, uint, varint, zigzag};

/// Empty buckets in a row that are written out rather than skipped: a new span costs more than two zeros.
const GAP_MAX: usize = 2;

pub(super) fn render(families: &[Family], options: Options) -> Vec<u8> {
    let mut out = Vec::new();
    for family in families {
        let body = encode_family(family, options);
        varint(&mut out, body.len() as u64);
        out.extend_from_slice(&body);
    }
    out
}

fn encode_family(family: &Family, options: Options) -> Vec<u8> {
    let mut out = Vec::new();
    text(&mut out, 1, &family.name);
    text(&mut out, 2, &family.help);
    uint(
        &mut out,
        3,
        match family.kind {
            Kind::Counter => 0,
            Kind::Gauge => 1,
            Kind::Histogram => 4,
        },
    );
    for point in &family.points {
        message(&mut out, 4, |out| encode_point(out, point, options));
    }
    if !family.unit.is_empty() {
        text(&mut out, 5, &family.unit);
    }
    out
}

fn encode_point(out: &mut Vec<u8>, point: &Point, options: Options) {
    for label in point.labels.iter() {
        encode_label(out, 1, label.name.as_ref(), label.value.as_ref());
    }
    match &point.value {
        PointValue::Gauge(value) => message(out, 2, |out| double(out, 1, *value)),
        PointValue::Counter { value, exemplar } => message(out, 3, |out| {
            double(out, 1, *value);
            if let Some(exemplar) = exemplar {
                message(out, 2, |out| encode_exemplar(out, exemplar));
            }
            timestamp(out, 3, point.created);
        }),
        PointValue::Histogram(histogram) => {
            message(out, 7, |out| {
                encode_histogram(out, histogram, point.created, options);
            });
        }
    }
}

fn encode_histogram(
    out: &mut Vec<u8>,
    histogram: &HistogramPoint,
    created: UnixNanos,
    options: Options,
) {
    uint(out, 1, histogram.count);
    double(out, 2, histogram.sum);
    let mut below = 0;
    let mut exemplars = histogram.exemplars.iter().peekable();
    let bounds = histogram.bounds.iter().chain([&f64::INFINITY]);
    for (bucket, (bound, count)) in bounds.zip(&histogram.counts).enumerate() {
        below += count;
        let exemplar = exemplars.next_if(|(at, _)| *at == bucket);
        message(out, 3, |out| {
            uint(out, 1, below);
            double(out, 2, *bound);
            if let Some((_, exemplar)) = exemplar {
                message(out, 3, |out| encode_exemplar(out, exemplar));
            }
        });
    }
    timestamp(out, 15, created);
    // Received histograms may have classic buckets alone.
    let has_native = histogram.count == 0 || histogram.native.total() > 0;
    if options.native_histograms && has_native {
        encode_native(out, &histogram.native);
        for (_, exemplar) in histogram
            .exemplars
            .iter()
            .filter(|(_, exemplar)| exemplar.time.0 > 0)
        {
            message(out, 16, |out| encode_exemplar(out, exemplar));
        }
    }
}

fn encode_native(out: &mut Vec<u8>, native: &NativePoint) {
    sint(out, 5, i64::from(native.schema));
    double(out, 6, ZERO_THRESHOLD);
    uint(out, 7, native.zero_count);
    encode_side(out, &native.negative, 9, 10);
    encode_side(out, &native.positive, 12, 13);
}

/// Runs of buckets as (gap, length) spans, and each count as its difference from the one before.
fn encode_side(out: &mut Vec<u8>, side: &Buckets, span_field: u64, delta_field: u64) {
    let mut deltas = Vec::new();
    let mut before = 0;
    let mut offset = i64::from(side.first);
    for run in runs(&side.counts) {
        offset += i64::try_from(run.skipped).unwrap_or(0);
        message(out, span_field, |out| {
            sint(out, 1, offset);
            uint(out, 2, run.counts.len() as u64);
        });
        offset = 0;
        for count in run.counts {
            varint(
                &mut deltas,
                zigzag(count.wrapping_sub(before).cast_signed()),
            );
            before = *count;
        }
    }
    if !deltas.is_empty() {
        varint(out, delta_field << 3 | 2);
        varint(out, deltas.len() as u64);
        out.extend_from_slice(&deltas);
    }
}

/// Buckets to write, and the empty ones left out before them.
struct Run<'a> {
    skipped: usize,
    counts: &'a [u64],
}

fn runs(mut counts: &[u64]) -> impl Iterator<Item = Run<'_>> {
    std::iter::from_fn(move || {
        let skipped = counts.iter().position(|count| *count > 0)?;
        let rest = counts.get(skipped..)?;
        let mut length = 0;
        let mut zeros = 0;
        for (at, count) in rest.iter().enumerate() {
            if *count > 0 {
                length = at + 1;
                zeros = 0;
            } else {
                zeros += 1;
                if zeros > GAP_MAX {
                    break;
                }
            }
        }
        let (run, tail) = rest.split_at_checked(length)?;
        counts = tail;
        Some(Run {
            skipped,
            counts: run,
        })
    })
}

fn encode_exemplar(out: &mut Vec<u8>, exemplar: &Exemplar) {
    encode_label(out, 1, "trace_id", &Hex(&exemplar.trace_id.0).to_string());
    if exemplar.span_id != SpanId::default() {
        encode_label(out, 1, "span_id", &Hex(&exemplar.span_id.0).to_string());
    }
    double(out, 2, exemplar.value);
    timestamp(out, 3, exemplar.time);
}

fn encode_label(out: &mut Vec<u8>, field: u64, name: &str, value: &str) {
    message(out, field, |out| {
        text(out, 1, name);
        text(out, 2, value);
    });
}

fn timestamp(out: &mut Vec<u8>, field: u64, time: UnixNanos) {
    const NANOS: u64 = 1_000_000_000;
    if time.0 > 0 {
        message(out, field, |out| {
            uint(out, 1, time.0 / NANOS);
            uint(out, 2, time.0 % NANOS);
        });
    }
}
