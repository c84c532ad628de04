//! Small batches that wait for the same destination go out together.
//!
//! Requests of a few spans cost a destination as much as requests of a thousand. What waits is joined, never waited for:
//! two export requests in a row, as bytes, are one valid request, so joining is a copy.

use bytes::{Bytes, BytesMut};

use crate::batch::{Batch, Payload};
use crate::log::Entry;

/// Largest joined payload, in bytes: well below the 4 MiB that gRPC servers take by default.
const BYTES_MAX: usize = 1 << 20;

/// Most items in a joined payload: upstream's batch size.
const ITEMS_MAX: u64 = 8_192;

/// Entries in hand that are sent as one.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) entries: Vec<Entry>,
    bytes: usize,
    items: u64,
}

impl Group {
    pub(super) fn new(first: Entry) -> Self {
        let (bytes, items) = (first.batch.bytes(), first.batch.items());
        Self {
            entries: vec![first],
            bytes,
            items,
        }
    }

    /// Whether a batch may go with the others. Records go alone: their exporter knows a batch by its identity.
    pub(super) fn takes(&self, batch: &Batch) -> bool {
        let first = self.entries.first().map(|entry| &entry.batch);
        let same = matches!(
            (first, batch),
            (Some(Batch::Traces(_)), Batch::Traces(_))
                | (Some(Batch::Metrics(_)), Batch::Metrics(_))
                | (Some(Batch::Logs(_)), Batch::Logs(_))
        );
        same && self.bytes + batch.bytes() <= BYTES_MAX && self.items + batch.items() <= ITEMS_MAX
    }

    pub(super) fn add(&mut self, entry: Entry) {
        self.bytes += entry.batch.bytes();
        self.items += entry.batch.items();
        self.entries.push(entry);
    }

    /// All entries as one batch; the only entry's own bytes when there is one.
    pub(super) fn batch(&self) -> Option<Batch> {
        let first = &self.entries.first()?.batch;
        if self.entries.len() == 1 {
            return Some(first.clone());
        }
        let payload = Payload {
            bytes: self.joined(),
            items: self.items,
        };
        Some(match first {
            Batch::Traces(_) => Batch::Traces(payload),
            Batch::Metrics(_) => Batch::Metrics(payload),
            Batch::Logs(_) => Batch::Logs(payload),
            Batch::Records(_) => first.clone(),
        })
    }

    fn joined(&self) -> Bytes {
        let mut joined = BytesMut::with_capacity(self.bytes);
        for entry in &self.entries {
            if let Batch::Traces(payload) | Batch::Metrics(payload) | Batch::Logs(payload) =
                &entry.batch
            {
                joined.extend_from_slice(&payload.bytes);
            }
        }
        joined.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Sequence;

    fn traces(sequence: u64, bytes: &'static [u8], items: u64) -> Entry {
        let payload = Payload {
            bytes: Bytes::from_static(bytes),
            items,
        };
        Entry {
            sequence: Sequence(sequence),
            batch: Batch::Traces(payload),
        }
    }

    #[test]
    fn payloads_of_one_signal_are_joined_in_order() {
        let mut group = Group::new(traces(1, b"ab", 1));
        let next = traces(2, b"cd", 2);
        assert!(group.takes(&next.batch));
        group.add(next);
        let Some(Batch::Traces(payload)) = group.batch() else {
            panic!("traces stay traces")
        };
        assert_eq!((payload.bytes.as_ref(), payload.items), (&b"abcd"[..], 3));
    }

    #[test]
    fn other_signals_and_records_go_apart() {
        let group = Group::new(traces(1, b"ab", 1));
        let payload = Payload {
            bytes: Bytes::new(),
            items: 0,
        };
        assert!(!group.takes(&Batch::Logs(payload)));
        let records = Batch::Records(std::sync::Arc::from([]));
        assert!(!group.takes(&records));
        let alone = Group::new(Entry {
            sequence: Sequence(1),
            batch: records.clone(),
        });
        assert!(!alone.takes(&records));
    }

    #[test]
    fn a_group_stays_below_the_limits() {
        let group = Group::new(traces(1, b"ab", ITEMS_MAX));
        assert!(!group.takes(&traces(2, b"cd", 1).batch));
    }
}
