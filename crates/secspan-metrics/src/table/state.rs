//! Saving a table as bytes and putting it back, so that counters survive a restart.
//!
//! A table is written as one section (see [`crate::saved`]): its shape (kind, bounds, label names), its series. A section
//! whose metric is gone or has another shape now is passed over: its counters start anew, which readers see as a reset.
//! Exemplars are not kept.

use foldhash::fast::RandomState;
use secspan_otlp::time::UnixNanos;

use super::rows::Rows;
use super::{Description, Table};
use crate::family::Kind;
use crate::histogram::Histogram;
use crate::limits::NATIVE_BUCKETS_MAX;
use crate::native::{Buckets, NativePoint, SCHEMA_MAX, SCHEMA_MIN};
use crate::reader::Shown;
use crate::saved::{self, Reader, RestoreError, put_bytes, put_counts, put_len, put_u64};
use crate::series::{Cell, Series};

/// Beyond the index of every double's bucket.
const INDEX_MAX: u32 = 1 << 20;

/// The state of all tables given.
pub(crate) fn save<'a>(tables: impl IntoIterator<Item = &'a Table>) -> Vec<u8> {
    let mut out = saved::begin();
    for table in tables {
        saved::put_section(&mut out, &table.description().name, |out| table.write(out));
    }
    out
}

/// Puts a saved state back into those of the tables given that still have the same shape. Returns how many series.
///
/// # Errors
/// When the bytes are damaged; sections before the damage have been restored.
pub(crate) fn restore(bytes: &[u8], tables: &[&Table]) -> Result<usize, RestoreError> {
    saved::read_sections(bytes, &mut |name, section| {
        restore_section(name, section, tables.iter().copied())
    })
}

/// Puts one section back into the table of its name, if that is there and has the same shape. Returns how many series.
pub(crate) fn restore_section<'a>(
    name: &str,
    section: Reader<'_>,
    tables: impl IntoIterator<Item = &'a Table>,
) -> Result<usize, RestoreError> {
    let same_name = |table: &&Table| *table.description().name == *name;
    match tables.into_iter().find(same_name) {
        Some(table) => table.read(section),
        None => Ok(0),
    }
}

impl Table {
    fn write(&self, out: &mut Vec<u8>) {
        put_shape(out, &self.description);
        let rows = self.lock();
        put_len(out, rows.series.len());
        for series in &rows.series {
            put_series(out, series, &self.description);
        }
    }

    fn read(&self, mut reader: Reader<'_>) -> Result<usize, RestoreError> {
        let mut shape = Vec::new();
        put_shape(&mut shape, &self.description);
        let Some(rest) = reader.0.strip_prefix(shape.as_slice()) else {
            return Ok(0);
        };
        reader.0 = rest;
        let count = reader.length()?;
        let mut rows = self.lock();
        for _ in 0..count {
            reader.series(&self.description, &self.hasher, &mut rows)?;
        }
        Ok(count)
    }
}

fn put_shape(out: &mut Vec<u8>, what: &Description) {
    out.push(match what.kind {
        Kind::Counter => 0,
        Kind::Gauge => 1,
        Kind::Histogram => 2,
    });
    put_len(out, what.bounds.as_slice().len());
    for bound in what.bounds.as_slice() {
        put_u64(out, bound.to_bits());
    }
    put_len(out, what.labels.len());
    for label in &what.labels {
        put_bytes(out, label.name.as_bytes());
    }
}

fn put_series(out: &mut Vec<u8>, series: &Series, what: &Description) {
    put_bytes(out, &series.key);
    put_u64(out, series.created.0);
    put_u64(out, series.touched.0);
    out.push(u8::from(series.lasting));
    out.push(u8::from(series.shown.is_full()));
    match &series.cell {
        Cell::Counter { value, .. } | Cell::Gauge(value) => put_u64(out, value.to_bits()),
        Cell::Histogram(histogram) => {
            let point = histogram.point(&what.bounds, 0);
            put_u64(out, point.sum.to_bits());
            put_counts(out, &point.counts);
            put_bytes(out, &point.native.schema.to_le_bytes());
            put_u64(out, point.native.zero_count);
            for side in [&point.native.positive, &point.native.negative] {
                put_bytes(out, &side.first.to_le_bytes());
                put_counts(out, &side.counts);
            }
        }
    }
}

impl Reader<'_> {
    fn side(&mut self) -> Result<Buckets, RestoreError> {
        let first = i32::from_le_bytes(self.bytes()?.try_into().map_err(|_| RestoreError)?);
        let counts = self.counts()?;
        let known = first.unsigned_abs() <= INDEX_MAX && counts.len() <= NATIVE_BUCKETS_MAX;
        if known {
            Ok(Buckets { first, counts })
        } else {
            Err(RestoreError)
        }
    }

    fn histogram(&mut self, what: &Description) -> Result<Histogram, RestoreError> {
        let sum = self.f64()?;
        let counts = self.counts()?;
        let schema = self.bytes()?.try_into().map_err(|_| RestoreError)?;
        let native = NativePoint {
            schema: i8::from_le_bytes(schema),
            zero_count: self.u64()?,
            positive: self.side()?,
            negative: self.side()?,
        };
        let known = (SCHEMA_MIN..=SCHEMA_MAX).contains(&native.schema);
        if !known || counts.len() != what.bounds.as_slice().len() + 1 {
            return Err(RestoreError);
        }
        Ok(Histogram::restore(counts, sum, native))
    }

    fn series(
        &mut self,
        what: &Description,
        hasher: &RandomState,
        rows: &mut Rows,
    ) -> Result<(), RestoreError> {
        let key = self.bytes()?;
        if !crate::key::is_key(key, what.labels.len()) {
            return Err(RestoreError);
        }
        let (created, touched) = (UnixNanos(self.u64()?), UnixNanos(self.u64()?));
        let (lasting, shown) = (self.flag()?, self.flag()?);
        let cell = match what.kind {
            Kind::Counter => Cell::Counter {
                value: self.f64()?,
                exemplar: None,
            },
            Kind::Gauge => Cell::Gauge(self.f64()?),
            Kind::Histogram => Cell::Histogram(Box::new(self.histogram(what)?)),
        };
        let over = crate::key::values(key).any(|value| value == Some(crate::limits::OVERFLOW));
        let place = rows.find_or_insert(what, hasher, key, over);
        if let Some(series) = rows.series.get_mut(place as usize) {
            series.created = created;
            series.touched = touched;
            series.lasting |= lasting;
            series.shown = if shown {
                Shown::full()
            } else {
                Shown::default()
            };
            series.cell = cell;
        }
        Ok(())
    }
}
