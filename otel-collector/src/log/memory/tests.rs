//! What every log must do, shown on the one in memory.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use super::*;
use crate::batch::Payload;

const BATCH_BYTES: usize = 1_000;

fn batch(items: u64) -> Batch {
    Batch::Traces(Payload {
        bytes: Bytes::from(vec![0; BATCH_BYTES]),
        items,
    })
}

fn subscriber(name: &str, on_full: OnFull, dropped: &Arc<AtomicU64>) -> Subscriber {
    let dropped = Arc::clone(dropped);
    let on_drop = Arc::new(move |batch: &Batch| {
        dropped.fetch_add(batch.items(), Ordering::Relaxed);
    });
    Subscriber {
        name: name.to_owned(),
        on_full,
        on_drop,
    }
}

struct Fixture {
    log: MemoryLog,
    both: Route,
    first: Arc<dyn Cursor>,
    second: Arc<dyn Cursor>,
    dropped: Arc<AtomicU64>,
}

fn fixture(batches: usize, first: OnFull, second: OnFull) -> Fixture {
    let dropped = Arc::new(AtomicU64::new(0));
    let capacity = batches * (BATCH_BYTES + ENTRY_OVERHEAD_BYTES);
    let subscribers = vec![
        subscriber("a", first, &dropped),
        subscriber("b", second, &dropped),
    ];
    let log = MemoryLog::new(capacity, subscribers);
    let ids = [0, 1].map(|number| DestinationId::new(number).unwrap());
    let both = Route::default().with(ids[0]).with(ids[1]);
    let (first, second) = (log.cursor(ids[0]), log.cursor(ids[1]));
    Fixture {
        log,
        both,
        first,
        second,
        dropped,
    }
}

async fn items(cursor: &Arc<dyn Cursor>) -> u64 {
    let entry = cursor.next().await.unwrap();
    cursor.done(entry.sequence);
    entry.batch.items()
}

#[tokio::test]
async fn a_slow_destination_does_not_delay_another() {
    let fixture = fixture(10, OnFull::DropOldest, OnFull::DropOldest);
    for n in 1..=3 {
        fixture.log.append(fixture.both, batch(n)).await.unwrap();
    }
    for n in 1..=3 {
        assert_eq!(items(&fixture.first).await, n);
    }
    assert_eq!(fixture.second.backlog().items, 6);
    assert_eq!(fixture.first.backlog(), Backlog::default());
}

#[tokio::test]
async fn the_log_is_empty_when_all_are_done() {
    let fixture = fixture(10, OnFull::DropOldest, OnFull::DropOldest);
    for n in 1..=3 {
        fixture.log.append(fixture.both, batch(n)).await.unwrap();
    }
    for _ in 1..=3 {
        items(&fixture.first).await;
        items(&fixture.second).await;
    }
    assert_eq!(fixture.log.bytes(), 0);
}

#[tokio::test]
async fn a_full_log_drops_the_oldest_of_who_may_lose_it() {
    let fixture = fixture(2, OnFull::DropOldest, OnFull::DropOldest);
    for n in 1..=3 {
        fixture.log.append(fixture.both, batch(n)).await.unwrap();
    }
    // Both lost batch 1.
    assert_eq!(fixture.dropped.load(Ordering::Relaxed), 2);
    assert_eq!(items(&fixture.first).await, 2);
    assert_eq!(items(&fixture.second).await, 2);
}

#[tokio::test]
async fn a_full_log_refuses_when_a_holder_must_not_lose() {
    let fixture = fixture(2, OnFull::Refuse, OnFull::DropOldest);
    for n in 1..=2 {
        fixture.log.append(fixture.both, batch(n)).await.unwrap();
    }
    let refused = fixture
        .log
        .append(fixture.both, batch(3))
        .await
        .unwrap_err();
    let expected = AppendError::Full {
        destination: "a".to_owned(),
        retry_after: RETRY_AFTER_FULL,
    };
    assert_eq!(refused, expected);
    items(&fixture.first).await;
    // Now only the destination that may lose holds batch 1.
    fixture.log.append(fixture.both, batch(3)).await.unwrap();
    assert_eq!(fixture.dropped.load(Ordering::Relaxed), 1);
    assert_eq!(items(&fixture.first).await, 2);
}

#[tokio::test]
async fn a_batch_in_hand_is_not_dropped() {
    let fixture = fixture(1, OnFull::DropOldest, OnFull::DropOldest);
    let only_first = Route::default().with(DestinationId::new(0).unwrap());
    fixture.log.append(only_first, batch(1)).await.unwrap();
    let entry = fixture.first.next().await.unwrap();
    assert!(fixture.log.append(only_first, batch(2)).await.is_err());
    fixture.first.done(entry.sequence);
    fixture.log.append(only_first, batch(2)).await.unwrap();
}

#[tokio::test]
async fn a_retried_batch_comes_first_again() {
    let fixture = fixture(10, OnFull::DropOldest, OnFull::DropOldest);
    for n in 1..=2 {
        fixture.log.append(fixture.both, batch(n)).await.unwrap();
    }
    let entry = fixture.first.next().await.unwrap();
    fixture.first.retry(entry.sequence);
    assert_eq!(items(&fixture.first).await, 1);
    assert_eq!(items(&fixture.first).await, 2);
}

#[tokio::test]
async fn a_closed_log_is_read_to_its_end() {
    let fixture = fixture(10, OnFull::DropOldest, OnFull::DropOldest);
    fixture.log.append(fixture.both, batch(7)).await.unwrap();
    fixture.log.close();
    assert_eq!(
        fixture.log.append(fixture.both, batch(8)).await,
        Err(AppendError::Closed)
    );
    assert_eq!(items(&fixture.first).await, 7);
    assert!(fixture.first.next().await.is_none());
}

#[tokio::test]
async fn a_reader_that_waits_sees_the_close() {
    let fixture = fixture(10, OnFull::DropOldest, OnFull::DropOldest);
    let cursor = Arc::clone(&fixture.first);
    let reader = tokio::spawn(async move { cursor.next().await.is_none() });
    tokio::task::yield_now().await;
    fixture.log.close();
    assert!(reader.await.unwrap());
}

#[tokio::test]
async fn what_is_abandoned_is_told() {
    let fixture = fixture(10, OnFull::DropOldest, OnFull::DropOldest);
    for n in 1..=3 {
        fixture.log.append(fixture.both, batch(n)).await.unwrap();
    }
    let in_hand = fixture.first.next().await.unwrap();
    let given_up: Vec<u64> = fixture.first.abandon().iter().map(Batch::items).collect();
    assert_eq!(given_up, [2, 3, 1]);
    fixture.first.done(in_hand.sequence);
    assert_eq!(fixture.first.backlog(), Backlog::default());
    assert_eq!(fixture.second.backlog().items, 6);
}

#[tokio::test]
async fn a_batch_larger_than_the_log_is_refused_for_good() {
    let fixture = fixture(1, OnFull::DropOldest, OnFull::DropOldest);
    let large = Batch::Traces(Payload {
        bytes: Bytes::from(vec![0; 5_000]),
        items: 1,
    });
    let refused = fixture.log.append(fixture.both, large).await.unwrap_err();
    assert!(matches!(
        refused,
        AppendError::TooLarge {
            bytes: 5_128,
            capacity: 1_128
        }
    ));
}

#[tokio::test]
async fn several_batches_are_kept_together_or_not_at_all() {
    let fixture = fixture(3, OnFull::Refuse, OnFull::Refuse);
    let only = |cursor: usize| Route::default().with(DestinationId::new(cursor).unwrap());
    let pair = || vec![(only(0), batch(1)), (only(1), batch(2))];
    fixture.log.append_all(pair()).await.unwrap();
    let full = fixture.log.append_all(pair()).await;
    assert!(matches!(full, Err(AppendError::Full { .. })), "{full:?}");
    assert_eq!(fixture.first.backlog().items, 1);
    assert_eq!(fixture.second.backlog().items, 2);
    fixture.log.append(only(0), batch(3)).await.unwrap();
    assert_eq!(fixture.first.backlog().items, 4);
}
