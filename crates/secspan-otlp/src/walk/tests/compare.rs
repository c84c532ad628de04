//! One input, both decoders: accepted or not, and what they see. Shared with the fuzz targets.
//!
//! What the views do not tell is made equal first: an empty value and none, the numbers of kinds
//! and codes that the schema does not know, entity references, indices into string tables. Doubles
//! are compared by their bits.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1 as common;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::trace::v1::{Span, Status, span};
use prost::Message;
use secspan_otlp::keys::Keys;
use secspan_otlp::view::{
    Attributes, KeyValue, LogView, ResourceView, ScopeView, SpanKind, SpanView, StatusCode, Value,
};
use secspan_otlp::walk::{self, WalkLimits};

/// No limits, because `prost` has none.
const UNLIMITED: WalkLimits = WalkLimits {
    records_max: u32::MAX,
    entries_max: u32::MAX,
};

/// A record with what surrounds it.
#[derive(Debug, PartialEq)]
struct Shown<R> {
    resource: Vec<common::KeyValue>,
    resource_dropped: u32,
    resource_schema: String,
    scope: common::InstrumentationScope,
    scope_schema: String,
    record: R,
}

/// Keys of which some occur in generated input.
pub(crate) fn keys() -> Keys {
    let mut keys = Keys::new();
    for key in [
        "a",
        "service.name",
        "http.response.status_code",
        "event",
        "span",
    ] {
        keys.slot(key).expect("few keys");
    }
    keys
}

/// Both decoders on a request of spans; whether they accept it.
pub(crate) fn traces(bytes: &[u8], keys: &Keys) -> bool {
    let mut ours = Vec::new();
    let mut visitor = |span: &SpanView<'_, '_>| {
        assert_eq!(span.index as usize, ours.len());
        assert_eq!(span.name_slot, keys.lookup(span.name));
        ours.push(shown(span.resource, span.scope, span_of(span, keys), keys));
    };
    let walked = walk::traces(bytes, keys, &UNLIMITED, &mut visitor);
    let decoded = ExportTraceServiceRequest::decode(bytes);
    assert_eq!(
        walked.is_ok(),
        decoded.is_ok(),
        "{walked:?}\n{decoded:?}\n{bytes:02x?}"
    );
    let Ok(summary) = walked else {
        assert!(walked.is_err_and(|error| error.offset <= bytes.len()));
        return false;
    };
    let mut theirs = Vec::new();
    let (mut resources, mut scopes) = (0, 0);
    for group in decoded.expect("accepted").resource_spans {
        resources += 1;
        for scope in group.scope_spans {
            scopes += 1;
            for span in scope.spans {
                theirs.push(surround(
                    group.resource.clone(),
                    &group.schema_url,
                    scope.scope.clone(),
                    &scope.schema_url,
                    usual_span(span),
                ));
            }
        }
    }
    assert_eq!(ours, theirs, "{bytes:02x?}");
    assert_eq!((summary.resources, summary.scopes), (resources, scopes));
    assert_eq!(summary.spans as usize, theirs.len());
    true
}

/// Both decoders on a request of log records; whether they accept it.
pub(crate) fn logs(bytes: &[u8], keys: &Keys) -> bool {
    let mut ours = Vec::new();
    let mut visitor = |log: &LogView<'_, '_>| {
        assert_eq!(log.event_name_slot, keys.lookup(log.event_name));
        ours.push(shown(log.resource, log.scope, log_of(log, keys), keys));
    };
    let walked = walk::logs(bytes, keys, &UNLIMITED, &mut visitor);
    let decoded = ExportLogsServiceRequest::decode(bytes);
    assert_eq!(
        walked.is_ok(),
        decoded.is_ok(),
        "{walked:?}\n{decoded:?}\n{bytes:02x?}"
    );
    let Ok(decoded) = decoded else { return false };
    let mut theirs = Vec::new();
    for group in decoded.resource_logs {
        for scope in group.scope_logs {
            for mut record in scope.log_records {
                record.attributes = usual_attributes(record.attributes);
                record.body = Some(usual_any(record.body.unwrap_or_default()));
                theirs.push(surround(
                    group.resource.clone(),
                    &group.schema_url,
                    scope.scope.clone(),
                    &scope.schema_url,
                    record,
                ));
            }
        }
    }
    assert_eq!(ours, theirs, "{bytes:02x?}");
    true
}

/// Both decoders on a request of metrics; whether they accept it.
pub(crate) fn metrics(bytes: &[u8]) -> bool {
    let walked = walk::metrics(bytes, &UNLIMITED);
    let decoded = ExportMetricsServiceRequest::decode(bytes);
    assert_eq!(
        walked.is_ok(),
        decoded.is_ok(),
        "{walked:?}\n{decoded:?}\n{bytes:02x?}"
    );
    let Ok(decoded) = decoded else { return false };
    let metrics = decoded
        .resource_metrics
        .iter()
        .flat_map(|group| &group.scope_metrics)
        .flat_map(|scope| &scope.metrics);
    let points = metrics.map(|metric| match &metric.data {
        None => 0,
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Histogram(histogram)) => histogram.data_points.len(),
        Some(Data::ExponentialHistogram(histogram)) => histogram.data_points.len(),
        Some(Data::Summary(summary)) => summary.data_points.len(),
    });
    let points: usize = points.sum();
    assert_eq!(
        walked.expect("accepted").data_points,
        points as u64,
        "{bytes:02x?}"
    );
    true
}

fn shown<R>(
    resource: &ResourceView<'_, '_>,
    scope: &ScopeView<'_, '_>,
    record: R,
    keys: &Keys,
) -> Shown<R> {
    Shown {
        resource: attributes_of(&resource.attributes, keys),
        resource_dropped: resource.dropped_attributes,
        resource_schema: resource.schema_url.to_owned(),
        scope: common::InstrumentationScope {
            name: scope.name.to_owned(),
            version: scope.version.to_owned(),
            attributes: attributes_of(&scope.attributes, keys),
            dropped_attributes_count: scope.dropped_attributes,
        },
        scope_schema: scope.schema_url.to_owned(),
        record,
    }
}

fn span_of(view: &SpanView<'_, '_>, keys: &Keys) -> Span {
    Span {
        trace_id: view.trace_id.to_vec(),
        span_id: view.span_id.to_vec(),
        trace_state: view.trace_state.to_owned(),
        parent_span_id: view.parent_span_id.to_vec(),
        flags: view.flags,
        name: view.name.to_owned(),
        kind: view.kind.number(),
        start_time_unix_nano: view.start.0,
        end_time_unix_nano: view.end.0,
        attributes: attributes_of(&view.attributes, keys),
        dropped_attributes_count: view.dropped.attributes,
        events: view
            .events
            .iter()
            .map(|event| event_of(&event, keys))
            .collect(),
        dropped_events_count: view.dropped.events,
        links: view.links.iter().map(link_of).collect(),
        dropped_links_count: view.dropped.links,
        status: Some(Status {
            message: view.status_message.to_owned(),
            code: view.status.number(),
        }),
    }
}

fn event_of(event: &secspan_otlp::view::EventView<'_, '_>, keys: &Keys) -> span::Event {
    assert_eq!(event.name_slot, keys.lookup(event.name));
    span::Event {
        time_unix_nano: event.time.0,
        name: event.name.to_owned(),
        attributes: attributes_of(&event.attributes, keys),
        dropped_attributes_count: event.dropped_attributes,
    }
}

fn link_of(link: &secspan_otlp::view::LinkView<'_>) -> span::Link {
    span::Link {
        trace_id: link.trace_id.to_vec(),
        span_id: link.span_id.to_vec(),
        trace_state: link.trace_state.to_owned(),
        attributes: link.attributes().map(key_value_of).collect(),
        dropped_attributes_count: link.dropped_attributes,
        flags: link.flags,
    }
}

fn log_of(view: &LogView<'_, '_>, keys: &Keys) -> LogRecord {
    LogRecord {
        time_unix_nano: view.time.0,
        observed_time_unix_nano: view.observed_time.0,
        severity_number: view.severity,
        severity_text: view.severity_text.to_owned(),
        body: Some(any_of(view.body)),
        attributes: attributes_of(&view.attributes, keys),
        dropped_attributes_count: view.dropped_attributes,
        flags: view.flags,
        trace_id: view.trace_id.to_vec(),
        span_id: view.span_id.to_vec(),
        event_name: view.event_name.to_owned(),
    }
}

/// The attributes as owned values, after checking that slots, `present` and `get` fit the keys.
fn attributes_of(attributes: &Attributes<'_, '_>, keys: &Keys) -> Vec<common::KeyValue> {
    for attribute in attributes {
        assert_eq!(attribute.slot, keys.lookup(attribute.key));
    }
    for (slot, key) in keys.iter() {
        let last = attributes.iter().rfind(|attribute| attribute.key == key);
        assert_eq!(attributes.present().contains(slot), last.is_some());
        let bits = |value: Value<'_>| any_of(value);
        assert_eq!(
            attributes.get(slot).map(bits),
            last.map(|last| any_of(last.value))
        );
    }
    attributes.iter().copied().map(key_value_of).collect()
}

fn key_value_of(attribute: KeyValue<'_>) -> common::KeyValue {
    common::KeyValue {
        key: attribute.key.to_owned(),
        value: Some(any_of(attribute.value)),
        key_strindex: 0,
    }
}

fn any_of(value: Value<'_>) -> common::AnyValue {
    let value = match value {
        Value::Empty => None,
        Value::Str(text) => Some(Any::StringValue(text.to_owned())),
        Value::Bool(value) => Some(Any::BoolValue(value)),
        Value::Int(value) => Some(Any::IntValue(value)),
        Value::Double(value) => Some(double_bits(value)),
        Value::Bytes(bytes) => Some(Any::BytesValue(bytes.to_vec())),
        Value::Array(array) => {
            let values: Vec<_> = array.iter().map(any_of).collect();
            assert_eq!(
                (array.len(), array.is_empty()),
                (values.len(), values.is_empty())
            );
            Some(Any::ArrayValue(common::ArrayValue { values }))
        }
        Value::Map(map) => {
            let values: Vec<_> = map.iter().map(key_value_of).collect();
            Some(Any::KvlistValue(common::KeyValueList { values }))
        }
    };
    common::AnyValue { value }
}

/// A double as something that equals itself.
fn double_bits(value: f64) -> Any {
    Any::StringValue(format!("double {:016x}", value.to_bits()))
}

fn surround<R>(
    resource: Option<opentelemetry_proto::tonic::resource::v1::Resource>,
    resource_schema: &str,
    scope: Option<common::InstrumentationScope>,
    scope_schema: &str,
    record: R,
) -> Shown<R> {
    let resource = resource.unwrap_or_default();
    let mut scope = scope.unwrap_or_default();
    scope.attributes = usual_attributes(scope.attributes);
    Shown {
        resource: usual_attributes(resource.attributes),
        resource_dropped: resource.dropped_attributes_count,
        resource_schema: resource_schema.to_owned(),
        scope,
        scope_schema: scope_schema.to_owned(),
        record,
    }
}

fn usual_span(mut span: Span) -> Span {
    span.kind = SpanKind::from_number(span.kind).number();
    span.attributes = usual_attributes(span.attributes);
    for event in &mut span.events {
        event.attributes = usual_attributes(std::mem::take(&mut event.attributes));
    }
    for link in &mut span.links {
        link.attributes = usual_attributes(std::mem::take(&mut link.attributes));
    }
    let mut status = span.status.unwrap_or_default();
    status.code = StatusCode::from_number(status.code).number();
    span.status = Some(status);
    span
}

fn usual_attributes(attributes: Vec<common::KeyValue>) -> Vec<common::KeyValue> {
    attributes
        .into_iter()
        .map(|attribute| common::KeyValue {
            key: attribute.key,
            value: Some(usual_any(attribute.value.unwrap_or_default())),
            key_strindex: 0,
        })
        .collect()
}

fn usual_any(value: common::AnyValue) -> common::AnyValue {
    let value = match value.value {
        Some(Any::DoubleValue(value)) => Some(double_bits(value)),
        Some(Any::ArrayValue(array)) => Some(Any::ArrayValue(common::ArrayValue {
            values: array.values.into_iter().map(usual_any).collect(),
        })),
        Some(Any::KvlistValue(list)) => Some(Any::KvlistValue(common::KeyValueList {
            values: usual_attributes(list.values),
        })),
        Some(Any::StringValueStrindex(_)) => None,
        value => value,
    };
    common::AnyValue { value }
}
