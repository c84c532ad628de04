//! What a batch would add to a metric, gathered without a lock.
//!
//! Label sets are interned within the batch, so a thousand spans of thirty operations cost thirty look-ups in the
//! shared table, and a batch that turns out to be malformed leaves no trace: its stage is dropped.

use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::family::Exemplar;
use crate::histogram::Observed;
use crate::key::KeyBuf;

/// The staged additions of one metric.
#[derive(Debug)]
pub(crate) struct Stage {
    /// The key of the event at hand.
    pub(crate) key: KeyBuf,
    pub(crate) entries: Vec<Entry>,
    pub(crate) observations: Vec<Observation>,
    keys: Vec<u8>,
    index: HashTable<u32>,
    hasher: RandomState,
}

/// One label set of the batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) hash: u64,
    /// Observations of this label set in the batch.
    pub(crate) count: u64,
    start: usize,
    length: usize,
}

/// One addition to a label set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observation {
    pub(crate) entry: u32,
    pub(crate) observed: Observed,
    pub(crate) exemplar: Option<Exemplar>,
}

impl Stage {
    pub(crate) fn new(hasher: RandomState, label_bytes_max: usize) -> Self {
        Self {
            key: KeyBuf::new(label_bytes_max),
            entries: Vec::new(),
            observations: Vec::new(),
            keys: Vec::new(),
            index: HashTable::new(),
            hasher,
        }
    }

    /// Adds an observation to the label set that stands in [`Self::key`].
    pub(crate) fn add(&mut self, observed: Observed, exemplar: Option<Exemplar>) {
        let entry = self.intern();
        if let Some(entry) = self.entries.get_mut(entry as usize) {
            entry.count += observed.weight;
        }
        self.observations.push(Observation {
            entry,
            observed,
            exemplar,
        });
    }

    pub(crate) fn key_of(&self, entry: Entry) -> &[u8] {
        key_of(&self.keys, entry)
    }

    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.entries.clear();
        self.observations.clear();
        self.index.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.observations.is_empty()
    }

    fn intern(&mut self) -> u32 {
        let key = self.key.as_bytes();
        let hash = self.hasher.hash_one(key);
        let (entries, keys) = (&self.entries, &self.keys);
        let same = |at: &u32| {
            entries
                .get(*at as usize)
                .is_some_and(|entry| entry.hash == hash && key_of(keys, *entry) == key)
        };
        if let Some(at) = self.index.find(hash, same) {
            return *at;
        }
        let at = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let entry = Entry {
            hash,
            count: 0,
            start: self.keys.len(),
            length: key.len(),
        };
        self.keys.extend_from_slice(key);
        self.entries.push(entry);
        let entries = &self.entries;
        self.index.insert_unique(hash, at, |at| {
            entries.get(*at as usize).map_or(0, |entry| entry.hash)
        });
        at
    }
}

fn key_of(keys: &[u8], entry: Entry) -> &[u8] {
    keys.get(entry.start..entry.start + entry.length)
        .unwrap_or_default()
}

/// Stages that wait for their next batch, so that a steady load allocates nothing.
#[derive(Debug)]
pub(crate) struct Pool<T>(Mutex<Vec<T>>);

/// The most stages that wait; more were only in use during a peak.
const POOL_MAX: usize = 32;

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Pool<T> {
    pub(crate) fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    pub(crate) fn give(&self, stage: T) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < POOL_MAX {
            waiting.push(stage);
        }
    }
}
