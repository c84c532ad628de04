//! A real SDK provider on one side, files on the other.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use opentelemetry::trace::{Span, SpanBuilder, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::SdkTracerProvider;
use secspan_records::origin::Reading;
use secspan_records::record::Record;
use secspan_semconv::{attribute, event};
use secspan_testkit::kinds;

use super::*;
use crate::writer::Counts;

fn provider(settings: Settings) -> (SdkTracerProvider, Handle) {
    let exporter = JsonlSpanExporter::start(settings).unwrap();
    let handle = exporter.handle();
    (
        SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .build(),
        handle,
    )
}

/// One enrichment with two stages, a call and a plain span between.
fn enrich(provider: &SdkTracerProvider, ticket: &str) {
    let tracer = provider.tracer("test");
    let workflow = SpanBuilder::from_name("enrich").with_attributes([
        KeyValue::new(
            attribute::SECOPS_WORKFLOW_NAME,
            "security-alert-enrichment-v1",
        ),
        KeyValue::new(attribute::SECOPS_TICKET_ID, ticket.to_owned()),
        KeyValue::new(attribute::SECOPS_ANALYST_NAME, "Mira"),
        KeyValue::new(attribute::SECOPS_PRIORITY, "P4"),
        KeyValue::new(attribute::SECOPS_PRIORITY, "P2"),
    ]);
    let workflow = Context::new().with_span(tracer.build_with_context(workflow, &Context::new()));
    let plain = workflow.with_span(tracer.start_with_context("run", &workflow));
    let mut research = tracer.start_with_context("stage2-cve-research", &plain);
    let call = vec![
        KeyValue::new(attribute::SECOPS_PERPLEXITY_KIND, "reason"),
        KeyValue::new(attribute::SECOPS_PERPLEXITY_CITATION_COUNT, 4),
    ];
    research.add_event(event::SECOPS_PERPLEXITY_CALL, call);
    research.set_attribute(KeyValue::new(
        attribute::SECOPS_VULNERABILITY_SCORE_BASE,
        7.5,
    ));
    research.end();
    plain.span().end();
    workflow.span().end();
}

fn lines(directory: &Path) -> Vec<serde_json::Value> {
    let files = fs::read_dir(directory.join("metrics")).unwrap();
    let mut lines = Vec::new();
    for file in files {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text.lines() {
            let strict = Reading {
                strict: true,
                ..Reading::default()
            };
            Record::from_line(&kinds::ENRICHMENT, line, strict).unwrap();
            lines.push(serde_json::from_str(line).unwrap());
        }
    }
    lines
}

#[test]
fn shutting_down_completes_every_workflow() {
    let directory = tempfile::tempdir().unwrap();
    let (provider, handle) = provider(Settings::in_directory(directory.path(), kinds::KINDS));
    for n in 0..20 {
        enrich(&provider, &format!("OPS-{n}"));
    }
    provider.shutdown().unwrap();
    let lines = lines(directory.path());
    assert_eq!(lines.len(), 20);
    assert_eq!(
        lines[0]["priority_assigned"], "P2",
        "the last of two equal keys wins"
    );
    assert_eq!(lines[0]["perplexity_tool"], "reason");
    assert_eq!(lines[0]["sources_cited"], 4);
    assert_eq!(lines[0]["cvss_score"], 7.5);
    let stats = handle.stats();
    assert_eq!(
        (stats.spans, stats.written.written, stats.unwritten),
        (60, 20, 0)
    );
}

#[test]
fn decisions_and_closings_are_written_without_a_workflow() {
    let directory = tempfile::tempdir().unwrap();
    let (provider, handle) = provider(Settings::in_directory(directory.path(), kinds::KINDS));
    let mut span = provider.tracer("test").start("POST /tickets");
    let ticket = || {
        vec![
            KeyValue::new(attribute::SECOPS_TICKET_ID, "OPS-1"),
            KeyValue::new(attribute::SECOPS_PRIORITY, "P1"),
        ]
    };
    let mut decision = ticket();
    decision.push(KeyValue::new(attribute::SECOPS_REVIEW_REQUIRED, true));
    let reason = "Mandatory review for P1 priority";
    decision.push(KeyValue::new(attribute::SECOPS_REVIEW_REASON, reason));
    span.add_event(event::SECOPS_REVIEW_DECIDED, decision);
    span.add_event(event::SECOPS_TICKET_CLOSED, ticket());
    span.end();
    provider.shutdown().unwrap();
    assert_eq!(handle.stats().written.written, 2);
    let metrics = directory.path().join("metrics");
    let decisions = fs::read_to_string(metrics.join("review-decisions.csv")).unwrap();
    let rows: Vec<&str> = decisions.lines().collect();
    assert_eq!(rows.len(), 2, "{decisions}");
    assert!(
        rows[1].starts_with(&format!("OPS-1,P1,required,{reason},20")),
        "{decisions}"
    );
    let closings = fs::read_dir(metrics).unwrap().filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with("ticket-metrics-")
    });
    assert_eq!(closings.count(), 1);
}

#[test]
fn a_quiet_workflow_is_written_without_shutting_down() {
    let directory = tempfile::tempdir().unwrap();
    let mut settings = Settings::in_directory(directory.path(), kinds::KINDS);
    settings.join.quiet_period = Duration::ZERO;
    let (provider, handle) = provider(settings);
    enrich(&provider, "OPS-1");
    provider.force_flush().unwrap();
    handle.shared.turn();
    assert_eq!(lines(directory.path()).len(), 1);
}

#[test]
fn a_disk_that_fails_is_told_once_and_not_forgotten() {
    let directory = tempfile::tempdir().unwrap();
    let blocked = directory.path().join("data");
    fs::write(&blocked, "").unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let mut settings = Settings::in_directory(&blocked, kinds::KINDS);
    settings.join.quiet_period = Duration::ZERO;
    let telling = Arc::clone(&told);
    settings.on_failure = Some(Box::new(move |error| {
        telling.lock().unwrap().push(error.hint());
    }));
    let (provider, handle) = provider(settings);
    enrich(&provider, "OPS-1");
    provider.force_flush().unwrap();
    handle.shared.turn();
    handle.shared.turn();
    assert_eq!(told.lock().unwrap().len(), 1);
    assert_eq!(handle.stats().unwritten, 1);
    assert!(
        handle
            .stats()
            .last_failure
            .unwrap()
            .contains("a file stands")
    );
    fs::remove_file(&blocked).unwrap();
    provider.shutdown().unwrap();
    assert_eq!(lines(&blocked).len(), 1);
    assert_eq!(handle.stats().last_failure, None);
}

#[test]
fn shutting_down_with_a_dead_disk_says_what_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let blocked = directory.path().join("data");
    fs::write(&blocked, "").unwrap();
    let exporter =
        JsonlSpanExporter::start(Settings::in_directory(&blocked, kinds::KINDS)).unwrap();
    let handle = exporter.handle();
    let shared = Arc::clone(&exporter.shared);
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(Lent(exporter))
        .build();
    enrich(&provider, "OPS-1");
    let error = provider.shutdown().unwrap_err().to_string();
    assert!(error.contains("1 records are not written"), "{error}");
    assert_eq!(handle.stats().unwritten, 1);
    assert!(shared.take_in(&[]).is_err(), "closed");
}

/// The exporter behind a simple processor, which exports every span by itself.
#[derive(Debug)]
struct Lent(JsonlSpanExporter);

impl SpanExporter for Lent {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.export(batch).await
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }
}

#[test]
fn switched_off_it_records_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut settings = Settings::in_directory(directory.path(), kinds::KINDS);
    settings.enabled = Some(false);
    let exporter = JsonlSpanExporter::start(settings).unwrap();
    assert!(!exporter.is_enabled());
    let handle = exporter.handle();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .build();
    enrich(&provider, "OPS-1");
    provider.force_flush().unwrap();
    provider.shutdown().unwrap();
    let stats = handle.stats();
    assert_eq!((stats.spans, stats.written), (0, Counts::default()));
    assert!(!directory.path().join("metrics").exists());
}

/// The environment belongs to a whole process, so this test runs itself in one.
#[test]
fn the_environment_switches_off_what_the_program_leaves_open() {
    const INSIDE: &str = "SECSPAN_TEST_DISABLED";
    if std::env::var_os(INSIDE).is_none() {
        let name = "exporter::tests::the_environment_switches_off_what_the_program_leaves_open";
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .envs([(INSIDE, "1"), ("OTEL_SDK_DISABLED", "True")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let asked = |enabled| {
        let mut settings = Settings::in_directory(directory.path(), kinds::KINDS);
        settings.enabled = enabled;
        JsonlSpanExporter::start(settings).unwrap().is_enabled()
    };
    assert!(!asked(None), "the environment decides");
    assert!(asked(Some(true)), "code wins over the environment");
}

#[test]
fn kinds_of_records_can_be_switched_off() {
    let directory = tempfile::tempdir().unwrap();
    let mut settings = Settings::in_directory(directory.path(), kinds::KINDS);
    settings.files.records = [&kinds::REVIEW].into();
    let (provider, handle) = provider(settings);
    enrich(&provider, "OPS-1");
    provider.shutdown().unwrap();
    assert_eq!(handle.stats().written.left_out, 1);
    assert!(!directory.path().join("metrics").exists());
}

#[test]
fn decisions_and_closings_have_their_files_too() {
    let directory = tempfile::tempdir().unwrap();
    let (provider, handle) = provider(Settings::in_directory(directory.path(), kinds::KINDS));
    let mut desk = provider.tracer("test").start("desk");
    let decided = vec![
        KeyValue::new(attribute::SECOPS_TICKET_ID, "OPS-1"),
        KeyValue::new(attribute::SECOPS_PRIORITY, "P1"),
        KeyValue::new(attribute::SECOPS_REVIEW_REQUIRED, true),
        KeyValue::new(
            attribute::SECOPS_REVIEW_REASON,
            "Mandatory review for P1 priority",
        ),
    ];
    let closed = decided.get(..2).unwrap().to_vec();
    desk.add_event(event::SECOPS_REVIEW_DECIDED, decided);
    desk.add_event(event::SECOPS_TICKET_CLOSED, closed);
    desk.end();
    provider.shutdown().unwrap();
    assert_eq!(handle.stats().written.written, 2);
    let metrics = directory.path().join("metrics");
    let rows = fs::read_to_string(metrics.join("review-decisions.csv")).unwrap();
    let row = rows.lines().nth(1).unwrap();
    assert!(
        row.starts_with("OPS-1,P1,required,Mandatory review for P1 priority,"),
        "{rows}"
    );
    assert_eq!(fs::read_dir(metrics).unwrap().count(), 2);
}
