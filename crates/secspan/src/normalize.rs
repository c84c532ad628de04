//! The last look at a span, on the export thread, before it is encoded.
//!
//! Adds what the callsite knows, applies the `otel.*` fields, keeps one value per key (the last),
//! turns arrays of causes into text, gives every failed span an `error.type`, and applies the
//! length and count limits.

use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanLimits};
use secspan_semconv::attribute as key;
use secspan_semconv::span::WORKFLOWS;

use crate::layer::{self, visit};
use crate::preset::Preset;
use crate::queue::Finished;
use crate::tracer::cut;

/// `error.type` when nothing better is known, by OpenTelemetry's convention.
const OTHER_ERROR: &str = "_OTHER";
/// Written by `tracing-opentelemetry` on events of the API; not in OpenTelemetry's registry.
const MODULE_NAME: &str = "code.module.name";
const TARGET: &str = "target";

/// What the settings ask of every span.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Normalizer {
    pub(crate) preset: Preset,
    pub(crate) limits: SpanLimits,
    /// Longest text value in characters of span, event and link attributes; `None` for no limit.
    pub(crate) value_chars: Option<usize>,
}

impl Normalizer {
    /// Puts the span into the form in which it is sent.
    pub(crate) fn apply(&self, finished: &mut Finished) {
        let span = &mut finished.span;
        span.instrumentation_scope = (*finished.scope).clone();
        if self.preset != Preset::Lean
            && let Some(callsite) = finished.callsite
        {
            span.attributes.extend(layer::location(callsite));
            span.attributes
                .push(KeyValue::new(TARGET, callsite.target()));
        }
        apply_special(span);
        name_stage(span);
        tidy(&mut span.attributes);
        for event in &mut span.events.events {
            tidy(&mut event.attributes);
        }
        name_error(span);
        let excess = cut(&mut span.attributes, self.limits.max_attributes_per_span);
        span.dropped_attributes_count += excess;
        if let Some(chars) = self.value_chars {
            shorten_all(&mut span.attributes, chars);
            for event in &mut span.events.events {
                shorten_all(&mut event.attributes, chars);
            }
            for link in &mut span.links.links {
                shorten_all(&mut link.attributes, chars);
            }
        }
    }
}

/// `otel.name`, `otel.kind`, `otel.status_code` and `otel.status_description` change the span.
fn apply_special(span: &mut SpanData) {
    if !span
        .attributes
        .iter()
        .any(|attribute| is_special(attribute.key.as_str()))
    {
        return;
    }
    let mut kept = Vec::with_capacity(span.attributes.len());
    for attribute in std::mem::take(&mut span.attributes) {
        let text = attribute.value.as_str();
        match attribute.key.as_str() {
            "otel.name" => span.name = text.into_owned().into(),
            "otel.kind" => span.span_kind = kind(&text).unwrap_or(span.span_kind.clone()),
            "otel.status_code" => match text.to_ascii_lowercase().as_str() {
                "ok" => span.status = Status::Ok,
                "error" if !matches!(span.status, Status::Error { .. }) => {
                    span.status = Status::error("");
                }
                _ => {}
            },
            "otel.status_description" => span.status = Status::error(text.into_owned()),
            _ => kept.push(attribute),
        }
    }
    span.attributes = kept;
}

/// A span below another with the name of a stage says so in an attribute too, so that traces can be searched by it.
fn name_stage(span: &mut SpanData) {
    if span.parent_span_id == SpanId::INVALID {
        return;
    }
    let mut stages = WORKFLOWS.iter().flat_map(|workflow| workflow.stages);
    let known = |attribute: &KeyValue| attribute.key.as_str() == key::SECOPS_STAGE_NAME;
    if let Some(stage) = stages.find(|stage| stage.name == span.name)
        && !span.attributes.iter().any(known)
    {
        let name = KeyValue::new(key::SECOPS_STAGE_NAME, stage.name);
        span.attributes.push(name);
    }
}

fn is_special(name: &str) -> bool {
    name.starts_with(visit::SPECIAL_PREFIX)
}

fn kind(text: &str) -> Option<SpanKind> {
    match text.to_ascii_lowercase().as_str() {
        "server" => Some(SpanKind::Server),
        "client" => Some(SpanKind::Client),
        "producer" => Some(SpanKind::Producer),
        "consumer" => Some(SpanKind::Consumer),
        "internal" => Some(SpanKind::Internal),
        _ => None,
    }
}

/// One value per key, the last one given, at the place of the first.
fn tidy(attributes: &mut Vec<KeyValue>) {
    let mut index = 0;
    while let Some((head, rest)) = attributes
        .split_at_mut_checked(index)
        .and_then(|(head, tail)| tail.split_first_mut().map(|(current, _)| (head, current)))
    {
        let first = head.iter_mut().find(|earlier| earlier.key == rest.key);
        if let Some(first) = first {
            if !is_text_of(&rest.value, &first.value) {
                std::mem::swap(&mut first.value, &mut rest.value);
            }
            attributes.remove(index);
            continue;
        }
        if rest.key.as_str() == MODULE_NAME {
            attributes.remove(index);
            continue;
        }
        if rest.key.as_str() == key::EXCEPTION_STACKTRACE
            && let Value::Array(causes) = &rest.value
            && let Some(text) = visit::causes_text(causes)
        {
            rest.value = Value::from(text);
        }
        index += 1;
    }
}

/// Whether the text is the digits of the number: an unsigned field in its two forms.
fn is_text_of(text: &Value, number: &Value) -> bool {
    match (text, number) {
        (Value::String(text), Value::I64(number)) => text.as_str().parse() == Ok(*number),
        _ => false,
    }
}

/// A failed span says what kind of failure: its own word, that of its exception, or `_OTHER`.
fn name_error(span: &mut SpanData) {
    if !matches!(span.status, Status::Error { .. })
        || span
            .attributes
            .iter()
            .any(|attribute| attribute.key.as_str() == key::ERROR_TYPE)
    {
        return;
    }
    let exception_type = span.events.events.iter().rev().find_map(|event| {
        let found = event
            .attributes
            .iter()
            .find(|a| a.key.as_str() == key::EXCEPTION_TYPE)?;
        Some(found.value.clone())
    });
    let value = exception_type.unwrap_or_else(|| Value::from(OTHER_ERROR));
    span.attributes.push(KeyValue::new(key::ERROR_TYPE, value));
}

fn shorten_all(attributes: &mut [KeyValue], chars: usize) {
    for attribute in attributes {
        match &mut attribute.value {
            Value::String(text) => shorten(text, chars),
            Value::Array(Array::String(texts)) => {
                for text in texts {
                    shorten(text, chars);
                }
            }
            _ => {}
        }
    }
}

fn shorten(text: &mut StringValue, chars: usize) {
    // Bytes bound characters from above: most values are done after this comparison.
    if text.as_str().len() <= chars {
        return;
    }
    if let Some((end, _)) = text.as_str().char_indices().nth(chars) {
        let kept: String = text.as_str().get(..end).unwrap_or_default().to_owned();
        *text = StringValue::from(kept);
    }
}
