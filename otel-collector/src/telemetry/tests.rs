//! What the collector says about itself is what the registry says of it: names, kinds, labels, units.

use std::collections::BTreeSet;

use super::*;

fn collected(telemetry: &Telemetry) -> Vec<Family> {
    let mut families = Vec::new();
    telemetry.collect(UnixNanos(0), &mut families);
    families
}

/// Something in every account, with a loss of every kind.
fn busy() -> Telemetry {
    let telemetry = Telemetry::default();
    for signal in Signal::ALL {
        telemetry
            .ledger
            .account("otlp/tempo", signal, |account| account.accepted += 10);
        let losses = [Loss::Rejected, Loss::Dropped, Loss::Failed];
        for loss in losses {
            telemetry
                .ledger
                .lost("otlp/tempo", signal, loss, "reason", 1);
        }
        telemetry
            .ledger
            .reception("otlp", signal, |reception| reception.accepted += 1);
    }
    telemetry.acknowledged(Duration::from_millis(1));
    telemetry
}

#[test]
fn every_own_metric_has_the_labels_and_the_kind_of_the_registry() {
    for family in collected(&busy()) {
        let known = find_metric(&family.name).unwrap_or_else(|| panic!("{}", family.name));
        let kind = match family.kind {
            Kind::Counter => secspan_semconv::Instrument::Counter,
            Kind::Histogram => secspan_semconv::Instrument::Histogram,
            Kind::Gauge => secspan_semconv::Instrument::Gauge,
        };
        assert_eq!(known.instrument, kind, "{}", family.name);
        for point in &family.points {
            let names: BTreeSet<&str> = point.labels.iter().map(|label| &*label.name).collect();
            let registered: BTreeSet<&str> = known.labels.iter().copied().collect();
            assert_eq!(names, registered, "{}", family.name);
        }
    }
}

#[test]
fn no_series_of_an_own_metric_appears_twice() {
    for family in collected(&busy()) {
        let mut seen = BTreeSet::new();
        for point in &family.points {
            let labels: Vec<(String, String)> = point
                .labels
                .iter()
                .map(|label| (label.name.to_string(), label.value.to_string()))
                .collect();
            assert!(seen.insert(labels.clone()), "{}{labels:?}", family.name);
        }
    }
}

#[test]
fn a_destination_of_several_signals_has_one_account_that_adds_up() {
    let families = collected(&busy());
    let ledger = families
        .iter()
        .find(|family| &*family.name == metric::SECOPS_LEDGER_SPANS)
        .unwrap();
    let value = |state: &str| -> f64 {
        let points = ledger.points.iter().filter(|point| {
            let mut labels = point.labels.iter();
            labels.any(|label| &*label.name == "state" && &*label.value == state)
        });
        let values = points.map(|point| match point.value {
            PointValue::Gauge(value) => value,
            _ => panic!("a gauge"),
        });
        values.sum()
    };
    let accepted = value("accepted");
    assert!((accepted - 30.0).abs() < 0.1, "{accepted}");
    let states = ["exported", "queued", "rejected", "dropped", "failed"];
    let elsewhere: f64 = states.into_iter().map(value).sum();
    assert!((accepted - elsewhere).abs() < 0.1, "{elsewhere}");
}

#[test]
fn what_is_measured_in_bytes_is_registered_in_bytes() {
    let units = [
        (metric::OTELCOL_EXPORTER_QUEUE_CAPACITY, "By"),
        (metric::OTELCOL_EXPORTER_QUEUE_SIZE, "By"),
        (metric::SECOPS_WAL_BYTES, "By"),
        (metric::OTELCOL_PROCESS_MEMORY_RSS, "By"),
        (metric::OTELCOL_PROCESS_UPTIME, "s"),
        (metric::SECOPS_LEDGER_SPANS, "{item}"),
    ];
    for (name, unit) in units {
        assert_eq!(
            find_metric(name).map(|known| known.unit),
            Some(unit),
            "{name}"
        );
        assert!(!help(name).to_lowercase().contains("batches"), "{name}");
    }
}
