//! Reused lists of attributes, each key resolved to its slot.

use super::WalkLimits;
use crate::any;
use crate::error::Fault;
use crate::keys::{Keys, SlotSet};
use crate::view::{Attributes, KeyValue, Value};

/// Room for the attributes of an average record, so that a walk grows its scratch rarely.
const ENTRIES_USUAL: usize = 32;

/// An attribute that is not one yet.
const VACANT: KeyValue<'_> = KeyValue {
    key: "",
    slot: None,
    value: Value::Empty,
};

/// The attributes of one message, in scratch space. Entries are written in place: an attribute that
/// moves through memory on its way into the list costs as much as reading it.
#[derive(Debug, Default)]
pub(super) struct AttributeList<'a> {
    /// The attributes, and behind them entries of former messages.
    entries: Vec<KeyValue<'a>>,
    /// How many entries are attributes of this message.
    used: usize,
    pub(super) present: SlotSet,
    /// By slot, the entry of a key that is present.
    positions: Vec<u32>,
}

impl<'a> AttributeList<'a> {
    /// A list without attributes or room.
    pub(super) fn new(keys: &Keys) -> Self {
        Self {
            entries: Vec::new(),
            used: 0,
            present: SlotSet::EMPTY,
            positions: vec![0; keys.len()],
        }
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        self.used = 0;
        self.present = SlotSet::EMPTY;
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.used
    }

    #[inline]
    pub(super) fn entries(&self) -> &[KeyValue<'a>] {
        self.entries.get(..self.used).unwrap_or_default()
    }

    #[inline]
    pub(super) fn view(&self) -> Attributes<'_, 'a> {
        Attributes {
            entries: self.entries(),
            present: self.present,
            positions: &self.positions,
        }
    }

    /// Reads one `KeyValue` whose fields are at `depth`.
    #[inline]
    pub(super) fn push(
        &mut self,
        body: &'a [u8],
        depth: u32,
        keys: &Keys,
        limits: WalkLimits,
    ) -> Result<(), Fault> {
        if self.used == self.entries.len() {
            self.grow(body, limits)?;
        }
        let Some(entry) = self.entries.get_mut(self.used) else {
            return Ok(());
        };
        if any::usual(body, entry).is_none() {
            (entry.key, entry.value) = any::general(body, depth)?;
        }
        entry.slot = keys.lookup(entry.key);
        if let Some(slot) = entry.slot {
            self.present.insert(slot);
            if let Some(position) = self.positions.get_mut(slot.index()) {
                *position = index32(self.used);
            }
        }
        self.used += 1;
        Ok(())
    }

    /// Makes room for at least one more entry, within the limit.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, at: &[u8], limits: WalkLimits) -> Result<(), Fault> {
        limits.check_entry(self.used, at)?;
        let room = (self.used * 2)
            .max(ENTRIES_USUAL)
            .min(limits.entries_max as usize);
        self.entries.resize(room, VACANT);
        Ok(())
    }
}

/// A position in a list that [`WalkLimits::entries_max`] keeps below 2^32.
#[inline]
pub(super) fn index32(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
