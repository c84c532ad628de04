//! Conditions on single items: a small, strict part of upstream's transformation language (OTTL).
//!
//! ```text
//! condition  = condition "or" condition | condition "and" condition | "not" condition | "(" condition ")"
//!            | operand ("==" | "!=" | "<" | "<=" | ">" | ">=") operand | IsMatch(operand, "pattern") | "true" | "false"
//! operand    = attributes["key"] | resource.attributes["key"] | scope.name | scope.version | a field | "text" | number
//!            | true | false | nil | an enumeration's name, such as STATUS_CODE_ERROR
//! ```
//!
//! `and` binds before `or`. Fields are those of the item: [`Context::fields`]; each may have the item's name in front, as in
//! `span.name`. What is absent is `nil`, equal to nothing else, and neither less nor greater than anything. Everything else
//! of the language is refused with what is allowed.

use std::cmp::Ordering;

use regex::Regex;
use secspan_metrics::value_text::Text;
use secspan_otlp::view::{Attributes, LogView, PointView, ScopeView, SpanView, Value};

mod parse;

pub(super) use parse::ConditionError;

/// What a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    Span,
    Log,
    Metric,
    Point,
}

impl Context {
    /// The name that may stand in front of a field.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Span => "span",
            Self::Log => "log",
            Self::Metric => "metric",
            Self::Point => "datapoint",
        }
    }

    /// The fields of the item, beside its attributes.
    pub(super) fn fields(self) -> &'static [(&'static str, Field)] {
        match self {
            Self::Span => &[
                ("name", Field::Name),
                ("kind", Field::Kind),
                ("status.code", Field::StatusCode),
                ("status.message", Field::StatusMessage),
            ],
            Self::Log => &[
                ("body", Field::Body),
                ("severity_number", Field::SeverityNumber),
                ("severity_text", Field::SeverityText),
                ("event_name", Field::Name),
            ],
            Self::Metric => METRIC_FIELDS,
            Self::Point => &[
                ("metric.name", Field::MetricName),
                ("metric.unit", Field::Unit),
                ("metric.description", Field::Description),
                ("value_double", Field::Number),
                ("value_int", Field::Number),
            ],
        }
    }
}

const METRIC_FIELDS: &[(&str, Field)] = &[
    ("name", Field::MetricName),
    ("unit", Field::Unit),
    ("description", Field::Description),
];

/// A field of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Kind,
    StatusCode,
    StatusMessage,
    Body,
    SeverityNumber,
    SeverityText,
    MetricName,
    Unit,
    Description,
    Number,
}

/// A condition.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Constant(bool),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Compare(Operand, Comparison, Operand),
    IsMatch(Operand, Regex),
}

/// How two operands are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What is compared.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Attribute(String),
    Resource(String),
    ScopeName,
    ScopeVersion,
    Field(Field),
    Text(String),
    Int(i64),
    Double(f64),
    Bool(bool),
    Nil,
}

/// An item that is asked about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'s, 'a> {
    Span(&'s SpanView<'s, 'a>),
    Log(&'s LogView<'s, 'a>),
    Point(&'s PointView<'s, 'a>),
}

impl<'s, 'a> Item<'s, 'a> {
    fn attributes(self) -> &'s Attributes<'s, 'a> {
        match self {
            Self::Span(span) => &span.attributes,
            Self::Log(record) => &record.attributes,
            Self::Point(point) => &point.attributes,
        }
    }

    fn resource(self) -> &'s Attributes<'s, 'a> {
        match self {
            Self::Span(span) => &span.resource.attributes,
            Self::Log(record) => &record.resource.attributes,
            Self::Point(point) => &point.metric.resource.attributes,
        }
    }

    fn scope(self) -> &'s ScopeView<'s, 'a> {
        match self {
            Self::Span(span) => span.scope,
            Self::Log(record) => record.scope,
            Self::Point(point) => point.metric.scope,
        }
    }

    fn field(self, field: Field) -> Value<'a> {
        match (self, field) {
            (Self::Span(span), Field::Name) => Value::Str(span.name),
            (Self::Span(span), Field::Kind) => Value::Int(span.kind.number().into()),
            (Self::Span(span), Field::StatusCode) => Value::Int(span.status.number().into()),
            (Self::Span(span), Field::StatusMessage) => Value::Str(span.status_message),
            (Self::Log(record), Field::Name) => Value::Str(record.event_name),
            (Self::Log(record), Field::Body) => record.body,
            (Self::Log(record), Field::SeverityNumber) => Value::Int(record.severity.into()),
            (Self::Log(record), Field::SeverityText) => Value::Str(record.severity_text),
            (Self::Point(point), Field::MetricName) => Value::Str(point.metric.name),
            (Self::Point(point), Field::Unit) => Value::Str(point.metric.unit),
            (Self::Point(point), Field::Description) => Value::Str(point.metric.description),
            (Self::Point(point), Field::Number) => {
                let number = point.number();
                number.map_or(Value::Empty, |number| Value::Double(number.as_double()))
            }
            // A field is looked up in its own context only.
            _ => Value::Empty,
        }
    }
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// What is not understood, and what is.
    pub(super) fn parse(text: &str, context: Context) -> Result<Self, ConditionError> {
        parse::condition(text, context)
    }

    /// Whether it holds for an item of its context.
    pub(super) fn holds(&self, item: Item<'_, '_>) -> bool {
        match self {
            Self::Constant(value) => *value,
            Self::Not(inner) => !inner.holds(item),
            Self::And(left, right) => left.holds(item) && right.holds(item),
            Self::Or(left, right) => left.holds(item) || right.holds(item),
            Self::Compare(left, comparison, right) => {
                comparison.holds(left.value(item), right.value(item))
            }
            Self::IsMatch(operand, pattern) => match operand.value(item) {
                Value::Empty => false,
                Value::Str(text) => pattern.is_match(text),
                other => pattern.is_match(&Text(other).to_string()),
            },
        }
    }
}

impl Operand {
    fn value<'v>(&'v self, item: Item<'_, 'v>) -> Value<'v> {
        match self {
            Self::Attribute(key) => item.attributes().by_key(key).unwrap_or_default(),
            Self::Resource(key) => item.resource().by_key(key).unwrap_or_default(),
            Self::ScopeName => Value::Str(item.scope().name),
            Self::ScopeVersion => Value::Str(item.scope().version),
            Self::Field(field) => item.field(*field),
            Self::Text(text) => Value::Str(text),
            Self::Int(value) => Value::Int(*value),
            Self::Double(value) => Value::Double(*value),
            Self::Bool(value) => Value::Bool(*value),
            Self::Nil => Value::Empty,
        }
    }
}

impl Comparison {
    fn holds(self, left: Value<'_>, right: Value<'_>) -> bool {
        let order = order(left, right);
        match self {
            Self::Equal => order == Some(Ordering::Equal) || left == right,
            Self::NotEqual => order != Some(Ordering::Equal) && left != right,
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

/// The order of two texts or two numbers; `None` of anything else.
fn order(left: Value<'_>, right: Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Str(left), Value::Str(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(&right)),
        (left, right) => left.as_double()?.partial_cmp(&right.as_double()?),
    }
}

#[cfg(test)]
mod tests;
