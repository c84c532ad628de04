//! Reading fields with their types: every kind of value becomes the nearest OpenTelemetry type.

use std::error::Error;
use std::fmt;

use opentelemetry::{Array, KeyValue, StringValue, Value};
use secspan_semconv::attribute as key;
use tracing::field::{Field, Visit};

/// The field by which `#[instrument(err)]` reports an error.
pub(super) const ERROR_FIELD: &str = "error";
/// Fields that the bridge from the `log` crate adds about itself.
const LOG_BRIDGE_PREFIX: &str = "log.";
/// Fields by which `tracing-opentelemetry` users change a span instead of adding an attribute.
pub(crate) const SPECIAL_PREFIX: &str = "otel.";

/// Finds the unsigned and wide fields of a new span, which `tracing-opentelemetry` records as text.
/// Ours are put in front of its attributes; of the two, the export thread keeps the number.
#[derive(Default)]
pub(super) struct IntegerVisitor {
    found: Vec<KeyValue>,
}

impl IntegerVisitor {
    /// The fields, with room for all the others; `None` when there are none.
    pub(super) fn found(self, fields: usize) -> Option<Vec<KeyValue>> {
        if self.found.is_empty() {
            return None;
        }
        let mut found = self.found;
        found.reserve(fields);
        Some(found)
    }

    fn push(&mut self, field: &Field, value: Option<i64>) {
        if let Some(value) = value {
            self.found.push(KeyValue::new(field.name(), value));
        }
    }
}

impl Visit for IntegerVisitor {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, value.try_into().ok());
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.push(field, value.try_into().ok());
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.push(field, value.try_into().ok());
    }

    fn record_i64(&mut self, _field: &Field, _value: i64) {}

    fn record_f64(&mut self, _field: &Field, _value: f64) {}

    fn record_bool(&mut self, _field: &Field, _value: bool) {}

    fn record_str(&mut self, _field: &Field, _value: &str) {}

    fn record_error(&mut self, _field: &Field, _value: &(dyn Error + 'static)) {}

    fn record_debug(&mut self, _field: &Field, _value: &dyn fmt::Debug) {}
}

/// Gathers the attributes of an event, apart from its text and its error.
pub(super) struct EventVisitor {
    pub(super) attributes: Vec<KeyValue>,
    pub(super) message: Option<StringValue>,
    pub(super) error: Option<StringValue>,
}

impl EventVisitor {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            attributes: Vec::with_capacity(capacity),
            message: None,
            error: None,
        }
    }

    fn push(&mut self, field: &Field, value: impl Into<Value>) {
        match field.name() {
            super::MESSAGE => self.message = Some(text(value.into())),
            ERROR_FIELD => self.error = Some(text(value.into())),
            name if name.starts_with(LOG_BRIDGE_PREFIX) => {}
            name => self.attributes.push(KeyValue::new(name, value)),
        }
    }
}

impl Visit for EventVisitor {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, integer(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.push(field, integer(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.push(field, integer(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.push(field, value.to_owned());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        if let Some(causes) = causes(value) {
            self.attributes
                .push(KeyValue::new(key::EXCEPTION_STACKTRACE, causes));
        }
        self.push(field, value.to_string());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.push(field, debug_text(value));
    }
}

/// Finds what `tracing-opentelemetry` records wrongly, or not at all, after a span has started.
#[derive(Default)]
pub(super) struct LateVisitor {
    /// Unsigned and wide fields with their value as an integer.
    pub(super) integers: Vec<(Field, i64)>,
    /// `otel.name` and `otel.kind`, which it ignores by then.
    pub(super) special: Vec<KeyValue>,
}

impl LateVisitor {
    fn integer(&mut self, field: &Field, value: Option<i64>) {
        if let Some(value) = value {
            self.integers.push((field.clone(), value));
        }
    }
}

impl Visit for LateVisitor {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.integer(field, i64::try_from(value).ok());
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.integer(field, i64::try_from(value).ok());
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.integer(field, i64::try_from(value).ok());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name().starts_with(SPECIAL_PREFIX) {
            self.special
                .push(KeyValue::new(field.name(), value.to_owned()));
        }
    }

    fn record_i64(&mut self, _field: &Field, _value: i64) {}

    fn record_f64(&mut self, _field: &Field, _value: f64) {}

    fn record_bool(&mut self, _field: &Field, _value: bool) {}

    fn record_error(&mut self, _field: &Field, _value: &(dyn Error + 'static)) {}

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name().starts_with(SPECIAL_PREFIX) {
            self.special
                .push(KeyValue::new(field.name(), debug_text(value)));
        }
    }
}

/// An integer where OTLP can hold it, otherwise its digits: a wrong number would be worse.
fn integer<T>(value: T) -> Value
where
    T: TryInto<i64> + fmt::Display + Copy,
{
    value
        .try_into()
        .map_or_else(|_| Value::from(value.to_string()), Value::I64)
}

/// A field recorded with `?` asks for exactly this text.
fn debug_text(value: &dyn fmt::Debug) -> String {
    format!("{value:?}")
}

fn text(value: Value) -> StringValue {
    match value {
        Value::String(text) => text,
        other => StringValue::from(other.as_str().into_owned()),
    }
}

/// The chain of sources, one per line; the nearest thing to a stack trace that an error carries.
fn causes(error: &(dyn Error + 'static)) -> Option<String> {
    let mut lines = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        lines.push(format!("caused by: {cause}"));
        source = cause.source();
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The same text for an array of causes that `tracing-opentelemetry` recorded.
pub(crate) fn causes_text(array: &Array) -> Option<String> {
    let Array::String(causes) = array else {
        return None;
    };
    let lines: Vec<String> = causes
        .iter()
        .map(|cause| format!("caused by: {cause}"))
        .collect();
    Some(lines.join("\n"))
}
