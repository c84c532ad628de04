//! The series of a table behind its lock: find, admit, add, expire.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashTable};
use secspan_otlp::time::UnixNanos;

use super::{Description, overflow};
use crate::family::{Label, Labels};
use crate::key::{self, KeyBuf};
use crate::limits::OVERFLOW;
use crate::reader::Shown;
use crate::series::{Cell, Series};
use crate::stage::Stage;

/// The series, the index over their keys, and what the limits need to know.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) series: Vec<Series>,
    /// Events over each label's limit, then over the metric's.
    pub(super) overflow: Vec<u64>,
    /// Series that hold an overflow value.
    pub(super) overflow_series: usize,
    /// For each label, the hashes of its values with the number of series that have them.
    distinct: Vec<HashMap<u64, u32, RandomState>>,
    index: HashTable<u32>,
    /// Where each label set of the batch at hand lives; reused.
    places: Vec<u32>,
}

impl Rows {
    pub(super) fn new(labels: usize) -> Self {
        Self {
            series: Vec::new(),
            overflow: vec![0; labels + 1],
            overflow_series: 0,
            distinct: (0..labels).map(|_| HashMap::default()).collect(),
            index: HashTable::new(),
            places: Vec::new(),
        }
    }

    pub(super) fn apply(
        &mut self,
        what: &Description,
        hasher: &RandomState,
        stage: &Stage,
        now: UnixNanos,
    ) {
        let mut places = std::mem::take(&mut self.places);
        places.clear();
        for entry in &stage.entries {
            let key = stage.key_of(*entry);
            let place = match self.find(entry.hash, key) {
                Some(place) => place,
                None => self.admit(what, hasher, key, entry.count),
            };
            places.push(place);
        }
        for observation in &stage.observations {
            let place = places
                .get(observation.entry as usize)
                .copied()
                .unwrap_or(u32::MAX);
            let Some(series) = self.series.get_mut(place as usize) else {
                continue;
            };
            series.touched = now;
            if series.created == UnixNanos(0) {
                series.created = now;
            }
            // One from the future would hide every later one until its time has come.
            let exemplar = observation.exemplar.filter(|own| own.time <= now);
            series.cell.add(
                observation.observed,
                exemplar,
                what.limits.native_buckets_max,
            );
        }
        self.places = places;
    }

    pub(super) fn preset(&mut self, what: &Description, hasher: &RandomState, key: &[u8]) {
        let hash = hasher.hash_one(key);
        let place = match self.find(hash, key) {
            Some(place) => place,
            None => self.admit(what, hasher, key, 0),
        };
        if let Some(series) = self.series.get_mut(place as usize) {
            series.lasting = true;
        }
    }

    pub(super) fn find(&self, hash: u64, key: &[u8]) -> Option<u32> {
        let same = |at: &u32| {
            self.series
                .get(*at as usize)
                .is_some_and(|series| series.hash == hash && *series.key == *key)
        };
        self.index.find(hash, same).copied()
    }

    /// The place of a label set that is not there yet: its own, or an overflow's.
    fn admit(&mut self, what: &Description, hasher: &RandomState, key: &[u8], events: u64) -> u32 {
        let folded = overflow::fold(self, what, hasher, key, events);
        let key = folded.as_ref().map_or(key, KeyBuf::as_bytes);
        self.find_or_insert(what, hasher, key, folded.is_some())
    }

    /// The place of a label set that was there before, room or not.
    pub(super) fn find_or_insert(
        &mut self,
        what: &Description,
        hasher: &RandomState,
        key: &[u8],
        over: bool,
    ) -> u32 {
        let hash = hasher.hash_one(key);
        self.find(hash, key)
            .unwrap_or_else(|| self.insert(what, hasher, key, over))
    }

    fn insert(&mut self, what: &Description, hasher: &RandomState, key: &[u8], over: bool) -> u32 {
        let hash = hasher.hash_one(key);
        for (value, distinct) in key::values(key).zip(&mut self.distinct) {
            if let Some(value) = value.filter(|value| *value != OVERFLOW) {
                *distinct.entry(hasher.hash_one(value)).or_insert(0) += 1;
            }
        }
        let place = u32::try_from(self.series.len()).unwrap_or(u32::MAX);
        self.overflow_series += usize::from(over);
        self.series.push(Series {
            key: key.into(),
            hash,
            labels: labels_of(what, key),
            created: UnixNanos(0),
            touched: UnixNanos(0),
            shown: Shown::default(),
            lasting: over,
            cell: Cell::new(what.kind, &what.bounds),
        });
        let series = &self.series;
        self.index.insert_unique(hash, place, |at| {
            series.get(*at as usize).map_or(0, |one| one.hash)
        });
        place
    }

    pub(super) fn distinct_len(&self, label: usize) -> usize {
        self.distinct.get(label).map_or(0, HashMap::len)
    }

    pub(super) fn knows(&self, label: usize, hasher: &RandomState, value: &str) -> bool {
        self.distinct
            .get(label)
            .is_some_and(|known| known.contains_key(&hasher.hash_one(value)))
    }

    /// Removes series without events for `expiry_nanos`.
    pub(super) fn expire(&mut self, now: UnixNanos, expiry_nanos: u64, hasher: &RandomState) {
        let live = |series: &Series| series.lasting || now.since(series.touched) < expiry_nanos;
        if self.series.iter().all(live) {
            return;
        }
        for dead in self.series.extract_if(.., |series| !live(series)) {
            for (value, distinct) in key::values(&dead.key).zip(&mut self.distinct) {
                release(distinct, value.map(|value| hasher.hash_one(value)));
            }
        }
        self.index.clear();
        let series = &self.series;
        for (place, one) in (0u32..).zip(series) {
            self.index.insert_unique(one.hash, place, |at| {
                series.get(*at as usize).map_or(0, |one| one.hash)
            });
        }
    }
}

fn release(distinct: &mut HashMap<u64, u32, RandomState>, hash: Option<u64>) {
    let Some(hash) = hash else { return };
    if let Some(users) = distinct.get_mut(&hash) {
        *users -= 1;
        if *users == 0 {
            distinct.remove(&hash);
        }
    }
}

fn labels_of(what: &Description, key: &[u8]) -> Labels {
    what.labels
        .iter()
        .zip(key::values(key))
        .filter_map(|(label, value)| {
            Some(Label {
                name: Arc::clone(&label.name),
                value: value?.into(),
            })
        })
        .collect()
}
