//! From a span as a walk shows it to what the join keeps of it.

use secspan_otlp::keys::{Keys, Slot, SlotSet, TooManyKeys};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{Attributes, SpanView, StatusCode, Value};
use secspan_semconv::attribute;

use crate::definition::Definitions;
use crate::event::FactEvent;
use crate::facts::{Call, Fact, FactValue, SpanFacts};
use crate::kind::{Calls, Kind};
use crate::origin::Identity;
use crate::outcome::Outcome;

/// Reads facts off spans; made once, with the keys of the walk.
#[derive(Clone, Debug)]
pub struct Capture {
    definitions: Definitions,
    /// The fact of a slot, by the slot's index.
    facts: Vec<Option<Fact>>,
    /// Slots of facts that alone make a span worth keeping.
    decisive: SlotSet,
    /// What of a call is read, by the number of its calls.
    calls: Vec<CallSlots>,
    /// Names of events that are records by themselves.
    events: Vec<(Slot, &'static Kind)>,
}

#[derive(Clone, Copy, Debug)]
struct CallSlots {
    event: Slot,
    sort: Slot,
    tool: Slot,
    outcome: Slot,
    error: Slot,
    amount: Slot,
}

impl CallSlots {
    fn new(calls: &Calls, keys: &mut Keys) -> Result<Self, TooManyKeys> {
        Ok(Self {
            event: keys.slot(calls.event)?,
            sort: keys.slot(calls.sort)?,
            tool: keys.slot(calls.tool)?,
            outcome: keys.slot(attribute::SECOPS_OUTCOME)?,
            error: keys.slot(attribute::ERROR_TYPE)?,
            amount: keys.slot(calls.amount)?,
        })
    }
}

impl Capture {
    /// Registers the attributes and the event names that records need.
    ///
    /// # Errors
    /// When the table of keys is full.
    pub fn new(definitions: Definitions, keys: &mut Keys) -> Result<Self, TooManyKeys> {
        let mut facts = Vec::new();
        let mut decisive = SlotSet::EMPTY;
        for (fact, key) in definitions.attributes() {
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
        let mut calls = Vec::new();
        for known in definitions.calls() {
            calls.push(CallSlots::new(known, keys)?);
        }
        let mut events = Vec::new();
        for kind in definitions.kinds() {
            if let Some(name) = kind.event() {
                events.push((keys.slot(name)?, *kind));
            }
        }
        Ok(Self {
            definitions,
            facts,
            decisive,
            calls,
            events,
        })
    }

    /// The workflow definitions that spans are read by.
    pub fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// The number of the calls whose event has this slot for its name.
    #[inline]
    pub fn call_number(&self, name: Option<Slot>) -> Option<u8> {
        let name = name?;
        let mut calls = (0_u8..).zip(&self.calls);
        calls
            .find(|(_, call)| call.event == name)
            .map(|(number, _)| number)
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
        for event in view.events.iter() {
            if let Some(number) = self.call_number(event.name_slot) {
                span.calls
                    .extend(self.call(number, event.time, &event.attributes));
            }
        }
        span.name_stage(&self.definitions, view.name);
        span.is_of_interest().then_some(span)
    }

    /// The kind of record that events with this slot for their name become.
    #[inline]
    pub fn event_kind(&self, name: Option<Slot>) -> Option<&'static Kind> {
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
        kind: &'static Kind,
        identity: Option<Identity>,
        time: UnixNanos,
        attributes: &Attributes<'_, '_>,
    ) -> FactEvent {
        // There are few such events: comparing their keys is cheaper than slots in every walk.
        FactEvent::read(kind, identity, time, |key| {
            attributes.by_key(key).and_then(kept)
        })
    }

    /// A call from the attributes of its event or log record.
    pub fn call(
        &self,
        number: u8,
        time: UnixNanos,
        attributes: &Attributes<'_, '_>,
    ) -> Option<Call> {
        let slots = self.calls.get(usize::from(number))?;
        let facts = CallFacts {
            sort: attributes.str(slots.sort),
            tool: attributes.str(slots.tool),
            outcome: attributes.str(slots.outcome),
            error: attributes.present().contains(slots.error),
            amount: attributes.get(slots.amount).and_then(kept),
        };
        self.definitions.call(number, time, &facts)
    }

    fn has_call(&self, view: &SpanView<'_, '_>) -> bool {
        let mut names = view.events.name_slots();
        names.any(|name| self.call_number(name).is_some())
    }
}

impl Definitions {
    /// A call as it is kept. One that states no outcome succeeded, unless it names an error.
    pub fn call(&self, number: u8, time: UnixNanos, facts: &CallFacts<'_>) -> Option<Call> {
        let calls = self.calls().get(usize::from(number))?;
        let sort = facts.sort.and_then(|sort| calls.sorts.parse_word(sort));
        let of_tool = || {
            let other = calls.sorts.other?;
            facts.tool.and_then(other)
        };
        let outcome = facts.outcome.map(Outcome::parse);
        Some(Call {
            of: number,
            time,
            sort: sort.or_else(of_tool),
            succeeded: outcome.map_or(!facts.error, |outcome| outcome == Ok(Outcome::Success)),
            amount: match &facts.amount {
                Some(FactValue::Int(count)) => u32::try_from(*count).unwrap_or(0),
                Some(FactValue::Text(text)) => text.trim().parse().unwrap_or(0),
                _ => 0,
            },
        })
    }
}

impl SpanFacts {
    /// Sets the stage that the span means: by its stage attribute if it has one, else by its name.
    pub fn name_stage(&mut self, definitions: &Definitions, name: &str) {
        self.stage = match self.get(Fact::STAGE) {
            Some(FactValue::Text(stage)) => definitions.stage(stage),
            _ => definitions.stage(name),
        };
    }
}

/// The attributes of a call that records need.
#[derive(Clone, Debug, Default)]
pub struct CallFacts<'a> {
    /// Its sort.
    pub sort: Option<&'a str>,
    /// The tool that was called.
    pub tool: Option<&'a str>,
    /// How it ended.
    pub outcome: Option<&'a str>,
    /// Whether it names an error.
    pub error: bool,
    /// What it adds to the sum over all calls.
    pub amount: Option<FactValue>,
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
