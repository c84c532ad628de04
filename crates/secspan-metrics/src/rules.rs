//! Derived metrics, written as YAML data: the built-in packs and what users write are the same language.
//!
//! ```text
//! text ─ file ─> RuleFile ─ compile ─> Rules ─┬─ stage / observe / commit    span and event rules, per batch
//!          │                                  ├─ record                      record rules, per joined workflow
//!          │                                  │    └─ open                   what records open and close again
//!          └─ check (tests in the file)       └─ collect ─> Family
//! ```
//!
//! The language is described in [`mod@file`], its tests in [`check`], the built-in files in [`packs`]. Rules on spans and
//! events see every arrival, duplicates included, as upstream's connectors do; a log record with an event name is such an
//! event ([`Rules::observe_log`]). Rules on records see each record once,
//! after duplicates are gone, so that metric, record and report give the same number.
//!
//! A value that is absent, not a number, or negative on a counter adds nothing.

use secspan_otlp::keys::{Keys, Slot, SlotSet};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{LogView, SpanView};

use crate::family::{Exemplar, Family};
use crate::limits::Limits;
use crate::problem::Problem;
use crate::reader::Reader;
use crate::saved;
use crate::stage::{Pool, Stage};
use crate::table::{self, EXEMPLARS_MAX, InitialZero, RestoreError, Table};

pub mod check;
mod compile;
mod evaluate;
pub mod file;
mod open;
pub mod packs;
mod pseudonym;
pub mod record;
mod span;
pub mod tree;

use compile::Rule;
pub use file::RuleFile;
use open::Open;
pub use record::{Field, Fields};
use span::SpanFacts;
pub use tree::{Node, NodeValue};

/// Rule files with the options that hold for all their metrics.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// The files, in order.
    pub files: Vec<RuleFile>,
    /// Bounds on the label sets; a metric's own `series_max` and a label's own `values_max` go before.
    pub limits: Limits,
    /// How new series are shown.
    pub initial_zero: InitialZero,
    /// How long an open series without events is kept; `None` for ever.
    pub series_expiration: Option<std::time::Duration>,
    /// The most exemplars of a series, 0 for none.
    pub exemplars_max: usize,
}

impl RuleSet {
    /// Rule files with the default options.
    pub fn new(files: Vec<RuleFile>) -> Self {
        Self {
            files,
            limits: Limits::default(),
            initial_zero: InitialZero::default(),
            series_expiration: None,
            exemplars_max: EXEMPLARS_MAX,
        }
    }
}

/// Compiled rules and their metrics.
#[derive(Debug)]
pub struct Rules {
    tables: Vec<Table>,
    on_span: Vec<Rule>,
    on_event: Vec<Rule>,
    on_record: Vec<Rule>,
    open: Vec<Open>,
    /// The event names that rules ask for; `None` when a rule asks for any.
    event_names: Option<SlotSet>,
    service_name: Slot,
    stages: Pool<RuleStage>,
}

/// What a batch would add; dropped when the batch turns out to be malformed.
#[derive(Debug)]
pub struct RuleStage(Vec<Stage>);

impl Rules {
    /// Compiles rules; asks `keys` for the attributes and event names they need.
    ///
    /// # Errors
    /// All problems that no single file shows: metrics defined twice in different shapes, too many series from the
    /// start, too many attribute keys.
    pub fn new(set: &RuleSet, keys: &mut Keys) -> Result<Self, Vec<Problem>> {
        compile::compile(set, keys)
    }

    /// A stage for one batch.
    pub fn stage(&self) -> RuleStage {
        self.stages
            .take()
            .unwrap_or_else(|| RuleStage(self.tables.iter().map(Table::stage).collect()))
    }

    /// Stages what one span and its events add.
    pub fn observe(&self, stage: &mut RuleStage, span: &SpanView<'_, '_>) {
        let mut facts = SpanFacts::new(span, self.service_name);
        for rule in &self.on_span {
            self.apply_to_span(stage, rule, &facts);
        }
        if self.on_event.is_empty() || span.events.is_empty() {
            return;
        }
        for event in span.events.iter() {
            if !self.wants_event(event.name_slot) {
                continue;
            }
            facts.event = Some(event);
            for rule in &self.on_event {
                self.apply_to_span(stage, rule, &facts);
            }
        }
    }

    /// Stages what one log record adds: with an event name it is an event, whose span may be anywhere.
    ///
    /// An event that is sent both on its span and as a log record counts twice: rules see every arrival.
    pub fn observe_log(&self, stage: &mut RuleStage, record: &LogView<'_, '_>) {
        if record.event_name.is_empty() || !self.wants_event(record.event_name_slot) {
            return;
        }
        let facts = SpanFacts::of_log(record, self.service_name);
        for rule in &self.on_event {
            self.apply_to_span(stage, rule, &facts);
        }
    }

    /// Applies a whole batch.
    pub fn commit(&self, mut stage: RuleStage, now: UnixNanos) {
        for (table, stage) in self.tables.iter().zip(&mut stage.0) {
            table.commit(stage, now);
        }
        self.stages.give(stage);
    }

    /// Counts one record; `exemplar` names its trace, its value is replaced by what each metric observes.
    pub fn record(&self, record: &dyn Fields, exemplar: Option<Exemplar>, now: UnixNanos) {
        for open in &self.open {
            open.record(record, now);
        }
        if self.on_record.is_empty() {
            return;
        }
        let mut stage = self.stage();
        for rule in &self.on_record {
            if let (Some(table), Some(stage)) =
                (self.tables.get(rule.table), stage.0.get_mut(rule.table))
            {
                record::apply(rule, record, &mut |value, facts| {
                    rule.stage(table, stage, facts, value, exemplar);
                });
            }
        }
        self.commit(stage, now);
    }

    /// Whether any rule looks at records.
    pub fn has_record_rules(&self) -> bool {
        !self.on_record.is_empty() || !self.open.is_empty()
    }

    /// Appends all families as a reader without a name is shown them at `now`.
    pub fn collect(&self, now: UnixNanos, out: &mut Vec<Family>) {
        self.collect_for(Reader::ANONYMOUS, now, out);
    }

    /// Appends all families as `reader` is shown them at `now` (see [`crate::reader`]).
    pub fn collect_for(&self, reader: Reader, now: UnixNanos, out: &mut Vec<Family>) {
        for table in &self.tables {
            table.collect_for(reader, now, out);
        }
        let mut dropped = Vec::new();
        for open in &self.open {
            open.collect(out, &mut dropped);
        }
        out.extend(open::dropped_family(dropped));
        table::collect_overflow(&self.tables, out);
    }

    /// All counts and open items as bytes, for [`Self::restore`] after a restart.
    pub fn save(&self) -> Vec<u8> {
        let mut out = table::save(&self.tables);
        for open in &self.open {
            open.save(&mut out);
        }
        out
    }

    /// Puts saved counts and items back; metrics whose shape has changed start anew. Returns how many series and items came
    /// back.
    ///
    /// # Errors
    /// When the bytes are damaged or of another version.
    pub fn restore(&self, bytes: &[u8]) -> Result<usize, RestoreError> {
        saved::read_sections(bytes, &mut |name, section| match self
            .open
            .iter()
            .find(|open| open.section_name() == name)
        {
            Some(open) => open.restore(section),
            None => table::restore_section(name, section, &self.tables),
        })
    }

    /// Whether any rule asks for events of this name.
    fn wants_event(&self, name: Option<Slot>) -> bool {
        let wanted = |names: &SlotSet| name.is_some_and(|slot| names.contains(slot));
        self.event_names.as_ref().is_none_or(wanted)
    }

    fn apply_to_span(&self, stage: &mut RuleStage, rule: &Rule, facts: &SpanFacts<'_, '_, '_>) {
        if let (Some(table), Some(stage)) =
            (self.tables.get(rule.table), stage.0.get_mut(rule.table))
        {
            span::apply(rule, facts, &mut |value, facts| {
                rule.stage(table, stage, facts, value, facts.exemplar(value));
            });
        }
    }
}

#[cfg(test)]
mod tests;
