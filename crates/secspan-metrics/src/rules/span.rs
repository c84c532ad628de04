//! Spans, their events, and log records that are events, as facts.

use secspan_otlp::keys::Slot;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{EventView, LogView, ResourceView, SpanId, SpanView, TraceId, Value};

use super::compile::{Each, Rule, Source};
use super::evaluate::Facts;
use crate::family::Exemplar;
use crate::span_metrics::{UNKNOWN_SERVICE, kind_text, status_text};
use crate::value_text::stated;

/// What arrived.
#[derive(Clone, Copy, Debug)]
enum Arrival<'v, 's, 'a> {
    Span(&'v SpanView<'s, 'a>),
    /// A log record with an event name: an event whose span is elsewhere.
    Log(&'v LogView<'s, 'a>),
}

/// A span or a log record, an event of the span when the rule is about events, and the item of a `for_each`.
#[derive(Clone, Copy, Debug)]
pub(super) struct SpanFacts<'v, 's, 'a> {
    arrival: Arrival<'v, 's, 'a>,
    pub(super) event: Option<EventView<'s, 'a>>,
    item: Option<&'v str>,
    service_name: Slot,
}

impl<'v, 's, 'a> SpanFacts<'v, 's, 'a> {
    pub(super) fn new(span: &'v SpanView<'s, 'a>, service_name: Slot) -> Self {
        Self {
            arrival: Arrival::Span(span),
            event: None,
            item: None,
            service_name,
        }
    }

    /// A log record as the event that it is.
    pub(super) fn of_log(record: &'v LogView<'s, 'a>, service_name: Slot) -> Self {
        Self {
            arrival: Arrival::Log(record),
            event: Some(EventView {
                name: record.event_name,
                name_slot: record.event_name_slot,
                time: log_time(record),
                attributes: record.attributes,
                dropped_attributes: record.dropped_attributes,
            }),
            item: None,
            service_name,
        }
    }

    /// The span as an example of `value`; without a trace there is none.
    pub(super) fn exemplar(&self, value: f64) -> Option<Exemplar> {
        let (trace_id, span_id, time) = match self.arrival {
            Arrival::Span(span) => (span.trace_id, span.span_id, span.end),
            Arrival::Log(record) => (record.trace_id, record.span_id, log_time(record)),
        };
        let trace_id = TraceId(trace_id.try_into().ok()?);
        let span_id = span_id
            .try_into()
            .map_or_else(|_| SpanId::default(), SpanId);
        (trace_id != TraceId::default()).then_some(Exemplar {
            trace_id,
            span_id,
            value,
            time,
        })
    }

    fn span(&self) -> Option<&'v SpanView<'s, 'a>> {
        match self.arrival {
            Arrival::Span(span) => Some(span),
            Arrival::Log(_) => None,
        }
    }

    fn resource(&self) -> &'s ResourceView<'s, 'a> {
        match self.arrival {
            Arrival::Span(span) => span.resource,
            Arrival::Log(record) => record.resource,
        }
    }

    fn attribute(&self, slot: Slot) -> Option<Value<'a>> {
        stated(self.event.and_then(|event| event.attributes.get(slot)))
            .or_else(|| stated(self.span()?.attributes.get(slot)))
            .or_else(|| stated(self.resource().attributes.get(slot)))
    }
}

/// When it happened, or else when it was seen.
fn log_time(record: &LogView<'_, '_>) -> UnixNanos {
    match record.time {
        UnixNanos(0) => record.observed_time,
        time => time,
    }
}

impl Facts for SpanFacts<'_, '_, '_> {
    fn value(&self, source: &Source) -> Option<Value<'_>> {
        let value = match source {
            Source::Attribute(slot) => self.attribute(*slot)?,
            Source::Name => Value::Str(match &self.event {
                Some(event) => event.name,
                None => self.span()?.name,
            }),
            Source::SpanName => Value::Str(self.span()?.name),
            Source::SpanKind => Value::Str(kind_text(self.span()?.kind)),
            Source::StatusCode => Value::Str(status_text(self.span()?.status)),
            Source::ServiceName => Value::Str(
                self.resource()
                    .attributes
                    .str(self.service_name)
                    .unwrap_or(UNKNOWN_SERVICE),
            ),
            Source::DurationSeconds => Value::Double(self.span()?.duration_nanos() as f64 / 1e9),
            Source::Item => Value::Str(self.item?),
            Source::Field(_) => return None,
        };
        stated(Some(value))
    }
}

/// Calls `add` with each number that the rule adds for these facts.
pub(super) fn apply<'r, 's, 'a>(
    rule: &'r Rule,
    facts: &SpanFacts<'r, 's, 'a>,
    add: &mut dyn FnMut(f64, &SpanFacts<'r, 's, 'a>),
) {
    if !rule.matches(facts) {
        return;
    }
    match &rule.for_each {
        None => {
            if let Some(value) = rule.number(facts) {
                add(value, facts);
            }
        }
        Some(Each::Fields(fields)) => {
            for (item, sources) in fields {
                let facts = SpanFacts {
                    item: Some(item),
                    ..*facts
                };
                if let Some(value) = rule.number_of(&facts, sources) {
                    add(value, &facts);
                }
            }
        }
        Some(Each::List(_)) => {}
    }
}
