//! Prometheus text format 0.0.4.

use std::fmt::{self, Write as _};

use super::number::Float;
use crate::family::{Family, HistogramPoint, Label, PointValue};

/// Rough length of a sample line, to reserve memory once.
const LINE_BYTES: usize = 160;

pub(super) fn render(families: &[Family]) -> String {
    let lines: usize = families.iter().map(|family| family.points.len()).sum();
    let mut out = String::with_capacity(lines * LINE_BYTES);
    for family in families {
        // Writing into a String cannot fail.
        write_family(&mut out, family).ok();
    }
    out
}

fn write_family(out: &mut String, family: &Family) -> fmt::Result {
    if !family.help.is_empty() {
        writeln!(out, "# HELP {} {}", family.name, Help(&family.help))?;
    }
    writeln!(out, "# TYPE {} {}", family.name, family.kind.as_str())?;
    for point in &family.points {
        match &point.value {
            PointValue::Counter { value, .. } | PointValue::Gauge(value) => {
                writeln!(
                    out,
                    "{}{} {}",
                    family.name,
                    LabelSet(&point.labels, None),
                    Float(*value)
                )?;
            }
            PointValue::Histogram(histogram) => {
                write_histogram(out, &family.name, &point.labels, histogram)?;
            }
        }
    }
    Ok(())
}

fn write_histogram(
    out: &mut String,
    name: &str,
    labels: &[Label],
    point: &HistogramPoint,
) -> fmt::Result {
    let mut below = 0;
    for (bound, count) in point
        .bounds
        .iter()
        .chain([&f64::INFINITY])
        .zip(&point.counts)
    {
        below += count;
        writeln!(
            out,
            "{name}_bucket{} {below}",
            LabelSet(labels, Some(&Float(*bound)))
        )?;
    }
    let plain = LabelSet(labels, None);
    writeln!(out, "{name}_sum{plain} {}", Float(point.sum))?;
    writeln!(out, "{name}_count{plain} {}", point.count)
}

/// Labels in braces, with a bucket bound when there is one; nothing at all when there are none.
#[derive(Clone, Copy)]
pub(super) struct LabelSet<'a>(
    pub(super) &'a [Label],
    pub(super) Option<&'a dyn fmt::Display>,
);

impl fmt::Display for LabelSet<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(labels, bound) = self;
        if labels.is_empty() && bound.is_none() {
            return Ok(());
        }
        let mut before = '{';
        for label in *labels {
            write!(out, "{before}{}=\"{}\"", label.name, Quoted(&label.value))?;
            before = ',';
        }
        if let Some(bound) = bound {
            write!(out, "{before}le=\"{bound}\"")?;
        }
        out.write_char('}')
    }
}

/// Text between quotes: backslash, quote and line feed escaped.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(out, self.0, &['\\', '\n', '"'])
    }
}

/// Help text: no quotes around it, so none to escape.
struct Help<'a>(&'a str);

impl fmt::Display for Help<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(out, self.0, &['\\', '\n'])
    }
}

fn escape(out: &mut fmt::Formatter<'_>, text: &str, special: &[char]) -> fmt::Result {
    for piece in text.split_inclusive(special) {
        let mut characters = piece.chars();
        match characters.next_back() {
            Some(last) if special.contains(&last) => {
                out.write_str(characters.as_str())?;
                out.write_str(match last {
                    '\n' => "\\n",
                    '"' => "\\\"",
                    _ => "\\\\",
                })?;
            }
            _ => out.write_str(piece)?,
        }
    }
    Ok(())
}
