//! Reused lists of attributes, each key resolved to its slot.

use super::WalkLimits;
use crate::any;
use crate::error::Fault;
use crate::keys::{Keys, SlotSet};
use crate::view::{Attributes, KeyValue};

/// Room for the attributes of an average record, so that a walk grows its scratch rarely.
const ENTRIES_USUAL: usize = 32;

/// The attributes of one message, in scratch space.
#[derive(Debug)]
pub(super) struct AttributeList<'a> {
    pub(super) entries: Vec<KeyValue<'a>>,
    pub(super) present: SlotSet,
}

impl<'a> AttributeList<'a> {
    pub(super) fn new() -> Self {
        Self {
            entries: Vec::with_capacity(ENTRIES_USUAL),
            present: SlotSet::EMPTY,
        }
    }

    /// A list without room, to stand in while another is in use.
    pub(super) fn none() -> Self {
        Self {
            entries: Vec::new(),
            present: SlotSet::EMPTY,
        }
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.present = SlotSet::EMPTY;
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
        limits.check_entry(self.entries.len(), body)?;
        let (key, value) = any::key_value(body, depth)?;
        let slot = keys.lookup(key);
        if let Some(slot) = slot {
            self.present.insert(slot);
        }
        self.entries.push(KeyValue { key, slot, value });
        Ok(())
    }

    #[inline]
    pub(super) fn view(&self) -> Attributes<'_, 'a> {
        Attributes {
            entries: &self.entries,
            present: self.present,
        }
    }
}
