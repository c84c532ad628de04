//! Tests that stand in a rule file, run by `cargo test` and by `secspan-collector validate`.
//!
//! ```yaml
//! tests:
//!   - name: a failed call counts, on its span or as a log record
//!     spans:
//!       - name: cve_research               # also kind, status, duration_seconds, attributes, resource
//!         events:
//!           - name: secops.perplexity.call
//!             attributes: { secops.perplexity.kind: search, secops.outcome: failure }
//!     logs:                                # log records that are events; also resource
//!       - name: secops.perplexity.call
//!         attributes: { secops.perplexity.kind: search, secops.outcome: failure }
//!     records:
//!       - { kind: enrichment, stages: [{ stage: triage, seconds: 4 }] }
//!     expect:
//!       secops_perplexity_calls_total{kind="search",outcome="failure"}: 2
//!       secops_perplexity_call_duration_seconds_count{kind="search"}: absent
//! ```
//!
//! The spans and log records are encoded, walked and counted, the records counted, and the metrics rendered as a scrape
//! would. Each expectation is one sample line. A test also fails when a sample of a name that it expects anything of, buckets and
//! sums excepted, is there with a value other than 0 and no expectation: a rule that counts twice is found.

use std::collections::BTreeMap;

use secspan_otlp::DecodeError;
use secspan_otlp::keys::Keys;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{LogView, SpanView};
use secspan_otlp::walk::{self, WalkLimits};

use super::tree::{Node, NodeValue, Place};
use super::{Field, Fields, RuleFile, RuleSet, RuleStage, Rules};
use crate::exposition::{self, Format, Options};
use crate::problem::Problem;

mod log;
mod sample;
mod span;

use log::TestLog;
use sample::{canonical, name_of};
use span::TestSpan;

/// One test.
#[derive(Clone, Debug)]
pub(super) struct TestCase {
    name: String,
    path: String,
    spans: Vec<TestSpan>,
    logs: Vec<TestLog>,
    records: Vec<Node>,
    expect: Vec<Expectation>,
}

#[derive(Clone, Debug)]
struct Expectation {
    path: String,
    line: u32,
    sample: String,
    /// `None` for a sample that must not be there.
    value: Option<f64>,
}

impl TestCase {
    pub(super) fn read(place: &Place<'_>, problems: &mut Vec<Problem>) -> Option<Self> {
        let section = place.section(&["name", "spans", "logs", "records", "expect"], problems);
        let name = section
            .required("name", problems)
            .and_then(|place| place.text(problems));
        let mut list = |key| {
            section
                .get(key)
                .map(|place| place.list(problems))
                .unwrap_or_default()
        };
        let (spans, logs, records) = (list("spans"), list("logs"), list("records"));
        let spans = spans
            .iter()
            .filter_map(|place| TestSpan::read(place, problems))
            .collect();
        let logs = logs
            .iter()
            .filter_map(|place| TestLog::read(place, problems))
            .collect();
        let records = records.iter().map(|place| place.node.clone()).collect();
        let expect = section
            .required("expect", problems)
            .map(|place| place.entries(problems))
            .unwrap_or_default();
        let expect = expect
            .iter()
            .filter_map(|(key, place)| Expectation::read(key, place, problems))
            .collect();
        Some(Self {
            name: name?,
            path: place.path.clone(),
            spans,
            logs,
            records,
            expect,
        })
    }

    /// Sends the spans and log records through the walker into the rules.
    fn arrive(&self, keys: &Keys, rules: &Rules, stage: &mut RuleStage) -> Result<(), DecodeError> {
        let limits = WalkLimits::default();
        for span in &self.spans {
            let mut visit = |view: &SpanView<'_, '_>| rules.observe(stage, view);
            walk::traces(&span.request(), keys, &limits, &mut visit)?;
        }
        for record in &self.logs {
            let mut visit = |view: &LogView<'_, '_>| rules.observe_log(stage, view);
            walk::logs(&record.request(), keys, &limits, &mut visit)?;
        }
        Ok(())
    }
}

impl Expectation {
    fn read(key: &str, place: &Place<'_>, problems: &mut Vec<Problem>) -> Option<Self> {
        let Some(sample) = canonical(key) else {
            let problem = Problem::new(place.path.clone(), "not a sample")
                .line(place.node.line)
                .given(key);
            problems.push(problem.allowed("name{label=\"value\",…}"));
            return None;
        };
        let value = match &place.node.value {
            NodeValue::Text(text) if text == "absent" => None,
            _ => Some(place.number(problems)?),
        };
        Some(Self {
            path: place.path.clone(),
            line: place.node.line,
            sample,
            value,
        })
    }
}

impl RuleFile {
    /// Runs the tests of the file against its own rules.
    ///
    /// # Errors
    /// One problem for each expectation that was not met, with what was found instead.
    pub fn run_tests(&self) -> Result<(), Vec<Problem>> {
        let mut problems = Vec::new();
        for test in &self.tests {
            match self.samples(test) {
                Ok(samples) => compare(test, &samples, &mut problems),
                Err(more) => problems.extend(more),
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    /// What a reader would see after the test's spans and records, by canonical sample.
    fn samples(&self, test: &TestCase) -> Result<BTreeMap<String, f64>, Vec<Problem>> {
        let alone = Self {
            tests: Vec::new(),
            ..self.clone()
        };
        let mut keys = Keys::new();
        let rules = Rules::new(&RuleSet::new(vec![alone]), &mut keys)?;
        let mut stage = rules.stage();
        test.arrive(&keys, &rules, &mut stage).map_err(|error| {
            let message = format!("the spans or logs cannot be encoded: {error}");
            vec![Problem::new(&test.path, message)]
        })?;
        rules.commit(stage, UnixNanos(1));
        for record in &test.records {
            rules.record(&MapFields(record), None, UnixNanos(1));
        }
        // New series are shown at 0 first.
        rules.collect(UnixNanos(2), &mut Vec::new());
        let mut families = Vec::new();
        rules.collect(UnixNanos(3), &mut families);
        let (families, _) = exposition::reconcile(families);
        let text = exposition::render(&families, Format::Text, Options::default());
        let text = String::from_utf8_lossy(&text);
        Ok(text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(parse_line)
            .collect())
    }
}

fn parse_line(line: &str) -> Option<(String, f64)> {
    let (sample, value) = line.rsplit_once(' ')?;
    Some((canonical(sample)?, value.parse().ok()?))
}

fn compare(test: &TestCase, samples: &BTreeMap<String, f64>, problems: &mut Vec<Problem>) {
    for expectation in &test.expect {
        let found = samples.get(&expectation.sample).copied();
        let same = match (expectation.value, found) {
            (Some(expected), Some(found)) => {
                (expected - found).abs() <= 1e-9 * expected.abs().max(1.0)
            }
            (None, None) => true,
            _ => false,
        };
        if !same {
            let show =
                |value: Option<f64>| value.map_or("absent".to_owned(), |value| value.to_string());
            let message = format!(
                "test \"{}\": expected {} {}, got {}",
                test.name,
                expectation.sample,
                show(expectation.value),
                show(found)
            );
            let problem = Problem::new(&expectation.path, message).line(expectation.line);
            problems.push(problem.hint(present(&expectation.sample, samples)));
        }
    }
    for (sample, value) in samples.iter().filter(|(_, value)| **value != 0.0) {
        let name = name_of(sample);
        let same_name = |expected: &&Expectation| name_of(&expected.sample) == name;
        let counted = !name.ends_with("_bucket") && !name.ends_with("_sum");
        let listed = test
            .expect
            .iter()
            .any(|expected| expected.sample == *sample);
        if counted && !listed && test.expect.iter().any(|expected| same_name(&expected)) {
            let message = format!(
                "test \"{}\": {sample} is {value} and not expected",
                test.name
            );
            problems.push(Problem::new(format!("{}.expect", test.path), message));
        }
    }
}

/// What there is of the same name, so that a wrong label is seen at once.
fn present(sample: &str, samples: &BTreeMap<String, f64>) -> String {
    let name = name_of(sample);
    let same = samples
        .iter()
        .filter(|(other, value)| name_of(other) == name && **value != 0.0);
    let lines: Vec<String> = same
        .map(|(sample, value)| format!("{sample} {value}"))
        .collect();
    if lines.is_empty() {
        format!("every {name} is 0 or absent")
    } else {
        format!("there is {}", lines.join("; "))
    }
}

/// A map of the file as a record.
struct MapFields<'a>(&'a Node);

impl MapFields<'_> {
    fn find(&self, name: &str) -> Option<&Node> {
        let NodeValue::Map(entries) = &self.0.value else {
            return None;
        };
        entries
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, node)| node)
    }
}

impl Fields for MapFields<'_> {
    fn get(&self, name: &str) -> Option<Field<'_>> {
        match &self.find(name)?.value {
            NodeValue::Text(text) => Some(Field::Text(text)),
            NodeValue::Int(value) => Some(Field::Int(*value)),
            NodeValue::Float(value) => Some(Field::Float(*value)),
            NodeValue::Bool(value) => Some(Field::Bool(*value)),
            NodeValue::Null | NodeValue::List(_) | NodeValue::Map(_) => None,
        }
    }

    fn each(&self, list: &str, visit: &mut dyn FnMut(&dyn Fields)) {
        if let Some(NodeValue::List(items)) = self.find(list).map(|node| &node.value) {
            for item in items {
                visit(&MapFields(item));
            }
        }
    }
}
