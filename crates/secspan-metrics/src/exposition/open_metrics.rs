//! OpenMetrics 1.0 text format.
//!
//! A counter whose name does not end in `_total` has no place in OpenMetrics; it is written as `unknown`, so that its
//! sample has the same name in every format.

use std::fmt::{self, Write as _};

use secspan_otlp::view::SpanId;

use super::Options;
use super::number::{Canonical, Float, Seconds};
use super::text::{LabelSet, Quoted};
use crate::family::{Exemplar, Family, HistogramPoint, Kind, Point, PointValue};

pub(super) fn render(families: &[Family], options: Options) -> String {
    let mut out = String::new();
    for family in families {
        // Writing into a String cannot fail.
        write_family(&mut out, family, options).ok();
    }
    out.push_str("# EOF\n");
    out
}

fn write_family(out: &mut String, family: &Family, options: Options) -> fmt::Result {
    let total = family
        .name
        .strip_suffix("_total")
        .filter(|_| family.kind == Kind::Counter);
    let name = total.unwrap_or(&family.name);
    let kind = match (family.kind, total) {
        (Kind::Counter, None) => "unknown",
        (kind, _) => kind.as_str(),
    };
    writeln!(out, "# TYPE {name} {kind}")?;
    let suffixed = name
        .strip_suffix(&*family.unit)
        .is_some_and(|rest| rest.ends_with('_'));
    if !family.unit.is_empty() && suffixed {
        writeln!(out, "# UNIT {name} {}", family.unit)?;
    }
    if !family.help.is_empty() {
        writeln!(out, "# HELP {name} {}", Quoted(&family.help))?;
    }
    for point in &family.points {
        write_point(out, name, family, point)?;
        if options.created_lines
            && kind != "unknown"
            && family.kind != Kind::Gauge
            && point.created.0 > 0
        {
            let labels = LabelSet(&point.labels, None);
            writeln!(out, "{name}_created{labels} {}", Seconds(point.created.0))?;
        }
    }
    Ok(())
}

fn write_point(out: &mut String, name: &str, family: &Family, point: &Point) -> fmt::Result {
    let labels = LabelSet(&point.labels, None);
    match &point.value {
        PointValue::Counter { value, exemplar } => {
            let exemplar = exemplar.filter(|_| name.len() < family.name.len());
            writeln!(
                out,
                "{}{labels} {}{}",
                family.name,
                Float(*value),
                Example(exemplar)
            )
        }
        PointValue::Gauge(value) => writeln!(out, "{name}{labels} {}", Float(*value)),
        PointValue::Histogram(histogram) => write_histogram(out, name, point, histogram),
    }
}

fn write_histogram(
    out: &mut String,
    name: &str,
    point: &Point,
    histogram: &HistogramPoint,
) -> fmt::Result {
    let mut below = 0;
    let mut exemplars = histogram.exemplars.iter().peekable();
    let bounds = histogram.bounds.iter().chain([&f64::INFINITY]);
    for (bucket, (bound, count)) in bounds.zip(&histogram.counts).enumerate() {
        below += count;
        let exemplar = exemplars
            .next_if(|(at, _)| *at == bucket)
            .map(|(_, exemplar)| *exemplar);
        let labels = LabelSet(&point.labels, Some(&Canonical(*bound)));
        writeln!(out, "{name}_bucket{labels} {below}{}", Example(exemplar))?;
    }
    let labels = LabelSet(&point.labels, None);
    writeln!(out, "{name}_count{labels} {}", histogram.count)?;
    writeln!(out, "{name}_sum{labels} {}", Float(histogram.sum))
}

struct Example(Option<Exemplar>);

impl fmt::Display for Example {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(exemplar) = self.0 else {
            return Ok(());
        };
        write!(out, " # {{trace_id=\"{}\"", Hex(&exemplar.trace_id.0))?;
        if exemplar.span_id != SpanId::default() {
            write!(out, ",span_id=\"{}\"", Hex(&exemplar.span_id.0))?;
        }
        write!(out, "}} {}", Float(exemplar.value))?;
        if exemplar.time.0 > 0 {
            write!(out, " {}", Seconds(exemplar.time.0))
        } else {
            Ok(())
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}
