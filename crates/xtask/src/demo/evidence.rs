//! What the demo must see before it says that it worked: a record, the metric, the trace, and that they agree.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::http;
use super::ports::Ports;
use super::sink::Sink;
use crate::failure::{Failure, Result};
use crate::files;

/// The metric that counts workflows.
const METRIC: &str = "secops_enrichments_total";

/// The collector's own count of spans that a destination took.
const SENT: &str = "otelcol_exporter_sent_spans";

/// Names of the record files, up to the date.
const RECORD_FILE: &str = "enrichment-metrics-";

/// A line of a record file.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) file: PathBuf,
    pub(super) line: String,
    pub(super) trace_id: String,
}

/// The lines of all enrichment files below the data folder.
fn records(data: &Path) -> Result<Vec<Record>> {
    let folder = data.join("metrics");
    let mut records = Vec::new();
    if !folder.is_dir() {
        return Ok(records);
    }
    for file in files::with_extension(&folder, "jsonl")? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with(RECORD_FILE) {
            continue;
        }
        for line in files::read(&file)?.lines() {
            let value: Value = serde_json::from_str(line).map_err(|error| {
                Failure::new(format!("{}: a line is not JSON: {error}", file.display()))
            })?;
            let trace_id = value
                .get("trace_id")
                .and_then(Value::as_str)
                .unwrap_or_default();
            records.push(Record {
                file: file.clone(),
                line: line.to_owned(),
                trace_id: trace_id.to_owned(),
            });
        }
    }
    Ok(records)
}

/// The samples of the workflow counter that are not zero, as they stand on the page.
fn metric(ports: Ports) -> Vec<String> {
    samples(&page(ports.metrics), METRIC)
}

/// Spans that the destination for traces took, by the collector's own count.
fn spans_sent(ports: Ports) -> f64 {
    let lines = samples(&page(ports.telemetry), SENT);
    lines
        .iter()
        .filter(|line| line.contains("tempo"))
        .filter_map(|line| value(line))
        .sum()
}

/// The sum of the values of samples.
fn sum(samples: &[String]) -> f64 {
    samples.iter().filter_map(|line| value(line)).sum()
}

fn page(port: u16) -> String {
    http::get(port, "/metrics")
        .map(|answer| answer.body)
        .unwrap_or_default()
}

/// Lines of a metric, with or without `_total`, that have a value above zero.
fn samples(page: &str, metric: &str) -> Vec<String> {
    let named = |line: &&str| {
        let name = line.split(['{', ' ']).next().unwrap_or_default();
        name == metric || name.strip_suffix("_total") == Some(metric)
    };
    let lines = page
        .lines()
        .filter(named)
        .filter(|line| value(line).is_some_and(|value| value > 0.0));
    lines
        .map(|line| without_exemplar(line).to_owned())
        .collect()
}

fn value(line: &str) -> Option<f64> {
    let line = without_exemplar(line);
    let rest = line.rsplit_once('}').map_or_else(
        || line.split_once(' ').map(|(_, rest)| rest),
        |(_, rest)| Some(rest),
    );
    rest?.split_whitespace().next()?.parse().ok()
}

fn without_exemplar(line: &str) -> &str {
    line.split_once(" # ").map_or(line, |(sample, _)| sample)
}

/// What was there before the example ran.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    records: usize,
    counted: f64,
}

impl Before {
    /// Looks at the files and metrics of earlier runs.
    pub(super) fn look(data: &Path, ports: Ports) -> Result<Self> {
        Ok(Self {
            records: records(data)?.len(),
            counted: sum(&metric(ports)),
        })
    }
}

/// What is known so far.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// Records that the demo's workflows became.
    pub(super) records: Vec<Record>,
    /// Samples of the workflow counter.
    pub(super) metric: Vec<String>,
    /// What the counter rose by.
    pub(super) counted: f64,
    /// Spans of the records' traces that the destination took.
    pub(super) spans: usize,
}

impl Evidence {
    /// Looks once.
    pub(super) fn gather(
        data: &Path,
        ports: Ports,
        sink: Option<&Sink>,
        before: Before,
    ) -> Result<Self> {
        let records: Vec<_> = records(data)?.into_iter().skip(before.records).collect();
        let spans = match sink {
            Some(sink) => records
                .iter()
                .map(|record| sink.spans_of(&record.trace_id))
                .sum(),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a count of spans is a small whole number"
            )]
            None => spans_sent(ports) as usize,
        };
        let metric = metric(ports);
        let counted = sum(&metric) - before.counted;
        Ok(Self {
            records,
            metric,
            counted,
            spans,
        })
    }

    /// What is missing for `workflows` runs; empty when everything is there and agrees.
    pub(super) fn missing(&self, workflows: usize) -> Vec<String> {
        let mut missing = Vec::new();
        let traces: BTreeSet<_> = self.records.iter().map(|record| &record.trace_id).collect();
        if self.records.len() != workflows || traces.len() != workflows {
            missing.push(format!(
                "{workflows} records of {workflows} traces (there are {} of {})",
                self.records.len(),
                traces.len()
            ));
        }
        if (self.counted - workflows as f64).abs() > f64::EPSILON {
            missing.push(format!(
                "{METRIC} up by {workflows} (it is up by {})",
                self.counted
            ));
        }
        if self.spans == 0 {
            missing.push("the trace at its destination".to_owned());
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# TYPE secops_enrichments counter\n\
        secops_enrichments_total{priority=\"P1\"} 0\n\
        secops_enrichments_total{priority=\"P2\"} 2 # {trace_id=\"ab\"} 1.0 5.5\n\
        secops_enrichments_total_other 9\n\
        otelcol_exporter_sent_spans_total{exporter=\"otlphttp/tempo\"} 14\n";

    fn record(trace_id: &str) -> Record {
        Record {
            file: PathBuf::new(),
            line: String::new(),
            trace_id: trace_id.to_owned(),
        }
    }

    #[test]
    fn samples_above_zero_are_found_and_summed() {
        let found = samples(PAGE, METRIC);
        assert_eq!(found, ["secops_enrichments_total{priority=\"P2\"} 2"]);
        assert_eq!(sum(&found).to_string(), "2");
        assert_eq!(samples(PAGE, SENT).len(), 1);
    }

    #[test]
    fn evidence_is_complete_only_when_all_three_agree() {
        let with = |records| Evidence {
            records,
            metric: Vec::new(),
            counted: 1.0,
            spans: 9,
        };
        assert_eq!(with(vec![record("a")]).missing(1), Vec::<String>::new());
        let doubled = with(vec![record("a"), record("a")]);
        assert_eq!(
            doubled.missing(1),
            ["1 records of 1 traces (there are 2 of 1)"]
        );
        assert_eq!(Evidence::default().missing(1).len(), 3);
    }
}
