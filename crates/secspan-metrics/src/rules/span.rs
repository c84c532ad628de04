//! Spans and their events as facts.

use secspan_otlp::keys::Slot;
use secspan_otlp::view::{EventView, SpanView, Value};

use super::compile::{Each, Rule, Source};
use super::evaluate::Facts;
use crate::span_metrics::{UNKNOWN_SERVICE, kind_text, status_text};

/// A span, an event of it when the rule is about events, and the item of a `for_each`.
#[derive(Clone, Copy, Debug)]
pub(super) struct SpanFacts<'v, 's, 'a> {
    pub(super) span: &'v SpanView<'s, 'a>,
    pub(super) event: Option<EventView<'s, 'a>>,
    item: Option<&'v str>,
    service_name: Slot,
}

impl<'v, 's, 'a> SpanFacts<'v, 's, 'a> {
    pub(super) fn new(span: &'v SpanView<'s, 'a>, service_name: Slot) -> Self {
        Self {
            span,
            event: None,
            item: None,
            service_name,
        }
    }
}

impl Facts for SpanFacts<'_, '_, '_> {
    fn value(&self, source: &Source) -> Option<Value<'_>> {
        let span = self.span;
        let value = match source {
            Source::Attribute(slot) => {
                let event = self
                    .event
                    .as_ref()
                    .and_then(|event| event.attributes.get(*slot));
                event
                    .or_else(|| span.attributes.get(*slot))
                    .or_else(|| span.resource.attributes.get(*slot))?
            }
            Source::Name => Value::Str(self.event.as_ref().map_or(span.name, |event| event.name)),
            Source::SpanName => Value::Str(span.name),
            Source::SpanKind => Value::Str(kind_text(span.kind)),
            Source::StatusCode => Value::Str(status_text(span.status)),
            Source::ServiceName => Value::Str(
                span.resource
                    .attributes
                    .str(self.service_name)
                    .unwrap_or(UNKNOWN_SERVICE),
            ),
            Source::DurationSeconds => Value::Double(span.duration_nanos() as f64 / 1e9),
            Source::Item => Value::Str(self.item?),
            Source::Field(_) => return None,
        };
        (!value.is_empty()).then_some(value)
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
