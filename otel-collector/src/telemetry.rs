//! The collector's own metrics: the ledger, queues, process, under the names that operators' dashboards know.
//!
//! Nothing is counted here; a snapshot is made of what the ledger, the log and the operating system know when somebody
//! asks. Names without `_total` are upstream's own spelling of its counters, so they are served in the text format only,
//! which allows it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use secspan_metrics::family::{Family, Kind, Label, Labels, Point, PointValue};
use secspan_metrics::histogram::Bounds;
use secspan_metrics::reader::{Reader, Readers};
use secspan_metrics::store::{HistogramHandle, Instrument, Store};
use secspan_otlp::time::UnixNanos;
use secspan_semconv::{find_metric, metric};

use crate::batch::Signal;
use crate::clock;
use crate::ledger::{Account, Ledger, Loss, Processing, Reception};
use crate::log::{Cursor, Log};

mod process;

/// Everything that the collector says about itself in numbers.
#[derive(Debug)]
pub struct Telemetry {
    /// The accounts of receivers and destinations.
    pub ledger: Ledger,
    /// Metrics about domain records that components count themselves; served with the derived metrics.
    pub derived: Store,
    own: Store,
    readers: Mutex<Readers>,
    ack: OnceLock<HistogramHandle>,
    started: Instant,
    watched: Mutex<Watched>,
}

/// The log of the configuration that runs now, and its destinations.
#[derive(Debug, Default)]
struct Watched {
    log: Option<Arc<dyn Log>>,
    destinations: Vec<(String, Arc<dyn Cursor>)>,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            ledger: Ledger::default(),
            derived: Store::new(),
            own: Store::new(),
            readers: Mutex::default(),
            ack: OnceLock::new(),
            started: clock::instant(),
            watched: Mutex::default(),
        }
    }
}

impl Telemetry {
    /// The log to report on from now on; the destinations of an earlier one are forgotten.
    pub fn watch_log(&self, log: Arc<dyn Log>) {
        *self.watched() = Watched {
            log: Some(log),
            destinations: Vec::new(),
        };
    }

    /// A destination to report on.
    pub fn watch_destination(&self, name: &str, cursor: Arc<dyn Cursor>) {
        self.watched().destinations.push((name.to_owned(), cursor));
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The reader of derived metrics with this name: each is shown a new series at 0 once.
    pub fn reader(&self, name: &str, now: UnixNanos) -> Reader {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.reader(name, now)
    }

    /// How long a client waited for its answer.
    pub fn acknowledged(&self, waited: Duration) {
        let histogram = self.ack.get_or_init(|| {
            let name = metric::SECOPS_ACK_DURATION_SECONDS;
            let what = Instrument::new(name, help(name)).unit("seconds");
            let buckets = find_metric(name).map_or(&[][..], |known| known.buckets);
            let bounds = Bounds::new(buckets).unwrap_or_else(|_| Bounds::none());
            self.own.histogram(&what, &[("level", "memory")], &bounds)
        });
        histogram.observe(waited.as_secs_f64(), None);
    }

    /// A snapshot of all families.
    pub fn collect(&self, now: UnixNanos, out: &mut Vec<Family>) {
        self.receivers(out);
        self.processors(out);
        self.exporters(out);
        self.ledger_families(out);
        self.queues(out);
        self.process(out);
        self.own.collect(now, out);
    }

    fn receivers(&self, out: &mut Vec<Family>) {
        let receptions = self.ledger.receptions();
        for signal in Signal::ALL {
            let names = ReceiverNames::of(signal);
            let of_signal = || receptions.iter().filter(move |((_, of), _)| *of == signal);
            let family = |name, value: fn(&Reception) -> u64| {
                let points = of_signal()
                    .map(|((receiver, _), reception)| {
                        counter(labels([("receiver", receiver)]), value(reception))
                    })
                    .collect();
                family(name, Kind::Counter, points)
            };
            out.push(family(names.accepted, |reception| reception.accepted));
            out.push(family(names.refused, |reception| {
                reception.refused + reception.rejected_requests.values().sum::<u64>()
            }));
            out.push(family(names.failed, |reception| reception.failed));
        }
    }

    fn processors(&self, out: &mut Vec<Family>) {
        let processings = self.ledger.processings();
        let mut add = |name, value: fn(&Processing) -> u64| {
            let points = processings.iter().map(|((processor, signal), processing)| {
                let labels = labels([("processor", processor), ("otel_signal", signal.name())]);
                counter(labels, value(processing))
            });
            out.push(family(name, Kind::Counter, points.collect()));
        };
        add(metric::OTELCOL_PROCESSOR_INCOMING_ITEMS, |own| own.incoming);
        add(metric::OTELCOL_PROCESSOR_OUTGOING_ITEMS, |own| own.outgoing);
    }

    fn exporters(&self, out: &mut Vec<Family>) {
        let accounts = self.ledger.accounts();
        for signal in Signal::ALL {
            let names = ExporterNames::of(signal);
            let of_signal = || accounts.iter().filter(move |((_, of), _)| *of == signal);
            let family = |name, value: fn(&Account) -> u64| {
                let points = of_signal()
                    .map(|((exporter, _), account)| {
                        counter(labels([("exporter", exporter)]), value(account))
                    })
                    .collect();
                family(name, Kind::Counter, points)
            };
            out.push(family(names.sent, |account| account.exported));
            out.push(family(names.send_failed, |account| {
                lost(account, Loss::Failed) + lost(account, Loss::Rejected)
            }));
            out.push(family(names.enqueue_failed, |account| {
                lost(account, Loss::Dropped)
            }));
        }
    }

    fn ledger_families(&self, out: &mut Vec<Family>) {
        // A destination that takes several signals has one account of them all: the labels do not name the signal.
        let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
        for ((destination, _), account) in self.ledger.accounts() {
            accounts.entry(destination).or_default().add(&account);
        }
        let mut points = Vec::new();
        for (destination, account) in accounts {
            let mut state = |state: &str, reason: &str, items: u64| {
                let labels = labels([
                    ("destination", &destination),
                    ("state", state),
                    ("reason", reason),
                ]);
                points.push(gauge(labels, items as f64));
            };
            state("accepted", "", account.accepted);
            state("exported", "", account.exported);
            state("queued", "", account.queued());
            for ((loss, reason), items) in &account.lost {
                state(loss.name(), reason, *items);
            }
        }
        out.push(family(metric::SECOPS_LEDGER_SPANS, Kind::Gauge, points));
    }

    fn queues(&self, out: &mut Vec<Family>) {
        let watched = self.watched();
        let (bytes, capacity) = watched
            .log
            .as_ref()
            .map_or((0, 0), |log| (log.bytes(), log.capacity()));
        let (mut sizes, mut capacities, mut lags) = (Vec::new(), Vec::new(), Vec::new());
        for (destination, cursor) in &watched.destinations {
            let backlog = cursor.backlog();
            let lag = backlog.age.unwrap_or_default().as_secs_f64();
            let exporter = labels([("exporter", destination)]);
            sizes.push(gauge(Arc::clone(&exporter), backlog.bytes as f64));
            capacities.push(gauge(exporter, capacity as f64));
            lags.push(gauge(labels([("destination", destination)]), lag));
        }
        out.push(family(
            metric::OTELCOL_EXPORTER_QUEUE_CAPACITY,
            Kind::Gauge,
            capacities,
        ));
        out.push(family(
            metric::OTELCOL_EXPORTER_QUEUE_SIZE,
            Kind::Gauge,
            sizes,
        ));
        out.push(family(
            metric::SECOPS_DESTINATION_LAG_SECONDS,
            Kind::Gauge,
            lags,
        ));
        let kept = vec![gauge(labels([]), bytes as f64)];
        out.push(family(metric::SECOPS_WAL_BYTES, Kind::Gauge, kept));
    }

    fn process(&self, out: &mut Vec<Family>) {
        let uptime = self.started.elapsed().as_secs_f64();
        let mut single = |name, kind, value: f64| {
            let value = match kind {
                Kind::Counter => PointValue::Counter {
                    value,
                    exemplar: None,
                },
                _ => PointValue::Gauge(value),
            };
            let point = Point {
                labels: labels([]),
                created: UnixNanos(0),
                value,
            };
            out.push(family(name, kind, vec![point]));
        };
        single(metric::OTELCOL_PROCESS_UPTIME, Kind::Counter, uptime);
        if let Some(bytes) = process::resident_bytes() {
            single(metric::OTELCOL_PROCESS_MEMORY_RSS, Kind::Gauge, bytes);
        }
        if let Some(seconds) = process::cpu_seconds() {
            single(metric::OTELCOL_PROCESS_CPU_SECONDS, Kind::Counter, seconds);
        }
    }
}

struct ReceiverNames {
    accepted: &'static str,
    refused: &'static str,
    failed: &'static str,
}

impl ReceiverNames {
    fn of(signal: Signal) -> Self {
        match signal {
            Signal::Traces => Self {
                accepted: metric::OTELCOL_RECEIVER_ACCEPTED_SPANS,
                refused: metric::OTELCOL_RECEIVER_REFUSED_SPANS,
                failed: metric::OTELCOL_RECEIVER_FAILED_SPANS,
            },
            Signal::Metrics => Self {
                accepted: metric::OTELCOL_RECEIVER_ACCEPTED_METRIC_POINTS,
                refused: metric::OTELCOL_RECEIVER_REFUSED_METRIC_POINTS,
                failed: metric::OTELCOL_RECEIVER_FAILED_METRIC_POINTS,
            },
            Signal::Logs => Self {
                accepted: metric::OTELCOL_RECEIVER_ACCEPTED_LOG_RECORDS,
                refused: metric::OTELCOL_RECEIVER_REFUSED_LOG_RECORDS,
                failed: metric::OTELCOL_RECEIVER_FAILED_LOG_RECORDS,
            },
        }
    }
}

struct ExporterNames {
    sent: &'static str,
    send_failed: &'static str,
    enqueue_failed: &'static str,
}

impl ExporterNames {
    fn of(signal: Signal) -> Self {
        match signal {
            Signal::Traces => Self {
                sent: metric::OTELCOL_EXPORTER_SENT_SPANS,
                send_failed: metric::OTELCOL_EXPORTER_SEND_FAILED_SPANS,
                enqueue_failed: metric::OTELCOL_EXPORTER_ENQUEUE_FAILED_SPANS,
            },
            Signal::Metrics => Self {
                sent: metric::OTELCOL_EXPORTER_SENT_METRIC_POINTS,
                send_failed: metric::OTELCOL_EXPORTER_SEND_FAILED_METRIC_POINTS,
                enqueue_failed: metric::OTELCOL_EXPORTER_ENQUEUE_FAILED_METRIC_POINTS,
            },
            Signal::Logs => Self {
                sent: metric::OTELCOL_EXPORTER_SENT_LOG_RECORDS,
                send_failed: metric::OTELCOL_EXPORTER_SEND_FAILED_LOG_RECORDS,
                enqueue_failed: metric::OTELCOL_EXPORTER_ENQUEUE_FAILED_LOG_RECORDS,
            },
        }
    }
}

fn lost(account: &Account, loss: Loss) -> u64 {
    account
        .lost
        .iter()
        .filter(|((of, _), _)| *of == loss)
        .map(|(_, items)| items)
        .sum()
}

/// The help text of a registered metric.
fn help(name: &str) -> &'static str {
    find_metric(name).map_or("", |known| known.brief)
}

fn family(name: &str, kind: Kind, points: Vec<Point>) -> Family {
    Family {
        name: name.into(),
        help: help(name).into(),
        kind,
        unit: "".into(),
        points,
    }
}

fn labels<const N: usize>(pairs: [(&str, &str); N]) -> Labels {
    pairs
        .iter()
        .map(|(name, value)| Label::new(name, value))
        .collect()
}

fn counter(labels: Labels, value: u64) -> Point {
    let value = PointValue::Counter {
        value: value as f64,
        exemplar: None,
    };
    Point {
        labels,
        created: UnixNanos(0),
        value,
    }
}

fn gauge(labels: Labels, value: f64) -> Point {
    Point {
        labels,
        created: UnixNanos(0),
        value: PointValue::Gauge(value),
    }
}

#[cfg(test)]
mod tests;
