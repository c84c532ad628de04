//! The shapes of the generated tables: what is known about a name beside its spelling.

/// What is known about an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttributeDef {
    /// Name on the wire.
    pub name: &'static str,
    /// Type that writers use.
    pub kind: AttributeKind,
    /// How firm the name is.
    pub stability: Stability,
    /// Whether it is ours; otherwise it is OpenTelemetry's.
    pub ours: bool,
    /// Types that readers take beside `kind`; a string then holds the value in words or digits.
    pub accepts: &'static [AttributeKind],
    /// Known values of an enumeration; empty for free values. Readers take other values as well.
    pub values: &'static [&'static str],
}

impl AttributeDef {
    /// Whether a value of this type may stand for the attribute.
    pub fn takes(&self, kind: AttributeKind) -> bool {
        self.kind == kind || self.accepts.contains(&kind)
    }
}

/// The type of an attribute value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttributeKind {
    /// UTF-8 text.
    String,
    /// Signed 64-bit integer.
    Int,
    /// 64-bit floating point number.
    Double,
    /// True or false.
    Bool,
    /// List of texts.
    StringArray,
}

impl AttributeKind {
    /// The word for error messages: `string`, `int`, `double`, `bool`, `string array`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Int => "int",
            Self::Double => "double",
            Self::Bool => "bool",
            Self::StringArray => "string array",
        }
    }
}

/// How firm a name is, in OpenTelemetry's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stability {
    /// May change.
    Development,
    /// Meant to become stable as it is.
    ReleaseCandidate,
    /// Does not change.
    Stable,
}

/// What is known about a span event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventDef {
    /// Name on the wire.
    pub name: &'static str,
    /// Attributes without which the event says nothing.
    pub required: &'static [&'static str],
    /// Attributes to set where they are known.
    pub recommended: &'static [&'static str],
}

/// What is known about a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricDef {
    /// Name on the exposition page.
    pub name: &'static str,
    /// Kind of instrument.
    pub instrument: Instrument,
    /// Unit, in UCUM.
    pub unit: &'static str,
    /// One sentence for the help line.
    pub brief: &'static str,
    /// Label names, in order. All of them are bounded.
    pub labels: &'static [&'static str],
    /// Upper bounds of the classic buckets of a histogram; empty where configuration decides.
    pub buckets: &'static [f64],
}

/// The kind of instrument behind a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instrument {
    /// Only ever grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Distribution of values.
    Histogram,
}

/// A workflow that becomes a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkflowDef {
    /// Name that the workflow span carries.
    pub name: &'static str,
    /// Stages in order.
    pub stages: &'static [StageDef],
}

/// One stage of a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageDef {
    /// Name of the stage.
    pub name: &'static str,
    /// Key of older records that the stage adds to.
    pub legacy_key: &'static str,
    /// Time that the stage should need at most, in seconds.
    pub budget_seconds: Option<u32>,
}
