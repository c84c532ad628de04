//! Which records have the same key, and which one of them counts: 28 bytes of memory for each record that has a key.
//!
//! A key stands as 96 bits of its hash: that any two keys of a hundred million share them has odds of one in 10^13.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use foldhash::quality::FixedState;
use secspan_records::key::Key;

use super::lines::LineRef;

/// A key, whichever correction of the record this is.
type Fingerprint = [u32; 3];

/// Which correction of a record, and where it is: the greatest one counts.
type Version = (u32, LineRef);

/// Keys are shared out among so many parts by their last bits, so that parts can be looked at side by side.
const PARTS: usize = 64;

/// The keys that one thread saw.
#[derive(Debug)]
pub(super) struct Keys([Vec<(Fingerprint, Version)>; PARTS]);

/// Of every key that came more than once, the record that counts.
#[derive(Debug, Default)]
pub(super) struct Winners(HashMap<Fingerprint, Version, foldhash::fast::FixedState>);

impl Default for Keys {
    fn default() -> Self {
        Self([const { Vec::new() }; PARTS])
    }
}

impl Keys {
    pub(super) fn add(&mut self, key: &Key, place: LineRef) {
        let (fingerprint, amendment) = fingerprint(key);
        let [first, ..] = fingerprint;
        let part = usize::try_from(first).map(|first| first % PARTS);
        if let Some(keys) = part.ok().and_then(|part| self.0.get_mut(part)) {
            keys.push((fingerprint, (amendment, place)));
        }
    }
}

impl Winners {
    /// From the keys that all threads saw, by as many threads.
    pub(super) fn of(all: &[Keys]) -> Self {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut winners = Self::default();
            loop {
                let part = next.fetch_add(1, Ordering::Relaxed);
                let keys = all.iter().filter_map(|keys| keys.0.get(part));
                let keys: Vec<_> = keys.map(Vec::as_slice).collect();
                if keys.is_empty() {
                    return winners;
                }
                winners.add(&keys);
            }
        };
        let mut winners = Self::default();
        thread::scope(|scope| {
            let others: Vec<_> = all.iter().skip(1).map(|_| scope.spawn(work)).collect();
            winners = work();
            for other in others {
                match other.join() {
                    Ok(other) => winners.0.extend(other.0),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        winners
    }

    fn add(&mut self, all: &[&[(Fingerprint, Version)]]) {
        let keys = || all.iter().copied().flatten().copied();
        // Most often no key comes again, and whole numbers are sorted much faster than keys.
        let start = |[a, b, _]: Fingerprint| u64::from(a) << 32 | u64::from(b);
        let mut starts: Vec<u64> = keys().map(|(key, _)| start(key)).collect();
        starts.sort_unstable();
        if starts.array_windows().all(|[one, other]| one != other) {
            return;
        }
        let mut keys: Vec<_> = keys().collect();
        keys.sort_unstable();
        for [(before, _), (key, version)] in keys.array_windows() {
            // In ascending order, so the last one of a key is the one that counts.
            if before == key {
                self.0.insert(*key, *version);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether another record with this key counts in its place.
    pub(super) fn is_replaced(&self, key: &Key, place: LineRef) -> bool {
        let (fingerprint, amendment) = fingerprint(key);
        let winner = self.0.get(&fingerprint);
        winner.is_some_and(|winner| *winner != (amendment, place))
    }
}

/// What all corrections of a record share, and which correction it is.
fn fingerprint(key: &Key) -> (Fingerprint, u32) {
    match key {
        Key::Workflow {
            kind,
            identity,
            amendment,
        } => (hash((kind, identity.trace.0, identity.span.0)), *amendment),
        Key::Event {
            kind,
            subject,
            at_micros,
        } => (hash((kind, subject, at_micros)), 0),
    }
}

fn hash(what: impl Hash) -> Fingerprint {
    let [one, other] = [0, 1].map(|seed| FixedState::with_seed(seed).hash_one(&what));
    let low = |number: u64| u32::try_from(number & u64::from(u32::MAX)).unwrap_or(0);
    [low(one), low(one >> 32), low(other)]
}
