//! One workflow's spans, or one event, become one record, or the reasons why not. A pure function of the set of spans.
//!
//! Rules of facts: the workflow span's value wins; otherwise the value on the span that ended last. Ties are broken by
//! start and span id, so that neither order nor duplication of spans changes a byte of the record.

mod attribute_value;

use secspan_otlp::view::TraceId;

use crate::definition::Definitions;
use crate::durations::Durations;
use crate::event::FactEvent;
use crate::facts::{Call, Fact, FactValue, SpanFacts, UnixNanos};
use crate::invalid::Invalid;
use crate::kind::{Field, From, Kind, OfCalls, Presence, Type};
use crate::origin::{Identity, Origin};
use crate::outcome::Outcome;
use crate::record::Record;
use crate::stage_time::{StageSpan, round_to_seconds, stage_nanos};
use crate::timestamp::{MicroTimestamp, Timestamp};
use crate::value::{ShareUnit, Value, ValueError};

use self::attribute_value::ReadError;

/// The spans of one workflow.
#[derive(Clone, Debug)]
pub struct Workflow<'a> {
    /// Trace.
    pub trace: TraceId,
    /// What kind of record it becomes.
    pub kind: &'static Kind,
    /// The workflow span.
    pub root: &'a SpanFacts,
    /// The spans below it, each once, in any order.
    pub members: Vec<Member<'a>>,
    /// Every call made in it, each once, in any order.
    pub calls: Vec<Call>,
}

/// One span of a workflow.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// What is kept of the span.
    pub span: &'a SpanFacts,
    /// Index in [`Workflow::members`] of the nearest stage span that this one is inside of.
    pub enclosing: Option<usize>,
}

/// A workflow, or an event, that did not become a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Incomplete {
    /// What kind of record it would have become.
    pub kind: &'static Kind,
    /// Trace and workflow span, or the span of the event; `None` for an event that names none.
    pub identity: Option<Identity>,
    /// Name of the workflow; empty for an event.
    pub workflow: String,
    /// How the workflow ended.
    pub outcome: Outcome,
    /// When the workflow ended, or the event happened.
    pub completed_at: Timestamp,
    /// What is known of the record.
    pub draft: Record<'static>,
    /// The same as a JSON object with null for what is missing.
    pub partial: String,
    /// Each field that is missing or out of range, and why.
    pub reasons: Vec<String>,
}

impl Incomplete {
    /// What would have been this record, without a reason yet.
    pub(crate) fn of_record(record: Record<'static>) -> Self {
        Self {
            kind: record.kind(),
            identity: record.origin.identity,
            workflow: record.workflow().unwrap_or_default().to_owned(),
            outcome: record.origin.outcome,
            completed_at: record.completed_at(),
            partial: record.to_json(),
            draft: record,
            reasons: Vec::new(),
        }
    }
}

/// Makes the record of a workflow.
///
/// # Errors
/// When a required field is missing or a value is out of range: what is known, and every reason.
pub fn assemble(
    workflow: &Workflow<'_>,
    definitions: &Definitions,
    share_unit: ShareUnit,
) -> Result<Record<'static>, Box<Incomplete>> {
    let mut invalid = Invalid::default();
    let nanos = workflow.stage_nanos(definitions);
    let facts = OfWorkflow {
        workflow,
        definitions,
        sources: definitions.sources_of(workflow.kind).unwrap_or(usize::MAX),
        calls: definitions.calls_of(workflow.kind),
    };
    let mut record = Record::new(workflow.kind);
    record.origin = Origin {
        identity: Some(workflow.identity()),
        outcome: Outcome::Success,
        elapsed_seconds: Some(round_to_seconds(workflow.elapsed_nanos())),
        amendment: 0,
    };
    if let Some(definition) = workflow.kind.workflow() {
        let durations = if nanos.iter().any(Option::is_some) {
            Durations::from_stages(definition, &nanos)
        } else {
            Durations::whole(definition, workflow.root.duration_nanos())
        };
        record.set_durations(&durations);
    }
    for (at, field) in workflow.kind.fields.iter().enumerate() {
        facts.fill(&mut record, at, field, share_unit, &mut invalid);
    }
    let outcome = invalid.keep("outcome", workflow.outcome());
    record.origin.outcome = outcome.unwrap_or_default();
    record.fill_defaults();
    (workflow.kind.hooks.assembled)(&mut record);
    (workflow.kind.hooks.check)(&record, &mut invalid);
    let draft = record.clone();
    let hint = |_: usize, field: &'static Field| {
        let attribute = field.attributes().next().unwrap_or("");
        format!("set {attribute} on a span of the workflow")
    };
    record
        .finish(invalid, hint)
        .map_err(|invalid| Box::new(workflow.unfinished(draft, invalid.reasons())))
}

/// Makes the record of an event.
///
/// # Errors
/// When a required field is missing or a value is out of range: what is known, and every reason.
pub fn of_event(event: &FactEvent) -> Result<Record<'static>, Box<Incomplete>> {
    let kind = event.kind;
    let mut invalid = Invalid::default();
    let mut record = Record::new(kind);
    record.origin.identity = event.identity;
    for (at, field) in kind.fields.iter().enumerate() {
        fill_from_event(event, &mut record, at, field, &mut invalid);
    }
    record.fill_defaults();
    (kind.hooks.assembled)(&mut record);
    (kind.hooks.check)(&record, &mut invalid);
    let draft = record.clone();
    let hint = |_: usize, field: &'static Field| event_hint(event, field);
    record.finish(invalid, hint).map_err(|invalid| {
        Box::new(Incomplete {
            kind,
            identity: event.identity,
            workflow: String::new(),
            outcome: Outcome::Success,
            completed_at: Timestamp::from_nanos(event.time),
            partial: draft.to_json(),
            draft,
            reasons: invalid.reasons(),
        })
    })
}

/// Where a missing field of an event would come from.
fn event_hint(event: &FactEvent, field: &Field) -> String {
    let name = event.kind.event().unwrap_or(event.kind.name);
    match field.attributes().next() {
        Some(attribute) => format!("set {attribute} on the event {name}"),
        None => format!("the event {name} must have a time"),
    }
}

fn fill_from_event(
    event: &FactEvent,
    record: &mut Record<'static>,
    at: usize,
    field: &'static Field,
    invalid: &mut Invalid,
) {
    for from in field.from {
        let value = match *from {
            From::Attribute(key) => event.get(key),
            From::AttributeIf(key, is) => event.get(key).filter(|value| is(value)),
            From::Time if event.time > UnixNanos(0) => {
                record.set(at, time_value(field.of, event.time));
                return;
            }
            From::Time => {
                // What is done has a time; an open fact is no event.
                if field.presence != Presence::Required {
                    invalid.missing(field.key, &event_hint(event, field));
                }
                return;
            }
            From::Length(key) => {
                let Some(value) = event.get(key) else {
                    continue;
                };
                let length = value.to_length().map(Value::Count);
                record.set_kept(at, invalid.keep(field.key, length));
                return;
            }
            From::Zero => {
                record.set(at, Value::Count(0));
                return;
            }
            From::Calls(_) | From::Ran(_) => continue,
        };
        if let Some(value) = value {
            let read = value.read(field.of, ShareUnit::default(), true);
            record.set_kept(at, invalid.keep(field.key, read));
            return;
        }
    }
}

fn time_value(of: Type, at: UnixNanos) -> Value<'static> {
    match of {
        Type::Micros => Value::Micros(MicroTimestamp::from_nanos(at)),
        _ => Value::Time(Timestamp::from_nanos(at)),
    }
}

/// The facts of a workflow, for filling its record.
struct OfWorkflow<'w, 'a> {
    workflow: &'w Workflow<'a>,
    definitions: &'w Definitions,
    /// Where the facts of the kind are.
    sources: usize,
    /// The number of the calls that the kind counts.
    calls: Option<u8>,
}

impl OfWorkflow<'_, '_> {
    /// Sets a field from the first of its sources that has a value.
    fn fill(
        &self,
        record: &mut Record<'static>,
        at: usize,
        field: &'static Field,
        share_unit: ShareUnit,
        invalid: &mut Invalid,
    ) {
        for (number, from) in field.from.iter().enumerate() {
            let fact = self.definitions.source(self.sources, at, number);
            let value =
                fact.and_then(|fact| self.workflow.fact(fact, |value| value.says(field, from)));
            let value = match *from {
                From::Attribute(_) => value.map(|value| value.read(field.of, share_unit, false)),
                From::AttributeIf(_, is) => value
                    .filter(|value| is(value))
                    .map(|value| value.read(field.of, share_unit, false)),
                From::Length(_) => {
                    value.map(|value| value.to_length().map(Value::Count).map_err(ReadError::from))
                }
                From::Ran(stage) => Some(Ok(Value::Flag(record.ran(stage)))),
                From::Time => Some(Ok(time_value(field.of, self.workflow.root.end))),
                From::Zero => Some(Ok(Value::Count(0))),
                From::Calls(OfCalls::BySort) => {
                    record.set_counts(at, &self.calls_by_sort());
                    return;
                }
                From::Calls(of) => self.of_calls(of).map(Ok),
            };
            if let Some(value) = value {
                record.set_kept(at, invalid.keep(field.key, value));
                return;
            }
        }
    }

    fn calls(&self) -> impl Iterator<Item = &Call> {
        let calls = self.workflow.calls.iter();
        calls.filter(|call| Some(call.of) == self.calls)
    }

    fn of_calls(&self, of: OfCalls) -> Option<Value<'static>> {
        match of {
            OfCalls::Number => Some(Value::Count(self.calls().count() as u64)),
            OfCalls::Amount => {
                let amounts = self.calls().map(|call| u64::from(call.amount));
                Some(Value::Count(amounts.sum()))
            }
            OfCalls::Deepest => {
                let succeeded = self.calls().filter(|call| call.succeeded);
                succeeded
                    .filter_map(|call| call.sort)
                    .max()
                    .map(Value::Word)
            }
            OfCalls::BySort => None,
        }
    }

    fn calls_by_sort(&self) -> Vec<u64> {
        let calls = self.workflow.kind.workflow().and_then(|of| of.calls);
        let sorts = calls.map_or(0, |calls| calls.sorts.words.len());
        let mut counts = vec![0; sorts];
        for sort in self.calls().filter_map(|call| call.sort) {
            if let Some(count) = counts.get_mut(usize::from(sort)) {
                *count += 1;
            }
        }
        counts
    }
}

impl<'a> Workflow<'a> {
    /// Trace and workflow span.
    pub fn identity(&self) -> Identity {
        Identity {
            trace: self.trace,
            span: self.root.span,
        }
    }

    /// What is said of a workflow that becomes no record.
    pub(crate) fn unfinished(&self, draft: Record<'static>, reasons: Vec<String>) -> Incomplete {
        Incomplete {
            kind: self.kind,
            identity: Some(self.identity()),
            workflow: self.root.workflow().unwrap_or_default().to_owned(),
            // A word that is no outcome is a fault of the sender, not a failure of the workflow.
            outcome: self.outcome().unwrap_or_default(),
            completed_at: Timestamp::from_nanos(self.root.end),
            partial: draft.to_json(),
            draft,
            reasons,
        }
    }

    /// The deciding value of a fact, among those of a type in which the field can be read.
    fn fact(&self, fact: Fact, reads: impl Fn(&FactValue) -> bool) -> Option<&'a FactValue> {
        let of = |span: &'a SpanFacts| span.get(fact).filter(|value| reads(value));
        of(self.root).or_else(|| {
            let spans = self.members.iter().map(|member| member.span);
            spans
                .filter_map(|span| Some((span, of(span)?)))
                .max_by_key(|(span, _)| (span.end, span.start, span.span))
                .map(|(_, value)| value)
        })
    }

    /// How the workflow ended: its own status and outcome, not those of its stages.
    fn outcome(&self) -> Result<Outcome, ValueError> {
        let stated = match self.root.get(Fact::OUTCOME) {
            Some(FactValue::Text(word)) => Outcome::parse(word)?,
            _ => Outcome::Success,
        };
        Ok(if self.root.failed && stated.completed() {
            Outcome::Failure
        } else {
            stated
        })
    }

    /// Nanoseconds in each stage; `None` for a stage without a span.
    fn stage_nanos(&self, definitions: &Definitions) -> Vec<Option<u64>> {
        let workflow = self.kind.workflow();
        let stages = workflow.map_or(0, |workflow| workflow.stages.len());
        let mut places = vec![None; self.members.len()];
        let mut spans: Vec<StageSpan> = Vec::new();
        for (member, place) in self.members.iter().zip(&mut places) {
            if let Some(stage) = definitions.stage_of(member.span.stage, self.kind) {
                *place = Some(spans.len());
                let (start, end) = (member.span.start.0, member.span.end.0);
                spans.push(StageSpan {
                    stage,
                    start,
                    end,
                    enclosing: member.enclosing,
                });
            }
        }
        for span in &mut spans {
            span.enclosing = span
                .enclosing
                .and_then(|at| places.get(at).copied().flatten());
        }
        let nanos = stage_nanos(&spans, stages);
        let ran = |stage: usize| spans.iter().any(|span| usize::from(span.stage) == stage);
        nanos
            .into_iter()
            .enumerate()
            .map(|(at, nanos)| ran(at).then_some(nanos))
            .collect()
    }

    /// What is wrong with the times from which its durations follow: no working clock shows them.
    pub(crate) fn implausible(&self, definitions: &Definitions) -> Option<String> {
        let stages = self.members.iter().map(|member| member.span);
        let stages = stages.filter(|span| definitions.stage_of(span.stage, self.kind).is_some());
        let all = [("the workflow span", self.root)].into_iter();
        let mut all = all.chain(stages.map(|span| ("a stage", span)));
        all.find_map(|(what, span)| Some(format!("{what} {}", implausible(span)?)))
    }

    /// From the first start to the last end, in nanoseconds.
    fn elapsed_nanos(&self) -> u64 {
        let members = self.members.iter().map(|member| member.span);
        // One clock that stands still must not make the whole workflow last for decades.
        let fits = |span: &&SpanFacts| span.start >= EARLIEST || self.root.start < EARLIEST;
        let members: Vec<&SpanFacts> = members.filter(fits).collect();
        let spans = || members.iter().copied().chain([self.root]);
        let start = spans().map(|span| span.start).min().unwrap_or_default();
        let end = spans().map(|span| span.end).max().unwrap_or_default();
        end.since(start)
    }
}

/// What is wrong with the times of a span.
fn implausible(span: &SpanFacts) -> Option<String> {
    let at = |time: UnixNanos| Timestamp::from_nanos(time);
    if span.start < EARLIEST {
        return Some(format!(
            "starts at {}; allowed: from {}",
            at(span.start),
            at(EARLIEST)
        ));
    }
    if span.end.0.saturating_add(BACKWARDS_NANOS) < span.start.0 {
        return Some(format!(
            "ends at {}, before it starts at {}",
            at(span.end),
            at(span.start)
        ));
    }
    let days = span.duration_nanos() / DAY_NANOS;
    (days > DAYS_MAX).then(|| format!("lasts {days} days; allowed: at most {DAYS_MAX}"))
}

/// Nothing that is traced is older: 2000-01-01T00:00:00Z.
const EARLIEST: UnixNanos = UnixNanos(946_684_800_000_000_000);
/// A clock that is set back while a span lasts makes it end before it starts by this much at most.
const BACKWARDS_NANOS: u64 = 60_000_000_000;
const DAY_NANOS: u64 = 86_400_000_000_000;
/// Longest workflow, and longest stage.
const DAYS_MAX: u64 = 366;
