//! The way back: a record as the spans, events and attributes that it would be made of.
//!
//! Joining what [`spans_of`] returns gives the record again. What a record does not say is not made up: no HTTP spans, no
//! model names, no times of single calls. A record of another writer that states only the keys of stages comes back
//! with those as stages.

use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::SpanId;
use secspan_semconv::attribute;

use crate::durations::StageTime;
use crate::facts;
use crate::kind::{Calls, Field, From, OfCalls, Source, Type};
use crate::origin::Identity;
use crate::outcome::Outcome;
use crate::record::Record;
use crate::timestamp::NANOS_PER_SECOND;
use crate::value::Value;

/// Calls that a record is given back at most: what a join keeps of one trace.
const CALLS_MAX: u64 = 10_000;

/// Apart from each other, so that every stage has an id of its own: the golden ratio in 64 bits.
const ID_STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
}

/// Attributes in order, each key once.
pub type Attributes = Vec<(&'static str, AttributeValue)>;

/// An event of a span.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanEvent {
    /// Its name.
    pub name: &'static str,
    /// When it happened.
    pub time: UnixNanos,
    /// Its attributes.
    pub attributes: Attributes,
}

/// A span.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Trace and id.
    pub identity: Identity,
    /// The span above it; `None` for a root.
    pub parent: Option<SpanId>,
    /// Its name.
    pub name: String,
    /// Start.
    pub start: UnixNanos,
    /// End.
    pub end: UnixNanos,
    /// Whether its status is ERROR.
    pub failed: bool,
    /// Its attributes.
    pub attributes: Attributes,
    /// Its events.
    pub events: Vec<SpanEvent>,
}

/// The spans that a record would be made of, parents before children. `identity` names the workflow span, or the span on
/// which the event happens: the record's own where it has one. A fact that is open has no spans: nothing has happened.
pub fn spans_of(record: &Record<'_>, identity: Identity) -> Vec<Span> {
    match record.kind().source {
        Source::Workflow(workflow) => {
            let mut spans = of_workflow(record, identity);
            if let Some(calls) = workflow.calls {
                let at = spans.iter().position(|span| span.name == calls.stage);
                if let Some(span) = spans.get_mut(at.unwrap_or(0)) {
                    span.events = calls_of(record, calls, span.start);
                }
            }
            spans
        }
        Source::Event { name } => of_event(record, name, identity).into_iter().collect(),
    }
}

/// The attributes that the fields of a record come from, each once.
fn attributes_of(record: &Record<'_>) -> Attributes {
    let mut attributes = Attributes::new();
    for (at, field) in record.kind().fields.iter().enumerate() {
        let Some(key) = field.attributes().next() else {
            continue;
        };
        let new = key != facts::WORKFLOW && attributes.iter().all(|(known, _)| *known != key);
        if let Some(value) = attribute_of(record, at, field).filter(|_| new) {
            attributes.push((key, value));
        }
    }
    attributes
}

fn attribute_of(record: &Record<'_>, at: usize, field: &Field) -> Option<AttributeValue> {
    Some(match (field.of, record.value(at)) {
        (Type::Word(words), Value::Word(index)) => words.get(*index).into(),
        (_, Value::Text(text)) => text.as_ref().into(),
        (_, Value::Flag(value)) => AttributeValue::Bool(*value),
        (_, Value::Count(count)) => (*count).into(),
        (_, Value::Number(number)) => AttributeValue::Float(*number),
        (_, Value::Time(time)) => AttributeValue::Text(time.to_string()),
        (_, Value::Micros(time)) => AttributeValue::Text(time.to_string()),
        (_, Value::Absent | Value::Word(_) | Value::Counts(_)) => return None,
    })
}

/// A span of no duration that holds the event.
fn of_event(record: &Record<'_>, name: &'static str, identity: Identity) -> Option<Span> {
    let fields = record.kind().fields.iter();
    let at = fields
        .clone()
        .position(|field| matches!(field.from, [From::Time]))?;
    let time = match record.value(at) {
        Value::Time(time) => {
            let seconds = u64::try_from(time.unix_seconds()).unwrap_or(0);
            UnixNanos(seconds.saturating_mul(NANOS_PER_SECOND))
        }
        Value::Micros(time) => time.to_nanos(),
        _ => return None,
    };
    Some(Span {
        identity,
        parent: None,
        name: name.to_owned(),
        start: time,
        end: time,
        failed: false,
        attributes: Attributes::new(),
        events: vec![SpanEvent {
            name,
            time,
            attributes: attributes_of(record),
        }],
    })
}

/// The workflow span, and below it the stages that ran, one after the other as far as the elapsed time allows.
fn of_workflow(record: &Record<'_>, identity: Identity) -> Vec<Span> {
    let stages = record.stages().into_iter();
    let ran: Vec<StageTime> = stages.filter(|stage| stage.ran).collect();
    let mut totals = record.kind().fields.iter();
    let total = totals.position(|field| matches!(field.of, Type::TotalSeconds));
    let total = total.and_then(|at| record.count(at)).unwrap_or(0);
    let longest = ran.iter().map(|stage| stage.seconds).max();
    let elapsed = longest.map_or(total, |longest| {
        record.origin.elapsed_seconds.unwrap_or(total).max(longest)
    });
    let end = u64::try_from(record.completed_at().unix_seconds()).unwrap_or(0);
    let start = end.saturating_sub(elapsed);
    let mut spans = vec![root(record, identity, start, end)];
    let mut passed = 0_u64;
    for (number, stage) in (1..).zip(ran) {
        let offset = passed.min(elapsed - stage.seconds);
        passed = passed.saturating_add(stage.seconds);
        spans.push(Span {
            identity: Identity {
                span: child(identity.span, number),
                ..identity
            },
            parent: Some(identity.span),
            name: stage.stage.to_owned(),
            start: seconds(start + offset),
            end: seconds(start + offset + stage.seconds),
            failed: false,
            attributes: vec![(attribute::SECOPS_STAGE_NAME, stage.stage.into())],
            events: Vec::new(),
        });
    }
    spans
}

fn root(record: &Record<'_>, identity: Identity, start: u64, end: u64) -> Span {
    let name = record.workflow().unwrap_or_default();
    let outcome = record.outcome();
    let mut attributes: Attributes = vec![(facts::WORKFLOW, name.into())];
    if !outcome.completed() {
        attributes.push((attribute::SECOPS_OUTCOME, outcome.as_str().into()));
    }
    attributes.extend(attributes_of(record));
    Span {
        identity,
        parent: None,
        name: name.to_owned(),
        start: seconds(start),
        end: seconds(end),
        failed: matches!(
            outcome,
            Outcome::Failure | Outcome::Error | Outcome::Timeout
        ),
        attributes,
        events: Vec::new(),
    }
}

fn seconds(seconds: u64) -> UnixNanos {
    UnixNanos(seconds.saturating_mul(NANOS_PER_SECOND))
}

/// The id of the `number`th child, which is never the parent's and never zero.
fn child(parent: SpanId, number: u64) -> SpanId {
    let id = u64::from_be_bytes(parent.0).wrapping_add(number.wrapping_mul(ID_STEP));
    SpanId(if id == 0 { ID_STEP } else { id }.to_be_bytes())
}

/// The calls of a record, one nanosecond apart. Those that were deeper than the deepest that succeeded have failed.
fn calls_of(record: &Record<'_>, calls: &'static Calls, from: UnixNanos) -> Vec<SpanEvent> {
    let field = |of: OfCalls| {
        let mut fields = record.kind().fields.iter();
        fields.position(|field| matches!(field.from, [From::Calls(found)] if *found == of))
    };
    let deepest = field(OfCalls::Deepest).and_then(|at| record.word(at));
    let number = field(OfCalls::Number).and_then(|at| record.count(at));
    let stated = field(OfCalls::BySort).and_then(|at| record.counts(at));
    let sorts = (0_u8..).take(calls.sorts.words.len());
    let known = sorts.flat_map(|sort| {
        let count = match stated {
            Some(counts) => counts.get(usize::from(sort)).copied().unwrap_or(0),
            // Of a record without counts only the deepest call is known.
            None => u64::from(deepest == Some(sort)),
        };
        std::iter::repeat_n(
            Some(sort),
            usize::try_from(count.min(CALLS_MAX)).unwrap_or(0),
        )
    });
    let count = usize::try_from(number.unwrap_or(0).min(CALLS_MAX)).unwrap_or(0);
    let sorts = known.chain(std::iter::repeat(None)).take(count);
    let event = |(time, sort): (u64, Option<u8>)| {
        let succeeded = sort.is_none_or(|sort| deepest.is_some_and(|deepest| sort <= deepest));
        let outcome = if succeeded {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        let mut attributes = Attributes::new();
        if let Some(sort) = sort {
            attributes.push((calls.sort, calls.sorts.get(sort).into()));
        }
        attributes.push((attribute::SECOPS_OUTCOME, outcome.as_str().into()));
        SpanEvent {
            name: calls.event,
            time: UnixNanos(time),
            attributes,
        }
    };
    (from.0..).zip(sorts).map(event).collect()
}

impl std::convert::From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl std::convert::From<u64> for AttributeValue {
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
