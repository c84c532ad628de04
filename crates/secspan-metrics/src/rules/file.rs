//! A rule file as it is written: metrics, and tests of them.
//!
//! ```yaml
//! metrics:
//!   - name: secops_perplexity_calls_total
//!     type: counter                        # counter | gauge | histogram
//!     help: Perplexity calls by kind and outcome.
//!     unit: seconds                        # optional
//!     buckets: [1, 5, 30]                  # histograms
//!     on: event                            # span | event | record
//!     match:                               # all must hold
//!       - { name: secops.perplexity.call } # of the span or event; a text or a list
//!       - { attribute: http.response.status_code, not_in: [404] }   # equals | in | not_in | exists
//!     labels:
//!       kind:
//!         from: [secops.perplexity.kind, gen_ai.tool.name]   # the first that is there
//!         strip_prefix: mcp__perplexity__
//!         map: { pro: search }
//!         allowed: [search, reason, deep_research]           # closed: series exist at 0 from the start
//!         other: other                                       # what every other value becomes
//!         default: unknown                                   # what an absent value becomes; else no label
//!       analyst:
//!         from: analyst                                      # an open label: any value, up to a limit
//!         values_max: 50
//!         pseudonym_key: ${env:PSEUDONYM_KEY}                # shown is a keyed hash of the name
//!         initial: [first]                                   # series that exist at 0 from the start
//!     value: 1                             # a number, or { from: […], scale: 0.001 }
//!     for_each: { list: stages }           # or { label: direction, fields: { input: […], output: […] } }
//! open:                                    # items that one record opens and another closes
//!   - name: tickets
//!     key: ticket_id                       # which item; the first field that is there
//!     opened_by: [{ field: kind, equals: enrichment }]       # as `match`
//!     opened_at: completed_at_seconds      # Unix seconds; without it, or where it is absent: on arrival
//!     closed_by: [{ field: kind, equals: ticket }]
//!     closed_at: closed_at_seconds
//!     labels: { priority: { from: priority, allowed: [P1, P2] } }   # of the record that opened it last
//!     items_max: 10000                     # what is opened beyond it is counted as dropped
//!     count: { name: secops_tickets_open, help: Open tickets. }     # a gauge, 0 for closed labels
//!     oldest: { name: secops_ticket_oldest_open_timestamp_seconds, help: … }   # a gauge, absent when none is open
//! tests: […]                               # see `check`
//! ```
//!
//! On a record an attribute is a `field`. `from` and `match` look at the item of `for_each` first, then at the event,
//! the span and the resource, or at the record. Beside attributes they know `$name`, `$span_name`, `$span_kind`,
//! `$status_code`, `$service_name`, `$duration_seconds` (of the span) and `$item` (of `for_each`).
//!
//! A rule `on: event` looks at the events of spans and at log records with an event name alike: the event name is `$name`,
//! then come the record's attributes and its resource. The span of a log record is not at hand: the attributes of the span,
//! `$span_name`, `$span_kind`, `$status_code` and `$duration_seconds` are absent. What an event rule needs should therefore
//! be on the event itself.

mod open;

pub(super) use open::{OpenMetric, OpenRule};

use super::check::TestCase;
use super::pseudonym::{KEY_BYTES_MIN, Key};
use super::tree::{Node, Place, Section};
use crate::family::Kind;
use crate::histogram::Bounds;
use crate::name;
use crate::problem::Problem;

/// The most metrics in one file.
const METRICS_MAX: usize = 500;

/// A rule file, read and checked.
#[derive(Clone, Debug, Default)]
pub struct RuleFile {
    pub(super) source: String,
    pub(super) metrics: Vec<MetricRule>,
    pub(super) open: Vec<OpenRule>,
    pub(super) tests: Vec<TestCase>,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Span,
    Event,
    Record,
}

/// One metric.
#[derive(Clone, Debug)]
pub(super) struct MetricRule {
    /// Where it stands, for problems that only the compiler finds.
    pub(super) path: String,
    pub(super) line: u32,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) help: String,
    pub(super) unit: String,
    pub(super) bounds: Bounds,
    pub(super) on: On,
    pub(super) conditions: Vec<Condition>,
    pub(super) labels: Vec<LabelRule>,
    pub(super) value: ValueRule,
    pub(super) for_each: Option<ForEach>,
    pub(super) series_max: Option<usize>,
}

/// One condition.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) source: String,
    pub(super) test: Test,
}

/// What a condition asks of a value.
#[derive(Clone, Debug)]
pub(super) enum Test {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists(bool),
}

/// One label.
#[derive(Clone, Debug)]
pub(super) struct LabelRule {
    pub(super) name: String,
    pub(super) from: Vec<String>,
    pub(super) strip_prefix: Option<String>,
    pub(super) map: Vec<(String, String)>,
    /// The closed set of values; empty for an open label.
    pub(super) allowed: Vec<String>,
    pub(super) other: String,
    pub(super) default: Option<String>,
    /// Values of an open label for which series exist from the start.
    pub(super) initial: Vec<String>,
    pub(super) values_max: Option<usize>,
    pub(super) pseudonym: Option<Key>,
}

/// What is added or observed.
#[derive(Clone, Debug)]
pub(super) enum ValueRule {
    Constant(f64),
    From { sources: Vec<String>, scale: f64 },
}

/// One event or record, several additions.
#[derive(Clone, Debug)]
pub(super) enum ForEach {
    /// The items of a record's list.
    List(String),
    /// A fixed set of items, each with the value it takes.
    Fields {
        label: String,
        fields: Vec<(String, Vec<String>)>,
    },
}

impl RuleFile {
    /// Reads a rule file.
    ///
    /// # Errors
    /// All problems of the file, each with its key path and line.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let node = Node::parse(text).map_err(|problem| vec![*problem])?;
        Self::from_node(&node, "")
    }

    /// Reads rules that stand inside another file, at the key path `at`.
    ///
    /// # Errors
    /// All problems, each with its key path and line.
    pub fn from_node(node: &Node, at: &str) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let section = Place::new(node, at).section(&["metrics", "open", "tests"], &mut problems);
        let mut file = Self::default();
        let metrics = match section.get("open") {
            None => section.required("metrics", &mut problems),
            Some(_) => section.get("metrics"),
        };
        if let Some(metrics) = metrics {
            let places = metrics.list(&mut problems);
            if places.len() > METRICS_MAX {
                problems.push(
                    metrics
                        .problem("too many metrics")
                        .allowed(format!("up to {METRICS_MAX}")),
                );
            }
            file.metrics = places
                .iter()
                .filter_map(|place| read_metric(place, &mut problems))
                .collect();
        }
        if let Some(place) = section.get("open") {
            let places = place.list(&mut problems);
            file.open = places
                .iter()
                .filter_map(|place| open::read(place, &mut problems))
                .collect();
        }
        if let Some(tests) = section.get("tests") {
            let places = tests.list(&mut problems);
            file.tests = places
                .iter()
                .filter_map(|place| TestCase::read(place, &mut problems))
                .collect();
        }
        problems.sort_by_key(|problem| problem.line);
        if problems.is_empty() {
            Ok(file)
        } else {
            Err(problems)
        }
    }

    /// Says which file or pack these rules are, for problems found when rules meet.
    #[must_use]
    pub fn with_source(self, source: &str) -> Self {
        Self {
            source: source.to_owned(),
            ..self
        }
    }

    /// The names of its metrics, in order, those of what is open last.
    pub fn metric_names(&self) -> impl Iterator<Item = &str> {
        let metrics = self.metrics.iter().map(|metric| metric.name.as_str());
        let open = self.open.iter().flat_map(OpenRule::metrics);
        metrics.chain(open.map(|metric| metric.name.as_str()))
    }

    /// How many tests it has.
    pub fn tests_len(&self) -> usize {
        self.tests.len()
    }
}

const METRIC_KEYS: [&str; 11] = [
    "name",
    "type",
    "help",
    "unit",
    "buckets",
    "on",
    "match",
    "labels",
    "value",
    "for_each",
    "series_max",
];

fn read_metric(place: &Place<'_>, problems: &mut Vec<Problem>) -> Option<MetricRule> {
    let section = place.section(&METRIC_KEYS, problems);
    let name = section
        .required("name", problems)
        .and_then(|place| read_name(place, problems));
    let kinds = [
        ("counter", Kind::Counter),
        ("gauge", Kind::Gauge),
        ("histogram", Kind::Histogram),
    ];
    let kind = section
        .required("type", problems)
        .and_then(|place| place.word(&kinds, problems));
    let help = section
        .required("help", problems)
        .and_then(|place| place.text(problems));
    let on = [
        ("span", On::Span),
        ("event", On::Event),
        ("record", On::Record),
    ];
    let on = section
        .required("on", problems)
        .and_then(|place| place.word(&on, problems));
    let unit = section.text("unit", problems).unwrap_or_default();
    let bounds = read_bounds(&section, kind, problems);
    let conditions = section
        .get("match")
        .map(|place| read_conditions(place, on, problems))
        .unwrap_or_default();
    let labels = read_labels(&section, problems);
    let value = section
        .get("value")
        .map_or(Some(ValueRule::Constant(1.0)), |place| {
            read_value(place, problems)
        });
    let for_each = section
        .get("for_each")
        .and_then(|place| read_for_each(place, on, problems));
    let series_max = section
        .get("series_max")
        .and_then(|place| place.count(crate::limits::SERIES_CEILING, problems));
    if let (Some(place), Some(Kind::Counter), Some(ValueRule::Constant(value))) =
        (section.get("value"), kind, &value)
        && *value < 0.0
    {
        problems.push(
            place
                .problem("a counter cannot go down")
                .allowed("0 or more"),
        );
    }
    Some(MetricRule {
        path: place.path.clone(),
        line: place.node.line,
        name: name?,
        kind: kind?,
        help: help?,
        unit,
        bounds,
        on: on?,
        conditions,
        labels,
        value: value?,
        for_each,
        series_max,
    })
}

fn read_name(place: &Place<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let given = place.text(problems)?;
    if name::is_metric_name(&given) {
        return Some(given);
    }
    let hint = format!("write {}", name::metric_name(&given));
    problems.push(
        place
            .problem("not a metric name")
            .allowed("letters, digits, _ and :")
            .hint(hint),
    );
    None
}

fn read_bounds(section: &Section<'_>, kind: Option<Kind>, problems: &mut Vec<Problem>) -> Bounds {
    let Some(place) = section.get("buckets") else {
        if kind == Some(Kind::Histogram) {
            let path = format!("{}.buckets", section.whole.path);
            let problem =
                Problem::new(path, "a histogram needs buckets").line(section.whole.node.line);
            problems.push(problem.hint("list the upper bounds, for example [1, 5, 30]"));
        }
        return Bounds::none();
    };
    if kind.is_some_and(|kind| kind != Kind::Histogram) {
        problems.push(place.problem("only a histogram has buckets"));
    }
    let before = problems.len();
    let bounds: Vec<f64> = place
        .list(problems)
        .iter()
        .filter_map(|item| item.number(problems))
        .collect();
    Bounds::new(&bounds).unwrap_or_else(|error| {
        if problems.len() == before {
            problems.push(place.problem(error.to_string()));
        }
        Bounds::none()
    })
}

fn read_conditions(
    place: &Place<'_>,
    on: Option<On>,
    problems: &mut Vec<Problem>,
) -> Vec<Condition> {
    place
        .list(problems)
        .iter()
        .filter_map(|item| read_condition(item, on, problems))
        .collect()
}

fn read_condition(
    place: &Place<'_>,
    on: Option<On>,
    problems: &mut Vec<Problem>,
) -> Option<Condition> {
    let subject = if on == Some(On::Record) {
        "field"
    } else {
        "attribute"
    };
    let keys = match on {
        Some(On::Record) => vec![subject, "equals", "in", "not_in", "exists"],
        _ => vec!["name", subject, "equals", "in", "not_in", "exists"],
    };
    let section = place.section(&keys, problems);
    if let Some(names) = section.get("name") {
        let names = names.texts(problems);
        return Some(Condition {
            source: "$name".to_owned(),
            test: Test::In(names),
        });
    }
    let source = section.required(subject, problems)?.text(problems)?;
    let tests: Vec<Test> = [
        section
            .get("equals")
            .map(|place| Test::In(place.texts(problems))),
        section
            .get("in")
            .map(|place| Test::In(place.texts(problems))),
        section
            .get("not_in")
            .map(|place| Test::NotIn(place.texts(problems))),
        section
            .get("exists")
            .and_then(|place| place.flag(problems))
            .map(Test::Exists),
    ]
    .into_iter()
    .flatten()
    .collect();
    match <[Test; 1]>::try_from(tests) {
        Ok([test]) => Some(Condition { source, test }),
        Err(tests) => {
            let problem = place.problem(format!(
                "a condition asks one thing, this one {}",
                tests.len()
            ));
            problems.push(problem.allowed("one of equals, in, not_in, exists"));
            None
        }
    }
}

fn read_labels(section: &Section<'_>, problems: &mut Vec<Problem>) -> Vec<LabelRule> {
    let Some(place) = section.get("labels") else {
        return Vec::new();
    };
    let entries = place.entries(problems);
    entries
        .iter()
        .filter_map(|(name, place)| read_label(name, place, problems))
        .collect()
}

const LABEL_KEYS: [&str; 9] = [
    "from",
    "strip_prefix",
    "map",
    "allowed",
    "other",
    "default",
    "initial",
    "values_max",
    "pseudonym_key",
];

fn read_label(name: &str, place: &Place<'_>, problems: &mut Vec<Problem>) -> Option<LabelRule> {
    if !name::is_label_name(name) || name == "le" {
        let problem = place
            .problem("not a label name")
            .given(name)
            .allowed("letters, digits and _, not le");
        let valid = name::label_name(name);
        problems.push(if valid == name {
            problem
        } else {
            problem.hint(format!("write {valid}"))
        });
    }
    let section = place.section(&LABEL_KEYS, problems);
    let map = section
        .get("map")
        .map(|place| place.entries(problems))
        .unwrap_or_default();
    let map = map
        .iter()
        .filter_map(|(key, place)| Some(((*key).to_owned(), place.text(problems)?)))
        .collect();
    let allowed = section.texts("allowed", problems);
    for key in ["other", "initial", "values_max"] {
        let conflict = if key == "other" {
            allowed.is_empty()
        } else {
            !allowed.is_empty()
        };
        if let Some(place) = section.get(key).filter(|_| conflict) {
            let when = if key == "other" {
                "only a label with allowed has"
            } else {
                "a label with allowed has no"
            };
            problems.push(place.problem(format!("{when} {key}")));
        }
    }
    Some(LabelRule {
        name: name.to_owned(),
        from: section
            .required("from", problems)
            .map(|place| place.texts(problems))?,
        strip_prefix: section.text("strip_prefix", problems),
        map,
        allowed,
        other: section
            .text("other", problems)
            .unwrap_or_else(|| "other".to_owned()),
        default: section.text("default", problems),
        initial: section.texts("initial", problems),
        pseudonym: section
            .get("pseudonym_key")
            .and_then(|place| read_key(place, problems)),
        values_max: section
            .get("values_max")
            .and_then(|place| place.count(crate::limits::SERIES_CEILING, problems)),
    })
}

/// A key, never repeated in a problem.
fn read_key(place: &Place<'_>, problems: &mut Vec<Problem>) -> Option<Key> {
    let key = Key::new(&place.text(problems)?);
    if key.is_none() {
        let problem = place
            .problem("too short for a key")
            .given("")
            .allowed(format!("{KEY_BYTES_MIN} bytes or more"));
        problems.push(problem.hint("make one with `openssl rand -hex 32` and keep it"));
    }
    key
}

fn read_value(place: &Place<'_>, problems: &mut Vec<Problem>) -> Option<ValueRule> {
    if let super::tree::NodeValue::Map(_) = place.node.value {
        let section = place.section(&["from", "scale"], problems);
        let sources = section.required("from", problems)?.texts(problems);
        let scale = section
            .get("scale")
            .map_or(Some(1.0), |place| place.number(problems))?;
        return Some(ValueRule::From { sources, scale });
    }
    place.number(problems).map(ValueRule::Constant)
}

fn read_for_each(
    place: &Place<'_>,
    on: Option<On>,
    problems: &mut Vec<Problem>,
) -> Option<ForEach> {
    let section = place.section(&["list", "label", "fields"], problems);
    match (section.get("list"), section.get("fields")) {
        (Some(list), None) => {
            if on.is_some_and(|on| on != On::Record) {
                problems.push(
                    list.problem("only records have lists")
                        .hint("use label and fields"),
                );
            }
            list.text(problems).map(ForEach::List)
        }
        (None, Some(fields)) => {
            let label = section.required("label", problems)?.text(problems)?;
            let fields = fields.entries(problems);
            let fields = fields
                .iter()
                .map(|(item, place)| ((*item).to_owned(), place.texts(problems)));
            Some(ForEach::Fields {
                label,
                fields: fields.collect(),
            })
        }
        _ => {
            problems.push(
                place
                    .problem("needs either a list or fields")
                    .allowed("list; or label and fields"),
            );
            None
        }
    }
}
