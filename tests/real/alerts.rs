//! The alerts: their unit tests run by promtool, their routes by amtool, and one of them raised by a real collector in a real
//! Prometheus.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use secspan_tests::collector::Collector;
use secspan_tests::facts::Review;
use secspan_tests::poll;
use secspan_tests::stack::{Prometheus, tool};
use serde_json::json;

use crate::send_spans;

/// Reviews that are too few for the alert on the critical rate, even where `increase` adds a part for the time at the ends.
const REVIEWS_TOO_FEW: u64 = 12;

/// Reviews that are enough for it.
const REVIEWS_ENOUGH: u64 = 20;

fn grafana() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../grafana")
}

/// Runs promtool in `grafana/`; what it said.
fn promtool(arguments: &[&str]) -> String {
    run("PROMTOOL_BIN", arguments)
}

/// Runs the tool that a variable names in `grafana/`; what it said.
fn run(variable: &str, arguments: &[&str]) -> String {
    let done = Command::new(tool(variable).unwrap())
        .args(arguments)
        .current_dir(grafana())
        .output()
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(done.status.success(), "{variable} {arguments:?}: {said}");
    said
}

#[test]
fn the_rules_and_the_configuration_that_loads_them_are_valid() {
    let said = promtool(&[
        "check",
        "rules",
        "--lint=all",
        "--lint-fatal",
        "alerts/enrichment.yaml",
    ]);
    assert!(said.contains("SUCCESS"), "{said}");
    let said = promtool(&[
        "check",
        "config",
        "--lint=all",
        "prometheus/prometheus.yaml",
    ]);
    assert!(said.contains("1 rule files found"), "{said}");
}

#[test]
fn every_alert_fires_stays_silent_and_resolves_as_its_tests_say() {
    promtool(&["test", "rules", "alerts/enrichment.test.yaml"]);
    let rules = fs::read_to_string(grafana().join("alerts/enrichment.yaml")).unwrap();
    let tests = fs::read_to_string(grafana().join("alerts/enrichment.test.yaml")).unwrap();
    let names = rules.lines().map(str::trim);
    for alert in names.filter_map(|line| line.strip_prefix("- alert: ")) {
        let name = format!("alertname: {alert}\n");
        let cases: Vec<&str> = tests.split(&name).skip(1).collect();
        let is_silent = |case: &&&str| case.lines().nth(1).is_some_and(|line| line.contains("[]"));
        let silent = cases.iter().filter(is_silent).count();
        assert!(
            silent > 1,
            "{alert}: no test of silence, or none of resolving"
        );
        assert!(silent < cases.len(), "{alert}: no test of firing");
    }
}

#[test]
fn every_alert_has_somebody_who_is_told() {
    let config = "--config.file=alertmanager/alertmanager.yaml";
    let said = run(
        "AMTOOL_BIN",
        &["check-config", "alertmanager/alertmanager.yaml"],
    );
    assert!(
        said.contains("2 receivers") && said.contains("1 inhibit rules"),
        "{said}"
    );
    for (severity, receiver) in [("critical", "urgent"), ("warning", "desk")] {
        let labels = format!("severity={severity}");
        let verify = format!("--verify.receivers={receiver}");
        run(
            "AMTOOL_BIN",
            &[
                "config",
                "routes",
                "test",
                config,
                &verify,
                "area=enrichment",
                &labels,
            ],
        );
    }
    let rules = fs::read_to_string(grafana().join("alerts/enrichment.yaml")).unwrap();
    let lines = rules.lines().map(str::trim);
    for severity in lines.filter_map(|line| line.strip_prefix("severity: ")) {
        assert!(
            ["critical", "warning"].contains(&severity),
            "{severity} has no route"
        );
    }
}

/// The rules as they are, but evaluated every second; with `firing` an alert fires as soon as it was pending for two.
fn rules(directory: &Path, firing: bool) -> PathBuf {
    let mut text = fs::read_to_string(grafana().join("alerts/enrichment.yaml")).unwrap();
    for interval in ["1m", "5m"] {
        text = text.replace(&format!("    interval: {interval}\n"), "    interval: 1s\n");
    }
    if firing {
        text = text.replace("        for: 30m\n", "        for: 2s\n");
    }
    let path = directory.join(format!("rules-{firing}.yaml"));
    fs::write(&path, text).unwrap();
    path
}

/// Waits until the only alert of `prometheus` is that on the critical rate, in this state, with all reviews counted.
fn wait_for_alert(prometheus: &Prometheus, state: &str) {
    let found = poll::until(state, Duration::from_secs(40), || {
        let alerts = prometheus.alerts().ok()?;
        let summary = alerts.first()?["annotations"]["summary"].as_str()?;
        let found = alerts.len() == 1
            && alerts[0]["labels"]["alertname"] == "ReviewCriticalRateHigh"
            && alerts[0]["state"] == state
            && summary.starts_with("25% of the reviews of the last 7 days");
        found.then_some(())
    });
    found.unwrap_or_else(|error| panic!("{error}: {:?}", prometheus.alerts()));
}

#[test]
fn bad_reviews_raise_the_alert_on_the_critical_rate() {
    let collector = Collector::start(&[]).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let start = |firing| {
        let rules = rules(directory.path(), firing);
        Prometheus::start_with_rules(collector.metrics, Some(&rules)).unwrap()
    };
    let (patient, quick) = (start(false), start(true));
    let reviews = "sum(secops_reviews_total)";
    for prometheus in [&patient, &quick] {
        prometheus.wait_for(reviews, 0.0).unwrap();
        // Between two samples alone `increase` may double what it saw.
        let seen = "count_over_time(secops_review_score_count[5m]) > bool 7";
        prometheus.wait_for(seen, 1.0).unwrap();
    }
    // Every fourth has a critical issue. The score stays good: no other alert is due.
    let send = |number: u64| {
        let critical = json!(u64::from(number.is_multiple_of(4)));
        let review = Review::new(number).with("secops.review.finding.critical.count", critical);
        send_spans(&collector, &review.spans());
    };
    (1..=REVIEWS_TOO_FEW).for_each(send);
    for prometheus in [&patient, &quick] {
        prometheus
            .wait_for(reviews, REVIEWS_TOO_FEW as f64)
            .unwrap();
        let high = "secops:review_critical:ratio7d > bool 0.15";
        prometheus.wait_for(high, 1.0).unwrap();
        let alerts = prometheus.alerts().unwrap();
        assert!(alerts.is_empty(), "too few reviews: {alerts:?}");
    }
    (REVIEWS_TOO_FEW + 1..=REVIEWS_ENOUGH).for_each(send);
    wait_for_alert(&patient, "pending");
    wait_for_alert(&quick, "firing");
}
