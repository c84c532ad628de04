//! `workflow`: joins the spans of a workflow into exactly one record, and makes one of each event that is one.
//!
//! # Purpose
//! Traces in, records out, as a logs pipeline's receiver. Log records with an event name and a span are folded onto that
//! span: name the connector as an exporter of a logs pipeline too. How the join works is in [`secspan_records::join`].
//! `secops.review.decided` and `secops.ticket.closed` are records by themselves: on any span, or as a log record without
//! one, at once.
//!
//! # Configuration
//! `quiet_period` (default 5 s), `deadline` (default 1 h), `max_memory` (default 32 MiB), `max_age` (default 3650 d) and
//! `max_ahead` (default 1 d): how far from now a workflow or event may be complete, `epss_unit` (`guess`, `probability`,
//! `percent`), `workflows`: further workflow names and what they are (`enrichment`, `review`).
//!
//! # Telemetry
//! `secops_late_spans_total`.
//!
//! # Limits
//! `max_memory` for traces that are open or may still be amended; beyond it the oldest workflow completes early.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use secspan_metrics::store::{Counter, Instrument};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{LogView, SpanView};
use secspan_records::definition::Definitions;
use secspan_records::join::{Join, JoinStage, Joined, Settings};
use secspan_records::kind::Kind;
use secspan_records::value::ShareUnit;
use secspan_semconv::metric;

use crate::component::{Connector, ConnectorConfig, RecordSource, Staged, StartError, Stateful};
use crate::config::{ByteSize, Complaint, Section};
use crate::context::BuildContext;

/// Bounds of the quiet period: shorter than a network hiccup would make amendments of everything.
const QUIET_PERIODS: RangeInclusive<Duration> =
    Duration::from_millis(100)..=Duration::from_hours(1);

/// Bounds of the deadline.
const DEADLINES: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_hours(24 * 7);

/// Bounds of how far from now something may be complete.
const AGES: RangeInclusive<Duration> =
    Duration::from_mins(1)..=Duration::from_hours(24 * 365 * 100);

/// Bounds of the memory.
const MEMORY: RangeInclusive<ByteSize> = ByteSize::mib(1)..=ByteSize::gib(64);

/// The parsed section.
#[derive(Clone, Debug)]
pub struct WorkflowConfig {
    settings: Settings,
    workflows: Vec<(String, &'static Kind)>,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ConnectorConfig> {
    let units = [
        ("guess", ShareUnit::Guess),
        ("probability", ShareUnit::Share),
        ("percent", ShareUnit::Percent),
    ];
    let memory = section
        .byte_size("max_memory")
        .within(MEMORY)
        .or(ByteSize::mib(32));
    let quiet_period = section.duration("quiet_period").within(QUIET_PERIODS);
    let deadline = section.duration("deadline").within(DEADLINES);
    let settings = Settings {
        quiet_period: quiet_period.or(Settings::QUIET_PERIOD),
        deadline: deadline.or(Settings::DEADLINE),
        max_bytes: memory.as_usize(),
        max_age: section
            .duration("max_age")
            .within(AGES)
            .or(Settings::MAX_AGE),
        max_ahead: section
            .duration("max_ahead")
            .within(AGES)
            .or(Settings::MAX_AHEAD),
        share_unit: section.choice("epss_unit", &units).or(ShareUnit::Guess),
    };
    if settings.deadline < settings.quiet_period {
        let complaint = Complaint::new("the deadline is shorter than the quiet period");
        section.reject(
            "deadline",
            complaint.hint("a workflow could never become quiet"),
        );
    }
    let all = secspan_systems::kinds().iter().copied();
    let kinds: Vec<(&'static str, &'static Kind)> = all
        .filter(|kind| kind.is_workflow())
        .map(|kind| (kind.name, kind))
        .collect();
    let workflows = section.sections("workflows", |workflow| {
        let name = workflow.string("name").required();
        let first = kinds.first().copied();
        let kind = workflow.choice("kind", &kinds);
        Some((name, kind.required(first?.1)))
    });
    Box::new(WorkflowConfig {
        settings,
        workflows: workflows.into_iter().flatten().collect(),
    })
}

impl ConnectorConfig for WorkflowConfig {
    fn build(
        self: Box<Self>,
        id: &str,
        context: &mut BuildContext,
    ) -> Result<Connector, StartError> {
        let built_in = Definitions::of(secspan_systems::kinds().iter().copied());
        let definitions = self
            .workflows
            .iter()
            .fold(built_in, |definitions, (name, kind)| {
                definitions.with_workflow(name, kind)
            });
        let join = Join::new(self.settings, definitions, &mut context.keys).map_err(|error| {
            StartError {
                component: id.to_owned(),
                reason: error.to_string(),
            }
        })?;
        let late = Instrument::new(
            metric::SECOPS_LATE_SPANS_TOTAL,
            "Spans and events that arrived after their workflow was complete.",
        );
        let late_spans = context
            .shared
            .telemetry
            .derived
            .counter(&late.initial_zero(), &[]);
        let shared = Arc::new(Shared { join, late_spans });
        Ok(Connector {
            spans: Some(Arc::<Shared>::clone(&shared)),
            logs: Some(Arc::<Shared>::clone(&shared)),
            source: Some(Arc::<Shared>::clone(&shared)),
            state: Some(shared),
            ..Connector::default()
        })
    }
}

/// The join between the pipelines that feed it and the one that it feeds.
struct Shared {
    join: Join,
    late_spans: Counter,
}

impl Staged for Shared {
    type Stage = JoinStage;

    fn open(&self) -> JoinStage {
        self.join.stage()
    }

    fn span(&self, stage: &mut JoinStage, span: &SpanView<'_, '_>) {
        self.join.observe(stage, span);
    }

    fn log(&self, stage: &mut JoinStage, record: &LogView<'_, '_>) {
        self.join.observe_log_event(stage, record);
    }

    fn count(&self, stage: JoinStage, now: UnixNanos) {
        self.join.commit(stage, now);
    }
}

impl Shared {
    fn count_late(&self) {
        let known = self.late_spans.value();
        let late = self.join.counters().late as f64;
        self.late_spans.add_amount(late - known);
    }
}

impl RecordSource for Shared {
    fn tick(&self, now: UnixNanos, out: &mut Vec<Joined>) {
        self.join.tick(now, out);
        self.count_late();
    }

    fn finish(&self, now: UnixNanos, out: &mut Vec<Joined>) {
        self.join.finish(now, out);
        self.count_late();
    }

    fn suspend(&self, now: UnixNanos, out: &mut Vec<Joined>) -> Vec<u8> {
        let state = self.join.suspend(now, out);
        self.count_late();
        state
    }
}

impl Stateful for Shared {
    fn save(&self) -> Option<Vec<u8>> {
        None
    }

    fn restore(&self, bytes: &[u8], now: UnixNanos) -> Result<(), String> {
        self.join
            .resume(bytes, now)
            .map(drop)
            .map_err(|error| error.to_string())
    }
}
