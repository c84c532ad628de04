//! Families as readers ask for them: Prometheus text, OpenMetrics, or Prometheus protobuf.
//!
//! ```text
//! Accept header ─ negotiate ─> Format ┐
//! Vec<Family> ─── reconcile ──────────┴─> render ─> bytes
//! ```
//!
//! A scrape cannot fail. Families of the same name are merged or, when they disagree, dropped and counted
//! ([`reconcile`]); names that no reader takes are cleaned; NaN is a value; and whatever a reader asks for, it gets at
//! least the text format.
//!
//! | | classic buckets | native histograms | exemplars | creation times |
//! |---|---|---|---|---|
//! | text 0.0.4 | yes | no | no | no |
//! | OpenMetrics 1.0 | yes | no | yes | only with [`Options::created_lines`] |
//! | protobuf | yes | yes | yes | yes |
//!
//! `_created` lines are off: Prometheus reads them as creation times only behind a feature flag and otherwise stores
//! each as one more series. Protobuf carries creation times beside the value, where they cost nothing.

use crate::family::Family;

mod conflict;
mod format;
mod number;
mod open_metrics;
mod protobuf;
mod text;

pub use conflict::{Conflicts, reconcile};
pub use format::{Format, negotiate};
pub(crate) use text::Quoted;

/// What a rendering may leave out or add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether OpenMetrics carries `_created` samples.
    pub created_lines: bool,
    /// Whether protobuf carries native histograms.
    pub native_histograms: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            created_lines: false,
            native_histograms: true,
        }
    }
}

/// Renders families that [`reconcile`] has put in order.
pub fn render(families: &[Family], format: Format, options: Options) -> Vec<u8> {
    match format {
        Format::Text => text::render(families).into_bytes(),
        Format::OpenMetrics => open_metrics::render(families, options).into_bytes(),
        Format::Protobuf => protobuf::render(families, options),
    }
}

#[cfg(test)]
mod tests;
