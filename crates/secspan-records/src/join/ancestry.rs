//! Who was the parent of a span that is not kept: a fixed amount of memory, the newest answers win.
//!
//! Between a workflow span and its stages there may be any number of spans that no record needs. Their parents are
//! remembered in a set-associative cache: one cache line per set, four spans per line, the oldest of a set makes room.

use std::hash::{BuildHasher, Hash, Hasher};

use secspan_otlp::view::{SpanId, TraceId};

/// How many spans share a set.
const WAYS: usize = 4;

/// Bytes of a set: one cache line.
const SET_BYTES: usize = WAYS * size_of::<Entry>();

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    /// Fingerprint of trace and span; 0 is an empty entry.
    fingerprint: u64,
    parent: SpanId,
}

/// A bounded map from a span to its parent.
#[derive(Debug)]
pub(super) struct Ancestry {
    /// A power of two.
    sets: Vec<[Entry; WAYS]>,
    hasher: foldhash::quality::RandomState,
}

impl Ancestry {
    /// A map that uses at most `bytes` of memory, and at least one set.
    pub(super) fn new(bytes: usize) -> Self {
        let sets = (bytes / SET_BYTES).max(1);
        let sets = if sets.is_power_of_two() {
            sets
        } else {
            sets.next_power_of_two() / 2
        };
        Self {
            sets: vec![[Entry::default(); WAYS]; sets],
            hasher: foldhash::quality::RandomState::default(),
        }
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.sets.len() * SET_BYTES
    }

    pub(super) fn insert(&mut self, trace: TraceId, span: SpanId, parent: SpanId) {
        let fingerprint = self.fingerprint(trace, span);
        let at = self.set_of(fingerprint);
        let Some(set) = self.sets.get_mut(at) else {
            return;
        };
        if set.iter().any(|entry| entry.fingerprint == fingerprint) {
            return;
        }
        set.rotate_right(1);
        if let Some(newest) = set.first_mut() {
            *newest = Entry {
                fingerprint,
                parent,
            };
        }
    }

    pub(super) fn parent(&self, trace: TraceId, span: SpanId) -> Option<SpanId> {
        let fingerprint = self.fingerprint(trace, span);
        let set = self.sets.get(self.set_of(fingerprint))?;
        let entry = set.iter().find(|entry| entry.fingerprint == fingerprint)?;
        Some(entry.parent)
    }

    fn fingerprint(&self, trace: TraceId, span: SpanId) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        trace.hash(&mut hasher);
        span.hash(&mut hasher);
        hasher.finish().max(1)
    }

    fn set_of(&self, fingerprint: u64) -> usize {
        // The low half picks the set; the whole fingerprint is compared.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "masked to the number of sets"
        )]
        let bits = fingerprint as usize;
        bits & (self.sets.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_the_newest_in_fixed_memory() {
        let mut ancestry = Ancestry::new(10_000);
        assert!(ancestry.bytes() <= 10_000 && ancestry.bytes() > 4_000);
        let trace = TraceId([7; 16]);
        let id = |n: u32| {
            SpanId(
                [n.to_be_bytes(), n.to_le_bytes()]
                    .concat()
                    .try_into()
                    .unwrap(),
            )
        };
        for n in 1..=10_000 {
            ancestry.insert(trace, id(n), id(n + 1));
            assert_eq!(ancestry.parent(trace, id(n)), Some(id(n + 1)));
        }
        assert_eq!(ancestry.parent(TraceId([8; 16]), id(10_000)), None);
        let kept = (1..=10_000)
            .filter(|n| ancestry.parent(trace, id(*n)).is_some())
            .count();
        assert!(kept > 300 && kept <= 10_000 / size_of::<Entry>(), "{kept}");
    }

    #[test]
    fn a_duplicate_takes_no_second_place() {
        let mut ancestry = Ancestry::new(0);
        let (trace, span, parent) = (TraceId([1; 16]), SpanId([1; 8]), SpanId([2; 8]));
        for _ in 0..5 {
            ancestry.insert(trace, span, parent);
        }
        for n in 10..13 {
            ancestry.insert(trace, SpanId([n; 8]), parent);
        }
        assert_eq!(ancestry.parent(trace, span), Some(parent));
    }
}
