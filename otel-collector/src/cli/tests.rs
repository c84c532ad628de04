//! Tests of the command line, every command as a function.

use std::ffi::OsString;
use std::io::{
    self,
    ErrorKind::{InvalidData, IsADirectory, NotFound},
};

use super::{Exit, Host, Start, Streams, colour_for, main, read_file};
use crate::config::inventory::sample::inventory;
use crate::config::problem::render::Colour;
use crate::config::{Complaint, Document, Report};

/// What a command did.
#[derive(Debug)]
struct Outcome {
    exit: Exit,
    out: String,
    err: String,
    started: Option<Start>,
}

/// The components' part of checking, reduced to one rule.
fn check(document: &Document, report: &Report) {
    for exporter in document
        .exporters
        .values()
        .filter(|own| own.id.kind == "jsonl")
    {
        exporter.read(report, |section| {
            let directory = section.string("directory").or("./secspan-data".to_owned());
            if directory == "/" {
                section.reject("directory", Complaint::new("too high up"));
            }
            section.secret("key").optional();
        });
    }
}

fn files(path: &str) -> io::Result<String> {
    const SOUND: &str = "
receivers: {otlp: }
connectors: {workflow: }
exporters: {jsonl: {key: hunter2}}
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [workflow]}
    logs: {receivers: [workflow], exporters: [jsonl]}
";
    match path {
        "sound.yaml" => Ok(SOUND.to_owned()),
        "data.yaml" => Ok("exporters: {jsonl: {directory: '${env:DATA}'}}".to_owned()),
        "bad.yaml" => Ok(format!("{SOUND}\nfoo: 1")),
        "warned.yaml" => Ok(SOUND.replace("jsonl: {", "debug: , jsonl: {")),
        _ => Err(io::Error::from(NotFound)),
    }
}

fn command(line: &str) -> Outcome {
    let environment = |name: &str| match name {
        "DATA" => Some("/data".to_owned()),
        _ => None,
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut started = None;
    let host = Host {
        inventory: &inventory(),
        check: &check,
        environment: &environment,
        read_file: &files,
    };
    let mut streams = Streams {
        out: &mut out,
        out_colour: Colour::Plain,
        err: &mut err,
        err_colour: Colour::Plain,
    };
    let arguments = line.split_whitespace().map(OsString::from);
    let exit = main(arguments, &host, &mut streams, |start| {
        started = Some(start);
        Exit::Success
    });
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Outcome {
        exit,
        out: text(out),
        err: text(err),
        started,
    }
}

#[test]
fn help_and_version_are_data() {
    let help = command("secspan-collector --help");
    assert_eq!((help.exit, help.err.as_str()), (Exit::Success, ""));
    insta::assert_snapshot!(help.out, @r"
    The secspan collector: OTLP in; metrics, records and traces out

    Usage: secspan-collector [OPTIONS] [COMMAND]

    Commands:
      validate      Check configuration and report every problem at once; nothing is started
      print-config  Print the merged configuration, secrets masked
      components    List the components that are built in
      completions   Print a completion script for a shell

    Options:
          --config <FILE>
              Configuration file; of several, later ones override earlier ones key by key.
              
              Without any, the embedded default runs: OTLP on 127.0.0.1:4317 and :4318, metrics on :8889, files under ./secspan-data.

          --set <KEY.PATH=VALUE>
              Override one value, for example exporters.jsonl.directory=/data

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Examples:
      secspan-collector                                      run the embedded default
      secspan-collector --config collector.yaml              run a configuration
      secspan-collector --config base.yaml --config prod.yaml --set service.telemetry.logs.level=debug
      secspan-collector validate collector.yaml other.yaml   check files, start nothing
      secspan-collector print-config > collector.yaml        begin your own from the default
      SECSPAN_TEMPO_ENDPOINT=tempo:4317 secspan-collector    forward traces to Tempo

    Exit codes: 0 clean stop, 1 failed while running, 2 usage or configuration.
    ");
    let version = command("secspan-collector --version");
    assert_eq!(
        version.out,
        format!("secspan-collector {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_slip_on_the_command_line_is_usage() {
    let outcome = command("secspan-collector --confg x");
    assert_eq!((outcome.exit, outcome.out.as_str()), (Exit::Usage, ""));
    assert!(outcome.err.contains("--config"), "{}", outcome.err);
    assert_eq!(outcome.exit.code(), 2);
}

#[test]
fn a_sound_configuration_runs() {
    let line = "secspan-collector --config sound.yaml --config data.yaml --set service.telemetry.logs.level=warn";
    let outcome = command(line);
    assert_eq!((outcome.exit, outcome.err.as_str()), (Exit::Success, ""));
    let start = outcome.started.expect("started");
    assert_eq!(start.sources.files, ["sound.yaml", "data.yaml"]);
    assert_eq!(start.loaded.document.service.pipelines.len(), 2);
}

#[test]
fn a_bad_configuration_starts_nothing_and_a_warning_does_not_stop() {
    for line in [
        "secspan-collector --config bad.yaml",
        "secspan-collector --config gone.yaml",
        "secspan-collector --config sound.yaml --set exporters.jsonl.directory=/",
        "secspan-collector --config sound.yaml --set nonsense",
    ] {
        let outcome = command(line);
        assert_eq!(outcome.exit, Exit::Usage, "{line}");
        assert!(
            outcome.started.is_none() && outcome.err.contains("1 error"),
            "{}",
            outcome.err
        );
    }
    let outcome = command("secspan-collector --config warned.yaml");
    assert!(
        outcome.started.is_some() && outcome.err.contains("1 warning"),
        "{}",
        outcome.err
    );
}

#[test]
fn validate_says_which_files_are_sound() {
    let outcome = command("secspan-collector validate sound.yaml bad.yaml gone.yaml warned.yaml");
    assert_eq!(outcome.exit, Exit::Usage);
    insta::assert_snapshot!(format!("{}---\n{}", outcome.out, outcome.err), @r"
    sound.yaml: valid
    warned.yaml: valid
    ---
    bad.yaml:10:1: error: foo: unknown key
      given    foo
      allowed  connectors, exporters, extensions, processors, receivers, service

    1 error
    gone.yaml: error: cannot read the file: it does not exist

    1 error
    warned.yaml:4:13: warning: exporters.debug: defined but not used
      hint     add it to the exporters of a pipeline, or remove it

    1 warning
    ");
    let outcome = command("secspan-collector validate --config sound.yaml --config data.yaml");
    assert_eq!(outcome.out, "sound.yaml + data.yaml: valid\n");
    assert_eq!(outcome.exit, Exit::Success);
}

#[test]
fn validate_speaks_json() {
    let outcome = command("secspan-collector validate --format json sound.yaml bad.yaml gone.yaml");
    assert_eq!((outcome.exit, outcome.err.as_str()), (Exit::Usage, ""));
    insta::assert_snapshot!(outcome.out, @r#"
    [
      {
        "allowed": "connectors, exporters, extensions, processors, receivers, service",
        "column": 1,
        "given": "foo",
        "line": 10,
        "message": "unknown key",
        "path": "foo",
        "severity": "error",
        "source": "bad.yaml"
      },
      {
        "message": "cannot read the file: it does not exist",
        "path": "",
        "severity": "error",
        "source": "gone.yaml"
      }
    ]
    "#);
    let outcome = command("secspan-collector validate --format json sound.yaml");
    assert_eq!(
        (outcome.exit, outcome.out.as_str()),
        (Exit::Success, "[]\n")
    );
}

#[test]
fn print_config_shows_what_was_written_or_what_is_in_force() {
    let line = "secspan-collector --config sound.yaml --config data.yaml print-config";
    let written = command(line).out;
    let resolved = command(&format!("{line} --resolved")).out;
    insta::assert_snapshot!(format!("{written}---\n{resolved}"), @r#"
    receivers:
      otlp:
    connectors:
      workflow:
    exporters:
      jsonl:
        key: "****"
        directory: ${env:DATA}
    service:
      pipelines:
        traces:
          receivers: [otlp]
          exporters: [workflow]
        logs:
          receivers: [workflow]
          exporters: [jsonl]
    ---
    receivers:
      otlp:
    connectors:
      workflow:
    exporters:
      jsonl:
        key: "****"
        directory: /data
    service:
      pipelines:
        traces:
          receivers: [otlp]
          exporters: [workflow]
        logs:
          receivers: [workflow]
          exporters: [jsonl]
      telemetry:
        logs:
          level: info
          encoding: console
          output_paths: [stderr]
      write_ahead_log:
        ack: memory
        max_size: 48MiB
    "#);
}

#[test]
fn what_print_config_prints_can_be_read_again() {
    let printed = command("secspan-collector print-config");
    assert_eq!((printed.exit, printed.err.as_str()), (Exit::Success, ""));
    for key in [
        "receivers:",
        "${env:SECSPAN_DATA_DIR:-./secspan-data}",
        "packs: [enrichment]",
    ] {
        assert!(
            printed.out.contains(key),
            "{key} is missing in\n{}",
            printed.out
        );
    }
}

#[test]
fn components_are_listed() {
    let outcome = command("secspan-collector components");
    assert_eq!(outcome.exit, Exit::Success);
    insta::assert_snapshot!(outcome.out, @r"
    ROLE       NAME          SIGNALS                  DOES
    receiver   otlp          traces, metrics, logs    for tests
    processor  redaction     traces, metrics, logs    for tests
    connector  signalrules   traces, logs -> metrics  for tests
    connector  spanmetrics   traces -> metrics        for tests
    connector  workflow      traces, logs -> logs     for tests
    exporter   debug         traces, metrics, logs    for tests
    exporter   jsonl         logs                     for tests
    exporter   otlp          traces, metrics, logs    for tests
    exporter   otlphttp      traces, metrics, logs    for tests
    exporter   prometheus    metrics                  for tests
    extension  health_check                           for tests
    ");
    let json = command("secspan-collector components --format json").out;
    let list: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(list.as_array().map(Vec::len), Some(11));
    assert_eq!(
        list.pointer("/2/aliases/0").and_then(|own| own.as_str()),
        Some("signal_rules")
    );
}

#[test]
fn completions_are_a_script() {
    let outcome = command("secspan-collector completions bash");
    assert_eq!(outcome.exit, Exit::Success);
    assert!(outcome.out.contains("print-config"), "{}", outcome.out);
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let no_colour = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
    assert_eq!(colour_for(true, &|_| None), Colour::Ansi);
    assert_eq!(colour_for(false, &|_| None), Colour::Plain);
    assert_eq!(colour_for(true, &no_colour), Colour::Plain);
}

#[test]
fn a_file_is_read_no_further_than_it_may_be_long() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = |name: &str| directory.path().join(name).display().to_string();
    let most = crate::config::parse::SOURCE_BYTES_MAX;
    std::fs::write(path("large"), "ä".repeat(most)).expect("written");
    let read = read_file(&path("large")).expect("read");
    assert!(read.len() > most && read.len() < most + 8, "{}", read.len());
    std::fs::write(path("binary"), [0xff, 0xfe]).expect("written");
    let kinds = [path("binary"), path("gone"), path("")]
        .map(|own| read_file(&own).map_err(|error| error.kind()));
    assert_eq!(kinds, [Err(InvalidData), Err(NotFound), Err(IsADirectory)]);
}
