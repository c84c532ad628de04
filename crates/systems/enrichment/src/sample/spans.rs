//! The same facts as spans: what the way back makes of the record, with what only the facts know: how the stages lay in
//! time, and what became of each call.

use secspan_records::facts::UnixNanos;
use secspan_records::spans::{AttributeValue, Attributes, Span, SpanEvent, spans_of};
use secspan_sample::work::Stretch;
use secspan_semconv::{attribute as key, event, value};

use super::facts::{Facts, Part};
use super::records::record;
use super::research::Call;
use crate::kinds;

/// The spans of a part of a story. None for what no application would say: logs are written by those who send messages, open
/// tickets are exported.
pub(super) fn of(facts: &Facts, part: Part) -> Vec<Span> {
    let identity = facts.identity(part);
    let Some(record) = record(facts, part) else {
        return Vec::new();
    };
    let mut spans = spans_of(&record, identity);
    match (part, &facts.review) {
        (Part::Enrichment, _) => {
            let enrichment = &facts.enrichment;
            let whole = Stretch {
                start: enrichment.start,
                end: enrichment.end,
            };
            let stages = kinds::enrichment::WORKFLOW.stages.iter();
            let stages = stages.map(|stage| stage.name).zip(enrichment.stages);
            lay(facts, part, &mut spans, whole, stages);
            for span in &mut spans {
                if !span.events.is_empty() {
                    span.events = enrichment.calls.iter().map(of_call).collect();
                }
            }
        }
        (Part::Review, Some(review)) => {
            let whole = Stretch {
                start: review.start,
                end: review.end,
            };
            let stages = kinds::review::WORKFLOW.stages.iter();
            let stages = stages.map(|stage| stage.name).zip(review.stages);
            lay(facts, part, &mut spans, whole, stages);
        }
        _ => {}
    }
    spans
}

/// Lays a workflow and its stages where they were in time.
fn lay<'a>(
    facts: &Facts,
    part: Part,
    spans: &mut [Span],
    whole: Stretch,
    stages: impl Iterator<Item = (&'a str, Option<Stretch>)>,
) {
    let put = |span: &mut Span, stretch: Stretch| {
        (span.start, span.end) = (UnixNanos(stretch.start), UnixNanos(stretch.end));
    };
    for (number, (name, stretch)) in (1..).zip(stages) {
        let mut below = spans.iter_mut().skip(1);
        if let (Some(span), Some(stretch)) = (below.find(|span| span.name == name), stretch) {
            span.identity.span = facts.span_id(part, number);
            put(span, stretch);
        }
    }
    if let Some(root) = spans.first_mut() {
        put(root, whole);
    }
}

fn of_call((at, call): &(u64, Call)) -> SpanEvent {
    let outcome = match call.error {
        None => value::outcome::SUCCESS,
        Some(error) if error.status().is_none() => value::outcome::TIMEOUT,
        Some(_) => value::outcome::FAILURE,
    };
    let mut attributes: Attributes = vec![
        (key::SECOPS_PERPLEXITY_KIND, call.kind.as_str().into()),
        (key::GEN_AI_PROVIDER_NAME, "perplexity".into()),
        (
            key::SECOPS_DURATION,
            AttributeValue::Float(call.millis as f64 / 1000.0),
        ),
        (key::SECOPS_OUTCOME, outcome.into()),
        (
            key::GEN_AI_USAGE_INPUT_TOKENS,
            u64::from(call.input_tokens).into(),
        ),
    ];
    if let Some(error) = call.error {
        attributes.push((key::ERROR_TYPE, error.as_str().into()));
        if let Some(status) = error.status() {
            attributes.push((key::HTTP_RESPONSE_STATUS_CODE, AttributeValue::Int(status)));
        }
    } else {
        let counts = [
            (key::GEN_AI_USAGE_OUTPUT_TOKENS, call.output_tokens),
            (key::SECOPS_PERPLEXITY_CITATION_COUNT, call.citations),
        ];
        attributes.extend(counts.map(|(key, count)| (key, u64::from(count).into())));
    }
    SpanEvent {
        name: event::SECOPS_PERPLEXITY_CALL,
        time: UnixNanos(*at),
        attributes,
    }
}
