//! Encoded batches that wait in memory, oldest first.

use std::collections::VecDeque;

use crate::encode::Batch;

/// Encoded batches in memory, bounded in bytes.
#[derive(Debug)]
pub(crate) struct MemorySpool {
    batches: VecDeque<(u64, Batch)>,
    bytes: usize,
    max_bytes: usize,
    next_number: u64,
}

impl MemorySpool {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self {
            batches: VecDeque::new(),
            bytes: 0,
            max_bytes,
            next_number: 0,
        }
    }

    /// Takes the batch, or gives it back when it does not fit.
    pub(super) fn push(&mut self, batch: Batch) -> Result<(), Batch> {
        if self.bytes + batch.bytes.len() > self.max_bytes {
            return Err(batch);
        }
        self.bytes += batch.bytes.len();
        self.batches.push_back((self.next_number, batch));
        self.next_number += 1;
        Ok(())
    }

    pub(super) fn pop(&mut self) -> Option<Batch> {
        let (_, batch) = self.batches.pop_front()?;
        self.bytes -= batch.bytes.len();
        Some(batch)
    }

    pub(super) fn oldest(&self) -> Option<u64> {
        self.batches.front().map(|(number, _)| *number)
    }

    /// The oldest batch, which stays.
    pub(super) fn front(&self) -> Option<&Batch> {
        self.batches.front().map(|(_, batch)| batch)
    }

    /// The number that the next batch gets.
    pub(super) fn next_number(&self) -> u64 {
        self.next_number
    }
}
