//! Spans as OpenTelemetry's API sees them: started, changed and ended on application threads.
//!
//! The SDK's own `SdkTracer` is not used because it keeps duplicate keys, compares error
//! descriptions as strings to decide which status wins, and copies each span on its way out.
//! Sampler, id generator and propagators are the SDK's.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::baggage::BaggageExt as _;
use opentelemetry::trace::{
    self, Event, Link, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt as _,
    TraceFlags, TraceId,
};
use opentelemetry::{Context, InstrumentationScope, KeyValue, time};
use opentelemetry_sdk::trace::{
    IdGenerator, RandomIdGenerator, SamplingDecision, ShouldSample, SpanData, SpanEvents,
    SpanLimits, SpanLinks,
};
use secspan_semconv::attribute as key;

use crate::handoff;
use crate::queue::{self, Finished, Place, Queue};

/// Baggage that is copied onto every span, so that each is joinable on its own.
const JOINABLE_BAGGAGE: [&str; 1] = [key::SECOPS_WORKFLOW_RUN_ID];

/// What all tracers of one SDK instance share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) queue: Arc<Queue>,
    /// `None` for the default: as the parent, and otherwise yes.
    pub(crate) sampler: Option<Box<dyn ShouldSample>>,
    pub(crate) limits: SpanLimits,
    pub(crate) ids: Ids,
}

/// Where the ids of traces and spans come from.
#[derive(Debug)]
pub(crate) enum Ids {
    /// Chance.
    Random(RandomIdGenerator),
    /// What the application brought.
    Given(Box<dyn IdGenerator>),
}

impl Default for Ids {
    fn default() -> Self {
        Self::Random(RandomIdGenerator::default())
    }
}

impl Ids {
    fn new_trace_id(&self) -> TraceId {
        match self {
            Self::Random(ids) => ids.new_trace_id(),
            Self::Given(ids) => ids.new_trace_id(),
        }
    }

    fn new_span_id(&self) -> SpanId {
        match self {
            Self::Random(ids) => ids.new_span_id(),
            Self::Given(ids) => ids.new_span_id(),
        }
    }
}

/// Gives out tracers; install it with `opentelemetry::global::set_tracer_provider` so that
/// libraries that use the OpenTelemetry API take part.
#[derive(Debug, Clone)]
pub struct Provider {
    shared: Arc<Shared>,
}

impl Provider {
    pub(crate) fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }
}

impl trace::TracerProvider for Provider {
    type Tracer = Tracer;

    fn tracer_with_scope(&self, scope: InstrumentationScope) -> Tracer {
        Tracer {
            shared: Arc::clone(&self.shared),
            scope: Arc::new(scope),
        }
    }
}

/// Starts spans.
#[derive(Debug, Clone)]
pub struct Tracer {
    shared: Arc<Shared>,
    scope: Arc<InstrumentationScope>,
}

impl trace::Tracer for Tracer {
    type Span = Span;

    /// The layer leaves the typed attributes of a `tracing` span for its builder; see `handoff.rs`.
    fn span_builder<T>(&self, name: T) -> SpanBuilder
    where
        T: Into<Cow<'static, str>>,
    {
        SpanBuilder {
            name: name.into(),
            attributes: handoff::take_attributes(),
            ..SpanBuilder::default()
        }
    }

    fn build_with_context(&self, builder: SpanBuilder, parent: &Context) -> Span {
        if parent.is_telemetry_suppressed() {
            return Span {
                context: SpanContext::NONE,
                data: None,
                shared: Arc::clone(&self.shared),
            };
        }
        let parent_ref = parent.span();
        let parent_context = parent_ref.span_context();
        let ids = &self.shared.ids;
        let trace_id = if parent_context.is_valid() {
            parent_context.trace_id()
        } else {
            ids.new_trace_id()
        };
        let inherited = if parent_context.is_valid() {
            parent_context.trace_flags()
        } else {
            TraceFlags::SAMPLED
        };
        let (sampled, state, added) = match &self.shared.sampler {
            None => (
                inherited.is_sampled(),
                parent_context.trace_state().clone(),
                Vec::new(),
            ),
            Some(sampler) => {
                let verdict = sampler.should_sample(
                    Some(parent),
                    trace_id,
                    &builder.name,
                    builder.span_kind.as_ref().unwrap_or(&SpanKind::Internal),
                    builder.attributes.as_deref().unwrap_or_default(),
                    builder.links.as_deref().unwrap_or_default(),
                );
                // A span that is recorded but not sampled is never exported, so it is not kept.
                let sampled = verdict.decision == SamplingDecision::RecordAndSample;
                (sampled, verdict.trace_state, verdict.attributes)
            }
        };
        let flags = inherited.with_sampled(sampled);
        let context = SpanContext::new(trace_id, ids.new_span_id(), flags, false, state);
        let data = sampled.then(|| {
            let mut data = self.start(builder, context.clone(), parent_context);
            data.span.attributes.extend(added);
            copy_baggage(parent, &mut data.span.attributes);
            queue::place(data)
        });
        Span {
            context,
            data,
            shared: Arc::clone(&self.shared),
        }
    }
}

impl Tracer {
    fn start(&self, builder: SpanBuilder, context: SpanContext, parent: &SpanContext) -> Finished {
        let start_time = builder.start_time.unwrap_or_else(time::now);
        let parent_span_id = if parent.is_valid() {
            parent.span_id()
        } else {
            SpanId::INVALID
        };
        let mut data = Finished {
            span: SpanData {
                span_context: context,
                parent_span_id,
                parent_span_is_remote: parent.is_valid() && parent.is_remote(),
                span_kind: builder.span_kind.unwrap_or(SpanKind::Internal),
                name: builder.name,
                start_time,
                end_time: start_time,
                attributes: builder.attributes.unwrap_or_default(),
                dropped_attributes_count: 0,
                events: SpanEvents::default(),
                links: SpanLinks::default(),
                status: Status::Unset,
                instrumentation_scope: InstrumentationScope::default(),
            },
            callsite: None,
            scope: Arc::clone(&self.scope),
        };
        let limits = &self.shared.limits;
        for event in builder.events.unwrap_or_default() {
            push_event(&mut data.span.events, limits, event);
        }
        for link in builder.links.unwrap_or_default() {
            push_link(&mut data.span.links, limits, link);
        }
        data
    }
}

fn copy_baggage(parent: &Context, attributes: &mut Vec<KeyValue>) {
    let baggage = parent.baggage();
    if baggage.is_empty() {
        return;
    }
    for name in JOINABLE_BAGGAGE {
        if let Some(value) = baggage.get(name)
            && !attributes
                .iter()
                .any(|attribute| attribute.key.as_str() == name)
        {
            attributes.push(KeyValue::new(name, value.clone()));
        }
    }
}

fn push_event(events: &mut SpanEvents, limits: &SpanLimits, mut event: Event) {
    if events.events.len() >= limits.max_events_per_span as usize {
        if !handoff::refuse_fact() {
            events.dropped_count += 1;
        }
        return;
    }
    event.dropped_attributes_count += cut(&mut event.attributes, limits.max_attributes_per_event);
    events.events.push(event);
}

fn push_link(links: &mut SpanLinks, limits: &SpanLimits, mut link: Link) {
    if links.links.len() >= limits.max_links_per_span as usize {
        links.dropped_count += 1;
        return;
    }
    link.dropped_attributes_count += cut(&mut link.attributes, limits.max_attributes_per_link);
    links.links.push(link);
}

/// Shortens to the limit; the number of attributes that went.
pub(crate) fn cut(attributes: &mut Vec<KeyValue>, limit: u32) -> u32 {
    let excess = attributes.len().saturating_sub(limit as usize);
    attributes.truncate(limit as usize);
    u32::try_from(excess).unwrap_or(u32::MAX)
}

/// A span in progress. Ends when told to, or when dropped.
#[derive(Debug)]
pub struct Span {
    context: SpanContext,
    /// `None` when not sampled, or after the end.
    data: Option<Place>,
    shared: Arc<Shared>,
}

/// Borrows one field, so that the others stay free.
fn data(place: &mut Option<Place>) -> Option<&mut Finished> {
    place.as_mut()?.as_mut().as_mut()
}

impl trace::Span for Span {
    fn add_event_with_timestamp<T>(
        &mut self,
        name: T,
        timestamp: SystemTime,
        attributes: Vec<KeyValue>,
    ) where
        T: Into<Cow<'static, str>>,
    {
        if let Some(data) = data(&mut self.data) {
            let event = Event::new(name, timestamp, attributes, 0);
            push_event(&mut data.span.events, &self.shared.limits, event);
        }
    }

    fn span_context(&self) -> &SpanContext {
        &self.context
    }

    fn is_recording(&self) -> bool {
        self.data.is_some()
    }

    /// A key that is already there takes the new value; the limit counts keys, not calls.
    fn set_attribute(&mut self, attribute: KeyValue) {
        let Some(data) = data(&mut self.data) else {
            return;
        };
        // From the end: of two values that the start of the span brought, the last one counts.
        let known = data
            .span
            .attributes
            .iter_mut()
            .rev()
            .find(|known| known.key == attribute.key);
        if let Some(known) = known {
            known.value = attribute.value;
        } else if data.span.attributes.len() < self.shared.limits.max_attributes_per_span as usize {
            data.span.attributes.push(attribute);
        } else {
            data.span.dropped_attributes_count += 1;
        }
    }

    /// `Ok` is final. The latest error that says something wins over earlier ones.
    fn set_status(&mut self, status: Status) {
        let Some(data) = data(&mut self.data) else {
            return;
        };
        let replaces = match (&data.span.status, &status) {
            (Status::Ok, _) | (_, Status::Unset) => false,
            (Status::Error { .. }, Status::Error { description }) => !description.is_empty(),
            _ => true,
        };
        if replaces {
            data.span.status = status;
        }
    }

    fn update_name<T>(&mut self, name: T)
    where
        T: Into<Cow<'static, str>>,
    {
        if let Some(data) = data(&mut self.data) {
            data.span.name = name.into();
        }
    }

    fn add_link(&mut self, context: SpanContext, attributes: Vec<KeyValue>) {
        if let Some(data) = data(&mut self.data) {
            push_link(
                &mut data.span.links,
                &self.shared.limits,
                Link::new(context, attributes, 0),
            );
        }
    }

    fn end_with_timestamp(&mut self, timestamp: SystemTime) {
        if let Some(mut place) = self.data.take() {
            if let Some(data) = place.as_mut() {
                data.span.end_time = timestamp;
                data.callsite = handoff::take_callsite();
            }
            self.shared.queue.push(place);
        }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if self.data.is_some() {
            trace::Span::end(self);
        }
    }
}
