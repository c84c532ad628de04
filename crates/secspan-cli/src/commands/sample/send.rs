//! The sample as spans to a collector, through the SDK that applications use.
//!
//! The SDK drops rather than block; here nothing may be dropped, so what was handed over is waited for before more is.

use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt as _,
    TraceFlags, TraceId, TraceState, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_sdk::trace::IdGenerator;
use secspan::{DeliveryError, DeliveryReport, Guard, Tracer};
use secspan_records::facts::UnixNanos;
use secspan_records::spans::{AttributeValue, Attributes, Span};
use tracing_subscriber::Registry;

use super::{World, summary};
use crate::args::{Protocol, SampleArgs, Summary};
use crate::commands::Stage;
use crate::environment::Destination;
use crate::exit::{Exit, Failed};

/// Name of the service that the spans are of.
const SERVICE: &str = "secspan-sample";

/// Spans that are handed over before they are waited for.
const SPANS_AT_ONCE: usize = 8_192;

/// Room for spans in the SDK: more than are handed over at once, so that none is dropped.
const QUEUE_SPANS: usize = 4 * SPANS_AT_ONCE;

/// The port at which OTLP over HTTP is at home.
const HTTP_PORT: &str = ":4318";

pub(super) fn run(
    args: &SampleArgs,
    endpoint: &str,
    world: &World,
    stage: &Stage,
) -> Result<Exit, Failed> {
    let patience = Duration::from_secs(args.patience);
    let ids = NextIds::default();
    let (guard, tracer) = connect(args, endpoint, &ids, patience)?;
    stage.interrupt.attend();
    let mut sender = Sender {
        // Dropping it would tell a loss a second time.
        guard: ManuallyDrop::new(guard),
        tracer,
        ids,
        patience,
        facts: 0,
    };
    let (ended, undelivered) = match sender.send_all(world, args, stage) {
        Ok(ended) => (ended, None),
        Err(error) => (false, Some(error)),
    };
    // After a failure there is nothing more to wait for.
    let wait = if undelivered.is_some() {
        Duration::ZERO
    } else {
        patience
    };
    let delivered = sender.guard.shutdown_within(wait);
    let report = match &delivered {
        Ok(report) => *report,
        Err(error) => *error.report(),
    };
    stage.voice.clear_progress();
    let error = undelivered.or(delivered.err());
    if error.is_none() || args.summary == Summary::Json {
        summary::of_spans(args, endpoint, sender.facts, &report, stage.voice)?;
    }
    verdict(endpoint, ended, error, stage)
}

/// What the program ends with.
fn verdict(
    endpoint: &str,
    ended: bool,
    error: Option<DeliveryError>,
    stage: &Stage,
) -> Result<Exit, Failed> {
    match error {
        Some(error) => Err(Failed::on_the_way(format_args!("{endpoint}: {error}"))
            .hint("is a collector running there? --patience says how long to wait for it")),
        None if ended => Ok(Exit::Success),
        None => {
            stage
                .voice
                .warn("interrupted; what was made up to then is delivered");
            Ok(Exit::Interrupted)
        }
    }
}

fn connect(
    args: &SampleArgs,
    endpoint: &str,
    ids: &NextIds,
    patience: Duration,
) -> Result<(Guard, Tracer), Failed> {
    let protocol =
        args.protocol
            .unwrap_or(if endpoint.trim_end_matches('/').ends_with(HTTP_PORT) {
                Protocol::Http
            } else {
                Protocol::Grpc
            });
    let configured = secspan::configure()
        .service_name(SERVICE)
        .endpoint(endpoint)
        .protocol(match protocol {
            Protocol::Grpc => secspan::Protocol::Grpc,
            Protocol::Http => secspan::Protocol::HttpProtobuf,
        })
        .queue_size(QUEUE_SPANS)
        .id_generator(ids.clone())
        .panic_hook(false)
        .shutdown_timeout(patience)
        .variables(Destination)
        .layer::<Registry>();
    match configured {
        Ok((_, guard)) => {
            let tracer = guard.provider().tracer(SERVICE);
            Ok((guard, tracer))
        }
        Err(error) => Err(Failed::usage(format_args!(
            "--otlp {endpoint}: {}",
            crate::exit::chain(&error)
        ))),
    }
}

/// Hands spans over and waits for them.
struct Sender {
    guard: ManuallyDrop<Guard>,
    tracer: Tracer,
    ids: NextIds,
    patience: Duration,
    facts: u64,
}

impl Sender {
    /// Sends everything; whether it came to the end before somebody asked to stop.
    fn send_all(
        &mut self,
        world: &World,
        args: &SampleArgs,
        stage: &Stage,
    ) -> Result<bool, DeliveryError> {
        let mut handed_over = 0;
        let mut made = 0;
        for moment in world.moments() {
            let spans = moment.spans();
            self.facts += u64::from(!spans.is_empty());
            handed_over += spans.len();
            for span in spans {
                self.hand_over(span);
            }
            made += u64::from(moment.is_work());
            if handed_over >= SPANS_AT_ONCE {
                handed_over = 0;
                let report: DeliveryReport = self.guard.flush_within(self.patience)?;
                stage.voice.progress(format_args!(
                    "{} %, {} spans",
                    made * 100 / args.records.max(1),
                    report.exported
                ));
            }
            if stage.interrupt.asked() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn hand_over(&self, span: Span) {
        let trace = TraceId::from_bytes(span.identity.trace.0);
        self.ids
            .set(trace, SpanId::from_bytes(span.identity.span.0));
        let parent = match span.parent {
            None => Context::new(),
            Some(parent) => Context::new().with_remote_span_context(SpanContext::new(
                trace,
                SpanId::from_bytes(parent.0),
                TraceFlags::SAMPLED,
                false,
                TraceState::NONE,
            )),
        };
        let builder = SpanBuilder::from_name(span.name)
            .with_kind(SpanKind::Internal)
            .with_start_time(time(span.start))
            .with_attributes(key_values(span.attributes));
        let mut started = self.tracer.build_with_context(builder, &parent);
        for event in span.events {
            started.add_event_with_timestamp(
                event.name,
                time(event.time),
                key_values(event.attributes),
            );
        }
        if span.failed {
            started.set_status(Status::error(""));
        }
        started.end_with_timestamp(time(span.end));
    }
}

fn time(at: UnixNanos) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(at.0)
}

fn key_values(attributes: Attributes) -> Vec<KeyValue> {
    attributes
        .into_iter()
        .map(|(key, value)| {
            let value = match value {
                AttributeValue::Text(text) => Value::String(text.into()),
                AttributeValue::Int(number) => Value::I64(number),
                AttributeValue::Float(number) => Value::F64(number),
                AttributeValue::Bool(yes) => Value::Bool(yes),
            };
            KeyValue::new(key, value)
        })
        .collect()
}

/// Gives the SDK the ids that the next span has already.
#[derive(Clone, Debug)]
struct NextIds(Arc<Mutex<(TraceId, SpanId)>>);

impl Default for NextIds {
    fn default() -> Self {
        Self(Arc::new(Mutex::new((TraceId::INVALID, SpanId::INVALID))))
    }
}

impl NextIds {
    fn set(&self, trace: TraceId, span: SpanId) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (trace, span);
    }

    fn get(&self) -> (TraceId, SpanId) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IdGenerator for NextIds {
    fn new_trace_id(&self) -> TraceId {
        self.get().0
    }

    fn new_span_id(&self) -> SpanId {
        self.get().1
    }
}
