//! From rule files to tables and slots.

use secspan_otlp::keys::{Keys, Slot, SlotSet};
use secspan_semconv::attribute::SERVICE_NAME;

mod open;

use super::file::{Condition, ForEach, LabelRule, MetricRule, On, Test, ValueRule};
use super::{RuleSet, Rules};
use crate::problem::Problem;
use crate::stage::Pool;
use crate::table::{Description, LabelSpec, Table};

/// The most series of one metric that exist before their first event.
const PRESET_SERIES_MAX: usize = 500;

/// A compiled rule.
#[derive(Debug)]
pub(super) struct Rule {
    /// Its table's position.
    pub(super) table: usize,
    pub(super) conditions: Vec<(Source, Test)>,
    pub(super) labels: Vec<Label>,
    pub(super) value: Value,
    pub(super) for_each: Option<Each>,
    /// Negative values add nothing.
    pub(super) rising: bool,
}

/// Where a text or number comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Attribute(Slot),
    Field(Box<str>),
    Name,
    SpanName,
    SpanKind,
    StatusCode,
    ServiceName,
    DurationSeconds,
    Item,
}

/// A compiled label.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) from: Vec<Source>,
    pub(super) rule: LabelRule,
}

#[derive(Debug)]
pub(super) enum Value {
    Constant(f64),
    From { sources: Vec<Source>, scale: f64 },
}

#[derive(Debug)]
pub(super) enum Each {
    List(Box<str>),
    Fields(Vec<(Box<str>, Vec<Source>)>),
}

pub(super) fn compile(set: &RuleSet, keys: &mut Keys) -> Result<Rules, Vec<Problem>> {
    let mut compiler = Compiler {
        set,
        keys,
        problems: Vec::new(),
        tables: Vec::new(),
    };
    let (mut on_span, mut on_event, mut on_record) = (Vec::new(), Vec::new(), Vec::new());
    let mut event_names = Some(SlotSet::EMPTY);
    let metrics = set
        .files
        .iter()
        .flat_map(|file| file.metrics.iter().map(move |metric| (file, metric)));
    for (file, metric) in metrics {
        let before = compiler.problems.len();
        let rule = compiler.rule(metric);
        for problem in compiler.problems.iter_mut().skip(before) {
            problem.source.clone_from(&file.source);
            problem.line = metric.line;
        }
        let Some(rule) = rule else { continue };
        match metric.on {
            On::Span => on_span.push(rule),
            On::Event => {
                event_names = event_names.and_then(|names| compiler.event_names(metric, names));
                on_event.push(rule);
            }
            On::Record => on_record.push(rule),
        }
    }
    let open = compiler.all_open();
    let service_name = compiler.slot(SERVICE_NAME, "");
    let Compiler {
        problems, tables, ..
    } = compiler;
    match service_name {
        Some(service_name) if problems.is_empty() => Ok(Rules {
            tables,
            on_span,
            on_event,
            on_record,
            open,
            event_names,
            service_name,
            stages: Pool::default(),
        }),
        _ => Err(problems),
    }
}

struct Compiler<'a> {
    set: &'a RuleSet,
    keys: &'a mut Keys,
    problems: Vec<Problem>,
    tables: Vec<Table>,
}

impl Compiler<'_> {
    fn rule(&mut self, metric: &MetricRule) -> Option<Rule> {
        let labels = all_labels(metric);
        let table = self.table(metric, &labels)?;
        let (on, path) = (metric.on, metric.path.as_str());
        let conditions = self.conditions(&metric.conditions, on, path);
        let labels = self.labels(labels, on, path);
        let value = match &metric.value {
            ValueRule::Constant(value) => Value::Constant(*value),
            ValueRule::From { sources, scale } => Value::From {
                sources: self.sources(sources, on, path)?,
                scale: *scale,
            },
        };
        let for_each = match &metric.for_each {
            None => None,
            Some(ForEach::List(list)) => Some(Each::List(list.as_str().into())),
            Some(ForEach::Fields { fields, .. }) => {
                let fields = fields.iter();
                let fields: Option<_> = fields
                    .map(|(item, from)| Some((item.as_str().into(), self.sources(from, on, path)?)))
                    .collect();
                Some(Each::Fields(fields?))
            }
        };
        let rising = metric.kind == crate::family::Kind::Counter;
        Some(Rule {
            table,
            conditions: conditions?,
            labels: labels?,
            value,
            for_each,
            rising,
        })
    }

    fn conditions(
        &mut self,
        conditions: &[Condition],
        on: On,
        path: &str,
    ) -> Option<Vec<(Source, Test)>> {
        let conditions = conditions.iter();
        conditions
            .map(|condition| {
                let source = self.source(&condition.source, on, path)?;
                Some((source, condition.test.clone()))
            })
            .collect()
    }

    fn labels(&mut self, labels: Vec<LabelRule>, on: On, path: &str) -> Option<Vec<Label>> {
        let labels = labels.into_iter();
        labels
            .map(|rule| {
                let from = self.sources(&rule.from, on, path)?;
                Some(Label { from, rule })
            })
            .collect()
    }

    /// The table of a metric: a new one, or that of an earlier rule for the same metric.
    fn table(&mut self, metric: &MetricRule, labels: &[LabelRule]) -> Option<usize> {
        let what = self.description(metric, labels);
        if let Some(at) = self
            .tables
            .iter()
            .position(|table| *table.description().name == *metric.name)
        {
            let known = self.tables.get(at)?.description();
            let same = known.kind == what.kind
                && known.labels == what.labels
                && known.bounds == what.bounds;
            if !same {
                let problem = Problem::new(
                    &metric.path,
                    "this metric is defined before in another shape",
                );
                let hint = "rules for one metric need the same type, labels and buckets";
                self.problems.push(problem.given(&metric.name).hint(hint));
            }
            return same.then_some(at);
        }
        let table = Table::new(what);
        self.preset(metric, labels, &table);
        self.tables.push(table);
        Some(self.tables.len() - 1)
    }

    fn description(&self, metric: &MetricRule, labels: &[LabelRule]) -> Description {
        let labels = labels.iter().map(|label| LabelSpec {
            name: label.name.as_str().into(),
            closed: !label.allowed.is_empty(),
            values_max: label.values_max,
        });
        let mut what = Description::new(&metric.name, &metric.help, metric.kind, labels.collect());
        what.unit = metric.unit.as_str().into();
        what.bounds = metric.bounds.clone();
        what.limits = self.set.limits;
        what.limits.series_max = metric.series_max.unwrap_or(self.set.limits.series_max);
        what.initial_zero = self.set.initial_zero;
        what.expiry = self.set.series_expiration;
        what.exemplars_max = self.set.exemplars_max;
        what
    }

    /// Brings to life what is known beforehand: every combination, when each label has a list of values.
    fn preset(&mut self, metric: &MetricRule, labels: &[LabelRule], table: &Table) {
        if metric.kind == crate::family::Kind::Gauge {
            return;
        }
        for values in self.combinations(labels, &metric.path) {
            table.preset(&values);
        }
    }

    /// Every combination of the values that labels are known to have; none where one of them may have any.
    fn combinations<'l>(
        &mut self,
        labels: &'l [LabelRule],
        path: &str,
    ) -> Vec<Vec<Option<&'l str>>> {
        let known = |label: &'l LabelRule| {
            if label.initial.is_empty() {
                label.allowed.as_slice()
            } else {
                label.initial.as_slice()
            }
        };
        let values: Vec<&[String]> = labels.iter().map(known).collect();
        let count = values
            .iter()
            .try_fold(1_usize, |count, values| count.checked_mul(values.len()))
            .unwrap_or(0);
        if count > PRESET_SERIES_MAX {
            let problem = Problem::new(path, "too many series exist from the start");
            let problem = problem
                .given(format!("{count} combinations of labels"))
                .allowed(format!("up to {PRESET_SERIES_MAX}"));
            let hint = "shorten the lists of allowed values, or leave one label open";
            self.problems.push(problem.hint(hint));
            return Vec::new();
        }
        let combination = |mut rest: usize| {
            let values = values.iter().map(|values| {
                let value = values.get(rest % values.len()).map(String::as_str);
                rest /= values.len();
                value
            });
            values.collect()
        };
        (0..count).map(combination).collect()
    }

    /// Adds the event names that a rule asks for; `None` when it asks for any.
    fn event_names(&mut self, metric: &MetricRule, mut names: SlotSet) -> Option<SlotSet> {
        let named = metric
            .conditions
            .iter()
            .find(|condition| condition.source == "$name");
        let Some(Test::In(wanted)) = named.map(|condition| &condition.test) else {
            return None;
        };
        for name in wanted {
            names.insert(self.slot(name, &metric.path)?);
        }
        Some(names)
    }

    fn sources(&mut self, texts: &[String], on: On, path: &str) -> Option<Vec<Source>> {
        texts
            .iter()
            .map(|text| self.source(text, on, path))
            .collect()
    }

    fn source(&mut self, text: &str, on: On, path: &str) -> Option<Source> {
        const INTRINSICS: [(&str, Source); 7] = [
            ("$name", Source::Name),
            ("$span_name", Source::SpanName),
            ("$span_kind", Source::SpanKind),
            ("$status_code", Source::StatusCode),
            ("$service_name", Source::ServiceName),
            ("$duration_seconds", Source::DurationSeconds),
            ("$item", Source::Item),
        ];
        if text.starts_with('$') {
            let known = INTRINSICS.iter().find(|(name, _)| *name == text);
            let fits = known.filter(|(_, source)| on != On::Record || *source == Source::Item);
            if fits.is_none() {
                let allowed: Vec<&str> = match on {
                    On::Record => vec!["$item"],
                    On::Span | On::Event => INTRINSICS.iter().map(|(name, _)| *name).collect(),
                };
                let problem = Problem::new(path, "not something a rule can look at").given(text);
                let problem = problem.allowed(allowed.join(", "));
                self.problems
                    .push(super::tree::with_nearest(problem, text, &allowed));
            }
            return fits.map(|(_, source)| source.clone());
        }
        match on {
            On::Record => Some(Source::Field(text.into())),
            On::Span | On::Event => self.slot(text, path).map(Source::Attribute),
        }
    }

    fn slot(&mut self, key: &str, path: &str) -> Option<Slot> {
        match self.keys.slot(key) {
            Ok(slot) => Some(slot),
            Err(error) => {
                let problem = Problem::new(path, error.to_string()).given(key);
                self.problems
                    .push(problem.hint("use fewer dimensions and rules"));
                None
            }
        }
    }
}

/// A metric's labels, the one that `for_each` implies included.
fn all_labels(metric: &MetricRule) -> Vec<LabelRule> {
    let mut labels = metric.labels.clone();
    if let Some(ForEach::Fields { label, fields }) = &metric.for_each {
        labels.push(LabelRule {
            name: label.clone(),
            from: vec!["$item".to_owned()],
            strip_prefix: None,
            map: Vec::new(),
            allowed: fields.iter().map(|(item, _)| item.clone()).collect(),
            other: "other".to_owned(),
            default: None,
            initial: Vec::new(),
            values_max: None,
            pseudonym: None,
        });
    }
    labels
}
