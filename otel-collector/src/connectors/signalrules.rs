//! `signalrules`: derives metrics from spans, events and records, by rules that are data.
//!
//! # Purpose
//! Span and event rules see traces pipelines; event rules also see the log records with an event name of a logs pipeline
//! that receives OTLP; record rules see the records of a logs pipeline that receives a `workflow`. The language, and the
//! tests that stand in a rule file, are described in [`secspan_metrics::rules`].
//!
//! # Configuration
//! `packs`: built-in rule files (`enrichment`, …); `files`: paths of rule files; `rules`: metrics in place, the same
//! language, `open`: items in place, and `tests` of both; `series_limit`, `initial_zero`, `series_expiration`, `exemplars`, `metrics_flush_interval`
//! (default 60 s: how often metrics leave by exporters that take them pushed). All tests run when the
//! configuration is validated.
//!
//! # Limits
//! 2,000 series a metric and 200 values an open label, overflow visible as `__overflow__`; 10,000 open items of a rule, visible
//! as `secops_open_dropped_total` beyond. What is open is kept when the configuration is read again, not across a restart.

use std::sync::Arc;
use std::time::Duration;

use secspan_metrics::family::{Exemplar, Family};
use secspan_metrics::limits::{Limits, SERIES_CEILING};
use secspan_metrics::problem::Problem;
use secspan_metrics::reader::Reader;
use secspan_metrics::rules::{
    Node as RuleNode, NodeValue, RuleFile, RuleSet, RuleStage, Rules, packs,
};
use secspan_metrics::table::{EXEMPLARS_MAX, InitialZero};
use secspan_otlp::keys::Keys;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{LogView, SpanView};
use secspan_records::join::Joined;

use super::{push_interval, reject};
use crate::component::{
    Connector, ConnectorConfig, MetricSource, RecordObserver, Staged, StartError, Stateful,
};
use crate::config::tree::{Node, Value};
use crate::config::{Complaint, Section};
use crate::context::BuildContext;

mod fields;

/// The parsed section.
#[derive(Clone, Debug)]
pub struct SignalRulesConfig {
    rules: RuleSet,
    push_interval: Option<Duration>,
}

/// Reads the section, and the rule files that it names.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ConnectorConfig> {
    let mut files = Vec::new();
    let packs = section.list::<String>("packs").or(Vec::new());
    for (at, name) in packs.iter().enumerate() {
        let origin = Origin::File("packs", at);
        keep(section, origin, packs::load(name, ""), &mut files);
    }
    let paths = section.list::<std::path::PathBuf>("files").or(Vec::new());
    for (at, path) in paths.iter().enumerate() {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let origin = Origin::File("files", at);
                keep(section, origin, RuleFile::parse(&text), &mut files);
            }
            Err(error) => {
                let complaint = Complaint::new(format!("cannot read the rule file: {error}"));
                let complaint = complaint.given(path.display().to_string());
                section.reject(&format!("files[{at}]"), complaint);
            }
        }
    }
    in_place(section, &mut files);
    if files.is_empty() {
        let complaint = Complaint::new("no rules");
        section.reject_all(complaint.hint("name packs: [enrichment], files or rules"));
    }
    let ceiling = u64::try_from(SERIES_CEILING).unwrap_or(u64::MAX);
    let defaults = Limits::default();
    let series = section.u64("series_limit").within(1..=ceiling).optional();
    let series_max = series
        .and_then(|series| usize::try_from(series).ok())
        .unwrap_or(defaults.series_max);
    let expiration = section.duration("series_expiration").or(Duration::ZERO);
    let set = RuleSet {
        files,
        limits: Limits {
            series_max,
            ..defaults
        },
        initial_zero: if section.bool("initial_zero").or(true) {
            InitialZero::default()
        } else {
            InitialZero::Off
        },
        series_expiration: (!expiration.is_zero()).then_some(expiration),
        exemplars_max: if section.bool("exemplars").or(true) {
            EXEMPLARS_MAX
        } else {
            0
        },
    };
    // A dry build finds what only the whole shows, such as one metric in two shapes.
    if let Err(problems) = Rules::new(&set, &mut Keys::new()) {
        for problem in &problems {
            reject(section, "", problem);
        }
    }
    Box::new(SignalRulesConfig {
        rules: set,
        push_interval: push_interval(section),
    })
}

/// Reads the rules that stand in the section, with their tests beside them.
fn in_place(section: &mut Section<'_>, files: &mut Vec<RuleFile>) {
    let (rules, open) = (section.node("rules"), section.node("open"));
    let tests = section.node("tests");
    if rules.is_none() && open.is_none() {
        if tests.is_some() {
            let complaint = Complaint::new("there are no rules in place to test");
            let hint = "write the rules under `rules`, or the tests into the file of the rules";
            section.reject("tests", complaint.hint(hint));
        }
        return;
    }
    let parts = [("metrics", rules), ("open", open), ("tests", tests)];
    let entries = parts
        .into_iter()
        .filter_map(|(key, node)| Some((key.to_owned(), rule_node(node?))))
        .collect();
    let root = RuleNode {
        value: NodeValue::Map(entries),
        line: 0,
    };
    let file = RuleFile::from_node(&root, "");
    keep(section, Origin::InPlace, file, files);
}

/// Where rules come from.
#[derive(Clone, Copy, Debug)]
enum Origin {
    /// The item at this position of the list under this key.
    File(&'static str, usize),
    /// The section itself.
    InPlace,
}

impl Origin {
    /// Where in the section a problem of these rules is: their `metrics` are the section's `rules`.
    fn key(self, path: &str) -> String {
        match self {
            Self::File(key, at) if path.is_empty() => format!("{key}[{at}]"),
            Self::File(key, at) => format!("{key}[{at}].{path}"),
            Self::InPlace => match path.strip_prefix("metrics") {
                Some(rest) => format!("rules{rest}"),
                None => path.to_owned(),
            },
        }
    }
}

/// Keeps a rule file whose own tests pass; reports everything else.
fn keep(
    section: &Section<'_>,
    origin: Origin,
    file: Result<RuleFile, Vec<Problem>>,
    files: &mut Vec<RuleFile>,
) {
    let tested = file.and_then(|file| file.run_tests().map(|()| file));
    match tested {
        Ok(file) => files.push(file),
        Err(problems) => {
            for mut problem in problems {
                if let Origin::InPlace = origin {
                    // The section knows its lines, and columns too.
                    problem.line = 0;
                }
                reject(section, &origin.key(&problem.path), &problem);
            }
        }
    }
}

/// A configuration node in the form in which the rule language reads it.
fn rule_node(node: &Node) -> RuleNode {
    let line = u32::try_from(node.location.line).unwrap_or(0);
    let value = match &node.value {
        Value::Null | Value::Refused => NodeValue::Null,
        Value::Scalar(scalar) => return RuleNode::scalar(&scalar.text, scalar.quoted, line),
        Value::List(items) => NodeValue::List(items.iter().map(rule_node).collect()),
        Value::Map(map) => NodeValue::Map(
            map.entries()
                .iter()
                .map(|entry| (entry.key.clone(), rule_node(&entry.value)))
                .collect(),
        ),
    };
    RuleNode { value, line }
}

impl ConnectorConfig for SignalRulesConfig {
    fn build(
        self: Box<Self>,
        id: &str,
        context: &mut BuildContext,
    ) -> Result<Connector, StartError> {
        let rules = Rules::new(&self.rules, &mut context.keys).map_err(|problems| {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            StartError {
                component: id.to_owned(),
                reason: problems.join("; "),
            }
        })?;
        let rules = Arc::new(rules);
        Ok(Connector {
            spans: Some(Arc::<Rules>::clone(&rules)),
            logs: Some(Arc::<Rules>::clone(&rules)),
            records: Some(Arc::<Rules>::clone(&rules)),
            metrics: Some(Arc::<Rules>::clone(&rules)),
            push_interval: self.push_interval,
            state: Some(rules),
            ..Connector::default()
        })
    }
}

impl Staged for Rules {
    type Stage = RuleStage;

    fn open(&self) -> RuleStage {
        self.stage()
    }

    fn span(&self, stage: &mut RuleStage, span: &SpanView<'_, '_>) {
        self.observe(stage, span);
    }

    fn log(&self, stage: &mut RuleStage, record: &LogView<'_, '_>) {
        self.observe_log(stage, record);
    }

    fn count(&self, stage: RuleStage, now: UnixNanos) {
        self.commit(stage, now);
    }
}

impl RecordObserver for Rules {
    /// Counts each workflow once: amendments correct a record that was counted, and a rejected one is in no file, so that
    /// metric and files give the same number.
    fn observe(&self, records: &[Joined], now: UnixNanos) {
        for joined in records {
            match joined {
                Joined::Record(record) if record.amendment() == 0 => {
                    let exemplar = record.identity().map(|identity| Exemplar {
                        trace_id: identity.trace,
                        span_id: identity.span,
                        value: 0.0,
                        time: now,
                    });
                    self.record(&fields::OfRecord(record), exemplar, now);
                }
                Joined::Incomplete(unfinished) => {
                    self.record(&fields::OfUnfinished(unfinished), None, now);
                }
                Joined::Record(_) | Joined::Rejected(_) | Joined::Orphaned(_) => {}
            }
        }
    }
}

impl MetricSource for Rules {
    fn collect(&self, reader: Reader, now: UnixNanos, out: &mut Vec<Family>) {
        self.collect_for(reader, now, out);
    }
}

impl Stateful for Rules {
    fn save(&self) -> Option<Vec<u8>> {
        Some(Self::save(self))
    }

    fn restore(&self, bytes: &[u8], _: UnixNanos) -> Result<(), String> {
        let restored = Self::restore(self, bytes);
        restored.map(drop).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests;
