//! The open items of one rule, the closings that may have come too early, and their bounds.

use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::{GROUPS_MAX, KEY_BYTES_MAX};
use crate::saved::{Reader, RestoreError, put_bytes, put_len, put_u64};

/// Items, closings and label sets. Times are seconds since 1970.
#[derive(Debug)]
pub(super) struct State {
    items_max: usize,
    items: HashMap<Box<str>, Item, RandomState>,
    /// When items were closed last.
    closings: HashMap<Box<str>, f64, RandomState>,
    /// The keys of `closings`, the first to come first.
    order: VecDeque<Box<str>>,
    groups: Vec<Group>,
    /// Openings that were not kept.
    pub(super) dropped: u64,
}

/// One open item.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Item {
    /// Since when it is open.
    since: f64,
    /// When it was opened last.
    last: f64,
    /// Its label set.
    group: u32,
}

/// A label set.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) key: Box<[u8]>,
}

/// What is open in one group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tally {
    /// How many items.
    pub(super) items: u64,
    /// Since when the oldest is open.
    pub(super) oldest: Option<f64>,
}

impl State {
    pub(super) fn new(items_max: usize) -> Self {
        Self {
            items_max,
            items: HashMap::default(),
            closings: HashMap::default(),
            order: VecDeque::new(),
            groups: Vec::new(),
            dropped: 0,
        }
    }

    pub(super) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(super) fn knows(&self, key: &[u8]) -> bool {
        self.groups.iter().any(|group| *group.key == *key)
    }

    /// The position of a label set, which is kept from now on.
    pub(super) fn group(&mut self, key: &[u8]) -> u32 {
        let known = self.groups.iter().position(|group| *group.key == *key);
        let at = known.unwrap_or_else(|| {
            self.groups.push(Group { key: key.into() });
            self.groups.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    pub(super) fn open(&mut self, key: &str, at: f64, group: u32) {
        if self.closings.get(key).is_some_and(|closed| at <= *closed) {
            return;
        }
        if let Some(item) = self.items.get_mut(key) {
            item.since = item.since.min(at);
            if at >= item.last {
                item.last = at;
                item.group = group;
            }
            return;
        }
        if self.items.len() >= self.items_max || key.len() > KEY_BYTES_MAX {
            self.dropped += 1;
            return;
        }
        let item = Item {
            since: at,
            last: at,
            group,
        };
        self.items.insert(key.into(), item);
    }

    pub(super) fn close(&mut self, key: &str, at: f64) {
        if let Some(item) = self.items.get_mut(key) {
            if item.last <= at {
                self.items.remove(key);
            } else if item.since <= at {
                item.since = item.last;
            }
        }
        self.remember(key, at);
    }

    fn remember(&mut self, key: &str, at: f64) {
        if key.len() > KEY_BYTES_MAX {
            return;
        }
        if let Some(closed) = self.closings.get_mut(key) {
            *closed = closed.max(at);
            return;
        }
        while self.order.len() >= self.items_max {
            if let Some(oldest) = self.order.pop_front() {
                self.closings.remove(&oldest);
            }
        }
        self.closings.insert(key.into(), at);
        self.order.push_back(key.into());
    }

    /// What is open in each group.
    pub(super) fn tally(&self) -> Vec<Tally> {
        let mut tally = vec![Tally::default(); self.groups.len()];
        for item in self.items.values() {
            if let Some(group) = tally.get_mut(item.group as usize) {
                group.items += 1;
                let oldest = group
                    .oldest
                    .map_or(item.since, |oldest| oldest.min(item.since));
                group.oldest = Some(oldest);
            }
        }
        tally
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        put_len(out, self.items.len());
        for (key, item) in &self.items {
            put_bytes(out, key.as_bytes());
            put_u64(out, item.since.to_bits());
            put_u64(out, item.last.to_bits());
            let group = self.groups.get(item.group as usize);
            put_bytes(out, group.map_or(&[], |group| &group.key));
        }
        put_len(out, self.closings.len());
        for key in &self.order {
            put_bytes(out, key.as_bytes());
            let at = self.closings.get(key).copied().unwrap_or_default();
            put_u64(out, at.to_bits());
        }
        put_u64(out, self.dropped);
    }

    /// Puts saved items back, where their labels are as many as this rule has: `labels`. Returns how many.
    pub(super) fn read(
        &mut self,
        mut section: Reader<'_>,
        labels: usize,
    ) -> Result<usize, RestoreError> {
        let before = self.items.len();
        for _ in 0..section.length()? {
            let key = section.text()?;
            let (since, last) = (section.time()?, section.time()?);
            let group = section.bytes()?;
            if !crate::key::is_key(group, labels) {
                // The rule has other labels now, and the records that would tell them are gone.
                continue;
            }
            if self.groups.len() >= 2 * GROUPS_MAX && !self.knows(group) {
                return Err(RestoreError);
            }
            let group = self.group(group);
            self.open(key, last, group);
            self.open(key, since, group);
        }
        for _ in 0..section.length()? {
            let (key, at) = (section.text()?, section.time()?);
            self.close(key, at);
        }
        self.dropped += section.u64()?;
        Ok(self.items.len().saturating_sub(before))
    }
}

impl Reader<'_> {
    /// A point in time, in seconds.
    fn time(&mut self) -> Result<f64, RestoreError> {
        let time = self.f64()?;
        if time.is_finite() {
            Ok(time)
        } else {
            Err(RestoreError)
        }
    }
}
