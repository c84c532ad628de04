//! The open half of a join as bytes: what a graceful stop keeps, so that a workflow that runs across a restart is still
//! one whole record.
//!
//! Kept spans are written as an OTLP request, with the attributes that records are made of, and read back by the same
//! walk as received ones: there is no second format to keep in step. Beside them stand the identities of completed
//! workflows and the fingerprints of the records that events became.
//!
//! ```text
//! magic | length, ExportTraceServiceRequest | length, ExportLogsServiceRequest | length, identities
//!       | length, events
//! ```

use secspan_otlp::DecodeError;
use secspan_otlp::encode::{
    Any, EventWriter, LogRequest, LogWriter, Scope, SpanWriter, TraceRequest,
};
use secspan_otlp::keys::{Keys, TooManyKeys};
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{LogView, SpanId, SpanView, StatusCode, TraceId};
use secspan_otlp::walk::{self, WalkLimits};
use secspan_semconv::attribute;

use super::remembered::Said;
use super::trace::Trace;
use super::{Join, JoinStage, Settings};
use crate::definition::Definitions;
use crate::event::Fingerprint;
use crate::facts::{Call, FactValue, SpanFacts};
use crate::kind::Calls;
use crate::outcome::Outcome;

/// First bytes of every version.
const MAGIC: &[u8; 14] = b"secspan-join/2";

/// Bytes of one identity: trace, span, how often it was counted, until when it is remembered.
const IDENTITY_BYTES: usize = 16 + 8 + 4 + 8;

/// Bytes of one event: fingerprint, until when it is remembered.
const EVENT_BYTES: usize = size_of::<Fingerprint>() + 8;

/// The most items of a list that are written: only their number matters.
const LIST_MAX: u32 = 1 << 16;

/// A completed workflow.
pub(super) type Identity = (TraceId, SpanId, Said, UnixNanos);

/// Bytes that are not a suspended join.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// Another format, or another version of it.
    #[error("not a join that this version suspended")]
    Foreign,
    /// The end is missing.
    #[error("the suspended join is cut short")]
    Short,
    /// A part is broken.
    #[error("the suspended join is damaged")]
    Damaged(#[from] DecodeError),
    /// The join that reads it could not be made.
    #[error("the suspended join cannot be read")]
    Keys(#[from] TooManyKeys),
}

/// What was suspended, decoded.
#[derive(Debug)]
pub(super) struct Resumed {
    pub(super) stage: JoinStage,
    pub(super) identities: Vec<Identity>,
    /// Events that became records, with until when they are remembered.
    pub(super) told: Vec<(UnixNanos, Fingerprint)>,
}

/// Writes open traces and identities.
pub(super) fn encode<'t>(
    definitions: &Definitions,
    traces: impl Iterator<Item = (TraceId, &'t Trace)> + Clone,
    identities: impl Iterator<Item = Identity>,
    told: impl Iterator<Item = (UnixNanos, Fingerprint)>,
) -> Vec<u8> {
    let mut known = Vec::new();
    for (trace, span, said, until) in identities {
        known.extend_from_slice(&trace.0);
        known.extend_from_slice(&span.0);
        known.extend_from_slice(&said.counted.to_le_bytes());
        known.extend_from_slice(&until.0.to_le_bytes());
    }
    let mut events = Vec::new();
    for (until, event) in told {
        events.extend_from_slice(&event);
        events.extend_from_slice(&until.0.to_le_bytes());
    }
    let mut bytes = MAGIC.to_vec();
    for part in [
        spans(definitions, traces.clone()),
        log_calls(definitions, traces),
        known,
        events,
    ] {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&part);
    }
    bytes
}

/// Reads what [`encode`] wrote.
pub(super) fn decode(bytes: &[u8], definitions: &Definitions) -> Result<Resumed, ResumeError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(ResumeError::Foreign)?;
    let (spans, rest) = part(rest)?;
    let (logs, rest) = part(rest)?;
    let (known, rest) = part(rest)?;
    let (events, rest) = part(rest)?;
    if !rest.is_empty() {
        return Err(ResumeError::Foreign);
    }
    let mut keys = Keys::new();
    let reader = Join::new(Settings::default(), definitions.clone(), &mut keys)?;
    let limits = WalkLimits {
        records_max: u32::MAX,
        ..WalkLimits::DEFAULT
    };
    let mut stage = reader.stage();
    let mut visit = |view: &SpanView<'_, '_>| reader.observe(&mut stage, view);
    walk::traces(spans, &keys, &limits, &mut visit)?;
    let mut visit = |view: &LogView<'_, '_>| reader.observe_log_event(&mut stage, view);
    walk::logs(logs, &keys, &limits, &mut visit)?;
    let chunks = known.chunks_exact(IDENTITY_BYTES);
    let told = events.chunks_exact(EVENT_BYTES);
    if !chunks.remainder().is_empty() || !told.remainder().is_empty() {
        return Err(ResumeError::Short);
    }
    Ok(Resumed {
        stage,
        identities: chunks.filter_map(identity).collect(),
        told: told.filter_map(event_told).collect(),
    })
}

fn part(bytes: &[u8]) -> Result<(&[u8], &[u8]), ResumeError> {
    let (length, rest) = bytes.split_first_chunk::<8>().ok_or(ResumeError::Short)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| ResumeError::Short)?;
    rest.split_at_checked(length).ok_or(ResumeError::Short)
}

fn event_told(bytes: &[u8]) -> Option<(UnixNanos, Fingerprint)> {
    let (event, rest) = bytes.split_first_chunk::<16>()?;
    let until = rest.first_chunk::<8>()?;
    Some((UnixNanos(u64::from_le_bytes(*until)), *event))
}

fn identity(bytes: &[u8]) -> Option<Identity> {
    let (trace, rest) = bytes.split_first_chunk::<16>()?;
    let (span, rest) = rest.split_first_chunk::<8>()?;
    let (counted, rest) = rest.split_first_chunk::<4>()?;
    let until = rest.first_chunk::<8>()?;
    // What was said is not compared any more: its spans are gone.
    let said = Said {
        digest: 0,
        counted: u32::from_le_bytes(*counted),
    };
    Some((
        TraceId(*trace),
        SpanId(*span),
        said,
        UnixNanos(u64::from_le_bytes(*until)),
    ))
}

fn spans<'t>(
    definitions: &Definitions,
    traces: impl Iterator<Item = (TraceId, &'t Trace)>,
) -> Vec<u8> {
    let mut request = TraceRequest::new();
    request.resource(&[], |resource| {
        resource.scope(&Scope::default(), |scope| {
            for (id, trace) in traces {
                for span in trace.spans() {
                    scope.span(|writer| write_span(writer, definitions, id, span));
                }
                for (span, parent) in trace.links() {
                    scope.span(|writer| {
                        writer.trace_id(id.0).span_id(span.0).parent(parent.0);
                    });
                }
            }
        });
    });
    request.finish()
}

fn write_span(
    writer: &mut SpanWriter<'_>,
    definitions: &Definitions,
    trace: TraceId,
    span: &SpanFacts,
) {
    writer
        .trace_id(trace.0)
        .span_id(span.span.0)
        .parent(span.parent.0);
    let stage = definitions.stage_name(span.stage);
    writer
        .name(stage.unwrap_or_default())
        .start(span.start)
        .end(span.end);
    for (fact, value) in &span.facts {
        write_fact(writer, definitions.attribute(*fact), value);
    }
    for call in &span.calls {
        let Some(calls) = definitions.calls().get(usize::from(call.of)) else {
            continue;
        };
        writer.event(calls.event, call.time, |writer| {
            call_attributes(calls, call, |key, value| {
                EventWriter::attribute(writer, key, value);
            });
        });
    }
    if span.failed {
        writer.status(StatusCode::Error, "");
    }
}

fn write_fact(writer: &mut SpanWriter<'_>, key: &str, value: &FactValue) {
    match value {
        FactValue::Text(text) => writer.attribute(key, &**text),
        FactValue::Oversize(bytes) => writer.attribute(key, &"x".repeat(*bytes)),
        FactValue::Int(number) => writer.attribute(key, *number),
        FactValue::Double(number) => writer.attribute(key, *number),
        FactValue::Bool(value) => writer.attribute(key, *value),
        FactValue::List(length) => {
            let length = usize::try_from((*length).min(LIST_MAX)).unwrap_or(0);
            writer.attribute(key, &*vec![Any::Bool(true); length])
        }
        FactValue::Other => writer.attribute(key, Any::Bytes(&[])),
    };
}

fn log_calls<'t>(
    definitions: &Definitions,
    traces: impl Iterator<Item = (TraceId, &'t Trace)>,
) -> Vec<u8> {
    let mut request = LogRequest::new();
    request.resource(&[], |resource| {
        resource.scope(&Scope::default(), |scope| {
            for (id, trace) in traces {
                for (span, call) in trace.log_calls() {
                    let Some(calls) = definitions.calls().get(usize::from(call.of)) else {
                        continue;
                    };
                    scope.log(|writer| {
                        writer.time(call.time).event_name(calls.event);
                        writer.trace_id(id.0).span_id(span.0);
                        call_attributes(calls, call, |key, value| {
                            LogWriter::attribute(writer, key, value);
                        });
                    });
                }
            }
        });
    });
    request.finish()
}

fn call_attributes(calls: &Calls, call: &Call, mut write: impl FnMut(&str, Any<'_>)) {
    if let Some(sort) = call.sort {
        write(calls.sort, calls.sorts.get(sort).into());
    }
    let outcome = if call.succeeded {
        Outcome::Success
    } else {
        Outcome::Failure
    };
    write(attribute::SECOPS_OUTCOME, outcome.as_str().into());
    write(calls.amount, call.amount.into());
}
