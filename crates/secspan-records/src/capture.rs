//! From a span as a walk shows it to what the join keeps of it.

use secspan_otlp::keys::{Keys, Slot, SlotSet, TooManyKeys};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{Attributes, SpanView, StatusCode, Value};
use secspan_semconv::{attribute, event};

use crate::definition::Definitions;
use crate::event::{EventKind, FactEvent};
use crate::facts::{Fact, FactValue, PerplexityCall, SpanFacts};
use crate::record::Identity;
use crate::terms::{Outcome, PerplexityKind};

/// Reads facts off spans; made once, with the keys of the walk.
#[derive(Clone, Debug)]
pub struct Capture {
    definitions: Definitions,
    /// The fact of a slot, by the slot's index.
    facts: Vec<Option<Fact>>,
    /// Slots of facts that alone make a span worth keeping.
    decisive: SlotSet,
    call: CallSlots,
    /// Names of events that are records by themselves.
    events: [(Slot, EventKind); 2],
}

#[derive(Clone, Copy, Debug)]
struct CallSlots {
    event: Slot,
    kind: Slot,
    tool: Slot,
    outcome: Slot,
    error: Slot,
    citations: Slot,
}

impl Capture {
    /// Registers the attributes and the event name that records need.
    ///
    /// # Errors
    /// When the table of keys is full.
    pub fn new(definitions: Definitions, keys: &mut Keys) -> Result<Self, TooManyKeys> {
        let mut facts = Vec::new();
        let mut decisive = SlotSet::EMPTY;
        for (fact, key) in Fact::ATTRIBUTES {
            let slot = keys.slot(key)?;
            if facts.len() <= slot.index() {
                facts.resize(slot.index() + 1, None);
            }
            if let Some(place) = facts.get_mut(slot.index()) {
                *place = Some(fact);
            }
            if fact.worth_keeping() {
                decisive.insert(slot);
            }
        }
        let call = CallSlots {
            event: keys.slot(event::SECOPS_PERPLEXITY_CALL)?,
            kind: keys.slot(attribute::SECOPS_PERPLEXITY_KIND)?,
            tool: keys.slot(attribute::GEN_AI_TOOL_NAME)?,
            outcome: keys.slot(attribute::SECOPS_OUTCOME)?,
            error: keys.slot(attribute::ERROR_TYPE)?,
            citations: keys.slot(attribute::SECOPS_PERPLEXITY_CITATION_COUNT)?,
        };
        let [decided, closed] = EventKind::ALL;
        Ok(Self {
            definitions,
            facts,
            decisive,
            call,
            events: [
                (keys.slot(decided.event_name())?, decided),
                (keys.slot(closed.event_name())?, closed),
            ],
        })
    }

    /// The workflow definitions that spans are read by.
    pub fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// The slot of the event name of a Perplexity call.
    pub fn call_event(&self) -> Slot {
        self.call.event
    }

    /// What to keep of a span: `None` when no record can need it, or when its ids are not valid.
    pub fn span(&self, view: &SpanView<'_, '_>) -> Option<SpanFacts> {
        let carries = view.attributes.present().intersects(&self.decisive);
        let named = self.definitions.stage(view.name);
        if !carries && named.is_none() && !self.has_call(view) {
            return None;
        }
        let mut span = SpanFacts {
            span: view.span_id()?,
            parent: view.parent().unwrap_or_default(),
            start: view.start,
            end: view.end,
            failed: view.status == StatusCode::Error,
            ..SpanFacts::default()
        };
        for entry in &view.attributes {
            let fact = entry
                .slot
                .and_then(|slot| self.facts.get(slot.index()).copied().flatten());
            if let Some((fact, value)) = fact.zip(kept(entry.value)) {
                span.set(fact, value);
            }
        }
        for event in view
            .events
            .iter()
            .filter(|event| event.name_slot == Some(self.call.event))
        {
            span.calls.push(self.call(event.time, &event.attributes));
        }
        span.name_stage(&self.definitions, view.name);
        span.is_of_interest().then_some(span)
    }

    /// The kind of record that events with this slot for their name become.
    #[inline]
    pub fn event_kind(&self, name: Option<Slot>) -> Option<EventKind> {
        let name = name?;
        self.events
            .iter()
            .find(|(slot, _)| *slot == name)
            .map(|(_, kind)| *kind)
    }

    /// The events of a span that are records by themselves.
    #[inline]
    pub fn events(&self, view: &SpanView<'_, '_>, take: impl FnMut(FactEvent)) {
        let mut names = view.events.name_slots();
        if names.any(|name| self.event_kind(name).is_some()) {
            self.take_events(view, take);
        }
    }

    #[cold]
    fn take_events(&self, view: &SpanView<'_, '_>, mut take: impl FnMut(FactEvent)) {
        let identity = view
            .trace_id()
            .zip(view.span_id())
            .map(|(trace, span)| Identity { trace, span });
        for event in view.events.iter() {
            if let Some(kind) = self.event_kind(event.name_slot) {
                take(self.event(kind, identity, event.time, &event.attributes));
            }
        }
    }

    /// An event that is a record, from the attributes of the event or log record.
    pub fn event(
        &self,
        kind: EventKind,
        identity: Option<Identity>,
        time: UnixNanos,
        attributes: &Attributes<'_, '_>,
    ) -> FactEvent {
        // There are few such events: comparing their keys is cheaper than slots in every walk.
        FactEvent::read(kind, identity, time, |key| {
            attributes.by_key(key).and_then(kept)
        })
    }

    /// A Perplexity call from the attributes of its event or log record.
    pub fn call(&self, time: UnixNanos, attributes: &Attributes<'_, '_>) -> PerplexityCall {
        let slots = self.call;
        CallFacts {
            kind: attributes.str(slots.kind),
            tool: attributes.str(slots.tool),
            outcome: attributes.str(slots.outcome),
            error: attributes.present().contains(slots.error),
            citations: attributes.get(slots.citations).and_then(kept),
        }
        .at(time)
    }

    fn has_call(&self, view: &SpanView<'_, '_>) -> bool {
        let call = Some(self.call.event);
        view.events.name_slots().any(|name| name == call)
    }
}

impl SpanFacts {
    /// Sets the stage that the span means: by its stage attribute if it has one, else by its name.
    pub fn name_stage(&mut self, definitions: &Definitions, name: &str) {
        self.stage = match self.get(Fact::Stage) {
            Some(FactValue::Text(stage)) => definitions.stage(stage),
            _ => definitions.stage(name),
        };
    }
}

/// The attributes of a Perplexity call that records need.
#[derive(Clone, Debug, Default)]
pub struct CallFacts<'a> {
    /// `secops.perplexity.kind`.
    pub kind: Option<&'a str>,
    /// `gen_ai.tool.name`.
    pub tool: Option<&'a str>,
    /// `secops.outcome`.
    pub outcome: Option<&'a str>,
    /// Whether there is an `error.type`.
    pub error: bool,
    /// `secops.perplexity.citation.count`.
    pub citations: Option<FactValue>,
}

impl CallFacts<'_> {
    /// The call as it is kept. A call that states no outcome succeeded, unless it names an error.
    pub fn at(&self, time: UnixNanos) -> PerplexityCall {
        let kind = self.kind.and_then(PerplexityKind::parse);
        let outcome = self.outcome.map(Outcome::parse);
        PerplexityCall {
            time,
            kind: kind.or_else(|| self.tool.and_then(PerplexityKind::from_tool)),
            succeeded: outcome.map_or(!self.error, |outcome| outcome == Ok(Outcome::Success)),
            citations: match &self.citations {
                Some(FactValue::Int(count)) => u32::try_from(*count).unwrap_or(0),
                Some(FactValue::Text(text)) => text.trim().parse().unwrap_or(0),
                _ => 0,
            },
        }
    }
}

/// The value as it is kept; `None` when it means that there is no value.
fn kept(value: Value<'_>) -> Option<FactValue> {
    match value {
        Value::Empty => None,
        Value::Str(text) => FactValue::text(text),
        Value::Bool(value) => Some(FactValue::Bool(value)),
        Value::Int(value) => Some(FactValue::Int(value)),
        Value::Double(value) => Some(FactValue::Double(value)),
        Value::Array(array) => {
            let length = array.iter().filter(|item| !item.is_empty()).count();
            Some(FactValue::List(u32::try_from(length).unwrap_or(u32::MAX)))
        }
        Value::Bytes(_) | Value::Map(_) => Some(FactValue::Other),
    }
}
