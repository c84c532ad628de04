//! Every configuration that is shipped is sound, and so is the embedded default.

use secspan_collector::cli::Exit;
use secspan_collector::config::{Layer, Report, embedded, load};
use secspan_collector::{clock, components};

use crate::support::{
    Outcome, command, directory, exchange, free_addresses, page, points, post, read, start,
    yaml_files,
};

fn assert_sound(outcome: &Outcome, what: &str) {
    assert_eq!(
        (outcome.exit, outcome.err.as_str()),
        (Exit::Success, ""),
        "{what}"
    );
}

/// What upstream has and this collector does not need is accepted with a warning.
const FROM_UPSTREAM: &str = "from-upstream.yaml";

#[test]
fn a_file_from_upstream_is_accepted_and_says_what_takes_the_place_of_what() {
    let outcome = command(&directory("configs"), &[], &["validate", FROM_UPSTREAM]);
    assert_eq!(outcome.exit, Exit::Success, "{}", outcome.err);
    insta::assert_snapshot!(outcome.err, @r"
    from-upstream.yaml:15:19: warning: processors.memory_limiter: has no effect here
      hint     limits are built in, see max_in_flight_bytes of the otlp receiver and service.write_ahead_log.max_size; remove it
    from-upstream.yaml:16:10: warning: processors.batch: has no effect here
      hint     batches are formed per destination; remove it
    from-upstream.yaml:33:22: warning: exporters.otlp/tempo.sending_queue.enabled: has no effect here
      hint     every destination reads from the collector's log, which has its own limits
    from-upstream.yaml:33:55: warning: exporters.otlp/tempo.sending_queue.queue_size: has no effect here
      hint     every destination reads from the collector's log, which has its own limits
    from-upstream.yaml:33:73: warning: exporters.otlp/tempo.sending_queue.sizer: has no effect here
      hint     every destination reads from the collector's log, which has its own limits
    from-upstream.yaml:35:7: warning: exporters.otlp/tempo.retry_on_failure.enabled: has no effect here
      hint     what may be retried is retried
    from-upstream.yaml:40:7: warning: exporters.otlp/tempo.retry_on_failure.max_elapsed_time: has no effect here
      hint     batches are retried until the log is full; time alone never discards data

    7 warnings
    ");
}

#[test]
fn shipped_configurations_are_sound() {
    let configs = directory("configs");
    let files = yaml_files(&configs);
    assert_eq!(
        files,
        [
            "from-upstream.yaml",
            "gateway-tls.yaml",
            "minimal.yaml",
            "reference.yaml",
            "with-tempo.yaml"
        ]
    );
    for file in files.iter().filter(|file| *file != FROM_UPSTREAM) {
        let outcome = command(&configs, &[("SECSPAN_TOKEN", "t0ken")], &["validate", file]);
        assert_sound(&outcome, file);
        assert_eq!(outcome.out, format!("{file}: valid\n"));
    }
}

#[test]
fn the_embedded_default_is_sound_wherever_tempo_is() {
    for endpoint in [
        "",
        "tempo:4317",
        "http://tempo:4317",
        "https://tempo:4317",
        "tempo:4318",
        "http://tempo:4318",
        "https://tempo.example.org/v1/traces",
    ] {
        let environment = [("SECSPAN_TEMPO_ENDPOINT", endpoint)];
        let outcome = command(&directory("."), &environment, &["validate"]);
        assert_sound(&outcome, endpoint);
    }
}

#[test]
fn a_bad_tempo_endpoint_is_named() {
    let environment = [("SECSPAN_TEMPO_ENDPOINT", "tempo")];
    let outcome = command(&directory("."), &environment, &["validate"]);
    assert_eq!(outcome.exit, Exit::Usage);
    assert!(
        outcome.err.contains("${env:SECSPAN_TEMPO_ENDPOINT}"),
        "{}",
        outcome.err
    );
}

#[test]
fn a_printed_configuration_is_a_configuration() {
    let scratch = tempfile::tempdir().expect("a directory");
    for resolved in [&[][..], &["--resolved"]] {
        let arguments = [&["print-config"], resolved].concat();
        let printed = command(scratch.path(), &[], &arguments);
        assert_sound(&printed, "print-config");
        std::fs::write(scratch.path().join("printed.yaml"), &printed.out).expect("written");
        let again = command(scratch.path(), &[], &["validate", "printed.yaml"]);
        assert_sound(&again, &printed.out);
        let arguments = [&["--config", "printed.yaml", "print-config"], resolved].concat();
        assert_eq!(command(scratch.path(), &[], &arguments).out, printed.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_from_upstream_starts_as_it_stands() {
    let [grpc, http, tempo, scrape, health] = free_addresses();
    let path = directory("configs").join(FROM_UPSTREAM);
    let mut yaml = std::fs::read_to_string(path).expect("the file");
    for (port, address) in [
        (4317, grpc),
        (4318, http),
        (14317, tempo),
        (8889, scrape),
        (13133, health),
    ] {
        yaml = yaml.replace(&format!("127.0.0.1:{port}"), &address.to_string());
    }
    let (collector, _) = start(&yaml, &read(&yaml).expect("no errors")).await;
    post(http, "metrics", points(clock::now())).await;
    assert!(page(scrape).await.contains("edge_points 1"));
    let preflight = format!(
        "OPTIONS /v1/traces HTTP/1.1\r\nhost: {http}\r\nconnection: close\r\n\
         origin: https://app.example.org\r\naccess-control-request-method: POST\r\n\r\n"
    );
    let answer = exchange(http, preflight.into_bytes()).await;
    let allowed = "access-control-allow-origin: https://app.example.org";
    assert!(
        answer.starts_with("HTTP/1.1 204") && answer.contains(allowed),
        "{answer}"
    );
    // Its destination is not there: what was sent to it is not delivered, and said so.
    collector.suspend().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_default_serves_received_metrics_beside_derived_ones() {
    let [grpc, http, scrape, health] = free_addresses();
    let scratch = tempfile::tempdir().expect("a directory");
    let data = scratch.path().display();
    let mut layers = embedded::layers(&|_| None);
    layers.extend(
        [
            format!("receivers.otlp.protocols.grpc.endpoint={grpc}"),
            format!("receivers.otlp.protocols.http.endpoint={http}"),
            format!("exporters.prometheus.endpoint={scrape}"),
            format!("extensions.health_check.endpoint={health}"),
            format!("exporters.jsonl.directory={data}"),
        ]
        .map(Layer::Set),
    );
    let report = Report::new();
    let loaded = load(&layers, &|_| None, &components::inventory(), &report).expect("YAML");
    assert!(!report.has_errors(), "{:?}", report.problems());
    let (collector, _) = start("the embedded default", &loaded).await;
    post(http, "metrics", points(clock::now())).await;
    let shown = page(scrape).await;
    assert!(shown.contains("edge_points 1"), "{shown}");
    assert!(shown.contains("secops_late_spans_total"), "{shown}");
    assert_eq!(collector.stop().await, 0);
}
