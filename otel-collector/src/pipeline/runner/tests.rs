//! A destination that fails, recovers, rejects or is too small, under a paused clock.

use std::collections::VecDeque;

use bytes::Bytes;
use secspan_transport::Backoff;

use super::*;
use crate::batch::Payload;
use crate::component::{BoxFuture, OnFull};
use crate::ledger::Account;
use crate::log::memory::{MemoryLog, Subscriber};
use crate::log::{DestinationId, Log, Route};
use crate::telemetry::Telemetry;

/// Answers attempts from a list, then always succeeds; keeps what it took.
#[derive(Debug, Default)]
struct Scripted {
    answers: Mutex<VecDeque<Result<Delivered, ExportError>>>,
    taken: Mutex<Vec<u64>>,
}

impl Exporter for Scripted {
    fn export<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Delivered, ExportError>> {
        let answer = self
            .answers
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or_else(|| Ok(Delivered::default()));
        if answer.is_ok() {
            self.taken.lock().unwrap().push(batch.items());
        }
        Box::pin(std::future::ready(answer))
    }
}

struct Fixture {
    exporter: Arc<Scripted>,
    log: MemoryLog,
    route: Route,
    context: Context,
    runner: Runner,
}

fn fixture(answers: Vec<Result<Delivered, ExportError>>) -> Fixture {
    let exporter = Arc::new(Scripted {
        answers: Mutex::new(answers.into()),
        ..Scripted::default()
    });
    let subscriber = Subscriber {
        name: "otlp/tempo".to_owned(),
        on_full: OnFull::DropOldest,
        on_drop: Arc::new(|_| {}),
    };
    let log = MemoryLog::new(1 << 20, vec![subscriber]);
    let id = DestinationId::new(0).unwrap();
    let context = Context::new(Arc::new(Telemetry::default()));
    let settings = DestinationSettings {
        consumers: 4,
        on_full: OnFull::DropOldest,
        retry: Backoff::default(),
    };
    let exporter_part: Arc<dyn Exporter> = Arc::<Scripted>::clone(&exporter);
    let cursor = log.cursor(id);
    let runner = Runner::start(
        "otlp/tempo".to_owned(),
        exporter_part,
        cursor,
        settings,
        context.clone(),
    );
    Fixture {
        exporter,
        log,
        route: Route::default().with(id),
        context,
        runner,
    }
}

impl Fixture {
    async fn append(&self, items: u64) {
        let batch = Batch::Traces(Payload {
            bytes: Bytes::from_static(b"x"),
            items,
        });
        self.context
            .ledger()
            .account("otlp/tempo", Signal::Traces, |account| {
                account.accepted += items;
            });
        self.log.append(self.route, batch).await.unwrap();
    }

    async fn finish(self) -> (Vec<u64>, Account) {
        self.log.close();
        self.runner.drain(Duration::from_mins(10)).await;
        let account = self
            .context
            .ledger()
            .accounts()
            .remove(&("otlp/tempo".to_owned(), Signal::Traces));
        let taken = self.exporter.taken.lock().unwrap().clone();
        (taken, account.unwrap())
    }
}

fn retry(reason: &str) -> Result<Delivered, ExportError> {
    Err(ExportError::Retry {
        after: None,
        reason: reason.to_owned(),
    })
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_comes_back_gets_everything() {
    let fixture = fixture(vec![retry("refused"), retry("refused"), retry("refused")]);
    for items in [1, 2, 3, 4] {
        fixture.append(items).await;
    }
    let (taken, account) = fixture.finish().await;
    // What waited together may have gone out together.
    assert_eq!(taken.iter().sum::<u64>(), 10, "{taken:?}");
    assert_eq!(
        (account.accepted, account.exported, account.queued()),
        (10, 10, 0)
    );
    assert!(account.retried >= 3, "{account:?}");
}

#[tokio::test(start_paused = true)]
async fn a_permanent_failure_does_not_block_the_rest() {
    let refused = Err(ExportError::Permanent {
        reason: "401".to_owned(),
    });
    let fixture = fixture(vec![refused]);
    fixture.append(5).await;
    tokio::task::yield_now().await;
    fixture.append(7).await;
    let (_, account) = fixture.finish().await;
    assert_eq!(
        account.exported + account.lost[&(Loss::Failed, "permanent")],
        12
    );
    assert_eq!(account.queued(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_the_destination_rejects_is_not_counted_as_exported() {
    let partial = Ok(Delivered {
        rejected: 2,
        message: "bad ids".to_owned(),
        reported: false,
    });
    let fixture = fixture(vec![partial]);
    fixture.append(10).await;
    let (_, account) = fixture.finish().await;
    assert_eq!(account.exported, 8);
    assert_eq!(account.lost[&(Loss::Rejected, "destination")], 2);
}

#[tokio::test(start_paused = true)]
async fn a_dead_destination_leaves_its_batches() {
    let fixture = fixture((0..1_000).map(|_| retry("refused")).collect());
    fixture.append(10).await;
    fixture.log.close();
    let left = fixture.runner.drain(Duration::from_secs(12)).await;
    assert_eq!(left.iter().map(Batch::items).collect::<Vec<_>>(), [10]);
}
