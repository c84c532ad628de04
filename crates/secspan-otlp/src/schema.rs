//! The OTLP messages as tables: names, numbers and types of all fields.
//!
//! The hot path (spans, log records) is written by hand; what is not hot follows these tables: the
//! JSON form in both directions and the validation of metrics.

use crate::wire::{FIXED32, FIXED64, LEN, VARINT};

/// A message.
#[derive(Debug)]
pub(crate) struct Message {
    /// Its name in the schema.
    pub(crate) name: &'static str,
    /// Its fields.
    pub(crate) fields: &'static [Field],
    /// The numbers of the fields that exclude each other; the last one on the wire counts.
    pub(crate) oneof: &'static [u32],
}

/// A field.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) number: u32,
    /// Its name in JSON, in lower camel case.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) repeated: bool,
}

/// The type of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Bool,
    Bytes,
    Double,
    /// Its names by number; a gap has an empty name.
    Enum(&'static [&'static str]),
    Fixed32,
    Fixed64,
    /// Bytes that JSON shows as hex digits: trace and span ids.
    Id,
    Int32,
    Int64,
    Message(&'static Message),
    Sfixed64,
    Sint32,
    Text,
    Uint32,
    Uint64,
}

impl Kind {
    /// How a single value is encoded.
    pub(crate) fn wire_type(self) -> u32 {
        match self {
            Self::Bytes | Self::Id | Self::Message(_) | Self::Text => LEN,
            Self::Double | Self::Fixed64 | Self::Sfixed64 => FIXED64,
            Self::Fixed32 => FIXED32,
            Self::Bool
            | Self::Enum(_)
            | Self::Int32
            | Self::Int64
            | Self::Sint32
            | Self::Uint32
            | Self::Uint64 => VARINT,
        }
    }
}

impl Kind {
    /// Whether JSON may hold the value as a number.
    pub(crate) fn is_number(self) -> bool {
        !matches!(self, Self::Bool) && self.wire_type() != LEN
    }
}

impl Message {
    pub(crate) fn by_number(&self, number: u32) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.number == number)
    }

    /// The field that JSON names so: in lower camel case, or as the Protobuf file spells it. Readers of the Protobuf
    /// mapping take both.
    pub(crate) fn by_name(&self, name: &str) -> Option<&'static Field> {
        let mut fields = self.fields.iter();
        if name.contains('_') {
            fields.find(|field| is_snake_of(name, field.name))
        } else {
            fields.find(|field| field.name == name)
        }
    }
}

/// Whether `snake` is `camel` as the Protobuf file spells it: `resource_spans` for `resourceSpans`.
fn is_snake_of(snake: &str, camel: &str) -> bool {
    let spelt = camel.bytes().flat_map(|byte| {
        let underscore = byte.is_ascii_uppercase().then_some(b'_');
        underscore.into_iter().chain([byte.to_ascii_lowercase()])
    });
    snake.bytes().eq(spelt)
}

const fn message(name: &'static str, fields: &'static [Field]) -> Message {
    Message {
        name,
        fields,
        oneof: &[],
    }
}

const fn one(number: u32, name: &'static str, kind: Kind) -> Field {
    Field {
        number,
        name,
        kind,
        repeated: false,
    }
}

const fn many(number: u32, name: &'static str, kind: Kind) -> Field {
    Field {
        number,
        name,
        kind,
        repeated: true,
    }
}

const fn nested(message: &'static Message) -> Kind {
    Kind::Message(message)
}

/// `ExportTraceServiceRequest`, and `TracesData` alike.
pub(crate) static TRACES: Message = message(
    "ExportTraceServiceRequest",
    &[many(1, "resourceSpans", nested(&RESOURCE_SPANS))],
);

static RESOURCE_SPANS: Message = message(
    "ResourceSpans",
    &[
        one(1, "resource", nested(&RESOURCE)),
        many(2, "scopeSpans", nested(&SCOPE_SPANS)),
        one(3, "schemaUrl", Kind::Text),
    ],
);

static SCOPE_SPANS: Message = message(
    "ScopeSpans",
    &[
        one(1, "scope", nested(&SCOPE)),
        many(2, "spans", nested(&SPAN)),
        one(3, "schemaUrl", Kind::Text),
    ],
);

static SPAN: Message = message(
    "Span",
    &[
        one(1, "traceId", Kind::Id),
        one(2, "spanId", Kind::Id),
        one(3, "traceState", Kind::Text),
        one(4, "parentSpanId", Kind::Id),
        one(16, "flags", Kind::Fixed32),
        one(5, "name", Kind::Text),
        one(6, "kind", Kind::Enum(SPAN_KINDS)),
        one(7, "startTimeUnixNano", Kind::Fixed64),
        one(8, "endTimeUnixNano", Kind::Fixed64),
        many(9, "attributes", nested(&KEY_VALUE)),
        one(10, "droppedAttributesCount", Kind::Uint32),
        many(11, "events", nested(&EVENT)),
        one(12, "droppedEventsCount", Kind::Uint32),
        many(13, "links", nested(&LINK)),
        one(14, "droppedLinksCount", Kind::Uint32),
        one(15, "status", nested(&STATUS)),
    ],
);

const SPAN_KINDS: &[&str] = &[
    "SPAN_KIND_UNSPECIFIED",
    "SPAN_KIND_INTERNAL",
    "SPAN_KIND_SERVER",
    "SPAN_KIND_CLIENT",
    "SPAN_KIND_PRODUCER",
    "SPAN_KIND_CONSUMER",
];

static EVENT: Message = message(
    "Span.Event",
    &[
        one(1, "timeUnixNano", Kind::Fixed64),
        one(2, "name", Kind::Text),
        many(3, "attributes", nested(&KEY_VALUE)),
        one(4, "droppedAttributesCount", Kind::Uint32),
    ],
);

static LINK: Message = message(
    "Span.Link",
    &[
        one(1, "traceId", Kind::Id),
        one(2, "spanId", Kind::Id),
        one(3, "traceState", Kind::Text),
        many(4, "attributes", nested(&KEY_VALUE)),
        one(5, "droppedAttributesCount", Kind::Uint32),
        one(6, "flags", Kind::Fixed32),
    ],
);

static STATUS: Message = message(
    "Status",
    &[
        one(2, "message", Kind::Text),
        one(
            3,
            "code",
            Kind::Enum(&["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"]),
        ),
    ],
);

static RESOURCE: Message = message(
    "Resource",
    &[
        many(1, "attributes", nested(&KEY_VALUE)),
        one(2, "droppedAttributesCount", Kind::Uint32),
        many(3, "entityRefs", nested(&ENTITY_REF)),
    ],
);

static ENTITY_REF: Message = message(
    "EntityRef",
    &[
        one(1, "schemaUrl", Kind::Text),
        one(2, "type", Kind::Text),
        many(3, "idKeys", Kind::Text),
        many(4, "descriptionKeys", Kind::Text),
    ],
);

static SCOPE: Message = message(
    "InstrumentationScope",
    &[
        one(1, "name", Kind::Text),
        one(2, "version", Kind::Text),
        many(3, "attributes", nested(&KEY_VALUE)),
        one(4, "droppedAttributesCount", Kind::Uint32),
    ],
);

static KEY_VALUE: Message = message(
    "KeyValue",
    &[
        one(1, "key", Kind::Text),
        one(2, "value", nested(&ANY_VALUE)),
        one(3, "keyStrindex", Kind::Int32),
    ],
);

static ANY_VALUE: Message = Message {
    name: "AnyValue",
    fields: &[
        one(1, "stringValue", Kind::Text),
        one(2, "boolValue", Kind::Bool),
        one(3, "intValue", Kind::Int64),
        one(4, "doubleValue", Kind::Double),
        one(5, "arrayValue", nested(&ARRAY_VALUE)),
        one(6, "kvlistValue", nested(&KEY_VALUE_LIST)),
        one(7, "bytesValue", Kind::Bytes),
        one(8, "stringValueStrindex", Kind::Int32),
    ],
    oneof: &[1, 2, 3, 4, 5, 6, 7, 8],
};

static ARRAY_VALUE: Message = message("ArrayValue", &[many(1, "values", nested(&ANY_VALUE))]);

static KEY_VALUE_LIST: Message = message("KeyValueList", &[many(1, "values", nested(&KEY_VALUE))]);

/// `ExportLogsServiceRequest`, and `LogsData` alike.
pub(crate) static LOGS: Message = message(
    "ExportLogsServiceRequest",
    &[many(1, "resourceLogs", nested(&RESOURCE_LOGS))],
);

static RESOURCE_LOGS: Message = message(
    "ResourceLogs",
    &[
        one(1, "resource", nested(&RESOURCE)),
        many(2, "scopeLogs", nested(&SCOPE_LOGS)),
        one(3, "schemaUrl", Kind::Text),
    ],
);

static SCOPE_LOGS: Message = message(
    "ScopeLogs",
    &[
        one(1, "scope", nested(&SCOPE)),
        many(2, "logRecords", nested(&LOG_RECORD)),
        one(3, "schemaUrl", Kind::Text),
    ],
);

static LOG_RECORD: Message = message(
    "LogRecord",
    &[
        one(1, "timeUnixNano", Kind::Fixed64),
        one(11, "observedTimeUnixNano", Kind::Fixed64),
        one(2, "severityNumber", Kind::Enum(SEVERITIES)),
        one(3, "severityText", Kind::Text),
        one(5, "body", nested(&ANY_VALUE)),
        many(6, "attributes", nested(&KEY_VALUE)),
        one(7, "droppedAttributesCount", Kind::Uint32),
        one(8, "flags", Kind::Fixed32),
        one(9, "traceId", Kind::Id),
        one(10, "spanId", Kind::Id),
        one(12, "eventName", Kind::Text),
    ],
);

const SEVERITIES: &[&str] = &[
    "SEVERITY_NUMBER_UNSPECIFIED",
    "SEVERITY_NUMBER_TRACE",
    "SEVERITY_NUMBER_TRACE2",
    "SEVERITY_NUMBER_TRACE3",
    "SEVERITY_NUMBER_TRACE4",
    "SEVERITY_NUMBER_DEBUG",
    "SEVERITY_NUMBER_DEBUG2",
    "SEVERITY_NUMBER_DEBUG3",
    "SEVERITY_NUMBER_DEBUG4",
    "SEVERITY_NUMBER_INFO",
    "SEVERITY_NUMBER_INFO2",
    "SEVERITY_NUMBER_INFO3",
    "SEVERITY_NUMBER_INFO4",
    "SEVERITY_NUMBER_WARN",
    "SEVERITY_NUMBER_WARN2",
    "SEVERITY_NUMBER_WARN3",
    "SEVERITY_NUMBER_WARN4",
    "SEVERITY_NUMBER_ERROR",
    "SEVERITY_NUMBER_ERROR2",
    "SEVERITY_NUMBER_ERROR3",
    "SEVERITY_NUMBER_ERROR4",
    "SEVERITY_NUMBER_FATAL",
    "SEVERITY_NUMBER_FATAL2",
    "SEVERITY_NUMBER_FATAL3",
    "SEVERITY_NUMBER_FATAL4",
];

/// `ExportMetricsServiceRequest`, and `MetricsData` alike.
pub(crate) static METRICS: Message = message(
    "ExportMetricsServiceRequest",
    &[many(1, "resourceMetrics", nested(&RESOURCE_METRICS))],
);

static RESOURCE_METRICS: Message = message(
    "ResourceMetrics",
    &[
        one(1, "resource", nested(&RESOURCE)),
        many(2, "scopeMetrics", nested(&SCOPE_METRICS)),
        one(3, "schemaUrl", Kind::Text),
    ],
);

static SCOPE_METRICS: Message = message(
    "ScopeMetrics",
    &[
        one(1, "scope", nested(&SCOPE)),
        many(2, "metrics", nested(&METRIC)),
        one(3, "schemaUrl", Kind::Text),
    ],
);

/// One metric; its data points are in the fields that exclude each other.
pub(crate) static METRIC: Message = Message {
    name: "Metric",
    fields: &[
        one(1, "name", Kind::Text),
        one(2, "description", Kind::Text),
        one(3, "unit", Kind::Text),
        one(5, "gauge", nested(&GAUGE)),
        one(7, "sum", nested(&SUM)),
        one(9, "histogram", nested(&HISTOGRAM)),
        one(10, "exponentialHistogram", nested(&EXPONENTIAL_HISTOGRAM)),
        one(11, "summary", nested(&SUMMARY)),
        many(12, "metadata", nested(&KEY_VALUE)),
    ],
    oneof: &[5, 7, 9, 10, 11],
};

const TEMPORALITIES: &[&str] = &[
    "AGGREGATION_TEMPORALITY_UNSPECIFIED",
    "AGGREGATION_TEMPORALITY_DELTA",
    "AGGREGATION_TEMPORALITY_CUMULATIVE",
];

static GAUGE: Message = message("Gauge", &[many(1, "dataPoints", nested(&NUMBER_POINT))]);

static SUM: Message = message(
    "Sum",
    &[
        many(1, "dataPoints", nested(&NUMBER_POINT)),
        one(2, "aggregationTemporality", Kind::Enum(TEMPORALITIES)),
        one(3, "isMonotonic", Kind::Bool),
    ],
);

static HISTOGRAM: Message = message(
    "Histogram",
    &[
        many(1, "dataPoints", nested(&HISTOGRAM_POINT)),
        one(2, "aggregationTemporality", Kind::Enum(TEMPORALITIES)),
    ],
);

static EXPONENTIAL_HISTOGRAM: Message = message(
    "ExponentialHistogram",
    &[
        many(1, "dataPoints", nested(&EXPONENTIAL_POINT)),
        one(2, "aggregationTemporality", Kind::Enum(TEMPORALITIES)),
    ],
);

static SUMMARY: Message = message("Summary", &[many(1, "dataPoints", nested(&SUMMARY_POINT))]);

static NUMBER_POINT: Message = Message {
    name: "NumberDataPoint",
    fields: &[
        one(2, "startTimeUnixNano", Kind::Fixed64),
        one(3, "timeUnixNano", Kind::Fixed64),
        one(4, "asDouble", Kind::Double),
        many(5, "exemplars", nested(&EXEMPLAR)),
        one(6, "asInt", Kind::Sfixed64),
        many(7, "attributes", nested(&KEY_VALUE)),
        one(8, "flags", Kind::Uint32),
    ],
    oneof: &[4, 6],
};

static HISTOGRAM_POINT: Message = message(
    "HistogramDataPoint",
    &[
        one(2, "startTimeUnixNano", Kind::Fixed64),
        one(3, "timeUnixNano", Kind::Fixed64),
        one(4, "count", Kind::Fixed64),
        one(5, "sum", Kind::Double),
        many(6, "bucketCounts", Kind::Fixed64),
        many(7, "explicitBounds", Kind::Double),
        many(8, "exemplars", nested(&EXEMPLAR)),
        many(9, "attributes", nested(&KEY_VALUE)),
        one(10, "flags", Kind::Uint32),
        one(11, "min", Kind::Double),
        one(12, "max", Kind::Double),
    ],
);

static EXPONENTIAL_POINT: Message = message(
    "ExponentialHistogramDataPoint",
    &[
        many(1, "attributes", nested(&KEY_VALUE)),
        one(2, "startTimeUnixNano", Kind::Fixed64),
        one(3, "timeUnixNano", Kind::Fixed64),
        one(4, "count", Kind::Fixed64),
        one(5, "sum", Kind::Double),
        one(6, "scale", Kind::Sint32),
        one(7, "zeroCount", Kind::Fixed64),
        one(8, "positive", nested(&BUCKETS)),
        one(9, "negative", nested(&BUCKETS)),
        one(10, "flags", Kind::Uint32),
        many(11, "exemplars", nested(&EXEMPLAR)),
        one(12, "min", Kind::Double),
        one(13, "max", Kind::Double),
        one(14, "zeroThreshold", Kind::Double),
    ],
);

static BUCKETS: Message = message(
    "ExponentialHistogramDataPoint.Buckets",
    &[
        one(1, "offset", Kind::Sint32),
        many(2, "bucketCounts", Kind::Uint64),
    ],
);

static SUMMARY_POINT: Message = message(
    "SummaryDataPoint",
    &[
        one(2, "startTimeUnixNano", Kind::Fixed64),
        one(3, "timeUnixNano", Kind::Fixed64),
        one(4, "count", Kind::Fixed64),
        one(5, "sum", Kind::Double),
        many(6, "quantileValues", nested(&QUANTILE)),
        many(7, "attributes", nested(&KEY_VALUE)),
        one(8, "flags", Kind::Uint32),
    ],
);

static QUANTILE: Message = message(
    "SummaryDataPoint.ValueAtQuantile",
    &[
        one(1, "quantile", Kind::Double),
        one(2, "value", Kind::Double),
    ],
);

static EXEMPLAR: Message = Message {
    name: "Exemplar",
    fields: &[
        one(2, "timeUnixNano", Kind::Fixed64),
        one(3, "asDouble", Kind::Double),
        one(4, "spanId", Kind::Id),
        one(5, "traceId", Kind::Id),
        one(6, "asInt", Kind::Sfixed64),
        many(7, "filteredAttributes", nested(&KEY_VALUE)),
    ],
    oneof: &[3, 6],
};
