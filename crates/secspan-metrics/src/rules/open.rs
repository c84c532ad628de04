//! Items that one record opens and another closes: how many are open now, and since when the oldest is.
//!
//! ```text
//!            opened_by                        closed_by
//! record ───────────────> item: since when ───────────────> closing, remembered
//!                              │
//!                              └─ collect ─> count (gauge), oldest (gauge, a point in time)
//! ```
//!
//! **Order does not matter.** A closing may arrive before its opening (a workflow is joined after a pause, an event is not):
//! closings are remembered, and what was opened no later than it was closed is closed. An item that is opened again after
//! its closing is open again, since then; one that is opened twice is open since the first time, with the labels of the
//! last.
//!
//! **Bounded.** A rule keeps `items_max` items and as many closings. What is opened beyond that, or has a key of more than
//! [`KEY_BYTES_MAX`] bytes, is not kept and counted in `secops_open_dropped_total`: the old ones stay, they are the ones to
//! worry about. The oldest closing gives way to a new one. Label sets are bounded by [`GROUPS_MAX`].
//!
//! **Kept across a change of configuration, not across a restart**: what was open before it is unknown after it, and
//! neither counted nor old.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secspan_otlp::time::UnixNanos;
use secspan_semconv::metric::SECOPS_OPEN_DROPPED_TOTAL;

use super::compile::{Label, Source};
use super::evaluate::{Facts, all_hold, first_number};
use super::file::{OpenMetric, OpenRule, Test};
use super::record::{Fields, RecordFacts};
use crate::family::{self, Family, Kind, Labels, Point, PointValue};
use crate::key::{self, KeyBuf};
use crate::limits::{LABEL_BYTES_MAX, OVERFLOW};
use crate::saved::{Reader, RestoreError, put_section};
use crate::value_text::Text;

mod state;

use state::State;

/// Longest key of an item, in bytes.
pub(super) const KEY_BYTES_MAX: usize = 256;

/// The most label sets of one rule; beyond it, labels with any value become [`OVERFLOW`].
pub(super) const GROUPS_MAX: usize = 500;

/// What a rule looks for in records.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) key: Vec<Source>,
    pub(super) opened_by: Vec<(Source, Test)>,
    pub(super) opened_at: Vec<Source>,
    pub(super) closed_by: Vec<(Source, Test)>,
    pub(super) closed_at: Vec<Source>,
    pub(super) labels: Vec<Label>,
}

/// A compiled rule with its items.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) name: Box<str>,
    counted: Counted,
    count: Option<OpenMetric>,
    oldest: Option<OpenMetric>,
    state: Mutex<State>,
}

impl Open {
    /// A rule without items; `combinations` are the label sets that are known beforehand.
    pub(super) fn new(
        rule: &OpenRule,
        counted: Counted,
        combinations: &[Vec<Option<&str>>],
    ) -> Self {
        let mut state = State::new(rule.items_max);
        for values in combinations {
            let mut key = KeyBuf::new(LABEL_BYTES_MAX);
            for value in values {
                key.optional(*value);
            }
            state.group(key.as_bytes());
        }
        Self {
            name: rule.name.as_str().into(),
            counted,
            count: rule.count.clone(),
            oldest: rule.oldest.clone(),
            state: Mutex::new(state),
        }
    }

    /// The gauges that it makes.
    pub(super) fn metrics(&self) -> impl Iterator<Item = &OpenMetric> {
        self.count.iter().chain(&self.oldest)
    }

    /// The names of the labels, in order.
    #[cfg(test)]
    pub(super) fn label_names(&self) -> impl Iterator<Item = &str> {
        let labels = self.counted.labels.iter();
        labels.map(|label| label.rule.name.as_str())
    }

    /// Opens or closes what the record is about.
    pub(super) fn record(&self, record: &dyn Fields, now: UnixNanos) {
        let counted = &self.counted;
        let facts = RecordFacts::whole(record);
        let opens = all_hold(&counted.opened_by, &facts);
        let closes = all_hold(&counted.closed_by, &facts);
        if !opens && !closes {
            return;
        }
        let Some(item) = counted.key.iter().find_map(|source| facts.value(source)) else {
            return;
        };
        let item = Text(item).to_string();
        let at = |sources: &[Source]| {
            first_number(&facts, sources).unwrap_or_else(|| now.0 as f64 / NANOS_PER_SECOND)
        };
        let mut state = self.lock();
        if opens {
            let labels = self.label_set(&facts, &state);
            let group = state.group(&labels);
            state.open(&item, at(&counted.opened_at), group);
        }
        if closes {
            state.close(&item, at(&counted.closed_at));
        }
    }

    /// Appends the gauges, and adds to `dropped` what was not kept.
    pub(super) fn collect(&self, out: &mut Vec<Family>, dropped: &mut Vec<Point>) {
        let state = self.lock();
        let groups = state.groups();
        let labels: Vec<Labels> = groups
            .iter()
            .map(|group| self.labels_of(&group.key))
            .collect();
        let family = |metric: &OpenMetric, unit: &str, points| Family {
            name: metric.name.as_str().into(),
            help: metric.help.as_str().into(),
            kind: Kind::Gauge,
            unit: unit.into(),
            points,
        };
        let point = |labels: &Labels, value: f64| Point {
            labels: Labels::clone(labels),
            created: UnixNanos(0),
            value: PointValue::Gauge(value),
        };
        let tally = state.tally();
        if let Some(metric) = &self.count {
            let points = labels.iter().zip(&tally);
            let points = points.map(|(labels, group)| point(labels, group.items as f64));
            out.push(family(metric, "", points.collect()));
        }
        if let Some(metric) = &self.oldest {
            let points = labels.iter().zip(&tally);
            let points = points.filter_map(|(labels, group)| Some(point(labels, group.oldest?)));
            out.push(family(metric, "seconds", points.collect()));
        }
        dropped.push(Point {
            labels: Arc::new([family::Label::new("items", &self.name)]),
            created: UnixNanos(0),
            value: PointValue::Counter {
                value: state.dropped as f64,
                exemplar: None,
            },
        });
    }

    /// Appends the items as a section of saved state.
    pub(super) fn save(&self, out: &mut Vec<u8>) {
        put_section(out, &self.section_name(), |out| self.lock().write(out));
    }

    /// Puts saved items back; returns how many.
    pub(super) fn restore(&self, section: Reader<'_>) -> Result<usize, RestoreError> {
        self.lock().read(section, self.counted.labels.len())
    }

    /// The name of its section: no metric's, they have no spaces.
    pub(super) fn section_name(&self) -> String {
        format!("open {}", self.name)
    }

    /// The label set of a record; one that would be one too many keeps only its closed labels.
    fn label_set(&self, facts: &RecordFacts<'_>, state: &State) -> Vec<u8> {
        let mut whole = KeyBuf::new(LABEL_BYTES_MAX);
        let labels = &self.counted.labels;
        for label in labels {
            label.write(facts, &mut whole);
        }
        if state.groups().len() < GROUPS_MAX || state.knows(whole.as_bytes()) {
            return whole.as_bytes().to_vec();
        }
        let mut folded = KeyBuf::new(LABEL_BYTES_MAX);
        for (label, value) in labels.iter().zip(key::values(whole.as_bytes())) {
            let open = label.rule.allowed.is_empty() && value.is_some();
            folded.optional(if open { Some(OVERFLOW) } else { value });
        }
        folded.as_bytes().to_vec()
    }

    fn labels_of(&self, key: &[u8]) -> Labels {
        let labels = self.counted.labels.iter().zip(key::values(key));
        labels
            .filter_map(|(label, value)| Some(family::Label::new(&label.rule.name, value?)))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nanoseconds in a second.
const NANOS_PER_SECOND: f64 = 1e9;

/// The family of what was not kept, when there are rules that could have lost something.
pub(super) fn dropped_family(points: Vec<Point>) -> Option<Family> {
    let help = secspan_semconv::find_metric(SECOPS_OPEN_DROPPED_TOTAL).map_or("", |it| it.brief);
    (!points.is_empty()).then(|| Family {
        name: SECOPS_OPEN_DROPPED_TOTAL.into(),
        help: help.into(),
        kind: Kind::Counter,
        unit: "".into(),
        points,
    })
}

#[cfg(test)]
mod tests;
